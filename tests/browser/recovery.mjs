// A recovery without pages: what the server answers, step by step.

import assert from "node:assert/strict";
import { languages, pages, pathsOf } from "./site.mjs";
import { codeSentTo, institution, origin } from "./stack.mjs";

/** A client that keeps its cookie. */
export const client = () => {
  let cookie = "";
  return async (step, body) => {
    const headers = { "content-type": "application/json", cookie };
    const response = await fetch(`${origin}/api/${step}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(response.status, 200, `${step}: ${response.status}`);
    cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    return response.json();
  };
};

/** One that shares a browser's cookies, as another tab does. */
export const clientIn = (context) => async (step, data) => {
  const response = await context.request.post(`${origin}/api/${step}`, { data });
  assert.ok(response.ok(), `${step}: ${response.status()}`);
  return response.status() === 204 ? undefined : response.json();
};

/** What the first identification page sends for this person. */
export const identityOf = (person) => {
  const { scheme } = pages.find(({ path }) => path === pathsOf(languages[0]).identify);
  const { fields } = institution.schemes[scheme];
  return {
    scheme,
    fields: Object.fromEntries(fields.map(({ id }) => [id, person[id]])),
    terms_accepted: true,
    terms_version: institution.terms_version,
    locale: languages[0],
  };
};

/** By what the code that this state waits for was sent. */
export const kindOf = ({ code, methods }) => methods.find(({ id }) => id === code.method).kind;

/** Yields the state after each step, until a new password may be set. */
export async function* recovery(call, person) {
  const used = [];
  let state = await call("verify-identity", identityOf(person));
  yield state;
  while (state.step === "choose-method") {
    const method = state.methods.find(({ kind, confirmed, hint }) => hint && !confirmed && !used.includes(kind));
    used.push(method.kind);
    const contact = method.kind === "email" ? person.recovery_email : person.phone;
    state = await call("send-code", { method: method.id, ...(method.confirm_required && { confirm: contact }) });
    yield state;
    state = await call("confirm-code", { code: await codeSentTo(contact) });
    yield state;
  }
}
