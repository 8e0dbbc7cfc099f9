//! The one throw-away PostgreSQL of a run, shared by all its processes.
//!
//! A *run* is the process that started this one (nextest, cargo): it is there before the first test and after
//! the last. The first test of a run starts the cluster under a lock; the others find its address in a file.
//! Runs of one checkout that overlap share the cluster, and it stops a second or two after the last has ended.

use std::{
    env,
    fs::{self, File},
    hash::{DefaultHasher, Hash, Hasher},
    net::{SocketAddr, TcpStream},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::parent_id,
    },
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use crate::{Cluster, Trouble, programs::user_id};

/// The superuser's address of database `database`, on the server that `TEST_POSTGRES_URL` names or on the run's
/// own, which is started if it is not there yet. Blocks while it starts: about a second.
pub fn postgres_url(database: &str) -> Result<String, &'static Trouble> {
    static SERVER: OnceLock<Result<String, Trouble>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match env::var("TEST_POSTGRES_URL") {
        Ok(url) if !url.is_empty() => Ok(url),
        _ => join_or_start(run()),
    });
    server.as_ref().map(|url| with_database(url, database))
}

/// Puts the name of a database into an address, keeping what comes after `?`.
fn with_database(url: &str, database: &str) -> String {
    let (place, options) = url.split_once('?').map_or((url, None), |(place, rest)| (place, Some(rest)));
    let authority = place.find("://").map_or(0, |at| at + 3);
    let server = place[authority..].find('/').map_or(place, |at| &place[..authority + at]);
    match options {
        Some(options) => format!("{server}/{database}?{options}"),
        None => format!("{server}/{database}"),
    }
}

/// Under a test runner the run is our parent; a test program started by hand is its own run.
fn run() -> u32 {
    let has_runner = ["NEXTEST", "CARGO"].iter().any(|name| env::var_os(name).is_some());
    if has_runner { parent_id() } else { std::process::id() }
}

/// One folder for each user and checkout, refused if somebody else made it first.
pub(crate) fn run_folder() -> Result<PathBuf, Trouble> {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    let user = user_id()?;
    let folder = env::temp_dir().join(format!("quartermaster-test-{user}-{:x}", hasher.finish()));
    if fs::create_dir(&folder).is_ok() {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o711))?;
    }
    let found = fs::symlink_metadata(&folder)?;
    if found.uid() == user && found.is_dir() { Ok(folder) } else { Err(Trouble::NotOurs(folder)) }
}

/// Held while something that the run shares is made, so that one process makes it and the others wait.
pub(crate) fn lock(folder: &Path) -> Result<File, Trouble> {
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

fn join_or_start(run: u32) -> Result<String, Trouble> {
    let folder = run_folder()?;
    let _lock = lock(&folder)?;
    let current = folder.join("current");
    if let Some(url) = fs::read_to_string(&current).ok().and_then(|text| join(&text, run)) {
        return Ok(url);
    }
    let cluster = Cluster::for_run(&folder, run)?;
    let url = cluster.url("postgres");
    fs::write(current, format!("{}\n{url}\n", cluster.folder().display()))?;
    Ok(url)
}

/// Signs the run in at the cluster that `current` names, unless that has closed its door or does not answer.
fn join(current: &str, run: u32) -> Option<String> {
    let (folder, url) = current.trim_end().split_once('\n')?;
    fs::write(Path::new(folder).join("users").join(run.to_string()), "").ok()?;
    let address: SocketAddr = url.rsplit_once('@')?.1.split_once('/')?.0.parse().ok()?;
    TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()?;
    Some(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_put_into_the_servers_address() {
        let check = |url, expected: &str| assert_eq!(with_database(url, "orders"), expected);
        check("postgres://me@db:5432/postgres", "postgres://me@db:5432/orders");
        check("postgres://me@db:5432", "postgres://me@db:5432/orders");
        check("postgres://db/x?sslmode=require", "postgres://db/orders?sslmode=require");
    }

    #[test]
    fn a_second_run_joins_the_first_ones_cluster() {
        if let Err(Trouble::NoPrograms) = crate::programs::Programs::find() {
            return crate::skip_or_fail(&Trouble::NoPrograms);
        }
        let url = postgres_url("postgres").unwrap();
        if env::var("TEST_POSTGRES_URL").is_err() {
            assert_eq!(join_or_start(std::process::id()).unwrap(), url);
        }
    }
}
