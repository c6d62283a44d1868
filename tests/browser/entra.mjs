// What people see where passwords are in a directory that refuses, fails and comes back, in a real browser. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, complaint, look, openBrowser, withPhone } from "./phone.mjs";
import { codeSentTo, control, freshPassword, hasAccount, origin, owns, signsIn, somebody } from "./stack.mjs";
import { askForCode, begin, choosePassword, typeCode } from "./steps.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const toPassword = async (page) => {
  const person = somebody(hasAccount, owns("recovery_email"));
  await begin(page, person);
  await askForCode(page, /e-mail/i);
  await typeCode(page, await codeSentTo(person.recovery_email));
  await arrive(page, "/mot-de-passe/");
  return person;
};

test("a password that the directory alone refuses is told with what to do, and another is taken", () =>
  withPhone(browser, async (page) => {
    const person = await toPassword(page);
    await choosePassword(page, "C0ntos0Blank12");
    const said = await complaint(page);
    assert.match(said, /annuaire de l'établissement/);
    assert.match(said, /Choisissez-en un plus long/);
    await look(page, "entra-refused");
    const password = freshPassword();
    await choosePassword(page, password);
    await arrive(page, "/termine/");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));

test("while nobody knows what became of a password, that one alone goes on, and the page says so", () =>
  withPhone(browser, async (page) => {
    const person = await toPassword(page);
    const [first, other] = [freshPassword(), freshPassword()];
    // It is written, but the sessions are not ended, more often than a change has time for.
    await control("entra/faults", { at: "revocation", account: person.academic_email, fault: { fail: 500 }, times: 5 });
    await choosePassword(page, first);
    const unconfirmed = await complaint(page);
    assert.match(unconfirmed, /pas encore pu confirmer/);
    assert.match(unconfirmed, /renvoyez le même mot de passe/);
    await look(page, "entra-unconfirmed");
    await page.locator('body[data-state="idle"]').waitFor();

    await choosePassword(page, other);
    const refused = await complaint(page);
    assert.match(refused, /Un autre mot de passe est déjà en cours d'enregistrement/);
    assert.equal(page.url(), `${origin}/mot-de-passe/`);
    await look(page, "entra-another");
    assert.equal(await signsIn(person.academic_email, other), false);

    await choosePassword(page, first);
    await arrive(page, "/termine/");
    assert.equal(await signsIn(person.academic_email, first), true);
  }));
