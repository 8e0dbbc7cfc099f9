//! Runs a command: once, in one transaction, whatever happens.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
    time::Instant,
};

use db::{BoxFuture, Column, Db, Fault, Tx, args, set};
use kernel::{OrganisationId, Timestamp};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tracing::{Instrument, Span};

use crate::{Clock, Cx, Filing, Keyring, filing, follow::Signals, watch::Watch};

/// How often a command that lost a race for a lock is tried in all.
const ATTEMPTS: usize = 4;

/// The house at work for one organisation; cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// For whom this works.
    pub organisation_id: OrganisationId,
    /// Seals secrets; without a key until it is given one.
    pub keyring: Keyring,
    pub(crate) random: Arc<Mutex<ChaCha8Rng>>,
    pub(crate) committed: Arc<tokio::sync::Notify>,
    pub(crate) signals: Arc<Signals>,
    /// Files what others left unfiled before this reads or does anything.
    pub(crate) filing: Option<Filing>,
    pub(crate) watch: Arc<Watch>,
}

/// Who calls, under which key, and when.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who does it.
    pub actor: String,
    /// The outermost caller's key, if it gave one.
    pub key: Option<CommandKey>,
    /// When it happened, if not now: imports and replay.
    pub at: Option<Timestamp>,
    /// The request it came with, as the log calls it.
    pub request_id: Option<String>,
}

impl Call {
    /// A call by `actor`, now, without a key.
    pub fn by(actor: impl Into<String>) -> Call {
        Call { actor: actor.into(), key: None, at: None, request_id: None }
    }

    /// The same under a key.
    pub fn keyed(self, scope: &str, key: &str, fingerprint: &str) -> Call {
        let key = CommandKey { scope: scope.into(), key: key.into(), fingerprint: fingerprint.into() };
        Call { key: Some(key), ..self }
    }

    /// The same, as part of a request.
    pub fn of_request(self, request_id: Option<String>) -> Call {
        Call { request_id, ..self }
    }

    /// The same at another time.
    pub fn at(self, at: Timestamp) -> Call {
        Call { at: Some(at), ..self }
    }
}

/// What makes a repeat a repeat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandKey {
    /// Whose keys: the credential and the path.
    pub scope: String,
    /// The key itself.
    pub key: String,
    /// A digest of the request: the same key with another request is a mistake of the caller.
    pub fingerprint: String,
}

/// What became of a keyed command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer<R> {
    /// It was done now.
    Done(R),
    /// It was done before; this is what was answered then.
    Replayed(R),
    /// The key was used before for another request. Nothing was done.
    KeyReused,
}

impl<R> Answer<R> {
    /// The result, of now or of then; none where the key was reused.
    pub fn into_result(self) -> Option<R> {
        match self {
            Answer::Done(result) | Answer::Replayed(result) => Some(result),
            Answer::KeyReused => None,
        }
    }
}

/// An error that may carry a machine's trouble.
pub trait HasFault: From<Fault> + Send + 'static {
    /// The trouble, where it is one.
    fn fault(&self) -> Option<&Fault>;
}

impl HasFault for Fault {
    fn fault(&self) -> Option<&Fault> {
        Some(self)
    }
}

/// Says of error enums that their variant `Fault` carries the machine's trouble.
#[macro_export]
macro_rules! has_fault {
    ($($error:ty),* $(,)?) => { $(
        impl $crate::HasFault for $error {
            fn fault(&self) -> Option<&db::Fault> {
                match self {
                    Self::Fault(fault) => Some(fault),
                    _ => None,
                }
            }
        }
    )* };
}

/// A span of what is being answered or done. Work that is part of nothing, such as looking for work, has none.
macro_rules! part {
    ($name:literal, $($field:tt)*) => {
        if Span::current().is_none() { Span::none() } else { tracing::debug_span!($name, $($field)*) }
    };
}

impl Runtime {
    /// A runtime whose ids come from `seed`, or from the operating system's randomness without one.
    pub fn new(db: Db, clock: Clock, organisation_id: OrganisationId, seed: Option<u64>) -> Runtime {
        let random = match seed {
            Some(seed) => ChaCha8Rng::seed_from_u64(seed),
            None => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).expect("the operating system gives randomness");
                ChaCha8Rng::from_seed(bytes)
            }
        };
        Runtime {
            db,
            clock,
            organisation_id,
            keyring: Keyring::default(),
            random: Arc::new(Mutex::new(random)),
            committed: Arc::new(tokio::sync::Notify::new()),
            signals: Arc::default(),
            filing: None,
            watch: Arc::default(),
        }
    }

    /// The same with keys that seal secrets.
    pub fn with_keyring(self, keyring: Keyring) -> Runtime {
        Runtime { keyring, ..self }
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Wakes when a command of this process has been committed.
    pub async fn after_commit(&self) {
        self.committed.notified().await;
    }

    /// Runs `work` in one transaction together with everything it tells, intends and puts off, and with its key and
    /// answer if the call has a key. A repeat of a key gives the first answer. `work` may run again when it lost a race
    /// for a lock; what it did before was rolled back.
    pub async fn command<R, E, F>(&self, call: Call, work: F) -> Result<Answer<R>, E>
    where
        R: Serialize + DeserializeOwned + Send + 'static,
        E: HasFault,
        F: for<'c, 't> Fn(&'c mut Cx<'t>) -> BoxFuture<'c, Result<R, E>> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        let begun = Instant::now();
        let mut waits = self.filing.as_ref();
        let mut attempt = 1;
        loop {
            let (work, call) = (work.clone(), call.clone());
            let (now, random) = (call.at.unwrap_or_else(|| self.now()), self.fork_random());
            let (organisation_id, keyring) = (self.organisation_id.clone(), self.keyring.clone());
            let must_be_filed = waits.is_some();
            let writing = self
                .db
                .write(move |tx| {
                    Box::pin(async move {
                        if must_be_filed && filing::is_any(tx, &organisation_id).await? {
                            return Ok(None);
                        }
                        if let Some(key) = &call.key
                            && let Some(earlier) = claim_key(tx, &organisation_id, key, now).await?
                        {
                            return Ok(Some((earlier, false)));
                        }
                        let mut cx = Cx::new(tx, now, organisation_id, call.actor, random);
                        cx.request_id = call.request_id;
                        cx.keyring = keyring;
                        let result = work(&mut cx).await?;
                        let is_news = cx.flush().await?;
                        if let Some(key) = &call.key {
                            keep_answer(tx, &cx.organisation_id, key, to_response(&result)?).await?;
                        }
                        Ok(Some((Answer::Done(result), is_news)))
                    })
                })
                .instrument(part!("write", engine = self.db.engine().name(), attempt));
            match writing.await {
                // Once: what comes meanwhile was not there when this was called.
                Ok(None) => {
                    if let Some(filing) = waits.take() {
                        filing.settle().await?;
                    }
                }
                Err(error) if attempt < ATTEMPTS && may_run_again(&error) => {
                    metrics::counter!("quartermaster_command_races_total").increment(1);
                    tracing::debug!(attempt, "a command lost a race and runs again");
                    attempt += 1;
                }
                result => {
                    let result = result.map(|done| {
                        let (answer, is_news) = done.expect("what is not done was handled above");
                        if is_news {
                            self.signals.tell_news();
                        }
                        answer
                    });
                    let outcome = outcome(&result);
                    metrics::histogram!("quartermaster_command_seconds", "outcome" => outcome)
                        .record(begun.elapsed());
                    self.committed.notify_waiters();
                    return result;
                }
            }
        }
    }

    /// [`Runtime::command`] for a call without a key.
    pub async fn run<R, E, F>(&self, call: Call, work: F) -> Result<R, E>
    where
        R: Serialize + DeserializeOwned + Send + 'static,
        E: HasFault,
        F: for<'c, 't> Fn(&'c mut Cx<'t>) -> BoxFuture<'c, Result<R, E>> + Send + Sync + 'static,
    {
        let call = Call { key: None, ..call };
        let answer = self.command(call, work).await?;
        Ok(answer.into_result().expect("only a key can be reused, and there is none"))
    }

    /// Reads on one snapshot.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let reading = || part!("read", engine = self.db.engine().name());
        let Some(filing) = &self.filing else {
            return self.db.read(work).instrument(reading()).await;
        };
        let organisation_id = self.organisation_id.clone();
        let seen: Result<Seen<T, F>, E> = self
            .db
            .read(move |tx| {
                Box::pin(async move {
                    if filing::is_any(tx, &organisation_id).await? {
                        return Ok(Seen::Unfiled(work));
                    }
                    work(tx).await.map(Seen::All)
                })
            })
            .instrument(reading())
            .await;
        match seen? {
            Seen::All(value) => Ok(value),
            Seen::Unfiled(work) => {
                filing.settle().await?;
                self.db.read(work).instrument(reading()).await
            }
        }
    }

    fn fork_random(&self) -> ChaCha8Rng {
        let mut seed = [0; 32];
        self.random.lock().expect("drawing a seed cannot panic").fill_bytes(&mut seed);
        ChaCha8Rng::from_seed(seed)
    }
}

/// What a read met.
enum Seen<T, F> {
    /// Everything is filed.
    All(T),
    /// There are slips, and nothing was read.
    Unfiled(F),
}

/// What became of a command, for whoever measures.
fn outcome<R, E: HasFault>(result: &Result<Answer<R>, E>) -> &'static str {
    match result {
        Ok(Answer::Done(_)) => "done",
        Ok(Answer::Replayed(_)) => "replayed",
        Ok(Answer::KeyReused) => "key_reused",
        Err(error) if error.fault().is_some() => "fault",
        Err(_) => "refused",
    }
}

/// A lost race: somebody held a lock too long, or wrote the row that was missing a moment ago.
fn may_run_again(error: &impl HasFault) -> bool {
    error.fault().is_some_and(|fault| fault.is_transient() || fault.is_duplicate())
}

/// Takes the key for this transaction; gives the earlier answer where the key was used before.
async fn claim_key<R: DeserializeOwned>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    key: &CommandKey,
    now: Timestamp,
) -> Result<Option<Answer<R>>, Fault> {
    let mut earlier = claim_keys(tx, organisation_id, &BTreeSet::from([key]), now).await?;
    Ok(earlier.remove(key))
}

/// Takes keys for this transaction; gives the earlier answers of those that were used before.
/// Two commands with one key at once: the second waits for the first to end.
pub async fn claim_keys<R: DeserializeOwned>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    keys: &BTreeSet<&CommandKey>,
    now: Timestamp,
) -> Result<HashMap<CommandKey, Answer<R>>, Fault> {
    let fresh = tx
        .execute_set(
            "insert into command_key (organisation_id, scope, key, fingerprint, response, created_at) \
             select $1, d.scope, d.key, d.fingerprint, '', $2 {set d(scope text, key text, fingerprint text)} \
              where true on conflict do nothing",
            &set![
                keys.iter().map(|key| &key.scope),
                keys.iter().map(|key| &key.key),
                keys.iter().map(|key| &key.fingerprint)
            ],
            args![organisation_id, now],
        )
        .await?;
    let mut earlier = HashMap::new();
    if fresh == keys.len() as u64 {
        return Ok(earlier);
    }
    let known: Vec<(String, String, String, String)> = tx
        .query(
            "select scope, key, fingerprint, response from command_key \
              where organisation_id = $1 and key {in $2} and response <> ''",
            args![organisation_id, Column::from_iter(keys.iter().map(|key| &key.key))],
        )
        .await?;
    for (scope, key, fingerprint, response) in known {
        // Several requests may come at once under one key.
        for asked in keys.iter().filter(|asked| asked.scope == scope && asked.key == key) {
            let answer = if asked.fingerprint == fingerprint {
                Answer::Replayed(serde_json::from_str(&response).map_err(|error| bad_response(&error))?)
            } else {
                Answer::KeyReused
            };
            earlier.insert((*asked).clone(), answer);
        }
    }
    Ok(earlier)
}

fn bad_response(error: &serde_json::Error) -> Fault {
    Fault::Shape { column: "command_key.response".into(), problem: error.to_string() }
}

/// Keeps answers with their keys.
pub async fn keep_answers<R: Serialize>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    answers: &[(&CommandKey, &R)],
) -> Result<(), Fault> {
    let responses: Vec<String> =
        answers.iter().map(|(_, result)| to_response(*result)).collect::<Result<_, _>>()?;
    tx.execute_guarded(
        "answers kept",
        "update command_key set response = d.response {set d(scope text, key text, response text)} \
          where command_key.organisation_id = $1 and command_key.scope = d.scope and command_key.key = d.key",
        &set![answers.iter().map(|(key, _)| &key.scope), answers.iter().map(|(key, _)| &key.key), responses],
        args![organisation_id],
    )
    .await
}

fn to_response<R: Serialize>(result: &R) -> Result<String, Fault> {
    serde_json::to_string(result).map_err(|error| bad_response(&error))
}

async fn keep_answer(
    tx: &Tx,
    organisation_id: &OrganisationId,
    key: &CommandKey,
    response: String,
) -> Result<(), Fault> {
    tx.execute(
        "update command_key set response = $4 where organisation_id = $1 and scope = $2 and key = $3",
        args![organisation_id, &key.scope, &key.key, response],
    )
    .await?;
    Ok(())
}
