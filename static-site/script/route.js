// From page to page: the server's state decides where the person is.

/** By page: how a state is shown, and what its form sends. */
const steps = {};
const submits = {};

const place = (step) => new URL(body.getAttribute(`data-${step}`), location);

/** Replaces this page, so that Back never returns to a step that is over. */
const leave = (step, hash = "") => {
  const target = place(step);
  target.hash = hash;
  location.replace(target);
};

let rules = {};
let expiry;

/** Shows the state if it belongs here, else goes where it does. */
const arrive = (state, choosing = false) => {
  if (state.step === "done") {
    sessionStorage.setItem("done", JSON.stringify({ email: form?.account?.value, url: state.sign_in_url }));
  }
  if (place(state.step).pathname !== location.pathname && !choosing) return leave(state.step);
  clearTimeout(expiry);
  expiry = setTimeout(() => {
    // An answer that is on its way decides by itself.
    if (body.dataset.state !== "sending") leave("identify", "expired");
  }, state.expires_in * 1000);
  follow(state);
  steps[page](state);
  delete body.dataset.wait;
};

const load = async () => {
  find("retry").hidden = true;
  const state = await send("verify-identity");
  // Another method may be chosen while a code is on its way.
  if (state) arrive(state, page === "method" && location.hash === "#other" && state.step === "enter-code");
  else find("retry").hidden = false;
};

/** The trail has one place per method that must be proven. */
const follow = ({ methods_required: required, methods_confirmed: confirmed }) => {
  if (required === 1) return;
  const items = all("[data-trail=verify]");
  while (items.length < required) {
    const copy = items[0].cloneNode(true);
    items.at(-1).after(copy);
    items.push(copy);
  }
  items.forEach((item, index) => {
    item.hidden = required === 0;
    if (!item.dataset.number) item.firstChild.after(` ${(item.dataset.number = index + 1)}`);
    item.toggleAttribute("data-passed", index < confirmed);
    item.removeAttribute("aria-current");
    if (index === confirmed) item.setAttribute("aria-current", "step");
  });
};

const labelOf = (input) => input.labels[0].textContent;

const missing = (input) =>
  input.value.trim() ? [] : [{ input, node: text("required", { label: labelOf(input) }) }];
