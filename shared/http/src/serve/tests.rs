//! In which language a problem is told, and how long an answer takes at least.

use super::*;
use crate::answer::Answer;
use crate::context::StartError;
use crate::outcomes::identified;
use recupmail_config::Environment;
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::keys::{Key, SessionKeyRing, SessionKeys};
use recupmail_domain::recovery::session::Session;
use recupmail_domain::recovery::verify_identity::VerifyIdentityError;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SITE: &str = "https://recupmail.usms.ac.ma";

struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A step that asks for a session and recognises nobody, or panics, as the body has it.
struct Refusing(Edge, Duration);

impl Step for Refusing {
    fn wire(_: &Environment) -> Result<Self, StartError> {
        Ok(Self::at(NOW))
    }

    fn edge(&self) -> &Edge {
        &self.0
    }

    fn floor(&self, _: &Call<'_>) -> Duration {
        self.1
    }

    async fn answer(&self, call: &Call<'_>) -> Answer {
        let body: Value = call.body()?;
        assert!(body["panic"].is_null(), "a panic is an answer too");
        if let Some(locale) = body["locale"].as_str() {
            return identified(Err(VerifyIdentityError::NotRecognised), locale.to_owned());
        }
        let _ = call.session()?;
        Err(Problem::new(ProblemCode::CodeIncorrect))
    }
}

impl Refusing {
    fn at(now: Timestamp) -> Self {
        let keys = SessionKeys::derive("1", &Key::new([1; 32]));
        let edge = Edge {
            step: "refusing",
            network: Network { origins: vec![SITE.to_owned()], behind_cloudfront: false },
            tokens: Tokens::new(SessionKeyRing::new(keys, Vec::new()), Duration::from_mins(15)),
            texts: Arc::new(Texts::load(&["fr", "ar", "en"].map(str::to_owned)).unwrap()),
            clock: Arc::new(At(now)),
            metrics: None,
        };
        Self(edge, Duration::ZERO)
    }

    /// The cookie of a session in this language, which lasts a quarter of an hour.
    fn cookie(&self, locale: &str) -> String {
        let session = Session::proving(ChallengeId::from_text("1.abc"));
        let token = self.0.tokens.sign(&session, locale, NOW, NOW.plus(Duration::from_mins(15)));
        format!("{COOKIE_NAME}={}", token.unwrap())
    }

    /// What a problem is called that answers this body.
    async fn told(&self, headers: &[(&str, &str)], body: &str) -> (String, String) {
        let mut request = lambda_http::http::Request::post("/");
        for (name, value) in [("content-type", "application/json")].iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let answer = serve(self, &request.body(Body::Text(body.to_owned())).unwrap()).await;
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        (body["code"].as_str().unwrap().to_owned(), body["title"].as_str().unwrap().to_owned())
    }

    /// What this problem is called in a language.
    fn title(&self, locale: &str, code: &str) -> (String, String) {
        (code.to_owned(), self.0.texts.problem(Some(locale), code).unwrap().title.clone())
    }
}

#[tokio::test]
async fn a_problem_is_told_in_the_language_of_the_session_wherever_it_arises() {
    let step = Refusing::at(NOW);
    let later = Refusing::at(NOW.plus(Duration::from_hours(1)));
    for locale in ["fr", "ar", "en"] {
        let cookie = step.cookie(locale);
        let cookie = ("cookie", cookie.as_str());
        for (headers, body, code) in [
            (vec![cookie, ("sec-fetch-site", "cross-site")], "{}", "cross-site"),
            (vec![cookie], "[]", "malformed"),
            (vec![cookie], "{\"panic\":1}", "internal"),
            (vec![cookie], "{}", "code-incorrect"),
        ] {
            assert_eq!(step.told(&headers, body).await, step.title(locale, code));
        }
        assert_eq!(later.told(&[cookie], "{}").await, step.title(locale, "session-expired"));
    }
}

#[tokio::test]
async fn who_begins_again_is_answered_in_the_language_that_the_request_states() {
    let step = Refusing::at(NOW);
    let french = step.cookie("fr");
    for headers in [vec![], vec![("cookie", french.as_str())]] {
        let told = step.told(&headers, "{\"locale\":\"ar\"}").await;
        assert_eq!(told, step.title("ar", "identity-not-recognised"));
    }
}

#[tokio::test]
async fn without_a_session_the_language_is_the_institution_s_first() {
    let step = Refusing::at(NOW);
    assert_eq!(step.told(&[], "{}").await, step.title("fr", "session-missing"));
    let forged = format!("{COOKIE_NAME}=a.b.c");
    assert_eq!(step.told(&[("cookie", forged.as_str())], "[]").await, step.title("fr", "malformed"));
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_faster_than_its_floor_and_none_waits_where_there_is_none() {
    for floor in [Duration::ZERO, Duration::from_millis(300)] {
        let step = Refusing(Refusing::at(NOW).0, floor);
        // Timers count in whole milliseconds, and a request comes at any time.
        tokio::time::advance(Duration::from_micros(100)).await;
        let began = tokio::time::Instant::now();
        step.told(&[], "{}").await;
        // The clock stands still but for timers: it ends at the first that anybody waits for.
        let took = began.elapsed();
        assert!(floor <= took && took <= floor * 2, "{took:?} where {floor:?} is the least");
    }
}
