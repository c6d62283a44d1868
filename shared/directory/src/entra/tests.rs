//! What the adapter makes of secrets, names and replies; the rest is seen over HTTP, in `tests/entra`.

use super::assertion::{Certificate, CertificateError};
use super::graph::{Account, Done, meaning};
use super::http::Reply;
use super::patience::Again;
use super::token::granted;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::ports::DirectoryRule;
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use std::error::Error;
use std::process::Command;
use std::time::Duration;

const ENDPOINT: &str = "https://login.microsoftonline.com/tenant/oauth2/v2.0/token";

/// A new key of this kind and its certificate, in one PEM text.
fn pem(kind: &[&str]) -> String {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey"]).args(kind);
    openssl.args(["-nodes", "-subj", "/CN=recupmail", "-keyout", "-", "-out", "-"]);
    let output = openssl.output().expect("Debian's package openssl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn openssl(words: &[&str], file: &std::path::Path) -> Vec<u8> {
    Command::new("openssl").args(words).arg(file).output().unwrap().stdout
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn fault(pem: &str) -> Option<CertificateError> {
    Certificate::from_pem(pem).err()
}

#[test]
fn an_assertion_says_who_for_whom_and_how_long_and_verifies_with_the_certificates_key() {
    let pem = pem(&["rsa:2048"]);
    let now = Timestamp::from_millis(1_700_000_000_999);
    let own = Certificate::from_pem(&pem).unwrap();
    let assertion = own.assert("client", ENDPOINT, now, [0xff; 16]).unwrap();
    let parts: Vec<&str> = assertion.split('.').collect();

    let file = std::env::temp_dir().join(format!("recupmail-assertion-{}.pem", std::process::id()));
    std::fs::write(&file, &pem).unwrap();
    // OpenSSL's own view of the certificate: its thumbprint, and its key without the wrapping (SubjectPublicKeyInfo).
    let said = openssl(&["x509", "-noout", "-fingerprint", "-sha256", "-in"], &file);
    let key = openssl(&["rsa", "-RSAPublicKey_out", "-outform", "DER", "-in"], &file);
    std::fs::remove_file(&file).unwrap();
    let said = String::from_utf8(said).unwrap();
    let hex = said.trim().split_once('=').unwrap().1;
    let thumbprint: Vec<u8> = hex.split(':').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();

    let expected =
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": BASE64_URL_SAFE_NO_PAD.encode(thumbprint)});
    assert_eq!(decoded(parts[0]), expected);
    let expected = json!({
        "aud": ENDPOINT,
        "iss": "client",
        "sub": "client",
        "jti": "ffffffff-ffff-4fff-bfff-ffffffffffff",
        "nbf": 1_700_000_000,
        "iat": 1_700_000_000,
        "exp": 1_700_000_300,
    });
    assert_eq!(decoded(parts[1]), expected);
    let signature = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    let signed = format!("{}.{}", parts[0], parts[1]);
    let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key);
    assert!(key.verify(signed.as_bytes(), &signature).is_ok());
    assert!(key.verify(parts[0].as_bytes(), &signature).is_err());
}

#[test]
fn what_is_no_certificate_with_its_key_is_told_without_its_words() {
    let (one, other) = (pem(&["rsa:2048"]), pem(&["rsa:2048"]));
    let (key, certificate) = one.split_at(one.find("-----BEGIN CERTIFICATE").unwrap());
    let (other_key, _) = other.split_at(other.find("-----BEGIN CERTIFICATE").unwrap());
    assert!(CertificateDer::from_pem_slice(certificate.as_bytes()).is_ok());
    assert_eq!(fault("hunter2"), Some(CertificateError::NoCertificate));
    assert_eq!(fault(key), Some(CertificateError::NoCertificate));
    assert_eq!(fault(certificate), Some(CertificateError::NoKey));
    let mixed = format!("{other_key}{certificate}");
    assert_eq!(fault(&mixed), Some(CertificateError::NotOfOnePair));
    let elliptic = pem(&["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    assert_eq!(fault(&elliptic), Some(CertificateError::NotRsa));
    assert!(Certificate::from_pem(&format!("{certificate}{key}")).is_ok(), "in either order");
}

#[test]
fn names_of_accounts_stay_in_their_place_of_the_path() {
    let path = |id| Account::named(id).map(|account| account.path().to_owned());
    assert_eq!(path("a.b-c_d~e@usms.ac.ma").as_deref(), Some("a.b-c_d~e%40usms.ac.ma"));
    assert_eq!(path("o'brien_x#EXT#@y").as_deref(), Some("o%27brien_x%23EXT%23%40y"));
    assert_eq!(path("a/../b?c=d%2F é").as_deref(), Some("a%2F..%2Fb%3Fc%3Dd%252F%20%C3%A9"));
    assert_eq!([path(""), path("."), path("..")], [None, None, None]);
}

fn problem(status: u16, code: &str, message: &str) -> Reply {
    let inner = json!({"date": "2026-11-22T03:00:00", "request-id": "x", "client-request-id": "x"});
    Reply::of(status, &json!({"error": {"code": code, "message": message, "innerError": inner}}).to_string())
}

#[test]
fn what_graph_answers_is_told_apart() {
    assert_eq!(meaning(&Reply::of(204, "")).unwrap(), Done::Yes);
    assert_eq!(meaning(&Reply::of(200, r#"{"@odata.context":"x","value":true}"#)).unwrap(), Done::Yes);
    assert_eq!(meaning(&problem(401, "InvalidAuthenticationToken", "x")).unwrap(), Done::Unauthorised);
    // Status, whether it was perhaps done, whether it is asked again.
    let table = [
        (200, true, Again::Soon),
        (202, true, Again::Soon),
        (302, true, Again::Soon),
        (400, false, Again::Never),
        (403, false, Again::Never),
        (404, false, Again::Never),
        (408, true, Again::Soon),
        (409, true, Again::Soon),
        (429, false, Again::Soon),
        (500, true, Again::Soon),
        (503, true, Again::Soon),
    ];
    for (status, perhaps_done, again) in table {
        let setback = meaning(&problem(status, "Some_Code", "of jean.dupont@example.org")).unwrap_err();
        assert_eq!((setback.perhaps_done, setback.again), (perhaps_done, again), "{status}");
        let said = setback.cause.source().unwrap().to_string();
        assert!(!said.contains("dupont"), "{said}");
    }
    let odd = meaning(&problem(403, "jean.dupont@example.org", "")).unwrap_err().cause;
    assert!(!odd.source().unwrap().to_string().contains("dupont"));
    let mut after = Reply::of(429, "");
    after.retry_after = Some(Duration::from_secs(7));
    assert_eq!(meaning(&after).unwrap_err().again, Again::After(Duration::from_secs(7)));
}

#[test]
fn rules_of_passwords_are_read_from_what_graph_says() {
    let complexity = "The specified password does not comply with password complexity requirements. \
        Please provide a different password.";
    let table = [
        (complexity, Some(DirectoryRule::Quality)),
        ("The password contains a banned word.", Some(DirectoryRule::Quality)),
        ("The password violates the password history.", Some(DirectoryRule::History)),
        ("The password was changed too recently.", Some(DirectoryRule::Age)),
        ("The password does not meet the policy.", Some(DirectoryRule::Unnamed)),
        ("Property passwordProfile is invalid.", None),
        ("Invalid object identifier.", None),
    ];
    for (message, rule) in table {
        let done = meaning(&problem(400, "Request_BadRequest", message));
        assert_eq!(done.ok(), rule.map(Done::Refused), "{message}");
    }
    assert!(meaning(&problem(400, "Authentication_Error", complexity)).is_err());
}

#[test]
fn why_no_token_is_granted_is_told_by_its_number_alone() {
    let said = |status, body: &str| {
        let setback = granted(&Reply::of(status, body)).err().unwrap();
        assert!(!setback.perhaps_done);
        (setback.cause.source().unwrap().to_string(), setback.again)
    };
    let description = "AADSTS7000215: Invalid client secret provided for app '1111'.";
    let coded =
        json!({"error": "invalid_client", "error_description": description, "error_codes": [7_000_215]});
    let expected = ("granted no token: 401 AADSTS7000215".to_owned(), Again::Never);
    assert_eq!(said(401, &coded.to_string()), expected);
    let uncoded = json!({"error": "invalid_client", "error_description": description});
    assert_eq!(said(401, &uncoded.to_string()), expected);
    assert_eq!(said(404, "<html>").0, "granted no token: 404 ");
    assert_eq!(said(503, ""), ("the token endpoint answered 503".to_owned(), Again::Soon));
    assert_eq!(said(200, "{}").1, Again::Never);
    assert_eq!(said(200, r#"{"access_token":"x","expires_in":1,"token_type":"pop"}"#).1, Again::Never);
    assert!(granted(&Reply::of(200, r#"{"access_token":"x","expires_in":1,"token_type":"Bearer"}"#)).is_ok());
}
