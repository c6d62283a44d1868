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

// The list by which the server refuses is 85 KB; these stand for it, by their first six letters.
const common = "azerty qwerty qsdfgh asdfgh wxcvbn zxcvbn aqwzsx qazwsx password motdepasse bonjour soleil marseille chocolat"
  + " doudou chouchou jetaime casablanca barcelona football sunshine princess";
const alike = { 0: "o", 1: "i", "!": "i", 3: "e", 4: "a", "@": "a", 5: "s", $: "s", 7: "t", 8: "b" };

/** The word between digits and symbols, look-alikes read as letters, if that is all there is. */
const loneWord = (password) => {
  const middle = fold(password).replace(/^[^a-z@$]+|[^a-z]+$/g, "");
  return middle.replace(/[^a-z]/g, (c) => alike[c] ?? c).match(/^[a-z]{6,10}$/)?.[0];
};

/** What the server will say: 0 and 1 refused, surely and probably, 2 and 3 accepted, barely and with ease. */
// A word dressed up is mostly on its list, unless it looks like initials; else what repeats or goes on (aaaa, 1234) counts little.
const strength = (password) => {
  if (judge(password)) return 0;
  const once = password.replace(/(.{3,}?)\1+/g, "$1");
  const word = loneWord(password) ?? loneWord(once);
  if (word && common.includes(word.slice(0, 6))) return 0;
  if (word && !/([^aeiouy])(?!\1)[^aeiouy]{3}/.test(word)) return 1;
  const step = (i) => once.charCodeAt(i) - once.charCodeAt(i - 1);
  const goesOn = (i) => Math.abs(step(i)) < 2 && step(i) === step(i - 1) && step(i) === step(i - 2);
  const count = once.split("").filter((_, i) => !goesOn(i)).length;
  return [5, 8, 12].filter((enough) => count >= enough).length;
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
