// Every page where scripts are blocked or unknown: it explains itself, and leads to people. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judgeAll } from "./axe.mjs";
import { sideways } from "./geometry.mjs";
import { openBrowser, withPhone } from "./phone.mjs";
import { languages, pages } from "./site.mjs";
import { origin } from "./stack.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** What one can see but not use: only links and what opens by itself work. */
const dead = () => {
  const controls = [...document.querySelectorAll("button, input, select, textarea, form, [role=button], [tabindex='0']")];
  return controls.filter((node) => node.checkVisibility({ visibilityProperty: true })).map((node) => node.outerHTML.slice(0, 120));
};

/** What the page has to say, and keeps hidden. */
const unread = () => {
  const hidden = [...document.querySelectorAll("h1, h2, p, li, dt, dd, address, footer a")].filter(
    (node) => node.textContent.trim() && !node.closest("form, .target, #summary, #ways, [hidden]") && !node.checkVisibility({ visibilityProperty: true }),
  );
  return hidden.map((node) => node.outerHTML.slice(0, 120));
};

for (const lang of languages) {
  test(`without a script every page in ${lang} can be read, or says whom to ask`, (t) =>
    withPhone(
      browser,
      async (page) => {
        for (const one of pages.filter((page) => page.lang === lang)) {
          await t.test(one.path, async () => {
            await page.goto(`${origin}${one.path}`);
            assert.deepEqual(await page.evaluate(dead), [], "what cannot be used is not shown");
            const explains = page.locator("noscript .summary");
            assert.equal(await explains.count(), one.kind ? 1 : 0, "the steps of a recovery, and they alone, explain");
            if (one.kind) {
              assert.ok(await explains.getByRole("heading").isVisible());
              assert.ok(await explains.locator("address a[href^='mailto:']").isVisible(), "the office's contact");
            } else {
              assert.deepEqual(await page.evaluate(unread), [], "the whole page can be read");
            }
            assert.ok(await page.locator("a.aid").isVisible(), "help is in its place");
            assert.ok(await page.locator(".bottom a").first().isVisible(), "and so are the terms");
            assert.deepEqual(await page.evaluate(sideways), [], "nothing scrolls sideways");
            // Timers stand still, which axe would wait for.
            await page.evaluate(() => (window.setTimeout = (act) => void Promise.resolve().then(act)));
            assert.deepEqual(await judgeAll(page), [], "axe");
          });
        }
      },
      { width: 320, script: false },
    ));
}
