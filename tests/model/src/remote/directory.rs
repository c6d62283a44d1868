//! Directories, which write when they are asked, or a little later, or not at all.

use super::attempt::Attempt;
use super::history::Harm;
use super::setting::RemoteSetting;
use super::world::RemoteWorld;
use recupmail_domain::challenge::State;
use recupmail_domain::conditional::Value;

/// What becomes of a request to a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It writes and says so.
    Ok,
    /// It writes, and the answer is lost.
    Lost,
    /// It writes later, when nobody waits any more.
    Late,
    /// It refuses.
    Refused,
    /// It is never reached.
    Unreached,
}

/// A password that a directory will write, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Late {
    pub(super) challenge: usize,
    pub(super) directory: u8,
    pub(super) password: u8,
    /// The last tick at which it may.
    pub(super) until: i64,
}

impl RemoteWorld {
    /// Adds what a directory will write, or not, until the lease of the attempt ends.
    pub(super) fn postpone(&mut self, attempt: &Attempt, directory: u8) {
        let Attempt { challenge, password, now, .. } = *attempt;
        let late = Late { challenge, directory, password, until: now + 2 };
        let place = self.late.partition_point(|other| *other <= late);
        self.late.insert(place, late);
    }

    /// A directory writes what it was asked for long ago.
    pub(super) fn land(&mut self, place: usize, setting: &RemoteSetting) {
        let Late { challenge, directory, password, .. } = self.late.remove(place);
        self.write(challenge, directory, password, setting);
    }

    /// A directory has a password from now on.
    pub(super) fn write(&mut self, challenge: usize, directory: u8, password: u8, setting: &RemoteSetting) {
        self.directories[usize::from(directory)] = password;
        let kept = &self.challenges[challenge];
        let other = kept.is(State::Done) && kept.attribute("fp") != Some(&Value::Bytes(vec![password]));
        let revoked = kept.is(State::Revoked);
        let (fit, overtaken) = (kept.history.fit, kept.history.overtaken);
        let harms = [
            (Harm::TwoPasswords, other),
            (Harm::Ends, revoked),
            (Harm::Unproven, !fit),
            (Harm::Others, overtaken),
            (Harm::Decoy, setting.starts[challenge].decoy),
            (Harm::Afterwards, self.settled.is_some_and(|settled| settled != password)),
        ];
        harms.into_iter().filter(|(_, done)| *done).for_each(|(harm, _)| self.breaks(harm));
    }
}
