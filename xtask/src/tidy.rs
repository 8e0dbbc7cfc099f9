//! The rules of the house that the compiler cannot hold: who may import whom, where SQL may stand, how long a
//! file may grow. Each rule is a function from text to offences, so each has a test with a bad sample.

mod floors;
mod places;
mod rust_text;
mod security;
mod tables;
mod text;

use std::{
    collections::BTreeSet,
    env, fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};

use rust_text::RustText;

/// One broken rule, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offence {
    file: String,
    line: usize,
    rule: &'static str,
    remedy: String,
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.rule, self.remedy)
    }
}

/// A file as the rules see it: its path from the root, with `/`, and its text.
struct Source<'a> {
    path: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn offence(&self, line: usize, rule: &'static str, remedy: impl Into<String>) -> Offence {
        Offence { file: self.path.to_owned(), line, rule, remedy: remedy.into() }
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// The crate this file belongs to, by its folder.
    fn krate(&self) -> &str {
        let mut parts = self.path.split('/');
        match (parts.next(), parts.next()) {
            (Some("crates"), Some(name)) => name,
            (Some(first), _) => first,
            (None, _) => "",
        }
    }

    /// Integration tests may look at what they like: they ship nothing.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.starts_with("tests/")
    }

    fn is_example(&self) -> bool {
        self.path.contains("/examples/") || self.path.contains("/benches/")
    }
}

/// Checks every file git tracks or would track, and prints what it finds.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let files = tracked(root)?;
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in &files {
        // Not text, or deleted but not yet committed: nothing to read.
        if let Ok(text) = fs::read_to_string(root.join(path)) {
            texts.push((path.clone(), text));
        }
    }
    let offences = offences(&texts);
    for offence in &offences {
        eprintln!("{offence}");
    }
    ensure!(offences.is_empty(), "{} offences against the rules of the house", offences.len());
    println!("{} files are tidy", texts.len());
    Ok(())
}

fn offences(texts: &[(String, String)]) -> BTreeSet<Offence> {
    let sources = || texts.iter().map(|(path, text)| Source { path, text });
    let mut found = BTreeSet::new();
    let owners =
        tables::owners(sources().filter(|source| source.path.starts_with("migrations/")), &mut found);
    found.extend(security::check(sources()));
    for source in sources() {
        found.extend(text::trailing_space(&source));
        found.extend(text::workplace_paths(&source));
        if source.name() == "Cargo.toml" && source.path != "Cargo.toml" {
            found.extend(floors::check(&source));
        }
        if source.path.ends_with(".rs") {
            let rust = RustText::read(source.text);
            found.extend(text::long_file(&source));
            found.extend(text::unfinished(&source, &rust));
            found.extend(places::check(&source, &rust));
            found.extend(tables::strangers(&source, &rust, &owners));
        }
    }
    found
}

/// Tracked files, and new ones that git would not ignore.
pub fn tracked(root: &Path) -> anyhow::Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("tidy asks git for the list of files")?;
    ensure!(output.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).context("a file name that is not UTF-8")?;
    Ok(names.split_terminator('\0').map(str::to_owned).collect())
}

/// Where the workspace begins. Asked of cargo when we run, for a built xtask may have been moved.
pub fn root() -> PathBuf {
    let ours =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    ours.parent().expect("xtask is a folder of the workspace").to_owned()
}

#[cfg(test)]
fn rules<'a>(offences: impl IntoIterator<Item = &'a Offence>) -> Vec<(usize, &'static str)> {
    offences.into_iter().map(|offence| (offence.line, offence.rule)).collect()
}
