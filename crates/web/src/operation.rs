//! What a route says of itself: what it needs, takes and answers. The document is made of it, and so is the check that
//! an answer is one that was promised.

use std::any::TypeId;

use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema, openapi::path::ParameterIn};

use crate::{
    Needs,
    problems::{self, Entry, Kind},
};

/// A route in the words of the document.
///
/// A route under `/v1` says what it does with [`Needs::to`] and then what it takes and gives. Others say only what they
/// need.
#[derive(Debug, Clone)]
pub struct Operation {
    pub(crate) needs: Needs,
    pub(crate) said: Option<Box<Said>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub summary: &'static str,
    pub detail: &'static str,
    /// True where an `Idempotency-Key` is needed.
    pub is_keyed: bool,
    /// True where the body is a file, which may come over a slow line.
    pub takes_file: bool,
    /// True where `If-Match` is needed.
    pub is_guarded: bool,
    /// True where what is shown has an `ETag`.
    pub is_tagged: bool,
    pub body: Option<Schemas>,
    pub parameters: Vec<Value>,
    /// Schemas that parameters name.
    pub parts: Vec<(String, Value)>,
    pub answers: Vec<Given>,
    pub refusals: Vec<&'static Entry>,
}

/// An answer that is no refusal.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub status: u16,
    pub says: &'static str,
    /// With its content type; none where there is no body.
    pub content: Option<(&'static str, Schemas)>,
    /// True where `Link` leads to the next page.
    pub is_linked: bool,
}

/// The schema of a type and of all it is made of, by name.
#[derive(Debug, Clone)]
pub(crate) struct Schemas {
    pub schema: Value,
    pub parts: Vec<(String, Value)>,
}

const JSON: &str = "application/json";

impl Schemas {
    fn of<T: ToSchema>() -> Schemas {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        parts.push((T::name().into_owned(), T::schema()));
        let parts = parts
            .into_iter()
            .map(|(name, schema)| (name, serde_json::to_value(schema).expect("a schema is plain data")));
        Schemas { schema: reference(&T::name()), parts: parts.collect() }
    }

    /// A schema without a name.
    pub(crate) fn plain(schema: Value) -> Schemas {
        Schemas { schema, parts: Vec::new() }
    }

    fn page_of<T: ToSchema>() -> Schemas {
        let mut row = Schemas::of::<T>();
        let name = format!("{}Page", T::name().trim_end_matches("Json"));
        let page = json!({
            "type": "object",
            "description": "Rows of a page, and where the next one starts.",
            "required": ["rows", "next"],
            "properties": {
                "rows": { "type": "array", "items": row.schema, "description": "The rows in order." },
                "next": {
                    "type": ["string", "null"],
                    "description": "Give it as `after` for the next page; null on the last.",
                },
            },
        });
        row.parts.push((name.clone(), page));
        Schemas { schema: reference(&name), parts: row.parts }
    }
}

/// What may be left out of a query cannot be null there.
fn without_null(mut parameter: Value) -> Value {
    if let Some(kind) = parameter.pointer_mut("/schema/type")
        && let Value::Array(types) = kind
    {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            *kind = only.clone();
        }
    }
    parameter
}

pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

impl From<Needs> for Operation {
    fn from(needs: Needs) -> Operation {
        Operation { needs, said: None }
    }
}

impl Needs {
    /// A route that needs this, and does that: a few words such as "Add items".
    pub fn to(self, summary: &'static str) -> Operation {
        let mut refusals = vec![
            problems::UNSUPPORTED_VERSION.entry(),
            problems::FAULT.entry(),
            problems::BUSY.entry(),
            problems::TIMED_OUT.entry(),
            problems::OUTCOME_UNKNOWN.entry(),
        ];
        if self != Needs::Nothing {
            refusals.extend([problems::UNAUTHORISED.entry(), problems::RATE_LIMITED.entry()]);
        }
        if self.permission().is_some() {
            refusals.push(problems::PERMISSION_MISSING.entry());
        }
        let said = Said {
            summary,
            detail: "",
            is_keyed: false,
            takes_file: false,
            is_guarded: false,
            is_tagged: false,
            body: None,
            parameters: Vec::new(),
            parts: Vec::new(),
            answers: Vec::new(),
            refusals,
        };
        Operation { needs: self, said: Some(Box::new(said)) }
    }
}

impl Operation {
    fn with(mut self, change: impl FnOnce(&mut Said)) -> Operation {
        change(self.said.as_mut().expect("begin with `Needs::to`: a summary comes before the rest"));
        self
    }

    /// What else is to be known, in Markdown.
    pub fn about(self, detail: &'static str) -> Operation {
        self.with(|said| said.detail = detail)
    }

    /// It takes a [`crate::Command`]: an `Idempotency-Key`, and this JSON; nothing for `()`.
    pub fn command<T: ToSchema + 'static>(self) -> Operation {
        let keyed = self.body::<T>().refuses(problems::IDEMPOTENCY_KEY_MISSING);
        let keyed =
            keyed.refuses(problems::IDEMPOTENCY_KEY_INVALID).refuses(problems::IDEMPOTENCY_KEY_REUSED);
        keyed.with(|said| said.is_keyed = true)
    }

    /// It takes a [`crate::Guarded`] command: `If-Match` too. What it gives has the new `ETag`.
    pub fn guarded<T: ToSchema + 'static>(self) -> Operation {
        let guarded = self.command::<T>().refuses(problems::IF_MATCH_MISSING).refuses(problems::STALE);
        guarded.with(|said| (said.is_guarded, said.is_tagged) = (true, true))
    }

    /// What it shows has an `ETag`, and a reader who has it already is told no more than that.
    pub fn tagged(self) -> Operation {
        self.with(|said| said.is_tagged = true)
    }

    /// Its body is a file: it may take its time while it goes on coming.
    pub fn takes_file(self) -> Operation {
        self.with(|said| said.takes_file = true)
    }

    /// It takes this JSON; nothing for `()`.
    pub fn body<T: ToSchema + 'static>(self) -> Operation {
        let is_none = TypeId::of::<T>() == TypeId::of::<()>();
        self.refuses(problems::MALFORMED_JSON)
            .refuses(problems::INVALID_FIELD)
            .refuses(problems::TOO_LARGE)
            .refuses(problems::UNSUPPORTED_CONTENT_TYPE)
            .with(|said| said.body = (!is_none).then(Schemas::of::<T>))
    }

    /// It reads these from the query.
    pub fn asks<Q: IntoParams>(self) -> Operation {
        self.refuses(problems::INVALID_QUERY).with(|said| {
            let asked = Q::into_params(|| Some(ParameterIn::Query));
            let asked = asked.into_iter().map(|one| serde_json::to_value(one).expect("it is plain data"));
            said.parameters.extend(asked.map(without_null));
        })
    }

    /// A parameter that says what the path or a header has, with what its schema is made of.
    pub fn header(self, name: &str, says: &str, schema: Value) -> Operation {
        let header = json!({
            "name": name, "in": "header", "required": false, "description": says, "schema": schema,
        });
        self.with(|said| said.parameters.push(header))
    }

    /// It answers this.
    pub fn gives<T: ToSchema>(self, status: StatusCode, says: &'static str) -> Operation {
        self.answers(status, says, Some((JSON, Schemas::of::<T>())), false)
    }

    /// It takes `after` and `limit`, and answers a page of these.
    pub fn gives_page<T: ToSchema>(self, says: &'static str) -> Operation {
        let paged = self.asks::<crate::PageQuery>();
        paged.answers(StatusCode::OK, says, Some((JSON, Schemas::page_of::<T>())), true)
    }

    /// It answers all of these at once, in the shape of a page.
    pub fn gives_all<T: ToSchema>(self, says: &'static str) -> Operation {
        self.answers(StatusCode::OK, says, Some((JSON, Schemas::page_of::<T>())), false)
    }

    /// It answers 204.
    pub fn gives_nothing(self, says: &'static str) -> Operation {
        self.answers(StatusCode::NO_CONTENT, says, None, false)
    }

    /// It answers text or bytes of this content type.
    pub fn gives_file(self, content_type: &'static str, says: &'static str) -> Operation {
        let schema = match content_type {
            JSON => json!({ "type": "object" }),
            text if text.starts_with("text/") => json!({ "type": "string" }),
            _ => json!({ "type": "string", "format": "binary" }),
        };
        self.answers(StatusCode::OK, says, Some((content_type, Schemas::plain(schema))), false)
    }

    fn answers(
        self,
        status: StatusCode,
        says: &'static str,
        content: Option<(&'static str, Schemas)>,
        is_linked: bool,
    ) -> Operation {
        self.with(|said| said.answers.push(Given { status: status.as_u16(), says, content, is_linked }))
    }

    /// It may refuse with this.
    pub fn refuses<const STATUS: u16>(self, kind: Kind<STATUS>) -> Operation {
        self.with(|said| said.add_refusal(kind.entry()))
    }
}

impl Said {
    pub(crate) fn add_refusal(&mut self, entry: &'static Entry) {
        if !self.refusals.contains(&entry) {
            self.refusals.push(entry);
        }
    }

    /// True where a refusal of this kind was promised.
    pub(crate) fn may_refuse(&self, code: &str) -> bool {
        self.refusals.iter().any(|entry| entry.slug == code)
    }

    /// True where an answer of this status was promised.
    pub(crate) fn may_answer(&self, status: StatusCode) -> bool {
        self.answers.iter().any(|given| given.status == status.as_u16())
    }
}
