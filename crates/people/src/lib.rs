//! Floor 3b: the organisation, the people who work for it, and how they and their machines prove who they are.
//!
//! - An *organisation* runs the platform; *merchants* sell on it. [`found`] makes both on the first run.
//! - *Staff* sign in with e-mail address and password ([`enrol`], [`sign_in`], [`sign_out`], [`dismiss`]) and get a
//!   session. Machines get a token that somebody minted for them ([`mint_token`]).
//! - The first person proves with the first-run secret that the machine is theirs; then it is used up.
//! - Customers get links that are signed ([`link`]).
//!
//! **Invariants:** of a secret only a digest is stored, and it is shown once. A person who was dismissed and a token
//! that was revoked or ran out are nobody from the next request on. Nothing that has a password in it is kept under an
//! idempotency key, because its fingerprint would be a fast way to try passwords.

pub mod api;
mod attempts;
pub mod cookie;
mod dismiss;
mod enrol;
mod first_run;
mod found;
pub mod link;
mod mint_token;
mod password;
mod rename;
mod secret;
mod sign_in;
mod sign_out;
mod store;
mod whoami;

pub use api::{identify, is_https, routes};
pub use attempts::Attempts;
pub use dismiss::{DismissError, dismiss};
pub use enrol::{EnrolError, Flaw, NewStaff, enrol, enrol_first};
pub use found::{FoundError, Founded, NewOrganisation, found};
pub use mint_token::{MintError, Minted, mint_token};
pub use rename::{RenameError, rename};
pub use secret::Secret;
pub use sign_in::{SignInError, SignedIn, sign_in};
pub use sign_out::sign_out;
pub use store::{
    Merchant, Organisation, Staff, find_organisation, find_staff, find_staff_by_email, has_staff,
    list_merchants, staff_by_id,
};
pub use whoami::whoami;
