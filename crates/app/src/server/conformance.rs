//! The server against its document, by thousands of requests that schemathesis makes up: nothing breaks, and every
//! answer is one that the document has.

use std::{env, path::PathBuf, process::Stdio};

use axum::http::Method;
use serde_json::json;
use testkit::{TestDb, both_engines};
use tokio::{net::TcpListener, process::Command, task::JoinHandle};

use super::doors::House;

/// Where `cargo xtask test` installs Python's packages.
const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/python/bin");
/// What they run.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// What is tried. That a good request is accepted is not: a made-up order is of things that nobody sells.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,missing_required_header,\
    unsupported_method,ignored_auth";

/// Requests that would end the session they are sent with, the stream, which does not end, and one that waits.
const LEFT_OUT: &str =
    "^(post_sign_out|delete_sessions|delete_session|delete_key|get_stream|get_availability_changes)$";

/// A setting of the made-up requests: the environment may name another, to look for longer or elsewhere by hand.
fn chosen(name: &str, usual: &str) -> String {
    let chosen = env::var(name).unwrap_or_else(|_| usual.to_owned());
    println!("{name}={chosen}");
    chosen
}

/// One of Python's programs. None where it is not installed, which is said; on CI it must be.
fn program(name: &str) -> Option<Command> {
    let path = PathBuf::from(INSTALLED).join(name);
    if path.exists() {
        let mut command = Command::new(path);
        command.env("NO_COLOR", "1").env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHASHSEED", "1");
        command.stdin(Stdio::null()).kill_on_drop(true);
        return Some(command);
    }
    let is_ci = env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    assert!(!is_ci, "{name} is not installed: `cargo xtask test` does it");
    println!("skipped: {name} is not installed; `cargo xtask test` does it");
    None
}

/// Runs it to its end, shows what it said, and fails if it did.
async fn run(mut command: Command) {
    let done = command.output().await.unwrap();
    println!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{command:?} found something: see above");
}

/// Serves a house on a port of its own; gives the address.
async fn serve(house: &House) -> (String, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = house.router.clone();
    (address, tokio::spawn(async move { axum::serve(listener, router).await }))
}

both_engines! {
    async fn every_answer_is_one_that_the_document_has(db: TestDb) {
        let Some(mut schemathesis) = program("schemathesis") else { return };
        let mut house = House::at_work(db).await;
        let token = house.session("ada@shop.example").await;
        let more =
            [("node", "leeds"), ("item", "TEA"), ("channel", "web"), ("external_code", "TEA"), ("code", "TEA-BAR")];
        house.things.extend(more.map(|(name, code)| (name, code.to_owned())));
        let (address, server) = serve(&house).await;
        let folder = tempfile::tempdir().unwrap();
        schemathesis
            .args(["--config-file", &format!("{SCRIPTS}/schemathesis.toml")])
            .args(["run", &format!("{address}/v1/openapi.json"), "--checks", CHECKS, "--max-examples", "20"])
            .args(["--phases", "examples,coverage,fuzzing", "--workers", "1", "--no-shrink"])
            .args(["--seed", &chosen("CONFORMANCE_SEED", "1")])
            .args(["--continue-on-failure", "--warnings", "off", "--exclude-operation-id-regex", LEFT_OUT])
            .args(["--header", &format!("Authorization: Bearer {token}"), "--request-timeout", "20"])
            .args(["--suppress-health-check", "all"])
            .args(["--max-time", &chosen("CONFORMANCE_SECONDS", "60")])
            .env("SCHEMATHESIS_HOOKS", format!("{SCRIPTS}/hooks.py"))
            .env("QUARTERMASTER_THINGS", json!(house.things).to_string())
            .current_dir(folder.path());
        run(schemathesis).await;

        let still = house.ask(&Method::GET, "/v1/me", Some(&token)).await;
        assert_eq!(still.status, 200, "the session was ended on the way: {}", still.body);
        house.shop.holds().await;
        server.abort();
    }

    async fn a_client_generated_from_the_document_places_and_cancels_an_order(db: TestDb) {
        let (Some(mut generator), Some(mut python)) = (program("openapi-python-client"), program("python")) else {
            return;
        };
        let house = House::at_work(db).await;
        let (address, server) = serve(&house).await;
        let folder = tempfile::tempdir().unwrap();
        generator
            .args(["generate", "--url", &format!("{address}/v1/openapi.json"), "--meta", "none"])
            .args(["--output-path", "quartermaster_client"])
            .current_dir(folder.path());
        run(generator).await;
        python
            .arg(format!("{SCRIPTS}/place_and_cancel.py"))
            .env("PYTHONPATH", folder.path())
            .env("QUARTERMASTER", address)
            .env("KEY", house.session("ada@shop.example").await)
            .current_dir(folder.path());
        run(python).await;
        house.shop.holds().await;
        server.abort();
    }
}
