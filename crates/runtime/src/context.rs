//! What a verb gets.

use db::{Fault, Tx};
use kernel::{EffectId, JobId, OrganisationId, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde_json::{Value as Json, json};

use crate::{Keyring, effect::NewEffect, event::NewEvent, filing::Told, job::NewJob};

/// The context of one use case inside its transaction.
pub struct Cx<'t> {
    /// The transaction.
    pub tx: &'t Tx,
    /// When this happens; read once.
    pub now: Timestamp,
    /// For whom.
    pub organisation_id: OrganisationId,
    /// Who does it: `user:usr_…`, `system`, `carrier:…`.
    pub actor: String,
    /// The request it came with, as the log calls it.
    pub request_id: Option<String>,
    /// Seals secrets.
    pub keyring: Keyring,
    random: ChaCha8Rng,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) effects: Vec<NewEffect>,
    pub(crate) jobs: Vec<NewJob>,
}

impl<'t> Cx<'t> {
    pub(crate) fn new(
        tx: &'t Tx,
        now: Timestamp,
        organisation_id: OrganisationId,
        actor: String,
        random: ChaCha8Rng,
    ) -> Cx<'t> {
        Cx {
            tx,
            now,
            organisation_id,
            actor,
            request_id: None,
            keyring: Keyring::default(),
            random,
            events: Vec::new(),
            effects: Vec::new(),
            jobs: Vec::new(),
        }
    }

    /// The body of a fresh id, sortable by `now`: `OrderId::from_body(&cx.fresh())`.
    pub fn fresh(&mut self) -> String {
        let unix_ms = u64::try_from(self.now.as_millisecond()).unwrap_or(0);
        let random = (u128::from(self.random.next_u64()) << 64) | u128::from(self.random.next_u64());
        kernel::ids::body(kernel::ids::uuid_v7(unix_ms, random))
    }

    /// A number below `bound`, by chance; 0 where the bound is 0.
    pub fn draw(&mut self, bound: u64) -> u64 {
        // The bias of a remainder of 64 bits does not matter to waiting times and choices.
        self.random.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// Tells the world what happened to `subject_id`; written with everything else.
    pub fn tell(&mut self, kind: &'static str, subject_id: &str, data: Json) {
        self.push(kind, subject_id, data, None);
    }

    /// Tells it, and what it changed from what to what: for changes that somebody must answer for. `data` is for all
    /// who follow the stream, `before` and `after` only for those who may see the audit log.
    pub fn record(&mut self, kind: &'static str, subject_id: &str, data: Json, before: Json, after: Json) {
        let change = json!({ "before": before, "after": after, "request_id": self.request_id });
        self.push(kind, subject_id, data, Some(change.to_string()));
    }

    fn push(&mut self, kind: &'static str, subject_id: &str, data: Json, change: Option<String>) {
        debug_assert_eq!(
            crate::kinds::check(kind, &data),
            None,
            "readers outside count on the list of kinds"
        );
        let (actor, happened_at) = (self.actor.clone(), self.now);
        let subject_id = subject_id.to_owned();
        let salt = format!("{:016x}{:016x}", self.random.next_u64(), self.random.next_u64());
        self.events.push(NewEvent { kind: kind.into(), subject_id, data, actor, happened_at, change, salt });
    }

    /// Intends an action on the outside world. At most one of a kind for a cause ever succeeds.
    pub fn intend(&mut self, kind: &'static str, cause_id: &str, request: Json) -> EffectId {
        let effect_id = EffectId::from_body(&self.fresh());
        self.effects.push(NewEffect {
            effect_id: effect_id.clone(),
            kind: kind.into(),
            cause_id: cause_id.to_owned(),
            request,
            at: self.now,
        });
        effect_id
    }

    /// Puts work off until `due_at`. While a job of this kind waits for the subject, another changes nothing.
    pub fn put_off(&mut self, kind: &'static str, subject_id: &str, due_at: Timestamp) {
        let job_id = JobId::from_body(&self.fresh());
        self.jobs.push(NewJob {
            job_id,
            kind: kind.into(),
            subject_id: subject_id.to_owned(),
            due_at,
            created_at: self.now,
        });
    }

    /// Takes what was told, intended and put off, to be kept in a slip.
    pub fn take_told(&mut self) -> Told {
        Told {
            events: std::mem::take(&mut self.events),
            effects: std::mem::take(&mut self.effects),
            jobs: std::mem::take(&mut self.jobs),
        }
    }

    /// Tells, intends and puts off what was kept in a slip.
    pub fn give_told(&mut self, told: Told) {
        self.events.extend(told.events);
        self.effects.extend(told.effects);
        self.jobs.extend(told.jobs);
    }

    /// Writes what was told, intended and put off; true where readers will find what was told at once.
    pub(crate) async fn flush(&mut self) -> Result<bool, Fault> {
        let events = std::mem::take(&mut self.events);
        let is_news = crate::event::insert(self.tx, &self.organisation_id, &events).await?;
        crate::effect::insert(self.tx, &self.organisation_id, &std::mem::take(&mut self.effects)).await?;
        crate::job::insert(self.tx, &self.organisation_id, &std::mem::take(&mut self.jobs)).await?;
        Ok(is_news)
    }
}
