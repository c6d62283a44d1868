//! Passwords as people make them under a site's rules, by kinds, always the same; in two halves, each with words of
//! its own. They are nobody's: words and what is added to them come together by lot.

use crate::words::{ENGLISH, FIRST_NAMES, FRENCH, MOROCCAN, PLACES, ROWS};
use std::collections::BTreeSet;

/// Common passwords that are one word, from the list by which the server refuses.
const COMMON: &str = include_str!("../../shared/domain/src/password/common_passwords.txt");

/// So many passwords of each kind.
const EACH: usize = 70;
/// Who adds something for the rules' sake stops soon: so many characters beyond the least.
const SLACK: usize = 5;

/// How a kind is called, how one of it is drawn, and whether it may be longer than the rules make people go.
type Kind = (&'static str, fn(&mut Draw) -> String, bool);

const KINDS: [Kind; 16] = [
    ("common password, dressed up", |draw| draw.common_dressed(), false),
    ("English word, dressed up", |draw| draw.dressed(&ENGLISH), false),
    ("French word, dressed up", |draw| draw.dressed(&FRENCH), false),
    ("Moroccan word, dressed up", |draw| draw.dressed(&MOROCCAN), false),
    ("place, club or school, dressed up", |draw| draw.dressed(&PLACES), false),
    ("first name, dressed up", |draw| draw.dressed(&FIRST_NAMES), false),
    ("look-alikes in a word", |draw| draw.look_alikes(), false),
    ("keys in a row", |draw| draw.row(), false),
    ("letters and digits in sequence", |draw| draw.sequence(), false),
    ("repeats", |draw| draw.repeat(), false),
    ("date and a word or name", |draw| draw.date(), false),
    ("two words and a tail", |draw| draw.two_words(), true),
    ("three or four words", |draw| draw.phrase(), true),
    ("a sentence's first letters", |draw| draw.initials(), true),
    ("random characters", |draw| draw.random(), true),
    ("a password manager's", |draw| draw.manager(), true),
];

/// The passwords of one half that are sound under a site's rules, each with its kind.
pub(crate) fn passwords(
    half: usize,
    min: usize,
    sound: impl Fn(&str) -> bool,
) -> Vec<(&'static str, String)> {
    let mut draw = Draw { half, min, state: 2026 + half as u64 };
    let mut all = Vec::new();
    for (kind, one, free) in KINDS {
        let mut drawn = BTreeSet::new();
        while drawn.len() < EACH {
            let password = one(&mut draw);
            if (free || password.len() <= min + SLACK) && sound(&password) {
                drawn.insert(password);
            }
        }
        all.extend(drawn.into_iter().map(|password| (kind, password)));
    }
    all
}

/// Draws by lot, the same at every run (splitmix64).
struct Draw {
    half: usize,
    min: usize,
    state: u64,
}

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// A word of this half, the more usual ones more often.
    fn word<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let own: Vec<&str> = of.iter().copied().skip(self.half).step_by(2).collect();
        own[self.below(own.len()).min(self.below(own.len()))]
    }

    fn any_word(&mut self) -> &'static str {
        let list: &[&str] = match self.below(5) {
            0 => &ENGLISH,
            1 => &FRENCH,
            2 => &MOROCCAN,
            3 => &PLACES,
            _ => &FIRST_NAMES,
        };
        self.word(list)
    }

    fn cased(&mut self, word: &str) -> String {
        match self.below(10) {
            0 => word.to_owned(),
            1 => word.to_uppercase(),
            _ => capital(word),
        }
    }

    fn year(&mut self) -> String {
        (1960 + self.below(66)).to_string()
    }

    fn digits(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap())).collect()
    }

    /// What people add to satisfy rules, until the password is long enough.
    fn with_tail(&mut self, mut password: String) -> String {
        loop {
            let piece = match self.below(9) {
                0 | 1 => self.year(),
                2 => "123456789"[..=self.below(9)].to_owned(),
                3 | 4 => self.one(&["!", "@", "#", ".", "*", "?", "$", "_", "-", "!!"]).to_owned(),
                5 => self.digits(2),
                6 => self.digits(3),
                7 => self.digits(4),
                _ => self.one(&["007", "00", "13", "69", "212", "1212", "0000", "111"]).to_owned(),
            };
            password.push_str(&piece);
            if password.len() >= self.min {
                return password;
            }
        }
    }

    fn dressed(&mut self, words: &[&str]) -> String {
        let word = self.word(words);
        let word = self.cased(word);
        if self.below(8) == 0 {
            let before = self.one(&["@", "!", "1", "12", "123", "*"]);
            return self.with_tail(format!("{before}{word}"));
        }
        self.with_tail(word)
    }

    fn common_dressed(&mut self) -> String {
        let lines: Vec<&str> = COMMON.lines().skip(self.half).step_by(2).collect();
        let word = loop {
            let line = self.one(&lines);
            if line.bytes().all(|b| b.is_ascii_lowercase()) {
                break line;
            }
        };
        let word = self.cased(word);
        self.with_tail(word)
    }

    fn look_alikes(&mut self) -> String {
        let word = self.any_word();
        let word = self.cased(word);
        let pairs =
            [('a', '@'), ('e', '3'), ('i', '1'), ('o', '0'), ('s', '$'), ('a', '4'), ('t', '7'), ('s', '5')];
        let (from, to) = pairs[self.below(pairs.len())];
        let (and_from, and_to) = pairs[self.below(pairs.len())];
        let changed = word.replace(from, &to.to_string()).replace(and_from, &and_to.to_string());
        if changed == word { String::new() } else { self.with_tail(changed) }
    }

    fn row(&mut self) -> String {
        let row = self.word(&ROWS);
        let row = self.cased(row);
        match self.below(3) {
            0 => {
                let next = self.word(&ROWS).to_owned();
                self.with_tail(row + &next)
            }
            1 => {
                let word = self.any_word();
                self.with_tail(row + word)
            }
            _ => self.with_tail(row),
        }
    }

    fn sequence(&mut self) -> String {
        let alphabet = "abcdefghijklmnopqrstuvwxyz";
        let from = if self.below(2) == 0 { 0 } else { self.below(20) };
        let to = (from + 3 + self.below(6)).min(26);
        let letters = capital(&alphabet[from..to]);
        let count = 1 + self.below(9);
        let digits = if self.below(3) == 0 { &"987654321"[..count] } else { &"123456789"[..count] };
        match self.below(3) {
            0 => self.with_tail(letters + digits),
            1 => format!("{letters}{digits}{}", self.one(&["!", "@", "#", "."])),
            _ => format!("{digits}{letters}{}", self.one(&["!", "@", "#", "."])),
        }
    }

    fn repeat(&mut self) -> String {
        let short = self
            .one(&["toto", "abc", "lol", "aze", "xyz", "nono", "titi", "hey", "bob", "A1b", "a1B!", "Ab1"]);
        let tail = if self.below(2) == 0 { self.digits(1) } else { "!".to_owned() };
        match self.below(3) {
            0 => {
                let unit = format!("{}{tail}", capital(short));
                unit.repeat(2 + self.below(4))
            }
            1 => {
                let letter = self.one(&["a", "b", "e", "k", "m", "o", "s", "x", "z"]);
                let count = self.min - 2 - self.below(4);
                self.with_tail(capital(&letter.repeat(count)))
            }
            _ => {
                let word = self.any_word();
                let unit = format!("{}{}", capital(word), self.digits(1));
                unit.repeat(2)
            }
        }
    }

    fn date(&mut self) -> String {
        let (day, month, year) = (1 + self.below(28), 1 + self.below(12), self.year());
        let between = self.one(&["", "/", "-", "."]);
        let date = format!("{day:02}{between}{month:02}{between}{year}");
        let word = if self.below(2) == 0 { self.word(&FIRST_NAMES) } else { self.any_word() };
        let word = self.cased(word);
        match self.below(3) {
            0 => format!("{date}{word}"),
            1 => format!("{word}{date}"),
            _ => format!("{word}@{date}"),
        }
    }

    fn two_words(&mut self) -> String {
        let (one, two) = (self.any_word(), self.any_word());
        let (one, two) = (self.cased(one), self.cased(two));
        let between = self.one(&["", "", "-", "_", ".", "&"]);
        let tail = match self.below(3) {
            0 => self.digits(1),
            1 => self.digits(2),
            _ => self.year(),
        };
        format!("{one}{between}{two}{tail}")
    }

    fn phrase(&mut self) -> String {
        let count = 3 + self.below(2);
        let between = self.one(&["-", " ", ".", "_"]);
        let words: Vec<String> = (0..count).map(|_| self.any_word().to_owned()).collect();
        let number = self.digits(1);
        format!("{}{between}{number}", capital(&words.join(between)))
    }

    fn initials(&mut self) -> String {
        let count = self.min - 3 + self.below(4);
        let letters: String = (0..count)
            .map(|_| self.one(&["l", "d", "m", "j", "s", "p", "e", "c", "a", "t", "n", "v"]))
            .collect();
        let number = self.digits(2);
        format!("{}{number}{}", capital(&letters), self.one(&["!", "?", ".", ","]))
    }

    fn random(&mut self) -> String {
        let count = self.min + self.below(4);
        (0..count).map(|_| char::from(b'!' + u8::try_from(self.below(94)).unwrap())).collect()
    }

    /// Three groups of six with a capital and a digit, or many characters.
    fn manager(&mut self) -> String {
        if self.below(2) == 0 {
            return (0..16 + self.below(9))
                .map(|_| char::from(b'!' + u8::try_from(self.below(94)).unwrap()))
                .collect();
        }
        let mut groups: Vec<String> = (0..3)
            .map(|_| (0..6).map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap())).collect())
            .collect();
        groups[0] = capital(&groups[0]);
        groups[2].replace_range(5.., &self.digits(1));
        groups.join("-")
    }
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
