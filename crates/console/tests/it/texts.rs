//! The texts: complete, used, alike in every language, and nowhere but in their files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use console::Language;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &Path, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|given| given == extension) {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// Each key with its message as written.
fn messages(language: Language) -> BTreeMap<String, String> {
    let path = folder("locales").join(format!("{}.ftl", language.tag()));
    let source = fs::read_to_string(path).unwrap();
    let mut messages: BTreeMap<String, String> = BTreeMap::new();
    let mut key = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let (name, value) = line.split_once(" =").unwrap();
            key = name.to_owned();
            let before = messages.insert(key.clone(), value.to_owned());
            assert_eq!(before, None, "{}: {name} is there twice", language.tag());
        } else if !line.is_empty() {
            messages.get_mut(&key).unwrap().push_str(line);
        }
    }
    messages
}

/// What stands in double quotes and looks like a key.
fn quoted(source: &str) -> impl Iterator<Item = &str> {
    source
        .split('"')
        .filter(|text| text.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter(|text| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
}

#[test]
fn every_language_has_every_text_with_the_same_variables() {
    let variables = |text: &str| -> BTreeSet<String> {
        let names = text.split('$').skip(1);
        names.map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next().unwrap().to_owned()).collect()
    };
    let english = messages(Language::En);
    for language in Language::ALL {
        let other = messages(language);
        assert_eq!(
            english.keys().collect::<Vec<_>>(),
            other.keys().collect::<Vec<_>>(),
            "{}",
            language.tag()
        );
        for (key, text) in &english {
            assert_eq!(variables(text), variables(&other[key]), "{} {key}", language.tag());
        }
    }
}

#[test]
fn counted_texts_have_the_plural_forms_of_their_language() {
    for language in Language::ALL {
        let needed: &[&str] = match language {
            Language::En | Language::Bg => &["[one]", "*[other]"],
            Language::Ru => &["[one]", "[few]", "*[many]"],
            Language::Id | Language::ZhHant => &[],
        };
        for (key, text) in messages(language).iter().filter(|(_, text)| text.contains("->")) {
            let tag = language.tag();
            assert!(!needed.is_empty(), "{tag} {key}: this language has one form");
            assert!(needed.iter().all(|form| text.contains(form)), "{tag} {key}: {text}");
        }
    }
}

#[test]
fn every_text_that_is_asked_for_exists_and_none_is_left_over() {
    let english = messages(Language::En);
    let mut sources = files(&folder("templates"), "html");
    sources.extend(files(&folder("src"), "rs"));
    let used: BTreeSet<&str> = sources.iter().flat_map(|(_, source)| quoted(source)).collect();
    let left_over: Vec<&String> = english.keys().filter(|key| !used.contains(key.as_str())).collect();
    assert_eq!(left_over, Vec::<&String>::new(), "texts that nothing asks for");
    for (path, source) in sources.iter().filter(|(path, _)| path.ends_with(".html")) {
        for call in ["t.text(\"", "t.count(\"", "t.fill(\"", "t.part(\"", "empty(t, \""] {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(english.contains_key(key), "{path}: no text for {key}");
            }
        }
    }
}

#[test]
fn nothing_is_left_in_english() {
    // Names, units and words that are the same in both.
    const SAME: [&str; 9] = [
        "product",
        "kilometres",
        "weight-grams",
        "weight-kilograms",
        "not-due",
        "label-pdf",
        "label-zpl",
        "units",
        "column-total",
    ];
    let english = messages(Language::En);
    for language in Language::ALL.into_iter().filter(|language| *language != Language::En) {
        let other = messages(language);
        for (key, text) in english.iter().filter(|(key, _)| !SAME.contains(&key.as_str())) {
            assert_ne!(text, &other[key], "{} {key} is still English", language.tag());
        }
    }
}

#[test]
fn no_template_has_text_of_its_own() {
    for (path, source) in files(&folder("templates"), "html") {
        let mut source = source;
        for (open, close) in [("{%", "%}"), ("{{", "}}"), ("{#", "#}"), ("<kbd", "</kbd>")] {
            source = without(&source, open, close);
        }
        for attribute in ["title", "aria-label", "placeholder", "alt"] {
            for rest in source.split(&format!(" {attribute}=\"")).skip(1) {
                let value = rest.split('"').next().unwrap();
                assert!(!value.contains(char::is_alphabetic), "{path}: {attribute}=\"{value}\"");
            }
        }
        let text = without(&source, "<", ">");
        let text = text.replace("∅", "");
        assert!(!text.contains(char::is_alphabetic), "{path}: {}", text.trim());
    }
}

/// The source with everything between the marks left out; a mark of the template language leaves a sign behind so
/// that an attribute made of it stays an attribute.
fn without(source: &str, open: &str, close: &str) -> String {
    let mut out = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once(open) {
        out.push_str(before);
        out.push('∅');
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}
