// The code: typed, sent again, or read from an SMS.

/** Spaces, dashes and invisible marks dropped, Eastern digits folded. */
const compact = (typed) =>
  typed
    .replace(/[\s\p{Pd}\p{Cf}]/gu, "")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15);

let current;
let stop;
const resend = find("resend");
const resendLabel = resend?.firstChild;

const offerAgain = () => {
  stop?.();
  resend.hidden = current.sends_left === 0;
  stop = countdown(
    current.resend_in,
    (left) => {
      resend.setAttribute("aria-disabled", "true");
      resend.replaceChildren(text("resend-in", { left }));
    },
    () => {
      if (resend.getAttribute("aria-disabled") === "true") say(text("resend-free"));
      resend.setAttribute("aria-disabled", "false");
      resend.replaceChildren(resendLabel);
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
  rules = { length };
  fill(document, { contact: current.hint, length, until: clock(seconds) });
  form.code.inputMode = alphabet === "digits" ? "numeric" : "text";
  offerAgain();
  if (current.kind === "sms") listen();
};

submits.code = () => {
  const code = compact(form.code.value);
  if (!code) return fail([{ input: form.code, node: text("empty") }]);
  if (code.length !== rules.length) return fail([{ input: form.code, node: text("shape", rules) }]);
  return send("confirm-code", { code });
};

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
