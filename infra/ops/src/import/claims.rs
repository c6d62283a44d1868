//! Who claims what twice in a file, found in constant memory.
//!
//! The first reading of the file sees every key pass by in a Bloom filter, and keeps those that it may have seen
//! before: the suspects. The second reading knows exactly which line claimed a suspect first. Memory grows with
//! the suspects, not with the rows.

use recupmail_domain::keys::KeyedHash;
use std::collections::{HashMap, HashSet};

/// Bits of the filter, a power of two: 8 MB. With a million people of five keys each, the last keys are suspected
/// in vain once in two hundred, which costs a little memory and nothing else.
const BITS: usize = 1 << 26;

/// The keys of a file as they pass by.
#[derive(Debug)]
pub(crate) struct Sightings {
    filter: Vec<u64>,
    suspects: HashSet<KeyedHash>,
}

impl Sightings {
    pub(crate) fn new() -> Self {
        Self { filter: vec![0; BITS / 64], suspects: HashSet::new() }
    }

    /// A key passes by.
    pub(crate) fn see(&mut self, key: KeyedHash) {
        if self.seen(key) {
            self.suspects.insert(key);
        }
        for bit in bits(key) {
            self.filter[bit / 64] |= 1 << (bit % 64);
        }
    }

    /// Whether the key passed by; very rarely, of one that did not.
    pub(crate) fn seen(&self, key: KeyedHash) -> bool {
        bits(key).into_iter().all(|bit| self.filter[bit / 64] & (1 << (bit % 64)) != 0)
    }
}

/// Where a key stands in the filter. It is a keyed hash, so any part of it is as good as random.
fn bits(key: KeyedHash) -> [usize; 4] {
    let bytes = key.as_bytes();
    [0, 4, 8, 12].map(|at| {
        let part = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        u32::from_be_bytes(part) as usize % BITS
    })
}

/// Which line of a file claimed a key first.
#[derive(Debug, Default)]
pub(crate) struct Claims(HashMap<KeyedHash, u64>);

impl Claims {
    /// The line that claimed the key, if one did.
    pub(crate) fn claimed(&self, key: KeyedHash) -> Option<u64> {
        self.0.get(&key).copied()
    }

    /// A line claims a key; only suspects need to be kept.
    pub(crate) fn claim(&mut self, key: KeyedHash, line: u64, sightings: &Sightings) {
        if sightings.suspects.contains(&key) {
            self.0.insert(key, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recupmail_domain::keys::{Key, RegistryKeys};

    #[test]
    fn only_what_passes_by_twice_is_kept() {
        let keys = RegistryKeys::derive(&Key::new([1; 32]));
        let person = |number: u32| keys.person(&number.to_string());
        let mut sightings = Sightings::new();
        for number in 0..20_000 {
            sightings.see(person(number));
        }
        sightings.see(person(7));
        assert!(sightings.suspects.contains(&person(7)) && sightings.suspects.len() < 10);
        assert!((0..20_000).all(|number| sightings.seen(person(number))));
        assert!((20_000..40_000).filter(|number| sightings.seen(person(*number))).count() < 10);

        let mut claims = Claims::default();
        claims.claim(person(7), 9, &sightings);
        claims.claim(person(8), 10, &sightings);
        assert_eq!((claims.claimed(person(7)), claims.claimed(person(8))), (Some(9), None));
    }
}
