// What axe has to say of a page.

import axe from "axe-core";

const rules = {
  all: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  /** All that the colour scheme can change. */
  colours: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
};

const judge = async (page, runOnly) => {
  const found = await page.evaluate((only) => window.axe.run({ runOnly: only, resultTypes: ["violations"], preload: false }), runOnly);
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
};

export const judgeAll = async (page) => {
  await page.evaluate(axe.source);
  return judge(page, rules.all);
};

/** The same page once more, after its colours have changed. */
export const judgeColours = (page) => judge(page, rules.colours);
