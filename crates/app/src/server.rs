//! Serving a house: one router out of all contexts', its health, and an orderly end.

mod accept;
#[cfg(test)]
mod conformance;
mod document;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod fields_by_role;
#[cfg(test)]
mod headers;
mod health;
#[cfg(test)]
mod many;
mod metrics;
#[cfg(test)]
mod walls;
mod watch;

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use axum::{
    Extension,
    extract::{Request, State},
    http::{
        HeaderValue,
        header::{CONNECTION, STRICT_TRANSPORT_SECURITY},
    },
    middleware::{self, Next},
    response::Response,
};
use console::Console;
use flows::Flows;
use people::Attempts;
use runtime::budget::{Budgets, Quota};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch::Receiver,
};
use web::{Limits, Needs, Permission, Routes};

use crate::{config::Config, house};
use health::Health;
use metrics::Sampler;
use watch::Watched;

/// How long requests and streams that are under way may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Opens the door, before anything is said about it.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// How long a node goes on serving after it was told to stop: a balancer sees meanwhile that it is not ready. On SQLite
/// there is no other node to go to.
fn drain(config: &Config, engine: db::Engine) -> Duration {
    let usual = match engine {
        db::Engine::Sqlite => 0,
        db::Engine::Postgres => 5,
    };
    Duration::from_secs(config.drain.unwrap_or(usual).into())
}

/// How often callers may ask.
fn limits(config: &Config, flows: &Flows) -> Limits {
    let a_minute = |most: u32| (most > 0).then_some(Quota { most, window: Duration::from_secs(60) });
    let budgets = Budgets::start(&flows.runtime.beside());
    Limits::new(budgets, a_minute(config.rate_per_key), a_minute(config.rate_per_merchant))
}

/// Serves and pumps until `stop` says so; gives when both have ended. The end has three steps: no longer ready, and
/// every answer closes its connection, for as long as the settings say; then no new connection; then what is under way
/// ends.
pub async fn serve(
    flows: Flows,
    listener: TcpListener,
    config: &Config,
    stop: Receiver<bool>,
) -> anyhow::Result<()> {
    let drain = drain(config, flows.runtime.db.engine());
    let (watched, sampler) = (Watched::default(), Sampler::new(flows.beside()));
    let durability = flows.runtime.db.durability().await?;
    let health = Health::new(flows.beside(), durability, watched.clone(), stop.clone());
    // Without a door of its own, what is measured is for those who may see operations.
    let beside = config.metrics_listen.is_none().then(|| sampler.clone());
    let limits = limits(config, &flows);
    let router = web::layers(routes(flows.clone(), health, beside, limits).await?.into_router())
        .layer(middleware::from_fn_with_state(stop.clone(), see_off));
    let router = match &config.public_url {
        Some(url) if url.is_https() => router.layer(middleware::from_fn(by_https)),
        _ => router,
    };
    if let Some(address) = config.metrics_listen {
        let listener = listen(address).await?;
        tracing::info!(address = %listener.local_addr()?, "metrics");
        let router = web::layers(metrics_for(Needs::Nothing, sampler).into_router());
        tokio::spawn(accept::serve(listener, router, accept::HEAD, stop.clone()));
    }
    if config.verify_seconds > 0 {
        let period = Duration::from_secs(config.verify_seconds.into());
        tokio::spawn(watch::run(flows.clone(), watched, period, stop.clone()));
    }
    let runtime = flows.runtime.clone();
    // Whoever stays takes the work over at once, so it is let go of at once.
    let pump = tokio::spawn(flows::pump::run(flows, stop.clone()));
    let (close, closing) = tokio::sync::watch::channel(false);
    let server = accept::serve(listener, router, accept::HEAD, closing);
    let patience = async {
        told_to_stop(stop).await;
        tokio::time::sleep(drain).await;
        close.send_replace(true);
        // Streams end by themselves when they hear it.
        runtime.close();
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        () = server => {}
        () = patience => tracing::warn!("some connections did not end; they are cut"),
    }
    pump.await.context("the pump broke down")
}

/// Others reach us by TLS alone, whatever the proxy says of it: so cookies are for TLS, and browsers stay with it.
async fn by_https(mut request: Request, next: Next) -> Response {
    request.headers_mut().insert("x-forwarded-proto", HeaderValue::from_static("https"));
    let mut response = next.run(request).await;
    let year = HeaderValue::from_static("max-age=31536000");
    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, year);
    response
}

/// A caller of a node that stops goes to another for his next request.
async fn see_off(State(stop): State<Receiver<bool>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if *stop.borrow() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A switch that a termination signal or Ctrl-C turns.
pub fn stop_signal() -> anyhow::Result<Receiver<bool>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let (turn, stop) = tokio::sync::watch::channel(false);
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

async fn told_to_stop(mut stop: Receiver<bool>) {
    // An end of the switch is an end too.
    let _ = stop.wait_for(|is_over| *is_over).await;
}

fn metrics_for(needs: Needs, sampler: Sampler) -> Routes {
    Routes::new().get("/metrics", needs, metrics::get_metrics).with_state(sampler)
}

/// Every route of the house, with what each needs of its caller.
async fn routes(
    flows: Flows,
    health: Health,
    metrics: Option<Sampler>,
    limits: Limits,
) -> anyhow::Result<Routes> {
    let runtime = flows.runtime.clone();
    let organisation =
        house::find_organisation(&runtime.db).await?.context("nobody has founded the company")?;
    // Failed sign-ins are counted together, whichever door they knocked at.
    let attempts = Attempts::default();
    // Who somebody is, and what there is to sell and where, hangs on no order.
    let beside = runtime.beside();
    let apart = Routes::new()
        .merge(people::routes(attempts.clone(), flows.outside.courier.reach()))
        .merge(catalogue::api::routes())
        .merge(network::api::routes())
        .with_state(beside.clone());
    let contexts = Routes::new()
        .merge(shipping::api::routes())
        .merge(operations::api::routes())
        .with_state(runtime.clone())
        .merge(apart);
    let webhooks = webhooks::api::routes().with_state(flows.webhooks());
    let processes = flows::api::routes().with_state(flows.clone());
    let health = Routes::new()
        .get("/health", Needs::Nothing, health::get_health)
        .get("/ready", Needs::Nothing, health::get_ready)
        .with_state(health);
    let metrics = match metrics {
        Some(sampler) => metrics_for(Needs::Throughout(Permission::OperationsRead), sampler),
        None => Routes::new(),
    };
    let reach = Extension(flows::reach::reach(&runtime));
    let limit = middleware::from_fn_with_state(limits, web::limit);
    let identify = middleware::from_fn_with_state(people::Doorkeeper::of(&beside), people::identify);
    let console = Console::new(flows, organisation, attempts);
    let (api, document) = document::with(Routes::new().merge(processes).merge(contexts).merge(webhooks));
    Ok(Routes::new()
        .merge(api)
        .merge(metrics)
        .merge(console::open_routes())
        .merge(console::routes(console))
        .wrap(|router| router.layer(limit).layer(reach).layer(identify))
        .merge(console::reference_routes(&document))
        .merge(health))
}
