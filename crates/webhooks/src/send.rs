//! Sends: claims webhooks that have something to get and works on several at once.

use std::{sync::Arc, time::Duration};

use db::Fault;
use kernel::Timestamp;
use outbound::{Courier, EventStream, Letter, Note, Reply, SendError};
use runtime::{Call, Cx, Runtime, event};
use tokio::{sync::watch, task::JoinSet, time::timeout};
use tracing::Instrument;

use crate::{
    After, Message, Outcome, Webhook,
    add::add_stream,
    after::{Went, after},
    message::CLOUD_EVENT,
    model::{Cause, STREAM, Turn},
    store::{self, NewAttempt, Ready},
    switch,
};

/// How many webhooks are worked on at once.
const LANES: usize = 16;

/// How long a claim holds; renewed with each message. Longer than a letter may take.
const LEASE: Duration = Duration::from_secs(60);

/// How many messages one claim sends before others get their turn.
const MESSAGES: usize = 100;

/// How often it is looked whether something has become due.
const PAUSE: Duration = Duration::from_millis(250);

/// How long letters under way may take when the house closes. What is not through is sent again later.
const FAREWELL: Duration = Duration::from_secs(4);

/// How long attempts are remembered.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How often they are forgotten, in looks.
const FORGETTING: u64 = 4 * 3_600;

/// Sends what webhooks are to get; cheap to clone.
#[derive(Clone)]
pub struct Sender {
    /// Database, clock, ids.
    pub runtime: Runtime,
    /// Who carries.
    pub courier: Courier,
    /// The stream that whoever runs the server named.
    pub stream: Option<EventStream>,
}

/// A message that is due, and what it is signed with.
struct Due {
    webhook: Webhook,
    cause: Cause,
    message: Message,
}

/// What a look at a claimed webhook found.
enum Found {
    Due(Box<Due>),
    /// Nothing of the webhook's kinds up to there.
    Pass(Cause, i64),
    Nothing,
}

impl Sender {
    /// A sender for what happens here.
    pub fn new(runtime: Runtime, courier: Courier) -> Sender {
        Sender { runtime, courier, stream: None }
    }

    /// The same, which also publishes to a stream.
    pub fn with_stream(self, stream: Option<EventStream>) -> Sender {
        Sender { stream, ..self }
    }

    /// Sends until told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut lanes: JoinSet<()> = JoinSet::new();
        self.know_stream().await.unwrap_or_else(|fault| say(&fault));
        for look in 0_u64.. {
            while lanes.try_join_next().is_some() {}
            match self.claim(LANES - lanes.len()).await {
                Ok(claimed) => {
                    for ready in claimed {
                        let (sender, stop) = (self.clone(), stop.clone());
                        lanes.spawn(async move { sender.work_or_say(ready, Some(&stop)).await });
                    }
                }
                Err(fault) => say(&fault),
            }
            if look % FORGETTING == 0 {
                self.forget().await.unwrap_or_else(|fault| say(&fault));
            }
            tokio::select! {
                _ = tokio::time::sleep(PAUSE) => {}
                _ = stop.wait_for(|is_over| *is_over) => break,
            }
        }
        let all = async { while lanes.join_next().await.is_some() {} };
        if timeout(FAREWELL, all).await.is_err() {
            tracing::warn!("letters to webhooks under way are given up; they are sent again later");
        }
    }

    /// One round: claims what is due and sends until nothing is; gives how many webhooks that were.
    pub async fn round(&self) -> Result<usize, Fault> {
        let claimed = self.claim(LANES).await?;
        let count = claimed.len();
        let mut lanes: JoinSet<Result<(), Fault>> = JoinSet::new();
        for ready in claimed {
            let sender = self.clone();
            lanes.spawn(async move { sender.work(ready, None).await });
        }
        for worked in lanes.join_all().await {
            worked?;
        }
        Ok(count)
    }

    async fn claim(&self, free: usize) -> Result<Vec<Ready>, Fault> {
        let (organisation_id, now) = (self.runtime.organisation_id.clone(), self.runtime.now());
        let stream =
            self.stream.as_ref().map_or_else(String::new, |stream| format!("{STREAM}{}", stream.name()));
        let stream_too = stream.clone();
        let limit = i64::try_from(free).unwrap_or(0);
        let id = organisation_id.clone();
        let (is_due, head): (bool, i64) = self
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    let head = event::head(tx, &id).await?;
                    let ready = store::list_ready(tx, &id, &stream, head, now, 1).await?;
                    Ok::<_, Fault>((!ready.is_empty(), head))
                })
            })
            .await?;
        // Looking costs nobody anything; only a claim is written.
        if !is_due || limit == 0 {
            return Ok(Vec::new());
        }
        let until = later(now, LEASE);
        self.runtime
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::hold_ready(tx, &organisation_id, &stream_too, head, (now, until), limit).await
                })
            })
            .await
    }

    async fn work_or_say(&self, ready: Ready, stop: Option<&watch::Receiver<bool>>) {
        self.work(ready, stop).await.unwrap_or_else(|fault| say(&fault));
    }

    /// Sends to one webhook, message by message, and lets go of it.
    async fn work(&self, ready: Ready, stop: Option<&watch::Receiver<bool>>) -> Result<(), Fault> {
        for _ in 0..MESSAGES {
            if stop.is_some_and(|stop| *stop.borrow()) {
                break;
            }
            let goes_on = match self.look(&ready).await? {
                Found::Nothing => false,
                Found::Pass(cause, until) => self.pass(&ready, cause, until).await?,
                Found::Due(due) => {
                    let letter = tracing::debug_span!("webhook", webhook_id = %due.webhook.webhook_id, kind = due.message.kind);
                    let sent = self.carry(&due).instrument(letter).await?;
                    self.settle(&ready, *due, sent).await?
                }
            };
            if !goes_on {
                break;
            }
        }
        let organisation_id = self.runtime.organisation_id.clone();
        self.runtime
            .db
            .write(move |tx| Box::pin(async move { store::let_go(tx, &organisation_id, &ready).await }))
            .await
    }

    async fn carry(&self, due: &Due) -> Result<Result<Reply, SendError>, Fault> {
        let (webhook, message) = (&due.webhook, &due.message);
        if webhook.is_stream() {
            // Only who has a stream claims it.
            let Some(stream) = &self.stream else { return Ok(Err(SendError::TimedOut)) };
            let (kind, id, body) = (&message.kind, &message.message_id, message.body.clone());
            return Ok(stream.publish(Note { kind, id, content_type: CLOUD_EVENT, body }).await);
        }
        let now = self.runtime.now();
        let secrets = webhook.secrets(&self.runtime.keyring, now)?;
        let headers = message.headers(now, secrets.iter());
        let letter = Letter { url: webhook.url.clone(), headers, body: message.body.clone() };
        Ok(self.courier.send(letter).await)
    }

    /// Keeps a place for the stream, from the first event on, unless there is one.
    async fn know_stream(&self) -> Result<(), Fault> {
        let Some(stream) = &self.stream else { return Ok(()) };
        let url = format!("{STREAM}{}", stream.name());
        self.runtime
            .run(Call::by("system"), move |cx| {
                let url = url.clone();
                Box::pin(async move { add_stream(cx, url).await })
            })
            .await
    }

    /// What is next for a webhook, as it is set up at this moment.
    async fn look(&self, (webhook_id, fence): &Ready) -> Result<Found, Fault> {
        let (organisation_id, now) = (self.runtime.organisation_id.clone(), self.runtime.now());
        let (webhook_id, fence) = (webhook_id.clone(), *fence);
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let webhook = store::find_webhook(tx, &organisation_id, &webhook_id).await?;
                    let Some(webhook) = webhook.filter(|webhook| webhook.fence == fence) else {
                        return Ok(Found::Nothing);
                    };
                    let head = event::head(tx, &organisation_id).await?;
                    let turn = webhook.turn(head);
                    let cause = turn.cause();
                    let message = match turn {
                        Turn::Rest => None,
                        Turn::Ping(ping_id) => Some(Message::ping(&ping_id, now)),
                        Turn::Stream(cause, span) => {
                            // A stream is a copy of ours; a webhook gets of what channels may sell the newest word.
                            let found = if webhook.is_stream() {
                                event::list_of_span(tx, &organisation_id, &span, 1).await?.pop()
                            } else {
                                event::next_of_span(tx, &organisation_id, &span).await?
                            };
                            let Some(event) = &found else {
                                return Ok(Found::Pass(cause, span.until));
                            };
                            Some(if webhook.is_stream() {
                                Message::of_event_for_stream(&organisation_id, event)
                            } else {
                                Message::of_event(&organisation_id, event)
                            })
                        }
                    };
                    Ok(match cause.zip(message) {
                        Some((cause, message)) => Found::Due(Box::new(Due { webhook, cause, message })),
                        None => Found::Nothing,
                    })
                })
            })
            .await
    }

    /// Writes that nothing up to there is for this webhook.
    async fn pass(&self, ready: &Ready, cause: Cause, until: i64) -> Result<bool, Fault> {
        let (organisation_id, ready) = (self.runtime.organisation_id.clone(), ready.clone());
        let held_until = later(self.runtime.now(), LEASE);
        self.runtime
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let webhook = store::lock_webhook(tx, &organisation_id, &ready.0).await?;
                    let Some(webhook) = webhook.filter(|webhook| webhook.fence == ready.1) else {
                        return Ok(false);
                    };
                    let passed = After::passed(&webhook, cause, until);
                    let touched =
                        store::update_after(tx, &organisation_id, &ready, &passed, Some(held_until)).await?;
                    Ok(touched == 1)
                })
            })
            .await
    }

    /// Writes what became of an attempt; gives whether the next message can follow. Where somebody else holds the
    /// webhook by now, the attempt is remembered and changes nothing.
    async fn settle(&self, ready: &Ready, due: Due, sent: Result<Reply, SendError>) -> Result<bool, Fault> {
        let (ready, due, sent) = (ready.clone(), Arc::new(due), Arc::new(sent));
        self.runtime
            .run(Call::by("system"), move |cx| {
                let (ready, due, sent) = (ready.clone(), due.clone(), sent.clone());
                Box::pin(async move { settle(cx, &ready, &due, &sent).await })
            })
            .await
    }

    async fn forget(&self) -> Result<(), Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        let now = self.runtime.now();
        let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::UNIX_EPOCH);
        self.runtime
            .db
            .write(move |tx| {
                Box::pin(async move { store::forget_attempts(tx, &organisation_id, before).await })
            })
            .await
            .map(|_| ())
    }
}

async fn settle(
    cx: &mut Cx<'_>,
    ready: &Ready,
    due: &Due,
    sent: &Result<Reply, SendError>,
) -> Result<bool, Fault> {
    let Some(webhook) = store::lock_webhook(cx.tx, &cx.organisation_id, &ready.0).await? else {
        return Ok(false);
    };
    let problem = sent.as_ref().err().map(ToString::to_string);
    let reply = sent.as_ref().ok();
    let went = Went {
        outcome: Outcome::of(sent),
        status: reply.map(|reply| reply.status),
        retry_after: reply.and_then(|reply| reply.retry_after.as_deref()),
    };
    let attempt = NewAttempt {
        message_id: &due.message.message_id,
        cause: due.cause,
        kind: &due.message.kind,
        position: due.message.position,
        attempt_no: if due.cause == Cause::Ping { 1 } else { webhook.failures + 1 },
        outcome: went.outcome,
        status: went.status,
        ms: reply.map_or(0, |reply| reply.ms),
        answer: reply.map(|reply| reply.text.as_str()).or(problem.as_deref()).unwrap_or_default(),
        attempted_at: cx.now,
    };
    // What a stream took is in the stream; only what it did not take is worth a line.
    if !(webhook.is_stream() && went.outcome == Outcome::Delivered) {
        store::insert_attempt(cx.tx, &cx.organisation_id, &ready.0, &attempt).await?;
    }
    if webhook.fence != ready.1 {
        return Ok(false);
    }
    let chance = cx.draw(100);
    let after = after(&webhook, (due.cause, due.message.position), went, cx.now, chance);
    let held_until = after.goes_on.then(|| later(cx.now, LEASE));
    store::update_after(cx.tx, &cx.organisation_id, ready, &after, held_until).await?;
    if let Some(reason) = after.disables.filter(|_| webhook.disabled.is_none()) {
        switch::disable_for(cx, &ready.0, reason).await?;
    }
    Ok(after.goes_on)
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(now)
}

fn say(fault: &Fault) {
    tracing::error!(error = fault as &dyn std::error::Error, "sending to webhooks stumbled; it goes on");
}
