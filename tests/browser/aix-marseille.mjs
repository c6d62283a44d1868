// The academic webmail of Aix-Marseille: rows A1 to A7 of the mission, in a real browser. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, complaint, look, openBrowser, withPhone } from "./phone.mjs";
import { codeIn, codeSentTo, deskCode, freshPassword, hasAccount, letterTo, messagesTo, origin, owns, signsIn, somebody } from "./stack.mjs";
import { askForCode, begin, choosePassword, identify, said, typeCode } from "./steps.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const teacher = () => somebody(hasAccount, owns("recovery_email"));

const reachPassword = async (page, person, path) => {
  await begin(page, person, path);
  await askForCode(page, "E-mail");
  await typeCode(page, await codeSentTo(person.recovery_email));
  await arrive(page, "/mot-de-passe/");
};

test("A1 staff identify with identifier or NUMEN, date of birth and recovery address", () =>
  withPhone(browser, async (page) => {
    const person = teacher();
    await page.goto(`${origin}/identifier/`);
    for (const label of ["Identifiant académique", "Date de naissance", "Adresse de secours"]) await page.getByLabel(label).waitFor();
    await look(page, "aix-A1-identifiant");
    await identify(page, person);
    await arrive(page, "/methode/");
    await page.goto(`${origin}/identifier/`);
    await page.getByRole("link", { name: "NUMEN" }).click();
    await page.waitForURL(`${origin}/identifier/numen/`);
    await page.getByLabel("NUMEN").waitFor();
    await look(page, "aix-A1-numen");
    await identify(page, { ...person, numen: person.numen.toLowerCase() });
    await arrive(page, "/methode/");
    await page.goto(`${origin}/identifier/numen/`);
    await identify(page, { ...person, recovery_email: "autre@example.com" });
    assert.doesNotMatch(await complaint(page), /NUMEN|naissance|secours/, "a mismatch names no field");
  }));

test("A2 a first activation with the code of a letter", () =>
  withPhone(browser, async (page) => {
    const person = somebody((one) => !hasAccount(one));
    const password = freshPassword();
    const code = codeIn(letterTo(person));
    await page.goto(`${origin}/`);
    await page.getByRole("link", { name: "Activer mon compte" }).click();
    await page.waitForURL(`${origin}/identifier/activation/`);
    await page.getByRole("heading", { name: "Activer mon compte" }).waitFor();
    await look(page, "aix-A2-activation");
    await identify(page, person);
    await arrive(page, "/methode/", "aix-A2-method");
    assert.equal(await page.getByRole("radio").count(), 2, "letter and desk");
    await askForCode(page, "Courrier");
    await look(page, "aix-A2-code");
    await page.getByLabel("Code de votre courrier").waitFor();
    await typeCode(page, code);
    await arrive(page, "/mot-de-passe/", "aix-A2-password");
    assert.ok((await said(page)).includes(person.academic_email), "the new address is told");
    await choosePassword(page, password);
    await arrive(page, "/termine/", "aix-A2-done");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));

test("A3 M'auto dépanner offers recovery address, letter and technical assistance", () =>
  withPhone(browser, async (page) => {
    await page.goto(`${origin}/`);
    await page.getByRole("heading", { name: "M'auto dépanner" }).waitFor();
    const routes = await page.locator(".routes a").evaluateAll((links) => links.map((link) => [link.textContent, link.pathname]));
    assert.deepEqual(routes, [
      ["Par mon adresse de secours", "/identifier/"],
      ["Par courrier", "/courrier/"],
      ["Par l'assistance technique", "/assistance/"],
    ]);
    await look(page, "aix-A3-routes");
  }));

test("A3 the letter of someone who forgot the password", () =>
  withPhone(browser, async (page) => {
    const person = teacher();
    const password = freshPassword();
    const letter = letterTo(person);
    const code = codeIn(letter);
    await page.goto(`${origin}/`);
    await page.getByRole("link", { name: "Par courrier" }).click();
    await page.waitForURL(`${origin}/courrier/`);
    assert.ok(letter.includes(`${origin}/courrier/`), "the letter names this page");
    await identify(page, person);
    await arrive(page, "/code/", "aix-A3-letter");
    const field = page.getByLabel("Code de votre courrier");
    await field.fill(code.replaceAll(" ", "").replaceAll("0", "o").replaceAll("1", "l").toLowerCase());
    await field.blur();
    assert.match(await field.inputValue(), /^.{4} .{4} .{4}$/, "groups of four, as on paper");
    await page.getByRole("button", { name: "Vérifier le code" }).click();
    await arrive(page, "/mot-de-passe/");
    await choosePassword(page, password);
    await arrive(page, "/termine/");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));

test("A3 technical assistance gives a code", () =>
  withPhone(browser, async (page) => {
    const person = teacher();
    const password = freshPassword();
    const code = deskCode(person);
    await page.goto(`${origin}/`);
    await page.getByRole("link", { name: "Par l'assistance technique" }).click();
    await identify(page, person);
    await arrive(page, "/code/", "aix-A3-desk");
    // The check character finds a slip of the pen, which costs no guess.
    await typeCode(page, code.replace(/.$/, (last) => (last === "7" ? "8" : "7")));
    assert.match(await complaint(page), /relisez-le/);
    await typeCode(page, code.replaceAll(" ", "-"));
    await arrive(page, "/mot-de-passe/");
    await choosePassword(page, password);
    await arrive(page, "/termine/");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));

test("A4 a code of six letters and digits is typed back, in any case", () =>
  withPhone(browser, async (page) => {
    const person = teacher();
    await begin(page, person);
    await askForCode(page, "E-mail");
    await look(page, "aix-A4-code");
    assert.match(await said(page, "#code-hint"), /^6 lettres et chiffres/);
    assert.equal(await page.locator("#code").getAttribute("inputmode"), "text");
    const code = await codeSentTo(person.recovery_email);
    await typeCode(page, `${code.slice(0, 3)} ${code.slice(3).toLowerCase()}`);
    await arrive(page, "/mot-de-passe/");
  }));

test("A5 the password is set, and set again", () =>
  withPhone(browser, async (page) => {
    const person = teacher();
    const [first, second] = [freshPassword(), freshPassword()];
    for (const password of [first, second]) {
      await reachPassword(page, person);
      await choosePassword(page, password);
      await arrive(page, "/termine/", "aix-A5-done");
    }
    assert.equal(await signsIn(person.academic_email, first), false);
    assert.equal(await signsIn(person.academic_email, second), true);
  }));

test("A6 the help page tells of sign-in trouble and of mail programs", () =>
  withPhone(browser, async (page) => {
    await page.goto(`${origin}/`);
    await page.getByRole("link", { name: "Aide" }).click();
    await page.waitForURL(`${origin}/aide/`);
    const help = await said(page);
    for (const word of ["cookies", "maintenance", "compte a été supprimé", "Écrivez au rectorat"]) assert.ok(help.includes(word), word);
    const settings = await said(page, ".settings");
    assert.match(settings, /imap\.ac-aix-marseille\.fr\s+Port\s+993/);
    assert.match(settings, /smtp\.ac-aix-marseille\.fr\s+Port\s+465/);
    await look(page, "aix-A6-help");
  }));

test("A7 a forgotten identifier is shown, and one may stop there", () =>
  withPhone(browser, async (page) => {
    const person = teacher();
    const password = freshPassword();
    await reachPassword(page, person);
    await choosePassword(page, password);
    await arrive(page, "/termine/");
    await page.goto(`${origin}/`);
    await page.getByRole("link", { name: "Identifiant oublié" }).click();
    await identify(page, person);
    await arrive(page, "/methode/");
    await askForCode(page, "E-mail");
    await typeCode(page, await codeSentTo(person.recovery_email));
    await arrive(page, "/mot-de-passe/", "aix-A7-identifier");
    assert.ok((await said(page, ".address")).includes(person.academic_email));
    const before = (await messagesTo(person.recovery_email)).length;
    await page.getByRole("button", { name: "Je voulais seulement mon identifiant" }).click();
    await page.waitForURL(`${origin}/#unchanged`);
    await page.getByText("Rien n'a été modifié").waitFor();
    assert.equal(await signsIn(person.academic_email, password), true);
    assert.equal((await messagesTo(person.recovery_email)).length, before, "no notice of a change");
  }));
