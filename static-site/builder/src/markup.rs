//! From a text of a locale file to HTML: escaped, its values filled in, its directions isolated.

/// Escapes what is special in text and in double-quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Renders a text; `value_of` gives the HTML of each `{name}`, or why there is none.
pub(crate) fn render<E>(
    text: &str,
    mut value_of: impl FnMut(&str) -> Result<String, E>,
) -> Result<String, E> {
    let text = with_fixed_spaces(text);
    let mut html = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        html.push_str(&isolate(before));
        html.push_str(&value_of(name)?);
        rest = after;
    }
    html.push_str(&isolate(rest));
    Ok(html)
}

/// French sets a space before these marks, which must not begin a line.
fn with_fixed_spaces(text: &str) -> String {
    let mut text = text.replace("« ", "«\u{A0}");
    for mark in [':', ';', '!', '?', '»'] {
        text = text.replace(&format!(" {mark}"), &format!("\u{A0}{mark}"));
    }
    text
}

/// Escapes `text` and wraps each word that reads left to right in any script: `09-08`, `2004-03-27`,
/// `G134567890`, `name@host`. In Arabic text their parts would change places otherwise.
pub(crate) fn isolate(text: &str) -> String {
    let marked = text.split_inclusive(char::is_whitespace).map(|word| {
        let core = word.trim_matches(|c: char| c.is_whitespace() || "().,;:«»،؛؟".contains(c));
        let html = escape(word);
        if !reads_left_to_right(core) {
            return html;
        }
        let core = escape(core);
        html.replacen(&core, &format!("<bdi dir=\"ltr\">{core}</bdi>"), 1)
    });
    marked.collect()
}

/// A word of ASCII that is more than letters or more than digits, or capitals joined by dashes as in
/// AAAA-MM-JJ. Plain words and numbers need no help.
fn reads_left_to_right(word: &str) -> bool {
    let digits = word.bytes().any(|b| b.is_ascii_digit());
    let others = word.bytes().any(|b| !b.is_ascii_digit());
    let capitals = word.contains('-') && word.bytes().all(|b| b == b'-' || b.is_ascii_uppercase());
    word.is_ascii() && word.len() > 1 && (digits && others || capitals || word.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        render(text, |name| Ok::<_, ()>(format!("<i>{name}</i>"))).unwrap()
    }

    #[test]
    fn values_that_read_left_to_right_are_isolated() {
        assert_eq!(html("la loi 09-08, vous"), "la loi <bdi dir=\"ltr\">09-08</bdi>, vous");
        assert_eq!(html("(@usms.ac.ma)"), "(<bdi dir=\"ltr\">@usms.ac.ma</bdi>)");
        assert_eq!(html("مثلا 2004-03-27، هنا"), "مثلا <bdi dir=\"ltr\">2004-03-27</bdi>، هنا");
        assert_eq!(html("(AAAA-MM-JJ)"), "(<bdi dir=\"ltr\">AAAA-MM-JJ</bdi>)");
        assert_eq!(html("100 Go, Office 365, e-mail - là"), "100 Go, Office 365, e-mail - là");
    }

    #[test]
    fn texts_are_escaped_and_filled() {
        assert_eq!(html("<b> & {n}."), "&lt;b&gt; &amp; <i>n</i>.");
    }

    #[test]
    fn french_marks_stay_with_their_word() {
        assert_eq!(html("Où ? « Ici » : là"), "Où\u{A0}? «\u{A0}Ici\u{A0}»\u{A0}: là");
    }
}
