//! Serving a house: one router out of all contexts', its health, and an orderly end.

mod document;
#[cfg(test)]
mod doors;

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use anyhow::Context as _;
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::CONNECTION},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use console::Console;
use flows::Flows;
use people::Attempts;
use serde_json::json;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use web::{Needs, Routes};

use crate::house;

/// How long requests and streams that are under way may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Opens the door, before anything is said about it.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// How long a node goes on serving after it was told to stop, unless somebody says otherwise: a balancer sees meanwhile
/// that it is not ready. On SQLite there is no other node to go to.
pub fn usual_drain(engine: db::Engine) -> Duration {
    match engine {
        db::Engine::Sqlite => Duration::ZERO,
        db::Engine::Postgres => Duration::from_secs(5),
    }
}

/// Serves and pumps until `stop` says so; gives when both have ended. The end has three steps: no longer ready, and
/// every answer closes its connection, for as long as `drain`; then no new connection; then what is under way ends.
pub async fn serve(
    flows: Flows,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
    drain: Duration,
) -> anyhow::Result<()> {
    let durability = flows.runtime.db.durability().await?;
    let router = web::layers(routes(flows.clone(), durability, stop.clone()).await?.into_router())
        .layer(middleware::from_fn_with_state(stop.clone(), see_off));
    let runtime = flows.runtime.clone();
    // Whoever stays takes the work over at once, so it is let go of at once.
    let pump = tokio::spawn(flows::pump::run(flows, stop.clone()));
    let (close, closing) = watch::channel(false);
    let server = axum::serve(listener, router).with_graceful_shutdown(told_to_stop(closing)).into_future();
    let patience = async {
        told_to_stop(stop).await;
        tokio::time::sleep(drain).await;
        close.send_replace(true);
        // Streams end by themselves when they hear it.
        runtime.close();
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        served = server => served.context("the server broke down")?,
        () = patience => tracing::warn!("some connections did not end; they are cut"),
    }
    pump.await.context("the pump broke down")
}

/// A caller of a node that stops goes to another for his next request.
async fn see_off(State(stop): State<watch::Receiver<bool>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if *stop.borrow() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A switch that a termination signal or Ctrl-C turns.
pub fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let (turn, stop) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        turn.send_replace(true);
        // Receivers ask for a change; they are told once, and the switch stays.
        turn.closed().await;
    });
    Ok(stop)
}

async fn told_to_stop(mut stop: watch::Receiver<bool>) {
    // An end of the switch is an end too.
    let _ = stop.wait_for(|is_over| *is_over).await;
}

/// Every route of the house, with what each needs of its caller.
async fn routes(flows: Flows, durability: String, stop: watch::Receiver<bool>) -> anyhow::Result<Routes> {
    let runtime = flows.runtime.clone();
    let organisation =
        house::find_organisation(&runtime.db).await?.context("nobody has founded the company")?;
    let health = Health { flows: flows.clone(), durability: durability.into(), stop };
    // Failed sign-ins are counted together, whichever door they knocked at.
    let attempts = Attempts::default();
    let contexts = Routes::new()
        .merge(people::routes(attempts.clone()))
        .merge(catalogue::api::routes())
        .merge(network::api::routes())
        .merge(shipping::api::routes())
        .with_state(runtime.clone());
    let webhooks = webhooks::api::routes().with_state(flows.webhooks());
    let processes = flows::api::routes().with_state(flows.clone());
    let health = Routes::new()
        .get("/health", Needs::Nothing, get_health)
        .get("/ready", Needs::Nothing, get_ready)
        .with_state(health);
    let reach = Extension(flows::reach::reach(&runtime));
    let identify = middleware::from_fn_with_state(runtime, people::identify);
    let console = Console::new(flows, organisation, attempts);
    let (api, _) = document::with(Routes::new().merge(processes).merge(contexts).merge(webhooks));
    Ok(Routes::new()
        .merge(api)
        .merge(console::open_routes())
        .merge(console::routes(console))
        .wrap(|router| router.layer(reach).layer(identify))
        .merge(health))
}

#[derive(Clone)]
struct Health {
    flows: Flows,
    durability: std::sync::Arc<str>,
    stop: watch::Receiver<bool>,
}

/// Alive, and what an acknowledged commit survives here.
async fn get_health(State(health): State<Health>) -> Response {
    Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "engine": health.flows.runtime.db.engine().name(),
        "durability": &*health.durability,
    }))
    .into_response()
}

/// Ready for requests: the database answers, and nobody has told this node to stop.
async fn get_ready(State(health): State<Health>) -> Response {
    if *health.stop.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "stopping" }))).into_response();
    }
    let runtime = &health.flows.runtime;
    let answer = runtime.read(|tx| Box::pin(async move { people::find_organisation(tx).await })).await;
    match answer {
        Ok(Some(_)) => Json(json!({ "status": "ready" })).into_response(),
        Ok(None) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not founded" }))).into_response()
        }
        Err(fault) => {
            let fault: db::Fault = fault;
            tracing::error!(error = &fault as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the database does not answer" })))
                .into_response()
        }
    }
}
