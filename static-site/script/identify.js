// Who is it? The server forgives spelling and says what is wrong, so here only what is empty is refused.

submits.identify = () => {
  const inputs = all("input:not([type=checkbox])", form);
  const errors = inputs.flatMap(missing);
  if (!form.terms.checked) errors.push({ input: form.terms, node: text("terms-not-accepted") });
  if (errors.length) return fail(errors);
  return send("verify-identity", {
    scheme: form.dataset.scheme,
    fields: Object.fromEntries(inputs.map(({ name, value }) => [name, value])),
    terms_accepted: true,
    terms_version: form.dataset.terms,
    locale: document.documentElement.lang,
  });
};
