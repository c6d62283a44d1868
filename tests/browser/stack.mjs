// What runs outside the browser: the people of the registry, their messages, the operators, the mail service's sign-in.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../..", import.meta.url));

export const origin = process.env.RECUPMAIL_URL ?? "http://localhost:8000";

/** What a client can ask first; the people are those of this institution. */
export const institution = await (await fetch(`${origin}/institution.json`)).json();

const readPeople = () => {
  const registry = join(top, `infra/institutions/${institution.id}/registry.csv`);
  const [header, ...lines] = readFileSync(registry, "utf8").trim().split(/\r?\n/);
  const columns = header.split(",");
  return lines.map((line) => {
    const values = line.split(",");
    return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
  });
};

const people = readPeople();

const isOwn = (person, column) =>
  person[column] && people.filter((other) => other[column] === person[column]).length === 1;

/** These columns hold a contact that nobody shares. */
export const owns =
  (...columns) =>
  (person) =>
    columns.every((column) => isOwn(person, column));

/** Of the institution's own country. */
export const [, callingCode] = readFileSync(join(top, `infra/institutions/${institution.id}/institution.toml`), "utf8").match(
  /^calling_code = "(\+\d+)"/m,
);

export const hasAccount = (person) => person.directory_id !== "";

const drawn = new Set();

/**
 * Someone who may recover, whom no other test of this run uses; drawn by lot, so that runs on one stack do not add up
 * to a limit.
 */
export const somebody = (...fit) => {
  const fitting = people.filter(
    (person) => person.recovery === "allowed" && !drawn.has(person) && fit.every((holds) => holds(person)),
  );
  assert.ok(fitting.length, "the registry has such people");
  const person = fitting[Math.floor(Math.random() * fitting.length)];
  drawn.add(person);
  return person;
};

const contacts = institution.methods.includes("sms") ? ["phone", "recovery_email"] : ["recovery_email"];

/** SMS and calls may not go to every country, but go to one's own. */
const atHome = ({ phone }) => !phone || phone.startsWith(callingCode);

/** Someone with an account, whom every method reaches. */
export const reachable = () => somebody(hasAccount, atHome, owns(...contacts));

/** A password that no earlier run has set. */
export const freshPassword = () => `Lune-verte&${randomBytes(6).toString("hex")}-K9`;

/** The messages to a contact, newest first. */
export const messagesTo = async (contact) => {
  const response = await fetch(`${origin}/outbox.json?to=${encodeURIComponent(contact)}`);
  return response.json();
};

/** The code in the newest message to a contact: eight digits, or six letters and digits on a line of their own. */
export const codeSentTo = async (contact) => {
  const [newest] = await messagesTo(contact);
  assert.ok(newest, "a message was sent");
  const codes = newest.text.match(/(?<!\d)\d{8}(?!\d)|^[2-9A-HJKMNP-Z]{6}$/gm);
  assert.equal(codes?.length, 1, `the message holds one code: ${newest.text}`);
  return codes[0];
};

/** Whether the mail service lets someone in. */
export const signsIn = async (email, password) => {
  const response = await fetch(`${origin}/local/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  assert.ok([204, 401].includes(response.status), `sign-in answers 204 or 401, not ${response.status}`);
  return response.status === 204;
};

/** Calls a step as a client without pages does; answers its status. */
export const ask = async (step, body) => {
  const response = await fetch(`${origin}/api/${step}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.status;
};

/** What operators do, on this stack. */
const recupctl = (...command) =>
  execFileSync(process.env.RECUPCTL ?? join(top, "target/debug/recupctl"), [`--local=${new URL(origin).port}`, ...command], {
    cwd: top,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Twelve characters in groups of four. */
const issuedCode = /\b[0-9A-HJKMNP-TV-Z]{4}( [0-9A-HJKMNP-TV-Z]{4}){2}\b/;

/** The code that the help desk tells a person. */
export const deskCode = ({ person_id: id }) =>
  recupctl("desk-code", id, "--reason", "carte vue").match(issuedCode)[0];

/** A person's letter as it is printed. */
export const letterTo = ({ person_id: id }) => {
  const folder = mkdtempSync(join(tmpdir(), "letters-"));
  try {
    recupctl("letters", "--out", join(folder, "letters.html"), "--person", id, "--replace");
    return readFileSync(join(folder, "letters.html"), "utf8").replaceAll("&#x2f;", "/");
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const codeIn = (letter) => letter.match(issuedCode)[0];

/** Tells the stack something that only a stack on this machine takes. */
export const control = async (what, body) => {
  const response = await fetch(`${origin}/local/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 204);
};

/** Sets the functions' clock ahead by so many seconds. */
export const passTime = async (seconds) => {
  const file = join(top, `.local/run-${new URL(origin).port}/clock-offset`);
  const ahead = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  await control("clock", { offset_seconds: ahead + seconds });
};
