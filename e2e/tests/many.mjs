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
};
