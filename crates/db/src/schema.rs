//! The tables as the migrations make them: what each column holds, whatever the engine keeps it as.

use crate::{Column, Engine, Fault, migrate::Step, sql};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Int,
    /// Yes or no.
    Bool,
    /// Text, ids among it.
    Text,
    /// Instants.
    Time,
    /// Civil dates.
    Date,
    /// JSON documents.
    Json,
}

impl Kind {
    /// As the mark `{set d(…)}` calls it.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Kind::Int => "int",
            Kind::Bool => "bool",
            Kind::Text => "text",
            Kind::Time => "time",
            Kind::Date => "date",
            Kind::Json => "json",
        }
    }

    /// A column of this kind without cells.
    pub(crate) fn no_cells(self) -> Column {
        match self {
            Kind::Int => Column::Ints(Vec::new()),
            Kind::Bool => Column::Bools(Vec::new()),
            Kind::Text => Column::Texts(Vec::new()),
            Kind::Time => Column::Times(Vec::new()),
            Kind::Date => Column::Dates(Vec::new()),
            Kind::Json => Column::Jsons(Vec::new()),
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// True where the engine numbers the rows by itself.
    pub is_numbered: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order they were made.
    pub columns: Vec<TableColumn>,
    /// The columns of its primary key.
    pub key: Vec<String>,
}

/// The tables after these steps, in the order they were made.
pub fn tables(steps: &[Step]) -> Result<Vec<Table>, Fault> {
    let mut tables: Vec<Table> = Vec::new();
    for (_, text) in steps {
        // The marks of types stay; of the dialects, PostgreSQL's says where rows are numbered.
        let text = sql::render_dialect(Engine::Postgres, text)?;
        let mut inside = false;
        for line in text.lines().map(str::trim) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["create", "table", name, "("] => {
                    inside = true;
                    let name = (*name).to_owned();
                    tables.push(Table { name, columns: Vec::new(), key: Vec::new() });
                }
                ["alter", "table", name, "add", "column", rest @ ..] => {
                    let table = tables.iter_mut().find(|table| table.name == *name);
                    add_column(table.ok_or_else(|| unread(line))?, rest, line)?;
                }
                ["drop", "table", name] => tables.retain(|table| table.name != name.trim_end_matches(';')),
                ["alter", "table", name, "rename", "to", new] => {
                    let table = tables.iter_mut().find(|table| table.name == *name);
                    table.ok_or_else(|| unread(line))?.name = new.trim_end_matches(';').to_owned();
                }
                ["drop" | "alter", "table", ..] => return Err(unread(line)),
                [")", ..] => inside = false,
                [first, ..] if !inside || first.starts_with("--") => {}
                [first, ..] if matches!(before_bracket(first), "constraint" | "unique" | "check") => {}
                _ if inside && line.trim_start_matches([',', ' ']).starts_with("primary key") => {
                    let table = tables.last_mut().ok_or_else(|| unread(line))?;
                    let names = line.split_once('(').and_then(|(_, names)| names.split_once(')'));
                    let (names, _) = names.ok_or_else(|| unread(line))?;
                    table.key = names.split(',').map(|name| name.trim().to_owned()).collect();
                }
                [_, kind, ..] if kind.starts_with('{') || *kind == "bigint" => {
                    add_column(tables.last_mut().ok_or_else(|| unread(line))?, &words, line)?;
                }
                _ => {}
            }
        }
    }
    match tables.iter().find(|table| table.key.is_empty()) {
        Some(table) => Err(Fault::Schema(format!("table {} has no primary key", table.name))),
        None => Ok(tables),
    }
}

/// The word itself: a column `checked_at` is no `check(…)`.
fn before_bracket(word: &str) -> &str {
    word.split_once('(').map_or(word, |(word, _)| word)
}

fn unread(line: &str) -> Fault {
    Fault::Schema(format!("`{line}` is not understood"))
}

fn add_column(table: &mut Table, words: &[&str], line: &str) -> Result<(), Fault> {
    let [name, kind, rest @ ..] = words else { return Err(unread(line)) };
    let kind = match kind.trim_end_matches([',', ';']) {
        "{int}" | "bigint" => Kind::Int,
        "{bool}" => Kind::Bool,
        "{id}" | "{text}" => Kind::Text,
        "{time}" => Kind::Time,
        "{date}" => Kind::Date,
        "{json}" => Kind::Json,
        _ => return Err(unread(line)),
    };
    let rest = rest.join(" ");
    if rest.contains("primary key") {
        table.key = vec![(*name).to_owned()];
    }
    let is_numbered = rest.contains("generated always as identity");
    table.columns.push(TableColumn { name: (*name).to_owned(), kind, is_numbered });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::STEPS;

    #[test]
    fn every_table_is_read_with_its_columns_and_key() {
        let tables = tables(STEPS).unwrap();
        let event = tables.iter().find(|table| table.name == "event").unwrap();
        assert_eq!(event.key, ["organisation_id", "event_id"]);
        let kinds: Vec<_> = event
            .columns
            .iter()
            .map(|column| (column.name.as_str(), column.kind, column.is_numbered))
            .collect();
        assert_eq!(kinds[0], ("organisation_id", Kind::Text, false));
        assert_eq!(kinds[1], ("event_id", Kind::Int, true));
        assert!(kinds.contains(&("happened_at", Kind::Time, false)), "{kinds:?}");
    }

    #[test]
    fn a_column_is_no_constraint_because_it_begins_like_one() {
        let step = "create table t (\n    checked_at {time} not null,\n    unique_name {text} not null,\n    \
                    check(unique_name <> ''),\n    unique (unique_name),\n    primary key (unique_name)\n) {keyed};";
        let table = tables(&[("0001_t", step)]).unwrap().remove(0);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["checked_at", "unique_name"]);
    }

    /// The columns of the data map, as `table.column`.
    fn mapped() -> Vec<String> {
        let map = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/data-map.md");
        let map = std::fs::read_to_string(map).unwrap();
        let mut table = "";
        let mut columns = Vec::new();
        for line in map.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                table = name;
            } else if let Some(column) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) {
                assert_eq!(line.matches(" | ").count(), 4, "{table}: {line}");
                columns.push(format!("{table}.{column}"));
            }
        }
        columns
    }

    #[test]
    fn every_column_that_can_tell_of_a_person_is_on_the_data_map_c16() {
        let mapped = mapped();
        let tables = tables(STEPS).unwrap();
        let mut can_tell = Vec::new();
        for table in &tables {
            let columns =
                table.columns.iter().filter(|column| matches!(column.kind, Kind::Text | Kind::Json));
            let columns = columns.filter(|column| !column.name.ends_with("_id"));
            can_tell.extend(columns.map(|column| format!("{}.{}", table.name, column.name)));
        }
        let unmapped: Vec<&String> = can_tell.iter().filter(|column| !mapped.contains(column)).collect();
        assert!(
            unmapped.is_empty(),
            "say in docs/data-map.md what these are for, and how they go: {unmapped:?}"
        );
        let gone: Vec<&String> = mapped.iter().filter(|column| !can_tell.contains(column)).collect();
        assert!(gone.is_empty(), "docs/data-map.md tells of columns that are not there: {gone:?}");
    }
}
