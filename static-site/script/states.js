// The machine of states: idle, sending, error, limited, offline.

const enter = (state) => {
  body.dataset.state = state;
  for (const button of all("form button:not([type])")) {
    button.setAttribute("aria-disabled", state === "sending" || state === "limited");
  }
};

let endPatience;

const forget = () => {
  endPatience?.();
  find("summary").hidden = true;
  document.title = title;
  for (const error of all(".error")) error.hidden = true;
  for (const input of all("[aria-invalid]")) input.removeAttribute("aria-invalid");
};

/** Shows what to correct: a focused list above, a line at each field. An error is `{ node, input? }`. */
// `ways` shows what a limit leaves open.
const fail = (errors, state = "error", ways = false) => {
  forget();
  enter(state);
  say();
  const items = errors.map(({ node, input }) => {
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement(input ? "a" : "span"));
    link.append(node);
    if (!input) return item;
    link.href = `#${input.id}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      input.focus();
    });
    const error = find(`${input.type === "radio" ? input.name : input.id}-error`);
    if (error.hidden) error.replaceChildren();
    error.append(" ", node.cloneNode(true));
    error.hidden = false;
    input.setAttribute("aria-invalid", "true");
    return item;
  });
  find("summary-title").replaceChildren(text(errors[0].input ? "correct" : "problem"));
  find("summary").querySelector("ul").replaceChildren(...items);
  find("ways").hidden = !ways;
  find("summary").hidden = false;
  find("summary").focus();
  document.title = text("error-title").textContent.replace("\u00a0", " ") + title;
};

/** Refused until a moment that the server names. Announced once; the count runs on in silence. */
const limit = (key, wait, ways) => {
  const node = text(key, { time: clock(wait) });
  fail([{ node }], "limited", ways);
  endPatience = countdown(wait, (left) => fill(node, { left }), () => {
    forget();
    enter("idle");
    say(text("free"));
  });
};
