//! The API's document (OpenAPI 3.1), made of the routes themselves.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use crate::{
    Declared, Needs,
    operation::{Given, Said, Schemas, reference},
    problems,
    version::VERSIONS,
    withheld::needed_by,
};

const PROBLEM: &str = "Problem";

/// What every address of the API begins with.
pub const PREFIX: &str = "/v1/";

/// Chapters of the document: the name, and what it is about.
pub type Chapter = (&'static str, &'static str);

/// Makes the document of these routes. Two types of one name that differ, and two operations of one name, are mistakes
/// of ours that it panics over: a test makes it.
pub fn document(version: &str, about: &str, declared: &[Declared]) -> Value {
    let mut components = Components::default();
    components.schemas.insert(PROBLEM.into(), problem_schema());
    let (mut paths, mut chapters): (Map<String, Value>, Vec<Chapter>) = (Map::new(), Vec::new());
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for route in declared {
        let Some(said) = route.operation.said.as_deref() else { continue };
        let before = names.insert(route.name, &route.path);
        assert!(before.is_none(), "{} and {:?} are both called {}", route.path, before, route.name);
        if !chapters.iter().any(|chapter| chapter.0 == route.chapter.0) {
            chapters.push(route.chapter);
        }
        let operation = operation(route, said, &mut components);
        let path = paths.entry(&route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Quartermaster",
            "version": version,
            "description": about,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "tags": chapters.iter().map(|(name, says)| json!({ "name": name, "description": says })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key made in the settings, or the token that signing in gives.",
                },
            },
            "schemas": components.schemas,
            "parameters": {
                "ApiVersion": {
                    "name": "API-Version",
                    "in": "header",
                    "required": false,
                    "description": "The version you were written for; where it is left out, the one your key was made for, else the newest.",
                    "schema": { "type": "string", "enum": VERSIONS },
                },
            },
            "responses": components.refusals,
        },
    });
    rename(&mut document);
    document
}

/// RFC 9457, with what is ours.
fn problem_schema() -> Value {
    let codes: Vec<&str> = problems::ALL.iter().map(|entry| entry.slug).collect();
    let text = |says: &str| json!({ "type": "string", "description": says });
    json!({
        "type": "object",
        "description": "A refusal (RFC 9457). Some kinds have members of their own beside these.",
        "required": ["type", "title", "status", "detail", "code", "retryable"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "Where the kind is explained." },
            "title": text("The kind in a few words."),
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status." },
            "detail": text("What happened this time, for people."),
            "code": {
                "type": "string",
                "description": "What programs act on. More may come: take one you do not know by its status.",
                "examples": codes,
            },
            "retryable": {
                "type": "boolean",
                "description": "True where the same request may succeed later.",
            },
            "errors": {
                "type": "array",
                "description": "What is wrong at which place of the body.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "message"],
                    "properties": {
                        "pointer": { "type": "string", "description": "A JSON pointer such as `/lines/0/quantity`." },
                        "code": text("The kind of mistake."),
                        "message": text("What is wrong, and what would be right."),
                    },
                },
            },
            "request_id": text("Finds the request in the log."),
        },
    })
}

/// What operations have in common, by name.
#[derive(Default)]
struct Components {
    schemas: Map<String, Value>,
    refusals: Map<String, Value>,
}

impl Components {
    fn add(&mut self, schemas: &Schemas) -> Value {
        self.add_parts(&schemas.parts);
        schemas.schema.clone()
    }

    /// What is answered: fields that may be withheld are not promised.
    fn add_answer(&mut self, schemas: &Schemas) -> Value {
        let Schemas { mut schema, mut parts } = schemas.clone();
        withhold(&mut schema);
        parts.iter_mut().for_each(|(_, part)| withhold(part));
        self.add_parts(&parts);
        schema
    }

    fn add_parts(&mut self, parts: &[(String, Value)]) {
        for (name, schema) in parts {
            let before = self.schemas.insert(name.clone(), schema.clone());
            let is_same = before.as_ref().is_none_or(|before| before == schema);
            assert!(is_same, "two types are called {name}: give one another name with `#[schema(as = …)]`");
        }
    }
}

/// What may be withheld is not promised, and says what it takes. Bodies that are sent have types of their own.
fn withhold(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(required)) = members.get_mut("required") {
                required.retain(|name| name.as_str().is_none_or(|name| needed_by(name).is_none()));
            }
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                for (name, property) in properties.iter_mut() {
                    if let (Some(permission), Some(property)) = (needed_by(name), property.as_object_mut()) {
                        property.insert("x-permission".into(), permission.code().into());
                    }
                }
            }
            members.values_mut().for_each(withhold);
        }
        Value::Array(elements) => elements.iter_mut().for_each(withhold),
        _ => {}
    }
}

fn operation(route: &Declared, said: &Said, components: &mut Components) -> Value {
    components.add_parts(&said.parts);
    let mut operation = json!({
        "operationId": route.name,
        "tags": [route.chapter.0],
        "summary": said.summary,
    });
    let needs = match route.needs() {
        Needs::Nothing => String::new(),
        Needs::Caller => "For any caller who is known.".to_owned(),
        Needs::Throughout(permission) => {
            format!("Needs the permission `{permission}` for the whole organisation.")
        }
        Needs::Within(permission) => format!("Needs the permission `{permission}`."),
    };
    let says = [said.detail, &needs].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    if !says.is_empty() {
        operation["description"] = says.join("\n\n").into();
    }
    operation["security"] = match route.needs() {
        Needs::Nothing => json!([]),
        _ => json!([{ "bearer": [] }]),
    };
    if let Some(permission) = route.needs().permission() {
        operation["x-permission"] = permission.code().into();
    }
    let mut parameters: Vec<Value> = path_names(&route.path).map(path_parameter).collect();
    if said.is_keyed {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "New for each thing you want done, and the same when you ask again. A UUID is good.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$" },
            "example": "3f0d1c1a-7f0b-4c35-9d5f-0a3b8e2d6c11",
        }));
    }
    if said.is_guarded {
        parameters.push(json!({
            "name": "If-Match",
            "in": "header",
            "required": true,
            "description": "The `ETag` of the thing as you saw it, or its `version` in quotes; `*` for whatever is there.",
            "schema": { "type": "string", "minLength": 1 },
            "example": "\"7\"",
        }));
    } else if said.is_tagged {
        parameters.push(json!({
            "name": "If-None-Match",
            "in": "header",
            "required": false,
            "description": "The `ETag` of what you have: where it is still the same, the answer is `304` without a body.",
            "schema": { "type": "string" },
        }));
    }
    parameters.extend(said.parameters.iter().cloned());
    parameters.push(json!({ "$ref": "#/components/parameters/ApiVersion" }));
    operation["parameters"] = parameters.into();
    if let Some(body) = &said.body {
        operation["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": components.add(body) } },
        });
    }
    operation["responses"] = responses(said, components);
    operation
}

/// The names in a pattern.
pub(crate) fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Every id of the house has a prefix; a name that is none of them is text.
fn path_parameter(name: &str) -> Value {
    let of_kind = match name {
        "key_id" => "session_id",
        other => other,
    };
    let schema = ids().into_iter().find(|(known, _)| known == of_kind);
    let schema = schema.map_or_else(|| json!({ "type": "string", "minLength": 1 }), |(_, schema)| schema);
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

/// Each kind of id as it is called in a path: `order_id`.
fn ids() -> Vec<(String, Value)> {
    let mut ids = Vec::new();
    macro_rules! id {
        ($id:path) => {
            let mut name = String::new();
            for letter in <$id as ToSchema>::name().chars() {
                if letter.is_ascii_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.push(letter.to_ascii_lowercase());
            }
            let schema = serde_json::to_value(<$id as PartialSchema>::schema());
            ids.push((name, schema.expect("a schema is plain data")));
        };
    }
    kernel::for_each_id!(id);
    ids
}

fn responses(said: &Said, components: &mut Components) -> Value {
    let mut responses: BTreeMap<u16, Value> = BTreeMap::new();
    for Given { status, says, content, is_linked } in &said.answers {
        let mut response = json!({ "description": says });
        if let Some((content_type, schemas)) = content {
            response["content"] = json!({ *content_type: { "schema": components.add_answer(schemas) } });
        }
        let mut headers = Map::new();
        if *is_linked {
            let link =
                json!({ "description": "`rel=\"next\"`: the next page.", "schema": { "type": "string" } });
            headers.insert("Link".into(), link);
        }
        if said.is_keyed {
            let says = "`true` where this is the first answer given again: nothing more was changed.";
            headers.insert(
                "Idempotent-Replayed".into(),
                json!({ "description": says, "schema": { "type": "string" } }),
            );
        }
        if said.is_tagged && content.is_some() {
            let says =
                "What is shown, by a digest: send it as `If-None-Match`, or as `If-Match` with a change.";
            headers.insert("ETag".into(), json!({ "description": says, "schema": { "type": "string" } }));
        }
        if !headers.is_empty() {
            response["headers"] = headers.into();
        }
        responses.insert(*status, response);
    }
    if said.is_tagged && !said.is_guarded {
        responses.insert(304, json!({ "description": "You have it: it is as `If-None-Match` says." }));
    }
    let mut refusals: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for entry in &said.refusals {
        refusals.entry(entry.status).or_default().push(entry.slug);
    }
    for (status, mut codes) in refusals {
        codes.sort_unstable();
        let name = format!("{status}.{}", codes.join("."));
        responses.insert(status, json!({ "$ref": format!("#/components/responses/{name}") }));
        components.refusals.entry(name).or_insert_with(|| {
            let said = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
            json!({
                "description": format!("{said}."),
                "content": { "application/problem+json": { "schema": reference(PROBLEM) } },
                "x-problems": codes,
            })
        });
    }
    let responses = responses.into_iter().map(|(status, response)| (status.to_string(), response));
    Value::Object(responses.collect())
}

/// A type on the wire ends in `Json` in the code; in the document it has the name of the thing.
fn rename(value: &mut Value) {
    let short = |name: &str| name.trim_end_matches("Json").to_owned();
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref") {
                *target = short(target);
            }
            if let Some(Value::Object(schemas)) = members.get_mut("schemas") {
                let renamed: Map<String, Value> =
                    schemas.iter().map(|(name, schema)| (short(name), schema.clone())).collect();
                assert_eq!(renamed.len(), schemas.len(), "two types have one name but for `Json` at its end");
                *schemas = renamed;
            }
            members.values_mut().for_each(rename);
        }
        Value::Array(elements) => elements.iter_mut().for_each(rename),
        _ => {}
    }
}
