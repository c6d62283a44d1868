// Lighthouse's judgement of the pages, as on a slow phone. See README.md.

import assert from "node:assert/strict";
import lighthouse from "lighthouse";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { after, before, test } from "node:test";
import { report, table } from "./figures.mjs";
import { executable, flags } from "./phone.mjs";
import { clientIn, recovery } from "./recovery.mjs";
import { edition, pages } from "./site.mjs";
import { institution, origin, reachable } from "./stack.mjs";

const least = { performance: 98, accessibility: 100, "best-practices": 100 };

/** What is measured at every institution, and what is shared out among them. `LIGHTHOUSE=all` measures every page. */
const entrances = [["presentation", "fr"], ["presentation", "ar"], ["identifier", "fr"], ["identifier", "ar"]];
const shares = {
  usms: [["methode", "fr"], ["aide", "ar"], ["avantages", "ar"]],
  eceps: [["code", "fr"], ["mot-de-passe", "ar"], ["conditions", "fr"]],
  "aix-marseille": [["termine", "ar"], ["donnees", "fr"], ["404", "ar"]],
};

const named = ([name, lang]) => {
  const page = edition(lang)[name];
  assert.ok(page, `${institution.id} has a page ${name} in ${lang}`);
  return page;
};

const measured = process.env.LIGHTHOUSE === "all" ? pages : [...entrances, ...shares[institution.id]].map(named);

let folder;
let browser;
let port;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "lighthouse-"));
  // Lighthouse opens its own tabs, which share the cookies of a browser's lasting profile only.
  browser = await chromium.launchPersistentContext(folder, {
    executablePath: executable,
    args: [...flags, "--remote-debugging-port=0"],
  });
  [port] = readFileSync(join(folder, "DevToolsActivePort"), "utf8").split("\n");
});

const rows = [];
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
  const head = ["page", ...Object.keys(least), "FCP in ms", "LCP in ms", "TBT in ms", "CLS", "machine"];
  report("Lighthouse", table(head, rows.sort(([one], [other]) => (one < other ? -1 : 1))));
});

const settings = { logLevel: "error", onlyCategories: Object.keys(least), disableFullPageScreenshot: true };

const measure = async (path) => {
  const { lhr } = await lighthouse(`${origin}${path}`, { ...settings, port });
  assert.equal(new URL(lhr.finalDisplayedUrl).pathname, path, "the page stays where it is");
  const audits = Object.keys(least).flatMap((name) => lhr.categories[name].auditRefs);
  const failed = audits.filter(({ id, weight }) => weight && lhr.audits[id].score < 1).map(({ id }) => lhr.audits[id]);
  const took = (name) => Math.round(lhr.audits[name].numericValue);
  return {
    scores: Object.fromEntries(Object.keys(least).map((name) => [name, Math.round(lhr.categories[name].score * 100)])),
    times: ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"].map(took),
    shift: lhr.audits["cumulative-layout-shift"].numericValue,
    speed: lhr.environment.benchmarkIndex,
    faults: failed.map(({ id, title, displayValue }) => `${id}: ${displayValue ?? title}`).join(", "),
  };
};

const { performance: fast, ...sound } = least;

/** How fast this machine was at its best: Lighthouse runs a benchmark of its own before each measurement. */
let topSpeed = 0;

/**
 * What a page costs, rather than what else this machine does, which can only slow it: a slow page is measured three times.
 * A measurement is none while the machine itself is a quarter slower than it can be.
 */
const quickest = async (path) => {
  const runs = [];
  const undisturbed = () => runs.filter(({ speed }) => speed >= 0.75 * topSpeed);
  do {
    const run = await measure(path);
    for (const [name, score] of Object.entries(sound)) assert.ok(run.scores[name] >= score, `${name}: ${run.faults}`);
    assert.equal(run.shift, 0, "nothing moves");
    topSpeed = Math.max(topSpeed, run.speed);
    runs.push(run);
  } while (runs.at(-1).scores.performance < fast && undisturbed().length < 3 && runs.length < 12);
  return runs.sort((one, other) => other.scores.performance - one.scores.performance)[0];
};

const judge = async ({ path }) => {
  const { scores, times, shift, faults, speed } = await quickest(path);
  rows.push([path, ...Object.values(scores), ...times, shift, speed]);
  assert.ok(scores.performance >= fast, `performance ${scores.performance}, machine ${speed} of ${topSpeed}: ${faults}`);
};

const kinds = { "choose-method": "method", "enter-code": "code", "set-password": "password" };
const isStep = ({ kind }) => Object.values(kinds).includes(kind);

for (const page of measured.filter((page) => !isStep(page) && page.kind !== "done")) {
  test(`Lighthouse has nothing to say of ${page.path}`, () => judge(page));
}

test("Lighthouse has nothing to say of the steps of a recovery under way", async (t) => {
  const waiting = new Set(measured.filter(isStep));
  for await (const { step } of waiting.size ? recovery(clientIn(browser), reachable()) : []) {
    for (const page of waiting) {
      if (page.kind !== kinds[step]) continue;
      waiting.delete(page);
      await t.test(page.path, () => judge(page));
    }
  }
  assert.deepEqual([...waiting], []);
});

test("Lighthouse has nothing to say of a recovery's end", async (t) => {
  const account = JSON.stringify({ email: "prenom.nom@example.org" });
  await browser.addInitScript((value) => sessionStorage.setItem("done", value), account);
  for (const page of measured.filter(({ kind }) => kind === "done")) await t.test(page.path, () => judge(page));
});
