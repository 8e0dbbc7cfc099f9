//! One PostgreSQL cluster: made, started, stopped, and gone with the run that wanted it.

use std::{
    fs, io,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::programs::Programs;

/// Why there is no PostgreSQL to test on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// None of the usual places has the server programs.
    #[error("no PostgreSQL server programs found: apt-get install postgresql, or set TEST_POSTGRES_URL")]
    NoPrograms,
    /// A program ran and failed.
    #[error("{program} failed: {log}")]
    Failed {
        /// Which one.
        program: &'static str,
        /// What it said, or what the server's log says.
        log: String,
    },
    /// The folder a run would share belongs to somebody else.
    #[error("{0} is not ours: remove it, or set TMPDIR to a folder of your own")]
    NotOurs(PathBuf),
    /// The database refused what every test needs first.
    #[error("cannot make a database to test on")]
    Fault(#[from] db::Fault),
    /// PostgreSQL refused to make or drop a database.
    #[error("PostgreSQL refused: {statement}")]
    Postgres {
        /// What was asked of it.
        statement: String,
        /// What it answered.
        source: tokio_postgres::Error,
    },
    /// SQLite refused to write the template.
    #[error("cannot write a SQLite template")]
    Sqlite(#[from] rusqlite::Error),
    /// The file system or the process table refused.
    #[error("cannot prepare a PostgreSQL cluster")]
    Io(#[from] io::Error),
}

/// Ordinary tests throw the cluster away, so nothing in it needs to reach the disk.
const FAST: &str = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n";

/// Kill tests believe what was committed, so every durable default is spelled out.
const DURABLE: &str = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n";

/// Stops the server once every process named in `users/` is gone. `rmdir` is the closed door: it succeeds only
/// on an empty folder, and a run that comes later fails to sign in and starts its own cluster.
const WATCHDOG: &str = r#"
trap '' HUP INT
until rmdir users 2>/dev/null; do
    sleep 1
    for user in users/*; do
        [ -e "$user" ] && ! kill -0 "${user#users/}" 2>/dev/null && rm -f "$user"
    done
done
if read -r server < data/postmaster.pid; then
    kill -QUIT "$server"
    waited=0
    while kill -0 "$server" && [ "$waited" -lt 100 ]; do sleep 0.1; waited=$((waited + 1)); done
fi 2>/dev/null
cd / && rm -rf "$1"
"#;

/// A running server on a free port of 127.0.0.1, trusted to local users, with the superuser `postgres`.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    folder: PathBuf,
    port: u16,
    is_ours_to_stop: bool,
}

impl Cluster {
    /// A cluster of this process alone, with every durable setting on: for tests that kill things.
    /// It stops when dropped, or within seconds of this process's end however that came.
    pub fn durable() -> Result<Cluster, Trouble> {
        let programs = Programs::find()?;
        let process = std::process::id();
        let folder = fresh_folder(&std::env::temp_dir(), &format!("quartermaster-durable-{process}"))?;
        let mut cluster = Cluster::make(programs, folder, DURABLE)?;
        cluster.is_ours_to_stop = true;
        cluster.watch(process)?;
        Ok(cluster)
    }

    /// The throw-away cluster of a whole run, watched until the process `run` ends.
    pub(crate) fn for_run(parent: &Path, run: u32) -> Result<Cluster, Trouble> {
        let folder = fresh_folder(parent, "cluster")?;
        let cluster = Cluster::make(Programs::find()?, folder, FAST)?;
        cluster.watch(run)?;
        Ok(cluster)
    }

    /// Where `database` is found.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Where this cluster keeps its data, its log and the list of its users.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ends every server process at once, with no checkpoint: what a power failure leaves is in the log alone.
    pub fn crash(&self) -> Result<(), Trouble> {
        self.control(&["stop", "--mode=immediate"])
    }

    /// Starts the server again on the same port; after a crash it recovers first.
    pub fn restart(&self) -> Result<(), Trouble> {
        self.start(self.port)
    }

    fn make(programs: Programs, folder: PathBuf, settings: &str) -> Result<Cluster, Trouble> {
        let data = folder.join("data");
        fs::create_dir(&data)?;
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = programs.account {
            chown(&data, Some(user), Some(group))?;
        }
        let mut initdb = programs.command("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"]);
        finish("initdb", initdb.arg("--pgdata").arg(&data))?;
        let mut text = fs::read_to_string(data.join("postgresql.conf"))?;
        text.push_str(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\n",
        );
        text.push_str(settings);
        fs::write(data.join("postgresql.conf"), text)?;

        let mut cluster = Cluster { programs, folder, port: 0, is_ours_to_stop: false };
        // Another process may take the port between our look and the server's start, so look more than once.
        for attempt in 1..=3 {
            cluster.port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            match cluster.start(cluster.port) {
                Err(trouble) if attempt == 3 => return Err(trouble),
                Err(_) => {}
                Ok(()) => break,
            }
        }
        Ok(cluster)
    }

    fn start(&self, port: u16) -> Result<(), Trouble> {
        let log = self.folder.join("data/server.log");
        let started = self.control(&[
            "start",
            "--wait",
            "--options",
            &format!("-p {port}"),
            "--log",
            &log.display().to_string(),
        ]);
        started.map_err(|trouble| match fs::read_to_string(&log) {
            Ok(log) => Trouble::Failed { program: "postgres", log },
            Err(_) => trouble,
        })
    }

    fn control(&self, arguments: &[&str]) -> Result<(), Trouble> {
        let mut pg_ctl = self.programs.command("pg_ctl");
        finish("pg_ctl", pg_ctl.args(arguments).arg("--pgdata").arg(self.folder.join("data")))
    }

    /// Leaves a process behind that outlives this one and stops the server when it should.
    fn watch(&self, user: u32) -> Result<(), Trouble> {
        let users = self.folder.join("users");
        fs::create_dir(&users)?;
        fs::write(users.join(user.to_string()), "")?;
        Command::new("sh")
            .args(["-c", WATCHDOG, "quartermaster-test-postgres"])
            .arg(&self.folder)
            .current_dir(&self.folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_ours_to_stop {
            // Already stopped is fine, and the watchdog removes the folder.
            let _ = self.crash();
        }
    }
}

/// A new folder that the server's account may pass through.
fn fresh_folder(parent: &Path, name: &str) -> Result<PathBuf, Trouble> {
    for number in 0.. {
        let folder = parent.join(format!("{name}-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => {
                fs::set_permissions(&folder, fs::Permissions::from_mode(0o711))?;
                return Ok(folder);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    unreachable!("the numbers do not end before the file system does")
}

/// Runs to the end. Output goes to a pipe nobody else holds: `pg_ctl start` sends the server's to its log.
fn finish(program: &'static str, command: &mut Command) -> Result<(), Trouble> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let log =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(Trouble::Failed { program, log })
}
