//! `/metrics`: what Prometheus reads.
//!
//! What happens is counted where it happens; what waits is looked up when somebody asks.

use std::{
    collections::HashSet,
    fs,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use flows::Flows;
use metrics::{Unit, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// From a page out of memory to a request that is given up, in seconds.
const SECONDS: &[f64] =
    &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// From one to a full batch.
const COUNTS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0];

/// What is counted, by kind, name and meaning.
const MEANINGS: &[(Kind, &str, &str)] = &[
    (Kind::Counter, "http_requests_total", "Requests answered, by method, route and status"),
    (Kind::Seconds, "http_request_duration_seconds", "From a request to the beginning of its answer"),
    (Kind::Gauge, "http_requests_in_flight", "Requests that are being answered"),
    (Kind::Seconds, "quartermaster_command_seconds", "Commands with all their attempts, by outcome"),
    (Kind::Counter, "quartermaster_command_races_total", "Attempts that lost a race and ran again"),
    (Kind::Count, "quartermaster_intake_batch_orders", "Orders that were decided together"),
    (Kind::Seconds, "quartermaster_transaction_seconds", "How long a transaction is held, by mode"),
    (Kind::Seconds, "quartermaster_database_wait_seconds", "How long one waits for a connection or thread"),
    (Kind::Count, "quartermaster_commit_transactions", "Transactions that shared one commit (SQLite)"),
    (
        Kind::Counter,
        "quartermaster_rate_limited_total",
        "Requests refused because a quota was used up, by policy",
    ),
    (Kind::Gauge, "quartermaster_database_waiting", "Transactions that wait for a connection or thread"),
    (Kind::Gauge, "quartermaster_database_connections", "Connections of the pool, by use (PostgreSQL)"),
    (Kind::Gauge, "quartermaster_events_head", "The last position of the stream of events"),
    (Kind::Gauge, "quartermaster_events_waiting", "Committed events that have no position yet"),
    (Kind::Gauge, "quartermaster_effects_open", "Effects that are not settled, by kind and state"),
    (Kind::Gauge, "quartermaster_effect_age_seconds", "Age of the oldest of them, by kind and state"),
    (Kind::Gauge, "quartermaster_jobs_open", "Jobs that wait, by kind"),
    (Kind::Gauge, "quartermaster_job_late_seconds", "How long the first of them is overdue, by kind"),
    (Kind::Gauge, "quartermaster_webhooks_enabled", "Webhooks that are told of events"),
    (Kind::Gauge, "quartermaster_webhooks_failing", "Those whose last message was not taken"),
    (Kind::Gauge, "quartermaster_webhook_lag_events", "How many events the one furthest behind has to go"),
    (Kind::Counter, "quartermaster_invariant_runs_total", "Checks of invariants, by outcome"),
    (Kind::Seconds, "quartermaster_invariant_seconds", "How long a check takes, by invariant"),
    (Kind::Gauge, "quartermaster_invariant_breaches", "Breaches that the last check found, by invariant"),
    (Kind::Gauge, "quartermaster_sample_is_good", "1 where what waits could be looked up, else 0"),
    (Kind::Gauge, "process_resident_memory_bytes", "Memory of this process"),
    (Kind::Gauge, "process_open_fds", "Files and connections that this process has open"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Seconds,
    Count,
}

/// What was counted in this process. There is one for all servers in it, as tests have.
pub fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let builder = MEANINGS.iter().fold(PrometheusBuilder::new(), |builder, (kind, name, _)| {
            let buckets = match kind {
                Kind::Seconds => SECONDS,
                Kind::Count => COUNTS,
                Kind::Counter | Kind::Gauge => return builder,
            };
            let matcher = Matcher::Full((*name).to_owned());
            builder.set_buckets_for_metric(matcher, buckets).expect("the list of buckets is not empty")
        });
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Somebody else's recorder, if there is one, keeps what it has; ours would be empty, and says so by that.
        let _ = metrics::set_global_recorder(recorder);
        for (kind, name, says) in MEANINGS {
            match kind {
                Kind::Counter => metrics::describe_counter!(*name, *says),
                Kind::Gauge => metrics::describe_gauge!(*name, *says),
                Kind::Seconds => metrics::describe_histogram!(*name, Unit::Seconds, *says),
                Kind::Count => metrics::describe_histogram!(*name, Unit::Count, *says),
            }
        }
        handle
    })
}

/// The name of a gauge and its labels.
type Series = (&'static str, Vec<(&'static str, String)>);

/// Looks up what waits, when it is asked.
#[derive(Clone)]
pub struct Sampler {
    flows: Flows,
    /// What was seen waiting the last time: what waits no more is set to nothing.
    seen: Arc<Mutex<HashSet<Series>>>,
}

impl Sampler {
    /// One for a house.
    pub fn new(flows: Flows) -> Sampler {
        recorder();
        Sampler { flows, seen: Arc::default() }
    }

    /// Everything, as Prometheus reads it.
    pub async fn render(&self) -> String {
        self.sample().await;
        sample_process();
        recorder().render()
    }

    async fn sample(&self) {
        let runtime = &self.flows.runtime;
        let pressure = runtime.db.pressure();
        gauge!("quartermaster_database_waiting").set(pressure.waiting as f64);
        if let Some((busy, idle)) = pressure.connections {
            gauge!("quartermaster_database_connections", "use" => "busy").set(busy as f64);
            gauge!("quartermaster_database_connections", "use" => "idle").set(idle as f64);
        }
        let sampled = flows::backlog(runtime).await;
        gauge!("quartermaster_sample_is_good").set(if sampled.is_ok() { 1.0 } else { 0.0 });
        let (inside, webhooks) = match sampled {
            Ok(sampled) => sampled,
            Err(fault) => {
                tracing::warn!(error = &fault as &dyn std::error::Error, "what waits cannot be looked up");
                return;
            }
        };
        gauge!("quartermaster_events_head").set(inside.head as f64);
        gauge!("quartermaster_events_waiting").set(inside.events_waiting as f64);
        gauge!("quartermaster_webhooks_enabled").set(webhooks.enabled as f64);
        gauge!("quartermaster_webhooks_failing").set(webhooks.failing as f64);
        gauge!("quartermaster_webhook_lag_events").set(webhooks.events as f64);
        let now = runtime.now();
        let since = |at: kernel::Timestamp| now.duration_since(at).as_secs_f64().max(0.0);
        let mut set: Vec<(Series, f64)> = Vec::new();
        for effects in inside.effects {
            let labels = vec![("kind", effects.kind), ("state", effects.state)];
            set.push((("quartermaster_effects_open", labels.clone()), effects.count as f64));
            set.push((("quartermaster_effect_age_seconds", labels), since(effects.oldest_at)));
        }
        for jobs in inside.jobs {
            let labels = vec![("kind", jobs.kind)];
            set.push((("quartermaster_jobs_open", labels.clone()), jobs.count as f64));
            set.push((("quartermaster_job_late_seconds", labels), since(jobs.due_at)));
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, labels) in seen.drain() {
            gauge!(name, &labels).set(0.0);
        }
        for ((name, labels), value) in set {
            gauge!(name, &labels).set(value);
            seen.insert((name, labels));
        }
    }
}

/// Linux tells what a process uses; elsewhere nothing is said.
fn sample_process() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| {
        let kibibytes = line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?;
        kibibytes.trim().parse::<u32>().ok()
    });
    if let Some(kibibytes) = resident {
        gauge!("process_resident_memory_bytes").set(f64::from(kibibytes) * 1024.0);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(open.count() as f64);
    }
}

/// Answers Prometheus.
pub async fn get_metrics(State(sampler): State<Sampler>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, sampler.render().await).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use stories::Story;
    use testkit::{TestDb, both_engines};
    use tokio::sync::watch;
    use tower::ServiceExt;

    use super::{
        super::{Budgets, Health, Limits, Watched, routes},
        *,
    };

    /// A line of the exposition format: `name{label="value",…} number`.
    fn read(line: &str) -> (String, String, f64) {
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no value in {line}"));
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels.strip_suffix('}').unwrap_or_else(|| panic!("labels without an end in {line}"));
        (name.into(), labels.into(), value.parse().unwrap_or_else(|_| panic!("no number in {line}")))
    }

    both_engines! {
        async fn what_is_measured_reads_as_prometheus_reads_it(db: TestDb) {
            let shop = Story::open(db).await;
            shop.sells("TEA").await;
            shop.stock("leeds", "TEA", 5).await;
            let sampler = Sampler::new(shop.flows.clone());
            let accepted = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
            let work = accepted.fulfilment_orders.first().unwrap().clone();
            // The box is closed, and nobody has bought its label yet.
            shop.picks(&work.fulfilment_order_id, "TEA-BAR", 2).await.unwrap();
            shop.packs(&work.fulfilment_order_id, "TEA-BAR", 2).await.unwrap();
            shop.closes(&work.fulfilment_order_id).await;
            let health =
                Health::new(shop.flows.clone(), "as a test is".into(), Watched::default(), watch::channel(false).1);
            let limits = Limits::new(Budgets::start(&shop.flows.runtime), None, None);
            let router = web::layers(routes(shop.flows.clone(), health, None, limits).await.unwrap().into_router());
            for path in ["/v1/orders/ord_1", "/health", "/ready", "/nothing"] {
                router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            }

            let told = sampler.render().await;
            let samples: Vec<_> =
                told.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(read).collect();
            let has = |name: &str, label: &str| {
                samples.iter().any(|(n, labels, value)| n == name && labels.contains(label) && *value > 0.0)
            };
            for (name, label) in [
                ("http_requests_total", "route=\"/v1/orders/{order_id}\""),
                ("http_requests_total", "status=\"401\""),
                ("http_request_duration_seconds_bucket", "le=\"+Inf\""),
                ("quartermaster_command_seconds_count", "outcome=\"done\""),
                ("quartermaster_intake_batch_orders_count", ""),
                ("quartermaster_transaction_seconds_count", "mode=\"write\""),
                ("quartermaster_transaction_seconds_count", "mode=\"read\""),
                ("quartermaster_database_wait_seconds_count", ""),
                ("quartermaster_effects_open", "kind=\"label.buy\""),
                ("quartermaster_sample_is_good", ""),
                ("process_resident_memory_bytes", ""),
            ] {
                assert!(has(name, label), "no {name} {label} in\n{told}");
            }
            // Paths have ids and secrets in them; routes have not.
            assert!(!told.contains("ord_1"), "{told}");
            for (name, _, _) in &samples {
                let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
                let is_listed = MEANINGS.iter().any(|(_, listed, _)| *listed == name || *listed == family);
                assert!(is_listed, "{name} is not among the meanings");
                assert!(told.contains(&format!("# TYPE {family} ")) || told.contains(&format!("# TYPE {name} ")));
            }
        }
    }

    #[test]
    fn the_guide_names_everything_that_is_measured() {
        let guide = include_str!("../../../../docs/guide/operating.md");
        for (_, name, _) in MEANINGS {
            assert!(guide.contains(name), "docs/guide/operating.md does not name {name}");
        }
    }
}
