// Every page as it is built: its markup, its links, its languages, and what it loads. See README.md.

import assert from "node:assert/strict";
import { HtmlValidate } from "html-validate";
import { after, before, test } from "node:test";
import rules from "./htmlvalidate.mjs";
import { openBrowser, withPhone } from "./phone.mjs";
import { languages, pages } from "./site.mjs";
import { origin } from "./stack.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test("the markup is valid", async () => {
  const validator = new HtmlValidate(rules);
  const faults = [];
  for (const { path, html } of pages) {
    const { results } = await validator.validateString(html);
    for (const { line, ruleId, message } of results.flatMap(({ messages }) => messages)) faults.push(`${path}:${line} ${ruleId}: ${message}`);
  }
  assert.deepEqual(faults, []);
});

/** A word for the script, no place on a page. */
const byScript = new Set(["#other"]);

test("every link within the site leads to a page, and to a place on it", () => {
  const byPath = Object.fromEntries(pages.map((page) => [page.path, page]));
  for (const { path, links } of pages) {
    for (const { pathname, hash } of links) {
      assert.ok(byPath[pathname], `${path} links to ${pathname}`);
      if (hash && !byScript.has(hash)) assert.ok(byPath[pathname].ids.has(hash.slice(1)), `${path} links to ${pathname}${hash}`);
    }
  }
});

test("every page names itself in every language, both ways, and the first as the default", () => {
  const spoken = new Set(pages.map(({ lang }) => lang));
  assert.deepEqual([...spoken].sort(), [...languages].sort());
  const byPath = Object.fromEntries(pages.map((page) => [page.path, page]));
  for (const { path, lang, dir, alternates } of pages) {
    const { "x-default": fallback, ...others } = alternates;
    assert.deepEqual(Object.keys(others).sort(), [...languages].sort(), path);
    assert.equal(others[lang], path);
    assert.equal(dir, lang === "ar" ? "rtl" : "ltr", path);
    if (languages.length > 1) assert.equal(fallback, others[languages[0]], path);
    for (const other of Object.values(others)) {
      assert.deepEqual(byPath[other].alternates, alternates, `${path} and ${other}`);
    }
  }
});

test("nothing that a page names is missing", async () => {
  for (const file of new Set(pages.flatMap(({ files }) => files))) {
    const response = await fetch(`${origin}${file}`);
    assert.equal(response.status, 200, file);
    assert.match(response.headers.get("cache-control"), /immutable/, file);
    await response.arrayBuffer();
  }
});

test("no page breaks its own security policy or asks another server for anything", () =>
  withPhone(browser, async (page) => {
    // Unanswered, a step stays where it is.
    await page.route("**/api/**", () => {});
    for (const { path } of pages) await page.goto(`${origin}${path}`);
  }));
