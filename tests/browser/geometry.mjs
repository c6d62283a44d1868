// Where things stand on a page, to be asked in the browser. Each answers what stands wrong.

/** What sticks out of the screen. */
export const sideways = () => {
  const screen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= screen) return [];
  const boxes = [...document.querySelectorAll("body *")].map((node) => [node, node.getBoundingClientRect()]);
  const out = boxes.filter(([, { left, right, width }]) => width > 1 && (left < -1 || right > screen + 1));
  return [`${document.documentElement.scrollWidth} px`, ...out.map(([node]) => node.outerHTML.slice(0, 120))];
};

/** Codes, dates, numbers and addresses on one line of which a character does not stand right of the one before it. */
export const turnedRound = () => {
  const spot = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  const turned = (element) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const text = texts.nextNode();
    if (!text || texts.nextNode() || /\p{Script=Arabic}/u.test(text.data)) return false;
    const spots = [...text.data].map((_, at) => spot(text, at)).filter(({ width }) => width);
    return spots.some((one, at) => at && one.top === spots[at - 1].top && one.left <= spots[at - 1].left);
  };
  const isolated = [...document.querySelectorAll("bdi, [dir=ltr]:not(html, input)")].filter(turned);
  // Where values are typed: they run from left to right, from the side at which the page's text begins.
  const start = document.dir === "rtl" ? "right" : "left";
  const typed = [...document.querySelectorAll("input:not([type=checkbox], [type=radio], .hidden)")].filter((input) => {
    const { direction, textAlign } = getComputedStyle(input);
    return direction !== "ltr" || ![start, document.dir === "rtl" ? "" : "start"].includes(textAlign);
  });
  return [...isolated, ...typed].map((element) => element.outerHTML.slice(0, 160));
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
