//! Who states an identifier alone learns nothing: whether such a person exists, whether they are denied, were
//! never activated or have too few contacts, no answer tells, at any step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use futures_util::future::{join, join_all};
use recupmail_tests::{Answer, Client, Kind, Person, Stack, measure, stack_of};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

fn eceps() -> &'static Stack {
    stack_of("eceps")
}

/// Time belongs to one test at a time.
static TIME: Mutex<()> = Mutex::const_new(());

/// What an answer tells.
struct Seen {
    /// All of it but what is random: the names of request and session, and what a hint shows.
    words: String,
    /// Its durations in seconds, in order.
    seconds: Vec<u64>,
}

impl Seen {
    /// Fails unless the other tells the same. It was given some time earlier or later.
    #[track_caller]
    fn tells_the_same(&self, other: &Self, who: &str) {
        assert_eq!(self.words, other.words, "{who}");
        assert_eq!(self.seconds.len(), other.seconds.len(), "{who}");
        for (mine, others) in self.seconds.iter().zip(&other.seconds) {
            assert!(mine.abs_diff(*others) <= 60, "{who}: {mine} and {others} seconds in {}", self.words);
        }
    }
}

fn seen(what: &str, answer: &Answer) -> Seen {
    let mut seconds: Vec<u64> = answer.retry_after().into_iter().collect();
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| {
            !["x-request-id", "date", "content-length", "retry-after"].contains(&name.as_str())
        })
        .map(|(name, value)| match value.to_str().unwrap().split_once(';') {
            Some((token, rest)) if *name == "set-cookie" => format!("{name}: {} bytes;{rest}", token.len()),
            _ => format!("{name}: {}", value.to_str().unwrap()),
        })
        .collect();
    headers.sort();
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut()
        && let Some(id) = body.remove("request_id")
    {
        assert_eq!(id.as_str().map(str::len), Some(36));
    }
    without_hints(&mut body);
    take_seconds(&mut body, &mut seconds);
    Seen { words: format!("{what}: {} {headers:?} {body}", answer.status), seconds }
}

fn take_seconds(body: &mut Value, seconds: &mut Vec<u64>) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_u64().filter(|_| ["expires_in", "resend_in"].contains(&name.as_str())) {
                    Some(number) => {
                        seconds.push(number);
                        *value = Value::Null;
                    }
                    None => take_seconds(value, seconds),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| take_seconds(value, seconds)),
        _ => {}
    }
}

fn without_hints(body: &mut Value) {
    let state = if body.get("state").is_some() { &mut body["state"] } else { body };
    let methods = state.get_mut("methods").and_then(Value::as_array_mut);
    for method in methods.into_iter().flatten() {
        let hint = method["hint"].as_str().unwrap();
        let shape = match hint.split_once('@') {
            Some((local, _)) => format!("{} characters and a domain", local.len()),
            None => format!("{} characters", hint.len()),
        };
        method["hint"] = json!(shape);
    }
}

/// Everything that somebody may try who knows the address alone.
async fn everything(address: &str) -> Vec<Seen> {
    let statement = json!({
        "scheme": "email", "fields": {"email": address},
        "terms_accepted": true, "terms_version": "2025-09-01", "locale": "fr",
    });
    let mut log = Vec::new();
    let mut client = Client::of(eceps());
    log.push(seen("start", &client.post("verify-identity", &statement).await));
    log.push(seen("state", &client.state().await));
    for body in [
        json!({"method": "m3"}),
        json!({"method": "m9", "confirm": "+32470000000"}),
        json!({"method": "m2"}),
        json!({"method": "m2", "confirm": "+32470000001"}),
        json!({"method": "m2-voice", "confirm": "+32470000002"}),
        json!({"method": "m1", "confirm": "someone@example.com"}),
        json!({"method": "m2", "confirm": "+32470000004"}),
        json!({"method": "m1"}),
        json!({"method": "m1"}),
        json!({"method": "desk"}),
        json!({"method": "desk", "confirm": "+32470000001"}),
    ] {
        log.push(seen(&format!("send {body}"), &client.post("send-code", &body).await));
    }
    for code in ["1", "12345678", "1HBC V8AP DYY2", "1HBC V8AP DYY1"] {
        log.push(seen(&format!("desk code {code}"), &client.confirm(code).await));
    }
    log.push(seen("password", &client.set_password("Gaufres-8-Meuse").await));
    log.push(seen("leave", &client.logout().await));

    log.push(seen("again", &client.post("verify-identity", &statement).await));
    log.push(seen("send again", &client.post("send-code", &json!({"method": "m1"})).await));
    for guess in 0..7 {
        log.push(seen("code", &client.confirm(&format!("{guess}0000000")).await));
    }
    log.push(seen("used up", &client.post("send-code", &json!({"method": "m1"})).await));
    log.push(seen("password", &client.set_password("Gaufres-8-Meuse").await));

    let mut desk = statement.clone();
    desk["route"] = json!("desk");
    log.push(seen("desk", &client.post("verify-identity", &desk).await));
    log.push(seen("arm", &client.post("send-code", &json!({"method": "desk"})).await));
    log.push(seen("not there", &client.post("send-code", &json!({"method": "m1"})).await));
    for _ in 0..4 {
        log.push(seen("start once more", &client.post("verify-identity", &statement).await));
    }
    let request = client.request(Method::GET, "verify-identity");
    log.push(seen("state", &client.answer("verify-identity", Method::GET, request).await));
    log
}

#[tokio::test]
async fn nobody_denied_people_and_people_with_too_few_contacts_get_the_answers_of_everybody() {
    let _time = TIME.lock().await;
    let known = Person::of("eceps", Kind::Complete);
    let others = [
        "personne.ici@eceps.be".to_owned(),
        Person::of("eceps", Kind::Denied).academic_email().to_owned(),
        Person::of("eceps", Kind::NeverActivated).academic_email().to_owned(),
        Person::of("eceps", Kind::WithoutContact).academic_email().to_owned(),
        Person::of("eceps", Kind::NumberOnly).academic_email().to_owned(),
        Person::of("eceps", Kind::ForeignNumber).academic_email().to_owned(),
    ];
    let (expected, answers) =
        join(everything(known.academic_email()), join_all(others.iter().map(|other| everything(other))))
            .await;
    for (other, answers) in others.iter().zip(answers) {
        for (answer, expected) in answers.iter().zip(&expected) {
            answer.tells_the_same(expected, other);
        }
        assert_eq!(answers.len(), expected.len());
    }
}

#[tokio::test]
async fn a_decoys_hints_stay_the_same_and_differ_from_anothers() {
    let hints = async |address: &str| {
        let statement = json!({
            "scheme": "email", "fields": {"email": address},
            "terms_accepted": true, "terms_version": "2025-09-01", "locale": "fr",
        });
        let state = Client::of(eceps()).post("verify-identity", &statement).await;
        let methods = state.is_at("choose-method").body["methods"].as_array().unwrap().clone();
        methods.iter().map(|method| method["hint"].to_string()).collect::<Vec<_>>()
    };
    let first = hints("toujours.pareil@eceps.be").await;
    assert_eq!(first, hints("Toujours.Pareil@eceps.be ").await);
    let mut others = std::collections::BTreeSet::new();
    for n in 0..20 {
        others.insert(hints(&format!("autre.personne{n}@eceps.be")).await);
    }
    assert!(others.len() > 15, "{others:?}");
}

#[tokio::test]
async fn a_mail_service_that_is_away_is_not_told_from_a_decoy() {
    let _time = TIME.lock().await;
    let mut known = Client::identified(eceps(), &Person::of("eceps", Kind::Complete)).await;
    let mut unknown = Client::of(eceps());
    let nobody = json!({
        "scheme": "email", "fields": {"email": "sans.personne@eceps.be"},
        "terms_accepted": true, "terms_version": "2025-09-01", "locale": "fr",
    });
    unknown.post("verify-identity", &nobody).await.is_at("choose-method");
    eceps().take_away("ses").await;
    let answers = [&mut known, &mut unknown]
        .map(|client| async { seen("send", &client.post("send-code", &json!({"method": "m1"})).await) });
    let [known, unknown] = answers;
    let (known, unknown) = (known.await, unknown.await);
    eceps().bring_back("ses").await;
    unknown.tells_the_same(&known, "nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_of_an_answer_does_not_tell_people_from_nobody() {
    let _time = TIME.lock().await;
    let stack: &'static Stack = Box::leak(Box::new(Stack::start(&[("INSTITUTION", "eceps")])));
    for telling in measure(stack, 300).await {
        println!("{telling:?}");
        assert!(telling.auc < 0.60, "{telling:?}");
    }
}
