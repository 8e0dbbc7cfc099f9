//! Finds PostgreSQL's server programs and the account they will agree to run under.

use std::{
    env, fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Trouble;

/// A `bin` folder with `initdb`, `pg_ctl` and `postgres`, and whom to run them as.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    bin: PathBuf,
    /// The server refuses to run as root, so root lends it another account: user and group id.
    pub(crate) account: Option<(u32, u32)>,
}

impl Programs {
    /// Those on `PATH`, else the newest where distributions and Homebrew put them.
    pub(crate) fn find() -> Result<Programs, Trouble> {
        let on_path = env::var_os("PATH").unwrap_or_default();
        let bin = env::split_paths(&on_path)
            .find_map(|folder| complete(&folder))
            .or_else(newest_installed)
            .ok_or(Trouble::NoPrograms)?;
        Ok(Programs { bin, account: account_for_root()? })
    }

    /// A command for one of the programs, under the right account and out of reach of signals meant for us.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        // A test runner that stops a test kills its whole process group; the server must outlive that test.
        command.process_group(0).current_dir("/");
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }
}

/// The folder behind `folder` if it has every program: links such as `/usr/local/bin/initdb` are followed.
fn complete(folder: &Path) -> Option<PathBuf> {
    let bin = fs::canonicalize(folder.join("initdb")).ok()?.parent()?.to_owned();
    ["initdb", "pg_ctl", "postgres"].iter().all(|name| bin.join(name).is_file()).then_some(bin)
}

fn newest_installed() -> Option<PathBuf> {
    let places = [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql@", "bin"),
        ("/usr/local/opt", "postgresql@", "bin"),
    ];
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix, bin) in places {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix)?.parse().ok());
            if let (Some(version), Some(bin)) = (version, complete(&entry.path().join(bin))) {
                found.push((version, bin));
            }
        }
    }
    found.into_iter().max().map(|(_, bin)| bin)
}

fn account_for_root() -> Result<Option<(u32, u32)>, Trouble> {
    if user_id()? != 0 {
        return Ok(None);
    }
    let name = if number(&["-u", "postgres"]).is_ok() { "postgres" } else { "nobody" };
    Ok(Some((number(&["-u", name])?, number(&["-g", name])?)))
}

/// Who runs this process.
pub(crate) fn user_id() -> Result<u32, Trouble> {
    number(&["-u"])
}

fn number(arguments: &[&str]) -> Result<u32, Trouble> {
    let output = Command::new("id").args(arguments).output()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|_| Trouble::Failed {
        program: "id",
        log: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
