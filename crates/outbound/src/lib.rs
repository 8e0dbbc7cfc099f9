//! Floor 2: letters to addresses that others gave us, and a stream that whoever runs the server named.
//!
//! - [`Address`] is where a letter goes; one that leads into our own network is [`Refused`] ([`guard`]).
//! - [`Courier`] also fetches what somebody we trust has to say, such as who signed in there.
//! - [`Courier`] carries a [`Letter`] there and comes back with the [`Reply`], or says why there is none.
//! - [`EventStream`] is a NATS JetStream that whoever runs the server named: there a [`Note`] goes once.
//!
//! **Invariant:** a letter connects only to an IP address that was checked; asks a name once for each connection; follows no
//! redirect and uses no proxy of the environment.

mod courier;
pub mod guard;
mod stream;

pub use courier::{Courier, Letter, Reply, SendError, use_ring};
pub use guard::{Address, Reach, Refused};
pub use stream::{EventStream, MESSAGE_ID, Note};
