//! `docs/security.md` says which test bears which control. A test it names must be there, and a control that is held
//! must name one.

use std::collections::HashSet;

use super::{Offence, Source};

const PAGE: &str = "docs/security.md";
const RULE: &str = "unproven control";

/// Checks the page against the functions of all sources.
pub fn check<'a>(sources: impl Iterator<Item = Source<'a>> + Clone) -> Vec<Offence> {
    let Some(page) = sources.clone().find(|source| source.path == PAGE) else { return Vec::new() };
    let tests: HashSet<&str> = sources
        .filter(|source| source.path.ends_with(".rs"))
        .flat_map(|source| functions(source.text))
        .collect();
    let mut found = Vec::new();
    for (index, line) in page.text.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [control, _, named, status] = cells[..] else { continue };
        let is_control =
            control.strip_prefix('C').is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()));
        if !is_control {
            continue;
        }
        let names: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        let missing = names.iter().filter(|name| !tests.contains(*name));
        found.extend(missing.map(|name| {
            page.offence(index + 1, RULE, format!("{control} names the test `{name}`, which is not there"))
        }));
        if names.is_empty() && status != "open" {
            found.push(page.offence(index + 1, RULE, format!("{control} is {status} and names no test")));
        }
        if !matches!(status, "held" | "in part" | "open") {
            found.push(page.offence(index + 1, RULE, "say `held`, `in part` or `open`"));
        }
    }
    found
}

fn functions(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("fn ").filter_map(|(at, _)| {
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        Some(&rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_is_held_by_a_test_that_is_there() {
        let page = "| no | what | tests | status |\n| --- | --- | --- | --- |\n\
                    | C1 | ids | `c1_here`, `c1_gone` | held |\n| C2 | keys | none | held |\n\
                    | C3 | fields | none | open |\n| C4 | size | `c1_here` | maybe |\n";
        let sources = [(PAGE, page), ("crates/a/tests/it/main.rs", "async fn c1_here(db: TestDb) {}")];
        let found = check(sources.iter().map(|(path, text)| Source { path, text }));
        assert_eq!(super::super::rules(&found), [(3, RULE), (4, RULE), (6, RULE)]);
    }
}
