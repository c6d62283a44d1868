// Every page in every state, in every language, by day and by night: what axe says, where things stand, and pictures.
// See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judgeAll, judgeColours } from "./axe.mjs";
import { sideways, small, turnedRound, unmirrored } from "./geometry.mjs";
import { openBrowser, withPhone } from "./phone.mjs";
import { beginSheet, finishSheet, keep, screens } from "./sheet.mjs";
import { languages } from "./site.mjs";
import { recorded, scenesOf, show } from "./states.mjs";

let browser;
before(async () => {
  beginSheet();
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  finishSheet();
});

const { phone, desk } = screens;

/** 1280 × 1024 at 400 %. */
const zoomed = { width: 320, height: 256 };

const look = async (page, scene, lang) => {
  const found = {};
  const see = async (what, answer) => {
    const faults = await answer;
    if (faults.length) found[what] = faults;
  };
  const picture = (...names) => (scene.itself ? keep(page, scene.page, lang, ...names) : undefined);
  await page.emulateMedia({ colorScheme: "light" });
  await show(page, scene);
  await see("axe, light", judgeAll(page));
  await see("values not from left to right", page.evaluate(turnedRound));
  await see("not mirrored", page.evaluate(unmirrored));
  await see("too small for a finger", page.evaluate(small));
  await picture("phone", "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await see("axe, dark", judgeColours(page));
  await picture("phone", "dark");
  if (scene.itself) {
    await page.setViewportSize(desk);
    await see("not mirrored on a desk", page.evaluate(unmirrored));
    await picture("desk", "dark");
    await page.emulateMedia({ colorScheme: "light" });
    await picture("desk", "light");
  }
  await page.setViewportSize(zoomed);
  await see("scrolls sideways", page.evaluate(sideways));
  await page.setViewportSize(phone);
  assert.deepEqual(found, {});
};

for (const lang of languages) {
  test(`every page and state in ${lang} is sound`, { concurrency: true }, async (t) => {
    const scenes = await scenesOf(lang, recorded);
    // Two windows share them.
    const share = () =>
      withPhone(
        browser,
        async (page) => {
          await page.clock.install();
          for (let scene = scenes.pop(); scene; scene = scenes.pop()) {
            const { path, name } = scene;
            await t.test(`${path} ${name}`, () => look(page, scene, lang));
          }
        },
        { ...phone, scale: 1 },
      );
    await Promise.all([share(), share()]);
  });
}
