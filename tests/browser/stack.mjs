// What runs outside the browser: the people of the registry, their messages, the mail service's sign-in.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const origin = process.env.RECUPMAIL_URL ?? "http://localhost:8000";

const registry =
  process.env.RECUPMAIL_REGISTRY ??
  fileURLToPath(new URL("../../infra/institutions/usms/registry.csv", import.meta.url));

const readPeople = () => {
  const [header, ...lines] = readFileSync(registry, "utf8").trim().split(/\r?\n/);
  const columns = header.split(",");
  const people = lines.map((line) => {
    const values = line.split(",");
    return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
  });
  const owners = (column, value) => people.filter((person) => person[column] === value).length;
  const recoverable = people.filter(
    ({ recovery, directory_id: account, phone, recovery_email: email }) =>
      recovery === "allowed" && account && phone.startsWith("+212") && email && owners("phone", phone) + owners("recovery_email", email) === 2,
  );
  assert.ok(recoverable.length >= 10, "the registry has people whose two contacts nobody shares");
  return recoverable;
};

const people = readPeople();

/** Someone whom no other test of this run uses; drawn by lot, so that runs on one stack do not add up to a limit. */
export const somebody = () => people.splice(Math.floor(Math.random() * people.length), 1)[0];

/** A password that no earlier run has set. */
export const freshPassword = () => `Lune-verte&${randomBytes(6).toString("hex")}-K9`;

/** The code in the newest message to a contact. */
export const codeSentTo = async (contact) => {
  const response = await fetch(`${origin}/outbox.json?to=${encodeURIComponent(contact)}`);
  const [newest] = await response.json();
  assert.ok(newest, "a message was sent");
  const codes = newest.text.match(/(?<!\d)\d{8}(?!\d)/g);
  assert.equal(codes?.length, 1, "the message holds one code");
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
