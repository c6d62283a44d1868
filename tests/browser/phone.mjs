// A phone in a person's hand, and what must hold on every page that it shows.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { origin } from "./stack.mjs";

const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

export const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** It asks nobody but the site. */
export const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const openBrowser = () => chromium.launch({ executablePath: executable, args: flags });

/** Opens a page, hands it to `act`, and checks what it did behind the person's back. */
export const withPhone = async (browser, act, { width = 360, height = 740, scale = 2, colorScheme = "light", script = true } = {}) => {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme,
    javaScriptEnabled: script,
    locale: "fr-MA",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  const strangers = [];
  page.on("pageerror", (error) => complaints.push(error.stack));
  page.on("console", (message) => {
    const where = message.location().url;
    // Browsers log as errors what is part of the journey: refusals of the API, and being offline.
    const expected = where.startsWith(`${origin}/api/`) || message.text().includes("ERR_INTERNET_DISCONNECTED");
    if (message.type() === "error" && !expected) complaints.push(`${message.text()} ${where}`);
  });
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) strangers.push(request.url());
  });
  try {
    await act(page, context);
    assert.deepEqual(complaints, [], "nothing is wrong in the console");
    assert.deepEqual(strangers, [], "no request leaves the origin");
  } finally {
    await context.close();
  }
};

/** The page fits the screen; a picture is kept of it. */
export const look = async (page, name) => {
  const { content, screen } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  assert.ok(content <= screen, `${name} scrolls sideways: ${content} px on ${screen}`);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};

/** Waits until a step's page has found its place. */
export const arrive = async (page, path, name) => {
  await page.waitForURL(`${origin}${path}`);
  await page.locator("body:not([data-wait])").waitFor();
  if (name) await look(page, name);
};

export const submit = (page) => page.locator("form button:not([type])").click();

/** The summary of errors: shown, focused, and announced by the title. Answers its text. */
export const complaint = async (page) => {
  const summary = page.locator("#summary");
  await summary.waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "summary");
  assert.match(await page.title(), /^Erreur : /);
  return (await summary.innerText()).replaceAll("\u00a0", " ");
};
