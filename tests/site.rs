//! The files around the pages, as browsers and other programs ask for them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{http, stack};
use reqwest::Response;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, LOCATION};

async fn ask(path: &str, encodings: &str) -> Response {
    let address = format!("{}{path}", stack().origin());
    let request = http().get(address).header(ACCEPT_ENCODING, encodings);
    request.send().await.unwrap()
}

#[tokio::test]
async fn texts_travel_in_the_smallest_encoding_that_the_browser_takes() {
    let style = stack().page("/ar/code/").await;
    let style = style.split("href=\"").find(|rest| rest.starts_with("/assets/style.")).unwrap();
    let style = style.split('"').next().unwrap();
    for path in ["/", "/ar/code/", "/en/nowhere", style] {
        let mut sizes = Vec::new();
        for (taken, sent) in [("gzip, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
            let answer = ask(path, taken).await;
            let encoding = answer.headers().get(CONTENT_ENCODING).map(|name| name.to_str().unwrap());
            assert_eq!(encoding, sent, "{path}");
            sizes.push(answer.bytes().await.unwrap().len());
        }
        assert!(sizes.is_sorted() && sizes[1] * 2 < sizes[2], "{path}: {sizes:?}");
    }
}

#[tokio::test]
async fn what_is_missing_is_said_in_the_language_of_its_folder() {
    for (path, lang) in
        [("/nulle-part", "fr"), ("/de/nirgends", "fr"), ("/ar/code/x", "ar"), ("/en/nowhere", "en")]
    {
        let answer = ask(path, "identity").await;
        assert_eq!(answer.status(), 404, "{path}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("<html lang=\"{lang}\"")), "{path}: {page}");
    }
}

#[tokio::test]
async fn password_managers_find_where_a_password_is_changed() {
    let answer = ask("/.well-known/change-password", "identity").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()[LOCATION], "/identifier/");
    // They trust it only where what cannot be there is missing.
    let other =
        ask("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200", "identity");
    assert_eq!(other.await.status(), 404);
}

#[tokio::test]
async fn who_finds_a_weakness_learns_whom_to_tell() {
    let answer = ask("/.well-known/security.txt", "identity").await;
    assert_eq!(answer.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
    let text = answer.text().await.unwrap();
    for line in
        ["Contact: mailto:recupmail-aide@usms.ac.ma\n", "Expires: ", "Preferred-Languages: fr, ar, en\n"]
    {
        assert!(text.contains(line), "{text}");
    }
}
