import assert from "node:assert/strict";
import { anOrder, machine, signIn } from "../staff.mjs";

/** Types as a scanner does: one key after the other without a pause, then Enter. */
async function scans(page, code) {
  await page.evaluate((letters) => {
    for (const key of [...letters, "Enter"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  }, code);
}

export default {
  "the palette opens by keyboard, finds by name and by number, and goes there": async ({ page, server, isAccessible, picture }) => {
    const { order, reference } = await anOrder(await machine(server));
    await signIn(page, server);
    await page.keyboard.press("Control+k");
    await page.waitForSelector("#palette-list a[role=option]");
    await isAccessible(page);
    await picture("the palette");
    await page.fill("#palette-input", "late");
    await page.waitForFunction(() => document.querySelector("#palette-list a")?.href.includes("view=late"));
    await page.fill("#palette-input", reference);
    await page.waitForFunction((id) => document.querySelector("#palette-list a")?.href.includes(id), order.order_id);
    await picture("the palette with an order");
    await page.press("#palette-input", "Enter");
    await page.waitForURL(`**/orders/${order.order_id}`);
    await page.keyboard.press("Control+k");
    await page.waitForSelector("#palette[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("#palette:not([open])", { state: "attached" });
  },

  "keys lead through pages and rows, and rest while somebody types": async ({ page, server, isAccessible, picture }) => {
    await anOrder(await machine(server));
    await signIn(page, server);
    await page.keyboard.press("?");
    await page.waitForSelector("#keys[open]");
    await isAccessible(page);
    await picture("the keys");
    await page.keyboard.press("Escape");
    await page.keyboard.type("go", { delay: 120 });
    await page.waitForURL("**/orders");
    await page.keyboard.press("j");
    await page.waitForFunction(() => document.activeElement?.closest("[data-row]"));
    await page.keyboard.press("/");
    await page.waitForFunction(() => document.activeElement?.id === "find");
    await page.keyboard.type("go?jk", { delay: 60 });
    assert.equal(await page.inputValue("#find"), "go?jk", "what is typed into a field is text");
    assert.match(page.url(), /\/orders$/);
  },

  "a scanner works on any page, and fires no shortcut": async ({ page, server }) => {
    const { order, reference } = await anOrder(await machine(server));
    await signIn(page, server);
    await page.goto("/stock");
    await scans(page, reference);
    await page.waitForURL(`**/orders/${order.order_id}`);
    // The letters of a code are the letters of shortcuts too.
    await page.goto("/nodes");
    await scans(page, "gogs?x/");
    await page.waitForURL((url) => url.pathname === "/orders" && url.searchParams.get("q") === "gogs?x/");
  },

  "the first page weighs less than a hundred kilobytes": async ({ page, context, server }) => {
    await signIn(page, server);
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    let bytes = 0;
    session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
    for (const path of ["/", "/orders", "/design"]) {
      bytes = 0;
      await page.goto(path, { waitUntil: "load" });
      assert.ok(bytes > 1000 && bytes < 100_000, `${path} is ${bytes} bytes`);
    }
  },
};
