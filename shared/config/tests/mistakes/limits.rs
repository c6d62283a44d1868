//! Passwords, privacy and limits.

use super::{check, edited, faults, shipped};

#[test]
fn in_passwords_privacy_and_limits() {
    check(
        "usms",
        &[
            ("min = 12", "min = 8", "password.min", "must be 12 or more, unless every profile"),
            ("min = 12", "min = 65", "password.min", "must be 8 to 64, is 65"),
            ("max = 256", "max = 257", "password.max", "must be 64 to 256, is 257"),
            ("max = 256", "max = 20", "password.max", "must be 64 to 256, is 20"),
            ("classes = 3", "classes = 5", "password.classes", "must be 0 to 4, is 5"),
            ("[mail]", "[privacy]\naudit_days = 29\n[mail]", "privacy.audit_days", "30 to 1830, is 29"),
            ("[mail]", "[privacy]\naudit_days = 1831\n[mail]", "privacy.audit_days", "30 to 1830, is 1831"),
            ("[mail]", "[privacy]\nfresh_contact_days = 91\n[mail]", "privacy.fresh_contact_days", "0 to 90"),
        ],
    );
    check("eceps", &[("min = 8", "min = 7", "password.min", "must be 8 to 64, is 7")]);

    for (limit, place, words) in [
        ("code_life_minutes = 1", "code_life_minutes", "must be 2 to 10, is 1"),
        ("code_life_minutes = 11", "code_life_minutes", "must be 2 to 10, is 11"),
        ("session_life_minutes = 31", "session_life_minutes", "must be 10 to 30, is 31"),
        ("guesses = 6", "guesses", "must be 3 to 5, is 6"),
        ("identifications = 1000", "identifications", "must be 3 to 20, is 1000"),
        ("starts_since_success = 21", "starts_since_success", "must be 5 to 20, is 21"),
        ("starts_per_day = 1", "starts_per_day", "must be 2 to 20, is 1"),
        ("starts_since_success = 6\nstarts_per_day = 7", "starts_per_day", "at most `starts_since_success`"),
        ("sends_per_contact = 4", "sends_per_contact", "must be 1 to 3, is 4"),
        ("sends_per_challenge = 2", "sends_per_contact", "at most `sends_per_challenge`"),
        ("sends_per_challenge = 7", "sends_per_challenge", "must be 2 to 6, is 7"),
        ("send_spacing_seconds = [10, 60, 120]", "send_spacing_seconds", "must be 20 to 300, is 10"),
        ("send_spacing_seconds = [60, 30, 120]", "send_spacing_seconds", "must not fall"),
        ("emails = { hour = 13, day = 24 }", "emails.hour", "must be 2 to 12, is 13"),
        ("emails = { hour = 6, day = 25 }", "emails.day", "must be 3 to 24, is 25"),
        ("emails = { hour = 6, day = 5 }", "emails.hour", "must be at most `day`"),
        ("sms = { hour = 1, day = 8 }", "sms.hour", "must be 2 to 8, is 1"),
        ("sms = { hour = 4, day = 100 }", "sms.day", "must be 3 to 16, is 100"),
        ("sms_per_day = 100001", "sms_per_day", "must be 0 to 100000, is 100001"),
        ("sms_per_day_percent = 101", "sms_per_day_percent", "must be 0 to 100, is 101"),
        ("network_starts = 10001", "network_starts", "must be 30 to 10000, is 10001"),
        ("network_failures = 4", "network_failures", "must be 5 to 300, is 4"),
        ("network_starts = 40\nnetwork_failures = 50", "network_failures", "at most `network_starts`"),
        ("typed_contacts = 4", "typed_contacts", "must be 2 to 3, is 4"),
    ] {
        let faults = faults(&edited(&shipped("usms"), "[mail]", &format!("[limits]\n{limit}\n\n[mail]")));
        let [fault] = faults.as_slice() else { panic!("{limit}: not one fault, but {faults:#?}") };
        assert_eq!(fault.place, format!("limits.{place}"), "{fault}");
        assert!(fault.reason.contains(words), "{fault}");
    }
}
