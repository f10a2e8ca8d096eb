// Do names stay names? usage: node hostile_names.mjs PROGRAM payloads.txt FOLDER
// Each line of payloads.txt becomes the name of a scenario and of its nodes, carriers, zones, methods, SKUs, shifts,
// the currency, a file. Every page the program writes is opened: no dialog, no request, no error, no element that came
// from a name, and the name is there to be read.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [program, list, where] = process.argv.slice(2).map((path) => resolve(path));
assert(where, "usage: node hostile_names.mjs PROGRAM payloads.txt FOLDER");
const payloads = readFileSync(list, "utf8").split("\n").filter(Boolean);
assert(60 <= new Set(payloads).size && new Set(payloads).size === payloads.length, `${payloads.length} payloads`);
rmSync(where, { recursive: true, force: true });
mkdirSync(where, { recursive: true });

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

/// A small shop in which every name is an attack, the first payload foremost.
function scenario(first) {
  const name = (offset) => payloads[(first + offset) % payloads.length];
  const sku = [name(1), name(2), name(3)];
  writeFileSync(join(where, "catalog.csv"), "sku,price,weight_g,volume_ml,class,popularity\n" +
    sku.map((text) => `${quoted(text)},10,200,400,standard,1\n`).join(""));
  const center = (text, city) => ({ name: text, at: { city }, pickers: 2, packers: 2, graders: 1, shifts: name(9) });
  return {
    name: name(0), description: name(1), currency: name(2), start: "2026-11-09T08:00",
    run: { horizon: "3 d", replications: { min: 1, max: 1 }, "log-one-in": 1 },
    arrivals: { profile: { orders: 60, duration: "6 h", shape: [1, 2] } },
    zones: { list: [{ name: name(0), at: { city: "Berlin" } }, { name: name(4), at: { city: "Hamburg" } }] },
    customers: { count: 9 },
    catalog: { file: "catalog.csv" },
    stock: { cover: 1.2, receipts: [{ at: "5 h", share: "20%", node: name(0), sku: sku[0] }] },
    shifts: { [name(9)]: [{ from: "06:00", to: "22:00" }] },
    nodes: [center(name(0), "Hamburg"), center(name(5), "Leipzig"),
      { name: name(6), kind: "hub", at: { city: "Hamburg" }, sorters: 1 }],
    carriers: [{ name: name(0) }, { name: name(7) }],
    delivery: [{ name: name(0), carriers: [name(0)] }, { name: name(8), carriers: [name(7)] }],
    payment: { methods: [{ name: name(0) }, { name: name(3) }] },
    "after-sales": { "appearance-fault": "20%" },
    faults: [{ "flash-sale": { at: "1 h", for: "1 h", target: sku[1] } }],
    slo: [{ metric: "on-time-share", "at-least": "50%" }],
  };
}

function run(...args) {
  const ended = spawnSync(program, args, { cwd: where, encoding: "utf8", timeout: 120_000 });
  assert([0, 3, 99].includes(ended.status), `${args.join(" ")}: ${ended.status}\n${ended.stderr}`);
  // What is printed holds nothing that a terminal obeys.
  assert.doesNotMatch(ended.stdout + ended.stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1040, height: 1400 } });
let seen = [];
let url = "";
page.on("dialog", (dialog) => { seen.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
page.on("request", (request) => { if (request.url() !== url) seen.push(`request: ${request.url()}`); });
page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
page.on("console", (message) => { if (message.type() === "error") seen.push(`console: ${message.text()}`); });

/// Elements that no page of ours has, and attributes that run something.
const foreign = () => [...document.querySelectorAll("*")].filter((element) =>
  ["iframe", "object", "embed", "link", "base", "form", "img", "image", "use", "foreignObject", "animate", "video", "audio",
    "input", "textarea", "math", "template", "marquee", "noscript"].includes(element.localName) ||
  element.getAttributeNames().some((name) => name.startsWith("on") ||
    (/href|src|action/.test(name) && !/^#/.test(element.getAttribute(name)))))
  .map((element) => element.outerHTML.slice(0, 200));

async function inert(file, shown, scripts) {
  seen = [];
  url = pathToFileURL(join(where, file)).href;
  await page.goto(url, { waitUntil: "load" });
  for (const head of (await page.locator("table.sort th button").all()).slice(0, 4)) await head.click();
  for (const chart of (await page.locator("svg.desk").all()).slice(0, 3)) await chart.hover();
  assert.deepEqual(await page.evaluate(foreign), [], `${file}: elements that came from a name: ${shown}`);
  assert.equal(await page.locator("script").count(), scripts, `${file}: scripts: ${shown}`);
  assert.deepEqual(seen, [], `${file}: ${shown}`);
  const text = await page.evaluate(() => document.title + document.body.textContent);
  assert(text.includes(shown), `${file} does not show ${shown}`);
  const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /script-src[^;]*unsafe/);
}

/// The policy alone, were a name ever not escaped: a script put into the page by hand does not run.
async function policed(file, scripts) {
  const broken = file.replace(".html", "-broken.html");
  const attack = "<script>document.title = 'ran'</script><img src=x onerror=\"document.title = 'ran'\">" +
    "<a id=bad href=\"javascript:document.title='ran'\">x</a>";
  const html = readFileSync(join(where, file), "utf8");
  assert(html.includes("<h1>"));
  writeFileSync(join(where, broken), html.replace("<h1>", `${attack}<h1>`));
  url = pathToFileURL(join(where, broken)).href;
  await page.goto(url, { waitUntil: "load" });
  await page.locator("#bad").click();
  await page.waitForTimeout(100);
  assert.notEqual(await page.title(), "ran", `${broken}: the policy lets it run`);
  // And the checks above would have told it.
  await assert.rejects(() => inert(broken, "", scripts), /came from a name/);
}

try {
  for (const [index, payload] of payloads.entries()) {
    // Every other one is also the name of the file, as far as a file may be named so.
    const stem = index % 2 ? payload.replaceAll("/", "|").slice(0, 60) : "hostile";
    const file = `${stem}.json`;
    writeFileSync(join(where, file), JSON.stringify(scenario(index)));
    run("run", "--quiet", "-o", "run", "--", file);
    await inert("run/report.html", payload, 2);
    const result = JSON.parse(await page.locator("#result").textContent());
    assert.equal(result.scenario.name, payload);
    if (index % 8 !== 1) continue;
    run("compare", "--strategies", "nearest,balance", "--replications", "2", "-o", "compare", "--", file);
    await inert("compare/compare.html", stem, 0);
    run("load", "--threads", "1", "-o", "load", "--", file);
    await inert("load/load.html", stem, 1);
  }
  await policed("run/report.html", 2);
  await policed("compare/compare.html", 0);
  await policed("load/load.html", 1);
  console.log(`${payloads.length} hostile names in every place of a scenario: no dialog, no request, no element`);
} finally {
  await browser.close();
}
