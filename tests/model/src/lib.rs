//! An executable model of the recovery challenge.
//!
//! It interprets the very writes that the steps use (`recupmail_domain::challenge::writes`) and tries every
//! order of parallel requests, crashes, lost answers and ticks of the clock. What is explored and what is
//! not stands in the README.
//!
//! On the same interpreter stands [`house`], in which property tests play the real steps.

mod claims;
mod code;
mod few;
mod history;
pub mod house;
pub mod interpret;
mod issued;
mod model;
pub mod remote;
mod request;
mod send;
mod setting;
mod single;
mod world;

pub use history::Invariant;
pub use model::Action;
pub use setting::{Kind, Setting, Start, ticks};
pub use world::World;
