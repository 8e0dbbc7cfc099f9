//! The master keys, which seal the secrets in the database: in the environment, or in a file beside the database that
//! only its owner may read. They are not in the database, so whoever gets a copy of it gets no secret with it.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use runtime::Keyring;

use crate::config::Config;

/// The keys of this house. A house that has none gets a fresh one.
pub fn open(config: &Config) -> anyhow::Result<Keyring> {
    if let Some(keys) = config.master_key.as_deref().filter(|keys| !keys.trim().is_empty()) {
        let keyring = Keyring::parse(keys).context("QUARTERMASTER_MASTER_KEY cannot be used")?;
        if keyring.is_empty() {
            bail!("QUARTERMASTER_MASTER_KEY has no key in it");
        }
        return Ok(keyring);
    }
    let path = path(config);
    match read(&path) {
        Ok(Some(text)) => parse(&text, &path),
        Ok(None) => {
            let text = make(&path)?;
            tracing::warn!(path = %path.display(), "made a master key; keep a copy of it apart from the backups");
            parse(&text, &path)
        }
        Err(error) => Err(error),
    }
}

/// Puts a fresh key before the others; gives the keys.
pub fn renew(config: &Config) -> anyhow::Result<Keyring> {
    if config.master_key.is_some() {
        bail!(
            "the master key stands in QUARTERMASTER_MASTER_KEY: put a fresh key and a comma before it and run this again \
             with it; here is one: {}",
            Keyring::fresh_key()
        );
    }
    let path = path(config);
    let former = read(&path)?.unwrap_or_default();
    let text = format!("{}\n{former}", Keyring::fresh_key());
    replace(&path, &text)?;
    parse(&text, &path)
}

/// Leaves only the key that seals.
pub fn forget_former(config: &Config) -> anyhow::Result<()> {
    let path = path(config);
    let text = read(&path)?.context("there is no key file")?;
    let first = text.lines().find(|line| !line.trim().is_empty()).context("the key file is empty")?;
    replace(&path, &format!("{first}\n"))
}

/// Beside the SQLite file, unless a place is named; PostgreSQL has no beside, so there it is the working folder.
fn path(config: &Config) -> PathBuf {
    let beside = || match config.database.strip_prefix("sqlite:") {
        Some(file) => PathBuf::from(format!("{file}.key")),
        None => PathBuf::from("quartermaster.key"),
    };
    config.master_key_file.clone().unwrap_or_else(beside)
}

fn parse(text: &str, path: &Path) -> anyhow::Result<Keyring> {
    let keyring = Keyring::parse(text).with_context(|| format!("{} cannot be used", path.display()))?;
    if keyring.is_empty() {
        bail!("{} has no key in it", path.display());
    }
    Ok(keyring)
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.with_context(|| path.display().to_string())?,
    };
    if found.mode() & 0o077 != 0 {
        bail!("{0} can be read by others than its owner: chmod 600 {0}", path.display());
    }
    fs::read_to_string(path).map(Some).with_context(|| path.display().to_string())
}

/// Two that start at once: the second finds the first one's.
fn make(path: &Path) -> anyhow::Result<String> {
    let text = format!("{}\n", Keyring::fresh_key());
    let said = || format!("the master key cannot be kept in {}", path.display());
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(said)?;
            Ok(text)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(path)?.with_context(said),
        Err(error) => Err(error).with_context(said),
    }
}

/// Whole or not at all: a half-written key would lose what it seals.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let said = || format!("the master key cannot be kept in {}", path.display());
    let _ = fs::remove_file(&fresh);
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh).with_context(said)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(said)?;
    fs::rename(&fresh, path).with_context(said)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn config(folder: &Path) -> Config {
        Config::of(&[("database", &format!("sqlite:{}", folder.join("shop.db").display()))])
    }

    #[test]
    fn c18_a_house_makes_its_key_once_and_keeps_it_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let made = open(&config).unwrap();
        let path = folder.path().join("shop.db.key");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(made.names().eq(open(&config).unwrap().names()));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(open(&config).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn c18_a_new_key_seals_and_the_former_opens_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let old = open(&config).unwrap();
        let both = renew(&config).unwrap();
        let names: Vec<&str> = both.names().collect();
        assert_eq!(names[1..], old.names().collect::<Vec<_>>());
        forget_former(&config).unwrap();
        assert_eq!(open(&config).unwrap().names().collect::<Vec<_>>(), names[..1]);
    }

    #[test]
    fn keys_of_the_environment_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let key = Keyring::fresh_key();
        let database = config(folder.path()).database;
        let config = Config::of(&[("database", database.as_str()), ("master_key", key.as_str())]);
        assert!(open(&config).unwrap().names().eq(Keyring::parse(&key).unwrap().names()));
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
        assert!(open(&Config::of(&[("master_key", "short")])).is_err());
    }
}
