//! A person's session, through the deployed function URLs as CloudFront calls them.

use crate::deployed::Deployed;
use crate::emulator::KEY;
use recupmail_tests::{Answer, Person, check};
use reqwest::header::SET_COOKIE;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU8, Ordering};

const COOKIE: &str = "__Host-recup";

/// One session.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    deployed: &'static Deployed,
    /// Where the person is, as CloudFront tells it.
    viewer: String,
    token: Option<String>,
}

impl Session {
    /// None yet, from an address of its own.
    pub(crate) fn new(deployed: &'static Deployed) -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let viewer = format!("203.0.113.{}:50000", NEXT.fetch_add(1, Ordering::Relaxed));
        Self { deployed, viewer, token: None }
    }

    /// A session of a person who said who they are.
    pub(crate) async fn identified(deployed: &'static Deployed, person: &Person) -> Self {
        let mut session = Self::new(deployed);
        session.post("verify-identity", &person.statement()).await.is_at("choose-method");
        session
    }

    /// A session of a person to whom a code was sent, and the code.
    pub(crate) async fn with_code(
        deployed: &'static Deployed,
        person: &Person,
        kind: &str,
    ) -> (Self, String) {
        let mut session = Self::identified(deployed, person).await;
        let method = session.method(kind).await;
        session.post("send-code", &method).await.is_at("enter-code");
        let messages = match kind {
            "email" => session.mails(person.email()).await,
            _ => session.texts(person.phone()).await,
        };
        let code = code_in(messages.last().expect("a message was sent"));
        (session, code)
    }

    /// A session of a person who is proven.
    pub(crate) async fn proven(deployed: &'static Deployed, person: &Person, kind: &str) -> Self {
        let (mut session, code) = Self::with_code(deployed, person, kind).await;
        session.post("confirm-code", &json!({"code": code})).await.is_at("set-password");
        session
    }

    /// The request for a code by the method of this kind.
    pub(crate) async fn method(&mut self, kind: &str) -> Value {
        let state = self.state().await;
        let methods = state.body["methods"].as_array().cloned().unwrap_or_default();
        let method = methods.iter().find(|method| method["kind"] == kind).expect("a method of that kind");
        json!({"method": method["id"]})
    }

    /// Where the session stands.
    pub(crate) async fn state(&mut self) -> Answer {
        self.call("verify-identity", &Method::GET, "").await
    }

    /// Posts to a step; the answer is held against the contract.
    pub(crate) async fn post(&mut self, step: &str, body: &Value) -> Answer {
        self.call(step, &Method::POST, &body.to_string()).await
    }

    async fn call(&mut self, step: &str, method: &Method, body: &str) -> Answer {
        let answer = self.send(step, method, body).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        check(step, method, status, &headers, &bytes);
        if let Some(cookie) = headers.get(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let value = pair.strip_prefix(COOKIE).unwrap().strip_prefix('=').unwrap();
            self.token = Some(value.to_owned()).filter(|value| !value.is_empty());
        }
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status, headers, body }
    }

    /// The status alone of a call that may fail in any way; the session stays as it was.
    pub(crate) async fn status(&self, step: &str, method: &Method, body: &str) -> u16 {
        self.send(step, method, body).await.status().as_u16()
    }

    /// A signed call with the headers that CloudFront passes on.
    async fn send(&self, step: &str, method: &Method, body: &str) -> reqwest::Response {
        let cookie = self.token.as_ref().map(|token| format!("{COOKIE}={token}"));
        let mut headers = vec![("cloudfront-viewer-address", self.viewer.as_str())];
        headers.extend(cookie.as_ref().map(|cookie| ("cookie", cookie.as_str())));
        if method == Method::POST {
            headers.push(("content-type", "application/json"));
            headers.push(("origin", &self.deployed.outputs["SiteUrl"]));
            headers.push(("sec-fetch-site", "same-origin"));
        }
        let place = ("lambda", self.deployed.host(step));
        let request = self.deployed.place.emulator.signed(KEY, place, (method, "/"), &headers, body);
        request.send().await.unwrap()
    }

    /// The mails that reached an address, oldest first.
    pub(crate) async fn mails(&self, to: &str) -> Vec<String> {
        let told = self.deployed.place.emulator.told("/_ministack/ses/messages").await;
        let accounts = told["messages"].as_object().unwrap().values();
        let mails = accounts.flat_map(|mails| mails.as_array().unwrap());
        let ours = mails.filter(|mail| mail["To"].as_array().unwrap().iter().any(|one| one == to));
        ours.map(|mail| mail["BodyText"].as_str().unwrap().to_owned()).collect()
    }

    /// The text messages that reached a number, oldest first.
    pub(crate) async fn texts(&self, to: &str) -> Vec<String> {
        let query = Url::parse_with_params("http://query/", [("phoneNumber", to)]).unwrap();
        let path = format!("/_ministack/sns/sms-messages?{}", query.query().unwrap());
        let told = self.deployed.place.emulator.told(&path).await;
        let numbers = told["sms_messages"].as_object().unwrap().values();
        let texts = numbers.flat_map(|texts| texts.as_array().unwrap());
        texts.map(|text| text["Message"].as_str().unwrap().to_owned()).collect()
    }
}

/// The eight digits in a message.
fn code_in(text: &str) -> String {
    let mut runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 8);
    runs.next().unwrap_or_else(|| panic!("a code in {text:?}")).to_owned()
}
