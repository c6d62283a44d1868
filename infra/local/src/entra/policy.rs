//! What passwords Entra ID takes: the policy of cloud accounts
//! (<https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>) and banned words by points
//! (<https://learn.microsoft.com/entra/identity/authentication/concept-password-ban-bad>). When a password is reset,
//! the last one may be used again.

/// The banned words of that page's examples.
const BANNED: [&str; 2] = ["contoso", "blank"];
/// Points that a password needs.
const POINTS: usize = 5;

/// Whether it is taken.
pub(super) fn takes(password: &str) -> bool {
    let plain = password.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    (8..=256).contains(&password.len()) && plain && classes(password) >= 3 && points(password) >= POINTS
}

fn classes(password: &str) -> usize {
    let symbol = |byte: &u8| !byte.is_ascii_alphanumeric();
    let classes: [fn(&u8) -> bool; 3] = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
    classes.iter().filter(|class| password.as_bytes().iter().any(class)).count()
        + usize::from(password.as_bytes().iter().any(symbol))
}

/// One for each banned word, one for each other character, once common substitutions are undone.
fn points(password: &str) -> usize {
    let undone = |c: char| match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' => 'l',
        '$' => 's',
        '@' => 'a',
        other => other,
    };
    let mut rest: String = password.chars().map(undone).collect();
    for word in BANNED {
        rest = rest.replace(word, "*");
    }
    rest.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_judges_as_the_reference_does() {
        // Examples of the reference: four points, and five.
        assert!(!takes("C0ntos0Blank12"));
        assert!(takes("ContoS0Bl@nkf9!"));
        for refused in
            ["Short-7", "lower-and-symbols", "Tagine-7-citrons-é", &format!("Aa1{}", "x".repeat(254))]
        {
            assert!(!takes(refused), "{refused}");
        }
        for taken in ["Tagine-7-citrons", "Tagine 7 citrons", &format!("Aa1{}", "x".repeat(253))] {
            assert!(takes(taken), "{taken}");
        }
    }
}
