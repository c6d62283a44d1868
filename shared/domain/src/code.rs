//! One-time codes.

use crate::input;
use crate::secret::Confidential;
use rand::{CryptoRng, RngExt};

/// The characters that a code is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// The ten digits.
    Digits,
    /// Digits and capital letters that nobody confuses: without 0, 1, I, L and O. Thirty-one characters.
    LettersAndDigits,
}

/// How long codes are and what they are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeFormat {
    /// The characters.
    pub alphabet: Alphabet,
    /// How many of them.
    pub length: usize,
}

/// A code in normal form.
pub type OneTimeCode = Confidential<String>;

/// The input has not the shape of a code, so it was no guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the shape of a code")]
pub struct MalformedCode;

impl Alphabet {
    /// All characters, in order.
    pub const fn characters(self) -> &'static [u8] {
        match self {
            Self::Digits => b"0123456789",
            Self::LettersAndDigits => b"23456789ABCDEFGHJKMNPQRSTUVWXYZ",
        }
    }

    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::LettersAndDigits => "letters-and-digits",
        }
    }
}

impl CodeFormat {
    /// A new code, uniform over all of this format.
    pub fn generate(self, rng: &mut impl CryptoRng) -> OneTimeCode {
        let characters = self.alphabet.characters();
        let pick = |_| char::from(characters[rng.random_range(0..characters.len())]);
        OneTimeCode::new((0..self.length).map(pick).collect())
    }

    /// Reads a typed or pasted code: spaces, dashes and marks are forgiven, Eastern digits and lower case too.
    pub fn parse(self, input: &str) -> Result<OneTimeCode, MalformedCode> {
        let code = input::compact(input);
        let sound =
            code.len() == self.length && code.bytes().all(|b| self.alphabet.characters().contains(&b));
        sound.then(|| OneTimeCode::new(code)).ok_or(MalformedCode)
    }

    /// How many codes there are, as a power of two (ASVS 5.0 section 6.5.4 asks for at least 20).
    #[expect(clippy::cast_precision_loss, reason = "alphabet and length are tiny")]
    pub fn bits(self) -> f64 {
        (self.alphabet.characters().len() as f64).log2() * self.length as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const DIGITS: CodeFormat = CodeFormat { alphabet: Alphabet::Digits, length: 8 };
    const LETTERS: CodeFormat = CodeFormat { alphabet: Alphabet::LettersAndDigits, length: 6 };

    #[test]
    fn a_generated_code_reads_back_as_itself() {
        let mut rng = StdRng::seed_from_u64(7);
        for format in [DIGITS, LETTERS] {
            let code = format.generate(&mut rng);
            assert_eq!(format.parse(code.reveal()), Ok(code));
        }
    }

    #[test]
    fn every_character_turns_up_about_equally_often() {
        let mut rng = StdRng::seed_from_u64(7);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            for digit in DIGITS.generate(&mut rng).reveal().bytes() {
                seen[usize::from(digit - b'0')] += 1;
            }
        }
        assert!(seen.iter().all(|count| (7_600..8_400).contains(count)), "{seen:?}");
    }

    #[test]
    fn pasted_codes_are_forgiven_and_other_shapes_are_not_guesses() {
        assert_eq!(DIGITS.parse("1234 5678").unwrap().reveal(), "12345678");
        assert_eq!(DIGITS.parse("١٢٣٤٥٦٧٨").unwrap().reveal(), "12345678");
        assert_eq!(LETTERS.parse("a2b-3c4").unwrap().reveal(), "A2B3C4");
        for wrong in ["", "1234567", "123456789", "1234567a", "12345678\0"] {
            assert_eq!(DIGITS.parse(wrong), Err(MalformedCode), "{wrong:?}");
        }
    }

    #[test]
    fn both_formats_hold_more_than_twenty_bits() {
        assert!(DIGITS.bits() > 20.0 && LETTERS.bits() > 20.0);
    }
}
