// Calls to the API and what becomes of its refusals.

const nonce = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, 22);

const hash = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

/** GET without `data`, else POST. The hash is what CloudFront signs; the nonce keeps it from telling. */
const call = async (step, data) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 20_000);
  const options = { cache: "no-store", signal: abort.signal };
  if (data) {
    options.method = "POST";
    options.body = new TextEncoder().encode(JSON.stringify({ ...data, nonce: nonce() }));
    options.headers = {
      "content-type": "application/json",
      "x-amz-content-sha256": await hash(options.body),
    };
  }
  try {
    const response = await fetch(`/api/${step}`, options);
    // What stands between us and the server may answer in HTML.
    const answer = await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, wait: +response.headers.get("retry-after"), answer };
  } catch (error) {
    throw new Error(abort.signal.aborted ? "timeout" : "offline", { cause: error });
  } finally {
    clearTimeout(timer);
  }
};

/** One call at a time, told to the person; answers the state, or nothing once the refusal is shown. */
const send = async (step, data) => {
  if (body.dataset.state === "sending") return undefined;
  forget();
  enter("sending");
  say(text(data ? "sending" : "loading"));
  const slow = setTimeout(() => say(text("slow")), 8_000);
  try {
    const reply = await call(step, data);
    enter("idle");
    say();
    if (reply.ok) return reply.answer;
    refuse(reply, step);
  } catch (error) {
    fail([{ node: text(error.message) }], "offline");
  } finally {
    clearTimeout(slow);
  }
  return undefined;
};

/** A field that the server names; the contact that is typed is the one being shown. */
const inputOf = (name) =>
  form?.querySelector(name === "confirm" ? "[data-whole]:not([hidden]) input" : `[name="${CSS.escape(name)}"]`);

/** These refuse the whole form until their time, unless it was the resend link beside it that asked. */
const whole = (code, step) =>
  ["too-many-attempts", "unavailable", "directory-unavailable"].includes(code) && (page !== "code" || step !== "send-code");

const refuse = ({ status, wait, answer }, step) => {
  const { code = "trouble", detail = "", attempts_left: attempts, errors = [], state } = answer;
  if (code.startsWith("session-")) return leave("identify", "expired");
  // A password that nobody confirmed yet goes before any other.
  if (state?.step === "set-password" && step === state.step) {
    return fail([{ node: text("another-password"), input: form.password }]);
  }
  if (state) return arrive(state);
  // A code that was given after this page had asked which one is good cannot be known here.
  const late = code === "code-incorrect" && issued(current);
  const ways = late || (status === 429 && code !== "resend-too-soon");
  if (wait && whole(code, step)) {
    const key = status !== 503 ? "limited" : text(code) ? code : "unavailable";
    return limit(key, wait, ways);
  }
  const node = document.createElement("span");
  node.append(text(code, { attempts }) ?? (detail || text("trouble")));
  if (late) node.append(" ", text("late"));
  if (wait) node.append(" ", text("later", { time: clock(wait), left: lasting(wait) }));
  if (errors.length) {
    return fail(
      errors.map(({ field, code: reason }) => {
        const input = inputOf(field);
        const label = input && labelOf(input);
        return { input, node: (input && text(reason, { ...rules, label })) ?? node.cloneNode(true) };
      }),
    );
  }
  const field = { "code-incorrect": "code", "contact-mismatch": "confirm", "terms-not-accepted": "terms" }[code];
  if (ways) closed[page]?.();
  return fail([{ node, input: field && inputOf(field) }], "error", ways);
};
