import assert from "node:assert/strict";
import { signIn } from "../staff.mjs";

const PAGES = ["/", "/orders", "/stock", "/nodes", "/stations", "/receive", "/import", "/exceptions",
  "/notifications", "/palette", "/design", "/orders?column=customer&column=units&column=lines&sort=due",
  "/settings/people", "/settings/roles", "/settings/keys", "/settings/merchants", "/settings/webhooks",
  "/settings/audit", "/settings/look", "/settings/me"];
const LANGUAGES = ["en", "ru", "id", "bg", "zh-Hant"];

/** Fails where something is wider than the window. */
async function fits(page, where) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= window, `${where} is ${wide} px wide in a window of ${window}`);
}

async function speaks(page, language) {
  await page.goto("/settings/me");
  await page.selectOption("#language", language);
  await page.click("form[action='/settings/me'] button");
  await page.waitForURL(/done=saved/);
}

export default {
  "who is not signed in is asked to, and a wrong password is refused in words": async ({ page, isAccessible, server }) => {
    await page.goto("/orders");
    assert.match(page.url(), /sign-in/);
    assert.match(await page.title(), /Quartermaster|Sign in/);
    await isAccessible(page);
    await page.fill("#email", server.email);
    await page.fill("#password", "not the password");
    await page.click("main form button");
    await page.waitForSelector("[role=alert]");
  },

  "every page opens, can be used by everybody and fits a phone, a tablet and a desk": async ({ page, server, isAccessible, picture }) => {
    await signIn(page, server);
    for (const [width, height] of [[360, 740], [768, 1024], [1440, 900]]) {
      await page.setViewportSize({ width, height });
      for (const path of PAGES) {
        const response = await page.goto(path);
        assert.equal(response.status(), 200, path);
        await fits(page, `${path} at ${width}`);
        if (width !== 768) await isAccessible(page);
        await picture(`page ${path} at ${width}`);
      }
    }
  },

  "every page speaks five languages on a phone, in the light and in the dark": async ({ page, context, server, picture }) => {
    await signIn(page, server);
    await page.setViewportSize({ width: 360, height: 740 });
    const titles = new Map();
    for (const language of LANGUAGES) {
      await speaks(page, language);
      for (const path of PAGES) {
        await page.emulateMedia({ colorScheme: language === "ru" ? "dark" : "light" });
        await page.goto(path);
        const spoken = await page.evaluate(() => document.documentElement.lang);
        assert.equal(spoken, language, path);
        await fits(page, `${path} in ${language}`);
        titles.set(`${path} ${await page.title()}`, language);
      }
      await picture(`the last page in ${language}`);
    }
    // What somebody chose stays with them, and the tests after this one read English.
    await speaks(page, "en");
    assert.ok(titles.size > PAGES.length * 3, "the pages have titles of their own in most languages");
  },
};
