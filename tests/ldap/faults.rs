//! A directory that fails: what the person is told, what is true, and how the same password ends it.

use crate::places::{Flawed, NEW_PASSWORD, OTHER_PASSWORD, PATIENCE, flawed, flawed_stack, logged};
use recupmail_tests::proxy::Fault;
use recupmail_tests::slapd::{OLD_PASSWORD, SERVICE, SERVICE_PASSWORD};
use recupmail_tests::{Client, Kind, Person};

/// What a failed attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Certainly nothing was written, and we know it.
    NotWritten,
    /// We cannot know; this is whether the directory has the new password.
    Unknown { written: bool },
}

/// Somebody who proved everything and meets failures.
struct Somebody {
    person: Person,
    client: Client,
}

impl Somebody {
    async fn proven() -> Self {
        let person = Person::take(Kind::Complete);
        let client = Client::proven(flawed_stack(), &person).await;
        Self { person, client }
    }

    async fn notices(&self) -> [usize; 2] {
        let count = async |contact: &str| flawed_stack().outbox(contact).await.len();
        [count(self.person.email()).await, count(self.person.phone()).await]
    }

    /// The new password fails now, truthfully, and the log tells why.
    async fn fails(&self, flawed: &Flawed, fate: Fate, why: &str) {
        let before = self.notices().await;
        let failed = self.client.clone().set_password(NEW_PASSWORD).await;
        assert_eq!(failed.is_problem(503, "directory-unavailable").retry_after(), Some(5));
        let shown = failed.body.to_string().to_lowercase();
        let port = flawed.proxy.port.to_string();
        for inside in [&port, "localhost", "127.0.0.1", "ldap", "dc=", "uid=", "annuaire", "result", "tls"] {
            assert!(!shown.contains(inside), "{inside} is in {shown}");
        }
        let line = logged(&flawed.stack, &failed);
        assert!(line.contains(why), "{line}");
        assert!(!line.contains(&self.person["directory_id"]), "{line}");

        let written = fate == Fate::Unknown { written: true };
        assert_eq!(flawed.slapd.takes(&self.person, NEW_PASSWORD).await, written);
        assert_eq!(flawed.slapd.takes(&self.person, OLD_PASSWORD).await, !written);
        assert_eq!(self.notices().await, before, "nobody is told of what may not have happened");
        if fate != Fate::NotWritten {
            self.client.clone().set_password(OTHER_PASSWORD).await.is_problem(409, "wrong-step");
        }
    }

    /// Now a password goes through.
    async fn finishes_with(&self, flawed: &Flawed, password: &str) {
        let [mails, messages] = self.notices().await;
        self.client.clone().set_password(password).await.is_at("done");
        assert!(flawed.slapd.takes(&self.person, password).await);
        assert!(!flawed.slapd.takes(&self.person, OLD_PASSWORD).await);
        assert_eq!(self.notices().await, [mails + 1, messages + 1], "every contact is told");
    }

    /// Fails at a write, and the same password ends it when the fault is gone.
    async fn endures(&self, flawed: &Flawed, fault: Fault, fate: Fate, why: &str) {
        flawed.proxy.set(fault);
        self.fails(flawed, fate, why).await;
        flawed.proxy.set(Fault::None);
        self.finishes_with(flawed, NEW_PASSWORD).await;
    }
}

#[tokio::test]
async fn a_directory_that_says_nothing_is_given_up_in_time() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    let why = format!("connecting: no answer in {PATIENCE} s");
    somebody.endures(flawed, Fault::Silent, Fate::NotWritten, &why).await;
}

#[tokio::test]
async fn a_directory_that_refuses_connections_has_certainly_not_written() {
    let (somebody, somebody_else) = (Somebody::proven().await, Somebody::proven().await);
    let (_alone, flawed) = flawed().await;
    flawed.proxy.refuse().await;
    for one in [&somebody, &somebody_else] {
        one.fails(flawed, Fate::NotWritten, "connecting: I/O error: Connection refused").await;
    }
    flawed.proxy.accept().await;
    somebody.finishes_with(flawed, NEW_PASSWORD).await;
    // Nothing is in doubt, so that another password may take its place.
    somebody_else.finishes_with(flawed, OTHER_PASSWORD).await;
}

#[tokio::test]
async fn an_expired_certificate_gets_no_password() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    flawed.proxy.take_requests();
    flawed.proxy.present(&flawed.expired);
    somebody.fails(flawed, Fate::NotWritten, "invalid peer certificate: certificate expired").await;
    assert!(flawed.proxy.take_requests().is_empty(), "it was told nothing");
    flawed.proxy.present(&flawed.good);
    somebody.finishes_with(flawed, NEW_PASSWORD).await;
}

#[tokio::test]
async fn a_certificate_of_a_strange_authority_gets_no_password() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    flawed.proxy.take_requests();
    flawed.proxy.present(&flawed.strange);
    somebody.fails(flawed, Fate::NotWritten, "invalid peer certificate: ").await;
    assert!(flawed.proxy.take_requests().is_empty(), "it was told nothing");
    flawed.proxy.present(&flawed.good);
    somebody.finishes_with(flawed, NEW_PASSWORD).await;
}

#[tokio::test]
async fn a_service_account_that_is_refused_has_certainly_not_written() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    flawed.slapd.replace(SERVICE, "userPassword", "Une-autre-cle-du-service").await;
    somebody.fails(flawed, Fate::NotWritten, "the service account was refused with result code 49").await;
    flawed.slapd.replace(SERVICE, "userPassword", SERVICE_PASSWORD).await;
    somebody.finishes_with(flawed, NEW_PASSWORD).await;
}

#[tokio::test]
async fn a_request_that_is_lost_is_in_doubt_and_the_same_password_ends_it() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    let why = "writing the password: the connection was closed before the answer";
    somebody.endures(flawed, Fault::LoseRequest, Fate::Unknown { written: false }, why).await;
}

/// The policy's history refuses the password that is written twice; a bind tells that it is there.
#[tokio::test]
async fn a_lost_answer_is_in_doubt_and_the_same_password_is_found_to_be_there() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    let why = "writing the password: the connection was closed before the answer";
    somebody.endures(flawed, Fault::LoseAnswer, Fate::Unknown { written: true }, why).await;
}

#[tokio::test]
async fn half_an_answer_is_in_doubt_and_the_same_password_is_found_to_be_there() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    let why = "writing the password: the connection was closed before the answer";
    somebody.endures(flawed, Fault::HalfAnswer, Fate::Unknown { written: true }, why).await;
}

#[tokio::test]
async fn a_garbled_answer_is_in_doubt_and_the_same_password_is_found_to_be_there() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    let why = "writing the password: the answer was not LDAP";
    somebody.endures(flawed, Fault::GarbledAnswer, Fate::Unknown { written: true }, why).await;
}

#[tokio::test]
async fn an_answer_that_is_too_late_is_in_doubt_and_the_same_password_is_found_to_be_there() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    let why = format!("writing the password: no answer in {PATIENCE} s");
    somebody.endures(flawed, Fault::HoldAnswer, Fate::Unknown { written: true }, &why).await;
}

/// The attempt that ends the doubt fails as well: it stays, for the same password alone.
#[tokio::test]
async fn a_doubt_outlives_attempts_that_certainly_did_not_write() {
    let somebody = Somebody::proven().await;
    let (_alone, flawed) = flawed().await;
    flawed.proxy.set(Fault::LoseAnswer);
    somebody.fails(flawed, Fate::Unknown { written: true }, "closed before the answer").await;
    flawed.proxy.set(Fault::None);
    flawed.proxy.refuse().await;
    somebody.fails(flawed, Fate::Unknown { written: true }, "Connection refused").await;
    flawed.proxy.accept().await;
    somebody.finishes_with(flawed, NEW_PASSWORD).await;
}
