//! Writes that lose a part of their condition.

use recupmail_domain::conditional::{Condition, Operand, Path, Write};

/// The write without the parts of its condition that match, of which there must be one.
pub(crate) fn without(write: Write, clause: fn(&Condition) -> bool) -> Write {
    let condition = lifted(&write.condition, clause);
    assert_ne!(condition, write.condition, "the clause is gone");
    Write { condition, ..write }
}

fn lifted(condition: &Condition, clause: fn(&Condition) -> bool) -> Condition {
    let each = |conditions: &[Condition]| conditions.iter().map(|part| lifted(part, clause)).collect();
    match condition {
        matching if clause(matching) => Condition::All(Vec::new()),
        Condition::All(conditions) => Condition::All(each(conditions)),
        Condition::Any(conditions) => Condition::Any(each(conditions)),
        other => other.clone(),
    }
}

fn names(operand: &Operand, name: &str) -> bool {
    matches!(operand, Operand::Path(Path::Attribute(attribute) | Path::Entry(attribute, _)) if *attribute == name)
}

/// Whether it compares this attribute.
pub(crate) fn compares(condition: &Condition, name: &str) -> bool {
    match condition {
        Condition::Equal(left, right) | Condition::Less(left, right) => {
            names(left, name) || names(right, name)
        }
        _ => false,
    }
}
