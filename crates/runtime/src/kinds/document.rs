//! The list as people read it.

use super::{ALL, Field};

/// `docs/guide/events.md`.
pub fn document() -> String {
    let mut text = String::from(include_str!("../kinds.md"));
    for kind in ALL {
        text.push_str(&format!("\n### {}\n\n{} Subject: `{}_…`.\n", kind.name, kind.meaning, kind.subject));
        if kind.fields.is_empty() {
            continue;
        }
        text.push_str("\n| field | | |\n| --- | --- | --- |\n");
        for Field { name, of, is_optional, meaning } in kind.fields {
            let or_null = if *is_optional { ", or null" } else { "" };
            text.push_str(&format!("| `{name}` | {}{or_null} | {meaning} |\n", of.word()));
        }
    }
    text
}
