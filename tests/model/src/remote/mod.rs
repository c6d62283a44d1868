//! The model of a change in directories that are services of their own (`APPLYING`).
//!
//! A world of its own beside that of codes: here everything is about attempts that stop between two steps,
//! leases that end, and directories whose answers are lost. What the attempts need is proven by the real
//! writes too, but in one go. Half a lease is one tick.

mod attempt;
mod claims;
mod directory;
mod history;
mod model;
mod setting;
mod success;
mod world;

pub use history::Harm;
pub use model::RemoteAction;
pub use setting::{RemoteKind, RemoteSetting};
pub use world::RemoteWorld;
