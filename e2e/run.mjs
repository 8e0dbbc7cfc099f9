// Runs the tests in tests/, each in a fresh browser context, against the server that `cargo xtask e2e` started.
// A test file exports an object: a sentence of the business, and the function that proves it.

import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

const server = JSON.parse(process.env.E2E_SERVER);
const pictures = process.env.E2E_PICTURES;
const filter = process.argv[2] ?? "";
const longestTest = 180_000;

await mkdir(pictures, { recursive: true });
// Chromium's sandbox refuses to run as root, which is who CI often is.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath: process.env.E2E_CHROMIUM, args });

let passed = 0;
let failed = 0;
for (const file of (await readdir(new URL("tests", import.meta.url))).sort()) {
  const { default: tests } = await import(new URL(`tests/${file}`, import.meta.url));
  for (const [name, test] of Object.entries(tests)) {
    if (!name.includes(filter) && !file.includes(filter)) continue;
    if (await runs(name, test)) passed += 1;
    else failed += 1;
  }
}
await browser.close();
if (passed + failed === 0) {
  console.error(`no test has a name with "${filter}" in it`);
  process.exitCode = 1;
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

async function runs(name, test) {
  const start = performance.now();
  const context = await browser.newContext({ baseURL: server.address, viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const broken = [];
  page.on("pageerror", (error) => broken.push(`the page threw: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A page that is left ends its own requests; that is no fault.
    const reason = request.failure()?.errorText;
    if (reason !== "net::ERR_ABORTED") broken.push(`${request.url()} failed: ${reason}`);
  });
  let timer;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${longestTest / 1000} s`)), longestTest);
    });
    await Promise.race([test({ page, context, server, isAccessible, picture: (as) => picture(page, as) }), late]);
    if (broken.length > 0) throw new Error(broken.join("\n"));
    console.log(`ok   ${seconds(start)}  ${name}`);
    return true;
  } catch (error) {
    console.log(`FAIL ${seconds(start)}  ${name}\n${error.stack ?? error}`);
    await picture(page, `failed ${name}`).catch((why) => console.log(`and no picture: ${why.message}`));
    return false;
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}

/** Fails with every breach of WCAG 2.2 AA that can be told by machine. */
async function isAccessible(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  const breaches = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.target.join(" ")).join("\n  ")}`,
  );
  if (breaches.length > 0) throw new Error(`${page.url()} is not accessible\n${breaches.join("\n")}`);
}

async function picture(page, name) {
  await page.screenshot({ path: join(pictures, `${name.replaceAll(/[^\w]+/g, "-")}.png`), fullPage: true });
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`;
}
