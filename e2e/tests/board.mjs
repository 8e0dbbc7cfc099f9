import assert from "node:assert/strict";
import { anOrder, machine, signIn } from "../staff.mjs";

export default {
  "quota moves to the next channel by a number and an arrow, and by dragging": async ({ page, server, isAccessible, picture }) => {
    const api = await machine(server);
    const { item } = await anOrder(api);
    await signIn(page, server);
    await page.goto(`/channel-stock?q=${item.sku}`);
    const channels = (await page.locator("#set-channel option").evaluateAll((all) => all.map((one) => one.value))).slice(0, 2);
    assert.equal(channels.length, 2, "there are channels to move between");
    for (const channel of channels) {
      await page.fill("#set-item", item.sku);
      await page.selectOption("#set-channel", channel);
      await page.fill("#set-units", "3");
      await page.click("form[action$=quotas] .button.primary");
      await page.waitForSelector(`button.quota[data-channel="${channel}"]`);
    }
    async function left() {
      const quotas = page.locator(`tr[data-item="${item.sku}"] button.quota`);
      return Object.fromEntries(await quotas.evaluateAll((all) => all.map((one) => [one.dataset.channel, Number(one.dataset.left)])));
    }
    const moved = async (units) => {
      await page.waitForURL("**/channel-stock/moves");
      const now = await left();
      assert.deepEqual(channels.map((channel) => now[channel]), [3 - units, 3 + units]);
    };
    await page.goto(`/channel-stock?q=${item.sku}`);
    await isAccessible(page);
    await page.locator(`tr[data-item="${item.sku}"] button.quota`).first().focus();
    await page.keyboard.press("2");
    await page.keyboard.press("ArrowRight");
    await moved(2);
    await picture("quota moved by keys");
    await page.goto(`/channel-stock?q=${item.sku}`);
    const quotas = page.locator(`tr[data-item="${item.sku}"] button.quota`);
    await quotas.nth(1).dragTo(quotas.nth(0));
    assert.equal(await page.inputValue("#move-units"), "5", "all that is left is at hand");
    await page.keyboard.type("2");
    await page.keyboard.press("Enter");
    await moved(0);
    await picture("quota moved by dragging");
    // Others sell of it too.
    for (const channel of channels) {
      await page.fill("#set-item", item.sku);
      await page.selectOption("#set-channel", channel);
      await page.fill("#set-units", "");
      await page.click("form[action$=quotas] .button.primary");
      await page.waitForSelector(`button.quota[data-channel="${channel}"]`, { state: "detached" });
    }
    assert.deepEqual(await left(), {});
  },
};
