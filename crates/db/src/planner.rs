//! What SQLite's planner is told about tables before it has seen any.
//!
//! Without statistics it takes every equality for selective, and `organisation_id`, the first column of every key and
//! the same in every row, for the best of all: it then walks a table under a primary key while the right index stands
//! beside it. So a fresh database starts with the shape that every busy one has. `analyze`, run by whoever runs the
//! database, replaces it by what is really there.

use std::fmt::Write as _;

use crate::{Fault, Tx, args};

/// Rows a table is taken to have while nobody has measured.
const ROWS: i64 = 100_000;

/// Columns with one value, or a few, in most rows of a house.
const NARROWS_NOTHING: &[&str] = &["organisation_id", "merchant_id", "owner_id", "channel_id", "lot", "kind"];

/// Columns with some tens of values.
const NARROWS_SOMEWHAT: &[&str] = &["node_id", "status", "state"];

/// Gives each index of the schema the statistics of a busy house, unless somebody measured better ones. An index that
/// is new on a table that is known gets them too, with as many rows as the table has: without, it would look like the
/// best of all.
pub(crate) async fn seed_statistics(tx: &Tx) -> Result<(), Fault> {
    // Makes the table of statistics where there is none.
    tx.script("analyze sqlite_schema").await?;
    let columns: Vec<(String, String, bool, String, i64)> = tx
        .query(
            // A table without row ids goes by its own name where its primary key is meant.
            "select t.name, case when i.origin = 'pk' and t.wr then t.name else i.name end as index_name, \
                    i.\"unique\" and not i.partial, coalesce(c.name, ''), \
                    coalesce((select max(cast(s.stat as integer)) from sqlite_stat1 s where s.tbl = t.name), $1) \
               from pragma_table_list t join pragma_index_list(t.name) i join pragma_index_info(i.name) c \
              where t.schema = 'main' and t.type = 'table' \
                and not exists (select 1 from sqlite_stat1 s where s.tbl = t.name \
                      and s.idx = case when i.origin = 'pk' and t.wr then t.name else i.name end) \
              order by t.name, index_name, c.seqno",
            args![ROWS],
        )
        .await?;
    for index in columns.chunk_by(|one, next| one.1 == next.1) {
        let (table, name, is_unique, _, rows) = &index[0];
        let columns: Vec<&str> = index.iter().map(|(_, _, _, column, _)| column.as_str()).collect();
        tx.execute(
            "insert into sqlite_stat1 (tbl, idx, stat) values ($1, $2, $3)",
            args![table, name, statistics(*rows, &columns, *is_unique)],
        )
        .await?;
    }
    // Read them again, here; and on every other connection, which looks again only when the schema changes.
    tx.script("analyze sqlite_schema").await?;
    if columns.is_empty() {
        return Ok(());
    }
    tx.script("create table statistics_told (told int)").await?;
    tx.script("drop table statistics_told").await
}

/// Rows in all, then how many rows share the first column, the first two, and so on.
fn statistics(all: i64, columns: &[&str], is_unique: bool) -> String {
    let (mut text, mut rows) = (all.to_string(), all);
    for (place, column) in columns.iter().enumerate() {
        let is_last = place + 1 == columns.len();
        rows = if is_last && is_unique {
            1
        } else if NARROWS_NOTHING.contains(column) {
            rows
        } else if NARROWS_SOMEWHAT.contains(column) {
            (rows / 20).max(2)
        } else {
            rows.min(4)
        };
        write!(text, " {rows}").expect("text takes text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organisation_narrows_nothing_and_a_whole_key_everything() {
        assert_eq!(statistics(ROWS, &["organisation_id", "order_id", "line_no"], true), "100000 100000 4 1");
        assert_eq!(
            statistics(ROWS, &["organisation_id", "node_id", "status", "created_at"], false),
            "100000 100000 5000 250 4"
        );
    }
}
