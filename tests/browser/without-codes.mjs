// Row U7 where the institution's file asks for no code, in a real browser. See README.md.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { arrive, look, openBrowser, withPhone } from "./phone.mjs";
import { freshPassword, hasAccount, origin, signsIn, somebody } from "./stack.mjs";
import { choosePassword, identify, said, trail } from "./steps.mjs";

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test("U7 where the file asks for no code, identification leads straight to the password", () =>
  withPhone(browser, async (page) => {
    const person = somebody(hasAccount);
    const password = freshPassword();
    await page.goto(`${origin}/`);
    assert.equal(await page.locator(".steps li").count(), 2, "the presentation tells of no code");
    await page.getByRole("link", { name: "Récupérer mon compte" }).click();
    await page.waitForURL(`${origin}/identifier/`);
    assert.equal(await trail(page), "[Identification] > Nouveau mot de passe");
    await identify(page, person);
    await arrive(page, "/mot-de-passe/", "usms-U7-password");
    assert.equal(await trail(page), "Identification ✓ > [Nouveau mot de passe]");
    assert.ok((await said(page)).includes(person.academic_email));
    await choosePassword(page, password);
    await arrive(page, "/termine/");
    assert.equal(await signsIn(person.academic_email, password), true);
  }));
