//! Conditional writes to one stored item, said once.
//!
//! A [`Write`] is the whole decision: under which condition it applies and what it then changes. The
//! store renders it, the model of the challenge interprets it; neither has a copy of its own.

use std::collections::{BTreeMap, BTreeSet};

/// What an item attribute can hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A whole number: counts, and moments in milliseconds.
    Number(i64),
    /// A short plain text: states and identifiers.
    Text(String),
    /// Bytes: macs, keyed hashes, sealed values.
    Bytes(Vec<u8>),
    /// A set of byte strings; an empty one is stored as no attribute.
    BytesSet(BTreeSet<Vec<u8>>),
    /// A set of texts; an empty one is stored as no attribute.
    TextSet(BTreeSet<String>),
    /// Numbers by name: counts and moments per method.
    Numbers(BTreeMap<String, i64>),
}

/// An item's attributes by name.
pub type Item = BTreeMap<String, Value>;

/// Where a value stands in an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Path {
    /// A top-level attribute.
    Attribute(&'static str),
    /// A top-level attribute whose name is made at run time.
    Named(String),
    /// One entry of a [`Value::Numbers`] attribute.
    Entry(&'static str, String),
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// What the item holds at a path.
    Path(Path),
    /// A given value.
    Value(Value),
}

/// A condition on the stored item. On a missing item every attribute is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Something stands at the path.
    Exists(Path),
    /// Nothing stands at the path.
    Absent(Path),
    /// Both sides are present and equal.
    Equal(Operand, Operand),
    /// The sides differ; what is absent differs from everything.
    NotEqual(Operand, Operand),
    /// Both sides are present and the first is smaller.
    Less(Operand, Operand),
    /// Both sides are present and the first is not greater.
    AtMost(Operand, Operand),
    /// The set at the path holds the operand; false when either is absent.
    Contains(Path, Operand),
    /// The set at the path has fewer elements; false when absent.
    SizeBelow(Path, i64),
    /// The set at the path has at least as many elements; false when absent.
    SizeAtLeast(Path, i64),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

/// One change of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Puts a value at the path.
    Set(Path, Value),
    /// Adds to the number that stands at the path, which must exist.
    Increase(Path, i64),
    /// Adds to a number, counting from 0 when absent.
    Count(Path, i64),
    /// Adds elements to a set, which is made when absent.
    Insert(&'static str, Value),
    /// Removes an attribute.
    Remove(&'static str),
}

/// A conditional write: all changes at once if the condition holds, else none. The changes all read the
/// item as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// When it applies.
    pub condition: Condition,
    /// What it then changes.
    pub changes: Vec<Change>,
}

impl From<&'static str> for Path {
    fn from(attribute: &'static str) -> Self {
        Self::Attribute(attribute)
    }
}

impl From<Path> for Operand {
    fn from(path: Path) -> Self {
        Self::Path(path)
    }
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<i64> for Operand {
    fn from(number: i64) -> Self {
        Self::Value(Value::Number(number))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl Condition {
    /// This and the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut conditions) => {
                conditions.push(other);
                Self::All(conditions)
            }
            first => Self::All(vec![first, other]),
        }
    }

    /// This or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Any(mut conditions) => {
                conditions.push(other);
                Self::Any(conditions)
            }
            first => Self::Any(vec![first, other]),
        }
    }
}

impl std::ops::Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// Something stands at the path.
pub fn exists(path: impl Into<Path>) -> Condition {
    Condition::Exists(path.into())
}

/// Nothing stands at the path.
pub fn absent(path: impl Into<Path>) -> Condition {
    Condition::Absent(path.into())
}

/// What stands at the path equals the operand.
pub fn equal(path: impl Into<Path>, operand: impl Into<Operand>) -> Condition {
    Condition::Equal(Operand::Path(path.into()), operand.into())
}

/// What stands at the path is smaller than the operand.
pub fn less(path: impl Into<Path>, operand: impl Into<Operand>) -> Condition {
    Condition::Less(Operand::Path(path.into()), operand.into())
}

/// What stands at the path is greater than the operand.
pub fn more(path: impl Into<Path>, operand: impl Into<Operand>) -> Condition {
    Condition::Less(operand.into(), Operand::Path(path.into()))
}

/// The set at the path holds the operand.
pub fn contains(path: impl Into<Path>, operand: impl Into<Operand>) -> Condition {
    Condition::Contains(path.into(), operand.into())
}

/// An attribute as an operand.
pub fn attribute(name: &'static str) -> Operand {
    Operand::Path(Path::Attribute(name))
}
