//! Calls: the code, twice, in a voice of the language.

use super::*;

#[test]
fn a_call_spells_the_code_twice_in_a_voice_of_the_session_s_language() {
    for (locale, voice, language, letters) in
        [("fr", "LEA", "fr-FR", "fr-FR"), ("en", "AMY", "en-GB", "en-GB"), ("ar", "ZEINA", "arb", "fr-FR")]
    {
        let call = all().code_call(locale, &CodeText { code: "4A", ..CODE }).unwrap();
        let spelled = format!(
            r#"<say-as interpret-as="digits">4</say-as><break time="500ms"/><lang xml:lang="{letters}"><say-as interpret-as="characters">A</say-as></lang>"#
        );
        assert_eq!(call.ssml.matches(&spelled).count(), 2, "{}", call.ssml);
        assert_eq!(call.ssml.matches("<say-as").count(), 4);
        assert!(call.ssml.starts_with(&format!("<speak><lang xml:lang=\"{language}\">")), "{}", call.ssml);
        assert_eq!(call.voice, voice);
        assert!(!call.ssml.contains("Bérrada"), "whoever picks up does not hear whose account it is");
    }
}

#[test]
fn a_call_says_who_calls() {
    let ssml = |locale| all().code_call(locale, &CODE).unwrap().ssml;
    assert!(ssml("fr").contains("ici USMS.") && ssml("fr").contains("Je répète"));
    assert!(ssml("en").contains("this is USMS.") && ssml("en").contains("I repeat"));
    // An Arabic voice stumbles over Latin letters, so it says the name in full.
    assert!(ssml("ar").contains(CODE.institution_name) && !ssml("ar").contains("USMS"));
}

#[test]
fn the_longest_call_is_far_from_the_longest_that_the_service_takes() {
    for (locale, _) in LOCALES {
        let text = CodeText { institution: "Aix-Marseille", code: "A0B8C5D7E4", ..CODE };
        let call = all().code_call(locale, &text).unwrap();
        assert!(call.ssml.chars().count() < 6000 / 2, "{}", call.ssml.chars().count());
    }
}

#[test]
fn names_are_escaped_in_calls() {
    for (locale, _) in LOCALES {
        let names = CodeText { institution: "A&B <C>", institution_name: "A&B <C>", ..CODE };
        let call = all().code_call(locale, &names).unwrap();
        assert!(call.ssml.contains("A&amp;B &lt;C&gt;"), "{}", call.ssml);
    }
}
