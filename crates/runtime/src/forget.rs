//! Forgetting what was said of a person, while everything that was proved stays proved.
//!
//! The words of events go and a digest of them stays, so the chain of hashes holds ([`crate::event`]); the event that
//! tells of the erasure names their positions. Requests to outsiders and answers to callers go altogether.

use std::collections::BTreeMap;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{OrganisationId, Timestamp};
use serde_json::{Value as Json, json};

use crate::{
    Cx,
    event::digest,
    kinds::{self, Type},
};

/// How many answers one transaction forgets at most.
pub const ANSWERS_MAX: i64 = 5_000;

/// A field that names an order for its channel, and no person.
const REFERENCE: &str = "external_reference";

row! {
    struct Told {
        event_id: i64,
        subject_id: String,
        position: Option<i64>,
        kind: String,
        data: String,
        change: Option<String>,
        salt: Option<String>,
        digest: Option<String>,
    }
}

/// The places in the stream that tell of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// All of them.
    pub all: Vec<i64>,
    /// Those whose words were taken away now.
    pub wordless: Vec<i64>,
}

/// Takes the words of people out of everything that was told of these subjects; gives where, by subject. Done twice it
/// changes nothing.
pub async fn forget_words(
    cx: &mut Cx<'_>,
    subject_ids: &[String],
) -> Result<BTreeMap<String, Places>, Fault> {
    // The sequencer must not hash words that are going away.
    cx.tx.lock_name(cx.organisation_id.as_str()).await?;
    let told: Vec<Told> = cx
        .tx
        .query(
            "select event_id, subject_id, position, kind, data, change, salt, digest from event \
              where organisation_id = $1 and subject_id {in $2} order by event_id",
            args![&cx.organisation_id, Column::from_iter(subject_ids)],
        )
        .await?;
    let mut places: BTreeMap<String, Places> = BTreeMap::new();
    let mut changed = Vec::new();
    for event in told {
        let of_subject = places.entry(event.subject_id.clone()).or_default();
        of_subject.all.extend(event.position);
        if event.digest.is_none()
            && let Some(wordless) = without_words(&event)
        {
            of_subject.wordless.extend(event.position);
            changed.push(wordless);
        }
    }
    cx.tx
        .execute_guarded(
            "events without their words",
            "update event set data = d.data, change = d.change, salt = d.salt, digest = d.digest \
             {set d(event_id int, data text, change text, salt text, digest text)} \
              where event.organisation_id = $1 and event.event_id = d.event_id",
            &set![
                changed.iter().map(|event| event.event_id),
                changed.iter().map(|event| &event.data),
                changed.iter().map(|event| event.change.clone()),
                changed.iter().map(|event| event.salt.clone()),
                changed.iter().map(|event| event.digest.clone()),
            ],
            args![&cx.organisation_id],
        )
        .await?;
    Ok(places)
}

/// The event as it is kept without its words; none where it has none.
fn without_words(event: &Told) -> Option<Told> {
    let data = wordless(&event.kind, &event.data)?;
    let change = event.change.as_ref().map(|_| json!({ "before": null, "after": null }).to_string());
    // One that has no position yet is hashed as it is now.
    let is_hashed = event.position.is_some();
    let kept = match &event.salt {
        Some(salt) => digest(salt, &event.data, event.change.as_deref()),
        None => String::new(),
    };
    Some(Told {
        event_id: event.event_id,
        subject_id: event.subject_id.clone(),
        position: event.position,
        kind: event.kind.clone(),
        data,
        change,
        salt: event.salt.clone().filter(|_| !is_hashed),
        digest: is_hashed.then_some(kept),
    })
}

/// The facts of an event without what people or partners wrote; none where that is nothing.
fn wordless(kind: &str, data: &str) -> Option<String> {
    let mut facts: Json = serde_json::from_str(data).ok()?;
    let members = facts.as_object_mut()?;
    let mut has_words = false;
    for (name, value) in members.iter_mut() {
        let field = kinds::find(kind).and_then(|kind| kind.fields.iter().find(|field| field.name == name));
        let is_text = field.is_none_or(|field| field.of == Type::Text) && name != REFERENCE;
        if is_text && value.as_str().is_some_and(|text| !text.is_empty()) {
            *value = Json::String(String::new());
            has_words = true;
        }
    }
    has_words.then(|| facts.to_string())
}

/// How many effects of these causes are not at rest.
pub async fn count_open_effects(
    tx: &Tx,
    organisation_id: &OrganisationId,
    cause_ids: &[String],
) -> Result<BTreeMap<String, i64>, Fault> {
    let rows: Vec<(String, i64)> = tx
        .query(
            "select cause_id, count(*) from effect \
              where organisation_id = $1 and cause_id {in $2} and state in ('planned', 'attempting', 'unknown') \
              group by cause_id",
            args![organisation_id, Column::from_iter(cause_ids)],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// Forgets what outsiders were asked for these causes. What is not at rest is needed still.
pub async fn forget_requests(cx: &mut Cx<'_>, kind: &str, cause_ids: &[String]) -> Result<u64, Fault> {
    cx.tx
        .execute(
            "update effect set request = $4 \
              where organisation_id = $1 and kind = $2 and cause_id {in $3} \
                and state in ('succeeded', 'failed', 'cancelled')",
            args![&cx.organisation_id, kind, Column::from_iter(cause_ids), json!({})],
        )
        .await
}

/// Forgets in which words outsiders refused something for these causes.
pub async fn forget_refusals(cx: &mut Cx<'_>, cause_ids: &[String]) -> Result<u64, Fault> {
    cx.tx
        .execute(
            "update effect set outcome = $3 \
              where organisation_id = $1 and cause_id {in $2} and state = 'failed'",
            args![
                &cx.organisation_id,
                Column::from_iter(cause_ids),
                json!({ "code": "erased", "reason": "" })
            ],
        )
        .await
}

/// Forgets the answers that name one of these ids, with the digests of their requests.
pub async fn forget_answers_naming(cx: &mut Cx<'_>, ids: &[String]) -> Result<u64, Fault> {
    cx.tx
        .execute_set(
            "delete from command_key where organisation_id = $1 \
                and exists (select 1 {set d(id text)} where command_key.response like '%' || d.id || '%')",
            &set![ids.iter()],
            args![&cx.organisation_id],
        )
        .await
}

/// Forgets answers given before a time, the oldest first, [`ANSWERS_MAX`] at most; gives how many.
pub async fn forget_answers_before(cx: &mut Cx<'_>, before: Timestamp) -> Result<u64, Fault> {
    cx.tx
        .execute(
            "delete from command_key where organisation_id = $1 and (scope, key) in \
               (select scope, key from command_key where organisation_id = $1 and created_at < $2 \
                 order by created_at limit $3)",
            args![&cx.organisation_id, before, ANSWERS_MAX],
        )
        .await
}

/// Those of these subjects to which something has happened since a time.
pub async fn list_stirred(
    tx: &Tx,
    organisation_id: &OrganisationId,
    subject_ids: &[String],
    since: Timestamp,
) -> Result<Vec<String>, Fault> {
    let rows: Vec<(String,)> = tx
        .query(
            "select distinct subject_id from event \
              where organisation_id = $1 and subject_id {in $2} and happened_at >= $3 and kind <> 'order.erased'",
            args![organisation_id, Column::from_iter(subject_ids), since],
        )
        .await?;
    Ok(rows.into_iter().map(|(subject_id,)| subject_id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_goes_and_what_was_counted_stays() {
        let facts = r#"{"is_whole":true,"reason":"Ana phoned","units":2}"#;
        assert_eq!(
            wordless("order.cancelled", facts).as_deref(),
            Some(r#"{"is_whole":true,"reason":"","units":2}"#)
        );
        assert_eq!(wordless("order.cancelled", r#"{"reason":"","units":2}"#), None);
        assert_eq!(wordless("order.accepted", r#"{"external_reference":"W1","units":2}"#), None);
        assert_eq!(
            wordless("test.unlisted", r#"{"n":1,"said":"x"}"#).as_deref(),
            Some(r#"{"n":1,"said":""}"#)
        );
    }
}
