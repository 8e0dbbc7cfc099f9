//! The screens: server-rendered pages for staff, and the customer's tracking page.
//!
//! - A page is a view struct and its template: `pages/orders.rs` and `templates/orders.html`. The struct holds
//!   plain facts (ids as text, numbers, [`kernel::Money`], [`kernel::Timestamp`]); the template asks
//!   [`i18n::Texts`] for every word, number and time. Handlers fill structs and decide nothing.
//! - Everything works as plain links and forms. Scripts add live figures, the scanner's loop and the keyboard.
//! - No text stands in a template: tests prove that, and that all keys exist in all five languages.
//! - Every form that changes something carries `command`, the key under which the server does it once.
//! - Nothing is loaded from elsewhere, and there is no inline script or style, so a strict content security policy
//!   holds (see [`CONTENT_SECURITY_POLICY`]).

pub mod assets;
pub mod desk;
pub mod format;
pub mod href;
pub mod i18n;
pub mod look;
pub mod pages;
pub mod preferences;
pub mod rights;
pub mod scan;
pub mod screens;
pub mod shell;
pub mod svg;
mod unread;
pub mod words;

pub use desk::Console;
pub use i18n::{Language, Texts};
pub use look::Look;
pub use preferences::{Density, Preferences, Theme};
pub use screens::{reference_routes, routes};
pub use shell::{Notice, Person, Section, Shell};

/// The policy all pages are written for.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The routes that need no database: embedded files.
pub fn open_routes<S: Clone + Send + Sync + 'static>() -> web::Routes<S> {
    assets::routes()
}
