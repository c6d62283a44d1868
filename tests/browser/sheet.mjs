// The contact sheet: every page in every language, on a phone and a desk, by day and by night. See README.md.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { look, openBrowser, withPhone } from "./phone.mjs";
import { languages } from "./site.mjs";
import { institution } from "./stack.mjs";
import { recorded, scenesOf, show } from "./states.mjs";

const top = join(process.env.SHOTS ?? "screenshots", "sheet");
const folder = join(top, institution.id);

let browser;
before(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  browser = await openBrowser();
});
after(() => browser.close());

const screens = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

for (const lang of languages) {
  test(`every page in ${lang} has its pictures`, () =>
    withPhone(
      browser,
      async (page) => {
        const scenes = await scenesOf(lang, recorded);
        for (const scene of scenes.filter(({ itself }) => itself)) {
          await page.setViewportSize(screens.phone);
          await show(page, scene);
          for (const [screen, size] of Object.entries(screens)) {
            await page.setViewportSize(size);
            for (const colorScheme of ["light", "dark"]) {
              await page.emulateMedia({ colorScheme });
              await look(page, join("sheet", institution.id, `${scene.page}.${lang}.${screen}.${colorScheme}`));
            }
          }
        }
      },
      { scale: 1 },
    ));
}

/** All that was taken so far, of every institution: a page a row. */
const index = () => {
  const folders = readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const sections = folders.map(({ name: id }) => {
    const files = readdirSync(join(top, id)).sort();
    const rows = [...new Set(files.map((file) => file.split(".")[0]))].map((page) => {
      const own = files.filter((file) => file.split(".")[0] === page);
      const pictures = own.map((file) => `<figure><a href="${id}/${file}"><img loading="lazy" src="${id}/${file}" alt=""></a><figcaption>${file.split(".").slice(1, 4).join(" ")}</figcaption></figure>`);
      return `<h3>${page}</h3>\n<div>${pictures.join("\n")}</div>`;
    });
    return `<h2>${id}</h2>\n${rows.join("\n")}`;
  });
  const style = "body{font:16px sans-serif;background:#777}div{display:flex;gap:12px;overflow-x:auto;align-items:start}figure{margin:0}img{height:420px}";
  return `<!doctype html><meta charset="utf-8"><title>Contact sheet</title><style>${style}</style>\n<h1>Contact sheet</h1>\n${sections.join("\n")}\n`;
};

after(() => writeFileSync(join(top, "index.html"), index()));
