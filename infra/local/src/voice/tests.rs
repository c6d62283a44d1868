//! The stand-in against the SDK's own requests, and against wrong ones.

use super::request::LONGEST_SSML;
use super::*;
use recupmail_aws::{CodeMessages, Notices};
use recupmail_config::{Environment, Institution, MethodName};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::contact::Contact;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ChangeNotice, CodeMessage, DeliveryFailure, NotifyPerson, SendMessage};
use recupmail_domain::rules::MethodKind;
use recupmail_domain::secret::Confidential;
use recupmail_texts::Texts;
use std::error::Error;
use std::path::Path;

const POOL: &str = "pool-of-a-test";

/// An institution that offers mails and calls, its texts, and the environment of its functions.
fn institution(port: u16, origination: &str) -> (Institution, Arc<Texts>, Environment) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../institutions/usms");
    let mut institution = Institution::load(&folder).unwrap();
    institution.methods.offered = vec![MethodName::Email, MethodName::Voice];
    institution.locales = ["fr", "ar", "en"].map(str::to_owned).into();
    let endpoint = format!("http://127.0.0.1:{port}");
    let variables = [
        ("RECUPMAIL_ORIGINS", "http://localhost:8000"),
        ("RECUPMAIL_VOICE_ORIGINATION", origination),
        ("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", &endpoint),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let environment: Environment = variables.into_iter().collect();
    let texts = Arc::new(Texts::load(&institution.locales).unwrap());
    (institution, texts, environment)
}

fn messages(port: u16, origination: &str) -> CodeMessages {
    let (institution, texts, environment) = institution(port, origination);
    CodeMessages::of(&institution, texts, &environment).unwrap()
}

fn amina() -> Profile {
    Profile {
        display_name: "Amina Berrada".into(),
        academic_email: "amina@usms.ac.ma".into(),
        directory_id: None,
        locale: "fr".into(),
        contacts: Vec::new(),
        stand_ins: Vec::new(),
    }
}

async fn call(messages: &CodeMessages, number: &str) -> Result<(), DeliveryFailure> {
    send(messages, MethodKind::Voice, number, "fr").await
}

async fn send(
    messages: &CodeMessages,
    by: MethodKind,
    number: &str,
    locale: &str,
) -> Result<(), DeliveryFailure> {
    let message = CodeMessage {
        to: &Contact::Phone(number.into()),
        by,
        code: &Confidential::new("40281537".to_owned()),
        profile: &amina(),
        locale,
        began: Timestamp::from_millis(1_795_262_400_000),
        minutes: 10,
    };
    messages.send_code(message).await
}

/// Why a message certainly did not go out, if it did not.
fn refusal(outcome: Result<(), DeliveryFailure>) -> Option<String> {
    match outcome {
        Err(DeliveryFailure::Definite(cause)) => cause.source().map(ToString::to_string),
        _ => None,
    }
}

/// A request as the SDK makes it, of which a test changes one thing.
struct Raw {
    headers: Vec<(&'static str, String)>,
    body: Value,
}

impl Raw {
    fn sound() -> Self {
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=local/20261121/eu-west-3/sms-voice/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={}",
            "0".repeat(64)
        );
        Self {
            headers: vec![
                ("content-type", JSON.to_owned()),
                ("x-amz-target", TARGET.to_owned()),
                ("x-amz-date", "20261121T000000Z".to_owned()),
                ("authorization", signature),
            ],
            body: json!({
                "DestinationPhoneNumber": "+32470000067",
                "OriginationIdentity": POOL,
                "MessageBody": "<speak>Bonjour</speak>",
                "MessageBodyTextType": "SSML",
                "VoiceId": "LEA",
                "TimeToLive": 600,
            }),
        }
    }

    fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    fn with(mut self, member: &str, value: Value) -> Self {
        self.body[member] = value;
        self
    }

    async fn answer(self, port: u16) -> (u16, Value) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.post(format!("http://127.0.0.1:{port}/")).body(self.body.to_string());
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
    }
}

#[tokio::test]
async fn a_call_as_the_sdk_asks_for_it_is_placed_and_says_the_code_once_in_the_outbox() {
    let (service, port) = VoiceService::start(POOL).await.unwrap();
    call(&messages(port, POOL), "+32470000067").await.unwrap();
    let shown = serde_json::to_value(service.calls()).unwrap();
    assert_eq!(shown[0]["channel"], "voice");
    assert_eq!(shown[0]["to"], "+32470000067");
    assert_eq!(shown[0]["subject"], "");
    let text = shown[0]["text"].as_str().unwrap();
    assert_eq!(text.matches("40281537").count(), 1, "{text}");
    assert_eq!(text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).count(), 1);
    assert!(text.contains("ici USMS"), "{text}");
}

#[tokio::test]
async fn a_call_is_asked_for_in_a_voice_of_its_language_and_not_after_the_life_of_its_code() {
    let (sender, mut seen) = tokio::sync::mpsc::channel(1);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let see = post(async move |body: Bytes| {
        sender.send(body).await.unwrap();
        "{}"
    });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", see)).await });
    for (locale, voice) in [("fr", "LEA"), ("ar", "ZEINA"), ("en", "AMY")] {
        send(&messages(port, POOL), MethodKind::Voice, "+32470000067", locale).await.unwrap();
        let mut request: Value = serde_json::from_slice(&seen.recv().await.unwrap()).unwrap();
        assert!(request["MessageBody"].take().as_str().unwrap().starts_with("<speak>"));
        let expected = json!({
            "DestinationPhoneNumber": "+32470000067",
            "OriginationIdentity": POOL,
            "MessageBody": null,
            "MessageBodyTextType": "SSML",
            "VoiceId": voice,
            "TimeToLive": 600,
        });
        assert_eq!(request, expected);
    }
}

#[tokio::test]
async fn a_call_in_arabic_names_the_institution_in_arabic() {
    let (service, port) = VoiceService::start(POOL).await.unwrap();
    send(&messages(port, POOL), MethodKind::Voice, "+212612345667", "ar").await.unwrap();
    let shown = serde_json::to_value(service.calls()).unwrap();
    let text = shown[0]["text"].as_str().unwrap();
    assert!(text.contains("معكم جامعة السلطان مولاي سليمان."), "{text}");
    assert_eq!(text.matches("40281537").count(), 1, "{text}");
}

#[tokio::test]
async fn nothing_is_sent_by_a_method_that_is_not_offered() {
    let (service, port) = VoiceService::start(POOL).await.unwrap();
    for by in [MethodKind::Sms, MethodKind::Letter, MethodKind::Desk] {
        let reason = refusal(send(&messages(port, POOL), by, "+32470000067", "fr").await);
        assert_eq!(reason, Some(format!("nothing is sent by {} here", by.name())));
    }
    let (institution, texts, environment) = institution(port, POOL);
    let notices = Notices::of(&institution, texts, &environment).unwrap();
    let to = &Contact::Phone("+32470000067".into());
    let at = Timestamp::from_millis(1_795_262_400_000);
    notices.notify(ChangeNotice { to, profile: &amina(), locale: "fr", at }).await.unwrap();
    assert!(service.calls().is_empty(), "a notice is no call");
}

#[tokio::test]
async fn a_refused_call_is_a_definite_failure_whose_cause_quotes_nothing() {
    let (service, port) = VoiceService::start(POOL).await.unwrap();
    let wrong_number = refusal(call(&messages(port, POOL), "+0470").await);
    assert_eq!(wrong_number.as_deref(), Some("ValidationException"));
    let wrong_pool = refusal(call(&messages(port, "pool-other"), "+32470000067").await);
    assert_eq!(wrong_pool.as_deref(), Some("ResourceNotFoundException"));
    assert!(service.calls().is_empty());
}

#[tokio::test]
async fn a_service_that_is_away_is_a_definite_failure_and_one_that_breaks_off_is_none() {
    let nowhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = nowhere.local_addr().unwrap().port();
    let breaking_off = tokio::spawn(async move { drop(nowhere.accept().await) });
    let outcome = call(&messages(port, POOL), "+32470000067").await;
    assert!(matches!(outcome, Err(DeliveryFailure::Unknown(_))), "{outcome:?}");
    breaking_off.await.unwrap();
    assert!(refusal(call(&messages(port, POOL), "+32470000067").await).is_some());
}

#[tokio::test]
async fn what_is_no_signed_call_of_the_operation_is_refused() {
    let (service, port) = VoiceService::start(POOL).await.unwrap();
    assert_eq!(Raw::sound().answer(port).await.0, 200);
    for (header, name) in [
        ("x-amz-target", "UnknownOperationException"),
        ("content-type", "UnknownOperationException"),
        ("authorization", "MissingAuthenticationTokenException"),
        ("x-amz-date", "InvalidSignatureException"),
    ] {
        let (status, body) = Raw::sound().without_header(header).answer(port).await;
        assert_eq!((status, body["__type"].as_str().unwrap().rsplit('#').next()), (400, Some(name)));
    }
    assert_eq!(service.calls().len(), 1);
}

#[tokio::test]
async fn members_outside_of_the_service_s_constraints_are_named() {
    let (service, port) = VoiceService::start(POOL).await.unwrap();
    let long = format!("<speak>{}</speak>", "a".repeat(LONGEST_SSML));
    for (member, value, reason) in [
        ("DestinationPhoneNumber", Value::Null, "MISSING_PARAMETER"),
        ("OriginationIdentity", Value::Null, "MISSING_PARAMETER"),
        ("DestinationPhoneNumber", json!("0470 00 00 67"), "FIELD_VALIDATION_FAILED"),
        ("OriginationIdentity", json!("a pool"), "FIELD_VALIDATION_FAILED"),
        ("MessageBody", json!(long), "FIELD_VALIDATION_FAILED"),
        ("MessageBody", json!(" "), "FIELD_VALIDATION_FAILED"),
        ("MessageBody", json!("<speak>Bonjour"), "INVALID_PARAMETER"),
        ("MessageBodyTextType", json!("HTML"), "FIELD_VALIDATION_FAILED"),
        ("VoiceId", json!("LÉA"), "FIELD_VALIDATION_FAILED"),
        ("TimeToLive", json!(4), "FIELD_VALIDATION_FAILED"),
    ] {
        let (status, body) = Raw::sound().with(member, value).answer(port).await;
        assert_eq!((status, &body["Reason"]), (400, &json!(reason)), "{member}");
        assert_eq!(body["__type"], "com.amazonaws.pinpointsmsvoicev2#ValidationException");
        assert_eq!(body["Fields"][0]["Name"], member);
    }
    assert!(service.calls().is_empty());
}
