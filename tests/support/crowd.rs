//! A registry file of as many invented people as are wanted, for measuring imports.

use std::fmt;

/// The header of the registry file of `usms`.
pub const USMS_HEADER: &str = "person_id,profile,display_name,academic_email,directory_id,recovery,phone,\
     recovery_email,locale,apogee,massar,birth_date";

/// Somebody invented, by number; another number is somebody else in everything that must be one's own.
#[derive(Clone, Copy, Debug)]
pub struct Invented(pub u32);

impl fmt::Display for Invented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const GIVEN: [&str; 8] = ["Amina", "Badr", "Chaïma", "Driss", "Élise", "Fouad", "Ghita", "Hamza"];
        const FAMILY: [&str; 7] =
            ["Alaoui", "Berrada", "Chraïbi", "Daoudi", "El Idrissi", "Fassi", "Guessous"];
        let Self(number) = *self;
        let pick = |names: &[&'static str], step: u32| names[(number / step) as usize % names.len()];
        let (given, family) = (pick(&GIVEN, 1), pick(&FAMILY, 8));
        let domain = ["example.com", "example.org", "example.net"][number as usize % 3];
        let letter = char::from(b"ABCDEFGHJKLMNPRSTUVWXYZ"[number as usize % 23]);
        let (year, month, day) = (1995 + number % 12, 1 + number / 12 % 12, 1 + number / 144 % 28);
        write!(
            f,
            "crowd-{number},student,{given} {family},p{number}@usms.ac.ma,p{number}@usms.ac.ma,allowed,\
             +2126{:08},q{number}@{domain},fr,{},{letter}{:09},{year}-{month:02}-{day:02}",
            number,
            40_000_000 + number,
            200_000_000 + number,
        )
    }
}
