// Shall a code be sent, and where? Or does the person hold one?

let methods = [];

const kindOf = (method) => (method.kind === "email" ? "email" : "phone");

/** `*****67` and `p*****@charleroi.be` as a voice would say them. */
const spoken = (method) => {
  const [start, domain] = method.hint.replaceAll("*", "").split("@");
  if (domain === undefined) return text("spoken-phone", { end: start });
  return text(domain ? "spoken-email-at" : "spoken-email", { start, domain });
};

const close = (radio, why) => {
  radio.disabled = true;
  radio.checked = false;
  radio.labels[0].querySelector("[data-note]").replaceChildren(" – ", text(why));
};

const choice = (method) => {
  const node = find("choice").content.cloneNode(true);
  const [radio, whole] = node.querySelectorAll("input");
  const [label, wholeLabel] = node.querySelectorAll("label");
  radio.id = radio.value = label.htmlFor = method.id;
  node.querySelector("[data-kind]").append(text(method.kind) ?? method.kind);
  tell(node.querySelector("[data-about]"), `about-${method.kind}`);
  if (method.hint) {
    node.querySelector("bdi").append(method.hint);
    node.querySelector("[data-spoken]").append(spoken(method));
  }
  whole.id = whole.name = wholeLabel.htmlFor = `${method.id}-confirm`;
  whole.type = whole.autocomplete = kindOf(method) === "email" ? "email" : "tel";
  wholeLabel.append(text(`confirm-${kindOf(method)}`));
  node.querySelector(".error").id = `${whole.id}-error`;
  whole.setAttribute("aria-describedby", `${whole.id}-error`);
  return node;
};

const chosen = () => all("[type=radio]", form).find(({ checked }) => checked);
const methodOf = (radio) => methods.find(({ id }) => id === radio.value);
const free = () => all("[type=radio]:enabled", form);

steps.method = (state) => {
  ({ methods } = state);
  const none = methods.length === 0;
  find("none").hidden = !none;
  find("office").open = none;
  form.hidden = none;
  find("back").hidden = state.step !== "enter-code";
  const held = methods.every(issued);
  const turn = state.methods_required > 1 && (state.methods_confirmed ? "second" : "first");
  tell(find("lead"), held ? "lead-held" : turn === "second" ? "lead-second" : "lead");
  tell(find("submit"), held ? "submit-held" : "submit");
  tell(find("legend"), held ? "legend-held" : turn ? `legend-${turn}` : "legend");
  find("choices").replaceChildren(...methods.map(choice));
  for (const radio of free()) {
    const method = methodOf(radio);
    if (method.confirmed) close(radio, "passed");
    else if (method.sends_left === 0) close(radio, "used-up");
  }
  const [first, ...others] = free();
  if (first && !others.length) first.click();
  // With one code in hand there is nothing to choose.
  if (held && methods.length === 1 && state.step === "choose-method") proceed();
};

submits.method = () => {
  const radio = chosen();
  if (!radio) return fail([{ input: free()[0] ?? all("[type=radio]", form)[0], node: text("choose") }]);
  const data = { method: radio.value };
  if (methodOf(radio).confirm_required) {
    const whole = find(`${data.method}-confirm`);
    const errors = missing(whole);
    if (errors.length) return fail(errors);
    data.confirm = whole.value;
  }
  return send("send-code", data);
};

// The next free method takes the place of one that takes no more; the server lists e-mail first.
closed.method = () => {
  close(chosen(), "used-up");
  free()[0]?.click();
};

// The whole contact is asked for under the chosen method only; a number typed for an SMS serves for a call too.
find("choices")?.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return;
  const method = methodOf(target);
  const typed = find(`${method.id}-confirm`);
  for (const whole of all("[data-whole] input")) {
    if (whole.type === typed.type) typed.value ||= whole.value;
    whole.parentElement.hidden = whole !== typed || !method.confirm_required;
  }
  find("submit").replaceChildren(text(issued(method) ? "submit-held" : method.kind === "voice" ? "submit-voice" : "submit"));
});
