//! Registry files of invented students.

use recupmail_tests::{Answer, Client, Invented, USMS_HEADER, stack};
use serde_json::json;

/// A student's row.
#[derive(Clone, Debug)]
pub(crate) struct Student(Vec<String>);

/// Where a column stands.
fn place(column: &str) -> usize {
    USMS_HEADER.split(',').position(|name| name == column).unwrap()
}

impl Student {
    /// Somebody whom no other number is like.
    pub(crate) fn new(number: u32) -> Self {
        Self(Invented(number).to_string().split(',').map(str::to_owned).collect())
    }

    pub(crate) fn get(&self, column: &str) -> &str {
        &self.0[place(column)]
    }

    /// The same person with another value.
    pub(crate) fn with(mut self, column: &str, value: &str) -> Self {
        value.clone_into(&mut self.0[place(column)]);
        self
    }

    /// The same person with somebody else's identity fields.
    pub(crate) fn stating(self, other: &Self) -> Self {
        let fields = ["apogee", "massar", "birth_date"];
        fields.into_iter().fold(self, |student, field| student.with(field, other.get(field)))
    }

    pub(crate) fn row(&self) -> String {
        self.0.join(",")
    }

    pub(crate) fn id(&self) -> &str {
        self.get("person_id")
    }

    /// Says who they are on the site.
    pub(crate) async fn says_who(&self) -> Answer {
        let fields = ["apogee", "massar", "birth_date"].map(|field| (field, self.get(field)));
        let statement = json!({
            "scheme": "student",
            "fields": std::collections::BTreeMap::from(fields),
            "terms_accepted": true,
            "terms_version": "2025-09-01",
            "locale": "fr",
        });
        Client::of(stack()).post("verify-identity", &statement).await
    }
}

/// A file with these people.
pub(crate) fn file_of(students: &[&Student]) -> String {
    let rows: Vec<String> = students.iter().map(|student| format!("{}\n", student.row())).collect();
    format!("{USMS_HEADER}\n{}", rows.concat())
}
