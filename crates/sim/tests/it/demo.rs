//! The demo: how soon there is something to see, and what a kill does to it.

use std::{path::Path, time::Duration};

use db::{Access, Db};
use sim::demo::{Demo, EMAIL, ORDERS_A_DAY, Options, PASSWORD, open};
use tokio::{sync::watch, task::JoinHandle, time::Instant};

struct Running {
    flows: flows::Flows,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

fn start(demo: Demo) -> Running {
    let (stop, stopped) = watch::channel(false);
    let flows = demo.flows.clone();
    let pump = tokio::spawn(flows::pump::run(flows.clone(), stopped.clone()));
    let actors = tokio::spawn(async move { demo.act(stopped).await.unwrap() });
    Running { flows, stop, tasks: vec![pump, actors] }
}

impl Running {
    /// Ends it between any two instructions, as a kill does.
    async fn kill(self) {
        for task in &self.tasks {
            task.abort();
        }
        for task in self.tasks {
            let _ = task.await;
        }
        drop(self.stop);
    }

    async fn count(&self, statuses: &[&str]) -> i64 {
        let organisation_id = self.flows.runtime.organisation_id.clone();
        let counts = self
            .flows
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    orders::store::count_by_status(tx, &organisation_id, &kernel::Scope::EVERYTHING).await
                })
            })
            .await
            .unwrap();
        counts
            .iter()
            .filter(|(status, _)| statuses.is_empty() || statuses.contains(&status.as_str()))
            .map(|(_, count)| count)
            .sum()
    }

    async fn until_shipped(&self, patience: Duration) -> Duration {
        let started = Instant::now();
        while self.count(&["on_the_way", "delivered"]).await == 0 {
            assert!(started.elapsed() < patience, "no order was shipped in {patience:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        started.elapsed()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_order_is_shipped_within_a_minute_and_a_kill_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let demo = open_in(folder.path()).await;
    assert!(demo.is_new);
    let running = start(demo);
    running.until_shipped(Duration::from_secs(60)).await;
    let (orders, labels) = (running.count(&[]).await, running.flows.outside.carrier.labels_bought().len());
    let stood_at = running.flows.runtime.now();
    let runtime = running.flows.runtime.clone();
    people::sign_in(&runtime, &people::Attempts::default(), EMAIL, people::Secret::new(PASSWORD))
        .await
        .unwrap();
    drop(runtime);
    running.kill().await;

    let demo = open_in(folder.path()).await;
    assert!(!demo.is_new);
    let goes_on_at = demo.flows.runtime.now();
    let hours = goes_on_at.duration_since(stood_at).as_hours().abs();
    assert!(hours <= 1, "it stood at {stood_at} and goes on at {goes_on_at}");
    let running = start(demo);
    assert!(running.count(&[]).await >= orders, "no order was forgotten");
    assert!(running.flows.outside.carrier.labels_bought().len() >= labels, "no label was forgotten");
    let before = running.count(&["on_the_way", "delivered"]).await;
    let started = Instant::now();
    while running.count(&["on_the_way", "delivered"]).await <= before {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing more was shipped after the kill");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let findings = running.flows.verify().await.unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
    running.kill().await;
}

/// Opens the world in a folder. After a kill the file is free once every task of the killed world is gone.
async fn open_in(folder: &Path) -> Demo {
    let url = format!("sqlite:{}", folder.join("demo.db").display());
    let started = Instant::now();
    let db = loop {
        match Db::open(&url, Access::Write).await {
            Ok(db) => break db,
            Err(fault) => assert!(started.elapsed() < Duration::from_secs(10), "{fault}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    db::migrate(&db).await.unwrap();
    let options = Options {
        carrier_books: folder.join("carrier"),
        payment_books: folder.join("payments"),
        seed: 1,
        // Ten hours a minute: the test need not wait long.
        speed: 600,
        orders_a_day: ORDERS_A_DAY,
    };
    open(db, &options).await.unwrap()
}
