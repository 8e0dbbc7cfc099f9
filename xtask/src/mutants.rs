//! `cargo xtask mutants`: plants one bug after another in a copy of the sources, and fails if one is not seen by the tests
//! that are there to see it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Instant,
};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

use crate::{setup, steps, tidy};

/// The bugs, one line of source each.
const PLANTED: &str = include_str!("mutants/planted.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Planted {
    bug: Vec<Bug>,
}

/// A bug to plant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bug {
    name: String,
    file: String,
    /// Found exactly once in the file.
    text: String,
    becomes: String,
    breaks: String,
    /// Each test's package and name, with a space between them. All of them fail.
    caught_by: Vec<String>,
}

impl Bug {
    /// The file's text with the bug in it.
    fn planted_in(&self, text: &str) -> anyhow::Result<String> {
        let times = text.matches(&self.text).count();
        ensure!(times == 1, "{}: the text to change is found {times} times in {}", self.name, self.file);
        ensure!(self.text != self.becomes, "{}: nothing is changed", self.name);
        Ok(text.replacen(&self.text, &self.becomes, 1))
    }

    fn tests(&self) -> anyhow::Result<BTreeSet<Test<'_>>> {
        ensure!(!self.caught_by.is_empty(), "{}: no test is named", self.name);
        self.caught_by.iter().map(|said| Test::read(said)).collect()
    }
}

/// A test as nextest knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Test<'a> {
    package: &'a str,
    name: &'a str,
}

impl Test<'_> {
    fn read(said: &str) -> anyhow::Result<Test<'_>> {
        let (package, name) = said.split_once(' ').with_context(|| format!("`{said}` names no package"))?;
        Ok(Test { package, name })
    }
}

fn planted() -> anyhow::Result<Vec<Bug>> {
    let planted: Planted = toml::from_str(PLANTED).context("planted.toml")?;
    Ok(planted.bug)
}

/// Plants the bugs whose name or file contains `filter`; all of them without one.
pub fn run(root: &Path, filter: Option<&str>) -> anyhow::Result<()> {
    ensure!(setup::has_nextest(), "cargo-nextest is missing: cargo install cargo-nextest --locked");
    let bugs = planted()?;
    let is_wanted = |bug: &&Bug| filter.is_none_or(|part| bug.name.contains(part) || bug.file.contains(part));
    let bugs: Vec<&Bug> = bugs.iter().filter(is_wanted).collect();
    let field = Field::lay_out(root)?;
    let mut all = BTreeSet::new();
    for bug in &bugs {
        all.extend(bug.tests()?);
    }
    println!("{} tests without a bug", all.len());
    let failed = field.failures(&all)?;
    ensure!(failed.is_empty(), "without any bug these tests fail: {failed:?}");
    let mut missed = Vec::new();
    for (bug, number) in bugs.iter().zip(1..) {
        let begun = Instant::now();
        let outcome = field.plant(bug);
        let said = match &outcome {
            Ok(()) => "caught".to_owned(),
            Err(error) => format!("NOT CAUGHT: {}: {error:#}", bug.breaks),
        };
        let took = begun.elapsed().as_secs();
        println!("{number:>3}/{} {took:>4} s  {:<28} {said}", bugs.len(), bug.name);
        if outcome.is_err() {
            missed.push(bug.name.as_str());
        }
    }
    println!("{} of {} planted bugs are caught", bugs.len() - missed.len(), bugs.len());
    ensure!(missed.is_empty(), "not caught: {}", missed.join(", "));
    Ok(())
}

/// A copy of the sources where bugs may grow, with a target folder of its own so that each costs a small build.
struct Field {
    tree: PathBuf,
    target: PathBuf,
}

impl Field {
    fn lay_out(root: &Path) -> anyhow::Result<Field> {
        let place = root.join("target/mutants");
        let field = Field { tree: place.join("tree"), target: place.join("build") };
        let files = tidy::tracked(root)?;
        for path in &files {
            // One that is deleted but not yet committed is not there to be copied.
            if let Ok(bytes) = fs::read(root.join(path)) {
                write_if_other(&field.tree.join(path), &bytes)?;
            }
        }
        let known: BTreeSet<PathBuf> =
            files.iter().filter(|path| root.join(path).is_file()).map(|path| field.tree.join(path)).collect();
        remove_others(&field.tree, &known)?;
        Ok(field)
    }

    /// Plants a bug, and takes it out again.
    fn plant(&self, bug: &Bug) -> anyhow::Result<()> {
        let path = self.tree.join(&bug.file);
        let sound = fs::read_to_string(&path).with_context(|| bug.file.clone())?;
        fs::write(&path, bug.planted_in(&sound)?)?;
        let tests = bug.tests();
        let failed = tests.and_then(|tests| Ok((self.failures(&tests)?, tests)));
        fs::write(&path, sound)?;
        let (failed, tests) = failed?;
        let passed: Vec<&str> =
            tests.iter().map(|test| test.name).filter(|name| !failed.contains(*name)).collect();
        ensure!(passed.is_empty(), "passed: {}", passed.join(", "));
        Ok(())
    }

    /// Which of these tests fail. One that did not run, because it does not compile, proves nothing and is an error.
    fn failures(&self, tests: &BTreeSet<Test<'_>>) -> anyhow::Result<BTreeSet<String>> {
        let packages: BTreeSet<&str> = tests.iter().map(|test| test.package).collect();
        let names = tests.iter().map(|test| format!("(package(={}) & test(={}))", test.package, test.name));
        let filter = names.collect::<Vec<_>>().join(" | ");
        let mut run = self.nextest(&packages);
        run.args(["--no-fail-fast", "--color", "never", "--failure-output", "never"]);
        run.args(["--status-level", "all", "--final-status-level", "none", "--filterset", &filter]);
        let output = run.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let ended = ended(&said);
        let mut failed = BTreeSet::new();
        for test in tests {
            match ended.get(test.name) {
                Some(true) => {}
                Some(false) => {
                    failed.insert(test.name.to_owned());
                }
                None => bail!("{} {} did not run:\n{}", test.package, test.name, last_lines(&output)),
            }
        }
        Ok(failed)
    }

    fn nextest(&self, packages: &BTreeSet<&str>) -> Command {
        let mut command = Command::new(steps::cargo());
        command.current_dir(&self.tree).env("CARGO_TARGET_DIR", &self.target);
        // Nobody debugs what is built here.
        command.env("CARGO_PROFILE_DEV_DEBUG", "0").args(["nextest", "run"]);
        command.args(packages.iter().flat_map(|package| ["--package", package]));
        command
    }
}

/// Each test that nextest says has ended, and whether it passed.
fn ended(said: &str) -> BTreeMap<&str, bool> {
    let lines = said.lines().filter_map(|line| {
        let (status, rest) = line.trim().split_once(" [")?;
        let name = rest.split_whitespace().last()?;
        match status {
            "PASS" => Some((name, true)),
            "FAIL" | "TIMEOUT" | "ABORT" => Some((name, false)),
            // A signal by its name.
            _ if status.starts_with("SIG") => Some((name, false)),
            _ => None,
        }
    });
    lines.collect()
}

fn last_lines(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// Written only where it differs, so that cargo builds only what changed.
fn write_if_other(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

fn remove_others(folder: &Path, known: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_others(&entry.path(), known)?;
        } else if !known.contains(&entry.path()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The table for people.
    fn page(bugs: &[Bug]) -> String {
        let mut page = String::from(HEAD);
        for (bug, number) in bugs.iter().zip(1..) {
            let mut changes = bug.text.lines().zip(bug.becomes.lines()).filter(|(was, is)| was != is);
            let (was, is) = changes.next().unwrap_or((&bug.text, &bug.becomes));
            let _ = write!(
                page,
                "\n## {number}. {}\n\n{}: {}.\n\n```diff\n- {}\n+ {}\n```\n\nCaught by:\n\n",
                bug.name.replace('_', " "),
                bug.file,
                bug.breaks,
                was.trim(),
                is.trim()
            );
            for test in &bug.caught_by {
                let (package, name) = test.split_once(' ').unwrap_or(("", test));
                let _ = writeln!(page, "- `{name}` of `{package}`");
            }
        }
        page
    }

    const HEAD: &str = "\
# Planted bugs

A proof that cannot fail proves nothing. Each of these bugs is one changed line of the ledger, the intake, keys, claims,
leases or events; with it every test named below it fails, and without it every one passes.

`cargo xtask mutants` plants them one after another in a copy of the sources under `target/mutants` and fails if a test
that is named does not, or if a bug does not compile. `cargo xtask mutants lease` plants those whose name or file
contains `lease`. This page is made of `xtask/src/mutants/planted.toml`; a test fails when a line to be changed is no
longer there exactly once.

Where several bounds stand one behind another, a bug in one of them changes nothing that a caller sees: an order that a
batch forgot to count is refused by the ledger's write, the batch is decided anew behind a lock, and then one by one.
The bugs here are such that something does go wrong, or that are seen by a test of the one bound alone.
";

    #[test]
    fn each_bug_can_still_be_planted() {
        let (root, bugs) = (tidy::root(), planted().unwrap());
        assert!(bugs.len() >= 25, "{} bugs", bugs.len());
        let names: BTreeSet<&str> = bugs.iter().map(|bug| bug.name.as_str()).collect();
        assert_eq!(names.len(), bugs.len(), "each has its own name");
        for bug in &bugs {
            let text = fs::read_to_string(root.join(&bug.file)).unwrap_or_default();
            bug.planted_in(&text).unwrap_or_else(|error| panic!("{error:#}"));
            bug.tests().unwrap_or_else(|error| panic!("{error:#}"));
        }
    }

    #[test]
    fn the_page_is_the_table() {
        let path = tidy::root().join("docs/planted-bugs.md");
        let made = page(&planted().unwrap());
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == made, "{} is behind: run this test with UPDATE=1", path.display());
    }

    #[test]
    fn what_nextest_says_is_understood() {
        let said = "\
        PASS [   0.412s] (1/4) runtime::it jobs::one::sqlite
        FAIL [   0.009s] (2/4) inventory ledger::tests::two
        SLOW [> 20.000s] (3/4) stories::it holds::three::postgres
     TIMEOUT [ 120.003s] (3/4) stories::it holds::three::postgres
     SIGABRT [   0.100s] (4/4) stories::it holds::four::sqlite
     Summary [   0.500s] 4 tests run: 1 passed, 3 failed, 0 skipped";
        let expected = BTreeMap::from([
            ("jobs::one::sqlite", true),
            ("ledger::tests::two", false),
            ("holds::three::postgres", false),
            ("holds::four::sqlite", false),
        ]);
        assert_eq!(ended(said), expected);
    }

    #[test]
    fn a_bug_whose_line_has_moved_or_doubled_is_named() {
        let bug = Bug {
            name: "off_by_one".into(),
            file: "a.rs".into(),
            text: "a < b".into(),
            becomes: "a <= b".into(),
            breaks: "the last".into(),
            caught_by: vec![],
        };
        assert_eq!(bug.planted_in("if a < b {").unwrap(), "if a <= b {");
        assert!(bug.planted_in("if a > b {").is_err());
        assert!(bug.planted_in("a < b && a < b").is_err());
        assert!(bug.tests().is_err(), "nobody would see it");
    }
}
