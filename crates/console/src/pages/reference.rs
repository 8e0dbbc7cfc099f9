//! The API as people read it: the document that programs get at `/v1/openapi.json`, laid out.

use std::collections::BTreeSet;

use askama::Template;
use serde_json::{Map, Value, json};

use crate::i18n::Texts;
use crate::preferences::Theme;

/// The page.
#[derive(Debug, Template)]
#[template(path = "reference.html")]
pub struct ReferencePage {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path, to come back to after changing a preference.
    pub path: String,
    /// What is laid out.
    pub reference: Reference,
}

/// The document, laid out. Its own words are English in every language, as those of the API are.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    title: String,
    version: String,
    about: Prose,
    chapters: Vec<Chapter>,
    types: Vec<Type>,
}

/// Text, with what is code in it told apart.
type Prose = Vec<Piece>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Code(String),
}

impl Piece {
    fn is_code(&self) -> bool {
        matches!(self, Piece::Code(_))
    }

    fn text(&self) -> &str {
        match self {
            Piece::Words(text) | Piece::Code(text) => text,
        }
    }
}

#[derive(Debug, Clone)]
struct Chapter {
    name: String,
    anchor: String,
    about: Prose,
    operations: Vec<Operation>,
}

#[derive(Debug, Clone)]
struct Operation {
    anchor: String,
    method: String,
    path: String,
    summary: String,
    paragraphs: Vec<Prose>,
    parameters: Vec<Field>,
    body: Option<Kind>,
    answers: Vec<Answer>,
    example: String,
}

impl Operation {
    fn tone(&self) -> &'static str {
        match self.method.as_str() {
            "GET" => "tone-quiet",
            "DELETE" => "tone-bad",
            _ => "tone-busy",
        }
    }
}

#[derive(Debug, Clone)]
struct Answer {
    status: String,
    is_refusal: bool,
    says: Prose,
    kind: Option<Kind>,
    problems: Vec<String>,
}

#[derive(Debug, Clone)]
struct Type {
    name: String,
    about: Prose,
    kind: Kind,
    fields: Vec<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    is_required: bool,
    kind: Kind,
    says: Prose,
}

/// What a value is: a few words, and the type of ours they lead to.
#[derive(Debug, Clone)]
struct Kind {
    words: String,
    to: Option<String>,
}

const REFERENCE: &str = "#/components/schemas/";
const RESPONSE: &str = "#/components/responses/";

impl Reference {
    /// Lays a document out.
    pub fn of(document: &Value) -> Reference {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let chapter = |tag: &Value| Chapter {
            anchor: anchor(&text(&tag["name"])),
            name: text(&tag["name"]),
            about: prose(&text(&tag["description"])),
            operations: Vec::new(),
        };
        let mut chapters: Vec<Chapter> = members(&document["tags"]).map(|(_, tag)| chapter(tag)).collect();
        for (path, item) in members(&document["paths"]) {
            for (method, told) in members(item) {
                let operation = operation(document, path, method, told);
                let name = &told["tags"][0];
                if let Some(chapter) = chapters.iter_mut().find(|chapter| *name == chapter.name.as_str()) {
                    chapter.operations.push(operation);
                }
            }
        }
        let types = members(&document["components"]["schemas"]).map(|(name, schema)| Type {
            name: name.to_owned(),
            about: prose(schema["description"].as_str().unwrap_or_default()),
            kind: kind(schema),
            fields: fields(schema),
        });
        Reference {
            title: text(&document["info"]["title"]),
            version: text(&document["info"]["version"]),
            about: prose(&text(&document["info"]["description"])),
            chapters,
            types: types.collect(),
        }
    }
}

/// The members of an object, or the elements of an array without names.
fn members(value: &Value) -> Box<dyn Iterator<Item = (&str, &Value)> + '_> {
    match value {
        Value::Object(members) => Box::new(members.iter().map(|(name, value)| (name.as_str(), value))),
        Value::Array(elements) => Box::new(elements.iter().map(|value| ("", value))),
        _ => Box::new(std::iter::empty()),
    }
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// What stands between backticks is code.
fn prose(text: &str) -> Prose {
    let pieces = text.split('`').enumerate().filter(|(_, piece)| !piece.is_empty());
    let piece = |(place, piece): (usize, &str)| match place % 2 {
        0 => Piece::Words(piece.to_owned()),
        _ => Piece::Code(piece.to_owned()),
    };
    pieces.map(piece).collect()
}

fn operation(document: &Value, path: &str, method: &str, told: &Value) -> Operation {
    let body = &told["requestBody"]["content"]["application/json"]["schema"];
    // What every operation takes is told once, in the guide.
    let own = members(&told["parameters"]).filter(|(_, parameter)| parameter["name"].is_string());
    let parameters = own.map(|(_, parameter)| {
        let place = match parameter["in"].as_str() {
            Some("header") => "header, ",
            Some("path") => "path, ",
            _ => "",
        };
        let kind = kind(&parameter["schema"]);
        Field {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            is_required: parameter["required"] == true,
            kind: Kind { words: format!("{place}{}", kind.words), ..kind },
            says: prose(parameter["description"].as_str().unwrap_or_default()),
        }
    });
    let answers = members(&told["responses"]).map(|(status, response)| {
        let response = match response["$ref"].as_str() {
            Some(target) => &document["components"]["responses"][target.trim_start_matches(RESPONSE)],
            None => response,
        };
        let content = members(&response["content"]).next();
        let is_refusal = !response["x-problems"].is_null();
        let kind = content.filter(|_| !is_refusal).map(|(content_type, content)| {
            let kind = kind(&content["schema"]);
            match kind.to {
                Some(_) => kind,
                None => Kind { words: content_type.to_owned(), to: None },
            }
        });
        let problems =
            members(&response["x-problems"]).filter_map(|(_, code)| Some(code.as_str()?.to_owned()));
        Answer {
            status: status.to_owned(),
            is_refusal,
            says: if is_refusal {
                Prose::new()
            } else {
                prose(response["description"].as_str().unwrap_or_default())
            },
            kind,
            problems: problems.collect(),
        }
    });
    let said = told["description"].as_str().unwrap_or_default();
    Operation {
        anchor: told["operationId"].as_str().unwrap_or_default().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: told["summary"].as_str().unwrap_or_default().to_owned(),
        paragraphs: said.split("\n\n").filter(|text| !text.is_empty()).map(prose).collect(),
        parameters: parameters.collect(),
        body: (!body.is_null()).then(|| kind(body)),
        answers: answers.collect(),
        example: curl(document, path, method, told, body),
    }
}

fn fields(schema: &Value) -> Vec<Field> {
    let required: BTreeSet<&str> =
        members(&schema["required"]).filter_map(|(_, name)| name.as_str()).collect();
    let field = |(name, told): (&str, &Value)| Field {
        name: name.to_owned(),
        is_required: required.contains(name),
        kind: kind(told),
        says: prose(description(told)),
    };
    members(&schema["properties"]).map(field).collect()
}

fn description(schema: &Value) -> &str {
    let own = schema["description"].as_str();
    let within = || members(&schema["oneOf"]).find_map(|(_, one)| one["description"].as_str());
    own.or_else(within).unwrap_or_default()
}

fn kind(schema: &Value) -> Kind {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.trim_start_matches(REFERENCE).to_owned();
        return Kind { words: name.clone(), to: Some(name) };
    }
    let choices: Vec<Kind> = members(&schema["oneOf"]).map(|(_, one)| kind(one)).collect();
    if !choices.is_empty() {
        let words = choices.iter().map(|choice| choice.words.as_str()).collect::<Vec<_>>().join(" or ");
        return Kind { words, to: choices.into_iter().find_map(|choice| choice.to) };
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    };
    if names.contains(&"array") {
        let item = kind(&schema["items"]);
        return Kind { words: format!("list of {}{}", item.words, limits(schema)), to: item.to };
    }
    Kind { words: format!("{}{}", names.join(" or "), limits(schema)), to: None }
}

/// Format and bounds, in brackets.
fn limits(schema: &Value) -> String {
    let mut said: Vec<String> = Vec::new();
    let values: Vec<&str> = members(&schema["enum"]).filter_map(|(_, value)| value.as_str()).collect();
    if !values.is_empty() {
        said.push(values.join(", "));
    }
    if let Some(format) = schema["format"].as_str().filter(|format| !format.starts_with("int")) {
        said.push(format.to_owned());
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        said.push(pattern.to_owned());
    }
    for (least, most, unit) in
        [("minimum", "maximum", ""), ("minLength", "maxLength", " characters"), ("minItems", "maxItems", "")]
    {
        match (schema[least].as_i64(), schema[most].as_i64()) {
            (Some(least), Some(most)) => said.push(format!("{least} to {most}{unit}")),
            (Some(least), None) => said.push(format!("from {least}{unit}")),
            (None, Some(most)) => said.push(format!("up to {most}{unit}")),
            (None, None) => {}
        }
    }
    if said.is_empty() { String::new() } else { format!(" ({})", said.join("; ")) }
}

/// A request that can be pasted into a shell, with `$QUARTERMASTER` for the address and `$KEY` for the key.
fn curl(document: &Value, path: &str, method: &str, told: &Value, body: &Value) -> String {
    let mut address = path.to_owned();
    let (mut query, mut lines) = (Vec::new(), Vec::new());
    for (_, parameter) in members(&told["parameters"]) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = example(document, &parameter["schema"], 0);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match parameter["in"].as_str() {
            Some("path") => address = address.replace(&format!("{{{name}}}"), &value),
            Some("query") if parameter["required"] == true => query.push(format!("{name}={value}")),
            Some("header") if name == "Idempotency-Key" => {
                lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
            }
            Some("header") if parameter["required"] == true => {
                lines.push(format!("-H '{name}: {value}'"));
            }
            _ => {}
        }
    }
    if !query.is_empty() {
        address = format!("{address}?{}", query.join("&"));
    }
    if told["security"][0].is_object() {
        lines.insert(0, "-H \"Authorization: Bearer $KEY\"".to_owned());
    }
    if !body.is_null() {
        let text = serde_json::to_string_pretty(&example(document, body, 0)).unwrap_or_default();
        lines.push(format!("--json '{}'", text.replace('\'', "'\\''")));
    }
    let method = if method == "get" { String::new() } else { format!(" -X {}", method.to_uppercase()) };
    let mut request = format!("curl{method} \"$QUARTERMASTER{address}\"");
    for line in lines {
        request.push_str(&format!(" \\\n  {line}"));
    }
    request
}

/// A value of this schema: what is required, and no more than three lists deep.
fn example(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.trim_start_matches(REFERENCE);
        return example(document, &document["components"]["schemas"][name], depth + 1);
    }
    let given = [&schema["example"], &schema["examples"][0], &schema["default"], &schema["enum"][0]];
    if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
        return given.clone();
    }
    if let Some((_, one)) = members(&schema["oneOf"]).next() {
        return example(document, one, depth + 1);
    }
    let name = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match name {
        Some("object") if depth < 8 => {
            let required = members(&schema["required"]).filter_map(|(_, name)| name.as_str());
            let members = required.map(|name| {
                let value = match name {
                    "time_zone" => "Europe/Sofia".into(),
                    _ => example(document, &schema["properties"][name], depth + 1),
                };
                let value = if value == "text" { Value::from(name.replace('_', "-")) } else { value };
                (name.to_owned(), value)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Some("array") if depth < 8 => json!([example(document, &schema["items"], depth + 1)]),
        Some("integer") => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        Some("boolean") => true.into(),
        Some("string") => match schema["format"].as_str() {
            Some("date-time") => "2026-11-22T09:30:00Z".into(),
            _ => "text".into(),
        },
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({
            "info": { "version": "1", "description": "All of `it`." },
            "tags": [{ "name": "Work at a node", "description": "Floor." }],
            "paths": { "/v1/nodes/{node_id}/scans": { "post": {
                "operationId": "post_scan", "tags": ["Work at a node"], "summary": "Scan",
                "security": [{ "bearer": [] }],
                "parameters": [{ "name": "node_id", "in": "path", "required": true,
                                 "schema": { "type": "string", "examples": ["nod_1"] } }],
                "requestBody": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Scan" } } } },
                "responses": { "201": { "description": "Moved." },
                               "409": { "description": "", "x-problems": ["wrong-item"] } },
            } } },
            "components": { "schemas": { "Scan": {
                "type": "object", "required": ["code"],
                "properties": { "code": { "type": "string", "maxLength": 9 },
                                "quantity": { "type": ["integer", "null"], "minimum": 1 } },
            } } },
        })
    }

    #[test]
    fn a_document_is_laid_out_by_chapters_with_requests_to_paste() {
        let reference = Reference::of(&document());
        let [chapter] = reference.chapters.as_slice() else { panic!("one chapter") };
        let [scan] = chapter.operations.as_slice() else { panic!("one operation") };
        assert_eq!((chapter.anchor.as_str(), scan.method.as_str()), ("work-at-a-node", "POST"));
        assert_eq!(
            scan.example,
            "curl -X POST \"$QUARTERMASTER/v1/nodes/nod_1/scans\" \\\n  -H \"Authorization: Bearer $KEY\" \\\n  \
             --json '{\n  \"code\": \"code\"\n}'"
        );
        assert_eq!(scan.answers[1].problems, ["wrong-item"]);
        assert!(scan.answers[1].is_refusal && !scan.answers[0].is_refusal);
        let fields = &reference.types[0].fields;
        assert_eq!(fields[0].kind.words, "string (up to 9 characters)");
        assert_eq!(fields[1].kind.words, "integer or null (from 1)");
        assert!(fields[0].is_required && !fields[1].is_required);
        assert_eq!(reference.about[1], Piece::Code("it".to_owned()));
    }
}
