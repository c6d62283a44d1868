//! Text messages: short, and read by people and by machines.

use super::*;

/// Short name, host and office of the three institutions that ship, and the longest that a file may hold.
const INSTITUTIONS: [(&str, &str, &str); 4] = [
    ("USMS", "recupmail.usms.ac.ma", "recupmail-aide@usms.ac.ma"),
    ("ECEPS", "recupmail.eceps.be", "secretariat@eceps.be"),
    ("Aix-Marseille", "recupmail.ac-aix-marseille.fr", "assistance@ac-aix-marseille.fr"),
    (
        "XXXXXXXXXXX",
        "xxxxxxxxxxxxxxxxxxxxxxxxx.usms.ac.ma",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@usms.ac.ma",
    ),
];

/// The code's message and the notice, with the longest code and the time as this language writes it.
fn both(locale: &str, (institution, host, office): (&str, &str, &str)) -> [String; 2] {
    let texts = all();
    let when = texts.day_and_time(locale, NOON, &TimeZone::UTC).unwrap();
    let code = CodeText { institution, host, code: "4028153764", ..CODE };
    let change = ChangeText { institution, office, when: &when, ..CHANGE };
    [texts.code_sms(locale, &code).unwrap(), texts.change_sms(locale, &change).unwrap()]
}

/// The basic alphabet of GSM 03.38 (3GPP TS 23.038 section 6.2.1), one septet a character, without its
/// Greek letters, which we have no use for.
fn is_gsm(text: &str) -> bool {
    const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
        ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    text.chars().all(|c| GSM.contains(c))
}

/// How many messages a phone network makes of it (3GPP TS 23.040 section 9.2.3.24.1): in UCS-2, 70 characters,
/// or 67 in each of several.
fn segments(text: &str) -> usize {
    let (units, alone, together) =
        if is_gsm(text) { (text.chars().count(), 160, 153) } else { (text.encode_utf16().count(), 70, 67) };
    if units <= alone { 1 } else { units.div_ceil(together) }
}

#[test]
fn french_and_english_take_one_segment() {
    for locale in ["fr", "en"] {
        for sms in INSTITUTIONS.into_iter().flat_map(|names| both(locale, names)) {
            assert!(is_gsm(&sms) && segments(&sms) == 1, "{}: {sms}", sms.chars().count());
        }
    }
}

#[test]
fn a_code_in_arabic_takes_one_segment_for_short_names_and_two_for_long_ones() {
    let [usms, eceps, _, longest] = INSTITUTIONS;
    let eight = CodeText { institution: usms.0, host: usms.1, ..CODE };
    let sms = all().code_sms("ar", &eight).unwrap();
    assert_eq!((segments(&sms), sms.chars().count()), (1, 68), "host of 20, code of 8: {sms}");
    assert_eq!(segments(&both("ar", eceps)[0]), 1, "host of 18, code of 10");
    let [sms, _] = both("ar", longest);
    assert_eq!((segments(&sms), sms.chars().count()), (2, 93), "host of 36, code of 10: {sms}");
}

#[test]
fn nothing_in_arabic_takes_more_than_two_segments() {
    for sms in INSTITUTIONS.into_iter().flat_map(|names| both("ar", names)) {
        assert!(segments(&sms) <= 2, "{}: {sms}", sms.chars().count());
    }
}

#[test]
fn the_last_line_is_what_webotp_reads() {
    for (locale, _) in LOCALES {
        for names in INSTITUTIONS {
            let [sms, _] = both(locale, names);
            assert_eq!(sms.lines().last().unwrap(), format!("@{} #4028153764", names.1));
            assert_eq!(sms.lines().count(), 2, "{sms}");
        }
    }
}

#[test]
fn no_message_turns_its_characters_and_arabic_begins_in_arabic() {
    for (locale, _) in LOCALES {
        for sms in both(locale, INSTITUTIONS[0]) {
            assert!(!sms.contains(turns), "{sms}");
            let arabic = ('\u{620}'..='\u{64a}').contains(&sms.chars().next().unwrap());
            assert_eq!(arabic, locale == "ar", "a phone takes the direction of the first letter: {sms}");
        }
    }
}

#[test]
fn both_say_who_writes_and_when() {
    for (locale, _) in LOCALES {
        let [code, notice] = both(locale, INSTITUTIONS[0]);
        assert!(code.contains("USMS") && code.contains("14:05") && code.contains("10"), "{code}");
        assert!(notice.contains("USMS") && notice.contains("12:00"), "{notice}");
        assert!(notice.ends_with("recupmail-aide@usms.ac.ma"), "{notice}");
    }
}
