//! What holds of every locale.

mod calls;
mod locales;
mod mails;
mod sms;

use super::*;
use recupmail_domain::clock::Timestamp;

const CODE: CodeText<'_> = CodeText {
    institution: "USMS",
    institution_name: "Université Sultan Moulay Slimane",
    colour: "#0b4f8a",
    display_name: "Amina <script> & Bérrada",
    code: "40281537",
    minutes: 10,
    began: "14:05",
    host: "recupmail.usms.ac.ma",
    office: "recupmail-aide@usms.ac.ma",
};
const CHANGE: ChangeText<'_> = ChangeText {
    institution: "USMS",
    institution_name: "Université Sultan Moulay Slimane",
    colour: "#0b4f8a",
    when: "21/11/2026 14:05",
    office: "recupmail-aide@usms.ac.ma",
};
/// Noon of 21 November 2026 in Greenwich.
const NOON: Timestamp = Timestamp::from_millis(1_795_262_400_000);

/// All locales, French first.
fn all() -> Texts {
    Texts::load(&LOCALES.map(|(name, _)| name.to_owned())).unwrap()
}

/// The functions' engine knows no more than this: what else it could do is left out of what is deployed.
#[test]
fn templates_branch_and_repeat_and_do_nothing_else() {
    const KNOWN: [&str; 7] = ["if", "else", "endif", "for", "endfor", "set", "endset"];
    for (name, file) in LOCALES {
        let locale: Locale = serde_json::from_str(file).unwrap();
        for (template, source) in sources(name, &locale) {
            for tag in source.split("{%").skip(1) {
                let word = tag.trim_start_matches('-').split_whitespace().next().unwrap();
                assert!(KNOWN.contains(&word), "{name}.{template}: {word}");
            }
        }
    }
}

/// Marks that turn what stands beside them (Unicode Standard Annex 9 section 2).
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
