// The code: typed, sent again, or read from an SMS. A letter or the help desk gave it beforehand.

/** Spaces, dashes and invisible marks dropped, Eastern digits folded. */
const compact = (typed) =>
  typed
    .replace(/[\s\p{Pd}\p{Cf}]/gu, "")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15);

let current;
let stop;
const resend = find("resend");

const offerAgain = () => {
  stop?.();
  resend.hidden = issued(current) || current.sends_left === 0;
  stop = countdown(
    current.resend_in,
    (left) => {
      resend.setAttribute("aria-disabled", "true");
      resend.replaceChildren(text("resend-in", { left }));
    },
    () => {
      if (resend.getAttribute("aria-disabled") === "true") say(text("resend-free"));
      resend.setAttribute("aria-disabled", "false");
      resend.replaceChildren(text(`resend-${current.kind}`) ?? text("resend"));
    },
  );
};

/** WebOTP fills; sending stays the person's own act. */
let otp;
const listen = async () => {
  if (!("OTPCredential" in window)) return;
  otp?.abort();
  otp = new AbortController();
  const request = { otp: { transport: ["sms"] }, signal: otp.signal };
  const credential = await navigator.credentials.get(request).catch(() => null);
  if (credential) form.code.value = credential.code;
};

steps.code = (state) => {
  const { method, length, alphabet, expires_in: seconds } = state.code;
  current = state.methods.find(({ id }) => id === method);
  rules = { length, alphabet };
  const { kind, hint } = current;
  tell(find("lead"), `sent-${kind}`, { contact: hint });
  tell(form.code.labels[0], text(`label-${kind}`) ? `label-${kind}` : "label");
  tell(find("code-hint"), `hint-${alphabet}`, { length, until: clock(seconds) });
  tell(find("note"), `note-${kind}`);
  form.code.inputMode = alphabet === "digits" ? "numeric" : "text";
  form.code.autocomplete = issued(current) ? "off" : "one-time-code";
  form.code.dataset.alphabet = alphabet;
  find("other").hidden = state.methods.length === 1;
  offerAgain();
  if (current.kind === "sms") listen();
};

submits.code = () => {
  const code = compact(form.code.value);
  if (!code) return fail([{ input: form.code, node: text("empty") }]);
  if (code.length !== rules.length) return fail([{ input: form.code, node: text("shape", rules) }]);
  return send("confirm-code", { code });
};

// A long code is easier to compare with paper in groups of four.
form?.code?.addEventListener("change", ({ target }) => {
  if (rules.alphabet === "base32") target.value = compact(target.value).match(/.{1,4}/g)?.join(" ") ?? "";
});

resend?.addEventListener("click", async () => {
  if (resend.getAttribute("aria-disabled") === "true") return;
  if (current.confirm_required) {
    leave("choose-method", "other");
    return;
  }
  const state = await send("send-code", { method: current.id });
  if (!state) return;
  arrive(state);
  say(text("resent"));
});
