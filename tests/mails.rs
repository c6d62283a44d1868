//! Every mail and text message in every language, as Debian's Chromium shows it, driven by `browser/mails.mjs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_texts::{ChangeText, CodeText, Texts};
use std::path::Path;
use std::process::Command;

/// Who writes, in each language, and what a name there may look like.
const WRITTEN: [(&str, &str, &str); 3] = [
    ("fr", "Université Sultan Moulay Slimane", "Amina Bérrada"),
    ("ar", "جامعة السلطان مولاي سليمان", "Amina Bérrada"),
    ("en", "Sultan Moulay Slimane University", "أمينة برادة"),
];

#[test]
fn messages_are_readable_on_a_phone_in_light_and_dark_in_every_language() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = top.join("target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    let texts = Texts::load(&WRITTEN.map(|(locale, ..)| locale.to_owned())).unwrap();
    for (locale, institution_name, display_name) in WRITTEN {
        let code = CodeText {
            institution: "USMS",
            institution_name,
            colour: "#0b4f8a",
            display_name,
            code: "4028153764",
            minutes: 10,
            began: "14:05",
            host: "recupmail.usms.ac.ma",
            office: "recupmail-aide@usms.ac.ma",
        };
        let when = if locale == "en" { "21 Nov 2026, 14:05" } else { "21/11/2026 14:05" };
        let change = ChangeText {
            institution: "USMS",
            institution_name,
            colour: "#0b4f8a",
            when,
            office: "recupmail-aide@usms.ac.ma",
        };
        let keep = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        for (kind, mail) in
            [("code", texts.code_mail(locale, &code)), ("changed", texts.change_mail(locale, &change))]
        {
            let mail = mail.unwrap();
            keep(&format!("mail-{locale}-{kind}.html"), &mail.html);
            keep(&format!("mail-{locale}-{kind}.txt"), &format!("{}\n\n{}\n", mail.subject, mail.text));
        }
        keep(&format!("sms-{locale}-code.txt"), &texts.code_sms(locale, &code).unwrap());
        keep(&format!("sms-{locale}-changed.txt"), &texts.change_sms(locale, &change).unwrap());
    }
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec"])
        .arg(top.join("tests/browser/mails.mjs"))
        .env("SHOTS", &folder)
        .output()
        .expect("node is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}
