//! Migrations: one linear history, one text for both engines, forward only.

use sha2::{Digest, Sha256};

use crate::{Db, Engine, Fault, Tx, args, planner, sql, wall};

/// A step: its file name without the ending, and its text.
pub type Step = (&'static str, &'static str);

macro_rules! steps {
    ($($name:literal),* $(,)?) => {
        /// Every step of the schema, oldest first.
        pub const STEPS: &[Step] = &[$(($name, include_str!(concat!("../../../migrations/", $name, ".sql")))),*];
    };
}

steps![
    "0001_runtime",
    "0002_people",
    "0003_catalogue",
    "0004_network",
    "0005_inventory",
    "0006_orders",
    "0007_sourcing",
    "0008_warehouse",
    "0009_shipping",
    "0010_tracking",
    "0011_receipts",
    "0012_tracking_exceptions",
    "0013_webhooks",
    "0014_access",
    "0015_audit",
    "0016_rate_budget",
    "0017_identity_providers",
    "0018_badges",
    "0019_view_as",
    "0020_order_lists",
    "0021_forgetting",
    "0022_erased_orders",
    "0023_saved_views",
    "0024_open_orders",
    "0025_notable",
    "0026_care",
    "0027_settled_trouble",
    "0028_operations",
    "0029_item_version",
    "0030_node_version",
    "0031_webhook_version",
    "0032_key_version",
    "0033_brand",
    "0034_preferences",
    "0035_breach",
    "0036_order_lists_of_one",
    "0037_ownership",
    "0038_holds",
    "0039_expected_receipts",
    "0040_stock_rules",
    "0041_channel_stock",
    "0042_lighter_orders",
    "0043_lots",
    "0044_lot_tracked",
    "0045_lighter_decisions",
    "0046_kits",
    "0047_kit_lines",
    "0048_proposed_adjustments",
    "0049_discrepancies",
    "0050_till_events",
    "0051_stock_aside",
    "0052_backorders",
    "0053_waiting_orders",
    "0056_change_notes",
    "0057_availability_events",
    "0058_stock_outlook",
    "0060_slips",
    "0061_unfiled_references",
];

/// A digest of the whole history: test templates are kept by it.
pub fn digest() -> String {
    let mut hash = Sha256::new();
    for (name, text) in STEPS {
        hash.update(name);
        hash.update(text);
    }
    hash.update(wall::text());
    hex(&hash.finalize())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Brings the schema up to date; gives the names of the steps taken. Safe to run from several processes at once.
/// Refuses a schema that is newer than this program, or whose history differs from ours.
pub async fn migrate(db: &Db) -> Result<Vec<&'static str>, Fault> {
    let engine = db.engine();
    let done: Vec<&str> = db
        .write(move |tx| {
            Box::pin(async move {
                tx.lock_name("quartermaster.migrate").await?;
                make_list(tx).await?;
                let taken: Vec<(i64, String, String)> = tx
                    .query("select version, name, checksum from schema_migration order by version", &[])
                    .await?;
                if taken.len() > STEPS.len() {
                    return Err(Fault::Schema(format!(
                        "the database has {} migrations and this program knows {}: start a newer program",
                        taken.len(),
                        STEPS.len()
                    )));
                }
                for ((name, text), (_, taken_name, taken_checksum)) in STEPS.iter().zip(&taken) {
                    if taken_name != name || *taken_checksum != hex(&Sha256::digest(text)) {
                        return Err(Fault::Schema(format!(
                            "migration {name} differs from the one this database was made with ({taken_name})"
                        )));
                    }
                }
                take_steps(tx, STEPS, taken.len()).await?;
                let done: Vec<&str> = STEPS[taken.len()..].iter().map(|(name, _)| *name).collect();
                match engine {
                    Engine::Sqlite => planner::seed_statistics(tx).await?,
                    Engine::Postgres => wall::raise(tx, !done.is_empty()).await?,
                }
                Ok::<_, Fault>(done)
            })
        })
        .await?;
    db.note_wall().await?;
    Ok(done)
}

/// Makes the list of steps taken, where there is none.
pub(crate) async fn make_list(tx: &Tx) -> Result<(), Fault> {
    let table = "create table if not exists schema_migration (version {int} primary key, name {text} not null, \
                 checksum {text} not null) {tail}";
    tx.script(&sql::render_migration(tx.engine(), table)?).await
}

/// Takes those of `steps` that come after the first so many.
pub(crate) async fn take_steps(tx: &Tx, steps: &[Step], taken: usize) -> Result<(), Fault> {
    for (place, (name, text)) in steps.iter().enumerate().skip(taken) {
        tx.script(&sql::render_migration(tx.engine(), text)?).await?;
        tx.execute(
            "insert into schema_migration (version, name, checksum) values ($1, $2, $3)",
            args![place as i64 + 1, *name, hex(&Sha256::digest(text))],
        )
        .await?;
    }
    Ok(())
}

/// The names of the steps that a database has not taken, without changing anything. Refuses a schema that is newer than
/// this program.
pub async fn pending(db: &Db) -> Result<Vec<&'static str>, Fault> {
    db.read(|tx| {
        Box::pin(async move {
            // A database that nobody has migrated has no list of migrations.
            let (lists,): (i64,) = tx
                .query_one(
                    "select count(*) from [sqlite: sqlite_master where type = 'table' and name = :]\
                     [pg: information_schema.tables where table_schema = current_schema and table_name = :] \
                     'schema_migration'",
                    &[],
                )
                .await?;
            let (taken,): (i64,) = match lists {
                0 => (0,),
                _ => tx.query_one("select count(*) from schema_migration", &[]).await?,
            };
            let taken = usize::try_from(taken).unwrap_or(usize::MAX);
            if taken > STEPS.len() {
                let known = STEPS.len();
                let newer = format!("the database has {taken} migrations and this program knows {known}: start a newer program");
                return Err(Fault::Schema(newer));
            }
            Ok(STEPS[taken..].iter().map(|(name, _)| *name).collect())
        })
    })
    .await
}
