//! Runs a command with a PostgreSQL of its own, durable as in production, whose address it finds in
//! `QUARTERMASTER_BENCH_POSTGRES`; the server goes when the command ends.

use std::process::{Command, ExitCode};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().ok_or("which command?")?;
    let cluster = testkit::Cluster::durable()?;
    let status = Command::new(program)
        .args(arguments)
        .env("QUARTERMASTER_BENCH_POSTGRES", cluster.url("postgres"))
        .status()?;
    drop(cluster);
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
