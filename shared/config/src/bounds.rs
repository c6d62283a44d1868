//! What an institution may change, and how far (`challenge.md`, Numbers).
//!
//! What an invariant of the challenge states as a most (guesses, sends, starts, typed contacts) may only be
//! lowered. The others keep the order of magnitude that their reason gives.

/// The least and the most that a number may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) least: i64,
    pub(crate) most: i64,
}

impl Bounds {
    const fn new(least: i64, most: i64) -> Self {
        Self { least, most }
    }

    pub(crate) fn hold(self, value: i64) -> bool {
        (self.least..=self.most).contains(&value)
    }
}

/// ASVS 5.0 section 6.5.4: a code holds at least 20 bits.
pub(crate) const CODE_BITS: f64 = 20.0;
/// Five letters and digits hold [`CODE_BITS`]; of digits it takes seven. Codes that are issued beforehand have
/// 12 characters, and the page must know them apart.
pub(crate) const CODE_LENGTH: Bounds = Bounds::new(5, 10);
/// People need a moment to find the message; ASVS 5.0 section 6.5.5 allows ten minutes.
pub(crate) const CODE_LIFE_MINUTES: Bounds = Bounds::new(2, 10);
/// At least a code's life; twice Entra's fifteen minutes for who receives two codes on a slow network.
pub(crate) const SESSION_LIFE_MINUTES: Bounds = Bounds::new(10, 30);
/// Invariant 1 allows five; fewer than three would punish a slip.
pub(crate) const GUESSES: Bounds = Bounds::new(3, 5);
/// An identity number's birth date is one of some thousands: twenty a day would still take months.
pub(crate) const IDENTIFICATIONS: Bounds = Bounds::new(3, 20);
/// Invariant 2 allows twenty.
pub(crate) const STARTS_SINCE_SUCCESS: Bounds = Bounds::new(5, 20);
/// At two, a closed tab still leaves another start.
pub(crate) const STARTS_PER_DAY: Bounds = Bounds::new(2, 20);
/// Invariant 7 allows three.
pub(crate) const SENDS_PER_CONTACT: Bounds = Bounds::new(1, 3);
/// Messages are seldom there sooner; a longer wait would outlive the session.
pub(crate) const SEND_SPACING_SECONDS: Bounds = Bounds::new(20, 300);
/// Two contacts, three sends each; two methods need two.
pub(crate) const SENDS_PER_CHALLENGE: Bounds = Bounds::new(2, 6);
/// E-mails to one address: a family shares it, and nobody's mailbox is flooded.
pub(crate) const EMAILS_PER_HOUR: Bounds = Bounds::new(2, 12);
/// As above.
pub(crate) const EMAILS_PER_DAY: Bounds = Bounds::new(3, 24);
/// SMS and calls to one number: siblings share it, and nobody is rung out of bed.
pub(crate) const SMS_PER_HOUR: Bounds = Bounds::new(2, 8);
/// As above.
pub(crate) const SMS_PER_DAY: Bounds = Bounds::new(3, 16);
/// The institution's SMS in a day at least, whatever its size: each costs money, so a rush is a decision.
pub(crate) const INSTITUTION_SMS_PER_DAY: Bounds = Bounds::new(0, 100_000);
/// The institution's SMS in a day, in hundredths of its people.
pub(crate) const INSTITUTION_SMS_PERCENT: Bounds = Bounds::new(0, 100);
/// SMS and calls to one country in a day.
pub(crate) const COUNTRY_PER_DAY: Bounds = Bounds::new(1, 100_000);
/// Starts from one network in ten minutes: a campus or a carrier may stand behind one address.
pub(crate) const NETWORK_STARTS: Bounds = Bounds::new(30, 10_000);
/// Failed identifications from one network in ten minutes: what a sprayer gets.
pub(crate) const NETWORK_FAILURES: Bounds = Bounds::new(5, 300);
/// Three different contacts typed per challenge; one slip is forgiven at least.
pub(crate) const TYPED_CONTACTS: Bounds = Bounds::new(2, 3);
/// A third contact is none that the registry knows.
pub(crate) const METHODS_REQUIRED: Bounds = Bounds::new(0, 2);
/// A month to answer a complaint in, five years where the law wants them.
pub(crate) const AUDIT_DAYS: Bounds = Bounds::new(30, 1830);
/// A longer quarantine would keep a new term's students out.
pub(crate) const FRESH_CONTACT_DAYS: Bounds = Bounds::new(0, 90);
/// NIST SP 800-63B-4 section 3.1.1.2 asks for eight characters where a second proof stands beside the password;
/// a longest minimum above [`PASSWORD_MAX`] would refuse every password.
pub(crate) const PASSWORD_MIN: Bounds = Bounds::new(8, 64);
/// The least where a profile requires fewer than two methods.
pub(crate) const PASSWORD_LEAST_ALONE: i64 = 12;
/// NIST asks to take 64, Entra takes 256.
pub(crate) const PASSWORD_MAX: Bounds = Bounds::new(64, 256);
/// There are four classes.
pub(crate) const PASSWORD_CLASSES: Bounds = Bounds::new(0, 4);
/// TCP's.
pub(crate) const PORT: Bounds = Bounds::new(1, 65_535);

/// Seconds until a directory must be reached, and until it must answer. The time that all directories have together
/// (12 s) cuts both short where they add up to more.
pub(crate) const DIRECTORY_CONNECT_SECONDS: Bounds = Bounds::new(1, 4);
pub(crate) const DIRECTORY_OPERATION_SECONDS: Bounds = Bounds::new(1, 8);
/// What Entra ID takes, whatever else is configured: 8 to 256 characters of three classes, all of ASCII
/// (<https://learn.microsoft.com/entra/identity/authentication/concept-password-ban-bad-combined-policy>).
pub(crate) const ENTRA_PASSWORD: (usize, usize, usize) = (8, 256, 3);
