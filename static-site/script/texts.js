// The page, and its texts: the script holds none of its own, the builder bakes them into #texts.

const { body } = document;
const page = body.dataset.page;
const form = document.querySelector("form");
const title = document.title;
const find = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const texts = find("texts")?.content;

/** A text as a node, its slots filled; nothing if the page has none of this name. */
const text = (key, values = {}) => {
  const node = texts.querySelector(`[data-text="${key}"]`)?.cloneNode(true);
  if (node) fill(node, values);
  return node;
};

/** Shows a text in an element, or nothing if the page has none of this name. */
const tell = (element, key, values) => element.replaceChildren(text(key, values) ?? "");

/** Puts values where the markup waits for them; it isolates their direction. */
const fill = (root, values) => {
  for (const slot of all("[data-slot]", root)) {
    const value = values[slot.dataset.slot];
    if (value !== undefined) slot.textContent = value;
  }
};

const say = (...nodes) => find("status").replaceChildren(...nodes);

/** The wall-clock time so many seconds from now, as messages write it in every language. */
const clock = (seconds) =>
  new Date(Date.now() + seconds * 1000).toLocaleTimeString("fr", { hour: "2-digit", minute: "2-digit" });

/** So many seconds, in the largest unit that they fill. */
const lasting = (seconds) => {
  const [size, unit] = [[3600, "hours"], [60, "minutes"], [1, "seconds"]].find(([size]) => seconds >= size);
  return `${Math.ceil(seconds / size)} ${text(unit).textContent}`;
};

/** Calls `tick` with the time left until it is over; by the clock, since hidden tabs are slowed down. */
const countdown = (seconds, tick, over) => {
  const end = Date.now() + seconds * 1000;
  const step = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      tick(lasting(left));
    } else {
      clearInterval(timer);
      over();
    }
  };
  const timer = setInterval(step, 1000);
  step();
  return () => clearInterval(timer);
};
