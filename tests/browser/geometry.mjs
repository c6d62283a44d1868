// Where things stand on a page, to be asked in the browser. Each answers what stands wrong.

/** What sticks out of the screen. */
export const sideways = () => {
  const screen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= screen) return [];
  const boxes = [...document.querySelectorAll("body *")].map((node) => [node, node.getBoundingClientRect()]);
  const out = boxes.filter(([, { left, right, width }]) => width > 1 && (left < -1 || right > screen + 1));
  return [`${document.documentElement.scrollWidth} px`, ...out.map(([node]) => node.outerHTML.slice(0, 120))];
};

/** Hints with stars, dates, numbers with dashes and addresses of which a character does not stand right of the one before it. */
export const turnedRound = () => {
  const spot = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  const turned = (node, from, value) => {
    const spots = [...value].map((_, at) => spot(node, from + at)).filter(({ width }) => width);
    return spots.some((one, at) => at && one.top === spots[at - 1].top && one.left <= spots[at - 1].left);
  };
  const wrong = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const isolated = node.parentElement.closest("bdi") && !/\p{Script=Arabic}/u.test(node.data);
    // All of an isolated value; in other text, what looks like one.
    const values = isolated ? /.+/g : /[\w.*+-]*(?:\*{5}|@|\d-\d)[\w.*@+-]*/g;
    for (const { index, 0: value } of node.data.matchAll(values)) {
      if (turned(node, index, value)) wrong.push(`${value} in ${node.parentElement.outerHTML.slice(0, 120)}`);
    }
  }
  // Where values are typed: they run from left to right, from the side at which the page's text begins.
  const start = document.dir === "rtl" ? ["right"] : ["left", "start"];
  for (const input of document.querySelectorAll("input:not([type=checkbox], [type=radio], .hidden)")) {
    const { direction, textAlign } = getComputedStyle(input);
    if (direction !== "ltr" || !start.includes(textAlign)) wrong.push(input.outerHTML.slice(0, 120));
  }
  return wrong;
};

/** What a finger might miss: lower than 48 px, or narrower where it is no text. */
export const small = () => {
  const targets = [...document.querySelectorAll("a[href], button, summary, input:not(.hidden)")];
  const seen = targets.filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.matches(".skip"));
  const missed = seen.filter((node) => {
    const { width, height } = node.getBoundingClientRect();
    return height < 47.5 || (width < 47.5 && !node.matches("a"));
  });
  return missed.map((node) => `${Math.round(node.getBoundingClientRect().height)} px: ${node.outerHTML.slice(0, 120)}`);
};

/** What does not follow the direction in which the page is read. */
export const unmirrored = () => {
  const rtl = document.dir === "rtl";
  const box = (node) => node.getBoundingClientRect();
  const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter((node) => box(node).width);
  const sameLine = (one, other) => box(one).bottom > box(other).top && box(other).bottom > box(one).top;
  const before = (one, other) => (rtl ? box(one).left >= box(other).right - 1 : box(one).right <= box(other).left + 1);
  const wrong = [];
  const inOrder = (...nodes) => {
    for (const [at, node] of nodes.entries()) {
      const next = nodes[at + 1];
      if (next && sameLine(node, next) && !before(node, next)) wrong.push(`${node.outerHTML.slice(0, 80)} … ${next.outerHTML.slice(0, 80)}`);
    }
  };
  if (getComputedStyle(document.body).direction !== document.dir) wrong.push("the body's direction");
  inOrder(...all(".top > *"));
  inOrder(...all(".brand > :not(.hidden)"));
  inOrder(...all(".side > *"));
  inOrder(...all(".trail li"));
  inOrder(...all(".bottom a"));
  inOrder(...all(".welcome > *"));
  for (const check of all(".check")) inOrder(...all("input, label", check));
  for (const secret of all(".secret")) {
    // The button lies in the field where nothing is typed.
    const [input, button] = [all("input", secret)[0], all(".reveal", secret)[0]];
    const { paddingLeft, paddingRight } = getComputedStyle(input);
    const room = rtl ? box(input).left + parseFloat(paddingLeft) : box(input).right - parseFloat(paddingRight);
    if (rtl ? box(button).right > room + 1 : box(button).left < room - 1) wrong.push(button.outerHTML.slice(0, 120));
  }
  const arrows = rtl ? /[→›»]/ : /[←‹«]/;
  for (const node of all("main *")) {
    for (const where of ["::before", "::after"]) {
      if (arrows.test(getComputedStyle(node, where).content)) wrong.push(`an arrow backwards: ${node.outerHTML.slice(0, 80)}`);
    }
  }
  return wrong;
};
