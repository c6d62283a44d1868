// ECEPS, a school on Microsoft 365: rows E1 to E8 of the mission, in a real browser. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, complaint, look, openBrowser, submit, withPhone } from "./phone.mjs";
import { ask, callingCode, codeSentTo, deskCode, freshPassword, institution, messagesTo, origin, passTime, reachable, signsIn } from "./stack.mjs";
import { askForCode, begin, choose, choosePassword, identify, said, trail, typeCode, watchPosts } from "./steps.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** The number as people write it at home. */
const national = ({ phone }) => phone.replace(callingCode, "0").replace(/(\d{4})(\d\d)(\d\d)(\d\d)/, "$1 $2 $3 $4");

const typeNumber = async (page, method, number) => {
  await choose(page, method);
  await page.locator(".choice:has(:checked) [data-whole] input").fill(number);
  await submit(page);
};

const proveByEmail = async (page, person) => {
  await askForCode(page, "E-mail");
  await typeCode(page, await codeSentTo(person.recovery_email));
};

const proveByPhone = async (page, person, method) => {
  await typeNumber(page, method, national(person));
  await arrive(page, "/code/");
  await typeCode(page, await codeSentTo(person.phone));
};

/** To the page of the new password, by two methods. */
const reachPassword = async (page, person) => {
  await begin(page, person);
  await proveByEmail(page, person);
  await page.getByText("la deuxième méthode").waitFor();
  await proveByPhone(page, person, "SMS");
  await arrive(page, "/mot-de-passe/");
};

test("E1 it begins with the sign-in e-mail alone, known or unknown", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await page.goto(`${origin}/`);
    await page.getByRole("link", { name: "Récupérer mon compte" }).click();
    await page.waitForURL(`${origin}/identifier/`);
    await page.getByRole("heading", { name: "Votre compte n'est pas accessible ?" }).waitFor();
    const fields = page.locator("form input:not([type=checkbox])");
    assert.equal(await fields.count(), 1);
    assert.equal(await fields.getAttribute("type"), "email");
    assert.equal(await fields.getAttribute("autocomplete"), "username");
    await look(page, "eceps-E1-identify");
    await identify(page, { email: person.email.toUpperCase() });
    await arrive(page, "/methode/");
    await begin(page, { email: "personne.inconnue@eceps.be" });
    assert.ok((await page.getByRole("radio").count()) >= 2, "who is unknown sees methods too");
  }));

test("E2 recovery e-mail, SMS and call are offered under masked hints", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await begin(page, person);
    const text = await said(page, "#choices");
    const [start, domain] = [person.recovery_email[0], person.recovery_email.split("@")[1]];
    assert.match(text, new RegExp(`E-mail\\s+${start}\\*{5}@${domain === "example.net" ? "" : domain}`));
    for (const kind of ["SMS", "Appel téléphonique"]) assert.match(text, new RegExp(`${kind}\\s+\\*{5}${person.phone.slice(-2)}`));
    assert.ok(!text.includes(person.recovery_email) && !text.includes(person.phone.slice(-4)));
    await page.getByRole("radio", { name: `SMS numéro se terminant par ${person.phone.slice(-2)}` }).waitFor();
    await look(page, "eceps-E2-methods");
  }));

test("E3 the whole number is typed before an SMS or a call", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await begin(page, person);
    const posts = watchPosts(page);
    await choose(page, "SMS");
    await look(page, "eceps-E3-number");
    await submit(page);
    assert.match(await complaint(page), /numéro complet/);
    assert.deepEqual(posts, [], "without a number nothing is asked for");
    await typeNumber(page, "SMS", "0470 00 00 00");
    assert.match(await complaint(page), /Essais restants : 2/);
    assert.deepEqual(await messagesTo(person.phone), [], "and nothing was sent");
    await page.locator(".choice:has(:checked) [data-whole] input").fill(national(person));
    await choose(page, "Appel téléphonique");
    assert.equal(await page.locator(".choice:has(:checked) [data-whole] input").inputValue(), national(person), "typed once is enough");
    await submit(page);
    await arrive(page, "/code/", "eceps-E3-call");
    assert.match(await said(page), /Nous vous appelons/);
    const [call] = await messagesTo(person.phone);
    assert.equal(call.channel, "voice");
    await typeCode(page, await codeSentTo(person.phone));
    await page.getByText("la deuxième méthode").waitFor();
  }));

test("E3 three wrong numbers close the phone, and e-mail is offered instead", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await begin(page, person);
    for (const [number, left] of [["0470 00 00 01", 2], ["0470 00 00 02", 1], ["0470 00 00 03", 0]]) {
      await typeNumber(page, "SMS", number);
      assert.match(await complaint(page), new RegExp(`Essais restants : ${left}`));
    }
    await typeNumber(page, "SMS", national(person));
    assert.match(await complaint(page), /un autre moyen peut encore servir/);
    assert.ok(await page.getByRole("radio", { name: "E-mail" }).isChecked());
    assert.ok(await page.getByRole("link", { name: "J'ai un code donné par l'assistance" }).isVisible());
    await look(page, "eceps-E3-closed");
    await submit(page);
    await arrive(page, "/code/");
    await typeCode(page, await codeSentTo(person.recovery_email));
    await page.getByText("la deuxième méthode").waitFor();
  }));

test("E4 on the code page one can enter, retry, choose another method, ask the administrator, cancel", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await begin(page, person);
    await askForCode(page, "E-mail");
    await look(page, "eceps-E4-code");
    assert.match(await said(page), /courriers indésirables/);
    const first = await codeSentTo(person.recovery_email);
    assert.equal(await page.getByRole("button", { name: "Réessayer" }).getAttribute("aria-disabled"), "true");
    await passTime(31);
    await page.reload();
    await page.getByRole("button", { name: "Réessayer : renvoyer le code" }).click();
    await page.getByText("Un nouveau code est parti").waitFor();
    const second = await codeSentTo(person.recovery_email);
    assert.notEqual(first, second);
    await typeCode(page, first);
    assert.match(await complaint(page), /Essais restants : 4/);
    await page.getByText("Contacter l'administrateur", { exact: true }).click();
    assert.match(await said(page, "#office"), /Secrétariat/);
    await page.getByRole("link", { name: "Choisir un autre moyen" }).click();
    await arrive(page, "/methode/#other");
    await page.getByRole("link", { name: "J'ai déjà reçu un code" }).click();
    await arrive(page, "/code/");
    await page.getByRole("button", { name: "Annuler" }).click();
    await page.waitForURL(`${origin}/#unchanged`);
    await page.getByText("Rien n'a été modifié").waitFor();
  }));

test("E5 two different methods in turn, with the trail", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await begin(page, person);
    assert.equal(await trail(page), "[Étape 1] > Étape 2 > Nouveau mot de passe");
    await page.getByText("la première méthode").waitFor();
    await proveByPhone(page, person, "SMS");
    await arrive(page, "/methode/");
    await page.getByText("la deuxième méthode").waitFor();
    assert.equal(await trail(page), "Étape 1 ✓ > [Étape 2] > Nouveau mot de passe");
    for (const kind of ["SMS", "Appel téléphonique"]) {
      const radio = page.getByRole("radio", { name: kind });
      assert.ok(await radio.isDisabled(), `${kind} is the same contact`);
    }
    assert.match(await said(page, "#choices"), /SMS[^–]+– déjà vérifié/);
    await look(page, "eceps-E5-second");
    await proveByEmail(page, person);
    await arrive(page, "/mot-de-passe/");
    assert.equal(await trail(page), "Étape 1 ✓ > Étape 2 ✓ > [Nouveau mot de passe]");
  }));

test("E6 a password of 8 to 256 characters, typed twice, its strength in words, without the name", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    await reachPassword(page, person);
    assert.match(await said(page, "#password-hint"), /^8-256 caractères, dont 3 de ces 4 sortes/);
    const posts = watchPosts(page);
    const complaintOf = async (password, repeat = password) => {
      await page.locator("#password").fill(password);
      await page.locator("#repeat").fill(repeat);
      await submit(page);
      return complaint(page);
    };
    assert.match(await complaintOf("Lun-42"), /au moins 8/);
    assert.match(await complaintOf("lune-verte-cactus"), /3 sortes/);
    const longest = person.academic_email.split("@")[0].split(/[^a-z]/).reduce((one, other) => (other.length > one.length ? other : one));
    assert.match(await complaintOf(`Xy7-${longest}-9pQ!-zW`), /votre nom/);
    assert.match(await complaintOf("Lune-verte&42-cactus", "Lune-verte&42-cactu"), /différentes/);
    assert.deepEqual(posts, []);
    await page.locator("#password").fill("Lune-verte&42-c");
    assert.equal(await said(page, "#strength strong"), "très fort");
    await look(page, "eceps-E6-password");
  }));

test("E7 success, with the link to sign in", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    const password = freshPassword();
    await reachPassword(page, person);
    await choosePassword(page, password);
    await arrive(page, "/termine/", "eceps-E7-done");
    await page.getByRole("heading", { name: "Votre mot de passe a été réinitialisé" }).waitFor();
    const link = page.getByRole("link", { name: "Ouvrir la page de connexion" });
    assert.equal(await link.getAttribute("href"), "https://www.office.com/?auth=2");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));

test("E8 who recognises no method is sent to the school's office", () =>
  withPhone(browser, async (page) => {
    await begin(page, reachable());
    await page.getByText("Je n'ai plus accès à ces moyens").click();
    const office = await said(page, "#office");
    assert.match(office, /Secrétariat de l'école/);
    assert.match(office, /faute de frappe/);
    assert.ok(await page.locator("#office a[href^='mailto:']").isVisible());
    await look(page, "eceps-E8-office");
  }));

test("E8 the desk's code opens the account by itself", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    const password = freshPassword();
    await page.goto(`${origin}/identifier/`);
    await page.getByRole("link", { name: "J'ai un code donné par l'assistance" }).click();
    await page.waitForURL(`${origin}/assistance/`);
    await identify(page, person);
    await arrive(page, "/code/", "eceps-desk-code");
    assert.equal(await page.getByLabel("Code de l'assistance").getAttribute("inputmode"), "text");
    assert.ok(await page.locator("#resend").isHidden(), "there is nothing to send again");
    // Told on the telephone while the page was open already: identifying again takes the newest.
    const code = deskCode(person);
    await typeCode(page, code);
    assert.match(await complaint(page), /après l'ouverture de cette page/);
    await page.getByRole("link", { name: "Recommencer l'identification" }).click();
    await page.waitForURL(`${origin}/assistance/`);
    await identify(page, person);
    await arrive(page, "/code/");
    await typeCode(page, code.toLowerCase());
    await arrive(page, "/mot-de-passe/");
    await choosePassword(page, password);
    await arrive(page, "/termine/");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));

test("E8 when a day's identifications are used up, the desk's code still leads in, with what was typed", () =>
  withPhone(browser, async (page) => {
    const person = reachable();
    const code = deskCode(person);
    const request = {
      scheme: "email",
      fields: { email: person.email },
      terms_accepted: true,
      terms_version: institution.terms_version,
      locale: "fr",
    };
    let status;
    for (let tries = 0; status !== 429 && tries < 20; tries += 1) status = await ask("verify-identity", request);
    assert.equal(status, 429);
    await page.goto(`${origin}/identifier/`);
    await identify(page, person);
    assert.match(await complaint(page), /réessayer à/);
    await look(page, "eceps-limited");
    await page.getByRole("button", { name: "J'ai un code donné par l'assistance" }).click();
    await arrive(page, "/code/");
    await typeCode(page, code);
    await arrive(page, "/mot-de-passe/");
  }));
