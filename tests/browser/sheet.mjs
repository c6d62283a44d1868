// The contact sheet: every page in every language, on a phone and a desk, by day and by night. See README.md.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { institution } from "./stack.mjs";

const top = process.env.SHOTS && join(process.env.SHOTS, "sheet");
const folder = top && join(top, institution.id);

export const screens = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

export const beginSheet = () => {
  if (!folder) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
};

/** A picture of a page as it stands. */
export const keep = async (page, ...names) => {
  if (folder) await page.screenshot({ path: join(folder, `${names.join(".")}.jpg`), fullPage: true, type: "jpeg", quality: 75 });
};

/** Shows all that was taken so far, of every institution: a page a row. */
export const finishSheet = () => {
  if (!folder) return;
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
  // What tests/mails.rs shows, if it ran.
  const mails = readdirSync(process.env.SHOTS).filter((file) => /^(mail|sms)-.*\.png$/.test(file)).sort();
  const figures = mails.map((file) => `<figure><a href="../${file}"><img loading="lazy" src="../${file}" alt=""></a><figcaption>${file}</figcaption></figure>`);
  sections.push(`<h2>mails and SMS</h2>\n<div>${figures.join("\n")}</div>`);
  const style = "body{font:16px sans-serif;background:#777}div{display:flex;gap:12px;overflow-x:auto;align-items:start}figure{margin:0}img{height:420px}";
  writeFileSync(
    join(top, "index.html"),
    `<!doctype html><meta charset="utf-8"><title>Contact sheet</title><style>${style}</style>\n<h1>Contact sheet</h1>\n${sections.join("\n")}\n`,
  );
};
