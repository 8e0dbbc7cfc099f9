//! The console's few browser files: npm's lockfile says which, and the tracked copies are what is built, so
//! that building the product needs no Node.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};

use crate::setup;

/// The package's file, and the copy's name in `crates/console/assets/vendor`.
const FILES: &[(&str, &str)] =
    &[("htmx.org/dist/htmx.min.js", "htmx.min.js"), ("htmx.org/dist/ext/hx-sse.min.js", "hx-sse.min.js")];

const VENDOR: &str = "crates/console/assets/vendor";

/// Copies what the lockfile says over what is tracked.
pub fn update(root: &Path) -> anyhow::Result<()> {
    setup::npm_packages(&root.join("web"))?;
    for (package_file, copy) in FILES {
        let to = root.join(VENDOR).join(copy);
        fs::create_dir_all(root.join(VENDOR))?;
        fs::write(&to, published(root, package_file)?).with_context(|| to.display().to_string())?;
        println!("{VENDOR}/{copy}");
    }
    verify(root)
}

/// Fails unless the tracked copies are the packages' files, byte for byte, and nothing else is with them.
pub fn verify(root: &Path) -> anyhow::Result<()> {
    setup::npm_packages(&root.join("web"))?;
    for (package_file, copy) in FILES {
        let tracked = fs::read(root.join(VENDOR).join(copy)).with_context(|| format!("{VENDOR}/{copy}"))?;
        let same = tracked == published(root, package_file)?;
        ensure!(same, "{VENDOR}/{copy} is not what web/package-lock.json says: run `cargo xtask assets`");
    }
    for entry in fs::read_dir(root.join(VENDOR))? {
        let name = entry?.file_name();
        let is_known = FILES.iter().any(|(_, copy)| name == *copy);
        ensure!(
            is_known,
            "{VENDOR}/{} comes from no package: name it in xtask/src/assets.rs",
            name.display()
        );
    }
    println!("{} browser files are what web/package-lock.json says", FILES.len());
    Ok(())
}

fn published(root: &Path, package_file: &str) -> anyhow::Result<Vec<u8>> {
    fs::read(root.join("web/node_modules").join(package_file))
        .with_context(|| format!("web/package-lock.json brings no {package_file}"))
}
