// Every page in every state, in every language, light and dark, held against axe. See README.md.

import assert from "node:assert/strict";
import axe from "axe-core";
import { after, before, test } from "node:test";
import { openBrowser, withPhone } from "./phone.mjs";
import { languages } from "./site.mjs";
import { recorded, scenesOf, show } from "./states.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const everything = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] };
/** All that the colour scheme can change. */
const colours = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

const judge = async (page, runOnly) => {
  const found = await page.evaluate((only) => window.axe.run({ runOnly: only, resultTypes: ["violations"], preload: false }), runOnly);
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
};

const phone = { width: 360, height: 740 };

/** What sticks out of the screen. */
const sideways = () => {
  const screen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= screen) return [];
  const boxes = [...document.querySelectorAll("body *")].map((node) => [node, node.getBoundingClientRect()]);
  const out = boxes.filter(([, { left, right, width }]) => width > 1 && (left < -1 || right > screen + 1));
  return [`${document.documentElement.scrollWidth} px`, ...out.map(([node]) => node.outerHTML.slice(0, 120))];
};

/** Codes, dates, numbers and addresses on one line whose first character does not stand left of the last. */
const turnedRound = () => {
  const spot = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  const isolated = [...document.querySelectorAll("main bdi, main [dir=ltr]:not(input)")];
  return isolated.flatMap((element) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const text = texts.nextNode();
    if (!text || texts.nextNode() || text.data.trim().length < 2 || /\p{Script=Arabic}/u.test(text.data)) return [];
    const [first, last] = [spot(text, 0), spot(text, text.data.length - 1)];
    return first.width && first.top === last.top && first.left >= last.left ? [element.outerHTML] : [];
  });
};

for (const lang of languages) {
  test(`axe finds nothing to say on any page and state in ${lang}`, { concurrency: true }, async (t) => {
    const scenes = await scenesOf(lang, recorded);
    const look = (scene, page) =>
      t.test(`${scene.path} ${scene.name}`, async () => {
        await page.emulateMedia({ colorScheme: "light" });
        await show(page, scene);
        await page.evaluate(axe.source);
        const light = await judge(page, everything);
        await page.emulateMedia({ colorScheme: "dark" });
        const dark = await judge(page, colours);
        assert.deepEqual({ light, dark }, { light: [], dark: [] });
        assert.deepEqual(await page.evaluate(turnedRound), [], "values read from left to right");
        // 1280 × 1024 at 400 %.
        await page.setViewportSize({ width: 320, height: 256 });
        assert.deepEqual(await page.evaluate(sideways), [], "nothing scrolls sideways");
        await page.setViewportSize(phone);
      });
    // Two windows share them.
    const share = () =>
      withPhone(browser, async (page) => {
        await page.clock.install();
        for (let scene = scenes.pop(); scene; scene = scenes.pop()) await look(scene, page);
      });
    await Promise.all([share(), share()]);
  });
}
