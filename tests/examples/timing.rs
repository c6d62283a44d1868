//! The time of answers for people and for nobody, with more of them than `quiet.rs` takes:
//! `cargo run --example timing -- 2000`, after `cargo build --bins`.
#![allow(clippy::print_stdout, reason = "a measurement speaks to its terminal")]

use recupmail_tests::{Stack, measure};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let pairs = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(2000);
    let stack: &'static Stack = Box::leak(Box::new(Stack::start(&[("INSTITUTION", "eceps")])));
    for telling in measure(stack, pairs).await {
        println!("{telling:?}");
    }
}
