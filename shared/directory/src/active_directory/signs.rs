//! What an inspection of a domain controller means for who runs the deployment.

use super::ActiveDirectory;
use super::inspect::Sample;
use crate::inspection::Sign;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::ports::ReadSecret;

impl<S: ReadSecret> ActiveDirectory<S> {
    /// What can be seen of the domain: the way there, the service account, its rights, the policy, the clock.
    pub(crate) async fn signs(&self, now: Timestamp) -> Vec<Sign> {
        let seen = match self.inspect(now).await {
            Ok(seen) => seen,
            Err(cause) => {
                let remedy =
                    "look at url, ca_file, bind, the secret, and whether the server is reached from here";
                return vec![Sign::silent(&cause, remedy)];
            }
        };
        let mut signs = vec![Sign::well("reached by TLS, and the service account signed in")];
        signs.push(if seen.policy_hints {
            Sign::well("history and age rules hold for a reset too")
        } else {
            Sign::doubtful(
                "it does not know the policy hints control: history and age rules do not hold for a reset",
                "Windows Server 2012 and later know it; keep it if this is another server",
            )
        });
        signs.push(Sign::clock(seen.clock_ahead));
        signs.extend(self.of_accounts(seen.sample));
        signs
    }

    fn of_accounts(&self, sample: Option<Sample>) -> Vec<Sign> {
        let (base, attribute) = (&self.accounts.base, &self.accounts.attribute);
        let sample = match sample {
            Some(sample) if sample.accounts > 0 => sample,
            _ => {
                let said =
                    format!("there is nobody with {attribute} below {base} whom the service account sees");
                let remedy = "correct `accounts`, or let the service account read there";
                return vec![Sign::broken(said, remedy)];
            }
        };
        let Sample { accounts, resettable, unlockable, unreadable } = sample;
        let resets =
            format!("the service account may reset the password of {resettable} of {accounts} accounts");
        let remedy = "delegate it the right \"Reset Password\" on the folder of people";
        let reset = if resettable == accounts {
            Sign::well(resets)
        } else if unreadable > 0 {
            let said = format!("{resets}; of {unreadable} it cannot be told");
            Sign::doubtful(said, "let it read permissions, or recover one test account")
        } else if resettable == 0 {
            Sign::broken(resets, remedy)
        } else {
            Sign::doubtful(resets, remedy)
        };
        let mut signs = vec![reset];
        if self.unlock && unlockable < accounts {
            signs.push(Sign::doubtful(
                format!("it may unlock {unlockable} of {accounts} accounts, and `unlock` is set"),
                "let it write lockoutTime on the folder of people: without that no change there succeeds",
            ));
        }
        signs
    }
}
