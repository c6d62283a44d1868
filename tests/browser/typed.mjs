// What people paste, from lists, messages and keyboards of other scripts, is understood. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, openBrowser, submit, withPhone } from "./phone.mjs";
import { languages, pathsOf } from "./site.mjs";
import { callingCode, codeSentTo, institution, origin, reachable } from "./stack.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const spaced = (text) => text.replace(/(.{3})(?=.)/g, "$1 ");
const digitsFrom = (zero) => (text) => text.replace(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)));
const arabic = digitsFrom(0x660);
const persian = digitsFrom(0x6f0);
const slashes = (date) => date.split("-").reverse().join("/");
/** Two and two from the right, as numbers are told. */
const pairs = (digits) => digits.replace(/\B(?=(\d\d)+$)/g, " ");
const within = (phone) => phone.slice(callingCode.length);
const national = (phone) => pairs(`0${within(phone)}`);
const international = (phone) => `${callingCode} ${pairs(within(phone))}`;

/** One hand's way with every kind of value. */
const hands = {
  "spaces, lower case and slashes": {
    number: spaced,
    "national-code": (text) => spaced(text.toLowerCase()),
    date: slashes,
    email: (text) => ` ${text.toUpperCase()} `,
    phone: national,
    code: (text) => spaced(text.toLowerCase()),
  },
  "Arabic digits and the number from abroad": {
    number: arabic,
    "national-code": arabic,
    date: (text) => arabic(slashes(text)),
    email: (text) => `\u200e${text}`,
    phone: international,
    code: (text) => arabic(text),
  },
  "Persian digits and dashes": {
    number: (text) => persian(spaced(text).replaceAll(" ", "-")),
    "national-code": persian,
    date: (text) => persian(text.replaceAll("-", "")),
    email: (text) => text,
    phone: (text) => persian(national(text)),
    code: (text) => persian(text.replace(/(.{3})/, "$1-")),
  },
};

const paste = async (page, selector, text) => {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.locator(selector).focus();
  await page.keyboard.press("Control+V");
  assert.equal((await page.locator(selector).inputValue()).trim(), text.trim(), "nothing is cut off");
};

/**
 * Where the institution does not ask for the whole number, the server still compares it once the page sends it.
 * Answers the kinds of the methods as they come.
 */
const askForTheNumber = async (page) => {
  const kinds = [];
  await page.route("**/api/verify-identity", async (route) => {
    const answer = await route.fetch();
    const state = await answer.json();
    for (const method of state.methods ?? []) method.confirm_required ||= method.kind === "sms";
    kinds.splice(0, kinds.length, ...(state.methods ?? []).map((method) => method.kind));
    await route.fulfill({ response: answer, json: state });
  });
  return kinds;
};

const [column, kind] = institution.methods.includes("sms") ? ["phone", "sms"] : ["recovery_email", "email"];

for (const [place, [name, hand]] of Object.entries(hands).entries()) {
  const lang = languages[place % languages.length];
  const paths = pathsOf(lang);

  test(`${name} are understood in ${lang}`, () =>
    withPhone(browser, async (page, context) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
      const person = reachable();
      const kinds = await askForTheNumber(page);
      await page.goto(origin + paths.identify);
      const scheme = await page.locator("form").getAttribute("data-scheme");
      for (const { id, kind: sort } of institution.schemes[scheme].fields) await paste(page, `#${id}`, hand[sort](person[id]));
      await page.locator("#terms").check();
      await submit(page);
      await arrive(page, paths.method);

      await page.locator("[type=radio]").nth(kinds.indexOf(kind)).check();
      if (kind === "sms") await paste(page, ".choice:has(:checked) [data-whole] input", hand.phone(person.phone));
      await submit(page);
      await arrive(page, paths.code);

      await paste(page, "#code", hand.code(await codeSentTo(person[column])));
      await submit(page);
      await page.waitForURL((url) => url.pathname !== paths.code);
      await page.locator("body:not([data-wait])").waitFor();
    }));
}
