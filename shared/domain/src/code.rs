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
    /// Crockford's base 32, where O is read as 0, and I and L as 1. The last character checks the others.
    Base32Checked,
}

/// Codes that are issued beforehand: 55 random bits and a check character, so that a slip of the pen costs
/// no guess (`challenge.md`, Numbers).
pub const ISSUED_CODE: CodeFormat = CodeFormat { alphabet: Alphabet::Base32Checked, length: 12 };

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
            Self::Base32Checked => b"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
        }
    }

    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::LettersAndDigits => "letters-and-digits",
            Self::Base32Checked => "base32",
        }
    }

    /// How many characters of a code are random.
    const fn random_of(self, length: usize) -> usize {
        match self {
            Self::Digits | Self::LettersAndDigits => length,
            Self::Base32Checked => length - 1,
        }
    }

    /// What people write for characters that look alike.
    fn read(self, c: char) -> char {
        match (self, c) {
            (Self::Base32Checked, 'O') => '0',
            (Self::Base32Checked, 'I' | 'L') => '1',
            _ => c,
        }
    }
}

/// The check character's value for these others: the remainder of their polynomial over GF(32) (modulus
/// x⁵ + x² + 1) at the primitive element x. It catches every single wrong character and every swap of two
/// that differ, wherever they stand, since no two weights are equal.
fn check_value(code: &[u8]) -> Option<u8> {
    let alphabet = Alphabet::Base32Checked.characters();
    let times_x = |value: u8| (value << 1) ^ if value & 0b1_0000 == 0 { 0 } else { 0b10_0101 };
    code.iter().try_fold(0, |sum, character| {
        let value = alphabet.iter().position(|known| known == character)?;
        Some(times_x(sum ^ u8::try_from(value).ok()?))
    })
}

impl CodeFormat {
    /// A new code, uniform over all of this format.
    pub fn generate(self, rng: &mut impl CryptoRng) -> OneTimeCode {
        let characters = self.alphabet.characters();
        let pick = |_| characters[rng.random_range(0..characters.len())];
        let mut code: Vec<u8> = (0..self.alphabet.random_of(self.length)).map(pick).collect();
        if self.alphabet == Alphabet::Base32Checked
            && let Some(check) = check_value(&code)
        {
            code.push(characters[usize::from(check)]);
        }
        OneTimeCode::new(code.into_iter().map(char::from).collect())
    }

    /// Reads a typed or pasted code: spaces, dashes and marks are forgiven, Eastern digits and lower case too.
    pub fn parse(self, input: &str) -> Result<OneTimeCode, MalformedCode> {
        let code: String = input::compact(input).chars().map(|c| self.alphabet.read(c)).collect();
        let characters = self.alphabet.characters();
        let shaped = code.len() == self.length && code.bytes().all(|b| characters.contains(&b));
        let sound = shaped && (self.alphabet != Alphabet::Base32Checked || checks(code.as_bytes()));
        sound.then(|| OneTimeCode::new(code)).ok_or(MalformedCode)
    }

    /// How many codes there are, as a power of two (ASVS 5.0 section 6.5.4 asks for at least 20).
    #[expect(clippy::cast_precision_loss, reason = "alphabet and length are tiny")]
    pub fn bits(self) -> f64 {
        (self.alphabet.characters().len() as f64).log2() * self.alphabet.random_of(self.length) as f64
    }
}

fn checks(code: &[u8]) -> bool {
    let (check, others) = code.split_last().unwrap_or((&0, &[]));
    let expected = check_value(others).map(|value| Alphabet::Base32Checked.characters()[usize::from(value)]);
    expected == Some(*check)
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
    fn a_slip_of_the_pen_in_an_issued_code_is_no_guess() {
        let mut rng = StdRng::seed_from_u64(7);
        for _ in 0..50 {
            let code = ISSUED_CODE.generate(&mut rng).reveal().clone();
            assert_eq!(ISSUED_CODE.parse(&code).unwrap().reveal(), &code);
            for place in 0..12 {
                for other in Alphabet::Base32Checked.characters() {
                    let mut slip = code.clone().into_bytes();
                    slip[place] = *other;
                    assert!(slip == code.as_bytes() || !checks(&slip), "{code} {place}");
                }
                for other in place..12 {
                    let mut swapped = code.clone().into_bytes();
                    swapped.swap(place, other);
                    assert!(swapped == code.as_bytes() || !checks(&swapped), "{code} {place} {other}");
                }
            }
        }
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_these() {
        let mut rng = StdRng::seed_from_u64(7);
        let code = std::iter::repeat_with(|| ISSUED_CODE.generate(&mut rng).reveal().clone())
            .find(|code| code.contains('0') && code.contains('1'))
            .unwrap();
        for typed in [code.replace('0', "o").replace('1', "l"), code.replace('0', "O").replace('1', "I")] {
            assert_eq!(ISSUED_CODE.parse(&typed).unwrap().reveal(), &code);
        }
    }

    #[test]
    fn both_formats_hold_more_than_twenty_bits() {
        assert!(DIGITS.bits() > 20.0 && LETTERS.bits() > 20.0);
    }
}
