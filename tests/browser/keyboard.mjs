// A whole recovery without a mouse, in a window of 1280 × 1024 at 400 %. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sideways } from "./geometry.mjs";
import { arrive, openBrowser, withPhone } from "./phone.mjs";
import { languages, pathsOf } from "./site.mjs";
import { codeSentTo, freshPassword, messagesTo, origin, reachable, signsIn } from "./stack.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** Where the keyboard is: it must be seen, and go through the page in the order of its text. */
const focused = (page) =>
  page.evaluate(() => {
    const node = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    const { top, bottom, left, right } = node.getBoundingClientRect();
    const order = window.lastFocused && window.lastFocused.compareDocumentPosition(node);
    window.lastFocused = node;
    return {
      html: node.outerHTML.slice(0, 150),
      outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
      onScreen: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
      onward: order === undefined || Boolean(order & Node.DOCUMENT_POSITION_FOLLOWING),
    };
  });

const assertFits = async (page) => assert.deepEqual(await page.evaluate(sideways), [], `${page.url()} scrolls sideways`);

/** Tab, until what is focused matches. */
const tabTo = async (page, selector) => {
  for (let tabs = 0; tabs < 40; tabs += 1) {
    await page.keyboard.press("Tab");
    const { html, ...seen } = await focused(page);
    assert.deepEqual(seen, { outlined: true, onScreen: true, onward: true }, html);
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`no Tab leads to ${selector}`);
};

const typeInto = async (page, selector, text) => {
  await tabTo(page, selector);
  await page.keyboard.type(text);
};

const press = (page, key) => page.keyboard.press(key);

const submit = async (page) => {
  await assertFits(page);
  await tabTo(page, "form button:not([type])");
  await press(page, "Enter");
};

const chooseAndProve = async (page, person, paths) => {
  await tabTo(page, "[type=radio]");
  await press(page, "Space");
  const kind = await page.evaluate(() => document.activeElement.closest(".choice").querySelector("[data-whole] input").type);
  const contact = kind === "email" ? person.recovery_email : person.phone;
  const whole = ".choice:has(:checked) [data-whole]:not([hidden]) input";
  if (await page.locator(whole).isVisible()) await typeInto(page, whole, contact);
  const before = (await messagesTo(contact)).length;
  await submit(page);
  await arrive(page, paths.code);
  assert.equal((await messagesTo(contact)).length, before + 1);
  await typeInto(page, "#code", await codeSentTo(contact));
  await assertFits(page);
  await press(page, "Enter");
  await page.waitForURL((url) => url.pathname !== paths.code);
  await page.locator("body:not([data-wait])").waitFor();
};

/** As it would come out of a printer. */
const assertPrints = async (page, person, password) => {
  await page.emulateMedia({ media: "print" });
  for (const control of ["button", ".button", "input", "nav"]) {
    assert.equal(await page.locator(`${control}:visible`).count(), 0, `no ${control} on paper`);
  }
  assert.ok((await page.locator("main").innerText()).includes(person.academic_email));
  assert.ok(await page.locator("main ol [data-sign-in]").isVisible(), "how to sign in is on paper");
  const typed = await page.evaluate(() => [...document.querySelectorAll("input")].map(({ value }) => value));
  assert.ok(![await page.content(), ...typed].some((text) => text.includes(password)), "the password is nowhere on the page");
  await page.emulateMedia({ media: "screen" });
};

for (const lang of languages) {
  test(`a recovery with the keyboard alone at 400 % in ${lang}`, () =>
    withPhone(
      browser,
      async (page) => {
        const person = reachable();
        const password = freshPassword();
        const paths = pathsOf(lang);
        await page.goto(`${origin}${paths.home}`);
        await assertFits(page);
        await tabTo(page, ".skip");
        await press(page, "Enter");
        await tabTo(page, `main a[href="${paths.identify}"]`);
        await press(page, "Enter");
        await page.waitForURL(origin + paths.identify);

        for (const name of await page.locator("form input:not([type=checkbox])").evaluateAll((inputs) => inputs.map((input) => input.name))) {
          await typeInto(page, `[name="${name}"]`, person[name]);
        }
        await tabTo(page, "#terms");
        await press(page, "Space");
        await submit(page);
        await arrive(page, paths.method);
        while (new URL(page.url()).pathname === paths.method) await chooseAndProve(page, person, paths);
        assert.equal(new URL(page.url()).pathname, paths.password);

        await typeInto(page, "#password", password);
        await tabTo(page, ".reveal[aria-controls=password]");
        await press(page, "Space");
        assert.equal(await page.locator("#password").getAttribute("type"), "text");
        await typeInto(page, "#repeat", password);
        await submit(page);
        await arrive(page, paths.done);
        assert.equal(await signsIn(person.academic_email, password), true);
        await assertFits(page);
        await assertPrints(page, person, password);

        await tabTo(page, "main [data-logout]");
        await press(page, "Enter");
        await page.waitForURL(`${origin}${paths.home}#signed-out`);
      },
      { width: 320, height: 256 },
    ));
}
