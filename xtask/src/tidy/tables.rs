//! A table is named only in the crate whose migration made it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Offence, Source, places::is_store, rust_text::RustText};

const RULE: &str = "a stranger's table";

/// Which context made each table.
pub type Owners = BTreeMap<String, String>;

/// Reads the migrations. A view (`v_…`) is an offer to everybody and has no owner.
pub fn owners<'a>(migrations: impl Iterator<Item = Source<'a>>, found: &mut BTreeSet<Offence>) -> Owners {
    let mut owners = Owners::new();
    for source in migrations.filter(|source| source.path.ends_with(".sql")) {
        let first = source.text.lines().next().unwrap_or_default();
        let Some(context) = first.strip_prefix("-- context: ").map(str::trim) else {
            found.insert(source.offence(
                1,
                "migration",
                "say whose it is in the first line: `-- context: NAME`",
            ));
            continue;
        };
        for (index, line) in source.text.lines().enumerate() {
            let line = line.split("--").next().unwrap_or_default().to_lowercase();
            if let Some(table) = after(&line, "create table") {
                owners.insert(table, context.to_owned());
            } else if let Some(owner) = after(&line, "alter table").and_then(|table| owners.get(&table))
                && owner != context
            {
                let remedy =
                    format!("this table is {owner}'s: change it in a migration of `-- context: {owner}`");
                found.insert(source.offence(index + 1, RULE, remedy));
            }
        }
    }
    owners
}

/// The name that follows `words`, past `if not exists` and `only`.
fn after(line: &str, words: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix(words)?.trim_start();
    let rest = rest.strip_prefix("if not exists").or(rest.strip_prefix("if exists")).unwrap_or(rest);
    leading_name(rest.trim_start())
}

fn leading_name(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Foreign tables named in this file's SQL. Flows, screens and verbs are covered too: their SQL is an offence
/// of its own, and naming a stranger's table is the worse one.
pub fn strangers(source: &Source, rust: &RustText, owners: &Owners) -> Vec<Offence> {
    if source.is_test() || matches!(source.krate(), "xtask" | "testkit") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, text) in &rust.strings {
        if !is_store(source) && !reads_as_sql(text) {
            continue;
        }
        for (offset, table) in named_tables(text) {
            if let Some(owner) = owners.get(&table)
                && owner != source.krate()
            {
                let remedy =
                    format!("`{table}` is {owner}'s: call a function of {owner}, or read a view `v_…`");
                found.push(source.offence(line + offset, RULE, remedy));
            }
        }
    }
    found
}

/// What stands after `from`, `into`, `update`, `join` and `table`, with the line inside the text.
fn named_tables(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (offset, line) in text.lines().enumerate() {
        let words: Vec<String> = line.to_lowercase().split_whitespace().map(str::to_owned).collect();
        for pair in words.windows(2) {
            let is_keyword =
                matches!(pair[0].trim_start_matches('('), "from" | "into" | "update" | "join" | "table");
            if let (true, Some(name)) = (is_keyword, leading_name(&pair[1])) {
                found.push((offset, name));
            }
        }
    }
    found
}

/// Whether a string is a statement. Prose starts with a capital and has no second keyword in lower case.
pub fn reads_as_sql(text: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_lower_or_shouted =
        |first: &str| text.starts_with(first) || text.starts_with(&first.to_uppercase());
    let lower = format!("{} ", text.to_lowercase());
    let has = |word: &str| lower.contains(word);
    (is_lower_or_shouted("select ") && has(" from "))
        || is_lower_or_shouted("insert into ")
        || (is_lower_or_shouted("update ") && has(" set "))
        || is_lower_or_shouted("delete from ")
        || (is_lower_or_shouted("with ") && has(" as (") && has("select "))
        || [
            "create table ",
            "alter table ",
            "drop table ",
            "create index ",
            "create unique index ",
            "create view ",
        ]
        .iter()
        .any(|first| is_lower_or_shouted(first))
}

#[cfg(test)]
mod tests {
    use super::{super::rules, *};

    const MIGRATION: &str = "-- context: orders\ncreate table if not exists sales_order (\n  id text\n);\ncreate view v_order_lines as select 1;\n";

    fn migrated() -> Owners {
        let mut found = BTreeSet::new();
        let source = Source { path: "migrations/0001_orders.sql", text: MIGRATION };
        let owners = owners([source].into_iter(), &mut found);
        assert!(found.is_empty());
        owners
    }

    #[track_caller]
    fn expect(path: &str, text: &str, expected: &[(usize, &'static str)]) {
        let found = strangers(&Source { path, text }, &RustText::read(text), &migrated());
        assert_eq!(rules(&found), expected, "{path}");
    }

    #[test]
    fn a_table_is_named_by_its_owner_alone() {
        let bad = "rows(\n    \"select s.id\n       from sales_order s\")";
        expect("crates/orders/src/store.rs", bad, &[]);
        expect("crates/inventory/src/store.rs", bad, &[(3, RULE)]);
        expect("crates/inventory/src/store.rs", "\" join sales_order o on true\"", &[(1, RULE)]);
        expect("crates/console/src/page.rs", "\"update sales_order set x = 1\"", &[(1, RULE)]);
        expect("crates/console/src/store.rs", "\"select * from v_order_lines\"", &[]);
    }

    #[test]
    fn a_migration_says_whose_it_is_and_changes_only_its_own() {
        let mut found = BTreeSet::new();
        let nameless = Source { path: "migrations/0002.sql", text: "create table x (id text);" };
        let first = Source { path: "migrations/0001.sql", text: MIGRATION };
        let intruder = Source {
            path: "migrations/0003.sql",
            text: "-- context: sourcing\nalter table sales_order add x text;",
        };
        owners([first, nameless, intruder].into_iter(), &mut found);
        assert_eq!(rules(&found), [(1, "migration"), (2, RULE)]);
    }

    #[test]
    fn prose_is_not_sql() {
        assert!(reads_as_sql("  select a\n from b"));
        assert!(reads_as_sql("INSERT INTO x VALUES (1)"));
        assert!(reads_as_sql("with d as (select 1) select * from d"));
        assert!(!reads_as_sql("Select a node from the list"));
        assert!(!reads_as_sql("update available"));
        assert!(!reads_as_sql("with a label"));
    }
}
