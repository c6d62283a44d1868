// Who is it? The server forgives spelling and says what is wrong, so here only what is empty is refused.

submits.identify = async (route = form.dataset.route) => {
  const inputs = all("input:not([type=checkbox])", form);
  const errors = inputs.flatMap(missing);
  if (!form.terms.checked) errors.push({ input: form.terms, node: text("terms-not-accepted") });
  if (errors.length) return fail(errors);
  sessionStorage.setItem("began", form.dataset.number);
  return send("verify-identity", {
    route,
    scheme: form.dataset.scheme,
    fields: Object.fromEntries(inputs.map(({ name, value }) => [name, value])),
    terms_accepted: true,
    terms_version: form.dataset.terms,
    locale: document.documentElement.lang,
  });
};

// What a limit leaves open is asked for with the same fields.
for (const button of all("button[data-route]")) {
  button.addEventListener("click", () => proceed(button.dataset.route));
}

// A limit may be that of what was typed: something else deserves a try.
if (page === "identify") {
  form.addEventListener("input", () => {
    if (body.dataset.state !== "limited") return;
    forget();
    enter("idle");
  });
}
