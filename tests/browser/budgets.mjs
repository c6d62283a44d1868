// What a page costs a phone: bytes, requests, and the time until its largest part stands. See README.md.

import assert from "node:assert/strict";
import { createServer, get } from "node:http";
import { after, before, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { report, table } from "./figures.mjs";
import { openBrowser } from "./phone.mjs";
import { languages, nameOf, pages } from "./site.mjs";
import { origin } from "./stack.mjs";

let browser;
let edge;
before(async () => {
  browser = await openBrowser();
  edge = await openEdge();
});
after(async () => {
  await browser.close();
  edge.close();
});

const KB = 1024;
const most = { html: 4 * KB, css: 4 * KB, js: 6 * KB, load: 14 * KB, requests: 3 };

/** Slow mobile networks: time to an answer in ms, bits per second both ways, and how soon the page must stand. */
const networks = {
  "slow 3G": { latency: 400, rate: 400_000, largest: 1_500 },
  "slow 4G": { latency: 150, rate: 1_600_000, largest: 800 },
};

/** A file as it is asked for in this encoding: what travels, and as what. */
const fetched = (path, encoding) =>
  new Promise((resolve, reject) => {
    get(origin + path, { headers: { "accept-encoding": encoding } }, async (answer) => {
      const chunks = await answer.toArray();
      const { "content-encoding": as, "content-type": type } = answer.headers;
      resolve({ bytes: Buffer.concat(chunks), as, type });
    }).on("error", reject);
  });

const brotli = ({ as, bytes }) => (as === "br" ? bytes : brotliCompressSync(bytes));
const gzip = ({ as, bytes }) => (as === "gzip" ? bytes : gzipSync(bytes, { level: 9 }));

/** What travels where the network before the site compresses, if the site itself does not. */
const onTheWire = async (path) => {
  const sizes = measured.get(path) ?? { br: brotli(await fetched(path, "br")).length, gzip: gzip(await fetched(path, "gzip")).length };
  measured.set(path, sizes);
  return sizes;
};
const measured = new Map();

/** That network, for a browser. */
const openEdge = () =>
  new Promise((resolve) => {
    const server = createServer(async ({ url }, answer) => {
      const file = await fetched(url, "br");
      answer.writeHead(200, { "content-type": file.type, "content-encoding": "br" }).end(brotli(file));
    });
    server.listen(0, "localhost", () => resolve(server));
  });

test("every page, the style sheet and the script keep to their sizes", async () => {
  const rows = [];
  const above = [];
  for (const { path, files } of pages) {
    const html = await onTheWire(path);
    const named = (extension) => onTheWire(files.find((file) => file.endsWith(extension)));
    const [css, js, logo] = await Promise.all([".css", ".js", ".svg"].map(named));
    const load = html.br + css.br + js.br;
    rows.push([path, `${html.br} / ${html.gzip}`, `${css.br} / ${css.gzip}`, `${js.br} / ${js.gzip}`, load, `${logo.br} / ${logo.gzip}`]);
    for (const [what, size] of Object.entries({ html: html.br, css: css.br, js: js.br, load })) {
      if (size > most[what]) above.push(`${path}: ${what} of ${size} bytes`);
    }
  }
  report("Bytes on the wire", table(["page", "HTML br / gzip", "CSS", "JS", "first load (br)", "logo"], rows));
  assert.deepEqual(above, []);
});

/** Loads a page over a network; answers the requests it took, its largest contentful paint and its layout shift. */
const load = async (path, { latency, rate }) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 });
  try {
    const page = await context.newPage();
    const wire = await context.newCDPSession(page);
    const limits = { offline: false, latency, downloadThroughput: rate / 8, uploadThroughput: rate / 8 };
    await wire.send("Network.emulateNetworkConditions", limits);
    const requests = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await page.addInitScript(() => {
      window.measured = { largest: 0, shift: 0 };
      new PerformanceObserver((list) => {
        for (const { startTime } of list.getEntries()) window.measured.largest = startTime;
      }).observe({ type: "largest-contentful-paint", buffered: true });
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) window.measured.shift += value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(`http://localhost:${edge.address().port}${path}`);
    await page.waitForFunction(() => window.measured.largest > 0);
    return { ...(await page.evaluate(() => window.measured)), requests: requests.filter((file) => !file.endsWith(".svg")) };
  } finally {
    await context.close();
  }
};

const entrances = pages.filter((page) => page.lang === languages[0] && ["presentation", "identifier"].includes(nameOf(page)));

for (const [name, network] of Object.entries(networks)) {
  test(`over ${name} the first pages stand in time and nothing moves`, async () => {
    const rows = [];
    for (const { path } of entrances) {
      // The sooner of two: what the network costs, rather than what else this machine does.
      const loads = [await load(path, network), await load(path, network)];
      for (const { shift, requests } of loads) {
        assert.ok(requests.length <= most.requests, `${path} asks for ${requests.join(", ")}`);
        assert.equal(shift, 0, `${path} moves by ${shift}`);
      }
      const largest = Math.round(Math.min(...loads.map((one) => one.largest)));
      rows.push([path, largest, network.largest, loads[0].shift, loads[0].requests.length]);
    }
    report(`First pages over ${name}`, table(["page", "LCP in ms", "budget", "CLS", "requests"], rows));
    for (const [path, largest] of rows) assert.ok(largest <= network.largest, `${path} stands after ${largest} ms`);
  });
}
