// Université Sultan Moulay Slimane: rows U1 to U7 of the mission, in a real browser. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, complaint, look, openBrowser, submit, withPhone } from "./phone.mjs";
import { codeSentTo, freshPassword, institution, messagesTo, origin, reachable, signsIn } from "./stack.mjs";
import { askForCode, begin, choosePassword, identify, said, trail, typeCode, watchPosts } from "./steps.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** To the page of the new password, by e-mail. */
const reachPassword = async (page, person) => {
  await begin(page, person);
  await askForCode(page, "E-mail");
  await typeCode(page, await codeSentTo(person.recovery_email));
  await arrive(page, "/mot-de-passe/");
};

test("U1 the presentation shows the university's names in three languages, both logos and the footer", () =>
  withPhone(browser, async (page) => {
    await page.goto(`${origin}/`);
    const names = await page.locator(".names span").evaluateAll((spans) => spans.map(({ lang, dir, textContent }) => ({ lang, dir, textContent })));
    assert.deepEqual(
      names.map(({ lang, dir }) => [lang, dir]).sort(),
      [["ar", "rtl"], ["fr", "ltr"], ["zgh", "ltr"]],
    );
    for (const { lang, textContent } of names) assert.equal(textContent, institution.names[lang]);
    assert.ok(await page.locator(".brand img").evaluate((img) => img.naturalWidth > 0), "the logo is there");
    assert.match(await said(page, ".partner"), /Office/);
    assert.match(await said(page, "footer"), /Pôle Digitalisation USMS/);
    assert.match(await said(page), /@usms\.ac\.ma/);
  }));

test("U2 a student identifies with N° Apogée, Code Massar and date of birth, in any spelling", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await page.goto(`${origin}/`);
    await page.getByRole("link", { name: "Récupérer mon compte" }).click();
    await page.waitForURL(`${origin}/identifier/`);
    for (const label of ["N° Apogée", "Code Massar", "Date de naissance (AAAA-MM-JJ)"]) await page.getByLabel(label).waitFor();
    await look(page, "usms-U2-identify");
    const [year, month, day] = person.birth_date.split("-");
    await identify(page, {
      apogee: ` ${person.apogee.slice(0, 3)} ${person.apogee.slice(3)}`,
      massar: person.massar.toLowerCase(),
      birth_date: `${day}/${month}/${year}`,
    });
    await arrive(page, "/methode/");
  }));

test("U3 the law 09-08 is cited, and the terms must be ticked; their version goes with the request", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    const posts = watchPosts(page);
    await page.goto(`${origin}/identifier/`);
    const notice = await said(page, ".notice");
    assert.match(notice, /loi 09-08/);
    assert.match(notice, /CNDP/);
    assert.equal(await page.locator("#terms").isChecked(), false, "the terms are never pre-ticked");
    for (const field of ["apogee", "massar", "birth_date"]) await page.locator(`#${field}`).fill(person[field]);
    await submit(page);
    assert.match(await complaint(page), /Conditions Générales d'Utilisation/);
    assert.deepEqual(posts, []);
    await page.locator("#terms").check();
    await submit(page);
    await arrive(page, "/methode/");
    assert.equal(posts[0].body.terms_accepted, true);
    assert.equal(posts[0].body.terms_version, institution.terms_version);
    await page.goto(`${origin}/conditions/`);
    assert.ok((await said(page)).includes(institution.terms_version), "the terms say their version");
  }));

test("U4 the student is greeted by name and sees the academic e-mail", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await reachPassword(page, person);
    const text = await said(page);
    assert.ok(text.includes(`Bienvenue ${person.display_name}`));
    assert.ok(text.includes(person.academic_email));
    await look(page, "usms-U4-password");
  }));

test("U5 the password can be shown and hidden, and is updated", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    const password = freshPassword();
    await reachPassword(page, person);
    await page.locator("#password").fill(password);
    await page.locator("[aria-controls=password]", { hasText: "Afficher" }).click();
    assert.equal(await page.locator("#password").getAttribute("type"), "text");
    await page.locator("[aria-controls=password]", { hasText: "Masquer" }).click();
    assert.equal(await page.locator("#password").getAttribute("type"), "password");
    await page.locator("#repeat").fill(password);
    await page.getByRole("button", { name: "Mettre à jour le mot de passe" }).click();
    await arrive(page, "/termine/");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));

test("U5 the round power button signs out, and nothing is changed", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await reachPassword(page, person);
    const before = await messagesTo(person.recovery_email);
    const power = page.getByRole("button", { name: "Se déconnecter" });
    const { width, height } = await power.boundingBox();
    assert.ok(width === height && width >= 48, "it is round and large enough");
    await power.click();
    await page.waitForURL(`${origin}/#signed-out`);
    assert.deepEqual(await messagesTo(person.recovery_email), before, "no notice of a change");
    await page.goto(`${origin}/mot-de-passe/`);
    await page.waitForURL(`${origin}/identifier/#expired`);
  }));

test("U6 the next steps lead to Office 365, and a page tells the benefits", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await reachPassword(page, person);
    await choosePassword(page, freshPassword());
    await arrive(page, "/termine/", "usms-U6-done");
    const steps = await page.locator(".steps li").allInnerTexts();
    assert.equal(steps.length, 5);
    assert.match(steps[0], /https:\/\/www\.office\.com\/\?auth=2/);
    const link = page.getByRole("link", { name: "Ouvrir la page de connexion" });
    assert.equal(await link.getAttribute("href"), "https://www.office.com/?auth=2");
    await page.getByRole("link", { name: "Avantages du compte" }).click();
    await page.waitForURL(`${origin}/avantages/`);
    const benefits = await said(page);
    for (const name of ["Outlook", "OneDrive", "Teams", "ELOGHA-SUP", "Moodle", "Word, Excel, PowerPoint"]) {
      assert.ok(benefits.includes(name), name);
    }
  }));

test("U7 the shipped example asks for one code before the password", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await begin(page, person);
    assert.equal(await trail(page), "Identification ✓ > [Vérification] > Nouveau mot de passe");
    await page.goto(`${origin}/mot-de-passe/`);
    await arrive(page, "/methode/");
  }));
