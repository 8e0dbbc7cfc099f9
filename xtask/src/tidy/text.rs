//! Rules on the text itself: its length, its leftovers, and the machine it was written on.

use super::{Offence, Source, rust_text::RustText};

const LONGEST_FILE: usize = 600;

/// Files copied in as they came, which we do not edit.
fn is_foreign(path: &str) -> bool {
    let is_copied = ["/vendor/", "/fixtures/", "LICENCE", "LICENSE"].iter().any(|part| path.contains(part));
    is_copied || path.ends_with(".snap") || path.ends_with(".csv")
}

pub fn trailing_space(source: &Source) -> Vec<Offence> {
    if is_foreign(source.path) {
        return Vec::new();
    }
    let ends_in_space = |line: &str| line.ends_with([' ', '\t', '\r']);
    let lines = source.text.split('\n').enumerate().filter(|(_, line)| ends_in_space(line));
    lines.map(|(index, _)| source.offence(index + 1, "trailing space", "remove it")).collect()
}

/// A path that exists on one machine only. Tests that ask for a temporary folder may name what they were given.
pub fn workplace_paths(source: &Source) -> Vec<Offence> {
    let asks_for_a_folder = ["tempdir", "TempDir", "temp_dir"].iter().any(|name| source.text.contains(name));
    if is_foreign(source.path) || (source.is_test() && asks_for_a_folder) {
        return Vec::new();
    }
    // Written apart, or this file would be its own offence.
    let paths = [concat!("/wo", "rk/"), concat!("/tm", "p/")];
    let mut found = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for path in paths {
            let is_start = |at: usize| {
                !line[..at]
                    .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}' | '/'))
            };
            if line.match_indices(path).any(|(at, _)| is_start(at)) {
                let remedy = format!(
                    "`{path}` is somebody's machine: take the path as an argument, or ask for a temporary folder"
                );
                found.push(source.offence(index + 1, "workplace path", remedy));
            }
        }
    }
    found
}

pub fn long_file(source: &Source) -> Option<Offence> {
    let lines = source.text.lines().count();
    (lines > LONGEST_FILE && !source.is_test()).then(|| {
        let remedy = format!("{lines} lines; split it by subject, {LONGEST_FILE} is the wall");
        source.offence(lines, "long file", remedy)
    })
}

pub fn unfinished(source: &Source, rust: &RustText) -> Vec<Offence> {
    let mut found = Vec::new();
    for (word, remedy) in [
        ("todo!", "finish it, or refuse with an error that says so"),
        ("dbg!", "remove it, or trace it"),
        ("#[ignore", "mend the test or delete it: nobody runs what is ignored"),
    ] {
        let lines = rust.lines_with(word);
        found.extend(lines.into_iter().map(|line| source.offence(line, "unfinished", remedy)));
    }
    let mark = concat!("TO", "DO");
    for (line, comment) in &rust.comments {
        if comment.contains(mark) || comment.contains(concat!("FIX", "ME")) {
            found.push(source.offence(*line, "unfinished", "do it now, or open an issue"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::rules, *};

    fn source<'a>(path: &'a str, text: &'a str) -> Source<'a> {
        Source { path, text }
    }

    #[test]
    fn a_space_at_the_end_of_a_line_is_found() {
        let bad = source("README.md", "one \ntwo\n\tthree\t\n");
        assert_eq!(rules(&trailing_space(&bad)), [(1, "trailing space"), (3, "trailing space")]);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        let text = format!(
            "let a = \"{}data\";\nlet b = \"{{dir}}{}x\";\n",
            concat!("/wo", "rk/"),
            concat!("/tm", "p/")
        );
        assert_eq!(rules(&workplace_paths(&source("crates/a/src/lib.rs", &text))), [(1, "workplace path")]);
        let text = format!("{text}tempdir()");
        assert!(workplace_paths(&source("crates/a/tests/it/main.rs", &text)).is_empty());
    }

    #[test]
    fn a_file_past_the_wall_is_found() {
        let text = "x\n".repeat(601);
        assert!(long_file(&source("crates/a/src/lib.rs", &text)).is_some());
        assert!(long_file(&source("crates/a/tests/it/table.rs", &text)).is_none());
    }

    #[test]
    fn unfinished_work_is_found_but_not_in_strings() {
        let text = "fn a() { todo!() }\n#[ignore = \"slow\"]\nlet x = \"dbg!\";\ndbg!(x); // TO".to_owned()
            + "DO later\n";
        let found = unfinished(&source("crates/a/src/lib.rs", &text), &RustText::read(&text));
        assert_eq!(
            rules(&found),
            [(1, "unfinished"), (4, "unfinished"), (2, "unfinished"), (4, "unfinished")]
        );
    }
}
