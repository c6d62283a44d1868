//! What one student does.

use crate::assumptions::Assumptions;
use crate::call::Call;
use crate::spread::Spread;
use rand::{Rng, RngExt};
use std::time::Duration;

/// A call, and how long after the answer before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Act {
    /// Thinking, typing, waiting.
    pub(crate) pause: Duration,
    /// What is called.
    pub(crate) call: Call,
    /// Whether nothing was mistyped.
    pub(crate) right: bool,
}

/// A student's whole recovery, if Lambda turns nobody away.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// Whether codes go by SMS.
    pub(crate) by_sms: bool,
    /// Whether the registry has a phone number, which notices go to as well.
    pub(crate) has_phone: bool,
    /// What is called, in its order.
    pub(crate) acts: Vec<Act>,
}

impl Plan {
    /// What one student does, by the shares that are assumed.
    pub(crate) fn draw(assumed: &Assumptions, rng: &mut impl Rng) -> Self {
        let by_sms = rng.random_bool(assumed.sms_share);
        let has_phone = by_sms || rng.random_bool(assumed.phone_share);
        let mut planning = Planning { assumed, rng, acts: Vec::new() };
        // Whoever gives up has done all that was planned until then.
        let _ = planning.recovery();
        Self { by_sms, has_phone, acts: planning.acts }
    }
}

/// Does not come back.
struct GaveUp;

struct Planning<'a, R> {
    assumed: &'a Assumptions,
    rng: &'a mut R,
    acts: Vec<Act>,
}

impl<R: Rng> Planning<'_, R> {
    fn recovery(&mut self) -> Result<(), GaveUp> {
        let assumed = self.assumed;
        self.until_right(Call::Identify, assumed.wrong_identity_share, assumed.identifying_s)?;
        self.page()?;
        self.act(Call::Send, assumed.choosing_s, true);
        self.page()?;
        for _ in 1..assumed.attempts {
            if self.rng.random_bool(assumed.resend_share) {
                self.act(Call::Send, assumed.resend_after_s, true);
            }
        }
        let mail = assumed.mail_s.seconds(self.rng);
        let first = self.acts.len();
        let confirmed = self.until_right(Call::Confirm, assumed.wrong_code_share, assumed.typing_code_s);
        if let Some(first) = self.acts.get_mut(first) {
            first.pause += mail;
        }
        confirmed?;
        self.page()?;
        self.until_right(Call::Change, assumed.refused_password_share, assumed.password_s)?;
        if self.rng.random_bool(assumed.logout_share) {
            self.act(Call::Leave, assumed.leaving_s, true);
        }
        Ok(())
    }

    /// The next page loads, and looks where the session stands.
    fn page(&mut self) -> Result<(), GaveUp> {
        self.act(Call::Look, self.assumed.page_s, true);
        self.goes_on()
    }

    /// Tries until it is right, or so often that it is given up.
    fn until_right(&mut self, call: Call, wrong: f64, pause: Spread) -> Result<(), GaveUp> {
        for _ in 0..self.assumed.attempts {
            let right = !self.rng.random_bool(wrong);
            self.act(call, pause, right);
            if right {
                return Ok(());
            }
        }
        Err(GaveUp)
    }

    fn goes_on(&mut self) -> Result<(), GaveUp> {
        if self.rng.random_bool(self.assumed.gives_up_share) { Err(GaveUp) } else { Ok(()) }
    }

    fn act(&mut self, call: Call, pause: Spread, right: bool) {
        self.acts.push(Act { pause: pause.seconds(self.rng), call, right });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assumptions::SHIPPED;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn calls(change: impl Fn(&mut Assumptions)) -> Vec<Call> {
        let mut assumed = Assumptions::read(SHIPPED).unwrap();
        for share in [
            &mut assumed.wrong_identity_share,
            &mut assumed.wrong_code_share,
            &mut assumed.refused_password_share,
            &mut assumed.resend_share,
            &mut assumed.gives_up_share,
            &mut assumed.logout_share,
        ] {
            *share = 0.0;
        }
        change(&mut assumed);
        let plan = Plan::draw(&assumed, &mut StdRng::seed_from_u64(1));
        plan.acts.iter().map(|act| act.call).collect()
    }

    #[test]
    fn who_mistypes_nothing_takes_four_steps_and_three_looks() {
        let recovery =
            [Call::Identify, Call::Look, Call::Send, Call::Look, Call::Confirm, Call::Look, Call::Change];
        assert_eq!(calls(|_| ()), recovery);
    }

    #[test]
    fn who_never_gets_it_right_gives_up() {
        assert_eq!(calls(|assumed| assumed.wrong_identity_share = 1.0), [Call::Identify; 3]);
    }

    #[test]
    fn nobody_is_sent_more_than_three_codes() {
        let sends = calls(|assumed| assumed.resend_share = 1.0);
        assert_eq!(sends.iter().filter(|call| **call == Call::Send).count(), 3);
    }
}
