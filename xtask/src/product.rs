//! Running the product itself, in release, with whatever it is given.

use std::{ffi::OsString, os::unix::process::CommandExt, path::Path, process::Command};

use anyhow::Context as _;

use crate::steps::cargo;

/// Builds the binary and becomes it, so that signals and the exit code are its own.
pub fn run(root: &Path, verb: &str, arguments: &[OsString]) -> anyhow::Result<()> {
    let mut command = Command::new(cargo());
    command.args(["run", "--release", "--package", "quartermaster", "--", verb]).args(arguments);
    let error = command.current_dir(root).exec();
    Err(error).context("cannot start cargo")
}
