//! What people's keyboards and clipboards put into a field, and how it is forgiven.

/// Invisible marks that copying from right-to-left or formatted text brings along.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{00AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Arabic-Indic and Extended Arabic-Indic digits as ASCII digits.
fn fold_digit(c: char) -> char {
    let offset = match c {
        '\u{0660}'..='\u{0669}' => u32::from(c) - 0x0660,
        '\u{06F0}'..='\u{06F9}' => u32::from(c) - 0x06F0,
        _ => return c,
    };
    char::from_digit(offset, 10).unwrap_or(c)
}

/// Drops invisible bidi marks and surrounding white space; nothing else.
pub fn without_marks(input: &str) -> String {
    let visible: String = input.chars().filter(|c| !is_invisible(*c)).collect();
    visible.trim().to_owned()
}

/// Numbers and national codes: spaces, dashes and marks dropped, Eastern digits folded, letters
/// upper-cased.
pub fn compact(input: &str) -> String {
    input
        .chars()
        .filter(|c| !is_invisible(*c) && !is_dash(*c) && !c.is_whitespace())
        .map(fold_digit)
        .flat_map(char::to_uppercase)
        .collect()
}

/// Marks dropped, Eastern digits folded, trimmed: dates and telephone numbers before they are parsed.
pub fn with_western_digits(input: &str) -> String {
    without_marks(input).chars().map(fold_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_may_be_pasted_with_spaces_dashes_marks_and_eastern_digits() {
        assert_eq!(compact(" g13-45 67\u{2011}89\u{200F}0 "), "G134567890");
        assert_eq!(compact("١٢٣٤ ۵۶۷۸"), "12345678");
    }

    #[test]
    fn mail_addresses_lose_marks_and_nothing_else() {
        assert_eq!(without_marks(" \u{2066}a-b@example.org\u{2069} "), "a-b@example.org");
    }
}
