//! The floor table against each `Cargo.toml`: who may import whom.

use super::{Offence, Source};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Floor {
    /// Plain values.
    Kernel,
    /// Pure algorithms and codecs.
    Pure,
    /// Database, runtime, web, and the outside parties.
    Service,
    /// Contexts that other contexts may read.
    Reference,
    /// Contexts, which never import one another.
    Context,
    /// What spans contexts: processes, screens, simulation.
    Above,
    /// The binary.
    App,
    /// Automation and stories, which may use anything but the binary.
    Automation,
    /// What tests stand on.
    Test,
}

const FLOORS: &[(&str, Floor)] = &[
    ("kernel", Floor::Kernel),
    ("algo-sourcing", Floor::Pure),
    ("history", Floor::Pure),
    ("labels", Floor::Pure),
    ("pictures", Floor::Pure),
    ("sheets", Floor::Pure),
    ("db", Floor::Service),
    ("runtime", Floor::Service),
    ("web", Floor::Service),
    ("carriers", Floor::Service),
    ("channels", Floor::Service),
    ("outbound", Floor::Service),
    ("payments", Floor::Service),
    ("catalogue", Floor::Reference),
    ("network", Floor::Reference),
    ("people", Floor::Context),
    ("inventory", Floor::Context),
    ("orders", Floor::Context),
    ("sourcing", Floor::Context),
    ("warehouse", Floor::Context),
    ("shipping", Floor::Context),
    ("tracking", Floor::Context),
    ("webhooks", Floor::Context),
    ("operations", Floor::Context),
    ("flows", Floor::Above),
    ("console", Floor::Above),
    ("sim", Floor::Above),
    ("stories", Floor::Automation),
    ("quartermaster", Floor::App),
    ("xtask", Floor::Automation),
    ("testkit", Floor::Test),
];

/// Outside crates that only some of ours may name, and the reason.
const RESERVED: &[(&[&str], &[&str], &str)] = &[
    (
        &["rusqlite", "tokio-postgres", "deadpool-postgres"],
        &["db", "testkit"],
        "only `db` knows that there are two engines",
    ),
    (
        &["reqwest"],
        &["carriers", "channels", "outbound", "payments", "sim"],
        "only the floor of outside parties talks to outsiders",
    ),
    (&["anyhow"], &["quartermaster", "sim", "xtask"], "a library's errors carry facts: use a thiserror enum"),
];

/// What the pure floors may not know.
const IMPURE: &[&str] = &["tokio", "axum", "getrandom", "tracing", "tower", "tower-http"];

fn floor(name: &str) -> Option<Floor> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

fn may_use(user: &str, from: Floor, used: &str, to: Floor) -> bool {
    match (from, to) {
        // Stories are all test: their words stand on what tests stand on.
        (Floor::Automation, Floor::Test) => user == "stories",
        (_, Floor::Test | Floor::App | Floor::Automation) => false,
        // `db` stands under the rest of its floor; Cargo refuses the circles.
        (Floor::Service, Floor::Service) => true,
        (Floor::Above, Floor::Above) => user != "flows" && used == "flows",
        (Floor::Test, to) => to <= Floor::Service,
        (from, to) => to < from,
    }
}

pub fn check(source: &Source) -> Vec<Offence> {
    const RULE: &str = "floors";
    let at = |text: &str| {
        source.text.lines().position(|line| line.trim_start().starts_with(text)).map_or(1, |i| i + 1)
    };
    let Ok(manifest) = source.text.parse::<toml::Table>() else {
        return vec![source.offence(1, RULE, "this is not TOML")];
    };
    let Some(user) = manifest.get("package").and_then(|package| package.get("name")?.as_str()) else {
        return vec![source.offence(1, RULE, "a crate needs a name")];
    };
    let Some(from) = floor(user) else {
        let remedy =
            format!("`{user}` has no floor yet: give it one in xtask/src/tidy/floors.rs and ARCHITECTURE.md");
        return vec![source.offence(at("name"), RULE, remedy)];
    };

    let mut found = Vec::new();
    if manifest.get("lints").is_none_or(|lints| lints.get("workspace").is_none()) {
        found.push(source.offence(1, RULE, "take the lints of the workspace: `[lints] workspace = true`"));
    }
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let is_dev = section == "dev-dependencies";
        for used in
            manifest.get(section).and_then(|table| table.as_table()).into_iter().flat_map(|t| t.keys())
        {
            let remedy = match floor(used) {
                Some(Floor::App) if is_dev => Some("nothing may use the binary, not even a test".to_owned()),
                Some(to) if !is_dev && !may_use(user, from, used, to) => Some(format!(
                    "{user} ({from:?}) may not use {used} ({to:?}): pass facts and ids as arguments"
                )),
                None if !is_dev => outsider(user, from, used),
                _ => None,
            };
            found.extend(remedy.map(|remedy| source.offence(at(used), RULE, remedy)));
        }
    }
    found
}

/// Why `user` may not name the outside crate `used`, if it may not.
fn outsider(user: &str, from: Floor, used: &str) -> Option<String> {
    if from <= Floor::Pure && IMPURE.contains(&used) {
        return Some(format!("{user} is pure and may not use {used}: take values and return values"));
    }
    let (_, _, reason) =
        RESERVED.iter().find(|(names, users, _)| names.contains(&used) && !users.contains(&user))?;
    Some(format!("{user} may not use {used}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_one(user: &str, section: &str, used: &str, is_allowed: bool) {
        let text = format!(
            "[package]\nname = \"{user}\"\n[lints]\nworkspace = true\n[{section}]\n{used}.workspace = true\n"
        );
        let found = check(&Source { path: "crates/x/Cargo.toml", text: &text });
        assert_eq!(found.is_empty(), is_allowed, "{user} using {used}: {found:?}");
        assert!(found.iter().all(|offence| offence.line == 6));
    }

    #[test]
    fn contexts_read_reference_contexts_and_never_each_other() {
        check_one("orders", "dependencies", "catalogue", true);
        check_one("orders", "dependencies", "db", true);
        check_one("orders", "dependencies", "inventory", false);
        check_one("catalogue", "dependencies", "network", false);
        check_one("catalogue", "dependencies", "orders", false);
        check_one("web", "dependencies", "orders", false);
    }

    #[test]
    fn screens_and_simulation_may_use_flows_but_not_the_other_way() {
        check_one("console", "dependencies", "flows", true);
        check_one("sim", "dependencies", "flows", true);
        check_one("flows", "dependencies", "console", false);
        check_one("console", "dependencies", "sim", false);
        check_one("quartermaster", "dependencies", "console", true);
    }

    #[test]
    fn tests_may_use_anything_but_the_binary() {
        check_one("orders", "dev-dependencies", "inventory", true);
        check_one("orders", "dev-dependencies", "testkit", true);
        check_one("orders", "dependencies", "testkit", false);
        check_one("orders", "dev-dependencies", "quartermaster", false);
    }

    #[test]
    fn outside_crates_stay_on_their_floor() {
        check_one("labels", "dependencies", "tokio", false);
        check_one("db", "dependencies", "rusqlite", true);
        check_one("orders", "dependencies", "rusqlite", false);
        check_one("flows", "dependencies", "reqwest", false);
        check_one("db", "dependencies", "anyhow", false);
    }

    #[test]
    fn a_crate_without_a_floor_or_without_the_lints_is_found() {
        let text = "[package]\nname = \"utils\"\n";
        assert_eq!(check(&Source { path: "crates/utils/Cargo.toml", text }).len(), 1);
        let text = "[package]\nname = \"orders\"\n";
        assert_eq!(check(&Source { path: "crates/orders/Cargo.toml", text }).len(), 1);
    }
}
