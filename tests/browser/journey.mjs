// The recovery as a person lives it, in a real browser against the local stack: see README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, complaint, look, openBrowser, submit, withPhone } from "./phone.mjs";
import { codeSentTo, freshPassword, origin, reachable, signsIn } from "./stack.mjs";
import { askForCode, begin, choose, choosePassword, identify, said, signOut, typeCode } from "./steps.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const contactFor = { "E-mail": "recovery_email", SMS: "phone" };

/** From identification to the last page, with a picture of each. */
const recover = async (page, person, method, password, shots) => {
  await begin(page, person);
  await look(page, `${shots}-2-method`);
  await askForCode(page, method);
  await look(page, `${shots}-3-code`);
  await typeCode(page, await codeSentTo(person[contactFor[method]]));
  await arrive(page, "/mot-de-passe/", `${shots}-4-password`);
  await choosePassword(page, password);
  await arrive(page, "/termine/", `${shots}-5-done`);
  assert.ok((await said(page)).includes(person.academic_email));
};

test("a student recovers by e-mail, signs in with the new password and signs out", () =>
  withPhone(browser, async (page) => {
    const student = reachable();
    const password = freshPassword();
    assert.equal(await signsIn(student.academic_email, password), false);
    await page.goto(`${origin}/`);
    await look(page, "email-0-presentation");
    await page.getByRole("link", { name: "Récupérer mon compte" }).click();
    await page.waitForURL(`${origin}/identifier/`);
    assert.equal(await page.locator("#terms").isChecked(), false, "the terms are never pre-ticked");
    await look(page, "email-1-identify");
    await recover(page, student, "E-mail", password, "email");
    assert.equal(await signsIn(student.academic_email, password), true);
    assert.equal(await signsIn(student.academic_email, freshPassword()), false);
    await signOut(page);
  }));

test("another one recovers by SMS on a screen of 320 px", () =>
  withPhone(
    browser,
    async (page) => {
      const student = reachable();
      const password = freshPassword();
      await recover(page, student, "SMS", password, "sms");
      assert.equal(await signsIn(student.academic_email, password), true);
      await signOut(page);
    },
    { width: 320 },
  ));

test("a second recovery ends the first password", () =>
  withPhone(
    browser,
    async (page) => {
      const student = reachable();
      const [first, second] = [freshPassword(), freshPassword()];
      await recover(page, student, "E-mail", first, "dark");
      await recover(page, student, "SMS", second, "dark");
      assert.equal(await signsIn(student.academic_email, first), false);
      assert.equal(await signsIn(student.academic_email, second), true);
    },
    { colorScheme: "dark" },
  ));

test("every page that needs no session fits a screen of 320 px", () =>
  withPhone(
    browser,
    async (page) => {
      for (const name of ["", "identifier", "conditions", "avantages", "aide"]) {
        await page.goto(`${origin}/${name && `${name}/`}`);
        await look(page, `narrow-${name || "presentation"}`);
      }
    },
    { width: 320 },
  ));

test("the presentation also suits a desktop", () =>
  withPhone(
    browser,
    async (page) => {
      await page.goto(`${origin}/`);
      await look(page, "desktop-presentation");
      await page.goto(`${origin}/identifier/`);
      await look(page, "desktop-identify");
    },
    { width: 1280, height: 900 },
  ));

test("an empty form is refused at once: every field named, the summary focused, nothing sent", () =>
  withPhone(browser, async (page) => {
    const posts = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await page.goto(`${origin}/identifier/`);
    await submit(page);
    const text = await complaint(page);
    for (const label of ["Apogée", "Massar", "Date de naissance", "Conditions"]) assert.match(text, new RegExp(label));
    await look(page, "identify-empty");
    await page.locator("#summary a").nth(1).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), "massar", "a link leads to its field");
    assert.deepEqual(posts, []);
  }));

test("a mismatch names no field", () =>
  withPhone(browser, async (page) => {
    await page.goto(`${origin}/identifier/`);
    await identify(page, { ...reachable(), birth_date: "1931-01-01" });
    const text = await complaint(page);
    assert.doesNotMatch(text, /Apogée|Massar|naissance/);
    assert.equal(await page.locator("[aria-invalid]").count(), 0);
    assert.equal(new URL(page.url()).pathname, "/identifier/");
    await look(page, "identify-mismatch");
  }));

test("a wrong code is told with the attempts left, and the right one still passes", () =>
  withPhone(browser, async (page) => {
    const student = reachable();
    await begin(page, student);
    await askForCode(page, "E-mail");
    const right = await codeSentTo(student.recovery_email);
    const wrong = right.replace(/./, (digit) => (Number(digit) + 1) % 10);
    await typeCode(page, wrong);
    assert.match(await complaint(page), /Essais restants : 4/);
    await look(page, "code-wrong");
    await typeCode(page, `${right.slice(0, 4)} ${right.slice(4)}`);
    await arrive(page, "/mot-de-passe/");
  }));

test("two passwords that differ, or one that holds the name, never reach the server", () =>
  withPhone(browser, async (page) => {
    const student = reachable();
    await begin(page, student);
    await askForCode(page, "E-mail");
    await typeCode(page, await codeSentTo(student.recovery_email));
    await arrive(page, "/mot-de-passe/");
    const posts = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await page.locator("#password").fill("Lune-verte&42-cactus");
    await page.locator("#repeat").fill("Lune-verte&42-cactu");
    await page.locator("[aria-controls=password]").click();
    assert.equal(await page.locator("#password").getAttribute("type"), "text", "Afficher shows it");
    await submit(page);
    await complaint(page);
    assert.equal(await page.locator("#password").getAttribute("type"), "password", "sending hides it again");
    await look(page, "password-different");
    const names = student.academic_email.split("@")[0].split(/[^a-z]/);
    const longest = names.reduce((one, other) => (other.length > one.length ? other : one));
    await choosePassword(page, `Xy7-${longest}-9pQ!-zW`);
    assert.match(await complaint(page), /votre nom/);
    assert.deepEqual(posts, []);
  }));

test("a double click sends one code", () =>
  withPhone(browser, async (page) => {
    await begin(page, reachable());
    const sent = [];
    page.on("request", (request) => request.url().endsWith("/api/send-code") && sent.push(request));
    await choose(page, "E-mail");
    await page.locator("form button:not([type])").dblclick();
    await arrive(page, "/code/");
    assert.equal(sent.length, 1);
    assert.match(sent[0].headers()["x-amz-content-sha256"], /^[0-9a-f]{64}$/);
    assert.match(sent[0].postDataJSON().nonce, /^[\w-]{22}$/);
  }));

test("a code typed but not sent is gone after Back", () =>
  withPhone(browser, async (page) => {
    await begin(page, reachable());
    await askForCode(page, "E-mail");
    await page.locator("#code").fill("1234");
    await page.getByRole("link", { name: "Aide" }).click();
    await page.waitForURL(`${origin}/aide/`);
    await page.goBack();
    await arrive(page, "/code/");
    assert.equal(await page.locator("#code").inputValue(), "");
  }));

test("without a session every step leads back to identification and says that nothing was changed", () =>
  withPhone(browser, async (page) => {
    for (const step of ["methode", "code", "mot-de-passe"]) {
      await page.goto(`${origin}/${step}/`);
      await page.waitForURL(`${origin}/identifier/#expired`);
      await page.getByText("Rien n'a été modifié").waitFor();
    }
    await look(page, "session-expired");
  }));

test("offline, what was typed is kept and can be sent again", () =>
  withPhone(browser, async (page, context) => {
    await page.goto(`${origin}/identifier/`);
    await context.setOffline(true);
    await identify(page, reachable());
    assert.match(await complaint(page), /hors ligne/);
    await context.setOffline(false);
    await submit(page);
    await arrive(page, "/methode/");
  }));

test("when the server asks for patience the page counts down, then lets the person try again", () =>
  withPhone(browser, async (page) => {
    await page.route("**/api/verify-identity", (route) =>
      route.fulfill({
        status: 429,
        contentType: "application/problem+json",
        headers: { "retry-after": "2" },
        body: JSON.stringify({ code: "too-many-attempts", detail: "" }),
      }),
    );
    await page.goto(`${origin}/identifier/`);
    await identify(page, reachable());
    assert.match(await complaint(page), /réessayer à \d\d:\d\d/);
    await look(page, "limited");
    assert.equal(await page.locator("form button:not([type])").getAttribute("aria-disabled"), "true");
    await page.getByText("Vous pouvez réessayer.").waitFor();
    assert.equal(await page.locator("form button:not([type])").getAttribute("aria-disabled"), "false");
  }));

test("a method that takes no more codes leaves the other one open, and a code in hand usable", () =>
  withPhone(browser, async (page) => {
    const student = reachable();
    const closed = (route) =>
      route.fulfill({
        status: 429,
        contentType: "application/problem+json",
        headers: { "retry-after": "86400" },
        body: JSON.stringify({ code: "send-limit", detail: "" }),
      });
    await begin(page, student);
    await page.route("**/api/send-code", closed, { times: 1 });
    await choose(page, "SMS");
    await submit(page);
    const told = await complaint(page);
    assert.match(told, /Choisissez-en un autre/);
    assert.match(told, /encore 24 h/, "a time of day alone would be that of today");
    await look(page, "method-closed");
    assert.ok(await page.getByRole("radio", { name: "SMS" }).isDisabled());
    assert.ok(await page.getByRole("radio", { name: "E-mail" }).isChecked(), "e-mail is offered instead");
    await submit(page);
    await arrive(page, "/code/");
    assert.equal(await page.locator("form button:not([type])").getAttribute("aria-disabled"), "false");
    await typeCode(page, await codeSentTo(student.recovery_email));
    await arrive(page, "/mot-de-passe/");
  }));
