//! Every statement of this context.

use db::{Column, Fault, FromRow, Row, Tx, args, row, set};
use kernel::{OrganisationId, Timestamp, WebhookId};
use serde_json::Value as Json;

use crate::{
    After, Outcome, Reason, Replay, Webhook,
    add::Wanted,
    model::{Cause, KeptSecret},
    reseal::Resealed,
};

row! {
    /// How one attempt went.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
    #[schema(as = WebhookAttempt)]
    pub struct Attempt {
        /// Grows with time.
        pub attempt_id: i64,
        /// The message's id.
        pub message_id: String,
        /// Why it was sent.
        pub cause: String,
        /// The kind of event.
        pub kind: String,
        /// The event's position.
        pub position: Option<i64>,
        /// The how-manyeth attempt of the schedule, from 1.
        pub attempt_no: i64,
        /// What became of it.
        pub outcome: String,
        /// The HTTP status, if there was an answer.
        pub status: Option<i64>,
        /// How long it took, in milliseconds.
        pub ms: i64,
        /// The beginning of the answer, or what went wrong.
        pub answer: String,
        /// When.
        pub attempted_at: Timestamp,
    }
}

impl FromRow for Webhook {
    fn from_row(row: &Row) -> Result<Webhook, Fault> {
        let kinds: Json = row.get("kinds")?;
        let disabled: Option<String> = row.get("disabled_reason")?;
        let former: (Option<String>, Option<Timestamp>) =
            (row.get("former_secret")?, row.get("former_until")?);
        let replay: (Option<i64>, Option<i64>) = (row.get("replay_next")?, row.get("replay_last")?);
        Ok(Webhook {
            webhook_id: row.get("webhook_id")?,
            url: row.get("url")?,
            description: row.get("description")?,
            kinds: serde_json::from_value(kinds).map_err(|error| strange("kinds", &error))?,
            disabled: match disabled {
                Some(name) => Some(Reason::parse(&name).ok_or_else(|| strange("disabled_reason", &name))?),
                None => None,
            },
            kept_secret: KeptSecret(row.get("secret")?),
            kept_former: former.0.map(KeptSecret).zip(former.1),
            sent_position: row.get("sent_position")?,
            replay: replay.0.zip(replay.1).map(|(next, last)| Replay { next, last }),
            ping_id: row.get("ping_id")?,
            failures: row.get("failures")?,
            failing_since: row.get("failing_since")?,
            due_at: row.get("due_at")?,
            fence: row.get("fence")?,
            version: row.get("version")?,
            created_at: row.get("created_at")?,
        })
    }
}

fn strange(column: &str, problem: &dyn std::fmt::Display) -> Fault {
    Fault::Shape { column: column.into(), problem: problem.to_string() }
}

/// Every webhook, oldest first.
pub async fn list_webhooks(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<Webhook>, Fault> {
    tx.query(
        "select webhook_id, url, description, kinds, disabled_reason, secret, former_secret, former_until, \
                sent_position, replay_next, replay_last, ping_id, failures, failing_since, due_at, fence, version, created_at \
           from webhook where organisation_id = $1 order by webhook_id limit 1000",
        args![organisation_id],
    )
    .await
}

row! {
    /// How far behind webhooks are.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Lag {
        /// How many are told of events.
        pub enabled: i64,
        /// How many of them did not take the last message.
        pub failing: i64,
        /// How many events the one furthest behind has to go.
        pub events: i64,
    }
}

/// How far behind webhooks are where the stream ends at `head`.
pub async fn lag(tx: &Tx, organisation_id: &OrganisationId, head: i64) -> Result<Lag, Fault> {
    tx.query_one(
        "select count(*) as enabled, count(case when failures > 0 then 1 end) as failing, \
                coalesce(max($2 - sent_position), 0) as events \
           from webhook where organisation_id = $1 and is_enabled",
        args![organisation_id, head],
    )
    .await
}

/// One webhook.
pub async fn find_webhook(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
) -> Result<Option<Webhook>, Fault> {
    tx.query_optional(
        "select webhook_id, url, description, kinds, disabled_reason, secret, former_secret, former_until, \
                sent_position, replay_next, replay_last, ping_id, failures, failing_since, due_at, fence, version, created_at \
           from webhook where organisation_id = $1 and webhook_id = $2",
        args![organisation_id, webhook_id],
    )
    .await
}

/// One webhook, which nobody else changes until the transaction ends.
pub(crate) async fn lock_webhook(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
) -> Result<Option<Webhook>, Fault> {
    tx.query_optional(
        "select webhook_id, url, description, kinds, disabled_reason, secret, former_secret, former_until, \
                sent_position, replay_next, replay_last, ping_id, failures, failing_since, due_at, fence, version, created_at \
           from webhook where organisation_id = $1 and webhook_id = $2 [pg: for update :]",
        args![organisation_id, webhook_id],
    )
    .await
}

pub(crate) async fn count_webhooks(tx: &Tx, organisation_id: &OrganisationId) -> Result<i64, Fault> {
    let (count,) = tx
        .query_one("select count(*) from webhook where organisation_id = $1", args![organisation_id])
        .await?;
    Ok(count)
}

/// Whether there is a webhook with this address.
pub(crate) async fn has_url(tx: &Tx, organisation_id: &OrganisationId, url: &str) -> Result<bool, Fault> {
    let (count,): (i64,) = tx
        .query_one(
            "select count(*) from webhook where organisation_id = $1 and url = $2",
            args![organisation_id, url],
        )
        .await?;
    Ok(count > 0)
}

pub(crate) async fn insert_webhook(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
    wanted: &Wanted,
    sealed_secret: &str,
    sent_position: i64,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into webhook (organisation_id, webhook_id, url, description, kinds, is_enabled, secret, sent_position, \
                              due_at, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)",
        args![
            organisation_id,
            webhook_id,
            &wanted.url,
            &wanted.description,
            Json::from(wanted.kinds.clone()),
            true,
            sealed_secret,
            sent_position,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Changes the webhook where it is at this version, and moves the version on; gives false where it is not. At another
/// address it begins with a clean slate: whoever is sending to the former one settles nothing any more.
pub(crate) async fn update_wanted_at(
    tx: &Tx,
    organisation_id: &OrganisationId,
    (webhook_id, version): (&WebhookId, i64),
    wanted: &Wanted,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update webhook set description = $5, kinds = $6, updated_at = $7, due_at = $7, version = version + 1, \
                    fence = case when url = $4 then fence else fence + 1 end, \
                    held_until = case when url = $4 then held_until end, \
                    failures = case when url = $4 then failures else 0 end, \
                    failing_since = case when url = $4 then failing_since end, url = $4 \
              where organisation_id = $1 and webhook_id = $2 and version = $3",
            args![
                organisation_id,
                webhook_id,
                version,
                &wanted.url,
                &wanted.description,
                Json::from(wanted.kinds.clone()),
                now
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Deletes the webhook where it is at this version, with its attempts; gives false where it is not.
pub(crate) async fn delete_webhook_at(
    tx: &Tx,
    organisation_id: &OrganisationId,
    (webhook_id, version): (&WebhookId, i64),
) -> Result<bool, Fault> {
    let deleted = tx
        .execute(
            "delete from webhook where organisation_id = $1 and webhook_id = $2 and version = $3",
            args![organisation_id, webhook_id, version],
        )
        .await?;
    if deleted == 0 {
        return Ok(false);
    }
    tx.execute(
        "delete from webhook_attempt where organisation_id = $1 and webhook_id = $2",
        args![organisation_id, webhook_id],
    )
    .await?;
    Ok(true)
}

/// Gives a new secret; the present one signs as well until then.
pub(crate) async fn rotate_secret(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
    sealed_secret: &str,
    former_until: Timestamp,
    now: Timestamp,
) -> Result<u64, Fault> {
    tx.execute(
        "update webhook set former_secret = secret, former_until = $4, secret = $3, updated_at = $5, \
                version = version + 1 \
          where organisation_id = $1 and webhook_id = $2",
        args![organisation_id, webhook_id, sealed_secret, former_until, now],
    )
    .await
}

/// Puts secrets in the place of others, where those are still there.
pub(crate) async fn reseal_secrets(
    tx: &Tx,
    organisation_id: &OrganisationId,
    resealed: &[Resealed],
) -> Result<u64, Fault> {
    tx.execute_set(
        "update webhook set secret = d.secret, former_secret = nullif(d.former, '') \
         {set d(webhook_id text, was text, secret text, former text)} \
          where webhook.organisation_id = $1 and webhook.webhook_id = d.webhook_id and webhook.secret = d.was",
        &set![
            resealed.iter().map(|row| &row.webhook_id),
            resealed.iter().map(|row| &row.was),
            resealed.iter().map(|row| &row.secret),
            resealed.iter().map(|row| &row.former),
        ],
        args![organisation_id],
    )
    .await
}

/// Switches on, with a clean slate, or off for a reason.
pub(crate) async fn switch(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
    disabled: Option<Reason>,
    now: Timestamp,
) -> Result<u64, Fault> {
    tx.execute(
        "update webhook set is_enabled = $3, disabled_reason = $4, failures = 0, failing_since = null, due_at = $5, \
                updated_at = $5, version = version + 1 \
          where organisation_id = $1 and webhook_id = $2",
        args![organisation_id, webhook_id, disabled.is_none(), disabled.map(Reason::name), now],
    )
    .await
}

pub(crate) async fn begin_replay(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
    replay: Replay,
    now: Timestamp,
) -> Result<u64, Fault> {
    tx.execute(
        "update webhook set replay_next = $3, replay_last = $4, failures = 0, failing_since = null, due_at = $5, updated_at = $5 \
          where organisation_id = $1 and webhook_id = $2",
        args![organisation_id, webhook_id, replay.next, replay.last, now],
    )
    .await
}

pub(crate) async fn set_ping(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
    ping_id: &str,
    now: Timestamp,
) -> Result<u64, Fault> {
    tx.execute(
        "update webhook set ping_id = $3, due_at = $4, updated_at = $4 where organisation_id = $1 and webhook_id = $2",
        args![organisation_id, webhook_id, ping_id, now],
    )
    .await
}

/// A webhook that somebody may hold now.
pub(crate) type Ready = (WebhookId, i64);

/// Webhooks that have something to get and that nobody holds, longest due first; of streams only the one named.
/// True where an enabled webhook names this kind.
pub async fn is_named(tx: &Tx, organisation_id: &OrganisationId, kind: &str) -> Result<bool, Fault> {
    let rows: Vec<(Json,)> = tx
        .query("select kinds from webhook where organisation_id = $1 and is_enabled", args![organisation_id])
        .await?;
    let names = |kinds: &Json| kinds.as_array().is_some_and(|kinds| kinds.iter().any(|named| named == kind));
    Ok(rows.iter().any(|(kinds,)| names(kinds)))
}

pub(crate) async fn list_ready(
    tx: &Tx,
    organisation_id: &OrganisationId,
    stream: &str,
    head: i64,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Ready>, Fault> {
    tx.query(
        "select webhook_id, fence + 1 as fence from webhook \
          where organisation_id = $1 and due_at <= $2 and (held_until is null or held_until <= $2) \
            and (ping_id is not null or (is_enabled and (replay_next is not null or sent_position < $3))) \
            and (url = $5 or substr(url, 1, 5) <> 'nats:') \
          order by due_at, webhook_id limit $4",
        args![organisation_id, now, head, limit, stream],
    )
    .await
}

/// The same, held until then from now on.
pub(crate) async fn hold_ready(
    tx: &Tx,
    organisation_id: &OrganisationId,
    stream: &str,
    head: i64,
    (now, until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Ready>, Fault> {
    let ready: Vec<Ready> = tx
        .query(
            "select webhook_id, fence + 1 as fence from webhook \
              where organisation_id = $1 and due_at <= $2 and (held_until is null or held_until <= $2) \
                and (ping_id is not null or (is_enabled and (replay_next is not null or sent_position < $3))) \
                and (url = $5 or substr(url, 1, 5) <> 'nats:') \
              order by due_at, webhook_id limit $4 [pg: for update skip locked :]",
            args![organisation_id, now, head, limit, stream],
        )
        .await?;
    tx.execute_guarded(
        "webhooks held",
        "update webhook set held_until = $2, fence = d.fence {set d(webhook_id text, fence int)} \
          where organisation_id = $1 and webhook.webhook_id = d.webhook_id and webhook.fence = d.fence - 1",
        &db::set![ready.iter().map(|(webhook_id, _)| webhook_id), ready.iter().map(|(_, fence)| *fence)],
        args![organisation_id, until],
    )
    .await?;
    Ok(ready)
}

/// Writes what an attempt leaves behind; whoever wrote it holds the webhook until then, or no longer.
pub(crate) async fn update_after(
    tx: &Tx,
    organisation_id: &OrganisationId,
    (webhook_id, fence): &Ready,
    after: &After,
    held_until: Option<Timestamp>,
) -> Result<u64, Fault> {
    tx.execute(
        "update webhook set sent_position = $4, replay_next = $5, replay_last = $6, ping_id = $7, failures = $8, \
                failing_since = $9, due_at = $10, held_until = $11 \
          where organisation_id = $1 and webhook_id = $2 and fence = $3",
        args![
            organisation_id,
            webhook_id,
            *fence,
            after.sent_position,
            after.replay.map(|replay| replay.next),
            after.replay.map(|replay| replay.last),
            after.ping_id.clone(),
            after.failures,
            after.failing_since,
            after.due_at,
            held_until
        ],
    )
    .await
}

/// Lets go of a webhook.
pub(crate) async fn let_go(
    tx: &Tx,
    organisation_id: &OrganisationId,
    (webhook_id, fence): &Ready,
) -> Result<(), Fault> {
    tx.execute(
        "update webhook set held_until = null where organisation_id = $1 and webhook_id = $2 and fence = $3",
        args![organisation_id, webhook_id, *fence],
    )
    .await?;
    Ok(())
}

/// An attempt as it is written.
pub(crate) struct NewAttempt<'a> {
    pub message_id: &'a str,
    pub cause: Cause,
    pub kind: &'a str,
    pub position: Option<i64>,
    pub attempt_no: i64,
    pub outcome: Outcome,
    pub status: Option<u16>,
    pub ms: i64,
    pub answer: &'a str,
    pub attempted_at: Timestamp,
}

pub(crate) async fn insert_attempt(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
    attempt: &NewAttempt<'_>,
) -> Result<(), Fault> {
    tx.execute(
        "insert into webhook_attempt (organisation_id, webhook_id, message_id, cause, kind, position, attempt_no, \
                                      outcome, status, ms, answer, attempted_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            organisation_id,
            webhook_id,
            attempt.message_id,
            attempt.cause.name(),
            attempt.kind,
            attempt.position,
            attempt.attempt_no,
            attempt.outcome.name(),
            attempt.status.map(i64::from),
            attempt.ms,
            attempt.answer,
            attempt.attempted_at
        ],
    )
    .await?;
    Ok(())
}

/// The attempts of a webhook before one, newest first.
pub async fn list_attempts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    webhook_id: &WebhookId,
    before: i64,
    limit: i64,
) -> Result<Vec<Attempt>, Fault> {
    tx.query(
        "select attempt_id, message_id, cause, kind, position, attempt_no, outcome, status, ms, answer, attempted_at \
           from webhook_attempt \
          where organisation_id = $1 and webhook_id = $2 and attempt_id < $3 order by attempt_id desc limit $4",
        args![organisation_id, webhook_id, before, limit],
    )
    .await
}

/// Forgets attempts that are older.
pub(crate) async fn forget_attempts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    before: Timestamp,
) -> Result<u64, Fault> {
    tx.execute(
        "delete from webhook_attempt where organisation_id = $1 and attempted_at < $2",
        args![organisation_id, before],
    )
    .await
}

/// Forgets what receivers answered to the events at these positions: it may say back what it was told.
pub async fn forget_answers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    positions: &[i64],
) -> Result<u64, Fault> {
    tx.execute(
        "update webhook_attempt set answer = '' where organisation_id = $1 and position {in $2}",
        args![organisation_id, Column::from_iter(positions.iter().copied())],
    )
    .await
}
