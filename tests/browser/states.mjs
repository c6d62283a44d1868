// Every state that a page can be in. The server's answers are those of a real recovery, recorded once and replayed in
// each language; its refusals and silences are put in their place.

import { client, identityOf, kindOf, recovery } from "./recovery.mjs";
import { deskCode, institution, origin, reachable } from "./stack.mjs";
import { submit } from "./phone.mjs";
import { edition, pathsOf } from "./site.mjs";

const record = async () => {
  const person = reachable();
  const states = { choices: [], codes: [] };
  for await (const state of recovery(client(), person)) {
    if (state.step === "choose-method") states.choices.push(state);
    else if (state.step === "enter-code") states.codes.push({ kind: kindOf(state), state });
    else states.password = state;
  }
  if (institution.methods.includes("desk")) {
    deskCode(person);
    const desk = client();
    let held = await desk("verify-identity", { ...identityOf(person), route: "desk" });
    if (held.step === "choose-method") held = await desk("send-code", { method: held.methods[0].id });
    states.codes.push({ kind: "desk", state: held });
  }
  return states;
};

/** A refusal as the server words it. */
export const refusal = (status, code, more = {}) => {
  const { wait, ...members } = more;
  return { status, wait, body: { code, detail: "", ...members } };
};

/** No answer at all, and no network. */
export const silence = "silence";
export const away = "away";

const fill = async (page) => {
  for (const input of await page.locator("form input:not([type=checkbox])").all()) await input.fill("1");
  await page.locator("#terms").check();
};

const sendIdentity = async (page) => {
  await fill(page);
  await submit(page);
};
const sendCode = async (page, code) => {
  await page.locator("#code").fill(code);
  await submit(page);
};
const sendPassword = async (page, password, repeat = password) => {
  await page.locator("#password").fill(password);
  await page.locator("#repeat").fill(repeat);
  await submit(page);
};

const summary = (page) => page.locator("#summary:visible").waitFor();
const disclose = (page) => page.locator("#office > summary").click();
const told = (page) => page.waitForFunction(() => document.querySelector("#status").textContent !== "");
const strong = "Lune-verte&42-cactus-Orage";

/** The hour is late: what waits for eight seconds has waited. */
const wait = async (page) => {
  await told(page);
  const before = await page.locator("#status").textContent();
  await page.clock.fastForward(8_500);
  await page.waitForFunction((text) => document.querySelector("#status").textContent !== text, before);
};

/**
 * What there is to see in a language: `load` answers the page's question for the state, `reply` its POST, `act` is what
 * the person does. The first scene of a page is the page itself.
 */
export const scenesOf = async (lang, states) => {
  const byName = edition(lang);
  const all = Object.entries(byName);
  const scenes = [];
  const add = (page, name, more = {}) => scenes.push({ page, name, path: byName[page].path, ...more });
  for (const [page, { kind, ids }] of all) {
    if (kind) continue;
    add(page, "", { itself: true });
    for (const id of ["signed-out", "unchanged"]) if (ids.has(id)) add(page, id, { hash: id });
  }
  const named = (wanted) => all.filter(([, { kind }]) => kind === wanted).map(([name]) => name);

  for (const page of named("identify")) {
    add(page, "", { itself: true });
    add(page, "empty", { act: async (view) => submit(view).then(() => summary(view)) });
    if (byName[page].path !== pathsOf(lang).identify) continue;
    const posted = (name, reply, after = summary) =>
      add(page, name, { reply, act: async (view) => sendIdentity(view).then(() => after(view)) });
    posted("mismatch", refusal(401, "identity-not-recognised"));
    posted("limited", refusal(429, "too-many-attempts", { wait: 3600 }));
    posted("unavailable", refusal(503, "unavailable", { wait: 30 }));
    posted("slow", silence, wait);
    posted("offline", away);
    add(page, "expired", { hash: "expired" });
    add(page, "office", { act: disclose });
  }

  const [choice, second] = states.choices;
  for (const page of named("method")) {
    const choose = (view) => view.locator("[type=radio]:enabled").last().check();
    add(page, "", { load: choice, itself: true });
    add(page, "empty", { load: { ...choice, methods: [choice.methods[0], ...choice.methods] }, act: async (view) => submit(view).then(() => summary(view)) });
    const named = choice.methods.find((method) => method.confirm_required);
    const typed = async (view) => {
      await (named ? view.locator(`[id="${named.id}"]`).check() : choose(view));
      if (named) await view.locator(`[id="${named.id}-confirm"]`).fill("0600000000");
    };
    add(page, "typed", { load: choice, act: typed });
    const posted = (name, reply) =>
      add(page, name, {
        load: choice,
        reply,
        act: async (view) => {
          await typed(view);
          await submit(view);
          await summary(view);
        },
      });
    posted("wrong-contact", refusal(422, "contact-mismatch", { attempts_left: 2 }));
    posted("closed", refusal(429, "send-limit", { wait: 3600 }));
    posted("limited", refusal(429, "too-many-attempts", { wait: 3600 }));
    add(page, "none", { load: { ...choice, methods: [] } });
    add(page, "office", { load: choice, act: disclose });
    if (second) add(page, "second", { load: second });
    add(page, "loading", { load: silence, act: wait });
    add(page, "offline", { load: away, act: summary });
  }

  for (const page of named("code")) {
    const [{ state }] = states.codes;
    for (const [place, { kind, state: load }] of states.codes.entries()) add(page, place ? kind : "", { load, itself: !place });
    const posted = (name, reply, code = state.code.alphabet === "digits" ? "12345678" : "ABC234") =>
      add(page, name, { load: state, reply, act: async (view) => sendCode(view, code).then(() => summary(view)) });
    posted("shape", undefined, "12");
    posted("wrong", refusal(422, "code-incorrect", { attempts_left: 4 }));
    posted("over", refusal(410, "code-expired"));
    posted("limited", refusal(429, "too-many-attempts", { wait: 3600 }));
    const free = { ...state, methods: state.methods.map((method) => ({ ...method, resend_in: 0 })) };
    add(page, "resend", { load: free, reply: state, act: (view) => view.locator("#resend").click().then(() => told(view)) });
    add(page, "office", { load: state, act: disclose });
  }

  for (const page of named("password")) {
    const load = states.password;
    add(page, "", { load, itself: true });
    add(page, "weak", { load, act: (view) => view.locator("#password").fill("aaaa") });
    add(page, "strong", {
      load,
      act: async (view) => {
        await view.locator("#password").fill(strong);
        await view.locator(".reveal").first().click();
      },
    });
    const posted = (name, reply, repeat) =>
      add(page, name, { load, reply, act: async (view) => sendPassword(view, strong, repeat).then(() => summary(view)) });
    posted("different", undefined, "other");
    posted("common", refusal(422, "password-rejected", { errors: [{ field: "password", code: "common" }] }));
    posted("unconfirmed", refusal(503, "directory-unavailable", { wait: 30 }));
    posted("another", refusal(409, "wrong-step", { state: load }));
  }

  for (const page of named("done")) {
    const done = { email: states.password.account.email };
    add(page, "", { done, itself: true });
    add(page, "office", { done, act: disclose });
  }
  return scenes;
};

export const recorded = await record();

/** What each page's API answers now. */
const answers = new WeakMap();

/** From now on, a page that is shown already is answered so: `load` to its questions, `reply` to what it sends. */
export const answerWith = (page, scene) => answers.set(page, scene);

const respond = async (route, { load, reply }) => {
  const answer = route.request().method() === "GET" ? load : reply;
  // The request stays open until its page is left.
  if (answer === silence) return;
  if (answer === away) return route.abort("internetdisconnected");
  const { status = 200, wait: seconds, body = answer } = answer;
  const headers = seconds ? { "retry-after": String(seconds) } : {};
  await route.fulfill({ status, headers, contentType: "application/json", body: JSON.stringify(body) });
};

/** Brings a page into a state and waits until it shows. */
export const show = async (page, scene) => {
  const { path, hash, load, done, act } = scene;
  if (!answers.has(page)) await page.route("**/api/**", (route) => respond(route, answers.get(page)));
  answers.set(page, scene);
  if (hash || done) {
    // By way of another page, since a change of the fragment alone loads nothing.
    await page.goto(`${origin}/404.html`);
    await page.evaluate((value) => sessionStorage.setItem("done", value), JSON.stringify(done ?? {}));
  }
  await page.goto(`${origin}${path}${hash ? `#${hash}` : ""}`);
  if (load !== silence && load !== away) await page.locator("body:not([data-wait])").waitFor();
  await act?.(page);
};
