use sim::run::{Plan, open, run};
use testkit::TestDb;
#[tokio::test]
async fn soak() {
    for seed in [12] {
        let t = std::time::Instant::now();
        let db = TestDb::sqlite().await.unwrap();
        let plan = Plan { seed, days: 2, orders_a_day: 500 };
        let flows = open((*db).clone(), &plan).await.unwrap();
        match run(&flows, &plan).await {
            Ok(r) => println!("{r:?}"),
            Err(e) => {
                println!("FAILED {e:#}");
                let org = flows.runtime.organisation_id.clone();
                let _: Result<(), db::Fault> = flows
                    .runtime
                    .read(move |tx| {
                        Box::pin(async move {
                            for id in orders::store::list_unallocated(tx, &org, 10).await? {
                                let order = orders::store::find_order(tx, &org, &id).await?.unwrap();
                                println!("{} {}", order.order_id, order.placed_at);
                                let lines = orders::store::list_lines(tx, &org, &id).await?;
                                for l in &lines {
                                    println!("line {l:?}");
                                }
                                for l in orders::store::list_fulfilment_lines(tx, &org, &id).await? {
                                    println!("part {l:?}");
                                }
                                for l in inventory::store::list_available(
                                    tx,
                                    &org,
                                    lines.iter().map(|l| &l.item_id),
                                )
                                .await?
                                {
                                    println!("{l:?}");
                                }
                                for e in runtime::event::list_of_subject(tx, &org, id.as_str()).await? {
                                    println!("{e:?}");
                                }
                            }
                            for n in network::list_nodes(tx, &org).await? {
                                println!("{} {} {}", n.node_id, n.code, n.kind);
                            }
                            Ok(())
                        })
                    })
                    .await;
            }
        }
        println!("{:?}", t.elapsed());
    }
}
