//! Conditional writes as DynamoDB's expressions. Every name is aliased, for some are reserved words.

use crate::item::to_attribute;
use aws_sdk_dynamodb::types::AttributeValue;
use recupmail_domain::conditional::{Change, Condition, Operand, Path, Value, Write};
use std::collections::HashMap;

/// A rendered write.
#[derive(Debug, Default)]
pub(crate) struct Expression {
    pub(crate) condition: String,
    pub(crate) update: String,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Expression {
    pub(crate) fn of(write: &Write) -> Self {
        let mut expression = Self::default();
        expression.condition = expression.condition(&write.condition);
        expression.update = expression.update(&write.changes);
        expression
    }

    fn name(&mut self, name: &str) -> String {
        let alias = format!("#{name}");
        self.names.insert(alias.clone(), name.to_owned());
        alias
    }

    fn value(&mut self, value: &Value) -> String {
        let alias = format!(":v{}", self.values.len());
        self.values.insert(alias.clone(), to_attribute(value));
        alias
    }

    fn path(&mut self, path: &Path) -> String {
        match path {
            Path::Attribute(name) => self.name(name),
            Path::Named(name) => self.name(name),
            Path::Entry(map, entry) => format!("{}.{}", self.name(map), self.name(entry)),
        }
    }

    fn operand(&mut self, operand: &Operand) -> String {
        match operand {
            Operand::Path(path) => self.path(path),
            Operand::Value(value) => self.value(value),
        }
    }

    fn compare(&mut self, left: &Operand, comparator: &str, right: &Operand) -> String {
        format!("{} {comparator} {}", self.operand(left), self.operand(right))
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Exists(path) => format!("attribute_exists({})", self.path(path)),
            Condition::Absent(path) => format!("attribute_not_exists({})", self.path(path)),
            Condition::Equal(left, right) => self.compare(left, "=", right),
            Condition::NotEqual(left, right) => self.compare(left, "<>", right),
            Condition::Less(left, right) => self.compare(left, "<", right),
            Condition::AtMost(left, right) => self.compare(left, "<=", right),
            Condition::Contains(path, operand) => {
                format!("contains({}, {})", self.path(path), self.operand(operand))
            }
            Condition::SizeBelow(path, size) => {
                format!("size({}) < {}", self.path(path), self.value(&Value::Number(*size)))
            }
            Condition::SizeAtLeast(path, size) => {
                format!("size({}) >= {}", self.path(path), self.value(&Value::Number(*size)))
            }
            Condition::All(conditions) => self.joined(conditions, " AND "),
            Condition::Any(conditions) => self.joined(conditions, " OR "),
            // DynamoDB refuses parentheses around parentheses.
            Condition::Not(condition) => match condition.as_ref() {
                Condition::All(_) | Condition::Any(_) => format!("NOT {}", self.condition(condition)),
                condition => format!("NOT ({})", self.condition(condition)),
            },
        }
    }

    fn joined(&mut self, conditions: &[Condition], word: &str) -> String {
        let parts: Vec<String> = conditions.iter().map(|condition| self.condition(condition)).collect();
        format!("({})", parts.join(word))
    }

    fn update(&mut self, changes: &[Change]) -> String {
        let (mut set, mut add, mut remove) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Set(path, value) => set.push(format!("{} = {}", self.path(path), self.value(value))),
                Change::Increase(path, by) => {
                    let path = self.path(path);
                    set.push(format!("{path} = {path} + {}", self.value(&Value::Number(*by))));
                }
                Change::Count(path, by) => {
                    add.push(format!("{} {}", self.path(path), self.value(&Value::Number(*by))));
                }
                Change::Insert(name, value) => add.push(format!("{} {}", self.name(name), self.value(value))),
                Change::Remove(name) => remove.push(self.name(name)),
            }
        }
        [("SET", set), ("ADD", add), ("REMOVE", remove)]
            .into_iter()
            .filter(|(_, parts)| !parts.is_empty())
            .map(|(word, parts)| format!("{word} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recupmail_domain::challenge::writes;
    use recupmail_domain::clock::Timestamp;
    use recupmail_domain::limits::Limits;

    #[test]
    fn spending_a_guess_renders_as_the_handbook_writes_it_and_minds_the_shape() {
        let write = writes::guess(&[1], writes::Shape::Sent, Timestamp::from_millis(5), &Limits::default());
        let expression = Expression::of(&write);
        assert_eq!(
            expression.condition,
            "(#st = :v0 AND :v1 < #exp AND :v2 < #cexp AND NOT (#mm = :v3 OR #mm = :v4) AND \
             (attribute_not_exists(#seen) OR (size(#seen) < :v5 AND NOT (contains(#seen, :v6)) AND \
             NOT (contains(#seen, #mac)))))"
        );
        assert_eq!(expression.update, "ADD #seen :v7");
    }
}
