// Figures for people to read: one file per institution beside the pictures, a section per measure.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { institution } from "./stack.mjs";

export const table = (head, rows) => [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** Writes a section anew; without a folder to write to, says it. */
export const report = (title, text) => {
  const section = `## ${title}\n\n${text}\n`;
  const folder = process.env.SHOTS;
  if (!folder) return console.log(section);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `figures-${institution.id}.md`);
  const written = existsSync(file) ? readFileSync(file, "utf8") : `# ${institution.names.fr}\n`;
  const others = written.split(/\n(?=## )/).filter((part) => !part.startsWith(`## ${title}\n`));
  writeFileSync(file, `${[...others.map((part) => part.trimEnd()), section.trimEnd()].join("\n\n")}\n`);
};
