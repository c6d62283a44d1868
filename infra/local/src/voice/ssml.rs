//! Reads speech synthesis markup (W3C SSML 1.1) as far as Amazon Polly knows it, and tells what would be heard.

use xmlparser::{ElementEnd, Reference, Stream, Token, Tokenizer};

/// The tags that Amazon Polly knows for all kinds of voices.
const TAGS: [&str; 11] =
    ["speak", "break", "lang", "mark", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"];
/// The ways of `say-as` that spell.
const SPELLING: [&str; 3] = ["digits", "characters", "spell-out"];

/// What is heard. Characters that are spelled one by one stand together, and what is spelled again is
/// shown as an ellipsis.
#[derive(Default)]
struct Heard {
    text: String,
    spelling: String,
    spelled: Vec<String>,
}

impl Heard {
    fn words(&mut self, words: &str) {
        if !words.trim().is_empty() {
            self.end_spelling();
            self.text.push_str(words);
        }
    }

    fn end_spelling(&mut self) {
        let spelling = std::mem::take(&mut self.spelling);
        if spelling.is_empty() {
            return;
        }
        self.text.push(' ');
        if self.spelled.contains(&spelling) {
            self.text.push('…');
        } else {
            self.text.push_str(&spelling);
            self.spelled.push(spelling);
        }
        self.text.push(' ');
    }
}

/// What is heard of a text; or what is wrong with it.
pub(crate) fn spoken(ssml: &str) -> Result<String, &'static str> {
    let (mut heard, mut open, mut spells) = (Heard::default(), Vec::new(), false);
    for token in Tokenizer::from(ssml) {
        match token.map_err(|_| "is not well-formed")? {
            Token::ElementStart { prefix, local, .. } => {
                let name = local.as_str();
                if !prefix.is_empty() || !TAGS.contains(&name) || open.is_empty() != (name == "speak") {
                    return Err("has a tag where it is not known");
                }
                open.push(name);
                spells = false;
            }
            Token::Attribute { local, value, .. } => {
                spells |= local.as_str() == "interpret-as" && SPELLING.contains(&value.as_str());
            }
            Token::ElementEnd { end: ElementEnd::Close(_, local), .. }
                if open.last() != Some(&local.as_str()) =>
            {
                return Err("closes a tag that is not open");
            }
            Token::ElementEnd { end: ElementEnd::Close(..) | ElementEnd::Empty, .. } => {
                open.pop();
                spells = false;
            }
            Token::Text { text } if spells => heard.spelling.push_str(&read(text.as_str())?),
            Token::Text { text } => heard.words(&read(text.as_str())?),
            Token::ElementEnd { end: ElementEnd::Open, .. } => {}
            _ => return Err("is more than tags and text"),
        }
    }
    heard.end_spelling();
    let complete = open.is_empty() && !heard.text.trim().is_empty();
    if !complete {
        return Err("ends before its tags do, or says nothing");
    }
    Ok(heard.text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text with its references read.
fn read(text: &str) -> Result<String, &'static str> {
    let (mut stream, mut read) = (Stream::from(text), String::new());
    while !stream.at_end() {
        match stream.try_consume_reference() {
            Some(Reference::Char(c)) => read.push(c),
            Some(Reference::Entity(_)) => return Err("refers to what is not known"),
            None => match stream.slice_tail().as_str().chars().next() {
                Some('&') | None => return Err("has a bare ampersand"),
                Some(c) => {
                    read.push(c);
                    stream.advance(c.len_utf8());
                }
            },
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_stands_together_and_once() {
        let digit = |d| format!(r#"<say-as interpret-as="digits">{d}</say-as><break time="1s"/> "#);
        let code = [4, 0, 2].map(digit).concat();
        let text = format!(
            "<speak>Code : {code}<p>Encore : <prosody rate=\"slow\">{code}</prosody></p>Fin.</speak>"
        );
        assert_eq!(spoken(&text).unwrap(), "Code : 402 Encore : … Fin.");
    }

    #[test]
    fn names_are_heard_as_they_are_written() {
        assert_eq!(spoken("<speak>A&amp;B&#x27;s &lt;C&gt;</speak>").unwrap(), "A&B's <C>");
    }

    #[test]
    fn what_polly_does_not_read_is_refused() {
        for wrong in [
            "",
            "Bonjour",
            "<speak></speak>",
            "<speak>Bonjour",
            "<speak>A & B</speak>",
            "<speak><p>A</speak></p>",
            "<speak>A</speak>B",
            "<p>A</p>",
            "<speak><b>A</b></speak>",
            "<speak><speak>A</speak></speak>",
            "<speak>&nbsp;A</speak>",
            "<speak time=1>A</speak>",
        ] {
            assert!(spoken(wrong).is_err(), "{wrong}");
        }
    }
}
