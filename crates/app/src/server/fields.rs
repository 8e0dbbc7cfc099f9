//! Mass assignment: whatever the house knows by name somewhere is refused where it is not asked for.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use testkit::TestDb;

use super::doors::{House, document};

/// An object within a body: how to wrap something that stands in its place, and the names it has.
struct Place {
    names: BTreeSet<String>,
    around: Vec<Around>,
}

#[derive(Clone)]
enum Around {
    Member(String),
    Element,
}

impl Place {
    /// A body with this in the place, and nothing else.
    fn body(&self, within: Value) -> Value {
        self.around.iter().rev().fold(within, |inner, around| match around {
            Around::Member(name) => Value::Object(Map::from_iter([(name.clone(), inner)])),
            Around::Element => json!([inner]),
        })
    }
}

/// Every object that a body of this schema has.
fn places(document: &Value, schema: &Value, around: &[Around], found: &mut Vec<Place>) {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        return places(document, &document["components"]["schemas"][name], around, found);
    }
    for one in schema["oneOf"].as_array().into_iter().flatten() {
        places(document, one, around, found);
    }
    let with = |more: Around| [around, &[more]].concat();
    if schema["items"].is_object() {
        places(document, &schema["items"], &with(Around::Element), found);
    }
    if let Some(properties) = schema["properties"].as_object() {
        assert_eq!(schema["additionalProperties"], false, "what is sent is closed: {schema}");
        found.push(Place { names: properties.keys().cloned().collect(), around: around.to_vec() });
        for (name, schema) in properties {
            places(document, schema, &with(Around::Member(name.clone())), found);
        }
    }
}

/// Every name that any object of the document has.
fn all_names(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let names = schemas.flat_map(|(_, schema)| schema["properties"].as_object().into_iter().flatten());
    names.map(|(name, _)| name.clone()).collect()
}

/// What the lists of the house show.
async fn seen(house: &House, token: &str) -> Vec<String> {
    let mut lists = Vec::new();
    for list in
        ["orders", "items", "channels", "nodes", "merchants", "staff", "invitations", "webhooks", "audit"]
    {
        let heard = house.ask(&Method::GET, &format!("/v1/{list}"), Some(token)).await;
        assert_eq!(heard.status, StatusCode::OK, "{list}: {}", heard.body);
        lists.push(heard.body);
    }
    lists
}

async fn c3_a_field_that_is_not_asked_for_is_refused_everywhere(db: TestDb) {
    let house = House::at_work(db).await;
    let token = house.session("ada@shop.example").await;
    let document = document(&house).await;
    let names = all_names(&document);
    assert!(
        ["is_active", "status", "merchant_id", "total_minor", "hash"]
            .iter()
            .all(|name| names.contains(*name))
    );
    let before = seen(&house, &token).await;
    let (mut asked, mut schemas) = (0, 0);
    for (path, item) in document["paths"].as_object().expect("it has paths") {
        for (method, operation) in item.as_object().expect("it has operations") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            schemas += 1;
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("it is a method");
            let path = house.path(path).expect("there is a thing for each name");
            let mut found = Vec::new();
            places(&document, schema, &[], &mut found);
            // Where a body has two shapes, the names of the other are not unknown.
            let of_shapes: BTreeSet<String> = found
                .iter()
                .filter(|place| place.around.is_empty())
                .flat_map(|place| place.names.iter().cloned())
                .collect();
            for place in &found {
                for name in names.iter().filter(|name| !place.names.contains(*name)) {
                    if place.around.is_empty() && of_shapes.contains(name) {
                        continue;
                    }
                    let body = place.body(json!({ name: "anything" }));
                    let heard = house.send(&method, &path, Some(&token), &body.to_string()).await;
                    let is_refused = heard.status == StatusCode::UNPROCESSABLE_ENTITY
                        && heard.body.contains("unknown field");
                    assert!(is_refused, "{method} {path} {body}: {} {}", heard.status, heard.body);
                    asked += 1;
                }
            }
        }
    }
    assert!(schemas >= 20 && asked > 2_000, "{asked} requests for {schemas} schemas");
    assert_eq!(seen(&house, &token).await, before, "nothing was changed");
}

/// On one engine: no database is asked before a body has been read.
#[test]
fn c3_a_field_that_is_not_asked_for_is_refused() {
    testkit::on_sqlite(c3_a_field_that_is_not_asked_for_is_refused_everywhere);
}
