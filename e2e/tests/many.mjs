import assert from "node:assert/strict";
import { anOrder, machine, signIn } from "../staff.mjs";

export default {
  "orders are ticked with Shift, looked at, and cancelled together": async ({ page, server, isAccessible, picture }) => {
    const api = await machine(server);
    const orders = [];
    for (let number = 0; number < 3; number += 1) orders.push((await anOrder(api)).order.order_id);
    await signIn(page, server);
    await page.goto(`/orders?q=E2E-${process.pid}`);
    const ticks = page.locator("[data-row] input[type=checkbox]");
    const button = page.locator("[data-chosen]");
    assert.ok(await button.isDisabled(), "nothing is ticked yet");
    await ticks.nth(0).click();
    await ticks.nth(2).click({ modifiers: ["Shift"] });
    assert.equal(await button.locator("[data-count]").textContent(), "3");
    await isAccessible(page);
    await picture("orders with ticks");
    await page.setViewportSize({ width: 360, height: 800 });
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.ok(!isWide, "nothing sticks out on a phone");
    await picture("orders with ticks on a phone");
    await button.click();
    await page.waitForSelector("form [name=reason]");
    await isAccessible(page);
    await picture("many orders to cancel");
    await page.selectOption("[name=reason]", "duplicate");
    await page.click(".button.danger");
    await page.waitForURL("**/operations/*");
    await page.waitForSelector("a[href$='results.csv']");
    await picture("many orders cancelled");
    for (const order of orders) assert.equal((await api.get(`/v1/orders/${order}`)).order.status, "cancelled");
  },

  "a number is changed by keyboard where it stands, told when somebody was quicker, and set back": async ({ page, server, isAccessible, picture }) => {
    const api = await machine(server);
    const { item } = await anOrder(api);
    const [stock] = (await api.get(`/v1/stock?item=${item.item_id}`)).rows.filter((row) => row.available > 3);
    const there = async () => (await api.get(`/v1/stock?item=${item.item_id}`)).rows.find((row) => row.node_id === stock.node_id).available;
    await signIn(page, server);
    await page.goto(`/stock?item=${item.item_id}&node=${stock.node_id}`);
    const cell = page.locator("[data-edit][href*='state=available']");
    await cell.focus();
    await page.keyboard.press("e");
    await page.waitForFunction(() => document.activeElement?.id === "level-quantity");
    const seen = await there();
    // A colleague counts one more before the number is sent.
    const level = { node: stock.node_id, item: item.item_id, quantity: seen + 1, change_from_quantity: seen, reason: "count" };
    await api.post("/v1/stock-levels", { levels: [level] });
    await page.keyboard.type(String(seen + 2));
    await page.keyboard.press("Enter");
    await page.waitForSelector("#drawer #level-error");
    await isAccessible(page);
    await picture("a number that somebody changed meanwhile");
    assert.equal(await there(), seen + 1, "nobody overwrites what they did not see");
    await page.click("#drawer .button.primary");
    await page.waitForSelector("#drawer [data-changed]");
    assert.equal(await there(), seen + 2);
    await picture("a number set and the way back");
    await page.click("#drawer [data-changed] button");
    await page.waitForFunction((was) => document.querySelector("#drawer .balance b")?.textContent.replace(/\D/g, "") === was, String(seen + 1));
    assert.equal(await there(), seen + 1);
    await page.setViewportSize({ width: 360, height: 800 });
    await picture("a number set and the way back on a phone");
    await page.keyboard.press("Escape");
    await page.waitForFunction((now) => document.querySelector("[data-edit][href*='state=available']")?.textContent.replace(/\D/g, "") === now, String(seen + 1));
  },

  "an item is renamed beside the list, and what a list shows is taken away": async ({ page, server, isAccessible, picture }) => {
    const { item } = await anOrder(await machine(server));
    await signIn(page, server);
    await page.goto(`/stock?item=${item.item_id}`);
    await page.click("a[href$='/title']");
    await page.waitForSelector("#drawer #rename-name");
    await isAccessible(page);
    await page.fill("#rename-name", `${item.title} renamed`);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#drawer [data-changed]");
    await picture("an item renamed");
    await page.click("#drawer [data-changed] button");
    await page.waitForFunction((title) => document.getElementById("rename-name")?.value === title, item.title);
    await page.goto("/orders?view=to_pick");
    await page.selectOption("select[name=form]", "xlsx");
    await picture("orders to take away");
    await page.click("form[action='/exports/orders'] button");
    await page.waitForURL("**/operations/*");
    await page.waitForSelector("a[download][href$='/file']");
  },
};
