//! Renders the one SQL text for each engine.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, RwLock},
};

use crate::{Engine, Fault};

/// A text made ready for one engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub text: String,
    pub writes: Writes,
}

/// What a statement writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Writes {
    Nothing,
    Table(Arc<str>),
    /// Nobody can tell from its first words.
    Anything,
}

impl Writes {
    fn of(sql: &str) -> Writes {
        let mut words = sql.split([' ', '\n', '(']).filter(|word| !word.is_empty());
        let table = match (words.next(), words.next()) {
            (Some("select" | "pragma" | "values"), _) => return Writes::Nothing,
            (Some("insert"), Some("into")) | (Some("delete"), Some("from")) => words.next(),
            (Some("update"), table) => table,
            (Some("with"), _)
                if !["insert into", "update ", "delete from"].iter().any(|verb| sql.contains(verb)) =>
            {
                return Writes::Nothing;
            }
            _ => None,
        };
        table.map_or(Writes::Anything, |table| Writes::Table(table.into()))
    }
}

/// Renders `sql` for an engine; `arguments` is how many single arguments there are, after which a set's columns are
/// numbered. Answers are kept, because the same few hundred texts come again for ever.
pub(crate) fn render(engine: Engine, sql: &str, arguments: usize) -> Result<Arc<Rendered>, Fault> {
    type Cache = RwLock<HashMap<(Engine, usize), HashMap<String, Arc<Rendered>>>>;
    static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);
    let known = CACHE.read().expect("no renderer panics");
    if let Some(rendered) = known.get(&(engine, arguments)).and_then(|texts| texts.get(sql)) {
        return Ok(rendered.clone());
    }
    drop(known);
    let text = render_set(engine, &render_lists(engine, &render_dialect(engine, sql)?)?, arguments)?;
    let rendered = Arc::new(Rendered { writes: Writes::of(&text), text });
    let mut known = CACHE.write().expect("no renderer panics");
    known.entry((engine, arguments)).or_default().insert(sql.to_owned(), rendered.clone());
    Ok(rendered)
}

/// Keeps `[pg: … :]` on PostgreSQL and `[sqlite: … :]` on SQLite.
pub(crate) fn render_dialect(engine: Engine, sql: &str) -> Result<String, Fault> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    loop {
        let Some(start) = ["[pg:", "[sqlite:"].iter().filter_map(|mark| rest.find(mark)).min() else {
            out.push_str(rest);
            return Ok(out);
        };
        out.push_str(&rest[..start]);
        let body = &rest[start..];
        let end = body.find(":]").ok_or_else(|| Fault::Mark(body.chars().take(40).collect()))?;
        let (mark, wanted) =
            if body.starts_with("[pg:") { ("[pg:", Engine::Postgres) } else { ("[sqlite:", Engine::Sqlite) };
        if engine == wanted {
            out.push_str(&body[mark.len()..end]);
        }
        rest = &body[end + 2..];
    }
}

/// `{in $2}`: membership in a list.
fn render_lists(engine: Engine, sql: &str) -> Result<String, Fault> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(start) = rest.find("{in $") {
        out.push_str(&rest[..start]);
        let body = &rest[start + 4..];
        let end = body.find('}').ok_or_else(|| Fault::Mark(body.chars().take(40).collect()))?;
        let argument = &body[..end];
        match engine {
            Engine::Postgres => out.push_str(&format!("= any({argument})")),
            Engine::Sqlite => out.push_str(&format!("in (select value from json_each({argument}))")),
        }
        rest = &body[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// `{set d(a text, b int)}`: the rows of a set.
fn render_set(engine: Engine, sql: &str, arguments: usize) -> Result<String, Fault> {
    let Some(start) = sql.find("{set ") else { return Ok(sql.to_owned()) };
    let bad = || Fault::Mark(sql[start..].chars().take(60).collect());
    let body = &sql[start + 5..];
    let (name, rest) = body.split_once('(').ok_or_else(bad)?;
    let (columns, rest) = rest.split_once(")}").ok_or_else(bad)?;
    let columns: Vec<(&str, &str)> = columns
        .split(',')
        .map(|column| column.trim().split_once(' ').ok_or_else(bad))
        .collect::<Result<_, _>>()?;
    match engine {
        Engine::Postgres => {
            let mut arrays = Vec::with_capacity(columns.len());
            for (place, (_, kind)) in columns.iter().enumerate() {
                let array = match kind.trim() {
                    "int" => "bigint",
                    "text" => "text",
                    "time" => "timestamptz",
                    "date" => "date",
                    "bool" => "boolean",
                    "json" => "jsonb",
                    _ => return Err(bad()),
                };
                arrays.push(format!("${}::{array}[]", arguments + place + 1));
            }
            let names: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
            let from = format!("from unnest({}) as {name}({})", arrays.join(", "), names.join(", "));
            Ok(format!("{}{from}{rest}", &sql[..start]))
        }
        Engine::Sqlite => {
            let mut text = one_row(&sql[..start], rest);
            // Longer names first, so that `d.item` does not eat the head of `d.item_id`.
            let mut order: Vec<usize> = (0..columns.len()).collect();
            order.sort_by_key(|&place| std::cmp::Reverse(columns[place].0.len()));
            for place in order {
                text = replace_word(&text, &format!("{name}.{}", columns[place].0), arguments + place + 1);
            }
            Ok(text)
        }
    }
}

/// The statement for one row of the set. An insert becomes one of `values`, because SQLite opens a savepoint for each
/// `insert … select`, which costs more than the row.
fn one_row(head: &str, rest: &str) -> String {
    if head.trim_start().starts_with("insert into")
        && let Some((target, row)) = head.split_once(" select ")
        && let Some(tail) = rest.trim_start().strip_prefix("where true")
    {
        return format!("{target} values ({}){tail}", row.trim_end());
    }
    format!("{head}{rest}")
}

/// Replaces `word` by `$number` where it stands alone.
fn replace_word(text: &str, word: &str, number: usize) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let after = &rest[at + word.len()..];
        let stands_alone = !rest[..at].ends_with(is_name) && !after.starts_with(is_name);
        out.push_str(&rest[..at]);
        if stands_alone {
            out.push_str(&format!("${number}"));
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Type tokens of migrations: `{id}`, `{text}`, `{int}`, `{time}`, `{date}`, `{json}`, `{bool}`, `{bytes}`, `{real}`,
/// and `{tail}` / `{keyed}` at the end of a table (`keyed` is stored in the order of its primary key on SQLite).
pub fn render_migration(engine: Engine, sql: &str) -> Result<String, Fault> {
    let tokens: [(&str, &str, &str); 11] = [
        ("{id}", "text collate \"C\"", "text"),
        ("{text}", "text collate \"C\"", "text"),
        ("{int}", "bigint", "integer"),
        ("{time}", "timestamptz", "text"),
        ("{date}", "date", "text"),
        ("{json}", "jsonb", "text"),
        ("{bool}", "boolean", "integer"),
        ("{bytes}", "bytea", "blob"),
        ("{real}", "double precision", "real"),
        ("{tail}", "", "strict"),
        ("{keyed}", "", "strict, without rowid"),
    ];
    let mut text = render_dialect(engine, sql)?;
    for (token, postgres, sqlite) in tokens {
        text = text.replace(token, if engine == Engine::Postgres { postgres } else { sqlite });
    }
    match text.find('{') {
        Some(at) => Err(Fault::Mark(text[at..].chars().take(40).collect())),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, arguments: usize, postgres: &str, sqlite: &str) {
        assert_eq!(render(Engine::Postgres, sql, arguments).unwrap().text, postgres);
        assert_eq!(render(Engine::Sqlite, sql, arguments).unwrap().text, sqlite);
    }

    #[test]
    fn one_text_serves_both_engines() {
        check(
            "insert into t (a, b) select d.a, $1 {set d(a text)} where true on conflict do nothing",
            1,
            "insert into t (a, b) select d.a, $1 from unnest($2::text[]) as d(a) where true on conflict do nothing",
            "insert into t (a, b) values ($2, $1) on conflict do nothing",
        );
        check(
            "insert into t (a) select x.a from x join y {set d(a text)} where x.a = d.a",
            0,
            "insert into t (a) select x.a from x join y from unnest($1::text[]) as d(a) where x.a = d.a",
            "insert into t (a) select x.a from x join y  where x.a = $1",
        );
        check(
            "update s set q = s.q + d.q, id = d.q_id {set d(q int, q_id text)} where s.id = d.q_id and s.q + d.q >= 0",
            0,
            "update s set q = s.q + d.q, id = d.q_id from unnest($1::bigint[], $2::text[]) as d(q, q_id) where s.id = d.q_id and s.q + d.q >= 0",
            "update s set q = s.q + $1, id = $2  where s.id = $2 and s.q + $1 >= 0",
        );
        check(
            "select 1 from t where a {in $1}[pg: for update:]",
            1,
            "select 1 from t where a = any($1) for update",
            "select 1 from t where a in (select value from json_each($1))",
        );
    }

    #[test]
    fn a_statement_says_what_it_writes_to() {
        let table = |name: &str| Writes::Table(name.into());
        for (sql, writes) in [
            ("select 1 from t", Writes::Nothing),
            ("with newest as (select 1) select * from newest", Writes::Nothing),
            ("insert into t (a) values (1)", table("t")),
            ("update t set a = 1", table("t")),
            ("delete from t where a = 1", table("t")),
            ("with gone as (delete from t returning a) select a from gone", Writes::Anything),
            ("vacuum", Writes::Anything),
        ] {
            assert_eq!(Writes::of(sql), writes, "{sql}");
        }
    }

    #[test]
    fn an_unknown_mark_is_named() {
        let error = render_migration(Engine::Sqlite, "create table t (a {uuid})").unwrap_err();
        assert!(error.to_string().contains("{uuid}"), "{error}");
    }
}
