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
