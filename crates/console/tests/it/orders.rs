//! Orders on their screens: found, looked at, cancelled, and followed by the customer.

use axum::http::StatusCode;
use flows::intake::Accepted;
use testkit::TestDb;

use crate::office::Office;

/// Two teas from York to Leeds.
async fn two_teas(office: &Office) -> Accepted {
    office.shop.stock("york", "TEA", 5).await;
    let accepted = office.shop.accepts(office.shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
    office.shop.settles().await;
    accepted
}

testkit::both_engines! {
    async fn orders_are_listed_by_view_channel_node_and_search(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        office.see(&cookie, "/orders").await.says(&["No orders here"]);
        let accepted = two_teas(&office).await;
        let row = format!("/orders/{}", accepted.order_id);
        let listed = office.see(&cookie, "/orders?view=to_pick").await;
        listed.says(&[&row, "W-1", "Ana Petrova", "york", "leeds, GB", "2\u{a0}× allocated"]);
        let node = &accepted.fulfilment_orders[0].node_id;
        for (query, is_there) in [
            ("q=ana", true),
            ("q=nobody", false),
            ("view=late", false),
            ("view=delivered", false),
            (&format!("node={node}"), true),
            ("node=nod_1", false),
            ("channel=chn_1", false),
        ] {
            let text = office.see(&cookie, &format!("/orders?{query}")).await.text();
            assert_eq!(text.contains(&row), is_there, "{query}");
        }
        office.shop.waits(97).await;
        let cookie = office.comes_in().await;
        office.see(&cookie, "/orders?view=late").await.says(&[&row, "tone-bad"]);
    }

    async fn what_needs_a_person_is_counted_and_led_to(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let shop = &office.shop;
        let tile = "href=\"/exceptions\"><span class=\"tile-name\">Exceptions</span><b>";
        office.see(&cookie, "/").await.says(&[&format!("{tile}0<")]);
        office.see(&cookie, "/exceptions").await.says(&["Nothing needs a decision"]);

        // A box whose label the carrier refuses is open again, and nobody scans anything into it.
        let accepted = two_teas(&office).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        shop.outside.carrier.script([carriers::Fault::Refused]);
        shop.picks(work, "TEA", 2).await.unwrap();
        shop.packs(work, "TEA", 2).await.unwrap();
        shop.closes(work).await;
        shop.settles().await;
        // A parcel that the carrier cannot find.
        let other = shop.accepts(shop.order("web", "W-2", "leeds", &[("TEA", 1)])).await;
        let parcel_id = shop.makes_ready(&other.fulfilment_orders[0].fulfilment_order_id, &[("TEA", 1)]).await;
        shop.hands_over(std::slice::from_ref(&parcel_id)).await;
        let organisation_id = shop.runtime.organisation_id.clone();
        let parcel = shop.runtime.read(move |tx| {
            Box::pin(async move { shipping::find_parcel(tx, &organisation_id, &parcel_id).await })
        });
        let parcel: Result<_, db::Fault> = parcel.await;
        let report = tracking::Report {
            tracking_number: parcel.unwrap().unwrap().tracking_number.unwrap(),
            carrier_event_id: "e1".into(),
            raw_status: "?".into(),
            milestone: carriers::Milestone::Lost,
            place: String::new(),
            happened_at: stories::hours_in(1),
        };
        shop.track(runtime::Call::by("carrier"), vec![report]).await.unwrap();

        office.see(&cookie, "/").await.says(&[&format!("{tile}2<")]);
        let page = office.see(&cookie, "/exceptions").await;
        let node_id = &accepted.fulfilment_orders[0].node_id;
        page.says(&[&format!("/stations/{node_id}/pack/{work}"), "W-1", "Boxes to close again"]);
        page.says(&[&format!("/orders/{}", other.order_id), "W-2", "Parcels in trouble", "Lost"]);
        shop.waits(24 * 31).await;
        office.see(&cookie, "/exceptions").await.does_not_say(&["Parcels in trouble"]);
    }

    async fn an_order_tells_where_its_units_are_and_why(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        office.shop.stock("bristol", "TEA", 5).await;
        let accepted = two_teas(&office).await;
        let path = format!("/orders/{}", accepted.order_id);
        office.see(&cookie, &path).await.says(&[
            "Order W-1",
            "Fine TEA",
            "Ana Petrova",
            "5 Market Square",
            "2\u{a0}× allocated",
            "Serves 2 units",
            "Would cost EUR",
            "Order accepted",
            "/track/",
            "Cancel units",
        ]);
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let parcel_id = office.shop.makes_ready(work, &[("TEA", 2)]).await;
        let label = format!("/parcels/{parcel_id}/label.pdf");
        office.see(&cookie, &path).await.says(&[&label, "Box closed", "Label bought", "900", "2\u{a0}× packed"]);
        let pdf = office.see(&cookie, &label).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        assert!(pdf.body.starts_with(b"%PDF"));
        let zpl = office.see(&cookie, &format!("/parcels/{parcel_id}/label.zpl")).await;
        assert!(zpl.text().starts_with("^XA"));
        for language in ["ru", "id", "bg", "zh-Hant"] {
            office.see(&format!("{cookie}; qm_language={language}"), &path).await.says(&["W-1"]);
        }
    }

    async fn cancelling_is_shown_before_it_is_done_and_is_done_once(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let accepted = two_teas(&office).await;
        let path = format!("/orders/{}/cancel", accepted.order_id);
        let preview = office.see(&cookie, &format!("{path}?line=1&reason=customer")).await;
        preview.says(&["This cancels the whole order: 2 units", "back on the shelf at york", "Fine TEA"]);
        assert_eq!(office.shop.status(&accepted.order_id).await, "to_pick", "looking changes nothing");

        let form = format!("line=1&reason=customer&command={}", preview.command());
        for _ in 0..2 {
            let done = office.send(&cookie, &path, &form).await;
            let back = done.goes_to().to_owned();
            office.see(&cookie, &back).await.says(&["2 units are cancelled.", "Units cancelled"]);
        }
        assert_eq!(office.shop.status(&accepted.order_id).await, "cancelled");
        office.shop.holds().await;

        let again = form.replace("command=", "command=0");
        let refused = office.send(&cookie, &path, &again).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        refused.says(&["cancelled before", "Nothing was changed"]);
        let other = office.send(&cookie, &path, &form.replace("customer", "fraud")).await;
        other.says(&["sent before with other content"]);
        let none = office.see(&cookie, &format!("{path}?reason=customer")).await;
        assert_eq!(none.status, StatusCode::BAD_REQUEST, "no line ticked is not every line");
    }

    async fn goods_that_have_left_are_not_cancelled(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let accepted = two_teas(&office).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let parcel_id = office.shop.makes_ready(work, &[("TEA", 2)]).await;
        office.shop.hands_over(&[parcel_id]).await;
        let path = format!("/orders/{}/cancel?line=1&reason=customer", accepted.order_id);
        office.see(&cookie, &path).await.says(&["2 units have left already"]);
        office.see(&format!("{cookie}; qm_language=bg"), &path).await.says(&["вече са изпратени"]);
    }

    async fn a_customer_follows_the_parcel_and_learns_nothing_else(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let accepted = two_teas(&office).await;
        let page = office.see(&cookie, &format!("/orders/{}", accepted.order_id)).await.text();
        let link = page.split("href=\"/track/").nth(1).unwrap().split('"').next().unwrap();
        let link = format!("/track/{link}");
        let seen = office.see("", &link).await;
        seen.says(&["Tea &#38; Co", "W-1", "A., leeds", "2 more units are being prepared", "noindex"]);
        seen.does_not_say(&["Petrova", "Market Square", "ana@example.com", "<script"]);
        assert_eq!(seen.headers["referrer-policy"], "no-referrer");

        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let parcel_id = office.shop.makes_ready(work, &[("TEA", 2)]).await;
        office.shop.hands_over(&[parcel_id]).await;
        let on_its_way = office.see("qm_language=zh-Hant", &link).await;
        on_its_way.says(&["Fine TEA", "W-1"]);
        on_its_way.does_not_say(&["Petrova"]);
        office.shop.waits(24 * 12).await;
        office.see("", &link).await.says(&["Delivered"]);
        let forged = link.replace("/track/ord_", "/track/ord_0");
        assert_eq!(office.see("", &forged).await.status, StatusCode::NOT_FOUND);
    }

    async fn whatever_is_scanned_leads_to_its_page(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let accepted = two_teas(&office).await;
        let order = format!("/orders/{}", accepted.order_id);
        let part = &accepted.fulfilment_orders[0];
        let parcel_id = office.shop.makes_ready(&part.fulfilment_order_id, &[("TEA", 2)]).await;
        for (code, page) in [
            ("W-1", order.as_str()),
            (accepted.order_id.as_str(), &order),
            (part.fulfilment_order_id.as_str(), &order),
            (parcel_id.as_str(), &order),
            ("TEA-BAR", "/stock?q=TEA"),
            ("TEA", "/stock?q=TEA"),
            ("york", &format!("/nodes/{}", part.node_id)),
            ("Ana", "/orders?q=Ana"),
        ] {
            assert_eq!(office.see(&cookie, &format!("/find?q={code}")).await.goes_to(), page, "{code}");
        }
    }

    async fn the_overview_counts_the_day_and_stays_current(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let accepted = two_teas(&office).await;
        office.shop.refuses(office.shop.order("web", "W-2", "leeds", &[("TEA", 9)])).await;
        office.shop.settles().await;
        let row = format!("/orders/{}", accepted.order_id);
        let overview = office.see(&cookie, "/").await;
        overview.says(&["Orders today", "Order accepted", "Order refused", &row, "W-2", "york"]);
        let live = office.listen(&cookie, "/live/dashboard").await;
        assert!(live.starts_with("data: <hx-partial"), "{live}");
        assert!(live.contains(&row), "{live}");
        assert!(office.see("", "/live/dashboard").await.goes_to().starts_with("/sign-in"));
    }
}
