//! Rows again and again, each time as somebody else's: how a large house is made of a small one, to be measured.

use crate::{Engine, Fault, Tx, args, migrate::STEPS, schema::tables};

/// The rows of a table to copy, and what makes a copy another row.
#[derive(Debug, Clone, Copy)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// The column that tells an original: what is in it has no `--`.
    pub original: &'static str,
    /// Columns of text that name what is copied too: `--` and the number of the copy are added.
    pub names: &'static [&'static str],
    /// Columns of time: an earlier copy happened earlier.
    pub times: &'static [&'static str],
}

/// Copies the originals of a table, once for each number of `copies`, each `seconds` times its number earlier. Returns
/// how many rows there are now more. Columns that the engine numbers are left to it.
pub async fn copy(
    tx: &Tx,
    copied: &Copied,
    copies: std::ops::Range<i64>,
    seconds: i64,
) -> Result<u64, Fault> {
    let schema = tables(STEPS)?;
    let table = schema
        .iter()
        .find(|table| table.name == copied.table)
        .ok_or_else(|| Fault::Mark(copied.table.to_owned()))?;
    let columns = || table.columns.iter().filter(|column| !column.is_numbered);
    let names: Vec<&str> = columns().map(|column| column.name.as_str()).collect();
    let cells: Vec<String> = columns()
        .map(|column| match column.name.as_str() {
            name if copied.names.contains(&name) => format!("o.{name} || '--' || n.copy"),
            name if copied.times.contains(&name) => earlier(tx.engine(), name),
            name => format!("o.{name}"),
        })
        .collect();
    let sql = format!(
        "insert into {} ({}) with recursive n(copy) as (select $1 union all select copy + 1 from n where copy + 1 < $2) \
         select {} from {} o cross join n where o.{} not like '%--%'",
        copied.table,
        names.join(", "),
        cells.join(", "),
        copied.table,
        copied.original,
    );
    tx.execute(&sql, args![copies.start, copies.end, seconds]).await
}

/// Makes every number of a column `times` what it was when it was the `was`-fold.
pub async fn scale(tx: &Tx, table: &str, column: &str, was: i64, times: i64) -> Result<u64, Fault> {
    let sql = format!("update {table} set {column} = {column} / $1 * $2 where {column} <> 0");
    tx.execute(&sql, args![was, times]).await
}

fn earlier(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Postgres => format!("o.{column} - make_interval(secs => n.copy * $3)"),
        // The text of an instant ends in microseconds, which SQLite's functions would cut.
        Engine::Sqlite => format!(
            "strftime('%Y-%m-%dT%H:%M:%S', o.{column}, (-n.copy * $3) || ' seconds') || substr(o.{column}, 20)"
        ),
    }
}
