//! The state as the contract writes it.

use recupmail_domain::recovery::state::{MethodView, NextStep, StateView};
use serde_json::{Value, json};

pub(crate) fn state_json(view: &StateView) -> Value {
    let mut state = json!({
        "step": step_name(&view.step),
        "expires_in": view.expires_in,
        "methods_required": view.methods_required,
        "methods_confirmed": view.methods_confirmed,
        "methods": view.methods.iter().map(method_json).collect::<Vec<_>>(),
    });
    match &view.step {
        NextStep::ChooseMethod => {}
        NextStep::EnterCode(code) => {
            state["code"] = json!({
                "method": code.method.as_str(),
                "length": code.format.length,
                "alphabet": code.format.alphabet.name(),
                "expires_in": code.expires_in,
                "attempts_left": code.attempts_left,
            });
        }
        NextStep::SetPassword(account) => {
            state["account"] =
                json!({"display_name": account.display_name.reveal(), "email": account.email.reveal()});
            state["password"] = json!({
                "min": account.password.min,
                "max": account.password.max,
                "classes": account.password.classes,
                "unicode": account.password.unicode,
            });
        }
        NextStep::Done { sign_in_url } => state["sign_in_url"] = json!(sign_in_url),
    }
    state
}

const fn step_name(step: &NextStep) -> &'static str {
    match step {
        NextStep::ChooseMethod => "choose-method",
        NextStep::EnterCode(_) => "enter-code",
        NextStep::SetPassword(_) => "set-password",
        NextStep::Done { .. } => "done",
    }
}

fn method_json(method: &MethodView) -> Value {
    json!({
        "id": method.id.as_str(),
        "kind": method.kind.name(),
        "hint": method.hint,
        "confirm_required": method.confirm_required,
        "confirmed": method.confirmed,
        "resend_in": method.resend_in,
        "sends_left": method.sends_left,
    })
}
