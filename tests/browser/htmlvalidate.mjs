// The rules for the markup, with the reason for each that is relaxed.

export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
  rules: {
    "require-sri": ["error", { target: "all" }],
    // In lower case, as the standard's own examples have it.
    "doctype-style": ["error", { style: "lowercase" }],
    // A list may have a name: the trail of steps has one.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // The summary of errors stands above the page's title, and is hidden until there are some.
    "heading-level": ["error", { minInitialRank: "h2" }],
    // A form's button submits it; the script and the style know it by having no type.
    "no-implicit-button-type": "off",
    // What the script fills is hidden until then. Axe judges it as it is shown.
    "empty-heading": "off",
    "text-content": "off",
    "input-missing-label": "off",
    "no-implicit-input-type": "off",
  },
};
