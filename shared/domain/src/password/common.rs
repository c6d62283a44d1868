//! Common passwords, also with the usual decoration.

use std::collections::HashSet;
use std::sync::LazyLock;

/// One a line, lower-cased; where they come from stands in `common_passwords.README.md`.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Whether a password is on the list, as it is, without the digits and symbols around it, or with letters
/// for look-alikes.
pub(super) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let letters = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    let spelled = spelled_out(&lower);
    [letters(&lower), letters(&spelled), spelled, lower].iter().any(|form| COMMON.contains(form.as_str()))
        || COMMON.contains(letters(&spelled_out(decoration_cut(password).to_lowercase().as_str())).as_str())
}

/// Without the digits and symbols at the end, which may hold look-alikes that are none.
fn decoration_cut(password: &str) -> &str {
    password.trim_end_matches(|c: char| !c.is_alphabetic())
}

fn spelled_out(password: &str) -> String {
    password
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            '8' => 'b',
            other => other,
        })
        .collect()
}
