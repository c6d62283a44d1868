//! Mails: the same in both parts, safe whatever a name holds, and right in either direction.

use super::*;

/// Both mails of a locale.
fn both(locale: &str) -> [Mail; 2] {
    let texts = all();
    [texts.code_mail(locale, &CODE).unwrap(), texts.change_mail(locale, &CHANGE).unwrap()]
}

/// What is read of an HTML part: its body without tags and what they escape.
fn read(html: &str) -> String {
    let body = html.split("<h1").nth(1).unwrap();
    let mut text = String::new();
    for part in body.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    for (escaped, c) in [("&lt;", "<"), ("&gt;", ">"), ("&#x2f;", "/"), ("&amp;", "&")] {
        text = text.replace(escaped, c);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_message_holds_the_code_once_unbroken() {
    let (texts, once) = (all(), |text: &str| text.matches("40281537").count() == 1);
    for (locale, _) in LOCALES {
        let mail = texts.code_mail(locale, &CODE).unwrap();
        assert!(once(&texts.code_sms(locale, &CODE).unwrap()) && once(&mail.text) && once(&mail.html));
        assert!(!mail.subject.contains("40281537"));
        assert!(mail.text.lines().any(|line| line == "40281537"), "it is copied alone: {}", mail.text);
        assert!(mail.html.contains("<bdi dir=\"ltr\">40281537</bdi>"));
    }
}

#[test]
fn names_are_escaped_in_html_and_nowhere_else() {
    for (locale, _) in LOCALES {
        let [mail, _] = both(locale);
        assert!(mail.html.contains("<bdi>Amina &lt;script&gt; &amp; Bérrada</bdi>"), "{}", mail.html);
        assert!(!mail.html.contains("<script>"));
        assert!(mail.text.contains("Amina <script> & Bérrada"));
    }
}

#[test]
fn both_parts_say_the_same() {
    for mail in LOCALES.into_iter().flat_map(|(locale, _)| both(locale)) {
        let text: String = mail.text.chars().filter(|c| !turns(*c)).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let html = read(&mail.html);
        let (_heading, html) = html.split_at(html.len() - text.len());
        assert_eq!(html, text);
    }
}

#[test]
fn mails_say_when_their_session_began_and_notices_when_it_happened() {
    for (locale, _) in LOCALES {
        let [code, change] = both(locale);
        assert!(code.text.contains("14:05") && code.html.contains("14:05"));
        assert!(change.text.contains("21/11/2026 14:05") && read(&change.html).contains("21/11/2026 14:05"));
        assert!(!change.text.contains("Amina") && !change.html.contains("Amina"), "others may read it");
    }
}

#[test]
fn html_says_its_language_and_direction_where_every_mail_program_looks() {
    for (locale, direction) in [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")] {
        for mail in both(locale) {
            for element in ["html", "main"] {
                let tag = format!("<{element} lang=\"{locale}\" dir=\"{direction}\"");
                assert!(mail.html.contains(&tag), "{tag}");
            }
            assert!(!mail.html.contains('['), "every place of the layout is taken");
        }
    }
}

#[test]
fn values_are_isolated_in_arabic_text_and_bare_elsewhere() {
    let [code, change] = both("ar");
    for (text, value) in [
        (&code.text, "\u{2068}Amina <script> & Bérrada\u{2069}"),
        (&code.text, "\u{2066}14:05\u{2069}"),
        (&code.text, "\u{2066}recupmail-aide@usms.ac.ma\u{2069}"),
        (&change.text, "\u{2066}21/11/2026 14:05\u{2069}"),
        (&change.text, "\u{2066}recupmail-aide@usms.ac.ma\u{2069}"),
    ] {
        assert!(text.contains(value), "{value}: {text}");
    }
    for mail in ["fr", "en"].into_iter().flat_map(both) {
        assert!(!mail.text.contains(turns));
    }
    for mail in LOCALES.into_iter().flat_map(|(locale, _)| both(locale)) {
        assert!(!mail.subject.contains(turns) && !mail.subject.contains('\n'), "{}", mail.subject);
    }
}

#[test]
fn arabic_counts_minutes_as_arabic_does() {
    let text = |minutes| all().code_mail("ar", &CodeText { minutes, ..CODE }).unwrap().text;
    assert!(text(2).contains("لمدة دقيقتين.") && text(10).contains("لمدة 10 دقائق."));
}
