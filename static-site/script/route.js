// From page to page: the server's state decides where the person is.

/** By page: how a state is shown, what its form sends, and what a limit closes. */
const steps = {};
const submits = {};
const closed = {};

/** Where a step lies in this language; identification, on the page by which the person began. */
const place = (step) => {
  const paths = body.getAttribute(`data-${step}`).split(" ");
  return new URL(paths[(step === "identify" && sessionStorage.getItem("began")) || 0], location);
};

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

/** Sends what the page holds, and goes where the answer leads. */
const proceed = async (...choice) => {
  const state = await submits[page](...choice);
  if (state) arrive(state);
};

const load = async () => {
  find("retry").hidden = true;
  const state = await send("verify-identity");
  // Another method may be chosen while a code is on its way.
  if (state) arrive(state, page === "method" && location.hash === "#other" && state.step === "enter-code");
  else find("retry").hidden = false;
};

/** Each step of the trail has its place for no, one or two methods that must be proven. */
const follow = ({ methods_required: required, methods_confirmed: confirmed }) => {
  const at = confirmed + (required < 2);
  for (const item of all("[data-places]")) {
    const place = item.dataset.places[required];
    item.hidden = place === "-";
    item.toggleAttribute("data-passed", place < at);
    item.removeAttribute("aria-current");
    if (+place === at) item.setAttribute("aria-current", "step");
  }
};

/** Codes that a letter or the help desk has given already: nothing is sent for them. */
const issued = ({ kind }) => kind === "letter" || kind === "desk";

const labelOf = (input) => input.labels[0].textContent;

const missing = (input) =>
  input.value.trim() ? [] : [{ input, node: text("required", { label: labelOf(input) }) }];
