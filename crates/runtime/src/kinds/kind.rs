//! What is known of a kind of event, and what its facts may be.

use serde_json::Value as Json;

/// What is known of a kind of event.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name: `order.accepted`.
    pub name: &'static str,
    /// What its subject is, with the prefix of the id.
    pub subject: &'static str,
    /// What happened.
    pub meaning: &'static str,
    /// Its facts.
    pub fields: &'static [Field],
}

/// One fact of an event.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub of: Type,
    /// True where it may be `null`.
    pub is_optional: bool,
    /// What it says; empty where the name says it.
    pub meaning: &'static str,
}

/// What a fact is in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text of people or partners.
    Text,
    /// One of our ids, or a code of ours.
    Name,
    /// An instant, RFC 3339.
    Time,
    /// A whole number.
    Integer,
    /// Yes or no.
    Bool,
    /// `{"minor", "currency"}`.
    Money,
    /// A list.
    List,
}

impl Type {
    pub(super) fn word(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Name => "id or code",
            Type::Time => "time",
            Type::Integer => "whole number",
            Type::Bool => "yes or no",
            Type::Money => "money",
            Type::List => "list",
        }
    }

    pub(super) fn fits(self, value: &Json) -> bool {
        match self {
            Type::Text => value.is_string(),
            Type::Name => value.as_str().is_some_and(|text| !text.is_empty()),
            Type::Time => value.as_str().is_some_and(|text| text.parse::<kernel::Timestamp>().is_ok()),
            Type::Integer => value.is_i64() || value.is_u64(),
            Type::Bool => value.is_boolean(),
            Type::Money => value["minor"].is_i64() && value["currency"].is_string(),
            Type::List => value.is_array(),
        }
    }
}
