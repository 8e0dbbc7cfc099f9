//! `cargo xtask test`: sets this machine up, then checks everything. CI runs the same.

use std::{path::Path, process::Command};

use crate::{
    assets, e2e, licences, setup,
    steps::{self, Steps, cargo, is_ci},
    tidy,
};

/// Runs every check, shows how each ended, and fails if one did.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    prepare(&mut steps, "set-up: PostgreSQL", setup::postgres);
    prepare(&mut steps, "set-up: NATS", setup::nats);
    prepare(&mut steps, "set-up: Python packages", || {
        setup::python_packages(&root.join("crates/app/python/requirements.txt"), &root.join("target/python"))
    });
    let mut has_browser = false;
    prepare(&mut steps, "set-up: browser", || {
        setup::node()?;
        setup::chromium()?;
        setup::npm_packages(&root.join("e2e"))?;
        has_browser = true;
        Ok(())
    });

    steps.run("format", || steps::run(cargo_in(root).args(["fmt", "--all", "--check"])));
    steps.run("tidy", || tidy::check(root));
    steps.run("licences", || licences::check(root));
    // Lints and tests share profile, features and packages, so that nothing is built for one of them alone.
    steps.run("lints", || {
        let mut clippy = cargo_in(root);
        clippy.args(["clippy", "--workspace", "--all-targets"]).args(locked()).args(["--", "-D", "warnings"]);
        steps::run(&mut clippy)
    });
    steps.run("tests, on both engines", || tests(root));
    if has_browser || is_ci() {
        steps.run("console's browser files", || assets::verify(root));
        steps.run("browser tests", || e2e::run(root, None));
    } else {
        steps.skip("browser tests", "no browser, or no Node.js: see the set-up above");
    }
    steps.summary()
}

/// On CI a thing that is missing is a failed step. On a developer's machine it is said, and what needs it skips.
fn prepare(steps: &mut Steps, name: &str, step: impl FnOnce() -> anyhow::Result<()>) {
    if is_ci() {
        return steps.run(name, step);
    }
    println!("\n{name}");
    match step() {
        Ok(()) => {}
        Err(error) => steps.skip(name, format_args!("{error:#}")),
    }
}

fn tests(root: &Path) -> anyhow::Result<()> {
    if !setup::has_nextest() {
        println!("cargo-nextest is not here, so cargo's own runner runs the same tests, more slowly;");
        println!("`cargo install cargo-nextest --locked` would bring it.");
        return steps::run(cargo_in(root).args(["test", "--workspace", "--no-fail-fast"]).args(locked()));
    }
    let profile = if is_ci() { "ci" } else { "default" };
    let mut nextest = cargo_in(root);
    nextest.args(["nextest", "run", "--workspace", "--profile", profile]).args(locked());
    steps::run(&mut nextest)?;
    // The examples in doc comments, which nextest leaves to cargo.
    steps::run(cargo_in(root).args(["test", "--workspace", "--doc", "--quiet"]).args(locked()))
}

fn cargo_in(root: &Path) -> Command {
    let mut command = Command::new(cargo());
    command.current_dir(root);
    command
}

/// CI builds what the lockfile says or nothing.
fn locked() -> Option<&'static str> {
    is_ci().then_some("--locked")
}
