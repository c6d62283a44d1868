//! The two roots: whether they can be read and used, and whether the right one of them is rotated.

use super::Findings;
use super::unasked::unasked;
use crate::moment::day;
use jiff::tz::TimeZone;
use recupmail_config::{Environment, EnvironmentError, RootSecrets, SessionRoots, Store, system_clock};
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::secret::Confidential;
use recupmail_inspect::{Asked, SecretState, inspect_secret, read_secret};
use std::time::Duration;

const REGISTRY: &str = "registry root";
const SESSION: &str = "session root";
/// How late a rotation may be: Secrets Manager begins it within a day.
const LATE: Duration = Duration::from_hours(48);

/// What is wrong with a root was said already.
struct Said;

/// Checks both, and gives the environment back with those that secrets hold.
pub(super) async fn check(environment: Environment, findings: &mut Findings) -> Environment {
    match environment.root_secrets() {
        Ok(Some(secrets)) => from_secrets(environment, &secrets, findings).await,
        Ok(None) => {
            use_them(&environment, findings);
            if !environment.is_local() {
                unnamed(REGISTRY, "RECUPMAIL_REGISTRY_ROOT_SECRET", findings);
                unnamed(SESSION, "RECUPMAIL_SESSION_ROOT_SECRET", findings);
            }
            environment
        }
        Err(cause) => {
            findings.error("roots", cause.to_string(), "set the usual AWS variables");
            environment
        }
    }
}

async fn from_secrets(
    environment: Environment,
    secrets: &RootSecrets,
    findings: &mut Findings,
) -> Environment {
    let registry = if let Some(id) = &secrets.registry {
        registry_root(&secrets.service, id, findings).await.map(Some)
    } else {
        unnamed(REGISTRY, "RECUPMAIL_REGISTRY_ROOT_SECRET", findings);
        Ok(None)
    };
    let session = if let Some(id) = &secrets.session {
        session_roots(&secrets.service, id, findings).await.map(Some)
    } else {
        unnamed(SESSION, "RECUPMAIL_SESSION_ROOT_SECRET", findings);
        Ok(None)
    };
    let all_read = registry.is_ok() && session.is_ok();
    let session = session.ok().flatten();
    let environment = environment.with_roots(registry.ok().flatten(), session.as_ref());
    if all_read {
        use_them(&environment, findings);
    }
    environment
}

fn unnamed(what: &str, name: &str, findings: &mut Findings) {
    let remedy = "set it to the secret's ARN, an output of the template";
    findings.warn(what, format!("{name} is not set: nobody looked at this secret"), remedy);
}

fn use_them(environment: &Environment, findings: &mut Findings) {
    const RESTORE: &str = "restore the root that the registry was made with, from where it is kept; for a new \
                           deployment alone, make one with `openssl rand -base64 32`";
    match environment.keys() {
        Ok(_) => findings.ok("roots", "two, 32 bytes each, not the same"),
        Err(cause @ EnvironmentError::Missing("RECUPMAIL_SESSION_ROOT")) => {
            let remedy = "set RECUPMAIL_SESSION_ROOT_SECRET to the secret's ARN, an output of the template";
            findings.error("roots", cause.to_string(), remedy);
        }
        Err(cause) => findings.error("roots", cause.to_string(), RESTORE),
    }
}

async fn registry_root(
    service: &Store,
    id: &str,
    findings: &mut Findings,
) -> Result<Confidential<String>, Said> {
    let (state, root) = open(service, REGISTRY, id, findings).await?;
    if state.rotates {
        findings.error(
            REGISTRY,
            "is rotated by schedule: after the next time nobody in the registry can be found",
            format!("stop it now: aws secretsmanager cancel-rotate-secret --secret-id {id}"),
        );
    } else {
        findings.ok(REGISTRY, "can be read, and is not rotated");
    }
    Ok(root)
}

async fn session_roots(service: &Store, id: &str, findings: &mut Findings) -> Result<SessionRoots, Said> {
    let (state, text) = open(service, SESSION, id, findings).await?;
    let roots = SessionRoots::parse(text.reveal()).map_err(|cause| {
        findings.error(
            SESSION,
            cause.to_string(),
            format!(
                "bring the version before back: aws secretsmanager list-secret-version-ids --secret-id {id} names \
                 it, update-secret-version-stage gives it AWSCURRENT"
            ),
        );
        Said
    })?;
    judge_rotation(id, state, system_clock(None).now(), findings);
    Ok(roots)
}

/// A secret's text, if it can be read.
async fn open(
    service: &Store,
    what: &str,
    id: &str,
    findings: &mut Findings,
) -> Result<(SecretState, Confidential<String>), Said> {
    const RIGHTS: &str = "secretsmanager:DescribeSecret, secretsmanager:GetSecretValue";
    let state = match inspect_secret(service, id).await {
        Asked::Told(Some(state)) => state,
        Asked::Told(None) => {
            let remedy = "deploy the template, or correct the name; is the region right?";
            findings.error(what, format!("{id} does not exist"), remedy);
            return Err(Said);
        }
        other => {
            unasked(what, other, RIGHTS, findings);
            return Err(Said);
        }
    };
    if state.deleted {
        let remedy = format!("take it back now: aws secretsmanager restore-secret --secret-id {id}");
        findings.error(what, "is marked for deletion: no function can start", remedy);
        return Err(Said);
    }
    match read_secret(service, id).await {
        Asked::Told(text) => Ok((state, text)),
        other => {
            unasked(what, other, RIGHTS, findings);
            Err(Said)
        }
    }
}

fn judge_rotation(id: &str, state: SecretState, now: Timestamp, findings: &mut Findings) {
    let date = |at: Timestamp| day(at, &TimeZone::UTC);
    let last = state.rotated.map_or_else(|| "never yet".to_owned(), |at| format!("last on {}", date(at)));
    match state.next {
        _ if !state.rotates => findings.warn(
            SESSION,
            "is not rotated by schedule",
            format!(
                "deploy the template: it rotates every 30 days; by hand: aws secretsmanager rotate-secret \
                 --secret-id {id}"
            ),
        ),
        Some(next) if next.plus(LATE) < now => findings.warn(
            SESSION,
            format!("should have been rotated by {}; {last}", date(next)),
            "read the log of rotate-secret; the alarm on its errors should ring",
        ),
        Some(next) => findings.ok(SESSION, format!("is rotated: {last}, next by {}", date(next))),
        None => findings.ok(SESSION, format!("is rotated: {last}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    /// What is said of a session root at noon of 2026-11-22.
    fn judged(state: SecretState) -> (Level, String) {
        let mut findings = Findings::default();
        judge_rotation("session-root", state, Timestamp::from_millis(1_795_348_800_000), &mut findings);
        let found = findings.0.remove(0);
        (found.level, found.said)
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::from_millis(1_795_348_800_000 + day * 86_400_000)
    }

    #[test]
    fn a_rotation_that_did_not_come_is_told() {
        let on_time =
            SecretState { deleted: false, rotates: true, rotated: Some(at(-10)), next: Some(at(20)) };
        let said = "is rotated: last on 2026-11-12, next by 2026-12-12";
        assert_eq!(judged(on_time), (Level::Ok, said.to_owned()));
        let first = SecretState { rotated: None, ..on_time };
        assert_eq!(judged(first).1, "is rotated: never yet, next by 2026-12-12");
        // Within the days that Secrets Manager takes.
        assert_eq!(judged(SecretState { next: Some(at(-1)), ..on_time }).0, Level::Ok);
        let late = SecretState { rotated: Some(at(-33)), next: Some(at(-3)), ..on_time };
        let said = "should have been rotated by 2026-11-19; last on 2026-10-20";
        assert_eq!(judged(late), (Level::Warning, said.to_owned()));
        let off = SecretState { rotates: false, ..on_time };
        assert_eq!(judged(off), (Level::Warning, "is not rotated by schedule".to_owned()));
    }
}
