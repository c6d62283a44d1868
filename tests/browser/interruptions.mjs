// What comes between a person and the next page: silence, limits, the end of the session, another tab, Back, a second
// click. See README.md.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { after, before, test } from "node:test";
import { arrive, executable, flags, submit, withPhone } from "./phone.mjs";
import { clientIn, kindOf, recovery } from "./recovery.mjs";
import { languages, pathsOf } from "./site.mjs";
import { codeSentTo, origin, reachable } from "./stack.mjs";
import { answerWith, away, recorded, refusal, scenesOf, show, silence } from "./states.mjs";

let browser;
before(async () => {
  // Playwright would turn off the back/forward cache, of which some of this is about.
  browser = await chromium.launch({
    executablePath: executable,
    args: flags,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
});
after(() => browser.close());

const paths = pathsOf(languages[0]);
const scenes = await scenesOf(languages[0], recorded);

/** The page itself, by where it lies. */
const sceneAt = (path) => scenes.find((scene) => scene.path === path && scene.itself);

const stateOf = (page) => page.evaluate(() => document.body.dataset.state);
const status = (page) => page.locator("#status").textContent();
const summary = (page) => page.locator("#summary:visible").innerText();

/** Waits until what the script does at once is done. */
const inState = (page, name) => page.locator(`body[data-state=${name}]`).waitFor();

/** Fills what a step asks for, with what need not be right. */
const fillIn = {
  identify: async (page) => {
    for (const input of await page.locator("form input:not([type=checkbox])").all()) await input.fill("1");
    await page.locator("#terms").check();
  },
  method: async (page) => {
    await page.locator("[type=radio]:enabled").first().check();
    const whole = page.locator("[data-whole]:not([hidden]) input");
    if (await whole.count()) await whole.fill("0600000000");
  },
  code: async (page) => page.locator("#code").fill(recorded.codes[0].state.code.alphabet === "digits" ? "12345678" : "ABC234"),
  password: async (page) => {
    for (const field of ["#password", "#repeat"]) await page.locator(field).fill("Lune-verte&42-cactus-Orage");
  },
};

/** As a person would who does not see that the button waits. */
const insist = (page) => page.locator("form button:not([type])").click({ force: true });

const posts = (page) => {
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request));
  return sent;
};

/** A step, filled in, whose clock only goes on when it is told to. */
const filled = async (page, step, more) => {
  await page.clock.install();
  await show(page, { ...sceneAt(paths[step]), ...more });
  await page.clock.pauseAt(Date.now() + 60_000);
  await fillIn[step](page);
};

const pass = (page, seconds) => page.clock.runFor(seconds * 1000);

for (const step of Object.keys(fillIn)) {
  test(`${step}: a second click and Enter send nothing more`, () =>
    withPhone(browser, async (page) => {
      await filled(page, step, { reply: silence });
      const sent = posts(page);
      await page.locator("form button:not([type])").dblclick();
      await inState(page, "sending");
      await page.locator("form input").last().press("Enter");
      await insist(page);
      assert.equal(sent.length, 1);
      assert.equal(await stateOf(page), "sending");
    }));

  test(`${step}: without an answer it says at 8 s that it is slow, at 20 s gives up, and keeps what was typed`, () =>
    withPhone(browser, async (page) => {
      await filled(page, step, { reply: silence });
      const kept = await page.locator("form input").evaluateAll((inputs) => inputs.map(({ value }) => value));
      const sent = posts(page);
      await submit(page);
      await inState(page, "sending");
      const first = await status(page);
      assert.ok(first);
      await pass(page, 7.9);
      assert.equal(await status(page), first);
      await pass(page, 0.2);
      const slow = await status(page);
      assert.ok(slow && slow !== first, "the slow notice");
      await pass(page, 11.8);
      assert.equal(await stateOf(page), "sending");
      await pass(page, 0.2);
      await inState(page, "offline");
      assert.equal(await status(page), "");
      assert.deepEqual(await page.locator("form input").evaluateAll((inputs) => inputs.map(({ value }) => value)), kept);
      await Promise.all([page.waitForRequest((request) => request.method() === "POST"), submit(page)]);
      assert.equal(sent.length, 2, "and can be sent again");
    }));
}

test("a limit tells the time of day, counts down in silence, lets nothing through, and ends", () =>
  withPhone(browser, async (page) => {
    await filled(page, "code", { reply: refusal(429, "too-many-attempts", { wait: 90 }) });
    const sent = posts(page);
    await submit(page);
    await inState(page, "limited");
    const until = await page.evaluate(() =>
      new Date(Date.now() + 90_000).toLocaleTimeString("fr", { hour: "2-digit", minute: "2-digit" }),
    );
    const told = await summary(page);
    assert.ok(told.includes(until), `${told} names ${until}`);
    assert.match(told, /2\smin/);
    await insist(page);
    assert.equal(sent.length, 1);
    assert.equal(await page.evaluate(() => document.activeElement.id), "summary");
    await pass(page, 60);
    assert.match(await summary(page), /30\ss/);
    assert.equal(await status(page), "", "the count is not announced");
    await pass(page, 31);
    await inState(page, "idle");
    assert.ok(await status(page), "its end is");
    await submit(page);
    await inState(page, "limited");
    assert.equal(sent.length, 2);
  }));

test("when the session's time is over the page says so by itself, or as the server says it", () =>
  withPhone(browser, async (page) => {
    const load = { ...recorded.choices[0], expires_in: 300 };
    await filled(page, "method", { load });
    await pass(page, 299);
    assert.equal(new URL(page.url()).pathname, paths.method);
    await pass(page, 2);
    await page.waitForURL(`${origin}${paths.identify}#expired`);
    await page.locator("#expired").waitFor();
    await show(page, { ...sceneAt(paths.password), reply: refusal(401, "session-expired") });
    await fillIn.password(page);
    await submit(page);
    await page.waitForURL(`${origin}${paths.identify}#expired`);
  }));

test("a step that could not be asked for can be asked for again", () =>
  withPhone(browser, async (page) => {
    const scene = sceneAt(paths.code);
    await show(page, { ...scene, load: away });
    await page.locator("#retry:visible").waitFor();
    assert.ok(await page.locator("#code").isHidden());
    answerWith(page, scene);
    await page.locator("#retry").click();
    await page.locator("#code:visible").waitFor();
    assert.ok(await page.locator("#retry").isHidden());
  }));

test("what another tab has done in the meantime is followed", () =>
  withPhone(browser, async (page, context) => {
    const call = clientIn(context);
    const person = reachable();
    const other = recovery(call, person);
    let { value: state } = await other.next();
    await page.goto(`${origin}${paths.method}`);
    while (state.step !== "set-password") {
      await arrive(page, paths.method);
      const { value: sent } = await other.next();
      await page.reload();
      await arrive(page, paths.code);
      const contact = kindOf(sent) === "email" ? person.recovery_email : person.phone;
      await page.locator("#code").fill(await codeSentTo(contact));
      ({ value: state } = await other.next());
      await submit(page);
      await page.waitForURL((url) => url.pathname !== paths.code);
    }
    await arrive(page, paths.password);
    await fillIn.password(page);
    await call("logout", {});
    await submit(page);
    await page.waitForURL(`${origin}${paths.identify}#expired`);
  }));

for (const step of ["method", "code", "password"]) {
  test(`${step}: Back from the cache asks anew whether it still holds, and brings no secret`, () =>
    withPhone(browser, async (page) => {
      const scene = sceneAt(paths[step]);
      await show(page, scene);
      await fillIn[step](page);
      await page.evaluate(() => {
        addEventListener("pageshow", ({ persisted }) => (window.wasKept = persisted));
      });
      const asked = [];
      page.on("request", (request) => request.url().endsWith("/api/verify-identity") && asked.push(request));
      await page.locator("a.aid").click();
      await page.waitForURL((url) => url.pathname !== paths[step]);
      await page.goBack({ waitUntil: "commit" });
      await page.locator("body[data-state=idle]:not([data-wait])").waitFor();
      assert.equal(await page.evaluate(() => window.wasKept), true, "it came from the cache");
      assert.equal(asked.length, 1);
      assert.deepEqual(await page.locator("[data-secret]").evaluateAll((inputs) => inputs.map(({ value }) => value).filter(Boolean)), []);

      await page.locator("a.aid").click();
      await page.waitForURL((url) => url.pathname !== paths[step]);
      answerWith(page, { load: refusal(401, "session-expired") });
      await page.goBack({ waitUntil: "commit" });
      await page.waitForURL(`${origin}${paths.identify}#expired`);
    }));
}
