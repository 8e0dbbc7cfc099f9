//! Running commands so that whoever watches knows what runs, how long it took and how it ended.

use std::{
    env,
    ffi::OsString,
    fmt,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};

/// How a step ended.
#[derive(Debug)]
enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

/// The steps of a long task, with a summary at the end.
#[derive(Debug, Default)]
pub struct Steps {
    done: Vec<(String, Duration, Outcome)>,
}

impl Steps {
    /// Runs one step. A failure is kept for the summary, so that one run shows everything that is wrong.
    pub fn run(&mut self, name: &str, step: impl FnOnce() -> anyhow::Result<()>) {
        println!("\n── {name} {}", "─".repeat(70_usize.saturating_sub(name.len())));
        let start = Instant::now();
        let outcome = match step() {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        if let Outcome::Failed(why) = &outcome {
            eprintln!("{name}: {why}");
        }
        self.done.push((name.to_owned(), start.elapsed(), outcome));
    }

    /// Notes what did not run, and why.
    pub fn skip(&mut self, name: &str, why: impl fmt::Display) {
        println!("\n{name} skipped: {why}");
        self.done.push((name.to_owned(), Duration::ZERO, Outcome::Skipped(why.to_string())));
    }

    /// Prints a line for each step; fails if one did.
    pub fn summary(self) -> anyhow::Result<()> {
        println!("\n── summary {}", "─".repeat(63));
        for (name, took, outcome) in &self.done {
            let (mark, why) = match outcome {
                Outcome::Passed => ("passed ", ""),
                Outcome::Skipped(why) => ("skipped", why.as_str()),
                Outcome::Failed(why) => ("FAILED ", why.as_str()),
            };
            println!(
                "{mark} {:>7.1} s  {name}  {}",
                took.as_secs_f64(),
                why.lines().next().unwrap_or_default()
            );
        }
        let total: Duration = self.done.iter().map(|(_, took, _)| *took).sum();
        println!("        {:>7.1} s  in all", total.as_secs_f64());
        let failed = self.done.iter().filter(|(_, _, outcome)| matches!(outcome, Outcome::Failed(_))).count();
        match failed {
            0 => Ok(()),
            1 => bail!("one step failed"),
            _ => bail!("{failed} steps failed"),
        }
    }
}

/// On CI nothing may be skipped.
pub fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false")
}

/// The cargo that started us, so that everything is built by one toolchain.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Shows a command, runs it to its end with our output, and fails if it does.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    ensure!(status.success(), "`{shown}` ended with {status}");
    Ok(())
}

fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    [program].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_fails_the_whole_and_the_rest_still_runs() {
        let mut steps = Steps::default();
        let mut has_run = false;
        steps.run("first", || bail!("no"));
        steps.run("second", || {
            has_run = true;
            Ok(())
        });
        assert!(steps.summary().is_err());
        assert!(has_run);
    }
}
