// Judges passwords by the page's own script: { rules, account, passwords } on standard input, a strength for each on standard output.

import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const { rules, account, passwords } = JSON.parse(readFileSync(0, "utf8"));

/** What the rest of the script gives to password.js, on a page without a form. */
const page = {
  all: () => [],
  document: {},
  fill: () => {},
  find: () => null,
  form: { account: {}, password: { setAttribute: () => {} } },
  rules: {},
  steps: {},
  submits: {},
};
const script = readFileSync(new URL("../../static-site/script/password.js", import.meta.url), "utf8");
const strength = runInNewContext(`${script}; strength`, page);

page.steps.password({ account, password: rules });
process.stdout.write(JSON.stringify(passwords.map((password) => strength(password))));
