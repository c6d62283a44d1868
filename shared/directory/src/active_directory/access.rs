//! Who may do what to an account, by its security descriptor.
//!
//! Only what the doctor asks is read: whether somebody has one extended right, such as to reset a password.

/// `User-Force-Change-Password`, 00299570-246d-11d0-a768-00aa006e0529 ([MS-ADTS] section 5.1.3.2.1), in the byte
/// order of a GUID within a packet ([MS-DTYP] section 2.3.4.2).
pub(super) const RESET_PASSWORD: [u8; 16] =
    [0x70, 0x95, 0x29, 0x00, 0x6d, 0x24, 0xd0, 0x11, 0xa7, 0x68, 0x00, 0xaa, 0x00, 0x6e, 0x05, 0x29];

/// Whether the DACL of a self-relative security descriptor ([MS-DTYP] section 2.4.6) gives an extended right
/// to somebody with these SIDs, their groups' among them ([MS-ADTS] section 5.1.3.3.4); `None` if it cannot be
/// read.
pub(super) fn has_right(descriptor: &[u8], sids: &[Vec<u8>], right: &[u8; 16]) -> Option<bool> {
    /// In `Control`: there is a DACL.
    const DACL_PRESENT: u16 = 0x0004;
    let control = u16_at(descriptor, 2)?;
    let offset = usize::try_from(u32_at(descriptor, 16)?).ok()?;
    if control & DACL_PRESENT == 0 || offset == 0 {
        // Without a list everybody may do everything.
        return Some(true);
    }
    let list = descriptor.get(offset..)?;
    // An ACL ([MS-DTYP] section 2.4.5): revision, size, how many entries, each with its own size.
    let count = u16_at(list, 4)?;
    let mut rest = list.get(8..usize::from(u16_at(list, 2)?))?;
    for _ in 0..count {
        let entry = rest.get(..usize::from(u16_at(rest, 2)?))?;
        rest = rest.get(entry.len()..)?;
        // The first entry that concerns the right decides.
        if let Some(allows) = decides(entry, sids, right)? {
            return Some(allows);
        }
    }
    Some(false)
}

/// Whether an entry ([MS-DTYP] section 2.4.4) allows the right or denies it, if it does either.
#[expect(clippy::option_option, reason = "the outer one tells an unreadable entry")]
fn decides(entry: &[u8], sids: &[Vec<u8>], right: &[u8; 16]) -> Option<Option<bool>> {
    /// The entry is for what lies below the object alone.
    const INHERIT_ONLY: u8 = 0x08;
    /// `RIGHT_DS_CONTROL_ACCESS`: the extended right that the entry names, or all of them.
    const CONTROL_ACCESS: u32 = 0x0100;
    let (&[kind, flags], _) = entry.split_first_chunk::<2>()?;
    let (allows, names_object) = match kind {
        0x00 => (true, false),
        0x01 => (false, false),
        0x05 => (true, true),
        0x06 => (false, true),
        // Entries with conditions, for audits or of kinds to come decide nothing here.
        _ => return Some(None),
    };
    let mask = u32_at(entry, 4)?;
    let (object, sid) = if names_object { named_object(entry)? } else { (None, entry.get(8..)?) };
    let sid = sid.get(..sid_length(sid)?)?;
    let concerns = flags & INHERIT_ONLY == 0
        && mask & CONTROL_ACCESS != 0
        && object.is_none_or(|object| object == right)
        && sids.iter().any(|mine| mine == sid);
    Some(concerns.then_some(allows))
}

/// Of an entry for an object, the right it names, if any, and what follows: a SID ([MS-DTYP] section 2.4.4.3).
fn named_object(entry: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    /// A GUID of the right follows; then one of the class that inherits it, if there is one.
    const OBJECT: u32 = 1;
    const INHERITED_OBJECT: u32 = 2;
    let present = u32_at(entry, 8)?;
    let mut rest = entry.get(12..)?;
    let mut object = None;
    if present & OBJECT != 0 {
        object = Some(rest.get(..16)?);
        rest = rest.get(16..)?;
    }
    if present & INHERITED_OBJECT != 0 {
        rest = rest.get(16..)?;
    }
    Some((object, rest))
}

/// Revision, number of parts, authority (6 bytes), parts of 4 bytes ([MS-DTYP] section 2.4.2.2).
fn sid_length(sid: &[u8]) -> Option<usize> {
    Some(8 + 4 * usize::from(*sid.get(1)?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL_ACCESS: u32 = 0x100;
    const WRITE_PROPERTY: u32 = 0x20;
    const OTHER_RIGHT: [u8; 16] = [7; 16];

    /// S-1-5-21-<parts>.
    fn sid(parts: &[u32]) -> Vec<u8> {
        let count = u8::try_from(parts.len() + 1).unwrap();
        let mut sid = vec![1, count, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0];
        sid.extend(parts.iter().flat_map(|part| part.to_le_bytes()));
        sid
    }

    fn entry(kind: u8, flags: u8, mask: u32, body: &[&[u8]]) -> Vec<u8> {
        let body = [&mask.to_le_bytes(), body.concat().as_slice()].concat();
        let size = u16::try_from(body.len() + 4).unwrap();
        [&[kind, flags], size.to_le_bytes().as_slice(), &body].concat()
    }

    fn allow(mask: u32, who: &[u8]) -> Vec<u8> {
        entry(0, 0, mask, &[who])
    }

    fn allow_object(flags: u8, right: &[u8; 16], who: &[u8]) -> Vec<u8> {
        entry(5, flags, CONTROL_ACCESS, &[&1_u32.to_le_bytes(), right, who])
    }

    fn descriptor(entries: &[Vec<u8>]) -> Vec<u8> {
        let body = entries.concat();
        let size = u16::try_from(body.len() + 8).unwrap();
        let count = u16::try_from(entries.len()).unwrap();
        let list = [&[4, 0], size.to_le_bytes().as_slice(), &count.to_le_bytes(), &[0, 0], &body].concat();
        let mut head = vec![1, 0, 4, 0x80];
        head.extend([0_u32, 0, 0, 20].iter().flat_map(|offset| offset.to_le_bytes()));
        [head, list].concat()
    }

    fn may_reset(entries: &[Vec<u8>]) -> Option<bool> {
        has_right(&descriptor(entries), &[sid(&[1, 2, 3, 1103]), sid(&[1, 2, 3, 513])], &RESET_PASSWORD)
    }

    #[test]
    fn the_right_itself_all_rights_and_rights_of_a_group_count() {
        let (me, group) = (sid(&[1, 2, 3, 1103]), sid(&[1, 2, 3, 513]));
        assert_eq!(may_reset(&[allow_object(0, &RESET_PASSWORD, &me)]), Some(true));
        assert_eq!(may_reset(&[allow(CONTROL_ACCESS, &group)]), Some(true));
        let of_a_class = [&3_u32.to_le_bytes(), RESET_PASSWORD.as_slice(), &[9; 16], &me];
        assert_eq!(may_reset(&[entry(5, 0x12, CONTROL_ACCESS, &of_a_class)]), Some(true));
        let any_of_a_class = [&2_u32.to_le_bytes(), [9; 16].as_slice(), &me];
        assert_eq!(may_reset(&[entry(5, 0, CONTROL_ACCESS, &any_of_a_class)]), Some(true));
    }

    #[test]
    fn other_rights_other_people_and_entries_for_others_do_not() {
        let (me, other) = (sid(&[1, 2, 3, 1103]), sid(&[1, 2, 3, 1104]));
        for entry in [
            allow_object(0, &OTHER_RIGHT, &me),
            allow_object(0x0a, &RESET_PASSWORD, &me),
            allow_object(0, &RESET_PASSWORD, &other),
            allow(WRITE_PROPERTY, &me),
            // With a condition ([MS-DTYP] section 2.4.4.17).
            entry(9, 0, CONTROL_ACCESS, &[&me]),
        ] {
            assert_eq!(may_reset(std::slice::from_ref(&entry)), Some(false), "{entry:?}");
        }
        assert_eq!(may_reset(&[]), Some(false));
    }

    #[test]
    fn the_first_entry_that_concerns_the_right_decides() {
        let me = sid(&[1, 2, 3, 1103]);
        let deny = entry(6, 0, CONTROL_ACCESS, &[&1_u32.to_le_bytes(), &RESET_PASSWORD, &me]);
        let deny_other = entry(6, 0, CONTROL_ACCESS, &[&1_u32.to_le_bytes(), &OTHER_RIGHT, &me]);
        let allow = allow(CONTROL_ACCESS, &me);
        assert_eq!(may_reset(&[deny.clone(), allow.clone()]), Some(false));
        assert_eq!(may_reset(&[allow.clone(), deny]), Some(true));
        assert_eq!(may_reset(&[deny_other, allow]), Some(true));
        assert_eq!(may_reset(&[entry(1, 0, CONTROL_ACCESS, &[&me])]), Some(false));
    }

    #[test]
    fn without_a_list_everybody_may() {
        let mut open = descriptor(&[]);
        open[2] = 0;
        assert_eq!(has_right(&open, &[], &RESET_PASSWORD), Some(true));
    }

    #[test]
    fn a_descriptor_that_breaks_off_tells_nothing() {
        let whole = descriptor(&[allow_object(0, &RESET_PASSWORD, &sid(&[1, 2, 3, 1103]))]);
        for length in 0..whole.len() {
            let told = has_right(&whole[..length], &[sid(&[1, 2, 3, 1103])], &RESET_PASSWORD);
            assert_eq!(told, None, "{length} of {} bytes", whole.len());
        }
    }
}
