//! The members of a `SendVoiceMessage` request and their constraints.

use super::Refusal;
use super::ssml::spoken;
use serde::Deserialize;

/// Longest body, in characters: of SSML with its tags, and of plain text.
pub(super) const LONGEST_SSML: usize = 6000;
const LONGEST_TEXT: usize = 3000;
/// The values of `VoiceId`.
const VOICES: &str = "AMY ASTRID BIANCA BRIAN CAMILA CARLA CARMEN CELINE CHANTAL CONCHITA CRISTIANO DORA EMMA ENRIQUE EWA \
    FILIZ GERAINT GIORGIO GWYNETH HANS INES IVY JACEK JAN JOANNA JOEY JUSTIN KARL KENDRA KIMBERLY LEA LIV LOTTE LUCIA \
    LUPE MADS MAJA MARLENE MATHIEU MATTHEW MAXIM MIA MIGUEL MIZUKI NAJA NICOLE PENELOPE RAVEENA RICARDO RUBEN RUSSELL \
    SALLI SEOYEON TAKUMI TATYANA VICKI VITORIA ZEINA ZHIYU";

/// The members that we know of; the others are left unread.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendVoiceMessage {
    destination_phone_number: Option<String>,
    pub(super) origination_identity: Option<String>,
    message_body: Option<String>,
    message_body_text_type: Option<String>,
    voice_id: Option<String>,
    time_to_live: Option<i64>,
}

impl SendVoiceMessage {
    /// The number, and what is said there.
    pub(super) fn check(&self) -> Result<(String, String), Refusal> {
        let missing: Vec<_> = [
            ("DestinationPhoneNumber", &self.destination_phone_number),
            ("OriginationIdentity", &self.origination_identity),
            // The service lets it be absent; a call that says nothing would be a mistake of ours.
            ("MessageBody", &self.message_body),
        ]
        .into_iter()
        .filter(|(_, value)| value.is_none())
        .map(|(name, _)| (name, "is required"))
        .collect();
        if !missing.is_empty() {
            return Err(Refusal::Invalid("MISSING_PARAMETER", missing));
        }
        let to = self.destination_phone_number.clone().unwrap_or_default();
        let body = self.message_body.as_deref().unwrap_or_default();
        let (is_ssml, known_type) = match self.message_body_text_type.as_deref() {
            Some("SSML") => (true, true),
            Some("TEXT") | None => (false, true),
            Some(_) => (false, false),
        };
        let longest = if is_ssml { LONGEST_SSML } else { LONGEST_TEXT };
        let voice = self.voice_id.as_deref().unwrap_or("MATTHEW");
        let checks = [
            ("DestinationPhoneNumber", is_number(&to)),
            ("OriginationIdentity", self.origination_identity.as_deref().is_some_and(is_origination)),
            ("MessageBody", !body.trim().is_empty() && body.chars().count() <= longest),
            ("MessageBodyTextType", known_type),
            ("VoiceId", VOICES.split_whitespace().any(|known| known == voice)),
            ("TimeToLive", self.time_to_live.is_none_or(|seconds| (5..=259_200).contains(&seconds))),
        ];
        let wrong = checks.into_iter().filter(|(_, sound)| !sound);
        let wrong: Vec<_> = wrong.map(|(name, _)| (name, "does not satisfy its constraint")).collect();
        if !wrong.is_empty() {
            return Err(Refusal::Invalid("FIELD_VALIDATION_FAILED", wrong));
        }
        let text = if is_ssml { spoken(body) } else { Ok(body.to_owned()) };
        let text =
            text.map_err(|reason| Refusal::Invalid("INVALID_PARAMETER", vec![("MessageBody", reason)]))?;
        Ok((to, text))
    }
}

/// `\+?[1-9][0-9]{1,18}`
fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    (2..=19).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

/// `[A-Za-z0-9_:/\+-]+`, at most 256
fn is_origination(identity: &str) -> bool {
    (1..=256).contains(&identity.len())
        && identity.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:/+-".contains(&b))
}
