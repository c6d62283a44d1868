//! A set of a few small numbers.

/// A set of numbers below 16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Few(u16);

impl Few {
    /// Puts a number in; tells whether it is new.
    pub(crate) fn insert(&mut self, number: u8) -> bool {
        let new = !self.contains(number);
        self.0 |= 1 << number;
        new
    }

    pub(crate) const fn contains(self, number: u8) -> bool {
        self.0 & (1 << number) != 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = u8> {
        (0..16).filter(move |number| self.contains(*number))
    }

    pub(crate) const fn len(self) -> u32 {
        self.0.count_ones()
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
