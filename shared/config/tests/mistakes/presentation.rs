//! Names, languages, colours, links and addresses.

use super::check;

#[test]
fn in_names_and_languages() {
    check(
        "usms",
        &[
            ("id = \"usms\"", "id = \"USMS\"", "id", "lower-case letters"),
            ("id = \"usms\"", "id = \"\"", "id", "lower-case letters"),
            ("\"USMS\"", "\"USMS Béni Mellal\"", "short_name", "at most 11 characters, has 16"),
            ("\"USMS\"", "\"\"", "short_name", "is empty"),
            ("\"USMS\"", "\"ÛSMS\"", "short_name", "'Û' is not in the alphabet of SMS"),
            ("[\"fr\"]", "[\"fr\", \"fr\"]", "locales", "twice"),
            ("[\"fr\"]", "[]", "locales", "names no language"),
            ("Africa/Casablanca", "Africa/Atlantis", "time_zone", "is no IANA time zone"),
            ("\"+212\"", "\"212\"", "calling_code", "must be + and one to three digits"),
            ("\"+212\"", "\"+0212\"", "calling_code", "must be + and one to three digits"),
            ("\"ar\", \"zgh\", \"fr\"", "\"ber\"", "branding.names", "names.ber is missing"),
            ("en = ", "English = ", "names.English", "is no language code"),
            ("\"2025-09-01\"", "\"\"", "terms.version", "1 to 32 letters"),
            ("\"2025-09-01\"", "\"September 2025\"", "terms.version", "1 to 32 letters"),
        ],
    );
}

#[test]
fn in_branding_links_and_addresses() {
    check(
        "usms",
        &[
            ("logo.svg", "../logo.svg", "branding.logo", "the name of an SVG file"),
            ("logo.svg", "logo.png", "branding.logo", "the name of an SVG file"),
            ("#0b4f8a", "0b4f8a", "branding.primary", "six hexadecimal digits"),
            ("#0b4f8a", "#0b4f8", "branding.primary", "six hexadecimal digits"),
            ("#0b4f8a", "#0b4fé", "branding.primary", "six hexadecimal digits"),
            (
                "#b3261e",
                "#ff6f61",
                "branding.accent",
                "contrast with white is 2.73, and readers need 5.5: take a darker",
            ),
            ("motif = \"M55", "motif = \"url(M55", "branding.motif", "the commands of an SVG path"),
            ("Microsoft Office 365", "", "branding.partner", "is empty"),
            ("https://recupmail", "http://recupmail", "site", "must be https:// and a host"),
            ("recupmail.usms.ac.ma\" ", "recupmail.usms.ac.ma/\" ", "site", "must be https:// and a host"),
            (
                "https://recupmail.usms",
                "https://recuperation-de-messagerie-academique.usms",
                "site",
                "at most 36 characters",
            ),
            ("https://www.office", "http://www.office", "links.sign_in", "must be an https:// address"),
            ("https://www.office.com/", "https://www office com/", "links.sign_in", "an https:// address"),
            ("<recupmail@usms.ac.ma>", "<recupmail>", "mail.from", "`Name <address>`"),
            ("<recupmail@usms.ac.ma>", "<recupmail@usms.ac.ma", "mail.from", "`Name <address>`"),
            ("RecupMail USMS <", "RécupMail USMS <", "mail.from", "ASCII letters"),
            ("RecupMail USMS <", "RecupMail, USMS <", "mail.from", "ASCII letters"),
            (
                "recupmail-aide@",
                "assistance-recuperation-de-messagerie-etudiante@",
                "office.email",
                "at most 50",
            ),
            ("\"recupmail-aide@usms.ac.ma\"", "\"05 23 48\"", "office.email", "an e-mail address"),
            ("name.fr = \"Pôle", "name.de = \"Pôle", "office.name.fr", "is missing: every locale"),
            ("place.fr = \"Pr", "place.fr = \"\\u0007Pr", "office.place.fr", "control characters"),
        ],
    );
    check(
        "aix-marseille",
        &[
            ("\"imap.ac", "\"imap ac", "mail_client.imap_host", "must be a host"),
            ("993", "99300", "mail_client.imap_port", "must be 1 to 65535, is 99300"),
            ("465", "0", "mail_client.smtp_port", "must be 1 to 65535, is 0"),
            ("user_name.fr", "user_name.de", "mail_client.user_name.fr", "is missing"),
        ],
    );
}
