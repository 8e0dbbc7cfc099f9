//! Every dependency must be usable under a licence that `deny.toml` allows.

mod spdx;

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::steps;

/// Checks the crates of the workspace and the npm packages of every tracked lockfile.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let allowed =
        allowed(&fs::read_to_string(root.join("deny.toml")).context("deny.toml lists the licences")?)?;
    let output = Command::new(steps::cargo())
        .args(["metadata", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let mut packages = crates(&serde_json::from_slice(&output.stdout)?);
    for folder in ["web", "e2e"] {
        let lock = root.join(folder).join("package-lock.json");
        if lock.exists() {
            let text = fs::read_to_string(&lock)?;
            packages.extend(npm(&serde_json::from_str(&text).with_context(|| lock.display().to_string())?));
        }
    }
    let refused: Vec<&Package> = packages.iter().filter(|package| !package.is_allowed(&allowed)).collect();
    for package in &refused {
        eprintln!(
            "{}: licence `{}` is not allowed by deny.toml: choose another package, or argue for the licence there",
            package.name, package.licence
        );
    }
    ensure!(refused.is_empty(), "{} packages with a licence we do not accept", refused.len());
    println!("{} packages have a licence we accept", packages.len());
    Ok(())
}

/// Something from outside, and the licence it claims.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    licence: String,
}

impl Package {
    fn is_allowed(&self, allowed: &BTreeSet<String>) -> bool {
        spdx::is_satisfiable(&self.licence, |licence| allowed.contains(licence)).unwrap_or(false)
    }
}

fn allowed(deny: &str) -> anyhow::Result<BTreeSet<String>> {
    let table: toml::Table = deny.parse().context("deny.toml")?;
    let list = table.get("licenses").and_then(|licenses| licenses.get("allow")?.as_array());
    let Some(list) = list else { bail!("deny.toml has no list `licenses.allow`") };
    Ok(list.iter().filter_map(|licence| licence.as_str().map(str::to_owned)).collect())
}

/// Packages from outside; ours have no `source`.
fn crates(metadata: &Value) -> BTreeSet<Package> {
    let mut found = BTreeSet::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        if !package["source"].is_null() {
            let name = format!("{} {}", word(&package["name"]), word(&package["version"]));
            found.insert(Package { name, licence: word(&package["license"]) });
        }
    }
    found
}

fn npm(lock: &Value) -> BTreeSet<Package> {
    let mut found = BTreeSet::new();
    for (path, package) in lock["packages"].as_object().into_iter().flatten() {
        if let Some((_, name)) = path.rsplit_once("node_modules/") {
            let name = format!("{name} {} (npm)", word(&package["version"]));
            // What SPDX calls 0BSD has an older name that npm packages still carry.
            let licence = word(&package["license"]).replace("BSD-0-Clause", "0BSD");
            found.insert(Package { name, licence });
        }
    }
    found
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or("none given").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copyleft_crate_is_refused_and_a_silent_one_too() {
        let allowed = allowed("[licenses]\nallow = [\"MIT\", \"Apache-2.0\"]").unwrap();
        let metadata = serde_json::json!({"packages": [
            {"name": "ours", "version": "0.1.0", "license": null, "source": null},
            {"name": "a", "version": "1.0.0", "license": "MIT/Apache-2.0", "source": "registry"},
            {"name": "b", "version": "1.0.0", "license": "AGPL-3.0-only", "source": "registry"},
            {"name": "c", "version": "1.0.0", "license": null, "source": "registry"},
        ]});
        let found = crates(&metadata);
        let refused: Vec<&str> =
            found.iter().filter(|package| !package.is_allowed(&allowed)).map(|p| p.name.as_str()).collect();
        assert_eq!(refused, ["b 1.0.0", "c 1.0.0"]);
    }

    #[test]
    fn npm_packages_are_read_from_the_lockfile() {
        let lock = serde_json::json!({"packages": {
            "": {"name": "web"},
            "node_modules/@a/b": {"version": "1.2.3", "license": "0BSD"},
        }});
        let expected = Package { name: "@a/b 1.2.3 (npm)".to_owned(), licence: "0BSD".to_owned() };
        assert_eq!(npm(&lock), BTreeSet::from([expected]));
    }
}
