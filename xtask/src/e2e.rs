//! Browser tests: a server of their own, a real Chromium, and pictures of what went wrong.

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, bail};

use crate::{setup, steps};

/// How the server is started: with demonstration data, on a free port, saying where in one line of JSON
/// (`{"address": "http://127.0.0.1:…", "email": …, "password": …}`).
fn server_arguments(database: &Path) -> Vec<String> {
    let database = format!("sqlite:{}", database.display());
    // As fast as the clock on the wall: the simulated staff leaves the work to the tests.
    ["demo", "--listen", "127.0.0.1:0", "--database", &database, "--speed", "1", "--json"]
        .map(str::to_owned)
        .to_vec()
}

const SERVER_STARTS_WITHIN: Duration = Duration::from_secs(120);

/// Builds and starts the server, runs `e2e/run.mjs` against it, and stops it.
pub fn run(root: &Path, filter: Option<&str>) -> anyhow::Result<()> {
    setup::node()?;
    let chromium = setup::chromium()?;
    setup::npm_packages(&root.join("e2e"))?;
    // The way the tests are built, which also builds the binary: with the features of dev-dependencies, so that after
    // the tests nothing is left to compile.
    let mut build = Command::new(steps::cargo());
    steps::run(build.args(["test", "--workspace", "--no-run", "--locked"]).current_dir(root))?;

    let ours = env::current_exe().context("cannot tell where we were built")?;
    let binary = ours.with_file_name("quartermaster");
    let pictures = root.join("target/e2e");
    fs::create_dir_all(&pictures)?;
    let folder = tempfile::tempdir().context("no temporary folder for the server's database")?;
    let server = Server::start(&binary, &folder.path().join("e2e.db"), &pictures)?;

    let mut tests = Command::new("node");
    tests.arg("run.mjs").args(filter).current_dir(root.join("e2e"));
    tests
        .env("E2E_SERVER", &server.introduction)
        .env("E2E_CHROMIUM", chromium)
        .env("E2E_PICTURES", &pictures);
    let outcome = steps::run(&mut tests);
    drop(server);
    outcome.with_context(|| format!("pictures and the server's log are in {}", pictures.display()))
}

/// A server that ends when we are done with it, however we are done.
struct Server {
    child: Child,
    introduction: String,
}

impl Server {
    fn start(binary: &Path, database: &Path, pictures: &Path) -> anyhow::Result<Server> {
        let errors = File::create(pictures.join("server-errors.log"))?;
        let mut command = Command::new(binary);
        command.args(server_arguments(database)).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().with_context(|| format!("cannot start {}", binary.display()))?;
        let output = child.stdout.take().expect("its output was just asked for");
        let mut server = Server { child, introduction: String::new() };

        let (said, hear) = mpsc::channel();
        let mut log = File::create(pictures.join("server.log"))?;
        // Reads to the end, for a server whose output nobody takes stops when the pipe is full.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // The test is over when nobody hears; a log that cannot be written loses only itself.
                let _ = writeln!(log, "{line}");
                let _ = said.send(line);
            }
        });
        loop {
            match hear.recv_timeout(SERVER_STARTS_WITHIN) {
                Ok(line) if introduces(&line) => {
                    server.introduction = line;
                    return Ok(server);
                }
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Timeout) => bail!("the server did not say where it listens"),
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    let ended = server.child.wait()?;
                    let errors = fs::read_to_string(pictures.join("server-errors.log")).unwrap_or_default();
                    bail!("the server ended with {ended} before it said where it listens\n{}", errors.trim());
                }
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn introduces(line: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(line).is_ok_and(|value| value["address"].is_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_introduces_itself_in_one_line() {
        assert!(introduces(r#"{"address": "http://127.0.0.1:8080", "email": "a@example.com"}"#));
        assert!(!introduces(r#"{"level": "info"}"#));
        assert!(!introduces("listening"));
    }
}
