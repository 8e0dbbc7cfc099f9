use std::collections::HashMap;

use serde_json::json;

use super::*;

/// One event of each kind as it was when the kind was published. A line here is never changed.
const FIXTURES: &str = include_str!("../../tests/fixtures/events.jsonl");

#[test]
fn names_are_sorted_and_unique() {
    assert!(ALL.is_sorted_by(|one, next| one.name < next.name));
}

#[test]
fn every_kind_still_has_the_shape_it_was_published_with() {
    let mut newest: HashMap<String, Json> = HashMap::new();
    for line in FIXTURES.lines() {
        let event: Json = serde_json::from_str(line).unwrap();
        let (name, subject) = (event["kind"].as_str().unwrap(), event["subject_id"].as_str().unwrap());
        let kind = find(name).unwrap_or_else(|| panic!("{name} was published and is gone"));
        assert!(subject.starts_with(&format!("{}_", kind.subject)), "{name}: {subject}");
        for (field, value) in event["data"].as_object().unwrap() {
            let now = kind.fields.iter().find(|now| now.name == field);
            let now = now.unwrap_or_else(|| panic!("{name}: {field} was published and is gone"));
            assert!(now.of.fits(value), "{name}: {field} is no {} any more", now.of.word());
        }
        newest.insert(name.to_owned(), event["data"].clone());
    }
    for kind in ALL {
        let data = newest.get(kind.name);
        let data =
            data.unwrap_or_else(|| panic!("{} needs a line in tests/fixtures/events.jsonl", kind.name));
        assert_eq!(check(kind.name, data), None, "a new field needs one more line of its kind");
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let problem = |name: &str, data: Json| check(name, &data).unwrap_or_default();
    assert_eq!(problem("test.anything", json!(1)), "");
    assert_eq!(problem("node.activated", json!({ "code": "york" })), "");
    for (name, data, says) in [
        ("node.exploded", json!({}), "no kind of event"),
        ("node.activated", json!({}), "lacks its field `code`"),
        ("node.activated", json!({ "code": 7 }), "no id or code: 7"),
        ("node.activated", json!({ "code": null }), "no id or code: null"),
        ("node.activated", json!({ "code": "york", "by": "me" }), "no field `by`"),
        ("node.activated", json!([]), "no JSON object"),
    ] {
        assert!(problem(name, data).contains(says), "{name}: {says}");
    }
}

/// Run with `UPDATE=1` to write the document anew.
#[test]
fn the_document_lists_exactly_these_kinds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/events.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, document()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == document(), "docs/guide/events.md is out of date: run this test with UPDATE=1");
}
