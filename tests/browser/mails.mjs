// Mails and text messages as a phone shows them: `tests/mails.rs` writes them to the folder SHOTS, and pictures come beside.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const folder = process.env.SHOTS;
const files = (pattern) => readdirSync(folder).filter((name) => pattern.test(name));

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
});
after(() => browser.close());

/** Opens a file on a narrow phone, and hands the page to `act`. */
const onPhone = async (colorScheme, act) => {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, colorScheme });
  const strangers = [];
  context.on("request", (request) => request.url().startsWith("http") && strangers.push(request.url()));
  try {
    await act(await context.newPage());
    assert.deepEqual(strangers, [], "a mail loads nothing");
  } finally {
    await context.close();
  }
};

/** What a reader sees: colours, sizes, directions. */
const seen = (page) =>
  page.evaluate(() => {
    // What is as the browser has it shows as what the browser draws.
    const shade = (colour) => {
      const canvas = document.createElement("canvas").getContext("2d");
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
      return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
    };
    const transparent = (colour) => colour === "rgba(0, 0, 0, 0)";
    const elements = [...document.querySelectorAll("body, body *")].map((element) => getComputedStyle(element));
    const [boxes, plain] = [false, true].map((none) => elements.filter((style) => transparent(style.backgroundColor) === none));
    const own = (element) => getComputedStyle(element).direction;
    return {
      width: document.documentElement.scrollWidth,
      ink: plain.map((style) => shade(style.color)),
      boxes: boxes.map((style) => [shade(style.backgroundColor), shade(style.color)]),
      direction: own(document.querySelector("main")),
      values: [...document.querySelectorAll("bdi[dir=ltr]")].map(own),
      smallest: Math.min(...[...document.querySelectorAll("main p")].map((p) => parseFloat(getComputedStyle(p).fontSize))),
    };
  });

for (const file of files(/^mail-.*\.html$/)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${file} in ${colorScheme}`, () =>
      onPhone(colorScheme, async (page) => {
        await page.goto(pathToFileURL(join(folder, file)).href);
        const { width, ink, boxes, direction, values, smallest } = await seen(page);
        const name = file.replace(".html", `-${colorScheme}.png`);
        await page.screenshot({ path: join(folder, name), fullPage: true });
        assert.ok(width <= 320, `nothing is wider than a narrow phone: ${width}`);
        assert.ok(boxes.length === 1 && boxes.every(([ground, ink]) => ground < 0.4 && ink === 1), `the head alone has a colour of its own, and white stands out on it: ${boxes}`);
        const readable = (shade) => (colorScheme === "dark" ? shade > 0.8 : shade < 0.2);
        assert.ok(ink.every(readable), `text stands out: ${ink}`);
        assert.equal(direction, file.startsWith("mail-ar") ? "rtl" : "ltr");
        assert.ok(values.length >= 2 && values.every((value) => value === "ltr"));
        assert.ok(smallest >= 16);
      }));
  }
}

for (const file of files(/^(mail|sms)-.*\.txt$/)) {
  test(`${file} in plain text`, () =>
    onPhone("light", async (page) => {
      const text = readFileSync(join(folder, file), "utf8");
      // Each paragraph takes the direction of its first letter, as programs for mails and text messages do it.
      await page.setContent('<pre style="font: 16px/1.6 sans-serif; white-space: pre-wrap; unicode-bidi: plaintext; overflow-wrap: break-word"></pre>');
      await page.locator("pre").evaluate((pre, text) => pre.append(text), text);
      await page.screenshot({ path: join(folder, file.replace(".txt", "-text.png")), fullPage: true });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    }));
}
