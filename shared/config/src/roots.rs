//! The session root as Secrets Manager keeps it: an object of its versions, such as
//! `{"current":"2","previous":"1","next":"3","1":"…","2":"…","3":"…"}`.
//!
//! A root is published one rotation before it signs. A function reads it once, when it starts; those that
//! started before a rotation know what those that started after it sign with, and the other way round.

use recupmail_domain::secret::Confidential;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The versions of the session root; each is 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SessionRoots {
    current: String,
    previous: Option<String>,
    next: Option<String>,
    #[serde(flatten)]
    roots: BTreeMap<String, Confidential<String>>,
}

/// The secret does not hold versions of a session root. Nothing of it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session root's secret must be an object of numbered roots, one of which is current")]
pub struct NoSessionRoots;

impl SessionRoots {
    /// Reads the secret's text.
    pub fn parse(text: &str) -> Result<Self, NoSessionRoots> {
        let roots: Self = serde_json::from_str(text).map_err(|_| NoSessionRoots)?;
        let sound = roots
            .named()
            .all(|version| version.parse::<u32>().is_ok() && roots.roots.get(version).is_some_and(is_root));
        if sound && roots.named().count() == roots.roots.len() { Ok(roots) } else { Err(NoSessionRoots) }
    }

    /// The versions that are accepted, the one that signs first.
    fn named(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.current).chain(&self.previous).chain(&self.next)
    }

    /// One rotation later: the published version signs, and a new one is published. The first rotation of
    /// all has none to promote.
    #[must_use]
    pub fn rotated(&self, root: Confidential<String>) -> Self {
        let highest = self.named().filter_map(|version| version.parse::<u32>().ok()).max();
        let newest = (highest.unwrap_or_default() + 1).to_string();
        let (current, previous) = match &self.next {
            Some(next) => (next.clone(), Some(self.current.clone())),
            None => (self.current.clone(), None),
        };
        let mut rotated = Self { current, previous, next: Some(newest.clone()), roots: self.roots.clone() };
        rotated.roots.insert(newest, root);
        let named: Vec<String> = rotated.named().cloned().collect();
        rotated.roots.retain(|version, _| named.contains(version));
        rotated
    }

    /// The secret's text.
    pub fn to_text(&self) -> Confidential<String> {
        let stages = [("current", Some(&self.current)), ("previous", self.previous.as_ref())];
        let stages = stages.into_iter().chain([("next", self.next.as_ref())]);
        let stages = stages.filter_map(|(name, version)| Some((name.to_owned(), version?.as_str().into())));
        let roots = self.roots.iter().map(|(version, root)| (version.clone(), root.reveal().as_str().into()));
        let object: serde_json::Map<String, serde_json::Value> = stages.chain(roots).collect();
        Confidential::new(serde_json::Value::from(object).to_string())
    }

    /// As `RECUPMAIL_SESSION_ROOT` names them.
    pub(crate) fn variable(&self) -> String {
        let root = |version: &String| Some(format!("{version}:{}", self.roots.get(version)?.reveal()));
        self.named().filter_map(root).collect::<Vec<_>>().join(",")
    }
}

/// 32 bytes in hexadecimal.
fn is_root(text: &Confidential<String>) -> bool {
    text.reveal().len() == 64 && text.reveal().bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    /// As the template makes it.
    fn first() -> SessionRoots {
        SessionRoots::parse(&format!("{{\"current\":\"1\",\"1\":\"{}\"}}", root('a'))).unwrap()
    }

    #[test]
    fn a_root_is_published_one_rotation_before_it_signs() {
        let variables: Vec<String> = std::iter::successors(Some((first(), 'b')), |(roots, digit)| {
            Some((roots.rotated(root(*digit).into()), char::from(*digit as u8 + 1)))
        })
        .take(4)
        .map(|(roots, _)| roots.variable())
        .collect();
        let named = |version: u8, digit| format!("{version}:{}", root(digit));
        assert_eq!(
            variables,
            [
                named(1, 'a'),
                [named(1, 'a'), named(2, 'b')].join(","),
                [named(2, 'b'), named(1, 'a'), named(3, 'c')].join(","),
                [named(3, 'c'), named(2, 'b'), named(4, 'd')].join(","),
            ]
        );
    }

    #[test]
    fn what_was_written_is_read_again() {
        let rotated = first().rotated(root('b').into()).rotated(root('c').into());
        assert_eq!(SessionRoots::parse(rotated.to_text().reveal()), Ok(rotated));
    }

    #[test]
    fn anything_else_is_refused_and_not_shown() {
        let a = root('a');
        for wrong in [
            String::new(),
            a.clone(),
            format!("{{\"current\":\"2\",\"1\":\"{a}\"}}"),
            format!("{{\"current\":\"one\",\"one\":\"{a}\"}}"),
            format!("{{\"current\":\"1\",\"1\":\"{}\"}}", &a[1..]),
            format!("{{\"current\":\"1\",\"1\":\"{a}\",\"9\":\"{a}\"}}"),
        ] {
            assert_eq!(SessionRoots::parse(&wrong), Err(NoSessionRoots), "{wrong}");
        }
        assert!(!NoSessionRoots.to_string().contains(&a) && !format!("{:?}", first()).contains(&a));
    }
}
