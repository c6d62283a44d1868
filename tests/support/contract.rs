//! The contract as the OpenAPI document states it, asked of every answer that a test sees.

use crate::stack::top;
use jsonschema::Validator;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = std::fs::read_to_string(top().join("functions/openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
});
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// Follows references from a pointer to where something stands.
fn resolve(pointer: &str) -> (String, &'static Value) {
    let value = DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("the OpenAPI document has no {pointer}"));
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolve(reference.strip_prefix('#').unwrap()),
        None => (pointer.to_owned(), value),
    }
}

fn validator(pointer: &str) -> Arc<Validator> {
    let mut validators = VALIDATORS.lock().unwrap();
    let known = validators.entry(pointer.to_owned()).or_insert_with(|| {
        let mut schema = DOCUMENT.clone();
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        schema["$ref"] = format!("#{pointer}").into();
        Arc::new(jsonschema::validator_for(&schema).unwrap())
    });
    known.clone()
}

/// Fails unless the document allows this answer of this step.
pub fn check(step: &str, method: &Method, status: u16, headers: &HeaderMap, body: &[u8]) {
    let what = format!("{method} {step} answered {status}");
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{what}");
    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{what}");
    assert!(header("x-request-id").is_some_and(|id| !id.is_empty()), "{what}");
    assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{what}");
    // What a wrong method gets is described with the right one.
    let operation = if status == 405 || *method != Method::GET { "post" } else { "get" };
    let response = format!("/paths/{}/{operation}/responses/{status}", escape(&format!("/api/{step}")));
    let (response, described) = resolve(&response);
    check_headers(&what, &response, described, headers);
    match described.get("content").and_then(Value::as_object) {
        None => assert!(body.is_empty(), "{what} with a body"),
        Some(content) => {
            let media_type = header("content-type").unwrap_or_default();
            assert!(content.contains_key(&media_type), "{what} as {media_type}");
            let body: Value = serde_json::from_slice(body).unwrap();
            let pointer = format!("{response}/content/{}/schema", escape(&media_type));
            let errors: Vec<String> =
                validator(&pointer).iter_errors(&body).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{what}: {errors:#?}\n{body:#}");
        }
    }
}

fn check_headers(what: &str, response: &str, described: &Value, headers: &HeaderMap) {
    let Some(names) = described.get("headers").and_then(Value::as_object) else { return };
    for name in names.keys() {
        let (pointer, header) = resolve(&format!("{response}/headers/{}", escape(name)));
        match headers.get(name).map(|value| value.to_str().unwrap()) {
            None => assert!(header.get("required") != Some(&Value::Bool(true)), "{what} without {name}"),
            Some(value) => {
                let number = value.parse::<u64>().map(Value::from);
                let (schema, value) = (validator(&format!("{pointer}/schema")), Value::from(value));
                let fits = schema.is_valid(&value) || number.is_ok_and(|number| schema.is_valid(&number));
                assert!(fits, "{what} with {name}: {value}");
            }
        }
    }
    if !names.contains_key("Set-Cookie") {
        assert!(!headers.contains_key("set-cookie"), "{what} with a cookie");
    }
}
