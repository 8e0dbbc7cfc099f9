//! Running the binary.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// What a run of the binary said.
#[derive(Debug)]
pub struct Program {
    pub is_success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn run(arguments: &[&str]) -> Program {
        Program::finish(Program::command(Path::new(".")).args(arguments))
    }

    fn command(folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quartermaster"));
        command.current_dir(folder).env("QUARTERMASTER_DATABASE", "sqlite:house.db").stdin(Stdio::null());
        for variable in
            ["QUARTERMASTER_BOOKS", "QUARTERMASTER_CONFIG", "QUARTERMASTER_LISTEN", "QUARTERMASTER_LOG"]
        {
            command.env_remove(variable);
        }
        command
    }

    fn finish(command: &mut Command) -> Program {
        let output = command.output().unwrap();
        Program {
            is_success: output.status.success(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A folder in which the binary runs, with its database `house.db`.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Program {
        Program::finish(Program::command(self.0.path()).args(arguments))
    }

    /// A server on a free port, once it listens.
    pub async fn serve(&self) -> Server {
        let mut command = Program::command(self.0.path());
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first = lines.next().expect("the server says where it is");
        let url = first.split_whitespace().last().unwrap().to_owned();
        outbound::use_ring();
        let mut server = Server { child, url, first_run_secret: None, client: reqwest::Client::new() };
        // Whether somebody has to be enrolled is said before the first request is answered.
        server.get("/health").await;
        if self.has_nobody(&server).await {
            server.first_run_secret = lines.nth(1).map(|line| line.trim().to_owned());
        }
        server
    }

    /// A first run that cannot be right is refused in other words once somebody is enrolled.
    async fn has_nobody(&self, server: &Server) -> bool {
        let staff = serde_json::json!({
            "email": "x@example.com", "name": "X", "password": "a long enough password", "language": "en",
        });
        let (_, problem) =
            server.post("/v1/first-run", &serde_json::json!({ "secret": "no", "staff": staff })).await;
        !problem["detail"].as_str().unwrap_or_default().contains("already")
    }
}

/// A server at work, stopped when dropped.
pub struct Server {
    child: Child,
    url: String,
    pub first_run_secret: Option<String>,
    client: reqwest::Client,
}

impl Server {
    pub async fn get(&self, path: &str) -> Value {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn get_as(&self, path: &str, token: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(token);
        request.send().await.unwrap().json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.client.post(format!("{}{path}", self.url)).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Asks it to end, as an operator's system does, and waits.
    pub fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone after `stop`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
