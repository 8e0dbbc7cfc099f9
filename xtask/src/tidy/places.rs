//! Where a thing may stand: SQL in stores, HTTP at the edge, the clock in one place, IO away from rules.

use super::{
    Offence, Source,
    rust_text::{RustText, has_word},
    tables::reads_as_sql,
};

/// Crates whose subject is the database itself.
const SQL_CRATES: &[&str] = &["db", "runtime", "testkit"];

/// Crates whose subject is HTTP.
const HTTP_CRATES: &[&str] = &["web", "console", "app"];

/// Crates that hold the clock, so that no other has to.
const CLOCK_CRATES: &[&str] = &["runtime", "app", "xtask"];

pub fn check(source: &Source, rust: &RustText) -> Vec<Offence> {
    let mut found = Vec::new();
    if !source.is_test() {
        found.extend(sql(source, rust));
        found.extend(http(source, rust));
        found.extend(undeclared_route(source, rust));
        found.extend(clock(source, rust));
        found.extend(rules_and_io(source, rust));
    }
    found
}

/// Whether all SQL of a crate may stand in this file.
pub fn is_store(source: &Source) -> bool {
    matches!(source.name(), "store.rs" | "verify.rs")
        || source.path.contains("/store/")
        || source.path.contains("/migrations/")
        || SQL_CRATES.contains(&source.krate())
}

fn sql(source: &Source, rust: &RustText) -> Vec<Offence> {
    if is_store(source) || source.krate() == "xtask" {
        return Vec::new();
    }
    let texts = rust.strings.iter().filter(|(_, text)| reads_as_sql(text));
    texts
        .map(|(line, _)| {
            source.offence(*line, "SQL outside a store", "name the question as a function in store.rs")
        })
        .collect()
}

fn http(source: &Source, rust: &RustText) -> Vec<Offence> {
    if source.name() == "api.rs" || source.path.contains("/api/") || HTTP_CRATES.contains(&source.krate()) {
        return Vec::new();
    }
    let lines = rust.lines_with("axum").into_iter();
    lines
        .map(|line| source.offence(line, "HTTP outside api.rs", "keep axum in api.rs, web, console or app"))
        .collect()
}

/// A route that does not say what it needs would be open to everybody.
fn undeclared_route(source: &Source, rust: &RustText) -> Vec<Offence> {
    if source.krate() == "web" || source.is_test() || source.is_example() {
        return Vec::new();
    }
    let lines = rust.lines().filter(|(_, line)| line.contains(".route("));
    lines
        .map(|(line, _)| {
            source.offence(line, "undeclared route", "add it to `web::Routes` with what it needs")
        })
        .collect()
}

fn clock(source: &Source, rust: &RustText) -> Vec<Offence> {
    if CLOCK_CRATES.contains(&source.krate()) || source.is_example() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for call in ["Timestamp::now", "Zoned::now", "SystemTime::now", "Utc::now"] {
        let lines = rust.lines_with(call).into_iter();
        found.extend(lines.map(|line| source.offence(line, "clock", "take `now` as an argument")));
    }
    found
}

fn rules_and_io(source: &Source, rust: &RustText) -> Vec<Offence> {
    const RULE: &str = "rules without IO";
    let touches_db = |line: &str| has_word(line, "db::") || has_word(line, "Tx");
    let mut found = Vec::new();
    let mut depth_of_decide = None;
    let mut depth = 0_usize;
    for (number, line) in rust.lines() {
        if has_word(line, "fn decide") {
            depth_of_decide = Some((depth, false));
        }
        let is_in_decide = depth_of_decide.is_some();
        if touches_db(line) && (source.name() == "model.rs" || is_in_decide) {
            found.push(source.offence(
                number,
                RULE,
                "model.rs and `decide` know no database: pass them what was read",
            ));
        }
        depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
        if let Some((outside, has_begun)) = depth_of_decide {
            let has_begun = has_begun || line.contains('{');
            depth_of_decide = (!has_begun || depth > outside).then_some((outside, has_begun));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::rules, *};

    #[track_caller]
    fn expect(path: &str, text: &str, expected: &[(usize, &'static str)]) {
        let found = check(&Source { path, text }, &RustText::read(text));
        assert_eq!(rules(&found), expected, "{path}");
    }

    #[test]
    fn sql_stands_in_stores_alone() {
        let bad = "fn f() {\n    tx.rows(\"select id from orders where id = $1\");\n}";
        expect("crates/orders/src/place.rs", bad, &[(2, "SQL outside a store")]);
        expect("crates/orders/src/store.rs", bad, &[]);
        expect("crates/orders/src/verify.rs", bad, &[]);
        expect("crates/db/src/sqlite.rs", bad, &[]);
        expect("crates/orders/tests/it/main.rs", bad, &[]);
        expect("crates/orders/src/place.rs", "let hint = \"Select a node from the list\";", &[]);
    }

    #[test]
    fn http_stands_at_the_edge() {
        let bad = "//! axum is not used\nuse axum::Router;\n";
        expect("crates/orders/src/place.rs", bad, &[(2, "HTTP outside api.rs")]);
        expect("crates/orders/src/api.rs", bad, &[]);
        expect("crates/console/src/pages.rs", bad, &[]);
    }

    #[test]
    fn a_route_says_what_it_needs() {
        let bad = "fn f() {\n    Router::new().route(\"/v1/open\", get(open));\n}";
        expect("crates/console/src/screens/door.rs", bad, &[(2, "undeclared route")]);
        expect("crates/web/src/routes.rs", bad, &[]);
    }

    #[test]
    fn the_clock_is_read_in_one_place() {
        let bad = "let now = Timestamp::now();\nlet then = std::time::SystemTime::now();";
        expect("crates/orders/src/place.rs", bad, &[(1, "clock"), (2, "clock")]);
        expect("crates/runtime/src/clock.rs", bad, &[]);
    }

    #[test]
    fn rules_know_no_database() {
        let bad = "use db::Tx;\nfn f(id: TxId) {}\n";
        expect("crates/orders/src/model.rs", bad, &[(1, "rules without IO")]);
        expect("crates/orders/src/place.rs", bad, &[]);
        let bad = "fn save(tx: &mut Tx) {}\nfn decide(\n    tx: &mut Tx,\n) {\n    db::run();\n}\nfn after(tx: &mut Tx) {}\n";
        expect("crates/orders/src/place.rs", bad, &[(3, "rules without IO"), (5, "rules without IO")]);
    }
}
