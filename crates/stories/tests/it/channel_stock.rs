//! One pool, and what each channel may sell of it.

use std::sync::Arc;

use axum::{Router, body::Body, http::Request};
use flows::{
    availability::{AvailableOn, Goods, Question},
    cancel::CancelOrder,
    hold::{Held, HoldOutcome},
    intake::{ChannelLimit, PlaceOutcome, Refused},
    proposals::{AcceptError, Remedy},
    selling::{MoveWanted, PolicySays, PolicyWanted, QuotaWanted, SellingError},
};
use http_body_util::BodyExt;
use inventory::selling::{Limit, MoveQuotaError, QuotaMoved, SetQuotaError};
use kernel::{Place, Scope};
use orders::place::NewOrder;
use runtime::Call;
use serde_json::{Value, json};
use stories::{Story, cart};
use testkit::TestDb;
use tower::ServiceExt;

const EVERYTHING: Scope = Scope::EVERYTHING;

/// What a policy says: a buffer, and the nodes a channel sells from.
fn says(buffer: i64, node_rule: &str, nodes: &[&str]) -> PolicySays {
    let nodes = nodes.iter().map(|code| (*code).to_owned()).collect();
    PolicySays { is_on: true, node_rule: node_rule.into(), nodes, buffer, ..PolicySays::default() }
}

async fn rules(shop: &Story, channel: &str, item: Option<&str>, says: Option<PolicySays>) {
    let wanted = PolicyWanted { channel: channel.into(), item: item.map(str::to_owned), says };
    shop.set_policy(Call::by("user:ada"), EVERYTHING, wanted).await.expect("it can be ruled");
}

async fn dedicates(
    shop: &Story,
    channel: &str,
    item: &str,
    quantity: Option<i64>,
) -> Result<(), SellingError> {
    let wanted = QuotaWanted { channel: channel.into(), item: item.into(), quantity };
    shop.set_quotas(Call::by("user:ada"), EVERYTHING, vec![wanted]).await.map(drop)
}

async fn moves(shop: &Story, from: &str, to: &str, units: i64) -> Result<QuotaMoved, SellingError> {
    let wanted = MoveWanted {
        item: "TEA".into(),
        from: from.into(),
        to: to.into(),
        units,
        reason: "the market sells faster".into(),
    };
    let answer = shop.move_quota(Call::by("user:ada"), EVERYTHING, wanted).await?;
    Ok(answer.into_result().expect("there was no key"))
}

async fn sees(shop: &Story, channel: &str, question: Question) -> AvailableOn {
    let question = Question { channels: vec![channel.into()], ..question };
    let told = shop.availability(&EVERYTHING, question).await.expect("the machine does not fail");
    assert_eq!(told.unknown, Vec::<String>::new());
    told.rows.into_iter().next().expect("the channel's merchant sells it")
}

/// What a channel may sell of the tea, as a product page asks.
async fn ats(shop: &Story, channel: &str) -> i64 {
    let goods = vec![Goods::Item("TEA".into())];
    sees(shop, channel, Question { goods, ..Question::default() }).await.ats
}

/// What a machine is answered; with a key where something is to be changed.
async fn send(api: &Router, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let mut request = Request::post(path).header("content-type", "application/json");
    if !key.is_empty() {
        request = request.header("idempotency-key", key);
    }
    let answer = api.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn refused(shop: &Story, channel: &str, reference: &str, units: i64) -> (i64, i64, ChannelLimit) {
    let refused = shop.refuses(shop.order(channel, reference, "york", &[("TEA", units)])).await;
    let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
    let line = lines.into_iter().next().expect("one line is short");
    (line.available, line.possible_quantity, line.limit.expect("the channel is limited"))
}

testkit::both_engines! {
    /// R1: at the same moment, and both views show none as soon as the sale is known.
    async fn two_channels_sell_the_last_unit_and_both_views_show_none(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 1).await;
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (1, 1));
        let (web, market) = tokio::join!(
            shop.places(shop.order("web", "W-1", "york", &[("TEA", 1)])),
            shop.places(shop.order("market", "M-1", "leeds", &[("TEA", 1)])),
        );
        let is_accepted = |outcome: &PlaceOutcome| matches!(outcome, PlaceOutcome::Accepted(_));
        assert_ne!(is_accepted(&web), is_accepted(&market), "{web:?} {market:?}");
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (0, 0));
        shop.holds().await;
    }

    /// R3.
    async fn one_unit_shows_on_four_channels_until_one_of_them_sells_it(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("york", "TEA", 1).await;
        for channel in ["web", "market", "app", "till"] {
            assert_eq!(ats(&shop, channel).await, 1, "{channel}");
        }
        shop.accepts(shop.order("till", "1", "york", &[("TEA", 1)])).await;
        for channel in ["web", "market", "app", "till"] {
            assert_eq!(ats(&shop, channel).await, 0, "{channel}");
        }
        shop.holds().await;
    }

    /// R5.
    async fn forty_units_of_quota_move_from_one_channel_to_another_and_the_pool_stays(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 100).await;
        dedicates(&shop, "web", "TEA", Some(60)).await.unwrap();
        dedicates(&shop, "market", "TEA", Some(10)).await.unwrap();
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await, ats(&shop, "app").await), (60, 10, 30));
        assert_eq!(moves(&shop, "web", "market", 40).await.unwrap(), QuotaMoved { from_left: 20, to_left: 50 });
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await, ats(&shop, "app").await), (20, 50, 30));
        assert_eq!(shop.free(&tea).await, 100);
        shop.accepts(shop.order("web", "1", "york", &[("TEA", 15)])).await;
        let too_many = moves(&shop, "web", "market", 6).await.unwrap_err();
        assert!(matches!(too_many, SellingError::Move(MoveQuotaError::NotThatMany { asked: 6, left: 5 })));
        let none_there = moves(&shop, "web", "app", 1).await.unwrap_err();
        assert!(matches!(none_there, SellingError::Move(MoveQuotaError::NoQuota { .. })));
        shop.holds().await;
    }

    async fn an_order_beyond_the_quota_hears_that_it_is_the_quota_and_what_is_possible(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        dedicates(&shop, "web", "TEA", Some(5)).await.unwrap();
        let limit = ChannelLimit { why: Limit::Quota, free: 20, quota_left: Some(5) };
        assert_eq!(refused(&shop, "web", "1", 6).await, (5, 5, limit));
        let accepted = shop.accepts(shop.order("web", "2", "york", &[("TEA", 5)])).await;
        let limit = ChannelLimit { why: Limit::Quota, free: 15, quota_left: Some(0) };
        assert_eq!(refused(&shop, "web", "3", 1).await, (0, 0, limit));
        shop.accepts(shop.order("app", "1", "york", &[("TEA", 15)])).await;
        let cancel = CancelOrder { order_id: accepted.order_id, line_nos: Vec::new(), reason: "too dear".into() };
        shop.cancel(Call::by("user:ada"), cancel).await.unwrap();
        assert_eq!(ats(&shop, "web").await, 5, "cancelling gives the quota back");
        assert_eq!(ats(&shop, "app").await, 0, "and what is given back is set aside again");
        let too_low = dedicates(&shop, "web", "TEA", Some(0)).await;
        assert!(too_low.is_ok(), "nothing is sold of it any more: {too_low:?}");
        shop.holds().await;
    }

    /// I10: what carts hold is as good as sold, and sold once.
    async fn what_a_channels_carts_hold_is_of_its_quota_and_goes_to_their_orders(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 10).await;
        dedicates(&shop, "web", "TEA", Some(5)).await.unwrap();
        let hold = async |reference: &str, units: i64| {
            let answer = shop.hold(cart("web", reference, &[("TEA", units)])).await.unwrap();
            answer.into_result().expect("there was no key")
        };
        let HoldOutcome::Held(four) = hold("cart-1", 4).await else { panic!("four are free") };
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (1, 5));
        let HoldOutcome::Refused(Refused::InsufficientStock { lines }) = hold("cart-2", 2).await else {
            panic!("one is left of the quota")
        };
        assert_eq!(lines[0].limit.as_ref().map(|limit| (limit.why, limit.quota_left)), Some((Limit::Quota, Some(1))));
        assert_eq!(refused(&shop, "web", "R-1", 2).await.2.why, Limit::Quota);

        let with = |order: NewOrder, held: &Held| NewOrder { hold_id: Some(held.hold_id.clone()), ..order };
        shop.accepts(with(shop.order("web", "R-2", "leeds", &[("TEA", 4)]), &four)).await;
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (1, 5));

        let HoldOutcome::Held(one) = hold("cart-3", 1).await else { panic!("one is left") };
        let more = with(shop.order("web", "R-3", "leeds", &[("TEA", 2)]), &one);
        let Refused::InsufficientStock { lines } = shop.refuses(more).await else { panic!("another reason") };
        assert_eq!((lines[0].available, lines[0].limit.as_ref().map(|limit| limit.why)), (1, Some(Limit::Quota)));
        shop.release_hold(Call::by("user:ada"), one.hold_id).await.unwrap();
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (1, 5));
        shop.holds().await;
    }

    async fn what_is_sold_of_a_quota_stays_sold(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        let before = shop.accepts(shop.order("web", "0", "york", &[("TEA", 2)])).await;
        dedicates(&shop, "web", "TEA", Some(5)).await.unwrap();
        shop.accepts(shop.order("web", "1", "york", &[("TEA", 3)])).await;
        let too_low = dedicates(&shop, "web", "TEA", Some(2)).await.unwrap_err();
        assert!(matches!(too_low, SellingError::Quotas(SetQuotaError::BelowUsed { index: 0, used: 3 })));
        let cancel = CancelOrder { order_id: before.order_id, line_nos: Vec::new(), reason: String::new() };
        shop.cancel(Call::by("user:ada"), cancel).await.unwrap();
        assert_eq!(ats(&shop, "web").await, 2, "an order from before the quota gives nothing back to it");
        dedicates(&shop, "web", "TEA", None).await.unwrap();
        assert_eq!(ats(&shop, "web").await, 17, "without a quota it shares the pool");
        shop.holds().await;
    }

    async fn a_channel_sells_from_its_nodes_and_does_not_see_its_buffer(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 8).await;
        shop.stock("bristol", "TEA", 10).await;
        rules(&shop, "market", None, Some(says(3, "except", &["leeds"]))).await;
        assert_eq!((ats(&shop, "market").await, ats(&shop, "web").await), (7, 18));
        let limit = ChannelLimit { why: Limit::Buffer, free: 18, quota_left: None };
        assert_eq!(refused(&shop, "market", "1", 8).await, (7, 7, limit));
        let accepted = shop.accepts(shop.order("market", "2", "leeds", &[("TEA", 7)])).await;
        assert_eq!(accepted.fulfilment_orders.len(), 1);
        let bristol = shop.find_places(vec![("bristol".into(), String::new())]).await.unwrap()[0].0.clone();
        assert_eq!(Some(&accepted.fulfilment_orders[0].node_id), bristol.as_ref(), "Leeds is nearer, and not its");
        let short = shop.misses(&accepted.fulfilment_orders[0].fulfilment_order_id, 1, 7).await;
        assert_eq!(short.unallocated, 7, "never from Leeds, and Bristol has just missed them: {short:?}");
        rules(&shop, "market", Some("TEA"), Some(says(0, "only", &["leeds"]))).await;
        assert_eq!(ats(&shop, "market").await, 8, "the item's own rule replaces the general one");
        rules(&shop, "market", Some("TEA"), Some(PolicySays { is_on: false, ..says(0, "all", &[]) })).await;
        assert_eq!(refused(&shop, "market", "3", 1).await.2.why, Limit::Off);
        rules(&shop, "market", Some("TEA"), None).await;
        rules(&shop, "market", None, None).await;
        assert_eq!(ats(&shop, "market").await, ats(&shop, "web").await);
        shop.holds().await;
    }

    /// R37.
    async fn a_till_sells_what_its_store_does_not_have_from_another_node(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("bristol", "TEA", 4).await;
        let york = Place::from_degrees(53.96, -1.08).unwrap();
        let goods = vec![Goods::Item("TEA-BAR".into())];
        let seen = sees(&shop, "till", Question { goods, near: Some(york), ..Question::default() }).await;
        assert_eq!((seen.ats, seen.nodes.len()), (4, 1));
        assert_eq!((seen.nodes[0].node.as_str(), seen.nodes[0].units), ("bristol", 4));
        assert!(seen.nodes[0].distance_metres.is_some_and(|metres| (280_000..300_000).contains(&metres)));
        let accepted = shop.accepts(shop.order("till", "1", "york", &[("TEA", 1)])).await;
        assert_eq!(accepted.fulfilment_orders[0].node_id, seen.nodes[0].node_id);
        shop.holds().await;
    }

    async fn a_pack_of_a_channels_own_code_is_told_in_packs(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.lists("web", "TEA-SIX", &tea, 6).await;
        shop.stock("leeds", "TEA", 20).await;
        let goods = vec![Goods::Listing("TEA-SIX".into()), Goods::Item("NOPE".into())];
        let question = Question { goods, ..Question::default() };
        for _ in 0..2 {
            let told = shop.availability(&EVERYTHING, question.clone()).await.unwrap();
            assert_eq!(told.rows.len(), 1, "it is listed on the web only: {told:?}");
            assert_eq!((told.rows[0].ats, told.rows[0].packs), (20, 3));
            assert_eq!(told.unknown, ["NOPE"]);
        }
        let nobody = Scope::NOTHING;
        let told = shop.availability(&nobody, question).await.unwrap();
        assert_eq!((told.rows.len(), told.unknown.len()), (0, 2), "not within what may be seen");
    }

    /// Of many who order at once what is dedicated to another channel is nobody's but that channel's, and no quota is
    /// overdrawn (I10).
    async fn many_channels_at_once_leave_each_quota_whole(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 30).await;
        shop.stock("bristol", "TEA", 30).await;
        dedicates(&shop, "market", "TEA", Some(10)).await.unwrap();
        rules(&shop, "app", None, Some(says(5, "all", &[]))).await;
        let mut buying = Vec::new();
        for round in 0..40 {
            for channel in ["web", "app", "market"] {
                let order = shop.order(channel, &format!("{round}"), "york", &[("TEA", 1 + round % 3)]);
                let shop = shop.clone();
                buying.push(tokio::spawn(async move {
                    let units = order.lines[0].quantity;
                    match shop.places(order).await {
                        PlaceOutcome::Accepted(_) => (channel, units),
                        PlaceOutcome::Refused(_) => (channel, 0),
                    }
                }));
            }
        }
        let mut sold = std::collections::BTreeMap::<&str, i64>::new();
        for buyer in buying {
            let (channel, units) = buyer.await.unwrap();
            *sold.entry(channel).or_default() += units;
        }
        assert_eq!(sold["market"], 10, "{sold:?}");
        assert!(sold["web"] + sold["app"] <= 50, "{sold:?}");
        assert_eq!(shop.free(&tea).await, 60 - sold.values().sum::<i64>());
        shop.holds().await;
    }

    /// Two moves of the same units: one of them finds them gone.
    async fn units_of_a_quota_move_once(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        dedicates(&shop, "web", "TEA", Some(40)).await.unwrap();
        dedicates(&shop, "market", "TEA", Some(0)).await.unwrap();
        dedicates(&shop, "app", "TEA", Some(0)).await.unwrap();
        let (market, app) = tokio::join!(moves(&shop, "web", "market", 40), moves(&shop, "web", "app", 40));
        assert_ne!(market.is_ok(), app.is_ok(), "{market:?} {app:?}");
        shop.holds().await;
    }

    /// R4, as far as machines ask: what a scan at a store corrected is in the next answer, at the position at which it
    /// is in the stream that webhooks and live pages follow.
    async fn a_correction_at_a_store_shows_at_once_and_at_its_position_of_the_stream(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        shop.settles().await;
        let api = crate::telling::api(&shop).await;
        let question = json!({ "items": ["TEA-BAR"], "channels": ["web"], "by_node": true });
        let before = send(&api, "/v1/availability", "", &question).await.1;
        assert_eq!((&before["rows"][0]["ats"], &before["rows"][0]["nodes"][0]["units"]), (&json!(5), &json!(5)));
        let lost = json!({ "node": "leeds", "item": "TEA-BAR", "correction": "lost", "quantity": 2, "note": "" });
        assert_eq!(send(&api, "/v1/stock-adjustments", "scan-1", &lost).await.0, 201);
        let at_once = send(&api, "/v1/availability", "", &question).await.1;
        assert_eq!(at_once["rows"][0]["ats"], json!(3));
        shop.settles().await;
        let after = send(&api, "/v1/availability", "", &question).await.1;
        let organisation_id = shop.runtime.organisation_id.clone();
        let events = shop
            .runtime
            .read(move |tx| {
                Box::pin(async move { runtime::event::list_newest(tx, &organisation_id, 20).await })
            })
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        let adjusted = events.iter().find(|event| event.kind == "stock.adjusted").expect("it is told");
        assert_eq!(after["position"], json!(adjusted.position));
        assert_eq!(after["rows"][0]["item_id"], before["rows"][0]["item_id"]);
    }

    /// Every refusal says what happened, why and what to do, and names the field.
    async fn a_machine_hears_why_nothing_was_ruled(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 9).await;
        let api = crate::telling::api(&shop).await;
        let quotas = |item: &str, quantity: i64| {
            json!({ "quotas": [{ "channel": "web", "item": item, "quantity": quantity }] })
        };
        let (status, problem) = send(&api, "/v1/channel-quotas", "1", &quotas("NOPE", 3)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/quotas/0/item")), "{problem}");
        let (status, problem) = send(&api, "/v1/channel-quotas", "2", &quotas("TEA", -3)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/quotas/0/quantity")), "{problem}");
        assert_eq!(send(&api, "/v1/channel-quotas", "3", &quotas("TEA", 3)).await.0, 200);
        let bad = json!({ "channel": "web", "policy": { "node_rule": "only", "nodes": ["leeds", "nowhere"] } });
        let (status, problem) = send(&api, "/v1/channel-policies", "4", &bad).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/policy/nodes/1")), "{problem}");
        let moved = json!({ "item": "TEA", "from": "web", "to": "market", "units": 1 });
        let (status, problem) = send(&api, "/v1/quota-moves", "5", &moved).await;
        assert_eq!((status, problem["type"].as_str().map(|kind| kind.ends_with("no-quota"))), (409, Some(true)));
        assert_eq!(send(&api, "/v1/channel-quotas", "6", &json!({ "quotas": [
            { "channel": "market", "item": "TEA", "quantity": 0 }] })).await.0, 200);
        for _ in 0..2 {
            let (status, moved) = send(&api, "/v1/quota-moves", "7", &moved).await;
            assert_eq!((status, moved), (200, json!({ "from_left": 2, "to_left": 1 })), "the same key moves once");
        }
        let order = serde_json::to_value(shop.order("web", "W-1", "york", &[("TEA", 3)])).unwrap();
        let (status, problem) = send(&api, "/v1/orders", "W-1", &order).await;
        assert_eq!(status, 409, "{problem}");
        assert_eq!(
            problem["detail"],
            "Line 1: 3 units of `TEA` are asked for, the channel may sell 2 of the 9 that are free: its quota has no \
             more; 2 packs would be accepted now."
        );
        assert_eq!(problem["lines"][0]["limit"], json!({ "why": "quota", "free": 9, "quota_left": 2 }));
        shop.holds().await;
    }

    /// R17.
    async fn what_one_channel_does_not_sell_is_proposed_to_one_that_does_and_sells_there(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        dedicates(&shop, "market", "TEA", Some(8)).await.unwrap();
        assert_eq!(shop.proposals(&EVERYTHING, 7).await.unwrap(), []);
        shop.waits(24 * 8).await;
        shop.accepts(shop.order("web", "1", "york", &[("TEA", 12)])).await;
        shop.refuses(shop.order("web", "2", "york", &[("TEA", 5)])).await;
        let proposed = shop.proposals(&EVERYTHING, 7).await.unwrap();
        assert_eq!(proposed.len(), 1);
        assert_eq!((proposed[0].remedy, proposed[0].units, proposed[0].sold), (Remedy::Release, 8, 12));
        let wanted = || (proposed[0].item_id.clone(), proposed[0].from.clone(), proposed[0].to.clone());
        shop.accept_proposal(Call::by("user:ada"), EVERYTHING, 7, wanted()).await.unwrap();
        shop.accepts(shop.order("web", "2", "york", &[("TEA", 5)])).await;
        let again = shop.accept_proposal(Call::by("user:ada"), EVERYTHING, 7, wanted()).await;
        assert!(matches!(again, Err(AcceptError::Gone)), "{again:?}");

        dedicates(&shop, "market", "TEA", Some(2)).await.unwrap();
        dedicates(&shop, "app", "TEA", Some(1)).await.unwrap();
        shop.waits(24 * 8).await;
        shop.accepts(shop.order("app", "1", "york", &[("TEA", 1)])).await;
        let proposed = shop.proposals(&EVERYTHING, 7).await.unwrap();
        assert_eq!(proposed.len(), 1, "{proposed:?}");
        assert_eq!((proposed[0].remedy, proposed[0].units), (Remedy::Move, 1));
        let wanted = (proposed[0].item_id.clone(), proposed[0].from.clone(), proposed[0].to.clone());
        shop.accept_proposal(Call::by("user:ada"), EVERYTHING, 7, wanted).await.unwrap();
        shop.accepts(shop.order("app", "2", "york", &[("TEA", 1)])).await;
        shop.holds().await;
    }
}
