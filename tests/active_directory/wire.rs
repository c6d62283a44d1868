//! What goes over the wire.

use crate::world::world;
use recupmail_tests::{Client, Kind, Person};

/// The tag of a ModifyRequest (RFC 4511 section 4.6).
const MODIFY_REQUEST: u8 = 0x66;

fn contains(message: &[u8], part: &[u8]) -> bool {
    message.windows(part.len()).any(|window| window == part)
}

/// The policy-hints control (RFC 4511 section 4.1.11): its OID, that it is critical where it is, and its value,
/// `SEQUENCE { INTEGER 1 }`.
fn policy_hints(critical: bool) -> Vec<u8> {
    let criticality: &[u8] = if critical { &[0x01, 0x01, 0xff] } else { &[] };
    [b"\x04\x171.2.840.113556.1.4.2239", criticality, b"\x04\x05\x30\x03\x02\x01\x01"].concat()
}

#[tokio::test]
async fn the_domain_is_asked_to_apply_its_history_and_age_rules_and_must_if_it_can() {
    let (world, person) = (world(), Person::take(Kind::Complete));
    let mut client = Client::proven(&world.stack, &person).await;
    client.set_password("Tagine-7-citrons-confits").await.is_at("done");
    let name = format!("({})", person["person_id"]);
    let changes: Vec<Vec<u8>> = world
        .proxy
        .take_requests()
        .into_iter()
        .filter(|message| message.contains(&MODIFY_REQUEST) && contains(message, name.as_bytes()))
        .filter(|message| contains(message, b"unicodePwd"))
        .collect();
    let [first, others @ ..] = changes.as_slice() else { panic!("no change of the password passed") };
    assert!(contains(first, &policy_hints(true)), "the first time it must be obeyed");
    // Samba 4.17 does not know it, and says so.
    for other in others {
        assert!(contains(other, &policy_hints(false)), "where it is unknown it is still asked for");
    }
    let quoted: Vec<u8> = "\"Tagine-7-citrons-confits\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for change in &changes {
        assert!(contains(change, &quoted) && contains(change, b"lockoutTime\x31\x03\x04\x010"), "one change");
    }
}
