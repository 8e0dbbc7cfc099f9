//! One file a screen: its view struct, and the parts of it.

pub mod alerts;
pub mod backorders;
pub mod badge;
pub mod board;
pub mod bulk;
pub mod counts;
pub mod dashboard;
pub mod design;
pub mod discrepancies;
pub mod exceptions;
pub mod expected;
pub mod holds;
pub mod import;
pub mod look;
pub mod lots;
pub mod me;
pub mod nodes;
pub mod notifications;
pub mod operations;
pub mod order;
pub mod orders;
pub mod ownership;
pub mod palette;
pub mod peak;
pub mod problem;
pub mod receive;
pub mod reference;
pub mod rename;
pub mod settings;
pub mod sign_in;
pub mod station;
pub mod stock;
pub mod stuck;
pub mod tracking;
pub mod webhooks;

/// Something to choose from in a form.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the reader sees.
    pub name: String,
}

impl Choice {
    /// A choice of this value under this name.
    pub fn new(value: &str, name: &str) -> Choice {
        Choice { value: value.to_owned(), name: name.to_owned() }
    }
}
