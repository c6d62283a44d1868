//! `recupctl lookup`.

use crate::commands::audit::{AuditLine, lines_of};
use crate::ending::{Ending, Failure, Outcome};
use crate::moment::{Moment, minute, zone};
use crate::person::{Found, nobody};
use crate::place::{Place, Whereabouts};
use crate::terminal::{say, tell};
use clap::{ArgGroup, Args};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::contact::Contact;
use recupmail_domain::issued::{IssuedCode, IssuedKind};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::limits::ROUTES;
use recupmail_domain::ports::{DescribeRegistry, FindIssued, FindPerson, ReadLimit};
use recupmail_domain::rules::MethodKind;
use serde::Serialize;
use std::collections::BTreeSet;

/// How many of the last audit records are shown.
const LAST: usize = 10;

const EXAMPLES: &str = "\
Contacts are shown as the person sees them, masked; codes are never shown, nobody knows them.
What stands on the command line stays in the shell's history: prefer the person_id.

Examples:
  recupctl lookup usms-0001
  recupctl lookup usms-0001 --json
  recupctl lookup --scheme student --field apogee=20041234 --field massar=G134567890 --field birth_date=2004-03-27

Exit codes: 0 found; 1 the registry knows nobody like this; 2 not done, and standard error says why.";

/// Shows what is known of a person.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[command(group(ArgGroup::new("who").required(true).args(["person", "scheme"])))]
pub(crate) struct Arguments {
    /// The person's person_id.
    person: Option<String>,

    /// The identity scheme that the person would use on the site.
    #[arg(long, requires = "field")]
    scheme: Option<String>,

    /// A field of the scheme; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", requires = "scheme")]
    field: Vec<String>,

    /// Prints it as JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let place = at.open().await?;
        let person = match &self.person {
            Some(id) => Some(place.keys.person(id.trim())),
            None => self.claimant(&place).await?,
        };
        let found = match person {
            Some(person) => Found::of(&place, &place.people()?, person).await?,
            None => None,
        };
        let Some(found) = found else {
            let said = self.person.as_ref().map_or_else(
                || "the registry knows nobody with these fields together".into(),
                |id| nobody(id).to_string(),
            );
            tell!("recupctl: {said}");
            return Ok(Ending::InPart);
        };
        let view = View::of(&place, &found).await?;
        if self.json {
            say!("{}", serde_json::to_string_pretty(&view)?)?;
        } else {
            view.print(&place)?;
        }
        Ok(Ending::Done)
    }

    /// Who can make the claim that the fields make.
    async fn claimant(&self, place: &Place) -> Result<Option<KeyedHash>, Failure> {
        let schemes = &place.rules.schemes;
        let scheme =
            schemes.iter().find(|scheme| Some(&scheme.id) == self.scheme.as_ref()).ok_or_else(|| {
                let known: Vec<&str> = schemes.iter().map(|scheme| scheme.id.as_str()).collect();
                format!("there is no such scheme; there is {}", known.join(", "))
            })?;
        let pair = |field: &String| field.split_once('=').map(|(name, value)| (name.into(), value.into()));
        let given = self.field.iter().map(pair).collect::<Option<_>>();
        let given = given.ok_or("--field takes NAME=VALUE")?;
        let claim = scheme.claim(&given, &place.rules.calling_code).map_err(|errors| {
            let wrong: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
            format!("these fields are missing, wrong or unknown: {}", wrong.join(", "))
        })?;
        let record = place.people()?.find_person(claim.lookup(&place.keys)).await?;
        Ok(record.map(|record| record.person))
    }
}

/// What is shown of a person.
#[derive(Serialize)]
struct View {
    display_name: String,
    academic_email: String,
    profile: String,
    recovery: &'static str,
    locale: String,
    /// Whether the registry names an account.
    activated: bool,
    /// Whether a password was set here.
    password_set_here: bool,
    schemes: BTreeSet<String>,
    contacts: Vec<ContactView>,
    issued: Vec<IssuedView>,
    starts: Vec<StartsView>,
    audit: Vec<AuditLine>,
}

#[derive(Serialize)]
struct ContactView {
    kind: &'static str,
    hint: String,
    /// By which methods it is reached here.
    methods: Vec<&'static str>,
    /// When an import changed it; none for a contact that was always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<Moment>,
}

#[derive(Serialize)]
struct IssuedView {
    kind: &'static str,
    state: &'static str,
    issued_at: Moment,
    expires_at: Moment,
    #[serde(skip_serializing_if = "String::is_empty")]
    batch: String,
}

#[derive(Serialize)]
struct StartsView {
    route: &'static str,
    since_success: u32,
    of: u32,
}

impl View {
    async fn of(place: &Place, found: &Found) -> Result<Self, Failure> {
        let (person, profile, now) = (found.person, &found.profile, place.now()?);
        let common = place.people()?.describe_registry().await?.common_domains;
        let contact = |(contact, since): (&Contact, Option<Timestamp>)| ContactView {
            kind: if contact.domain().is_some() { "email" } else { "phone" },
            hint: contact.hint(contact.domain().is_some_and(|domain| !common.contains_key(domain))),
            methods: place.rules.methods.of(contact).into_iter().map(MethodKind::name).collect(),
            changed_at: since.filter(|at| at.as_millis() > 0).map(Moment),
        };
        let (issued, starts) = (place.issued()?, place.starts()?);
        let mut codes = Vec::new();
        for kind in [IssuedKind::Letter, IssuedKind::Desk] {
            let code = issued.find_issued(person, kind).await?;
            codes.extend(code.map(|code| issued_view(kind, &code, now)));
        }
        let mut started = Vec::new();
        for route in ROUTES {
            let counter = place.rules.limits.start(person, route, now);
            let since_success = starts.spent(&counter).await?;
            let route = route.map_or("usual", IssuedKind::name);
            started.push(StartsView { route, since_success, of: place.rules.limits.starts_since_success });
        }
        let mut audit = lines_of(place, person, Timestamp::from_millis(0)).await?;
        audit.drain(..audit.len().saturating_sub(LAST));
        Ok(Self {
            display_name: profile.display_name.clone(),
            academic_email: profile.academic_email.clone(),
            profile: found.record.profile.clone(),
            recovery: if found.record.recovery_allowed { "allowed" } else { "denied" },
            locale: profile.locale.clone(),
            activated: profile.directory_id.is_some(),
            password_set_here: place.accounts()?.password_hash(found.person).await?.is_some(),
            schemes: found.known.schemes.clone(),
            contacts: found.contacts().map(contact).collect(),
            issued: codes,
            starts: started,
            audit,
        })
    }

    fn print(&self, place: &Place) -> Result<(), Failure> {
        let yes = |holds| if holds { "yes" } else { "no" };
        let zone = zone(&place.institution);
        say!("{} <{}>", self.display_name, self.academic_email)?;
        say!("  profile          {}, recovery {}", self.profile, self.recovery)?;
        say!("  account          {}", if self.activated { "in the registry" } else { "never activated" })?;
        say!("  password here    {}", yes(self.password_set_here))?;
        say!("  schemes          {}", self.schemes.iter().cloned().collect::<Vec<_>>().join(", "))?;
        for contact in &self.contacts {
            let methods = if contact.methods.is_empty() {
                "nothing is sent there".to_owned()
            } else {
                contact.methods.join(", ")
            };
            let changed = contact.changed_at.map(|at| format!(", changed {}", minute(at.0, &zone)));
            let changed = changed.unwrap_or_default();
            say!("  {:16} {} ({methods}{changed})", contact.kind, contact.hint)?;
        }
        if self.contacts.is_empty() {
            say!("  contacts         none")?;
        }
        for code in &self.issued {
            let batch = if code.batch.is_empty() { String::new() } else { format!(", batch {}", code.batch) };
            say!(
                "  {:16} {}, issued {}, until {}{batch}",
                code.kind,
                code.state,
                minute(code.issued_at.0, &zone),
                minute(code.expires_at.0, &zone)
            )?;
        }
        for starts in self.starts.iter().filter(|starts| starts.since_success > 0 || starts.route == "usual")
        {
            let StartsView { route, since_success, of } = starts;
            say!("  starts           {since_success} of {of} since the last success ({route})")?;
        }
        for line in &self.audit {
            say!("  {}", line.text(&zone))?;
        }
        Ok(())
    }
}

fn issued_view(kind: IssuedKind, code: &IssuedCode, now: Timestamp) -> IssuedView {
    let state = match code {
        IssuedCode { used: Some(_), .. } => "used",
        IssuedCode { revoked: Some(_), .. } => "revoked",
        code if code.good(now) => "good",
        _ => "expired",
    };
    IssuedView {
        kind: kind.name(),
        state,
        issued_at: Moment(code.issued),
        expires_at: Moment(code.expires),
        batch: code.batch.clone(),
    }
}
