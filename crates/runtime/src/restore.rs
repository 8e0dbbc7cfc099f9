//! A backup comes back. A restored database is a time machine: the world outside has gone on.

use std::io::BufRead;

use db::{
    Db, Fault, Tx,
    backup::{self, BackupError, Contents},
};

/// Restores a backup into a database that has nothing in it yet. What was planned or under way outside when it was made
/// may have been done since, so it is in doubt: it is looked up before it is done, and nothing is sent or bought twice.
/// Whoever held a lease then does not hold it here.
pub async fn restore(db: &Db, file: Box<dyn BufRead + Send>) -> Result<Contents, BackupError> {
    backup::restore(db, file, |tx| Box::pin(settle(tx))).await
}

async fn settle(tx: &Tx) -> Result<(), Fault> {
    tx.execute("update effect set state = 'unknown' where state in ('planned', 'attempting')", &[]).await?;
    tx.execute("delete from lease", &[]).await?;
    Ok(())
}
