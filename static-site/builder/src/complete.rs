//! Every language says everything, with the same values, and nothing that no page shows.

use crate::Result;
use crate::locale::Locale;
use std::collections::{BTreeMap, BTreeSet};

/// A language and its locale file, after the pages were baked from it.
pub(crate) type Spoken<'a> = (&'a str, &'a Locale);

/// Refuses locale files of which a text is missing or is shown by no page. A template may show a text at some
/// institutions only, so what templates name counts as shown, and must be there.
pub(crate) fn check_locales(locales: &[Spoken<'_>], templates: &[String]) -> Result<()> {
    let named: BTreeSet<String> = templates.iter().flat_map(|template| named(template)).collect();
    let mut faults = Vec::new();
    for (lang, locale) in locales {
        let missing = named.iter().filter(|key| !locale.texts().contains_key(*key));
        faults.extend(missing.map(|key| format!("locales/{lang}.toml: {key} is missing")));
        let unused = locale.unused().into_iter().filter(|key| !named.contains(key));
        faults.extend(unused.map(|key| format!("locales/{lang}.toml: {key} is shown by no page")));
    }
    refuse(&faults)?;
    let texts: Vec<_> = locales.iter().map(|(lang, locale)| (*lang, locale.texts())).collect();
    check_alike("locales", &texts)
}

/// Refuses texts of which one language has a key or a value that another has not.
pub(crate) fn check_alike(folder: &str, texts: &[(&str, &BTreeMap<String, String>)]) -> Result<()> {
    let mut faults = Vec::new();
    for (lang, ours) in texts {
        for (other, theirs) in texts.iter().filter(|(other, _)| other != lang) {
            for (key, text) in *theirs {
                match ours.get(key) {
                    None => faults.push(format!("{folder}/{lang}.toml: {key} is missing, {other} has it")),
                    Some(own) if values(own) != values(text) => {
                        faults
                            .push(format!("{folder}/{lang}.toml: {key} has not the values that {other} has"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    refuse(&faults)
}

fn refuse(faults: &[String]) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// The keys that a template names in full.
fn named(template: &str) -> impl Iterator<Item = String> {
    let calls = [("t(\"", ""), ("slots(\"", ""), ("path(\"", "path.")];
    calls.into_iter().flat_map(move |(call, prefix)| {
        let ends = template
            .match_indices(call)
            .filter(move |(at, _)| !template[..*at].ends_with(char::is_alphabetic));
        let keys = ends.filter_map(move |(at, _)| template[at + call.len()..].split_once('"'));
        // What another part is put behind is no whole key.
        keys.filter(|(key, _)| !key.ends_with(['.', '_'])).map(move |(key, _)| format!("{prefix}{key}"))
    })
}

/// The `{values}` of a text.
fn values(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_name_their_texts() {
        let template = "{{ t(\"a.b\") }}{{ input(\"code\", t(\"c\"), slots(\"d\")) }}{{ t(\"e.\" ~ f) }}{{ path(\"g\") }}";
        assert_eq!(named(template).collect::<Vec<_>>(), ["a.b", "c", "d", "path.g"]);
    }

    #[test]
    fn languages_say_the_same_with_the_same_values() {
        let texts = |text: &str| BTreeMap::from([("key".to_owned(), text.to_owned())]);
        let refused = |ours: &BTreeMap<_, _>, theirs: &BTreeMap<_, _>| {
            check_alike("locales", &[("fr", ours), ("en", theirs)]).err().map(|error| error.to_string())
        };
        assert_eq!(refused(&texts("à {time}"), &texts("at {time}")), None);
        assert!(
            refused(&texts("à {time}"), &texts("at")).unwrap().contains("fr.toml: key has not the values")
        );
        let missing = refused(&texts("à"), &BTreeMap::new()).unwrap();
        assert_eq!(missing, "locales/en.toml: key is missing, fr has it");
    }
}
