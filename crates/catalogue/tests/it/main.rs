//! The catalogue over real SQL and over HTTP.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod changing;

use axum::{
    body::Body,
    http::{Request, StatusCode},
    response::Response,
};
use catalogue::{
    AddChannelsError, AddItemsError, Component, ItemProblem, MapListingsError, NewChannel, NewItem,
    NewListing, Remap, add_channels, add_items, amend_items, map_listings,
};
use http_body_util::BodyExt;
use kernel::{
    ChannelId, ItemId, ListingId, MerchantId, OrganisationId, PageRequest, Scope, SessionId, Timestamp,
};
use runtime::{Call, Clock, Runtime};
use serde_json::{Value, json};
use testkit::TestDb;
use tower::ServiceExt;

const ORGANISATION: &str = "org_test";

fn runtime(db: &TestDb) -> Runtime {
    let organisation_id = OrganisationId::parse(ORGANISATION).unwrap();
    Runtime::new((**db).clone(), Clock::manual(Timestamp::UNIX_EPOCH), organisation_id, Some(7))
}

fn merchant() -> MerchantId {
    MerchantId::from_body("tea-house")
}

fn item(sku: &str, barcodes: &[&str]) -> NewItem {
    NewItem {
        merchant_id: merchant(),
        sku: sku.into(),
        title: format!("The {sku}"),
        barcodes: barcodes.iter().map(|&code| code.into()).collect(),
        weight_grams: 250,
        length_mm: 100,
        width_mm: 80,
        height_mm: 60,
        is_lot_tracked: None,
    }
}

async fn add(rt: &Runtime, items: Vec<NewItem>) -> Result<Vec<ItemId>, AddItemsError> {
    rt.run(Call::by("test"), move |cx| {
        let items = items.clone();
        Box::pin(async move { add_items(cx, &items).await })
    })
    .await
}

async fn amend(rt: &Runtime, items: Vec<NewItem>) -> Result<Vec<ItemId>, AddItemsError> {
    rt.run(Call::by("test"), move |cx| {
        let items = items.clone();
        Box::pin(async move { amend_items(cx, &items).await })
    })
    .await
}

async fn channel(rt: &Runtime, code: &str, merchant_id: MerchantId) -> Result<ChannelId, AddChannelsError> {
    let channel = NewChannel { merchant_id, code: code.into(), name: code.into(), kind: "web".into() };
    let ids = rt
        .run(Call::by("test"), move |cx| {
            let channel = channel.clone();
            Box::pin(async move { add_channels(cx, &[channel]).await })
        })
        .await?;
    Ok(ids[0].clone())
}

async fn map(
    rt: &Runtime,
    listings: Vec<NewListing>,
    remap: Remap,
) -> Result<Vec<ListingId>, MapListingsError> {
    rt.run(Call::by("test"), move |cx| {
        let listings = listings.clone();
        Box::pin(async move { map_listings(cx, &Scope::EVERYTHING, &listings, remap).await })
    })
    .await
}

async fn meant_by(rt: &Runtime, code: &str) -> Option<String> {
    let (organisation_id, code) = (rt.organisation_id.clone(), code.to_owned());
    rt.read(move |tx| {
        Box::pin(async move { catalogue::find_item_by_code(tx, &organisation_id, &code).await })
    })
    .await
    .map_err(|fault: db::Fault| fault.to_string())
    .unwrap()
    .map(|item| item.sku)
}

async fn is_sound(rt: &Runtime) {
    let organisation_id = rt.organisation_id.clone();
    let findings = rt
        .read(move |tx| {
            Box::pin(async move { runtime::verify::check(tx, &organisation_id, catalogue::INVARIANTS).await })
        })
        .await
        .map_err(|fault: db::Fault| fault.to_string());
    assert_eq!(findings, Ok(Vec::new()));
}

testkit::both_engines! {
    async fn an_item_added_twice_is_one_item(db: TestDb) {
        let rt = runtime(&db);
        let first = add(&rt, vec![item("TEA", &["4006381333931"]), item("CUP", &[])]).await.unwrap();
        let again = add(&rt, vec![item("CUP", &[]), item("TEA", &["04006381333931"])]).await.unwrap();
        assert_eq!(again, [first[1].clone(), first[0].clone()]);

        let heavier = NewItem { weight_grams: 300, ..item("TEA", &["4006381333931"]) };
        let refused = add(&rt, vec![item("PEN", &[]), heavier.clone()]).await.unwrap_err();
        let AddItemsError::Refused(refusals) = refused else { panic!("{refused}") };
        assert_eq!((refusals.len(), refusals[0].index), (1, 1));
        assert!(matches!(&refusals[0].problem, ItemProblem::DuplicateCode { item_id: Some(id), .. } if *id == first[0]));
        assert_eq!(meant_by(&rt, "PEN").await, None, "all or none");

        assert_eq!(amend(&rt, vec![NewItem { barcodes: vec!["X 1".into()], ..heavier }]).await.unwrap(), first[..1]);
        assert_eq!(meant_by(&rt, "X 1").await.as_deref(), Some("TEA"));
        assert_eq!(meant_by(&rt, "4006381333931").await, None);
        is_sound(&rt).await;
    }

    async fn a_scan_finds_its_item_however_the_code_is_written(db: TestDb) {
        let rt = runtime(&db);
        let others = NewItem { merchant_id: MerchantId::from_body("other"), ..item("MUG", &[]) };
        add(&rt, vec![item("TEA", &["036000291452", "SHELF 7"]), item("MUG", &[]), others]).await.unwrap();
        for code in ["036000291452", "0036000291452", "00036000291452", "SHELF 7", "TEA", " TEA\n"] {
            assert_eq!(meant_by(&rt, code).await.as_deref(), Some("TEA"), "{code}");
        }
        assert_eq!(meant_by(&rt, "036000291453").await, None);
        assert_eq!(meant_by(&rt, "MUG").await, None, "two merchants call different things MUG");
        let taken = add(&rt, vec![item("PEN", &["0036000291452"])]).await.unwrap_err();
        assert!(matches!(taken, AddItemsError::Refused(refusals)
            if matches!(refusals[0].problem, ItemProblem::BarcodeTaken { item_id: Some(_), .. })));
    }

    async fn many_codes_of_many_channels_mean_one_item(db: TestDb) {
        let rt = runtime(&db);
        let items = add(&rt, vec![item("TEA", &[]), item("CUP", &[])]).await.unwrap();
        let (web, market) =
            (channel(&rt, "web", merchant()).await.unwrap(), channel(&rt, "market", merchant()).await.unwrap());
        assert_eq!(channel(&rt, "web", merchant()).await.unwrap(), web);
        let elsewhere = channel(&rt, "web", MerchantId::from_body("other")).await;
        assert!(matches!(elsewhere, Err(AddChannelsError::DuplicateCode { .. })));

        let listing = |channel_id: &ChannelId, code: &str, item_id: &ItemId, pack_factor| NewListing {
            channel_id: channel_id.clone(),
            external_code: code.into(),
            item_id: item_id.clone(),
            pack_factor,
            also: Vec::new(),
        };
        let listings =
            vec![listing(&web, "T1", &items[0], 1), listing(&web, "T3", &items[0], 3), listing(&market, "T1", &items[1], 1)];
        let ids = map(&rt, listings.clone(), Remap::Refuse).await.unwrap();
        assert_eq!(map(&rt, listings, Remap::Refuse).await.unwrap(), ids, "again changes nothing");

        let (organisation_id, asked) = (
            rt.organisation_id.clone(),
            vec![(web.clone(), "T3".to_owned()), (market.clone(), "T1".into()), (market.clone(), "T3".into())],
        );
        let found = rt
            .read(move |tx| Box::pin(async move { catalogue::resolve_listings(tx, &organisation_id, &asked).await }))
            .await
            .map_err(|fault: db::Fault| fault.to_string())
            .unwrap();
        assert_eq!(found[&(web.clone(), "T3".to_owned())].pack_factor, 3);
        assert_eq!(found[&(market.clone(), "T1".to_owned())].item_id, items[1]);
        assert!(!found.contains_key(&(market.clone(), "T3".to_owned())));

        let other = vec![listing(&web, "T3", &items[1], 1)];
        let refused = map(&rt, other.clone(), Remap::Refuse).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("listing 0: T3 already means 3 of {}", items[0]));
        assert_eq!(map(&rt, other, Remap::Allow).await.unwrap(), ids[1..2]);

        let foreign = NewItem { merchant_id: MerchantId::from_body("other"), ..item("PEN", &[]) };
        let foreign = add(&rt, vec![foreign]).await.unwrap();
        let refused = map(&rt, vec![listing(&web, "P", &foreign[0], 1)], Remap::Refuse).await;
        assert!(matches!(refused, Err(MapListingsError::OtherMerchant { .. })));
        is_sound(&rt).await;
    }

    async fn a_code_means_several_items_that_are_sold_together(db: TestDb) {
        let rt = runtime(&db);
        let items = add(&rt, vec![item("TEA", &[]), item("CUP", &[]), item("SPOON", &[])]).await.unwrap();
        let foreign = NewItem { merchant_id: MerchantId::from_body("other"), ..item("PEN", &[]) };
        let foreign = add(&rt, vec![foreign]).await.unwrap();
        let web = channel(&rt, "web", merchant()).await.unwrap();
        let kit = |also: &[(&ItemId, i64)]| {
            let also = also.iter().map(|(item_id, quantity)| Component { item_id: (*item_id).clone(), quantity: *quantity });
            vec![NewListing {
                channel_id: web.clone(),
                external_code: "TEA-SET".into(),
                item_id: items[0].clone(),
                pack_factor: 1,
                also: also.collect(),
            }]
        };
        let nobody = ItemId::from_body("nobody");
        for (wrong, says) in [
            (kit(&[(&items[0], 1)]), "an item stands in the kit twice; say once how many units of it".to_owned()),
            (kit(&[(&items[1], 0)]), "a pack of 0; it should be from 1 to 1,000,000".into()),
            (kit(&[(&nobody, 1)]), format!("there is no item {nobody}")),
        ] {
            let refused = map(&rt, wrong, Remap::Refuse).await.unwrap_err();
            assert_eq!(refused.to_string(), format!("listing 0: {says}"));
        }
        let refused = map(&rt, kit(&[(&foreign[0], 1)]), Remap::Refuse).await;
        assert!(matches!(refused, Err(MapListingsError::OtherMerchant { .. })));

        let set = map(&rt, kit(&[(&items[1], 2), (&items[2], 1)]), Remap::Refuse).await.unwrap();
        let turned = kit(&[(&items[2], 1), (&items[1], 2)]);
        assert_eq!(map(&rt, turned, Remap::Refuse).await.unwrap(), set, "in another sequence it is the same kit");
        let refused = map(&rt, kit(&[(&items[1], 2)]), Remap::Refuse).await;
        assert!(matches!(refused, Err(MapListingsError::DuplicateCode { .. })));
        assert_eq!(map(&rt, kit(&[(&items[1], 4)]), Remap::Allow).await.unwrap(), set);
        let (organisation_id, asked, cup) =
            (rt.organisation_id.clone(), vec![(web.clone(), "TEA-SET".to_owned())], items[1].clone());
        let (found, of_cup) = rt
            .read(move |tx| {
                Box::pin(async move {
                    let found = catalogue::resolve_listings(tx, &organisation_id, &asked).await?;
                    let of_cup = catalogue::list_listings(tx, &organisation_id, &Scope::EVERYTHING, &cup).await?;
                    Ok::<_, db::Fault>((found, of_cup))
                })
            })
            .await
            .unwrap_or_else(|fault| panic!("{fault}"));
        let listed: Vec<_> = found.values().flat_map(|listed| listed.components()).collect();
        assert_eq!(listed, [(&items[0], 1), (&items[1], 4)]);
        assert_eq!(of_cup.len(), 1, "a cup is offered in the set");
        is_sound(&rt).await;
    }

    async fn ten_thousand_items_are_added_at_once_and_paged(db: TestDb) {
        let rt = runtime(&db);
        let items: Vec<NewItem> = (0..10_000).map(|n| item(&format!("SKU-{n:05}"), &[&format!("B{n}")])).collect();
        let ids = add(&rt, items.clone()).await.unwrap();
        assert_eq!(add(&rt, items).await.unwrap(), ids);

        let organisation_id = rt.organisation_id.clone();
        let (pages, found) = rt
            .read(move |tx| {
                Box::pin(async move {
                    let (mut after, mut pages) = (None, Vec::new());
                    loop {
                        let page = PageRequest::new(after, Some(250));
                        let page = catalogue::list_items(tx, &organisation_id, &Scope::EVERYTHING, Some("sku-001"), &page).await?;
                        pages.push(page.rows.len());
                        after = page.next;
                        if after.is_none() {
                            break;
                        }
                    }
                    let page = PageRequest::new(None, None);
                    let mut found = Vec::new();
                    for search in ["B77", "100%", "sku_00077", "THE SKU-00077"] {
                        found.push(catalogue::list_items(tx, &organisation_id, &Scope::EVERYTHING, Some(search), &page).await?.rows.len());
                    }
                    Ok::<_, db::Fault>((pages, found))
                })
            })
            .await
            .unwrap();
        assert_eq!((pages, found), (vec![100], vec![1, 0, 0, 1]));
    }

    async fn items_are_added_and_found_over_http(db: TestDb) {
        let rt = runtime(&db);
        let one = json!({ "merchant_id": merchant(), "sku": "TEA", "title": "Tea", "barcodes": ["036000291452"] });
        let (status, first) = post(&rt, "/v1/items", "k1", &one).await;
        assert_eq!(status, StatusCode::CREATED, "{first}");
        assert_eq!(post(&rt, "/v1/items", "k1", &one).await, (status, first.clone()));

        let mut heavier = one.clone();
        heavier["weight_grams"] = 5.into();
        let bad = json!({ "merchant_id": merchant(), "sku": "", "title": "Cup" });
        let (status, problem) = post(&rt, "/v1/items", "k2", &json!({ "items": [bad, heavier] })).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &"/items/0/sku".into()));
        let (status, problem) = post(&rt, "/v1/items", "k3", &heavier).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &"duplicate-code".into()));
        let (status, problem) = post(&rt, "/v1/items", "k4", &json!({ "items": [{ "sku": 1 }] })).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &"/items/0/sku".into()));

        let id = first["item_ids"][0].as_str().unwrap();
        let (status, item) = call(&rt, Request::get(format!("/v1/items/{id}")).body(Body::empty()).unwrap()).await;
        assert_eq!((status, &item["barcodes"]), (StatusCode::OK, &json!(["00036000291452"])));
        let (_, page) = call(&rt, Request::get("/v1/items?search=tea&limit=1").body(Body::empty()).unwrap()).await;
        assert_eq!(page["rows"][0]["item_id"], id);

        let channels = json!({ "channels": [{ "merchant_id": merchant(), "code": "web", "name": "Web", "kind": "web" }] });
        let (_, channels) = post(&rt, "/v1/channels", "k5", &channels).await;
        let listing = json!({ "channel_id": channels["channel_ids"][0], "external_code": "T3", "item_id": id, "pack_factor": 3 });
        let (status, _) = post(&rt, "/v1/listings", "k6", &json!({ "listings": [listing] })).await;
        assert_eq!(status, StatusCode::CREATED);
        let (_, page) = call(&rt, Request::get(format!("/v1/listings?item_id={id}")).body(Body::empty()).unwrap()).await;
        assert_eq!(page["rows"][0]["pack_factor"], 3);
        let (status, _) = call(&rt, Request::get("/v1/items/itm_nobody").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

async fn post(rt: &Runtime, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))
        .unwrap();
    call(rt, request).await
}

async fn ask(rt: &Runtime, mut request: Request<Body>) -> Response {
    let session_id = SessionId::from_body("test");
    let caller = web::Caller {
        user_id: None,
        actor: "test".into(),
        session_id,
        language: "en".into(),
        is_machine: true,
        access: web::Access::full(),
    };
    request.extensions_mut().insert(caller);
    catalogue::api::routes().with_state(rt.clone()).into_router().oneshot(request).await.unwrap()
}

async fn call(rt: &Runtime, request: Request<Body>) -> (StatusCode, Value) {
    let response = ask(rt, request).await;
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}
