//! Customers are forgotten, when they ask or when there is no reason to remember them, and the books go on holding.

use std::io::Cursor;

use axum::{body::Body, http::Request};
use db::{Engine, Fault};
use flows::{
    cancel::CancelOrder,
    erase::{Erasure, Standing, Whom},
    files::export::{self, Export, Wanted},
    import::Request as Import,
    retention::Swept,
};
use http_body_util::BodyExt;
use kernel::{OrderId, Place, UserId};
use orders::place::NewOrder;
use outbound::Reach;
use people::NewView;
use runtime::Call;
use serde_json::json;
use stories::Story;
use testkit::TestDb;
use tower::ServiceExt;
use tracking::Report;
use webhooks::{NewWebhook, SigningSecret};

const EMAIL: &str = "Canary.Mail@Canary.Example";

/// What nobody else's data has in it: in any case of letters, and as the digits of a place.
const CANARIES: [&str; 4] = ["canary", "cnry 7", "53987651", "-1987653"];

/// An order that tells of a customer wherever an order can.
fn order_of_canary(shop: &Story, reference: &str) -> NewOrder {
    let mut order = shop.order("web", reference, "leeds", &[("TEA", 1)]);
    order.customer_name = "Canary Customer".into();
    order.customer_email = EMAIL.into();
    order.note = "Ring at Canary's".into();
    order.ship_to.name = "Canary Customer".into();
    order.ship_to.line1 = "1 Canary Street".into();
    order.ship_to.line2 = "Canary House".into();
    order.ship_to.postal_code = "CNRY 7".into();
    order.ship_to.city = "Canarytown".into();
    order.ship_to.region = "Canaryshire".into();
    order.ship_to.phone = "+44 canary".into();
    order.ship_to.place = Place::from_degrees(53.987651, -1.987653).ok();
    order
}

/// Takes it as the API does, with what was sent beside it.
async fn takes(shop: &Story, reference: &str) -> OrderId {
    let order = order_of_canary(shop, reference);
    let call = Call::by("channel").keyed("channel POST /v1/orders", reference, &order.fingerprint());
    let raw = serde_json::to_string(&order).unwrap();
    let placed = shop.place(flows::intake::PlaceCommand { call, order, raw }).await.unwrap();
    match placed.into_result().unwrap() {
        flows::intake::PlaceOutcome::Accepted(accepted) => accepted.order_id,
        refused => panic!("{refused:?}"),
    }
}

/// Brings an order to its door.
async fn delivers(shop: &Story, order_id: &OrderId) {
    let work = work_of(shop, order_id).await;
    let parcel_id = shop.makes_ready(&work, &[("TEA-BAR", 1)]).await;
    shop.hands_over(std::slice::from_ref(&parcel_id)).await;
    shop.settles().await;
    let found = shop.runtime.read({
        let (organisation_id, parcel_id) = (shop.runtime.organisation_id.clone(), parcel_id.clone());
        move |tx| Box::pin(async move { shipping::find_parcel(tx, &organisation_id, &parcel_id).await })
    });
    let parcel = found.await.unwrap_or_else(|fault: Fault| panic!("{fault}")).unwrap();
    let report = Report {
        tracking_number: parcel.tracking_number.unwrap(),
        carrier_event_id: format!("late {order_id}"),
        raw_status: "XX".into(),
        milestone: carriers::milestone("XX"),
        place: "Canarytown".into(),
        happened_at: shop.runtime.now(),
    };
    shop.track(Call::by("carrier"), vec![report]).await.unwrap();
    shop.waits(240).await;
    assert_eq!(shop.status(order_id).await, "delivered");
}

async fn work_of(shop: &Story, order_id: &OrderId) -> kernel::FulfilmentOrderId {
    let (organisation_id, order_id) = (shop.runtime.organisation_id.clone(), order_id.clone());
    let found = shop.runtime.read(move |tx| {
        Box::pin(async move { orders::store::list_fulfilments(tx, &organisation_id, &order_id).await })
    });
    found.await.unwrap_or_else(|fault: Fault| panic!("{fault}"))[0].fulfilment_order_id.clone()
}

/// A company that has sold to the canary: one order delivered, one called off in so many words, and one under way.
async fn with_a_customer(db: TestDb) -> (Story, OrderId, OrderId, OrderId) {
    let shop = Story::open(db).await;
    shop.sells("TEA").await;
    shop.stock("leeds", "TEA", 9).await;
    shop.accepts(shop.order("web", "neighbour", "york", &[("TEA", 1)])).await;
    let delivered = takes(&shop, "C-1").await;
    delivers(&shop, &delivered).await;
    let cancelled = takes(&shop, "C-2").await;
    shop.settles().await;
    let cancel = CancelOrder {
        order_id: cancelled.clone(),
        line_nos: Vec::new(),
        reason: "Mrs Canary phoned and does not want it".into(),
    };
    shop.cancel(Call::by("support"), cancel).await.unwrap();
    shop.waits(1).await;
    let under_way = takes(&shop, "C-3").await;
    shop.settles().await;
    has_a_receiver(&shop).await;
    has_files(&shop).await;
    writes(
        &shop,
        "insert into webhook_attempt (organisation_id, webhook_id, message_id, cause, kind, position, attempt_no, \
                outcome, status, ms, answer, attempted_at) \
         select w.organisation_id, w.webhook_id, 'msg_1', 'event', e.kind, e.position, 1, 'answered', 500, 3, \
                'no such person: Canary', e.happened_at from event e, webhook w where e.kind = 'order.cancelled'",
    )
    .await;
    (shop, delivered, cancelled, under_way)
}

/// A file with a refused row of the canary's, an export that searched for them, and a view that somebody kept of it.
async fn has_files(shop: &Story) {
    let rows = "external_reference,currency,ship_to_country,external_code,quantity,unit_price\n\
                C-9,EUR,GB,TEA-BAR,two for Canary,6.50\n";
    let kept = operations::file::keep(&shop.runtime, "user:usr_1", "a.csv", "text/csv", Cursor::new(rows));
    let import = Import { file_id: kept.await.unwrap(), channel: "web".into(), time_zone: "UTC".into() };
    let wanted = Wanted { search: "canary.mail".to_owned(), ..Wanted::default() };
    let export = export::Request { export: Export::Orders, form: export::Form::Csv, wanted };
    for new in [import.into_operation("a.csv"), export.into_operation()] {
        let started = shop.runtime.run(Call::by("user:usr_1"), move |cx| {
            let new = new.clone();
            Box::pin(async move { operations::start(cx, &new).await })
        });
        started.await.unwrap();
        assert!(shop.run_operation().await.unwrap());
    }
    let view = NewView { name: "Hers".into(), query: "q=canary.mail%40canary".into(), is_shared: true };
    let user_id = UserId::parse("usr_1").unwrap();
    let saved = shop.runtime.run(Call::by("user:usr_1"), move |cx| {
        let (view, user_id) = (view.clone(), user_id.clone());
        Box::pin(async move { people::save_view(cx, &user_id, &view).await })
    });
    saved.await.unwrap();
}

/// Somebody who gets events; what he answers is written by hand here.
async fn has_a_receiver(shop: &Story) {
    let new = NewWebhook {
        url: "https://shop.example/hooks".into(),
        description: String::new(),
        kinds: Vec::new(),
    };
    let added = shop.runtime.run(Call::by("test"), move |cx| {
        let new = new.clone();
        Box::pin(async move { webhooks::add(cx, &new, &SigningSecret::fresh(), Reach::Public).await })
    });
    added.await.unwrap();
}

async fn writes(shop: &Story, sql: &'static str) {
    let written = shop.runtime.db.write(move |tx| Box::pin(async move { tx.execute(sql, &[]).await }));
    assert!(written.await.unwrap_or_else(|fault: Fault| panic!("{fault}")) > 0, "{sql}");
}

/// Everything that is stored, as it is stored: the bytes of the SQLite files, or each row of each table as text.
async fn everything(shop: &Story) -> Vec<(String, Vec<u8>)> {
    if shop.runtime.db.engine() == Engine::Sqlite {
        let path = shop.database().strip_prefix("sqlite:").unwrap().to_owned();
        let files = ["", "-wal", "-shm"].into_iter().map(|ending| format!("{path}{ending}"));
        return files.filter_map(|file| Some((file.clone(), std::fs::read(&file).ok()?))).collect();
    }
    let tables: Vec<(String,)> = reads(
        shop,
        "select cast(table_name as text) from information_schema.tables \
          where table_schema = 'public' and table_type = 'BASE TABLE'"
            .to_owned(),
    )
    .await;
    let mut all = Vec::new();
    for (table,) in tables {
        let rows: Vec<(String,)> = reads(shop, format!("select cast(t as text) from {table} t")).await;
        let text: Vec<String> = rows.into_iter().map(|(row,)| row).collect();
        all.push((table, text.join("\n").into_bytes()));
    }
    all
}

async fn reads<T: db::FromRow + Send + 'static>(shop: &Story, sql: String) -> Vec<T> {
    let found = shop.runtime.read(move |tx| Box::pin(async move { tx.query(&sql, &[]).await }));
    found.await.unwrap_or_else(|fault: Fault| panic!("{fault}"))
}

/// Where something of the canary is, and what.
async fn traces(shop: &Story) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for (place, bytes) in everything(shop).await {
        let bytes = bytes.to_ascii_lowercase();
        let has = |canary: &&str| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        found.extend(CANARIES.into_iter().filter(has).map(|canary| (place.clone(), canary)));
    }
    found
}

async fn erases(shop: &Story, whom: &Whom) -> Erasure {
    shop.erase(Call::by("user:usr_1"), whom.clone()).await.unwrap()
}

testkit::both_engines! {
    async fn no_trace_is_left_of_a_customer_who_asked_to_be_forgotten_c16_i14(db: TestDb) {
        let (shop, delivered, cancelled, under_way) = with_a_customer(db).await;
        let planted = traces(&shop).await;
        for canary in CANARIES {
            assert!(planted.iter().any(|(_, found)| *found == canary), "{canary} was planted: {planted:?}");
        }
        assert!(shop.count("select count(*) from stored_file_part").await >= 2);
        let whom = Whom::parse(" CANARY.mail@canary.example ").unwrap();
        let touched = shop.preview_erasure(whom.clone()).await.unwrap();
        let standing: Vec<_> = touched.iter().map(|order| (&order.order_id, order.standing, order.parcels)).collect();
        assert_eq!(standing, [
            (&delivered, Standing::Ready, 1),
            (&cancelled, Standing::Ready, 0),
            (&under_way, Standing::UnderWay, 0),
        ]);
        let erasure = erases(&shop, &whom).await;
        assert_eq!(erasure.erased, [delivered.clone(), cancelled.clone()]);
        assert_eq!(erasure.under_way, std::slice::from_ref(&under_way), "its parcel must find the door");

        assert_eq!(shop.count("select count(*) from stored_file_part").await, 0, "files of orders go unread");
        assert_eq!(shop.count("select count(*) from operation_row where outcome = 'failed'").await, 1);

        delivers(&shop, &under_way).await;
        assert_eq!(erases(&shop, &whom).await.erased, [under_way]);
        assert_eq!(erases(&shop, &whom).await, Erasure::default(), "there is nobody of that name");
        shop.waits(1).await;
        assert_eq!(shop.count("select count(*) from job").await, 0, "the file was rewritten");
        assert_eq!(traces(&shop).await, []);

        shop.holds().await;
        assert_eq!(shop.count("select count(*) from sales_order").await, 4, "the books stay");
        assert_eq!(shop.count("select count(*) from event where kind = 'order.erased' and change is not null").await, 3);
        assert_eq!(takes(&shop, "C-1").await, delivered, "a late repeat tells us nothing anew");
        assert_eq!(traces(&shop).await.iter().filter(|(place, _)| !place.ends_with("-wal")).count(), 0);
        shop.runtime.db.rewrite().await.unwrap();
        assert_eq!(traces(&shop).await, []);
    }

    async fn words_that_are_gone_without_a_reason_are_missed(db: TestDb) {
        let (shop, _, cancelled, _) = with_a_customer(db).await;
        erases(&shop, &Whom::Order(cancelled)).await;
        shop.holds().await;
        writes(&shop, "update event set data = '{}', salt = null, digest = 'x' where kind = 'order.accepted'").await;
        let findings = shop.verify().await.unwrap();
        assert!(findings.iter().any(|finding| finding.invariant == "event.chain_is_whole"), "{findings:?}");
    }

    async fn an_order_is_masked_when_nobody_needs_its_street_and_erased_when_nobody_needs_its_name(db: TestDb) {
        let (mut shop, delivered, _, under_way) = with_a_customer(db).await;
        shop.flows.retention.mask_after = 20;
        shop.flows.retention.erase_after = 40;
        assert_eq!(shop.sweep().await.unwrap(), Swept { masked: 0, erased: 0, is_all: true });
        shop.waits(21 * 24).await;
        assert_eq!(shop.sweep().await.unwrap().masked, 2, "what is under way is left alone");
        assert_eq!(shop.sweep().await.unwrap().masked, 0);
        let address = |shop: &Story, order_id: &OrderId| {
            let (organisation_id, order_id) = (shop.runtime.organisation_id.clone(), order_id.clone());
            let runtime = shop.runtime.clone();
            async move {
                let found = runtime.read(move |tx| Box::pin(async move {
                    orders::store::find_order(tx, &organisation_id, &order_id).await
                }));
                let order = found.await.unwrap_or_else(|fault: Fault| panic!("{fault}")).unwrap();
                (order.customer_email, order.ship_to.to_string())
            }
        };
        let (email, masked) = address(&shop, &delivered).await;
        assert!(masked.contains("Canarytown") && !masked.contains("Street"), "{masked}");
        assert_eq!(email, EMAIL);
        assert!(address(&shop, &under_way).await.1.contains("Canary Street"));
        shop.waits(20 * 24).await;
        assert_eq!(shop.sweep().await.unwrap().erased, 2);
        let (email, erased) = address(&shop, &delivered).await;
        assert!(email.is_empty() && !erased.contains("Canary"), "{erased}");
        shop.holds().await;
    }

    async fn the_api_says_what_it_would_touch_and_erases_what_it_can(db: TestDb) {
        let (shop, delivered, _, under_way) = with_a_customer(db).await;
        let api = crate::telling::api(&shop).await;
        let ask = async |path: &str, body: serde_json::Value| {
            let request = Request::post(path).header("content-type", "application/json");
            let request = request.body(Body::from(body.to_string())).unwrap();
            let answer = api.clone().oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            (status, serde_json::from_slice::<serde_json::Value>(&body).unwrap())
        };
        for nobody in [json!({}), json!({ "email": "Ana" }), json!({ "email": EMAIL, "order_id": delivered })] {
            assert_eq!(ask("/v1/erasures", nobody.clone()).await.0, 422, "{nobody}");
        }
        let (status, preview) = ask("/v1/erasures/preview", json!({ "email": EMAIL })).await;
        assert_eq!((status, preview["rows"].as_array().unwrap().len()), (200, 3), "{preview}");
        assert_eq!(preview["rows"][0]["standing"], "ready");
        let (status, erasure) = ask("/v1/erasures", json!({ "order_id": delivered })).await;
        assert_eq!((status, erasure), (200, json!({ "erased": [delivered], "under_way": [] })));
        let (_, erasure) = ask("/v1/erasures", json!({ "email": EMAIL })).await;
        assert_eq!(erasure["under_way"], json!([under_way]));
    }
}
