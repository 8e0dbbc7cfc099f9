//! Floor 2: the manners of the HTTP edge, the same for every context.
//!
//! - [`Problem`]: how a refusal looks (RFC 9457). Which refusals there are is listed in [`problems`].
//! - [`Command`]: a request that changes something: who calls, under which `Idempotency-Key`, and the JSON body.
//!   [`answered`] gives what became of it, [`refused_again`] a refusal that its key kept.
//! - [`Guarded`]: a command on a thing as it was seen. What is seen has an `ETag`, and [`stale`] refuses what was not.
//! - [`Routes`]: every route says what it [`Needs`] of the caller; [`Access`] is what a caller may do, and where.
//! - [`Sees`]: which fields of an answer a caller sees; the list is `fields.txt`.
//! - [`Operation`]: what a route of the API takes, gives and refuses; [`openapi`] makes the document of it.
//! - [`Json`], [`Path`], [`Query`]: axum's, with a [`Problem`] where the request is not understood.
//! - [`PageQuery`] and [`page`]: lists, a page at a time.
//! - [`layers`]: what surrounds every route.
//!
//! **Invariant:** knows no context. A request that is refused here has changed nothing.

mod access;
mod address;
mod caller;
mod command;
mod fingerprint;
mod json;
mod layers;
mod limit;
mod merge;
mod objects;
pub mod openapi;
mod operation;
mod paging;
mod problem;
pub mod problems;
mod request_id;
mod routes;
mod seen;
mod version;
mod withheld;

pub use access::{Access, Area, Grant, Permission, Permissions};
pub use address::{Path, Query};
pub use caller::{Caller, Viewing};
pub use command::{Command, Key, answered, answered_nothing, refused_again};
pub use fingerprint::fingerprint;
pub use json::{BODY_LIMIT, BODY_LIMIT_MOST, DEPTH_LIMIT, Json};
pub use layers::layers;
pub use limit::{Limits, limit};
pub use merge::given;
pub use operation::Operation;
pub use paging::{PageQuery, linked, page};
pub use problem::Problem;
pub use request_id::request_id;
pub use routes::{Barred, Declared, Named, Needs, Reach, Routes, Within};
pub use seen::{Guarded, answered_versioned, stale, versioned};
pub use version::{NEWEST, Pinned, VERSIONS};
pub use withheld::Sees;
