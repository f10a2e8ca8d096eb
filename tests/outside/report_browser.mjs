// Does the report keep its promises in a real browser? usage: node report_browser.mjs report.html
// No request, no error, every chart told in words, dark mode, no sideways scrolling on a phone, whole without scripts.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const path = process.argv[2];
assert(path, "usage: node report_browser.mjs report.html");
const url = pathToFileURL(resolve(path)).href;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function open(options) {
  const page = await browser.newPage(options);
  const seen = { requests: [], errors: [] };
  page.on("request", (request) => { if (request.url() !== url) seen.requests.push(request.url()); });
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (message) => { if (message.type() === "error") seen.errors.push(message.text()); });
  await page.goto(url, { waitUntil: "load" });
  return [page, seen];
}

const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const light = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;

try {
  const [page, seen] = await open({ viewport: { width: 1040, height: 1400 }, colorScheme: "light" });
  assert(128 < light(await paper(page)), "light paper in light mode");
  const charts = await page.locator("figure svg").count();
  const told = await page.locator("figure svg[role=img][aria-label]:not([aria-label=''])").count();
  assert(8 <= charts, `${charts} charts`);
  assert.equal(told, charts, "every chart has a text alternative");
  assert.equal(await page.locator("figure:not(:has(table))").evaluateAll((all) =>
    all.filter((figure) => figure.nextElementSibling?.querySelector("table") == null).length), 0, "every chart has a table");
  const shown = await page.locator("figure svg").evaluateAll((all) =>
    all.filter((svg) => 0 < svg.getBoundingClientRect().height).length);
  assert.equal(shown * 2, charts, "one of the two drawings of each chart is shown");
  assert.match(await page.locator("#verdict strong").innerText(), /^(Holds|Fails|Inconclusive)$/);
  const result = JSON.parse(await page.locator("#result").textContent());
  assert.equal(await page.title(), `${result.scenario.name}: ${result.verdict}`);
  const head = page.locator("table.sort th button").nth(1);
  await head.click();
  assert.equal(await head.locator("..").getAttribute("aria-sort"), "descending", "a click on a head sorts");
  const chart = page.locator("svg.desk[data-from]").first();
  if (await chart.count()) {
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    assert(await page.locator(".readout:visible").count(), "pointing at a chart reads it out");
  }
  assert.deepEqual(seen, { requests: [], errors: [] });

  const [dark, darkSeen] = await open({ viewport: { width: 1040, height: 1400 }, colorScheme: "dark" });
  assert(light(await paper(dark)) < 128, "dark paper in dark mode");
  const ink = await dark.locator("svg.desk text").first().evaluate((text) => getComputedStyle(text).fill);
  assert(128 < light(ink), `light ink in dark mode, not ${ink}`);
  assert.deepEqual(darkSeen, { requests: [], errors: [] });

  for (const javaScriptEnabled of [true, false]) {
    const [phone] = await open({ viewport: { width: 400, height: 800 }, javaScriptEnabled });
    if (javaScriptEnabled) {
      const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
      assert(wide <= 400, `${wide} pixels wide on a phone of 400`);
    }
    assert(await phone.locator("svg.phone").first().isVisible(), "phones get their own drawings");
  }
  console.log(`${charts} charts, no request, no error: ${path}`);
} finally {
  await browser.close();
}
