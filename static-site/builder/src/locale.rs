//! One locale file: every text that a template asks for must be there.

use crate::markup;
use crate::{Result, read};
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, ErrorKind};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The texts of one language, by dotted key.
pub(crate) struct Locale {
    texts: BTreeMap<String, String>,
    used: Mutex<BTreeSet<String>>,
}

/// A text for the script.
#[derive(Serialize)]
struct ScriptText {
    key: String,
    html: Value,
}

impl Locale {
    /// Reads a locale file.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        Self::parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    fn parse(file: &str) -> Result<Self> {
        Ok(Self { texts: by_key(file)?, used: Mutex::default() })
    }

    /// All of them.
    pub(crate) fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// The text of a key.
    pub(crate) fn get(&self, key: &str) -> std::result::Result<&str, Error> {
        let text = self.texts.get(key).ok_or_else(|| failure(format!("no text \"{key}\" in the locale")))?;
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
        Ok(text)
    }

    /// The keys that nothing asked for.
    pub(crate) fn unused(&self) -> BTreeSet<String> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        self.texts.keys().filter(|key| !used.contains(*key)).cloned().collect()
    }

    /// What the script may say on a page: the texts of `[script]` and those of `[script.<page>]`, which go first.
    fn script_texts(&self, page: &str) -> std::result::Result<Vec<ScriptText>, Error> {
        let own = format!("script.{page}.");
        let mut texts = BTreeMap::new();
        for path in self.texts.keys() {
            if let Some(name) = path.strip_prefix("script.").filter(|name| !name.contains('.')) {
                let html = with_slots(self.get(path)?)?;
                texts.entry(name).or_insert(html);
            } else if let Some(name) = path.strip_prefix(&own) {
                texts.insert(name, with_slots(self.get(path)?)?);
            }
        }
        Ok(texts.into_iter().map(|(name, html)| ScriptText { key: name.replace('_', "-"), html }).collect())
    }

    /// Makes the texts known to templates: `t` fills in values now, `slots` leaves them to the script,
    /// `rich` renders a text from elsewhere, `path` is where a page lies.
    pub(crate) fn teach(self: &Arc<Self>, environment: &mut Environment<'_>) {
        let locale = Arc::clone(self);
        environment.add_function("t", move |key: &str, values: Kwargs| {
            let html = with_values(locale.get(key)?, &values)?;
            values.assert_all_used().map(|()| html)
        });
        let locale = Arc::clone(self);
        environment.add_function("slots", move |key: &str| with_slots(locale.get(key)?));
        environment.add_function("rich", |text: &str, values: Kwargs| with_values(text, &values));
        let locale = Arc::clone(self);
        environment
            .add_function("path", move |page: &str| locale.get(&format!("path.{page}")).map(str::to_owned));
        let locale = Arc::clone(self);
        environment.add_function("script_texts", move |page: &str| {
            locale.script_texts(page).map(|texts| Value::from(Serde(texts)))
        });
    }
}

fn failure(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

fn with_values(text: &str, values: &Kwargs) -> std::result::Result<Value, Error> {
    let html = markup::render(text, |name| {
        let value: Value = values.get(name)?;
        let html = value.to_string();
        Ok::<_, Error>(if value.is_safe() { html } else { markup::isolate(&html) })
    });
    html.map(Value::from_safe_string)
}

/// Names, labels and the time left may be in any script; everything else that the script fills in reads left to
/// right.
fn with_slots(text: &str) -> std::result::Result<Value, Error> {
    let html = markup::render(text, |name| {
        let direction = if matches!(name, "name" | "label" | "left") { "" } else { " dir=\"ltr\"" };
        Ok::<_, Error>(format!("<bdi{direction} data-slot=\"{name}\"></bdi>"))
    })?;
    Ok(Value::from_safe_string(html))
}

/// The texts of a file by dotted key; items of a list have their number as a name.
pub(crate) fn by_key(file: &str) -> Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    flatten(String::new(), &toml::Value::Table(toml::from_str(file)?), &mut texts)?;
    Ok(texts)
}

fn flatten(key: String, value: &toml::Value, texts: &mut BTreeMap<String, String>) -> Result<()> {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        toml::Value::Table(table) => {
            table.iter().try_for_each(|(name, value)| flatten(below(name), value, texts))
        }
        toml::Value::Array(items) => {
            let items = items.iter().enumerate();
            items.into_iter().try_for_each(|(at, value)| flatten(below(&at.to_string()), value, texts))
        }
        toml::Value::String(text) => {
            texts.insert(key, text.clone());
            Ok(())
        }
        _ => Err(format!("{key} is not a text").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(locale: &Arc<Locale>, template: &str) -> std::result::Result<String, Error> {
        let mut environment = Environment::new();
        locale.teach(&mut environment);
        environment.render_str(template, ())
    }

    #[test]
    fn a_template_cannot_ask_for_a_text_that_is_not_there() {
        let locale = Arc::new(Locale::parse("[a]\nb = 'x'").unwrap());
        assert_eq!(render(&locale, "{{ t('a.b') }}").unwrap(), "x");
        assert!(render(&locale, "{{ t('a.c') }}").is_err());
    }

    #[test]
    fn a_text_and_its_values_must_fit() {
        let locale = Arc::new(Locale::parse("a = '{n} left'\nb = 'none'").unwrap());
        assert_eq!(render(&locale, "{{ t('a', n='2') }}").unwrap(), "2 left");
        assert!(render(&locale, "{{ t('a') }}").is_err());
        assert!(render(&locale, "{{ t('b', n='2') }}").is_err());
    }

    #[test]
    fn a_text_that_nothing_shows_is_noticed() {
        let locale = Arc::new(Locale::parse("a = 'x'\nb = 'y'").unwrap());
        render(&locale, "{{ t('a') }}").unwrap();
        assert_eq!(locale.unused(), BTreeSet::from(["b".to_owned()]));
    }

    #[test]
    fn the_script_gets_the_texts_of_its_page_and_those_of_all() {
        let locale =
            Locale::parse("[script]\nall = 'x'\n[script.code]\nits_own = '{n}'\n[script.done]\nz = 'z'")
                .unwrap();
        let texts = locale.script_texts("code").unwrap();
        let keys: Vec<_> = texts.iter().map(|text| text.key.as_str()).collect();
        assert_eq!(keys, ["all", "its-own"]);
        assert_eq!(locale.unused(), BTreeSet::from(["script.done.z".to_owned()]));
    }
}
