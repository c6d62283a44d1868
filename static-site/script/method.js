// Where shall the code go?

let methods = [];

const kindOf = (method) => (method.kind === "email" ? "email" : "phone");

/** `*****67` and `p*****@charleroi.be` as a voice would say them. */
const spoken = (method) => {
  const [start, domain] = method.hint.replaceAll("*", "").split("@");
  if (domain === undefined) return text("spoken-phone", { end: start });
  return text(domain ? "spoken-email-at" : "spoken-email", { start, domain });
};

const choice = (method) => {
  const node = find("choice").content.cloneNode(true);
  const [radio, whole] = node.querySelectorAll("input");
  const [label, wholeLabel] = node.querySelectorAll("label");
  const used = method.confirmed ? "passed" : method.sends_left === 0 && "used-up";
  radio.id = radio.value = label.htmlFor = method.id;
  radio.disabled = Boolean(used);
  node.querySelector("[data-kind]").append(text(method.kind) ?? method.kind);
  node.querySelector("bdi").append(method.hint);
  node.querySelector("[data-spoken]").append(spoken(method));
  if (used) node.querySelector("[data-note]").append(" – ", text(used));
  whole.id = whole.name = wholeLabel.htmlFor = `${method.id}-confirm`;
  whole.type = whole.autocomplete = kindOf(method) === "email" ? "email" : "tel";
  wholeLabel.append(text(`confirm-${kindOf(method)}`));
  node.querySelector(".error").id = `${whole.id}-error`;
  whole.setAttribute("aria-describedby", `${whole.id}-error`);
  return node;
};

steps.method = (state) => {
  ({ methods } = state);
  const none = methods.length === 0;
  find("none").hidden = !none;
  find("office").open = none;
  form.hidden = none;
  find("back").hidden = state.step !== "enter-code";
  find("choices").replaceChildren(...methods.map(choice));
  const free = all("[type=radio]:enabled");
  if (free.length === 1) free[0].click();
};

submits.method = () => {
  const radios = all("[type=radio]", form);
  const chosen = radios.find(({ checked }) => checked);
  if (!chosen) return fail([{ input: radios[0], node: text("choose") }]);
  const data = { method: chosen.value };
  if (methods.find(({ id }) => id === data.method).confirm_required) {
    const whole = find(`${data.method}-confirm`);
    const errors = missing(whole);
    if (errors.length) return fail(errors);
    data.confirm = whole.value;
  }
  return send("send-code", data);
};

// The whole contact is asked for under the chosen method only.
find("choices")?.addEventListener("change", () => {
  for (const node of all(".choice")) {
    const radio = node.querySelector("[type=radio]");
    const { confirm_required: needed } = methods.find(({ id }) => id === radio.value);
    node.querySelector("[data-whole]").hidden = !(radio.checked && needed);
  }
});
