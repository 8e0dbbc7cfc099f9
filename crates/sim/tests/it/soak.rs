use sim::run::{Plan, open, run};
use testkit::TestDb;
#[tokio::test]
async fn soak() {
    let db = TestDb::sqlite().await.unwrap();
    let plan = Plan { seed: 1, days: 0, orders_a_day: 60 };
    let flows = open((*db).clone(), &plan).await.unwrap();
    let _ = run(&flows, &plan).await.unwrap();
    for _ in 0..3 {
    let t = std::time::Instant::now();
    flows.verify().await.unwrap();
    println!("verify {:?}", t.elapsed());
    let org = flows.runtime.organisation_id.clone();
    let t = std::time::Instant::now();
    let _: Result<_, db::Fault> = flows.runtime.read(move |tx| Box::pin(async move { runtime::event::check_chain(tx, &org).await })).await;
    println!("chain {:?}", t.elapsed());
    }
    for seed in [12, 11] {
        let t = std::time::Instant::now();
        let db = TestDb::sqlite().await.unwrap();
        let plan = Plan { seed, days: 2, orders_a_day: 500 };
        let flows = open((*db).clone(), &plan).await.unwrap();
        match run(&flows, &plan).await { Ok(r) => println!("{r:?}"), Err(e) => println!("FAILED {e:#}") } println!("{:?}", t.elapsed());
    }
}
