//! One test, both engines.

use std::{env, future::Future, time::Duration};

use crate::{TestDb, Trouble};

/// Writes each test once and runs it on SQLite and on PostgreSQL.
///
/// ```
/// testkit::both_engines! {
///     async fn a_new_database_has_todays_schema(db: TestDb) {
///         assert!(db::migrate(&db).await.unwrap().is_empty());
///     }
/// }
/// # use testkit::TestDb;
/// # fn main() {}
/// ```
///
/// gives the tests `a_new_database_has_todays_schema::sqlite` and `::postgres`.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($($argument:tt)*) $body:block)*) => {$(
        $(#[$attribute])*
        #[cfg(test)]
        async fn $name($($argument)*) $body

        #[cfg(test)]
        mod $name {
            #[test]
            fn sqlite() {
                $crate::on_sqlite(super::$name);
            }

            #[test]
            fn postgres() {
                $crate::on_postgres(super::$name);
            }
        }
    )*};
}

/// Runs `test` on a SQLite file of its own.
pub fn on_sqlite<F, T>(test: F)
where
    F: FnOnce(TestDb) -> T,
    T: Future<Output = ()>,
{
    run(async {
        let db = TestDb::sqlite().await.unwrap_or_else(|trouble| panic!("{}", told(&trouble)));
        test(db).await;
    });
}

/// Runs `test` on a PostgreSQL database of its own, or says that it was skipped: see [`skip_or_fail`].
pub fn on_postgres<F, T>(test: F)
where
    F: FnOnce(TestDb) -> T,
    T: Future<Output = ()>,
{
    run(async {
        match TestDb::postgres().await {
            Ok(db) => test(db).await,
            Err(Trouble::NoPrograms) => skip_or_fail(&Trouble::NoPrograms),
            Err(trouble) => panic!("{}", told(&trouble)),
        }
    });
}

/// Says why PostgreSQL is not tested. On CI a test that did not run is a test that failed.
pub fn skip_or_fail(trouble: &Trouble) {
    let is_ci = env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    assert!(!is_ci, "PostgreSQL must be tested here: {trouble}");
    eprintln!("skipped on PostgreSQL: {trouble}");
}

/// An error with everything that caused it, for whoever reads the failed test.
fn told(trouble: &Trouble) -> String {
    let mut text = trouble.to_string();
    let mut cause = std::error::Error::source(trouble);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a test machine can start two threads");
    runtime.block_on(test);
    // A task that does not end by itself must not keep the test from ending.
    runtime.shutdown_timeout(Duration::from_secs(5));
}
