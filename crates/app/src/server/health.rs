//! `/health` says that the process lives and how the house is; `/ready` whether it may be asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use flows::Flows;
use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use super::watch::Watched;

/// What was looked up serves this long: the address is open to everybody.
const FRESH: Duration = Duration::from_secs(1);

/// What both addresses answer from.
#[derive(Clone)]
pub struct Health {
    flows: Flows,
    durability: Arc<str>,
    watched: Watched,
    stop: watch::Receiver<bool>,
    lag: Arc<Mutex<Option<(Instant, Value)>>>,
}

impl Health {
    /// For a house whose commits are so durable, that is watched over, and told to stop by this switch.
    pub fn new(flows: Flows, durability: String, watched: Watched, stop: watch::Receiver<bool>) -> Health {
        Health { flows, durability: durability.into(), watched, stop, lag: Arc::default() }
    }

    /// What waits; null where the database does not answer.
    async fn lag(&self) -> Value {
        let known = self.lag.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, lag)) = known.filter(|(at, _)| at.elapsed() < FRESH) {
            let _ = at;
            return lag;
        }
        let runtime = &self.flows.runtime;
        let looked = tokio::time::timeout(FRESH, flows::backlog(runtime)).await;
        let lag = match looked {
            Ok(Ok((inside, webhooks))) => json!({
                "events_waiting": inside.events_waiting,
                "effects_open": inside.effects.iter().map(|effects| effects.count).sum::<i64>(),
                "effects_in_doubt": inside.in_doubt(),
                "oldest_effect_at": inside.oldest_effect_at(),
                "jobs_open": inside.jobs.iter().map(|jobs| jobs.count).sum::<i64>(),
                "webhook_events": webhooks.events,
            }),
            Ok(Err(_)) | Err(_) => Value::Null,
        };
        *self.lag.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), lag.clone()));
        lag
    }
}

/// Alive; what an acknowledged commit survives here; how far behind what goes on by itself is; and whether everything
/// held when it was last checked.
pub async fn get_health(State(health): State<Health>) -> Response {
    let (checked_at, checks, broken) = health.watched.told();
    Json(json!({
        "status": if broken.is_empty() { "ok" } else { "broken" },
        "version": env!("CARGO_PKG_VERSION"),
        "engine": health.flows.runtime.db.engine().name(),
        "durability": &*health.durability,
        "schema": db::migrate::STEPS.len(),
        "lag": health.lag().await,
        "invariants": { "checked_at": checked_at, "checks": checks, "broken": broken },
    }))
    .into_response()
}

/// Ready for requests: nobody has told the server to stop, the database answers, and its schema is ours.
pub async fn get_ready(State(health): State<Health>) -> Response {
    let not =
        |status: &str| (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": status }))).into_response();
    if *health.stop.borrow() {
        return not("stopping");
    }
    let runtime = &health.flows.runtime;
    let founded = runtime.read(|tx| Box::pin(async move { people::find_organisation(tx).await })).await;
    let pending = db::migrate::pending(&runtime.db).await;
    // A newer program has brought the schema further while we go on: a rolling restart, and no reason to stop.
    let pending = match pending {
        Err(db::Fault::Schema(_)) => Ok(Vec::new()),
        pending => pending,
    };
    match (founded, pending) {
        (Ok(Some(_)), Ok(pending)) if pending.is_empty() => Json(json!({
            "status": "ready",
            "durability": &*health.durability,
            "schema": db::migrate::STEPS.len(),
            "lag": health.lag().await,
        }))
        .into_response(),
        (Ok(Some(_)), Ok(_)) => not("the schema is behind"),
        (Ok(None), _) => not("not founded"),
        (Err(fault), _) | (_, Err(fault)) => {
            tracing::error!(error = &fault as &dyn std::error::Error, "not ready");
            not("the database does not answer")
        }
    }
}
