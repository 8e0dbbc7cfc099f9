//! The one question that no context answers.

use db::{Fault, Tx};

/// How many migrations the database has taken.
pub async fn count_migrations(tx: &Tx) -> Result<i64, Fault> {
    let (count,) = tx.query_one("select count(*) from schema_migration", &[]).await?;
    Ok(count)
}
