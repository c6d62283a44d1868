//! What an inspection of an application means for who runs the deployment.

use super::Entra;
use crate::inspection::Sign;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::ports::ReadSecret;

impl<S: ReadSecret> Entra<S> {
    /// What can be seen: the way there, the application's credential, its permissions, the clock.
    pub(crate) async fn signs(&self, now: Timestamp) -> Vec<Sign> {
        let seen = self.inspect().await;
        let mut signs = Vec::new();
        match &seen.token {
            Ok(()) => signs.push(Sign::well("reached by TLS, and the application was granted a token")),
            Err(cause) => signs.push(Sign::silent(
                cause,
                "look at tenant, client and cloud, the secret and its expiry, and whether Microsoft is reached",
            )),
        }
        match seen.missing.as_deref() {
            Some([]) => signs.push(Sign::well(
                "the application has the permissions; that it has the role User Administrator no token tells",
            )),
            Some(missing) => signs.push(Sign::broken(
                format!("the application lacks {}", missing.join(", ")),
                "grant these application permissions of Microsoft Graph, and the role User Administrator",
            )),
            None if seen.token.is_ok() => signs.push(Sign::doubtful(
                "the token does not tell which permissions the application has",
                "look at them in the Entra admin center",
            )),
            None => {}
        }
        // Also where no token was granted: perhaps for this.
        if seen.token.is_ok() || seen.server_time.is_some() {
            signs.push(Sign::clock(seen.server_time.map(|time| time.as_secs() - now.as_secs())));
        }
        signs
    }
}
