//! What a page is shown of a challenge, through the session that asks.

use super::House;
use super::session::{Session, Step};
use crate::challenge::{Challenge, ContactId, MethodId, State};
use crate::clock::Timestamp;
use crate::code::{CodeFormat, ISSUED_CODE};
use crate::password::Policy;
use crate::person::Profile;
use crate::rules::MethodKind;
use crate::secret::Confidential;

/// The state of a recovery. Every duration (in seconds) and count that the pages show comes from here.
#[derive(Clone, Debug)]
pub struct StateView {
    /// What comes next.
    pub step: NextStep,
    /// Seconds until the session ends.
    pub expires_in: u64,
    /// Methods required.
    pub methods_required: u8,
    /// Methods proven.
    pub methods_confirmed: u8,
    /// The methods there are.
    pub methods: Vec<MethodView>,
}

/// What comes next, with what the page for it needs.
#[derive(Clone, Debug)]
pub enum NextStep {
    /// A method is to be chosen.
    ChooseMethod,
    /// The code is to be entered.
    EnterCode(CodeView),
    /// The password is to be set.
    SetPassword(AccountView),
    /// All is done; here the person signs in.
    Done {
        /// The sign-in page of the institution's mail.
        sign_in_url: String,
    },
}

/// A method that can be chosen.
#[derive(Clone, Debug)]
pub struct MethodView {
    /// Its name within the challenge.
    pub id: MethodId,
    /// Its kind.
    pub kind: MethodKind,
    /// By which its owner recognises it.
    pub hint: String,
    /// Whether the full contact must be typed first.
    pub confirm_required: bool,
    /// Whether it is proven.
    pub confirmed: bool,
    /// Seconds until another code may be sent.
    pub resend_in: u64,
    /// Codes that may still be sent.
    pub sends_left: i64,
}

/// The live code.
#[derive(Clone, Debug)]
pub struct CodeView {
    /// By which method it was sent.
    pub method: MethodId,
    /// Its format.
    pub format: CodeFormat,
    /// Seconds until the code or the session ends, whichever is sooner.
    pub expires_in: u64,
    /// Guesses left.
    pub attempts_left: i64,
}

/// The account, shown only to who proved it to be theirs.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// The person's name.
    pub display_name: Confidential<String>,
    /// The institutional address.
    pub email: Confidential<String>,
    /// What a password must be.
    pub password: Policy,
}

impl StateView {
    /// The challenge as this session sees it. A session without the grant sees a fully proven challenge as
    /// one whose code can be entered again, which is what it can do with it.
    pub fn of(challenge: &Challenge, profile: &Profile, session: &Session, house: &House<'_>) -> Self {
        let now = house.clock.now();
        Self {
            step: next_step(challenge, profile, session, house),
            expires_in: now.seconds_until(challenge.expires),
            methods_required: challenge.required,
            methods_confirmed: challenge.confirmed_count(),
            methods: methods(challenge, profile, now, house),
        }
    }
}

fn next_step(challenge: &Challenge, profile: &Profile, session: &Session, house: &House<'_>) -> NextStep {
    if challenge.state == State::Done {
        return NextStep::Done { sign_in_url: house.rules.sign_in_url.clone() };
    }
    if challenge.all_proven() && session.allows(Step::SetPassword) {
        return NextStep::SetPassword(AccountView {
            display_name: profile.display_name.clone().into(),
            email: profile.academic_email.clone().into(),
            password: house.rules.password.clone(),
        });
    }
    let another_required = challenge.live_code_proven() && !challenge.all_proven();
    match &challenge.code {
        Some(code) if !another_required => match code.expires {
            Some(expires) => NextStep::EnterCode(CodeView {
                method: code.method.clone(),
                format: code_format(&code.contact, house),
                expires_in: house.clock.now().seconds_until(expires.min(challenge.expires)),
                attempts_left: challenge.attempts_left(house.rules.limits.guesses),
            }),
            None => NextStep::ChooseMethod,
        },
        _ => NextStep::ChooseMethod,
    }
}

/// What a code looks like that proves this contact.
pub(super) fn code_format(contact: &ContactId, house: &House<'_>) -> CodeFormat {
    if contact.issued_kind().is_some() { ISSUED_CODE } else { house.rules.code }
}

/// The methods in the order of the person's contacts, letter and desk last.
fn methods(challenge: &Challenge, profile: &Profile, now: Timestamp, house: &House<'_>) -> Vec<MethodView> {
    let views = challenge.methods.iter().filter_map(|id| MethodView::of(id, challenge, profile, now, house));
    let mut views: Vec<MethodView> = views.collect();
    views.sort_by_key(|view| (view.kind.issued(), view.id.contact().index(), view.kind));
    views
}

impl MethodView {
    fn of(
        id: &MethodId,
        challenge: &Challenge,
        profile: &Profile,
        now: Timestamp,
        house: &House<'_>,
    ) -> Option<Self> {
        let reached = id.contact();
        let contact = reached.index().and_then(|index| profile.shown().get(index));
        let kind = id.kind(contact)?;
        let sends = challenge.sends.get(&reached)?;
        let limits = &house.rules.limits;
        let left =
            (limits.sends_per_contact - sends.count).min(limits.sends_per_challenge - challenge.sends_total);
        let masked = challenge.masked.contains(reached.as_str());
        Some(Self {
            id: id.clone(),
            kind,
            hint: contact.map(|contact| contact.hint(masked)).unwrap_or_default(),
            confirm_required: house.rules.methods.confirm_contact.contains(&kind),
            confirmed: challenge.confirmed(&reached),
            resend_in: now.seconds_until(sends.next),
            sends_left: left.max(0),
        })
    }
}
