// What staff and machines do before the part a test is about.

import assert from "node:assert/strict";

/** Signs in through the page. */
export async function signIn(page, server) {
  await page.goto("/sign-in");
  await page.fill("#email", server.email);
  await page.fill("#password", server.password);
  await page.click("main form button");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

/** A client of the public API in the name of the same person. */
export async function machine(server) {
  let key = 0;
  const call = async (method, path, body, token) => {
    const headers = { "content-type": "application/json", "idempotency-key": `e2e ${process.pid} ${path} ${Date.now()} ${key++}` };
    if (token) headers.authorization = `Bearer ${token}`;
    const response = await fetch(server.address + path, { method, headers, body: body && JSON.stringify(body) });
    const answer = await response.json();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const { token } = await call("POST", "/v1/sign-in", { email: server.email, password: server.password });
  return {
    get: (path) => call("GET", path, undefined, token),
    post: (path, body) => call("POST", path, body, token),
  };
}

/** Orders one unit of something that is in stock; gives the order and the item. */
export async function anOrder(api) {
  const channels = (await api.get("/v1/channels")).rows;
  const items = (await api.get("/v1/items?limit=50")).rows;
  for (const item of items) {
    const stock = (await api.get(`/v1/stock?item=${item.item_id}`)).rows;
    const listing = (await api.get(`/v1/listings?item_id=${item.item_id}`)).rows.find((row) => row.pack_factor === 1);
    if (!listing || !stock.some((row) => row.available > 3)) continue;
    const order = await api.post("/v1/orders", {
      channel: channels.find((channel) => channel.channel_id === listing.channel_id).code,
      external_reference: `E2E-${process.pid}-${Date.now()}`,
      currency: "EUR",
      customer_name: "Ana Petrova",
      ship_to: { name: "Ana Petrova", line1: "5 Market Square", city: "Sofia", country: "BG" },
      lines: [{ external_code: listing.external_code, quantity: 1, unit_price_minor: 1_000 }],
    });
    return { order, item, reference: order.external_reference };
  }
  throw new Error("nothing is in stock");
}
