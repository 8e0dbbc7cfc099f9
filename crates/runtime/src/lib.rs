//! Floor 2: how every use case runs.
//!
//! edge → command with a key → gather → pure decision → **one transaction** (rows, transfers, events, effects, jobs, key
//! and answer) → acknowledged after the durable commit → told.
//!
//! - [`Runtime`] holds the database, the clock, the source of ids and the organisation it works for.
//! - [`Cx`] is what a verb gets: the transaction, `now` (read once), ids, the actor; and where it leaves what it tells,
//!   intends and puts off.
//! - [`Batcher`] commits commands that wait together in one transaction; each still gets its own answer,
//!   and who waits in different lanes takes turns.
//! - [`event`], [`effect`], [`job`], [`lease`]: the rows behind those words; [`kinds`] lists every kind of event.
//! - [`filing`]: what was accepted in a hurry is committed whole, and filed within moments.
//! - [`backlog`]: what waits, for whoever watches over the house.
//! - [`forget`]: the words about a person go, and what was proved stays proved.
//! - [`Keyring`]: seals secrets that we must be able to read again.
//! - [`Runtime::watch`]: what was committed, for whoever keeps in memory what was read.
//! - [`Runtime::news`]: how whoever follows the stream waits for more of it.

pub mod audit;
pub mod backlog;
pub mod batch;
pub mod breach;
pub mod budget;
mod chain;
pub mod clock;
pub mod command;
pub mod context;
pub mod effect;
pub mod event;
pub mod filing;
mod follow;
pub mod forget;
pub mod job;
pub mod kinds;
mod lanes;
pub mod lease;
mod restore;
pub mod seal;
pub mod verify;
mod watch;

pub use batch::Batcher;
pub use chain::check_chain;
pub use clock::Clock;
pub use command::{Answer, Call, CommandKey, HasFault, Runtime, claim_keys, keep_answers};
pub use context::Cx;
pub use filing::Filing;
pub use restore::restore;
pub use seal::Keyring;
pub use verify::{Finding, Invariant};
