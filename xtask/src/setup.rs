//! What the checks need that Rust and Node do not bring: found, installed where we may, or asked for by name.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail, ensure};

use crate::steps;

const NODE_AT_LEAST: u32 = 20;

/// Finds PostgreSQL's server programs or a server to use, or installs them.
pub fn postgres() -> anyhow::Result<()> {
    if env::var("TEST_POSTGRES_URL").is_ok_and(|url| !url.is_empty()) {
        println!("PostgreSQL: the server TEST_POSTGRES_URL names");
        return Ok(());
    }
    if postgres_programs().is_none() {
        apt_install("postgresql", "PostgreSQL's server programs (`initdb`), or TEST_POSTGRES_URL")?;
    }
    let found =
        postgres_programs().context("PostgreSQL was installed, but `initdb` is nowhere to be found")?;
    println!("PostgreSQL: {}", found.display());
    Ok(())
}

fn postgres_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin/initdb")).find(|path| path.exists());
    let homebrew = ["/opt/homebrew/opt", "/usr/local/opt"].iter().find_map(|opt| {
        let kegs = fs::read_dir(opt).into_iter().flatten().flatten();
        kegs.map(|keg| keg.path().join("bin/initdb")).find(|path| path.exists())
    });
    on_path("initdb").or(debian).or(homebrew)
}

/// Finds a NATS server, or installs it.
pub fn nats() -> anyhow::Result<()> {
    let sbin = PathBuf::from("/usr/sbin/nats-server");
    let find = || on_path("nats-server").or_else(|| Some(sbin.clone()).filter(|path| path.exists()));
    if find().is_none() {
        apt_install("nats-server", "NATS (`nats-server`)")?;
    }
    let found = find().context("NATS was installed, but `nats-server` is nowhere to be found")?;
    println!("NATS: {}", found.display());
    Ok(())
}

/// Finds the browser the tests drive, or installs it.
pub fn chromium() -> anyhow::Result<PathBuf> {
    if find_chromium().is_none() {
        apt_install("chromium", "Chromium, on PATH or named by CHROMIUM")?;
    }
    let found = find_chromium().context("Chromium was installed, but is nowhere to be found")?;
    println!("Chromium: {}", found.display());
    Ok(found)
}

fn find_chromium() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from).filter(|path| path.exists());
    named.or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| on_path(name)))
}

/// Node and npm cannot be installed for you, only asked for.
pub fn node() -> anyhow::Result<()> {
    let output = Command::new("node").arg("--version").output();
    let output = output.with_context(|| format!("install Node.js {NODE_AT_LEAST} or later"))?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major: Option<u32> =
        version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    ensure!(major >= Some(NODE_AT_LEAST), "Node.js is {version}; {NODE_AT_LEAST} or later is needed");
    ensure!(on_path("npm").is_some(), "Node.js is here, but npm is not: install npm");
    println!("Node.js: {version}");
    Ok(())
}

/// Installs the packages of `folder` as its lockfile says, unless that has been done.
pub fn npm_packages(folder: &Path) -> anyhow::Result<()> {
    let age = |path: PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
    let lock = age(folder.join("package-lock.json"));
    ensure!(lock.is_some(), "{} has no package-lock.json", folder.display());
    if age(folder.join("node_modules/.package-lock.json")) >= lock {
        return Ok(());
    }
    steps::run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )
}

/// Installs the Python packages of `requirements` into a place of their own, unless that has been done.
pub fn python_packages(requirements: &Path, place: &Path) -> anyhow::Result<()> {
    let wanted = fs::read_to_string(requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let installed = place.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    if !has_python_venv() {
        apt_install("python3-venv", "Python 3.10 or later with `venv`")?;
    }
    steps::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(place))?;
    let mut install = Command::new(place.join("bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
    steps::run(&mut install)?;
    fs::write(&installed, wanted).context("cannot note what was installed")
}

fn has_python_venv() -> bool {
    let asked = Command::new("python3").args(["-c", "import venv, ensurepip"]).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// Whether the faster test runner is here. The same tests run without it.
pub fn has_nextest() -> bool {
    let asked = Command::new(steps::cargo()).args(["nextest", "--version"]).stderr(Stdio::null()).output();
    asked.is_ok_and(|output| output.status.success())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Debian and its children, as root: anything else is for the machine's owner to do.
fn apt_install(package: &str, what: &str) -> anyhow::Result<()> {
    let user = Command::new("id").arg("-u").output().context("cannot ask who we are")?;
    if user.stdout.trim_ascii() != b"0" || on_path("apt-get").is_none() {
        bail!("missing: {what}. On Debian and Ubuntu: sudo apt-get install {package}");
    }
    println!("installing {package}: {what} is missing");
    steps::run(Command::new("apt-get").args(["update", "-qq"]).stdin(Stdio::null()))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "-qq", "--no-install-recommends", package]);
    steps::run(install.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()))
}
