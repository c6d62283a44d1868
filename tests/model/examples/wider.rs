//! Wider worlds than the tests have time for: some minutes in a release build.
//!
//!     cargo run --release -p recupmail-model --example wider

#![allow(clippy::print_stdout, reason = "a command-line tool speaks to its terminal")]

use recupmail_domain::limits::Limits;
use recupmail_model::{Setting, Start};
use stateright::{Checker, Model};

fn explore(what: &str, setting: Setting) {
    let checker = setting.checker().threads(2).spawn_bfs().join();
    println!("{what}: {} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

fn requiring(methods: u8) -> Setting {
    Setting::new(vec![Start::requiring(methods)])
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
}
