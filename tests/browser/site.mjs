// The pages as the site itself publishes them, in all its languages: found by their links, as a stranger would.

import assert from "node:assert/strict";
import { institution, origin } from "./stack.mjs";

const plain = (text) => text.replaceAll("&#x2f;", "/").replaceAll("&#x27;", "'").replaceAll("&amp;", "&");

/** Every value of these attributes. */
const values = (html, names) => [...html.matchAll(new RegExp(`\\s(?:${names})="([^"]*)"`, "g"))].map(([, value]) => plain(value));

/** Which page this is in every language, itself included. */
const alternates = (html) => {
  const links = [...html.matchAll(/<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">/g)];
  return Object.fromEntries(links.map(([, lang, href]) => [lang, new URL(plain(href)).pathname]));
};

const isPage = ({ origin: at, pathname }) => at === origin && /(\/|\.html)$/.test(pathname);

const read = async (path, from) => {
  const response = await fetch(`${origin}${path}`);
  assert.equal(response.status, 200, `${from} leads to ${path}`);
  const html = await response.text();
  // The places of a step may be several: identification has one for each scheme.
  const named = values(html, "href|data-(?:home|identify|choose-method|enter-code|set-password|done)");
  const links = named.flatMap((value) => value.split(" "));
  return {
    path,
    html,
    lang: html.match(/<html lang="([^"]+)"/)?.[1],
    dir: html.match(/<html [^>]*dir="([^"]+)"/)?.[1],
    kind: html.match(/<body [^>]*data-page="([^"]+)"/)?.[1],
    alternates: alternates(html),
    scheme: values(html, "data-scheme")[0],
    ids: new Set(values(html, "id")),
    files: values(html, "href|src").filter((link) => link.startsWith("/assets/")),
    links: links.map((link) => new URL(link, origin + path)).filter(isPage),
  };
};

const crawl = async () => {
  const found = new Map();
  const waiting = new Map([["/", "nothing"], ["/404.html", "nothing"]]);
  // What is added to a map while it is walked through comes last.
  for (const [path, from] of waiting) {
    const page = await read(path, from);
    found.set(path, page);
    for (const next of [...page.links.map(({ pathname }) => pathname), ...Object.values(page.alternates)]) {
      if (!waiting.has(next)) waiting.set(next, path);
    }
  }
  return [...found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
};

export const pages = await crawl();

export const languages = institution.locales;

/** What a page is called in every language: its path in the first. */
export const nameOf = ({ path, alternates: others }) => (others[languages[0]] ?? path).replaceAll(/^\/|\/$|\.html$/g, "").replaceAll("/", "-") || "presentation";

/** The pages of one language by name. */
export const edition = (lang) => Object.fromEntries(pages.filter((page) => page.lang === lang).map((page) => [nameOf(page), page]));

/** Where the steps of a recovery lie in a language, as the script learns it. */
export const pathsOf = (lang) => {
  const { html } = pages.find((page) => page.lang === lang && page.kind);
  const place = (step) => values(html, `data-${step}`)[0]?.split(" ")[0];
  return {
    home: place("home"),
    identify: place("identify"),
    method: place("choose-method"),
    code: place("enter-code"),
    password: place("set-password"),
    done: place("done"),
  };
};
