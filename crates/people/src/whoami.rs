//! Whose token is this?

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use db::{Fault, Moment};
use kernel::{SessionId, Timestamp};
use runtime::{Batcher, Runtime};
use tracing::Instrument;
use web::{Access, Area, Caller, Pinned, Viewing};

use crate::{badges, secret::digest, store};

/// How long a session may go unused. Machines' keys do not mind.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// How exactly it is kept when a token was used last: a write for every request would cost more than it tells.
const NOTED: Duration = Duration::from_secs(60);

/// How many tokens are asked about together at most.
const TOGETHER: usize = 256;

/// How many such questions there are at a time.
const QUESTIONS: usize = 2;

/// Says who callers are. Asked anew for every request, so that an end is an end at once; those that come together are
/// asked about together, after all of them came.
#[derive(Clone)]
pub struct Doorkeeper {
    /// The house.
    pub(crate) runtime: Runtime,
    bearers: Batcher<String, Result<Vec<store::BearerRow>, Fault>>,
    known: Arc<Known>,
}

impl Doorkeeper {
    /// One for this house.
    pub fn of(runtime: &Runtime) -> Doorkeeper {
        let house = runtime.clone();
        let bearers = Batcher::start(TOGETHER, QUESTIONS, move |digests: Vec<String>| {
            let house = house.clone();
            Box::pin(async move {
                let mut answers: Vec<_> = digests.iter().map(|_| Ok(Vec::new())).collect();
                match bearers(&house, digests.iter().cloned().collect()).await {
                    Ok(known) => {
                        for (answer, digest) in answers.iter_mut().zip(&digests) {
                            *answer = Ok(known.get(digest).cloned().unwrap_or_default());
                        }
                    }
                    Err(fault) => {
                        answers.fill_with(|| Err(Fault::Lost("it was asked together with others")));
                        answers[0] = Err(fault);
                    }
                }
                answers
            })
        });
        Doorkeeper { runtime: runtime.clone(), bearers, known: Arc::default() }
    }

    /// The caller a token proves, as [`whoami`] says, with the role they view as, if they do, and the version that a key
    /// was made for.
    pub(crate) async fn who_and_how(
        &self,
        token: &str,
        device: Option<&str>,
    ) -> Result<Option<(Caller, Option<Viewing>, Option<Pinned>)>, Fault> {
        // No token of ours is longer; a longer one is not worth a digest.
        if token.len() > 100 {
            return Ok(None);
        }
        let digest = digest(token);
        let rows = self.rows(digest).instrument(tracing::debug_span!("who")).await?;
        let_in(&self.runtime, rows, device).await
    }
}

/// What an answer about a token hangs on, besides the time.
const RULED_BY: [&str; 5] = ["access_token", "assignment", "badge", "device", "staff"];

/// The most tokens that are remembered.
const TOKENS_MOST: usize = 10_000;

/// The rows of tokens by their digests.
type Rows = HashMap<String, Vec<store::BearerRow>>;

/// Those of tokens that were good, read after a moment since which nothing they hang on has changed.
#[derive(Default)]
struct Known(RwLock<Option<(Moment, Rows)>>);

impl Doorkeeper {
    /// The rows of a token; from memory where nothing they hang on was committed since they were read.
    async fn rows(&self, digest: String) -> Result<Vec<store::BearerRow>, Fault> {
        let read = match self.runtime.watch().await? {
            None => None,
            Some(look) => {
                let known = self.known.0.read().unwrap_or_else(PoisonError::into_inner);
                if let Some((since, known)) = &*known
                    && look.are_still(&RULED_BY, *since)
                    && let Some(rows) = known.get(&digest)
                    && is_good_still(&self.runtime, rows)
                {
                    return Ok(rows.clone());
                }
                Some(look.moment())
            }
        };
        let asked = self.bearers.submit("", digest.clone()).await;
        let rows = asked.map_err(|_| Fault::Lost("whose token it is was not answered"))??;
        if let Some(read) = read
            && !rows.is_empty()
        {
            self.keep(read, digest, &rows);
        }
        Ok(rows)
    }

    fn keep(&self, read: Moment, digest: String, rows: &[store::BearerRow]) {
        let mut known = self.known.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(look) = self.runtime.db.changes().map(db::Changes::look) else { return };
        if !look.are_still(&RULED_BY, read) {
            return;
        }
        match &mut *known {
            Some((since, known)) if look.are_still(&RULED_BY, *since) && known.len() < TOKENS_MOST => {
                known.insert(digest, rows.to_vec());
            }
            known => *known = Some((read, HashMap::from([(digest, rows.to_vec())]))),
        }
    }
}

/// True where a token that was good has neither run out nor lain idle since. The rows are of one token.
fn is_good_still(runtime: &Runtime, rows: &[store::BearerRow]) -> bool {
    let (now, idle_since) = (runtime.now(), idle_since(runtime));
    rows.iter().all(|row| {
        let may_lie = row.kind == "api" || row.device_digest.is_some();
        row.expires_at > now && (may_lie || row.noted_at > idle_since)
    })
}

/// The caller a token proves, with all they may do; none where it is unknown, ran out, lay idle, was revoked, or
/// belongs to somebody who was dismissed. What began with a badge is good at its device only, which `device` proves, and
/// while badge and device are.
pub async fn whoami(runtime: &Runtime, token: &str, device: Option<&str>) -> Result<Option<Caller>, Fault> {
    let digest = digest(token);
    let rows = bearers(runtime, BTreeSet::from([digest.clone()])).await?.remove(&digest);
    Ok(let_in(runtime, rows.unwrap_or_default(), device).await?.map(|(caller, ..)| caller))
}

/// The rows of good tokens by their digests.
async fn bearers(
    runtime: &Runtime,
    digests: BTreeSet<String>,
) -> Result<HashMap<String, Vec<store::BearerRow>>, Fault> {
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    let idle_since = idle_since(runtime);
    let rows: Vec<store::BearerRow> = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                store::list_bearers(tx, &organisation_id, digests.iter(), now, idle_since).await
            })
        })
        .await?;
    let mut known: HashMap<String, Vec<store::BearerRow>> = HashMap::new();
    for row in rows {
        known.entry(row.token_digest.clone()).or_default().push(row);
    }
    Ok(known)
}

async fn let_in(
    runtime: &Runtime,
    rows: Vec<store::BearerRow>,
    device: Option<&str>,
) -> Result<Option<(Caller, Option<Viewing>, Option<Pinned>)>, Fault> {
    let (device_digest, now) = (device.map(digest), runtime.now());
    let access = access(&rows);
    let Some(bearer) = rows.into_iter().next() else { return Ok(None) };
    if bearer.device_digest.is_some() && bearer.device_digest != device_digest {
        return Ok(None);
    }
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
    let viewing = bearer.view().map(|role| match role {
        Some(role) => Viewing { role: role.role.code().to_owned(), area: role.area },
        None => Viewing { role: String::new(), area: Area::Everywhere },
    });
    let caller = Caller {
        user_id: Some(bearer.user_id),
        is_machine,
        actor,
        session_id: bearer.session_id,
        language: bearer.language,
        access,
    };
    Ok(Some((caller, viewing, bearer.api_version.map(Pinned))))
}

/// What a session or a key allows now; nothing where it ended. For what goes on after its request was let in, such as a
/// stream; it does not count as a use.
pub async fn access_of(runtime: &Runtime, session_id: &SessionId) -> Result<Access, Fault> {
    Ok(find_access(runtime, session_id).await?.unwrap_or_default())
}

/// The same; none where it ended.
pub async fn find_access(runtime: &Runtime, session_id: &SessionId) -> Result<Option<Access>, Fault> {
    let (organisation_id, session_id) = (runtime.organisation_id.clone(), session_id.clone());
    let (now, idle_since) = (runtime.now(), idle_since(runtime));
    let rows: Vec<store::BearerRow> = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                store::find_bearer_by_id(tx, &organisation_id, &session_id, now, idle_since).await
            })
        })
        .await?;
    Ok((!rows.is_empty()).then(|| access(&rows)))
}

/// What the roles of a token's holder allow, and no more than a key was made for.
fn access(rows: &[store::BearerRow]) -> Access {
    let Some(bearer) = rows.first() else { return Access::default() };
    let access = Access::of(rows.iter().filter_map(store::BearerRow::grant));
    if let Some(node_id) = &bearer.device_node_id {
        let here = store::area_of("", node_id).map(|area| access.under(badges::opens(bearer.has_pin), &area));
        return here.unwrap_or_default();
    }
    if let Some(view) = bearer.view() {
        // A role that is no longer known shows nothing.
        let seen = view.map(|role| access.under(role.permissions(), &role.area));
        return seen.unwrap_or_default();
    }
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
