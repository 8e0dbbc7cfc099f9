import assert from "node:assert/strict";
import { anOrder, machine, signIn } from "../staff.mjs";

export default {
  "an order is found, tells why its node sends it, and its customer sees a page of their own": async ({ page, context, server, isAccessible, picture }) => {
    const { order, reference } = await anOrder(await machine(server));
    await signIn(page, server);
    await page.goto(`/find?q=${encodeURIComponent(reference)}`);
    assert.match(page.url(), new RegExp(order.order_id), "typed or scanned, an order's number leads to it");
    await isAccessible(page);
    await picture("an order");
    const text = await page.textContent("main");
    assert.ok(text.includes(reference));
    const link = await page.locator("a[href*='/track/']").first().getAttribute("href");
    await context.clearCookies();
    const response = await page.goto(link);
    assert.equal(response.status(), 200);
    assert.ok(!(await page.textContent("body")).includes("Market Square"), "no address on a link that can be passed on");
    await isAccessible(page);
    await picture("the customer's page");
  },

  "a unit is picked and packed by scan, a wrong one is refused, and the label is printed": async ({ page, server, isAccessible, picture }) => {
    const api = await machine(server);
    const { order, item } = await anOrder(api);
    const { fulfilment_order_id: work, node_id: node } = order.fulfilment_orders[0];
    await signIn(page, server);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/stations/${node}/pick/${work}`);
    await isAccessible(page);
    const scans = async (code) => {
      await page.fill("#code", code);
      await page.press("#code", "Enter");
    };
    await scans("0000-NOTHING");
    await page.waitForSelector("#work .outcome, #work [role=alert], #work [role=status]");
    await picture("a wrong scan");
    assert.equal((await api.get(`/v1/fulfilment-orders/${work}`)).fulfilment_order.status, "to_pick");
    await page.goto(`/stations/${node}/pick/${work}`);
    await scans(item.sku);
    await page.waitForSelector("#work .task.done");
    await picture("picked");
    await page.goto(`/stations/${node}/pack/${work}`);
    await scans(item.sku);
    await page.waitForSelector("#weight");
    await page.fill("#weight", "900");
    await page.click(".close-box button");
    const label = page.locator("a[href$='label.pdf']").first();
    await label.waitFor({ timeout: 20_000 });
    const printed = await page.request.get(await label.getAttribute("href"));
    assert.equal(printed.status(), 200);
    assert.equal((await printed.body()).subarray(0, 4).toString(), "%PDF");
    await picture("packed");
  },

  "every number of the stock grid opens its ledger": async ({ page, server, isAccessible, picture }) => {
    await signIn(page, server);
    await page.goto("/stock");
    const link = page.locator("main a[href*='/stock/ledger']").first();
    await page.goto(await link.getAttribute("href"));
    await isAccessible(page);
    await picture("a ledger");
  },
};
