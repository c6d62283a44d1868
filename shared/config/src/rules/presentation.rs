//! Names, languages, colours, links and addresses.

use super::codes::is_calling_code;
use super::schemes::{ID, is_id};
use crate::bounds;
use crate::fault::Faults;
use crate::institution::{Branding, Institution, MailClient, host_of};
use recupmail_domain::contact::Contact;
use std::path::Path;

/// The alphabet of GSM 03.38 (3GPP TS 23.038 section 6.2.1) less its Greek letters and controls: one other
/// character, and an SMS holds 70 instead of 160.
const GSM: &str = " @£$¥èéùìòÇØøÅå_ÆæßÉ!\"#¤%&'()*+,-./0123456789:;<=>?¡\
    ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// An SMS of 160 characters has room for so long a name beside its text, …
const SHORT_NAME_CHARACTERS: usize = 11;
/// … the site's host and a code …
const HOST_CHARACTERS: usize = 36;
/// … or the office's address.
const OFFICE_CHARACTERS: usize = 50;
/// 4.5 for text of ordinary size (WCAG 2.2 success criterion 1.4.3), and that on the pages' tints too: 9 % of a dark
/// colour in white take a fifth of it away.
const CONTRAST: f64 = 5.5;

pub(super) fn check(institution: &Institution, faults: &mut Faults) {
    faults.ensure(is_id(&institution.id), "id", ID);
    check_languages(institution, faults);
    check_branding(&institution.branding, faults);
    check_addresses(institution, faults);
    let version = &institution.terms.version;
    let sound = (1..=32).contains(&version.len())
        && version.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    faults.ensure(sound, "terms.version", "must be 1 to 32 letters, digits, dots, dashes and underscores");
    if let Some(mail_client) = &institution.mail_client {
        check_mail_client(mail_client, &institution.locales, faults);
    }
}

fn check_languages(institution: &Institution, faults: &mut Faults) {
    let locales = &institution.locales;
    faults.ensure(!locales.is_empty(), "locales", "names no language");
    for (index, locale) in locales.iter().enumerate() {
        if !is_language(locale) {
            faults.add(
                "locales",
                format!("{locale:?} is no language code of two or three letters, such as \"fr\""),
            );
        }
        if locales[..index].contains(locale) {
            faults.add("locales", format!("names \"{locale}\" twice"));
        }
    }
    for language in institution.names.keys().filter(|language| !is_language(language)) {
        faults.add(format!("names.{language}"), "is no language code of two or three letters, such as `fr`");
    }
    faults.said("names", &institution.names, locales);
    for language in institution.branding.names.iter().filter(|it| !institution.names.contains_key(*it)) {
        faults.add("branding.names", format!("names.{language} is missing: the header shows it"));
    }
    faults.line("short_name", &institution.short_name, SHORT_NAME_CHARACTERS);
    if let Some(strange) = institution.short_name.chars().find(|c| !GSM.contains(*c)) {
        faults.add(
            "short_name",
            format!("{strange:?} is not in the alphabet of SMS (GSM 03.38), which begin with this name"),
        );
    }
    faults.ensure(
        jiff::tz::TimeZone::get(&institution.time_zone).is_ok(),
        "time_zone",
        "is no IANA time zone, such as \"Europe/Paris\"",
    );
    faults.ensure(
        is_calling_code(&institution.calling_code, 3),
        "calling_code",
        "must be + and one to three digits, such as \"+33\"",
    );
}

fn is_language(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
}

fn check_branding(branding: &Branding, faults: &mut Faults) {
    let logo = &branding.logo;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    faults.ensure(
        Path::new(logo).extension().is_some_and(|end| end == "svg") && logo.bytes().all(plain),
        "branding.logo",
        "must be the name of an SVG file beside this one, such as \"logo.svg\"",
    );
    for (place, colour) in [("branding.primary", &branding.primary), ("branding.accent", &branding.accent)] {
        match luminance(colour).map(|luminance| 1.05 / (luminance + 0.05)) {
            None => faults.add(place, "must be # and six hexadecimal digits, such as \"#0b4f8a\""),
            Some(contrast) if contrast < CONTRAST => faults.add(
                place,
                format!(
                    "its contrast with white is {contrast:.2}, and readers need {CONTRAST}: \
                     take a darker colour"
                ),
            ),
            Some(_) => {}
        }
    }
    if let Some(motif) = &branding.motif {
        let drawn = |b: u8| b.is_ascii_digit() || b"MmLlHhVvCcSsQqTtAaZz .,-".contains(&b);
        faults.ensure(
            (1..=MOTIF_BYTES).contains(&motif.len()) && motif.bytes().all(drawn),
            "branding.motif",
            "must be the commands of an SVG path, 600 characters at most, such as \"M0 0h100v100z\"",
        );
    }
    if let Some(partner) = &branding.partner {
        faults.line("branding.partner", partner, 60);
    }
}

/// The first page has 4 KB.
const MOTIF_BYTES: usize = 600;

/// The relative luminance of a colour (WCAG 2.2, "relative luminance").
fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |index: usize| {
        let value = f64::from(u8::from_str_radix(&digits[index..index + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}

fn check_addresses(institution: &Institution, faults: &mut Faults) {
    let site = &institution.site;
    let host = site.strip_prefix("https://").unwrap_or_default();
    faults.ensure(
        is_host(host),
        "site",
        "must be https:// and a host, such as \"https://recupmail.example.edu\"",
    );
    if host_of(site).chars().count() > HOST_CHARACTERS {
        faults.add(
            "site",
            format!(
                "its host must have at most {HOST_CHARACTERS} characters, for an SMS holds it beside a code"
            ),
        );
    }
    let sign_in = &institution.links.sign_in;
    let sound = sign_in.strip_prefix("https://").is_some_and(|rest| is_host(host_of(rest)))
        && !sign_in.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>".contains(c));
    faults.ensure(sound, "links.sign_in", "must be an https:// address");

    faults.ensure(
        is_sender(&institution.mail.from),
        "mail.from",
        "must be a sender, `Name <address>` or an address alone, the name of ASCII letters, digits and spaces",
    );
    faults.said("office.name", &institution.office.name, &institution.locales);
    faults.said_if_any("office.place", &institution.office.place, &institution.locales);
    let office = &institution.office.email;
    faults.ensure(is_address(office), "office.email", "must be an e-mail address");
    if office.chars().count() > OFFICE_CHARACTERS {
        faults.add(
            "office.email",
            format!("must have at most {OFFICE_CHARACTERS} characters, for an SMS holds it"),
        );
    }
}

fn check_mail_client(file: &MailClient, locales: &[String], faults: &mut Faults) {
    for (name, host, port) in
        [("imap", &file.imap_host, file.imap_port), ("smtp", &file.smtp_host, file.smtp_port)]
    {
        let host_place = format!("mail_client.{name}_host");
        faults.ensure(is_host(host), &host_place, "must be a host, such as \"imap.example.edu\"");
        let _: u16 = faults.within(&format!("mail_client.{name}_port"), port, bounds::PORT);
    }
    faults.said("mail_client.user_name", &file.user_name, locales);
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.contains('.') && text.len() <= 253 && text.split('.').all(label)
}

/// Whether SES takes this as a source: it encodes nothing, and other punctuation would need quotes.
fn is_sender(text: &str) -> bool {
    let (name, address) = match text.rsplit_once('<') {
        None => ("", Some(text)),
        Some((name, rest)) => (name, rest.strip_suffix('>')),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_'&+/".contains(c);
    name.chars().all(plain) && address.is_some_and(|address| address.is_ascii() && is_address(address))
}

fn is_address(text: &str) -> bool {
    Contact::email(text).is_ok_and(|contact| contact.as_str().eq_ignore_ascii_case(text))
}
