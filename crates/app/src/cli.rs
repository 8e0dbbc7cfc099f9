//! What can be said on the command line.

use clap::{Parser, Subcommand};

use crate::{
    commands::{
        alerts, backorders, backup, bench, counts, demo, erase, export, holds, import, lots, migrate,
        ownership, quota, replay, seed_large, serve, sim, token,
    },
    config::CommandLine,
};

/// Self-hosted omnichannel fulfilment: orders, stock, sourcing, shipping.
#[derive(Debug, Parser)]
#[command(name = "quartermaster", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub settings: CommandLine,
    /// Answer in JSON, for machines
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Brings the database's schema up to date
    Migrate(migrate::Migrate),
    /// Serves the API and the console, and does the work that goes on by itself
    Serve(serve::Serve),
    /// Does the work that goes on by itself: labels, payments, carriers' reports, waiting orders
    Work,
    /// Starts from nothing with a simulated company at work, and prints its address and login
    Demo(demo::Demo),
    /// Takes orders from a file
    #[command(subcommand)]
    Import(import::Import),
    /// Writes what happened as files that anyone can read
    #[command(subcommand)]
    Export(export::Export),
    /// Runs a recorded history through the whole house, at the times it records
    Replay(replay::Replay),
    /// Checks everything that must hold; fails at any breach. Works beside a running server
    Verify,
    /// Writes everything in the database to one file. Works beside a running server
    Backup(backup::Backup),
    /// Takes a backup back into a new database, on either engine
    Restore(backup::Restore),
    /// Looks at settings, disk, database, clock, backlog and invariants, and says what to do. Works beside a server
    Doctor,
    /// Prints the settings that hold and where each is from
    Config,
    /// Forgets people: what they ordered stays, who they were goes
    #[command(subcommand)]
    Erase(erase::Erase),
    /// Makes goods change their owner where they lie, and writes statements
    #[command(subcommand)]
    Ownership(ownership::Ownership),
    /// Shows what is held for carts, and gives holds up
    #[command(subcommand)]
    Holds(holds::Holds),
    /// Shows goods by lot, and what of them expires
    #[command(subcommand)]
    Lots(lots::Lots),
    /// Shows corrections that wait for a second person
    #[command(subcommand)]
    Counts(counts::Counts),
    /// Shows what differs between the book and the world
    #[command(subcommand)]
    Discrepancies(counts::Discrepancies),
    /// Shows stock that nobody moves, and what would free it
    Stuck(counts::Stuck),
    /// Shows who waits for supply
    #[command(subcommand)]
    Backorders(backorders::Backorders),
    /// Shows what will be sold out and what is too much
    #[command(subcommand)]
    Alerts(alerts::Alerts),
    /// What is dedicated to channels
    #[command(subcommand)]
    Quota(quota::Quota),
    /// Tells what channels may sell
    Availability(quota::Availability),
    /// Makes a token for a machine's API calls
    Token(token::Token),
    /// Puts a fresh master key in the place of the present one and seals every secret with it
    RotateKey,
    /// Measures
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Makes a house with a long past, to measure lists with
    SeedLarge(seed_large::SeedLarge),
    /// Runs the seeded simulation, checking everything every simulated hour
    Sim(sim::Sim),
}

impl Command {
    /// A server tells of every request; whoever runs a tool wants its answer alone.
    pub fn default_log(&self) -> &'static str {
        match self {
            Command::Serve(_) | Command::Work => "info",
            Command::Migrate(_)
            | Command::Demo(_)
            | Command::Import(_)
            | Command::Export(_)
            | Command::Replay(_)
            | Command::Verify
            | Command::Backup(_)
            | Command::Restore(_)
            | Command::Config
            | Command::Doctor
            | Command::Erase(_)
            | Command::Ownership(_)
            | Command::Holds(_)
            | Command::Lots(_)
            | Command::Counts(_)
            | Command::Discrepancies(_)
            | Command::Stuck(_)
            | Command::Backorders(_)
            | Command::Alerts(_)
            | Command::Quota(_)
            | Command::Availability(_)
            | Command::Token(_)
            | Command::RotateKey
            | Command::Bench(_)
            | Command::Sim(_) => "warn",
            Command::SeedLarge(_) => "warn,sim=info",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}
