//! Whose token is this?

use std::time::Duration;

use db::Fault;
use kernel::{SessionId, Timestamp};
use runtime::Runtime;
use web::{Access, Caller};

use crate::{secret::digest, store};

/// How long a session may go unused. Machines' keys do not mind.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// How exactly it is kept when a token was used last: a write for every request would cost more than it tells.
const NOTED: Duration = Duration::from_secs(60);

/// The caller a token proves, with all they may do; none where it is unknown, ran out, lay idle, was revoked, or
/// belongs to somebody who was dismissed. Asked anew for every request, so that an end is an end at once.
pub async fn whoami(runtime: &Runtime, token: &str) -> Result<Option<Caller>, Fault> {
    // No token of ours is longer; a longer one is not worth a digest.
    if token.len() > 100 {
        return Ok(None);
    }
    let (organisation_id, digest, now) = (runtime.organisation_id.clone(), digest(token), runtime.now());
    let idle_since = idle_since(runtime);
    let rows = runtime
        .read(move |tx| {
            Box::pin(async move { store::find_bearer(tx, &organisation_id, &digest, now, idle_since).await })
        })
        .await?;
    let access = access(&rows);
    let Some(bearer) = rows.into_iter().next() else { return Ok(None) };
    let noted_until = bearer.noted_at.checked_add(runtime.clock.as_lived(NOTED)).unwrap_or(now);
    if now >= noted_until {
        let (organisation_id, session_id) = (runtime.organisation_id.clone(), bearer.session_id.clone());
        runtime
            .db
            .write(move |tx| {
                Box::pin(async move { store::note_use(tx, &organisation_id, &session_id, now).await })
            })
            .await?;
    }
    let is_machine = bearer.kind == "api";
    let actor = if is_machine {
        format!("machine:{}", bearer.session_id)
    } else {
        format!("user:{}", bearer.user_id)
    };
    Ok(Some(Caller {
        user_id: Some(bearer.user_id),
        is_machine,
        actor,
        session_id: bearer.session_id,
        language: bearer.language,
        access,
    }))
}

/// What a session or a key allows now; nothing where it ended. For what goes on after its request was let in, such as a
/// stream; it does not count as a use.
pub async fn access_of(runtime: &Runtime, session_id: &SessionId) -> Result<Access, Fault> {
    let (organisation_id, session_id) = (runtime.organisation_id.clone(), session_id.clone());
    let (now, idle_since) = (runtime.now(), idle_since(runtime));
    let rows: Vec<store::BearerRow> = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                store::find_bearer_by_id(tx, &organisation_id, &session_id, now, idle_since).await
            })
        })
        .await?;
    Ok(access(&rows))
}

/// What the roles of a token's holder allow, and no more than a key was made for.
fn access(rows: &[store::BearerRow]) -> Access {
    let Some(bearer) = rows.first() else { return Access::default() };
    let access = Access::of(rows.iter().filter_map(store::BearerRow::grant));
    match (&bearer.permissions, store::area_of(&bearer.merchant_id, &bearer.node_id)) {
        (None, _) => access,
        (Some(kept), Some(area)) => access.under(store::permissions_of(kept), &area),
        (Some(_), None) => Access::default(),
    }
}

/// A session that was used last before this is over.
pub(crate) fn idle_since(runtime: &Runtime) -> Timestamp {
    let now = runtime.now();
    now.checked_sub(runtime.clock.as_lived(IDLE)).unwrap_or(now)
}
