// The steps of a recovery as a person takes them, whatever the institution.

import assert from "node:assert/strict";
import { arrive, submit } from "./phone.mjs";
import { origin } from "./stack.mjs";

/** Fills the identification page on which the browser is: every field with what the registry says of the person. */
export const identify = async (page, person) => {
  for (const field of await page.locator("form input:not([type=checkbox])").all()) {
    await field.fill(person[await field.getAttribute("name")]);
  }
  await page.locator("#terms").check();
  await submit(page);
};

/** From the first identification page to the choice of method. */
export const begin = async (page, person, path = "/identifier/") => {
  await page.goto(`${origin}${path}`);
  await identify(page, person);
  await arrive(page, "/methode/");
};

export const choose = (page, method) => page.getByRole("radio", { name: method }).check();

export const askForCode = async (page, method) => {
  await choose(page, method);
  await submit(page);
  await arrive(page, "/code/");
};

export const typeCode = async (page, code) => {
  await page.locator("#code").fill(code);
  await submit(page);
};

export const choosePassword = async (page, password) => {
  await page.locator("#password").fill(password);
  await page.locator("#repeat").fill(password);
  await submit(page);
};

/** What the page says to a reader, with ordinary spaces. */
export const said = async (page, selector = "main") =>
  (await page.locator(selector).innerText()).replaceAll(/[\u00a0\u202f]/g, " ");

/** The steps of the trail as they are shown, the present one in brackets. */
export const trail = async (page) => {
  const items = await page.locator(".trail li:visible").all();
  const texts = items.map(async (item) => {
    const text = (await item.innerText()).split(",")[0].trim();
    return (await item.getAttribute("aria-current")) === "step" ? `[${text}]` : text;
  });
  return (await Promise.all(texts)).join(" > ");
};

/** Signs out on the last page; nothing stays behind. */
export const signOut = async (page) => {
  await page.locator("[data-logout]").click();
  await page.waitForURL(`${origin}/#signed-out`);
  await page.getByText("Vous êtes déconnecté. Vous pouvez fermer").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0, "nothing stays behind");
};

/** Counts what the browser posts from now on, by step. */
export const watchPosts = (page) => {
  const posts = [];
  page.on("request", (request) => {
    if (request.method() === "POST") posts.push({ step: new URL(request.url()).pathname.slice(5), body: request.postDataJSON() });
  });
  return posts;
};
