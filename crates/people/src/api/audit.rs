//! Who changed what.

use axum::{Json as Answer, extract::State};
use kernel::{Page, Timestamp};
use runtime::{
    Runtime,
    audit::{Change, ChangeFilter, list_changes},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::IntoParams;
use utoipa::ToSchema;
use web::{Problem, Query};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub(super) struct ChangesQuery {
    /// Only by this actor: `user:usr_…`.
    actor: String,
    /// Only of this thing.
    subject_id: String,
    /// Only of this kind.
    kind: String,
    /// Not before.
    from: Option<Timestamp>,
    /// Before.
    until: Option<Timestamp>,
    /// Only where this text is in what changed.
    text: String,
    /// The `next` of the page before.
    after: Option<i64>,
    /// How many, up to 250; 50 where it is left out.
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditedChange)]
pub(super) struct ChangeJson {
    position: i64,
    kind: String,
    subject_id: String,
    actor: String,
    happened_at: Timestamp,
    /// What was there; null where there was nothing.
    #[schema(value_type = Value)]
    before: Json,
    /// What is there now; null where there is nothing.
    #[schema(value_type = Value)]
    after: Json,
    #[schema(value_type = Option<String>)]
    request_id: Json,
    hash: String,
}

impl From<Change> for ChangeJson {
    fn from(change: Change) -> ChangeJson {
        let mut facts: Json = serde_json::from_str(&change.change).unwrap_or_default();
        let mut take = |name: &str| facts.get_mut(name).map(Json::take).unwrap_or_default();
        ChangeJson {
            before: take("before"),
            after: take("after"),
            request_id: take("request_id"),
            position: change.position,
            kind: change.kind,
            subject_id: change.subject_id,
            actor: change.actor,
            happened_at: change.happened_at,
            hash: change.hash,
        }
    }
}

/// Changes that people answer for, newest first.
pub(super) async fn get_changes(
    State(runtime): State<Runtime>,
    Query(query): Query<ChangesQuery>,
) -> Result<Answer<Page<ChangeJson>>, Problem> {
    let ChangesQuery { actor, subject_id, kind, from, until, text, after, limit } = query;
    let filter = ChangeFilter { actor, subject_id, kind, from, until, text };
    let limit = limit.unwrap_or(50).clamp(1, 250);
    let organisation_id = runtime.organisation_id.clone();
    let found = runtime
        .read(move |tx| {
            Box::pin(async move { list_changes(tx, &organisation_id, &filter, after, limit).await })
        })
        .await?;
    Ok(Answer(Page { rows: found.rows.into_iter().map(ChangeJson::from).collect(), next: found.next }))
}
