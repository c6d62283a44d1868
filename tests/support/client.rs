//! A client of the functions, through their own URLs, that keeps its session as a browser would.

use crate::contract::check;
use crate::people::Person;
use crate::stack::{Stack, http};
use reqwest::Method;
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use serde_json::{Value, json};
use std::time::Duration;

const COOKIE_NAME: &str = "__Host-recup";

/// An answer that the contract allows.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null for none.
    pub body: Value,
}

impl Answer {
    /// Fails unless the answer is this problem.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{:#}", self.body);
        self
    }

    /// Fails unless the answer is a state at this step.
    #[track_caller]
    pub fn is_at(&self, step: &str) -> &Self {
        assert_eq!((self.status, self.body["step"].as_str()), (200, Some(step)), "{:#}", self.body);
        self
    }

    /// Bytes of its headers, as HTTP/1.1 writes them, and of its body.
    pub fn bytes(&self) -> usize {
        let header = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
        let body = if self.body.is_null() { 0 } else { self.body.to_string().len() };
        self.headers.iter().map(header).sum::<usize>() + body
    }

    /// Seconds after which trying again helps, if the answer says so.
    pub fn retry_after(&self) -> Option<u64> {
        self.headers.get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap())
    }
}

/// One client with one session.
#[derive(Clone, Debug)]
pub struct Client {
    stack: &'static Stack,
    http: reqwest::Client,
    /// The session token, as a cookie would hold it.
    pub token: Option<String>,
}

impl Client {
    /// A client without a session.
    pub fn of(stack: &'static Stack) -> Self {
        Self { stack, http: http(), token: None }
    }

    /// A client whose person has said who they are.
    pub async fn identified(stack: &'static Stack, person: &Person) -> Self {
        let mut client = Self::of(stack);
        client.verify(person).await.is_at("choose-method");
        client
    }

    /// A client to whose person a code was sent, and the code.
    pub async fn with_code(stack: &'static Stack, person: &Person, kind: &str) -> (Self, String) {
        let mut client = Self::identified(stack, person).await;
        let code = client.send_and_read(person, kind).await;
        (client, code)
    }

    /// A client whose person has proven everything.
    pub async fn proven(stack: &'static Stack, person: &Person) -> Self {
        let (mut client, code) = Self::with_code(stack, person, "email").await;
        client.confirm(&code).await.is_at("set-password");
        client
    }

    /// Says who one is.
    pub async fn verify(&mut self, person: &Person) -> Answer {
        self.post("verify-identity", &person.statement()).await
    }

    /// The method of this kind, as the session is shown it.
    pub async fn method(&self, kind: &str) -> Value {
        let state = self.state().await;
        let methods = state.body["methods"].as_array().cloned().unwrap_or_default();
        methods.into_iter().find(|method| method["kind"] == kind).expect("a method of that kind")
    }

    /// Asks for a code by the method of this kind.
    pub async fn send(&mut self, kind: &str) -> Answer {
        let method = self.method(kind).await;
        self.post("send-code", &json!({"method": method["id"]})).await
    }

    /// The same with the full contact typed.
    pub async fn send_typed(&mut self, kind: &str, contact: &str) -> Answer {
        let method = self.method(kind).await;
        self.post("send-code", &json!({"method": method["id"], "confirm": contact})).await
    }

    /// Asks for a code and reads it where it arrives.
    pub async fn send_and_read(&mut self, person: &Person, kind: &str) -> String {
        let contact = person.contact(kind);
        let before = self.stack.outbox(contact).await.len();
        let confirm = self.method(kind).await["confirm_required"] == true;
        let sent = if confirm { self.send_typed(kind, contact).await } else { self.send(kind).await };
        sent.is_at("enter-code");
        let messages = self.stack.outbox(contact).await;
        assert_eq!(messages.len(), before + 1, "one message was sent");
        code_in(messages[0]["text"].as_str().unwrap(), &sent.body["code"])
    }

    /// Types a code.
    pub async fn confirm(&mut self, code: &str) -> Answer {
        self.post("confirm-code", &json!({"code": code})).await
    }

    /// Sets a password.
    pub async fn set_password(&mut self, password: &str) -> Answer {
        self.post("set-password", &json!({"password": password})).await
    }

    /// Leaves.
    pub async fn logout(&mut self) -> Answer {
        self.post("logout", &json!({})).await
    }

    /// Asks where the session stands.
    pub async fn state(&self) -> Answer {
        let request = self.request(Method::GET, "verify-identity");
        self.answer("verify-identity", Method::GET, request).await
    }

    /// Posts a JSON body to a step and keeps the cookie that comes back.
    pub async fn post(&mut self, step: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, step).header("content-type", "application/json");
        let answer = self.answer(step, Method::POST, request.body(body.to_string())).await;
        self.keep_cookie(&answer);
        answer
    }

    /// A request to a step with this client's session.
    pub fn request(&self, method: Method, step: &str) -> reqwest::RequestBuilder {
        self.with_session(self.http.request(method, self.stack.function(step)))
    }

    /// The same request by the way that the pages take, through the site's origin.
    pub fn request_through_site(&self, method: Method, step: &str) -> reqwest::RequestBuilder {
        self.with_session(self.http.request(method, format!("{}/api/{step}", self.stack.origin())))
    }

    fn with_session(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let request = request.timeout(Duration::from_mins(1));
        match &self.token {
            Some(token) => request.header(COOKIE, format!("{COOKIE_NAME}={token}")),
            None => request,
        }
    }

    /// Sends any request and holds its answer against the contract.
    pub async fn answer(&self, step: &str, method: Method, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        check(step, &method, status, &headers, &bytes);
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status, headers, body }
    }

    fn keep_cookie(&mut self, answer: &Answer) {
        let Some(cookie) = answer.headers.get(SET_COOKIE) else { return };
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        let value = pair.strip_prefix(COOKIE_NAME).unwrap().strip_prefix('=').unwrap();
        self.token = Some(value.to_owned()).filter(|value| !value.is_empty());
    }
}

/// A letter's or the desk's code, as its owner reads it: three groups of four characters.
pub fn issued_code_in(text: &str) -> String {
    let crockford = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !"ILOU".contains(c));
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut codes = words
        .windows(3)
        .filter(|groups| groups.iter().all(|group| group.len() == 4 && group.chars().all(crockford)));
    codes.next().unwrap_or_else(|| panic!("a code in {text}")).join(" ")
}

/// The one word in a message that looks like a code of this format.
fn code_in(text: &str, format: &Value) -> String {
    let digits = format["alphabet"] == "digits";
    let fits =
        |c: char| if digits { c.is_ascii_digit() } else { c.is_ascii_digit() || c.is_ascii_uppercase() };
    let words = text.split(|c: char| !c.is_alphanumeric());
    let codes: Vec<&str> = words
        .filter(|word| Some(word.len() as u64) == format["length"].as_u64() && word.chars().all(fits))
        .collect();
    assert_eq!(codes.len(), 1, "the code stands once in {text:?}");
    codes[0].to_owned()
}
