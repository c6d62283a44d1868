//! Conditional writes as the database understands them.

use recupmail_domain::conditional::{Change, Condition, Item, Operand, Path, Value, Write};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The write did not apply: its condition failed, or it asked for what cannot be done to the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// The item after the write. A missing item has no attributes, and a write makes it.
///
/// # Errors
/// The condition does not hold, or a change reads or enters what is absent.
pub fn apply(write: &Write, item: Option<&Item>) -> Result<Item, Refused> {
    let missing = Item::new();
    let before = item.unwrap_or(&missing);
    if !holds(&write.condition, before) {
        return Err(Refused);
    }
    let mut after = before.clone();
    for change in &write.changes {
        make(change, before, &mut after)?;
    }
    Ok(after)
}

/// Whether the condition holds for the item. What is absent compares as false with everything, except that
/// it differs from everything.
pub fn holds(condition: &Condition, item: &Item) -> bool {
    match condition {
        Condition::Exists(path) => at(path, item).is_some(),
        Condition::Absent(path) => at(path, item).is_none(),
        Condition::Equal(left, right) => equal(left, right, item),
        Condition::NotEqual(left, right) => !equal(left, right, item),
        Condition::Less(left, right) => order(left, right, item) == Some(Ordering::Less),
        Condition::AtMost(left, right) => order(left, right, item).is_some_and(Ordering::is_le),
        Condition::Contains(path, operand) => contains(path, operand, item),
        Condition::SizeBelow(path, size) => count(path, item).is_some_and(|elements| elements < *size),
        Condition::SizeAtLeast(path, size) => count(path, item).is_some_and(|elements| elements >= *size),
        Condition::All(conditions) => conditions.iter().all(|condition| holds(condition, item)),
        Condition::Any(conditions) => conditions.iter().any(|condition| holds(condition, item)),
        Condition::Not(condition) => !holds(condition, item),
    }
}

fn at<'a>(path: &Path, item: &'a Item) -> Option<Cow<'a, Value>> {
    match path {
        Path::Attribute(name) => item.get(*name).map(Cow::Borrowed),
        Path::Named(name) => item.get(name).map(Cow::Borrowed),
        Path::Entry(map, entry) => match item.get(*map)? {
            Value::Numbers(numbers) => numbers.get(entry).map(|n| Cow::Owned(Value::Number(*n))),
            _ => None,
        },
    }
}

fn value<'a>(operand: &'a Operand, item: &'a Item) -> Option<Cow<'a, Value>> {
    match operand {
        Operand::Path(path) => at(path, item),
        Operand::Value(value) => Some(Cow::Borrowed(value)),
    }
}

fn equal(left: &Operand, right: &Operand, item: &Item) -> bool {
    matches!((value(left, item), value(right, item)), (Some(left), Some(right)) if left == right)
}

fn order(left: &Operand, right: &Operand, item: &Item) -> Option<Ordering> {
    match (value(left, item)?.as_ref(), value(right, item)?.as_ref()) {
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Bytes(left), Value::Bytes(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn contains(path: &Path, operand: &Operand, item: &Item) -> bool {
    let (Some(set), Some(element)) = (at(path, item), value(operand, item)) else { return false };
    match (set.as_ref(), element.as_ref()) {
        (Value::BytesSet(set), Value::Bytes(bytes)) => set.contains(bytes),
        (Value::TextSet(set), Value::Text(text)) => set.contains(text),
        _ => false,
    }
}

fn count(path: &Path, item: &Item) -> Option<i64> {
    let elements = match at(path, item)?.as_ref() {
        Value::BytesSet(set) => set.len(),
        Value::TextSet(set) => set.len(),
        _ => return None,
    };
    i64::try_from(elements).ok()
}

fn make(change: &Change, before: &Item, after: &mut Item) -> Result<(), Refused> {
    match change {
        Change::Set(path, value) => put(path, value.clone(), after),
        Change::Increase(path, by) => {
            let number = number(path, before)?.ok_or(Refused)?;
            put(path, Value::Number(number + by), after)
        }
        Change::Count(path, by) => {
            let number = number(path, before)?.unwrap_or(0);
            put(path, Value::Number(number + by), after)
        }
        Change::Insert(name, elements) => {
            let set = united(before.get(*name), elements)?;
            put(&Path::Attribute(name), set, after)
        }
        Change::Remove(name) => {
            after.remove(*name);
            Ok(())
        }
    }
}

fn number(path: &Path, item: &Item) -> Result<Option<i64>, Refused> {
    match at(path, item).as_deref() {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(*number)),
        Some(_) => Err(Refused),
    }
}

fn united(set: Option<&Value>, elements: &Value) -> Result<Value, Refused> {
    match (set, elements) {
        (None, Value::BytesSet(_) | Value::TextSet(_)) => Ok(elements.clone()),
        (Some(Value::BytesSet(set)), Value::BytesSet(more)) => Ok(Value::BytesSet(set | more)),
        (Some(Value::TextSet(set)), Value::TextSet(more)) => Ok(Value::TextSet(set | more)),
        _ => Err(Refused),
    }
}

fn put(path: &Path, value: Value, item: &mut Item) -> Result<(), Refused> {
    match path {
        Path::Attribute(name) => {
            item.insert((*name).to_owned(), value);
        }
        Path::Named(name) => {
            item.insert(name.clone(), value);
        }
        Path::Entry(map, entry) => {
            let (Some(Value::Numbers(numbers)), Value::Number(number)) = (item.get_mut(*map), value) else {
                return Err(Refused);
            };
            numbers.insert(entry.clone(), number);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use recupmail_domain::conditional::{absent, less};

    fn write(condition: Condition, changes: Vec<Change>) -> Write {
        Write { condition, changes }
    }

    #[test]
    fn a_write_makes_a_missing_item_and_counts_from_zero() {
        let once = write(absent("n").or(less("n", 1)), vec![Change::Count("n".into(), 1)]);
        let item = apply(&once, None).unwrap();
        assert_eq!(item, Item::from([("n".to_owned(), Value::Number(1))]));
        assert_eq!(apply(&once, Some(&item)), Err(Refused));
    }

    #[test]
    fn changes_read_the_item_as_it_was_before() {
        let item = Item::from([("n".to_owned(), Value::Number(1))]);
        let changes = vec![Change::Remove("n"), Change::Increase("n".into(), 1)];
        let after = apply(&write(Condition::All(Vec::new()), changes), Some(&item)).unwrap();
        assert_eq!(after["n"], Value::Number(2));
    }
}
