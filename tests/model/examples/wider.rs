//! Wider worlds than the tests have time for: some minutes in a release build.
//!
//!     cargo run --release -p recupmail-model --example wider

#![allow(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use recupmail_domain::issued::IssuedKind::{Desk, Letter};
use recupmail_domain::limits::Limits;
use recupmail_model::{Setting, Start, ticks};
use stateright::{Checker, Model};

fn explore(what: &str, setting: Setting) {
    let checker = setting.checker().threads(2).spawn_bfs().join();
    println!("{what}: {} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

fn requiring(methods: u8) -> Setting {
    Setting::new(vec![Start::requiring(methods)])
}

fn with_letter(setting: Setting) -> Setting {
    let limits = Limits { code_life: ticks(1), session_life: ticks(2), ..setting.limits };
    Setting { kinds: vec![Letter], issued_life: ticks(1), horizon: 3, parallel: 1, limits, ..setting }
}

fn main() {
    let limits = Limits { guesses: 3, ..requiring(1).limits };
    explore(
        "four codes and three guesses",
        Setting { contacts: 1, codes: 4, losses: true, limits, ..requiring(1) },
    );
    explore("three sends at once", Setting { contacts: 1, parallel: 3, losses: true, ..requiring(1) });
    explore("two methods, three sends at once", Setting { parallel: 3, ..requiring(2) });
    explore("two methods, losses", Setting { losses: true, ..requiring(2) });
    explore(
        "a letter, losses",
        Setting { contacts: 0, losses: true, parallel: 2, ..with_letter(requiring(1)) },
    );
    explore(
        "a letter or a contact, losses",
        Setting { contacts: 1, losses: true, ..with_letter(requiring(1)) },
    );
    explore("a letter and a contact", Setting { contacts: 1, ..with_letter(requiring(2)) });
    let kinds = vec![Letter, Desk];
    explore("a letter and the desk", Setting { contacts: 0, kinds, ..with_letter(requiring(2)) });
    let starts = vec![Start::requiring(1).until(1); 2];
    let limits = Limits { sends_per_contact: 1, guesses: 1, ..requiring(1).limits };
    let pair = Setting { contacts: 1, codes: 1, limits, ..Setting::new(starts) };
    explore("a letter or a contact in two challenges", with_letter(pair));
}
