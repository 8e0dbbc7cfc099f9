//! Measuring the product, with a PostgreSQL to measure on where one is wanted and none is named.

use std::{env, ffi::OsString, path::Path, process::Command};

use crate::{product, steps};

/// Runs the product's benchmarks.
pub fn run(root: &Path, arguments: &[OsString]) -> anyhow::Result<()> {
    let wants_postgres = arguments.iter().any(|argument| argument.to_string_lossy().ends_with("postgres"));
    if !wants_postgres || env::var_os("QUARTERMASTER_BENCH_POSTGRES").is_some() {
        return product::run(root, "bench", arguments);
    }
    let cargo = |verb: &str| {
        let mut command = Command::new(steps::cargo());
        command.args([verb, "--release", "--package", "quartermaster"]).current_dir(root);
        command
    };
    steps::run(&mut cargo("build"))?;
    let binary = root.join("target/release/quartermaster");
    let mut on_postgres = cargo("run");
    on_postgres.args(["--example", "on_postgres", "--"]).arg(binary).arg("bench").args(arguments);
    steps::run(&mut on_postgres)
}
