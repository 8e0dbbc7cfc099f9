//! Automation of the house: `cargo xtask` lists what it can do.

mod assets;
mod bench;
mod convert;
mod e2e;
mod licences;
mod mutants;
mod product;
mod setup;
mod steps;
mod test;
mod tidy;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "What this repository can do for you",
    version
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs the product with demonstration data, and prints its address and login
    Demo(Passed),
    /// Sets up this machine and checks everything, as CI does
    Test,
    /// Checks the rules of the house that the compiler cannot
    Tidy,
    /// Checks that every dependency has a licence that deny.toml allows
    Licences,
    /// Brings the console's browser files up to date with web/package-lock.json
    Assets {
        /// Change nothing, and fail if a copy differs
        #[arg(long)]
        check: bool,
    },
    /// Measures the product
    Bench(Passed),
    /// Makes a database with a long past, to measure lists with
    SeedLarge(Passed),
    /// Runs the seeded simulator
    Sim(Passed),
    /// Runs the browser tests against a server of their own
    E2e {
        /// Only tests whose name contains this
        filter: Option<String>,
    },
    /// Plants bugs in a copy of the sources, and checks that the tests see each
    Mutants {
        /// Only bugs whose name or file contains this
        filter: Option<String>,
    },
    /// Turns a public data set into files the product imports
    Convert {
        #[command(subcommand)]
        from: DataSet,
    },
}

/// What is handed to the product as it stands.
#[derive(clap::Args)]
struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

#[derive(Subcommand)]
enum DataSet {
    /// The Olist marketplace's orders of 2016 to 2018 (Kaggle, CC BY-NC-SA 4.0)
    Olist {
        /// The folder with the CSV files, plain or gzipped
        source: PathBuf,
        /// The folder to write to
        out: PathBuf,
        /// Stop after so many orders
        #[arg(long)]
        limit: Option<usize>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let root = tidy::root();
    match task {
        Task::Demo(passed) => product::run(&root, "demo", &passed.arguments),
        Task::Bench(passed) => bench::run(&root, &passed.arguments),
        Task::SeedLarge(passed) => product::run(&root, "seed-large", &passed.arguments),
        Task::Sim(passed) => product::run(&root, "sim", &passed.arguments),
        Task::Test => test::run(&root),
        Task::Tidy => tidy::check(&root),
        Task::Licences => licences::check(&root),
        Task::Assets { check: true } => assets::verify(&root),
        Task::Assets { check: false } => assets::update(&root),
        Task::Mutants { filter } => mutants::run(&root, filter.as_deref()),
        Task::E2e { filter } => e2e::run(&root, filter.as_deref()),
        Task::Convert { from: DataSet::Olist { source, out, limit } } => convert::olist(&source, &out, limit),
    }
}
