//! People as an LDAP server knows them, in the columns of the registry.

use super::codes::SUCCESS;
use super::connection::{Connections, unavailable};
use crate::remote::SetupError;
use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Ldap, Scope, SearchEntry, SearchStream};
use recupmail_config::{Always, Column, LdapRegistry as File, Translated};
use recupmail_domain::ports::{ReadSecret, Unavailable};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// How many people come at a time (RFC 2696); Active Directory gives a thousand at most.
const PAGE: i32 = 500;
/// The secret that the reading account signs in with.
const SECRET: &str = "registry";

/// A row's columns by name.
pub type Row = BTreeMap<String, String>;

/// An LDAP server that knows people.
#[derive(Debug)]
pub struct LdapRegistry<S> {
    connections: Connections<S>,
    file: File,
}

/// Why not everybody was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The server did not tell.
    #[error("people cannot be read from the directory")]
    Directory(#[source] Unavailable),
    /// Whoever takes the rows had enough.
    #[error("what was read could not be kept")]
    Taken(#[source] io::Error),
}

impl<S: ReadSecret> LdapRegistry<S> {
    /// As the institution's file describes it.
    pub fn new(file: &File, folder: &Path, secrets: S) -> Result<Self, SetupError> {
        let connections = Connections::new(SECRET, &file.server, &file.bind, folder, secrets)?;
        Ok(Self { connections, file: file.clone() })
    }

    /// Reads everybody, page by page, and hands each person on.
    pub async fn read(&self, mut take: impl FnMut(Row) -> io::Result<()>) -> Result<(), ReadError> {
        let mut ldap = self.connections.sign_in().await.map_err(ReadError::Directory)?;
        let mut people = self.search(&mut ldap).await.map_err(ReadError::Directory)?;
        let failed = ReadError::Directory;
        while let Some(entry) = self.connections.asked(people.next()).await.map_err(failed)? {
            take(self.row(SearchEntry::construct(entry))).map_err(ReadError::Taken)?;
        }
        match people.finish().await.rc {
            SUCCESS => Ok(()),
            code => {
                let said = format!("reading people was refused with result code {code}");
                Err(ReadError::Directory(unavailable(said)))
            }
        }
    }

    async fn search(
        &self,
        ldap: &mut Ldap,
    ) -> Result<SearchStream<'static, String, Vec<String>>, Unavailable> {
        let attributes: BTreeSet<String> = self.file.columns.values().filter_map(attribute).collect();
        let adapters: Vec<Box<dyn Adapter<'static, String, Vec<String>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        let attributes: Vec<String> = attributes.into_iter().collect();
        let search = ldap.streaming_search_with(
            adapters,
            &self.file.base,
            Scope::Subtree,
            &self.file.filter,
            attributes,
        );
        self.connections.asked(search).await
    }

    fn row(&self, entry: SearchEntry) -> Row {
        // Attributes are named without regard to case (RFC 4512 section 2.5).
        let entry = entry.attrs.into_iter().map(|(name, values)| (name.to_ascii_lowercase(), values));
        let entry: BTreeMap<String, Vec<String>> = entry.collect();
        let columns = self.file.columns.iter();
        columns.map(|(name, column)| (name.clone(), one_line(&value(column, &entry)))).collect()
    }
}

fn attribute(column: &Column) -> Option<String> {
    match column {
        Column::Attribute(attribute) | Column::Translated(Translated { attribute, .. }) => {
            Some(attribute.clone())
        }
        Column::Always(_) => None,
    }
}

fn value(column: &Column, entry: &BTreeMap<String, Vec<String>>) -> String {
    let values = |attribute: &str| entry.get(&attribute.to_ascii_lowercase()).into_iter().flatten();
    match column {
        Column::Always(Always { always }) => always.clone(),
        Column::Attribute(attribute) => values(attribute).next().cloned().unwrap_or_default(),
        Column::Translated(Translated { attribute, values: meanings, otherwise }) => {
            values(attribute).find_map(|value| meanings.get(value)).unwrap_or(otherwise).clone()
        }
    }
}

/// A row of the registry is one line.
fn one_line(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_column_is_the_first_value_a_constant_or_what_a_value_means() {
        let attribute = |name: &str, values: &[&str]| {
            (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
        };
        let entry = BTreeMap::from([
            attribute("mail", &["amina@example.org", "a@example.org"]),
            attribute("edupersonaffiliation", &["member", "student", "staff"]),
        ]);
        let column = |json: serde_json::Value| value(&serde_json::from_value(json).unwrap(), &entry);
        assert_eq!(column(json!("Mail")), "amina@example.org");
        assert_eq!(column(json!("mobile")), "");
        assert_eq!(column(json!({"always": "student"})), "student");
        let means = json!({"student": "S", "staff": "P"});
        assert_eq!(column(json!({"attribute": "eduPersonAffiliation", "values": means})), "S");
        let means = json!({"active": "allowed"});
        assert_eq!(column(json!({"attribute": "status", "values": means, "otherwise": "denied"})), "denied");
        assert_eq!(one_line("1 rue\nd'Alger\t"), "1 rue d'Alger ");
    }
}
