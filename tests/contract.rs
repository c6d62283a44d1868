//! Every row of the contract's problem list, provoked over the function URLs. That each answer has exactly
//! the form that the OpenAPI document gives it is checked by the client itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Answer, Client, Kind, Person, stack};
use reqwest::Method;
use serde_json::{Value, json};

const STEPS: [&str; 5] = ["verify-identity", "send-code", "confirm-code", "set-password", "logout"];

/// A body that each step accepts as far as its members go.
fn good_body(step: &str) -> Value {
    match step {
        "verify-identity" => json!({
            "scheme": "student",
            "fields": {"apogee": "20041234", "massar": "Z999999999", "birth_date": "2004-03-27"},
            "terms_accepted": true, "terms_version": "2025-09-01", "locale": "fr"
        }),
        "send-code" => json!({"method": "m1"}),
        "confirm-code" => json!({"code": "12345678"}),
        "set-password" => json!({"password": "Tagine-7-citrons"}),
        _ => json!({}),
    }
}

async fn raw(step: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let client = Client::of(stack());
    let request = client.request(Method::POST, step).header("content-type", content_type).body(body);
    client.answer(step, Method::POST, request).await
}

async fn from_site(step: &str, headers: &[(&str, &str)]) -> Answer {
    let client = Client::of(stack());
    let mut request = client.request(Method::POST, step).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.answer(step, Method::POST, request.body(good_body(step).to_string())).await
}

#[tokio::test]
async fn bodies_that_are_not_the_steps_own_are_malformed() {
    for step in STEPS {
        let good = good_body(step).to_string();
        let open = good.trim_end_matches('}');
        let comma = if open.len() > 1 { "," } else { "" };
        let mut bodies: Vec<Vec<u8>> = [
            String::new(),
            "null".into(),
            "[]".into(),
            "\"text\"".into(),
            "{".into(),
            format!("{good} {good}"),
            format!("{open}{comma}\"unknown\":1}}"),
            format!("{open}{comma}\"nonce\":\"too-short\"}}"),
            format!("{open}{comma}\"nonce\":null}}"),
            format!(
                "{open}{comma}\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\"}}"
            ),
            "[".repeat(4000),
            format!("{{\"a\":{}1{}}}", "{\"a\":".repeat(500), "}".repeat(500)),
        ]
        .map(String::into_bytes)
        .into();
        bodies.push(b"{\"code\":\"\\ud800\",\"method\":\"\\ud800\",\"password\":\"\\ud800\"}".to_vec());
        for body in bodies {
            let shown = String::from_utf8_lossy(&body).chars().take(80).collect::<String>();
            let answer = raw(step, "application/json", body).await;
            assert_eq!(answer.status, 400, "{step} {shown}");
            answer.is_problem(400, "malformed");
        }
    }
}

#[tokio::test]
async fn bodies_that_are_no_text_are_malformed() {
    for step in STEPS {
        let client = Client::of(stack());
        // Through the site: cargo-lambda's own URLs cannot carry such a body to the function.
        let request =
            client.request_through_site(Method::POST, step).header("content-type", "application/json");
        let request = request.body(b"{\"method\":\"\xff\xfe\"}".to_vec());
        client.answer(step, Method::POST, request).await.is_problem(400, "malformed");
    }
}

#[tokio::test]
async fn missing_repeated_and_wrongly_typed_members_are_malformed() {
    for step in STEPS {
        let good = good_body(step);
        for name in good.as_object().unwrap().keys() {
            let mut without = good.clone();
            without.as_object_mut().unwrap().remove(name);
            raw(step, "application/json", without.to_string()).await.is_problem(400, "malformed");
            for wrong in [json!(null), json!(1), json!([]), json!({"a": 1})] {
                let mut typed = good.clone();
                typed[name] = wrong;
                raw(step, "application/json", typed.to_string()).await.is_problem(400, "malformed");
            }
            let open = good.to_string();
            let twice = format!("{},\"{name}\":{}}}", open.trim_end_matches('}'), good[name]);
            let twice = if step == "verify-identity" {
                twice.replace("\"2004-03-27\",", "\"2004-03-27\"},")
            } else {
                twice
            };
            let answer = raw(step, "application/json", twice).await;
            assert_eq!(answer.status, 400, "{step} with {name} twice");
        }
    }
    let twice = r#"{"scheme":"student","fields":{"apogee":"1","apogee":"2"},"terms_accepted":true,
        "terms_version":"2025-09-01","locale":"fr"}"#;
    raw("verify-identity", "application/json", twice).await.is_problem(400, "malformed");
    // An array of the members' values is not an object.
    raw("send-code", "application/json", r#"["m1"]"#).await.is_problem(400, "malformed");
}

#[tokio::test]
async fn calls_from_other_sites_are_refused_before_anything_else() {
    let own = stack().origin();
    let other_name = own.replace("localhost", "127.0.0.1");
    for step in STEPS {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://localhost:1")],
        ] {
            from_site(step, headers).await.is_problem(403, "cross-site");
        }
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", own.as_str())],
            &[("origin", other_name.as_str())],
        ] {
            assert_ne!(from_site(step, headers).await.status, 403, "{step} {headers:?}");
        }
    }
    let client = Client::of(stack());
    let request = client.request(Method::DELETE, "send-code").header("sec-fetch-site", "cross-site");
    client.answer("send-code", Method::DELETE, request).await.is_problem(403, "cross-site");
}

#[tokio::test]
async fn other_methods_are_refused_before_the_body_is_looked_at() {
    for step in STEPS {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            if step == "verify-identity" && method == Method::GET {
                continue;
            }
            let client = Client::of(stack());
            let request = client.request(method.clone(), step).header("content-type", "text/plain");
            let answer = client.answer(step, method, request).await;
            let allowed = if step == "verify-identity" { "GET, POST" } else { "POST" };
            assert_eq!(answer.is_problem(405, "method-not-allowed").headers["allow"], allowed);
        }
    }
}

#[tokio::test]
async fn other_content_types_are_refused_before_size_and_size_before_json() {
    for step in STEPS {
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"]
        {
            raw(step, content_type, "x".repeat(9000)).await.is_problem(415, "unsupported-media-type");
        }
        raw(step, "application/json", "x".repeat(8 * 1024 + 1)).await.is_problem(413, "too-large");
        raw(step, "application/json", "x".repeat(8 * 1024)).await.is_problem(400, "malformed");
        let answer = raw(step, "Application/JSON; charset=utf-8", good_body(step).to_string()).await;
        assert!(![400, 413, 415].contains(&answer.status), "{step} {}", answer.status);
    }
    raw("set-password", "application/json", format!("{{\"password\":\"{}\"}}", "é".repeat(4_000_000)))
        .await
        .is_problem(413, "too-large");
}

#[tokio::test]
async fn every_wrong_field_is_named_by_its_id() {
    let mut body = good_body("verify-identity");
    body["fields"] = json!({"apogee": "12", "massar": "", "shoe_size": "44", "birth_date": "2004-02-30"});
    let answer = Client::of(stack()).post("verify-identity", &body).await;
    let mut named: Vec<(String, String)> = answer.is_problem(422, "invalid-fields").body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["field"].as_str().unwrap().into(), e["code"].as_str().unwrap().into()))
        .collect();
    named.sort();
    let expected =
        [("apogee", "format"), ("birth_date", "format"), ("massar", "required"), ("shoe_size", "unknown")];
    assert_eq!(named, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));

    let mut both = good_body("verify-identity");
    (both["route"], both["fields"]["apogee"]) = (json!("desk"), json!("x"));
    let answer = Client::of(stack()).post("verify-identity", &both).await;
    assert_eq!(answer.is_problem(422, "invalid-fields").body["errors"].as_array().unwrap().len(), 2);
    for (member, value, field) in
        [("scheme", json!("teacher"), "scheme"), ("route", json!("letter"), "route")]
    {
        let mut body = good_body("verify-identity");
        body[member] = value;
        let answer = Client::of(stack()).post("verify-identity", &body).await;
        assert_eq!(answer.is_problem(422, "invalid-fields").body["errors"][0]["field"], field);
    }
    for typed in ["", "abc", "+21", "a\u{0}b@example.org"] {
        let answer = Client::of(stack()).post("send-code", &json!({"method": "m1", "confirm": typed})).await;
        assert_eq!(answer.is_problem(422, "invalid-fields").body["errors"][0]["field"], "confirm");
    }
}

#[tokio::test]
async fn the_terms_must_be_accepted_in_their_present_version_after_the_fields_are_right() {
    let mut refused = good_body("verify-identity");
    refused["terms_accepted"] = json!(false);
    Client::of(stack()).post("verify-identity", &refused).await.is_problem(422, "terms-not-accepted");
    let mut old = good_body("verify-identity");
    old["terms_version"] = json!("2019-01-01");
    Client::of(stack()).post("verify-identity", &old).await.is_problem(422, "terms-not-accepted");
    old["fields"]["apogee"] = json!("x");
    Client::of(stack()).post("verify-identity", &old).await.is_problem(422, "invalid-fields");
}

#[tokio::test]
async fn unknown_people_denied_people_and_wrong_fields_get_the_same_answer() {
    let known = Person::take(Kind::Complete);
    let mut wrong_date = known.statement();
    wrong_date["fields"]["birth_date"] = json!("1971-01-01");
    let denied = Person::take(Kind::Denied).statement();
    let mut bodies = Vec::new();
    for statement in [good_body("verify-identity"), wrong_date, denied] {
        let mut client = Client::of(stack());
        let answer = client.post("verify-identity", &statement).await;
        answer.is_problem(401, "identity-not-recognised");
        assert_eq!(client.token, None, "no cookie");
        let mut body = answer.body.clone();
        body["request_id"] = Value::Null;
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:#?}");
}

#[tokio::test]
async fn sessions_that_are_none_are_missing() {
    let person = Person::take(Kind::Complete);
    let genuine = Client::identified(stack(), &person).await.token.unwrap();
    let parts: Vec<&str> = genuine.split('.').collect();
    let forged = [
        String::new(),
        "nonsense".into(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], "A".repeat(43)),
        format!("eyJhbGciOiJub25lIn0.{}.", parts[1]),
        format!("{genuine}x"),
        format!("{genuine}; __Host-recup={genuine}"),
        "é".into(),
        "a".repeat(7000),
    ];
    for step in ["send-code", "confirm-code", "set-password"] {
        Client::of(stack()).post(step, &good_body(step)).await.is_problem(401, "session-missing");
        for token in &forged {
            let mut client = Client::of(stack());
            client.token = Some(token.clone());
            client.post(step, &good_body(step)).await.is_problem(401, "session-missing");
        }
    }
    Client::of(stack()).state().await.is_problem(401, "session-missing");
}

#[tokio::test]
async fn a_session_of_another_step_is_told_where_it_stands() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    let at = |answer: &Answer| {
        answer.is_problem(409, "wrong-step").body["state"]["step"].as_str().unwrap().to_owned()
    };
    assert_eq!(at(&client.set_password("Tagine-7-citrons").await), "choose-method");
    assert_eq!(at(&client.confirm("12345678").await), "choose-method");
    assert_eq!(at(&client.confirm("malformed").await), "choose-method");
    let code = client.send_and_read(&person, "email").await;
    assert_eq!(at(&client.set_password("Tagine-7-citrons").await), "enter-code");
    let before = client.clone();
    client.confirm(&code).await.is_at("set-password");
    assert_eq!(at(&client.post("send-code", &json!({"method": "m2"})).await), "set-password");
    assert_eq!(at(&before.clone().post("send-code", &json!({"method": "m2"})).await), "enter-code");
    assert_eq!(at(&before.clone().set_password("Tagine-7-citrons").await), "enter-code");
    client.set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(at(&before.clone().confirm(&code).await), "done");
    assert_eq!(at(&before.clone().post("send-code", &json!({"method": "m2"})).await), "done");
}

#[tokio::test]
async fn a_code_of_another_challenge_is_wrong() {
    let person = Person::take(Kind::Complete);
    let (_, code) = Client::with_code(stack(), &person, "email").await;
    let (mut other, _) = Client::with_code(stack(), &person, "sms").await;
    other.confirm(&code).await.is_problem(422, "code-incorrect");
}

#[tokio::test]
async fn methods_that_do_not_exist_are_unknown() {
    let mut client = Client::identified(stack(), &Person::take(Kind::Complete)).await;
    for method in ["m3", "m0", "", "sms", "__proto__", "m1\u{0}", "#st"] {
        client.post("send-code", &json!({"method": method})).await.is_problem(422, "unknown-method");
    }
}

#[tokio::test]
async fn every_fault_of_a_password_is_named_and_costs_nothing() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::proven(stack(), &person).await;
    let name = person.academic_email().split(['.', '@']).next().unwrap().to_owned();
    for (password, fault) in [
        ("Ab3-x".to_owned(), "too-short"),
        ("Ab3-".repeat(65), "too-long"),
        ("tagine citrons olives".to_owned(), "too-few-classes"),
        (format!("Zq-7-{name}-Zq"), "contains-personal-data"),
        ("Password1234!".to_owned(), "common"),
        ("Aaaaaaaaaaa1".to_owned(), "too-guessable"),
        ("Tagine-7-citröns".to_owned(), "character-not-allowed"),
        ("Tagine-7-\u{0}citrons".to_owned(), "character-not-allowed"),
    ] {
        let answer = client.set_password(&password).await;
        let errors = answer.is_problem(422, "password-rejected").body["errors"].to_string();
        assert!(errors.contains(fault), "{password}: {errors}");
    }
    client.set_password("Tagine-7-citrons").await.is_at("done");
}

#[tokio::test]
async fn problems_are_told_in_french_and_no_answer_depends_on_forwarding_headers() {
    let client = Client::of(stack());
    let mut answers = Vec::new();
    for headers in [
        &[][..],
        &[
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=1.2.3.4"),
        ],
    ] {
        let mut request =
            client.request(Method::POST, "send-code").header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut body =
            client.answer("send-code", Method::POST, request.body(r#"{"method":"m1"}"#)).await.body;
        assert!(body["detail"].as_str().unwrap().contains("demande en cours"));
        body["request_id"] = Value::Null;
        answers.push(body);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_nonce_is_ignored() {
    let mut statement = Person::take(Kind::Complete).statement();
    statement["nonce"] = json!("AAAAAAAAAAAAAAAAAAAA-_");
    Client::of(stack()).post("verify-identity", &statement).await.is_at("choose-method");
}

#[tokio::test]
async fn an_unknown_locale_is_the_default_one() {
    let mut statement = Person::take(Kind::Complete).statement();
    statement["locale"] = json!("tlh");
    Client::of(stack()).post("verify-identity", &statement).await.is_at("choose-method");
}
