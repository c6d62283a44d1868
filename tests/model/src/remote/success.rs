//! What the writes came to, judged.

use super::attempt::{Attempt, named};
use super::history::Harm;
use super::setting::RemoteSetting;
use super::world::RemoteWorld;

impl RemoteWorld {
    /// A change was announced.
    pub(super) fn announced(&mut self, attempt: &Attempt, setting: &RemoteSetting) {
        let Attempt { challenge, password, now, .. } = *attempt;
        let fit = !self.expired(challenge, now, setting);
        let history = &mut self.challenges[challenge].history;
        history.fit = fit && history.proven >= setting.starts[challenge].required;
        history.announced.insert(password);
        if self.letter.as_ref().is_some_and(|letter| letter.contains_key("revoked")) {
            self.breaks(Harm::EndedCode);
        }
        self.begun(attempt);
    }

    /// An attempt is about to ask the directories.
    pub(super) fn begun(&mut self, attempt: &Attempt) {
        let Attempt { challenge, password, op, .. } = *attempt;
        let another = |other: &Attempt| {
            other.challenge == challenge && other.password != password && other.op != op && other.under_way()
        };
        let unknown = self.challenges[challenge].history.unknown;
        let unsettled = unknown.iter().any(|other| other != password) || self.attempts.iter().any(another);
        if unsettled {
            self.breaks(Harm::Fate);
        }
        self.settled = None;
    }

    /// The announcement was taken back, and with it what the letter was used up for.
    pub(super) fn released(&mut self, challenge: usize) {
        let kept = &self.challenges[challenge];
        let unsettled = !kept.history.unknown.is_empty() || self.spent > 0;
        let given_back = self.letter.as_ref().is_some_and(|letter| !letter.contains_key("used"));
        if given_back && unsettled {
            self.breaks(Harm::GivenBack);
        }
    }

    /// A change was ended, so that whoever asks is told of success.
    pub(super) fn succeed(&mut self, challenge: usize, at: i64) {
        let password = named(self.challenges[challenge].attribute("fp")).unwrap_or_default();
        let history = &mut self.challenges[challenge].history;
        let second = history.succeeded.insert(password) && history.succeeded.len() > 1;
        let (overtaken, fit) = (history.overtaken, history.fit);
        self.spent += u8::from(self.letter.is_some());
        let harms = [
            (Harm::TwoPasswords, second),
            (Harm::Others, overtaken),
            (Harm::Unproven, !fit),
            (Harm::Untrue, self.directories.iter().any(|has| *has != password)),
            (Harm::SpentCode, self.spent > 1),
        ];
        harms.into_iter().filter(|(_, done)| *done).for_each(|(harm, _)| self.breaks(harm));
        for (other, kept) in self.challenges.iter_mut().enumerate() {
            let began = kept.history.began.is_some_and(|began| began <= at);
            kept.history.overtaken |= other != challenge && began;
        }
        self.settled = Some(password);
    }
}
