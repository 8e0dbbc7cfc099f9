import assert from "node:assert/strict";

export default {
  "the first page opens, has a title and can be used by everybody": async ({ page, isAccessible, picture }) => {
    const response = await page.goto("/");
    assert.equal(response.status(), 200);
    assert.match(await page.title(), /Quartermaster/);
    await isAccessible(page);
    await picture("the first page");
  },
};
