//! What programs look for at places that everybody knows (RFC 8615).

use crate::Result;
use jiff::ToSpan;
use jiff::civil::Date;
use recupmail_config::Institution;

/// Whom to tell of a weakness (RFC 9116). It asks for less than a year, so that nobody trusts an old one.
pub(crate) fn security_txt(institution: &Institution, origin: &str, today: Date) -> Result<String> {
    let expires = today.checked_add(364.days())?;
    Ok(format!(
        "Contact: mailto:{}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: {}\n\
         Canonical: {origin}/.well-known/security.txt\n",
        institution.office.email,
        institution.locales.join(", "),
    ))
}

/// Where the server sends people on, by path: password managers ask for the page on which a password is changed
/// (W3C, "A Well-Known URL for Changing Passwords").
pub(crate) fn redirects(identify: &str) -> String {
    serde_json::json!({ "/.well-known/change-password": identify }).to_string()
}
