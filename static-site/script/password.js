// The new password: looked at before it is sent, shown on demand, judged in a word.

let personal = [];
const fold = (name) => name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const classes = (password) => [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(password)).length;

/** What is surely wrong; the server has the last word. */
const judge = (password) => {
  const length = [...password.normalize("NFC")].length;
  if (!length) return "empty";
  if (length < rules.min) return "too-short";
  if (length > rules.max) return "too-long";
  if (!rules.unicode && /[^ -~]/.test(password)) return "character-not-allowed";
  if (classes(password) < rules.classes) return "too-few-classes";
  if (personal.some((part) => part.length > 3 && fold(password).includes(part))) return "contains-personal-data";
  return "";
};

/** A rough estimate, 0 to 3: steps of one or none between neighbours, as in 1234 and aaaa, count for nothing. */
const strength = (password) => {
  if (judge(password)) return 0;
  const surprises = [...password].filter((c, i) => i === 0 || Math.abs(c.charCodeAt(0) - password.charCodeAt(i - 1)) > 1);
  const variety = new Set(password).size;
  return [10, 13, 17].filter((enough) => Math.min(surprises.length, variety * 1.5) >= enough).length;
};

const reveal = (button, shown) => {
  find(button.getAttribute("aria-controls")).type = shown ? "text" : "password";
  button.querySelector("[data-show]").hidden = shown;
  button.querySelector("[data-hide]").hidden = !shown;
};

steps.password = ({ account, password }) => {
  rules = password;
  personal = [account.display_name, account.email.split("@")[0]].flatMap((name) => fold(name).split(/[^\p{L}\p{N}]+/u));
  fill(document, { ...password, name: account.display_name, email: account.email });
  form.account.value = account.email;
  form.password.setAttribute(
    "passwordrules",
    `minlength: ${password.min}; required: lower; required: upper; required: digit; allowed: ascii-printable;`,
  );
};

submits.password = () => {
  const { password, repeat } = form;
  all(".reveal").forEach((button) => reveal(button, false));
  const problem = judge(password.value);
  if (problem) return fail([{ input: password, node: text(problem, rules) }]);
  if (repeat.value !== password.value) return fail([{ input: repeat, node: text("different") }]);
  return send("set-password", { password: password.value });
};

find("password")?.addEventListener("input", ({ target }) => {
  const score = strength(target.value);
  const word = find("strength").querySelector("strong");
  find("strength").dataset.score = target.value ? score : "";
  if (!target.value) word.replaceChildren();
  else if (word.firstChild?.dataset.text !== `strength-${score}`) word.replaceChildren(text(`strength-${score}`));
});

for (const button of all(".reveal")) {
  button.addEventListener("click", () => reveal(button, find(button.getAttribute("aria-controls")).type === "password"));
}
