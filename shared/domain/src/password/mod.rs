//! The password policy. It is asked before anything is consumed, and has the last word; the page's own
//! checks only save a trip.

mod common;

use crate::contact::Contact;
use crate::person::Profile;
use crate::secret::Confidential;
use unicode_normalization::UnicodeNormalization;

/// Pieces of personal data shorter than this are no reason to refuse a password.
const TELLING_CHARACTERS: usize = 4;
/// So many digits at the end of a number tell whose it is.
const TELLING_DIGITS: usize = 8;

/// What a password must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Characters at least (NIST SP 800-63B-4 section 3.1.1.2 asks for 8 with a second factor, 15 alone).
    pub min: usize,
    /// Characters at most (Entra: 256).
    pub max: usize,
    /// Of the four classes upper case, lower case, digits and others, at least so many.
    pub classes: usize,
    /// Whether characters beyond ASCII are taken; some directories refuse them.
    pub unicode: bool,
    /// The least acceptable `zxcvbn` score, 0 to 4; 3 means safely unguessable, at least 10^8 guesses.
    pub min_score: u8,
    /// The institution's names and places: whoever guesses tries their words first (NIST SP 800-63B-4
    /// section 3.1.1.2, "context-specific words").
    pub context: Vec<String>,
}

/// What is wrong with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Too few characters.
    TooShort,
    /// Too many characters.
    TooLong,
    /// Too few classes of characters.
    TooFewClasses,
    /// It holds a name, an address or a number of the person.
    ContainsPersonalData,
    /// It is a common password, or one with digits and symbols around it.
    Common,
    /// It is none of these and still easily guessed.
    TooGuessable,
    /// A control character, or one that the directory refuses.
    CharacterNotAllowed,
}

impl Policy {
    /// The password in the form that is hashed: normalised (NFC), so that every keyboard types the same.
    /// On error every fault is named; that it is guessable only if it is otherwise sound.
    pub fn accept(
        &self,
        password: &Confidential<String>,
        person: &Profile,
    ) -> Result<Confidential<String>, Vec<Fault>> {
        let length = password.reveal().chars().take(self.max + 1).count();
        if length > self.max {
            return Err(vec![Fault::TooLong]);
        }
        let normal: String = password.reveal().nfc().collect();
        let personal = personal_words(person);
        let checks = [
            (normal.chars().count() < self.min, Fault::TooShort),
            (classes(&normal) < self.classes, Fault::TooFewClasses),
            (!normal.chars().all(|c| self.takes(c)), Fault::CharacterNotAllowed),
            (contains_any(&normal, &personal), Fault::ContainsPersonalData),
            (common::is_common(&normal), Fault::Common),
        ];
        let mut faults: Vec<Fault> =
            checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, fault)| fault).collect();
        if faults.is_empty() && self.guessable(&normal, &personal) {
            faults.push(Fault::TooGuessable);
        }
        if faults.is_empty() { Ok(Confidential::new(normal)) } else { Err(faults) }
    }

    /// Makes dictionaries and expressions, which the first password would have to wait for.
    pub fn prepare(&self) {
        common::is_common("");
        self.guessable("Tagine-7-citrons", &[]);
    }

    fn takes(&self, c: char) -> bool {
        !c.is_control() && (self.unicode || c.is_ascii())
    }

    fn guessable(&self, password: &str, personal: &[String]) -> bool {
        let names =
            self.context.iter().map(|name| telling_words([name.as_str()].into_iter()).collect::<Vec<_>>());
        // Beni Mellal is one word in a password.
        let context: Vec<String> =
            names.flat_map(|words| [words.windows(2).map(<[_]>::concat).collect(), words].concat()).collect();
        let words: Vec<&str> = personal.iter().chain(&context).map(String::as_str).collect();
        u8::from(zxcvbn::zxcvbn(password, &words).score()) < self.min_score
    }
}

fn classes(password: &str) -> usize {
    let has = |class: fn(char) -> bool| usize::from(password.chars().any(class));
    has(char::is_uppercase)
        + has(char::is_lowercase)
        + has(char::is_numeric)
        + has(|c| !c.is_uppercase() && !c.is_lowercase() && !c.is_numeric())
}

/// The words of the person's name and addresses, without accents, and the end of their number, which is the
/// same in national and international form.
fn personal_words(person: &Profile) -> Vec<String> {
    let emails = person.contacts.iter().map(Contact::as_str).filter(|contact| contact.contains('@'));
    let texts = [person.display_name.as_str(), person.academic_email.as_str()]
        .into_iter()
        .chain(person.directory_id.as_deref())
        .chain(emails);
    let words = telling_words(texts.map(|text| text.split('@').next().unwrap_or_default()));
    let numbers = person.contacts.iter().filter_map(|contact| match contact {
        Contact::Phone(number) => {
            number.get(number.len().saturating_sub(TELLING_DIGITS)..).map(str::to_owned)
        }
        Contact::Email(_) => None,
    });
    words.chain(numbers).collect()
}

/// Their words that are long enough to tell something, lower-cased and without accents.
fn telling_words<'a>(texts: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).map(plain);
    words.filter(|word| word.chars().count() >= TELLING_CHARACTERS)
}

fn contains_any(password: &str, words: &[String]) -> bool {
    let password = plain(password);
    words.iter().any(|word| password.contains(word.as_str()))
}

/// Lower-cased and without accents.
fn plain(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy =
        Policy { min: 12, max: 256, classes: 3, unicode: false, min_score: 3, context: Vec::new() };

    fn amina() -> Profile {
        Profile {
            display_name: "Amina Bérrada".into(),
            academic_email: "amina.berrada@usms.ac.ma".into(),
            directory_id: Some("amina.berrada@usms.ac.ma".into()),
            locale: "fr".into(),
            stand_ins: Vec::new(),
            contacts: vec![Contact::Phone("+212612345667".into())],
        }
    }

    fn faults(password: &str) -> Vec<Fault> {
        POLICY.accept(&Confidential::new(password.into()), &amina()).err().unwrap_or_default()
    }

    #[test]
    fn a_sound_password_is_taken() {
        assert_eq!(faults("Tagine-7-citrons"), []);
    }

    #[test]
    fn every_fault_is_named() {
        assert_eq!(faults("Ab3-x"), [Fault::TooShort]);
        assert_eq!(faults("tagine citrons olives"), [Fault::TooFewClasses]);
        assert_eq!(faults("Tagine-7-citröns"), [Fault::CharacterNotAllowed]);
        assert_eq!(faults("Tagine-7-cit\0rons"), [Fault::CharacterNotAllowed]);
        assert_eq!(faults("xBerrada-7-citrons"), [Fault::ContainsPersonalData]);
        assert_eq!(faults("zq-612345667-Zq"), [Fault::ContainsPersonalData]);
        assert_eq!(faults("Password1234!"), [Fault::Common]);
        assert_eq!(faults("P@ssw0rd!2024"), [Fault::Common]);
        assert_eq!(faults("Aaaaaaaaaaa1"), [Fault::TooGuessable]);
        assert_eq!(faults("azerty"), [Fault::TooShort, Fault::TooFewClasses, Fault::Common]);
    }

    #[test]
    fn words_of_the_institution_are_easily_guessed_there() {
        let usms =
            Policy { context: vec!["Présidence de l'université, Béni Mellal".to_owned()], ..POLICY };
        let accept = |policy: &Policy| policy.accept(&Confidential::new("Benimellal2020".into()), &amina());
        assert!(accept(&POLICY).is_ok());
        assert_eq!(accept(&usms).unwrap_err(), [Fault::TooGuessable]);
    }

    #[test]
    fn a_password_of_100_kb_is_refused_by_its_length_alone() {
        assert_eq!(faults(&"A1-é".repeat(25_000)), [Fault::TooLong]);
        assert_eq!(faults(&"Tagine-7-citrons".repeat(16)), []);
    }

    #[test]
    fn where_unicode_is_taken_both_spellings_of_an_accent_are_one() {
        let policy = Policy { unicode: true, ..POLICY };
        let accept = |text: &str| policy.accept(&Confidential::new(text.into()), &amina()).unwrap();
        assert_eq!(accept("Tagine-7-citr\u{F6}ns"), accept("Tagine-7-citro\u{308}ns"));
    }
}
