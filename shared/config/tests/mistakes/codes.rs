//! Methods and codes.

use super::check;

#[test]
fn in_methods_and_codes() {
    check(
        "usms",
        &[
            ("[\"email\", \"sms\"]", "[]", "methods.offered", "names no method"),
            ("[\"email\", \"sms\"]", "[\"email\", \"email\"]", "methods.offered", "twice"),
            (
                "confirm_contact = []",
                "confirm_contact = [\"voice\"]",
                "methods.confirm_contact",
                "not in `offered`",
            ),
            (
                "confirm_contact = []",
                "confirm_contact = [\"letter\"]",
                "methods.confirm_contact",
                "has no contact that could be typed",
            ),
            ("\"+212\" = 1000", "", "methods.countries", "must name where SMS and calls may go"),
            (
                "\"+212\" = 1000",
                "212 = 1000",
                "methods.countries.\"212\"",
                "must be + and one to four digits",
            ),
            ("\"+212\" = 1000", "\"+212\" = 0", "methods.countries.\"+212\"", "must be 1 to 100000, is 0"),
            (
                "[code]",
                "[limits]\nsms_per_day = 0\nsms_per_day_percent = 0\n[code]",
                "limits.sms_per_day",
                "no SMS or call could go out",
            ),
            (
                "length = 8",
                "length = 6",
                "code.length",
                "6 digits hold 19.9 bits, and a code needs 20: take 7",
            ),
            ("length = 8", "length = 12", "code.length", "must be 5 to 10, is 12"),
            ("length = 8", "length = 4", "code.length", "must be 5 to 10, is 4"),
        ],
    );
    check("eceps", &[("\"+32\" = 1000", "", "methods.countries", "must name where SMS and calls may go")]);
}
