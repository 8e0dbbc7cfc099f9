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

    async fn a_view_is_kept_with_its_filter_columns_and_sequence_and_counted(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        two_teas(&office).await;
        let plain = office.see(&cookie, "/orders").await;
        plain.says(&["data-label=\"Customer\"", "data-label=\"Due\""]);
        plain.does_not_say(&["data-label=\"Lines\""]);
        let path = "/orders?view=to_pick&q=ana&sort=due&column=units&column=lines";
        let chosen = office.see(&cookie, path).await;
        chosen.says(&["data-label=\"Lines\"", "W-1", "columns=units.lines", "sort=due"]);
        chosen.does_not_say(&["data-label=\"Customer\""]);

        let query = "view%3Dto_pick%26q%3Dana%26sort%3Ddue%26columns%3Dunits.lines";
        let form = format!("name=Ana+first&query={query}&shared=yes&command={}", chosen.command());
        for _ in 0..2 {
            let kept = office.send(&cookie, "/orders/views", &form).await;
            assert_eq!(kept.goes_to(), "/orders?view=to_pick&q=ana&sort=due&columns=units.lines");
        }
        let listed = office.see(&cookie, "/orders?view=to_pick&q=ana&sort=due&columns=units.lines").await;
        listed.says(&["Ana first<span class=\"count\">1</span>", "Forget “Ana first”", "data-label=\"Lines\""]);
        let text = listed.text();
        let view_id = text.split("/orders/views/").nth(1).unwrap().split('/').next().unwrap();

        // A colleague sees what is shared, and forgets only what is theirs.
        let bob = people::NewStaff {
            email: "bob@shop.example".into(),
            name: "Bob".into(),
            password: people::Secret::new(crate::office::PASSWORD),
            language: "en".into(),
        };
        let (call, all) = (runtime::Call::by("test"), web::Access::full());
        let support = vec![people::Assignment::everywhere(people::Role::Support)];
        people::enrol(&office.shop.runtime, call, &all, bob, support).await.unwrap();
        let bob = office.comes_in_as("bob@shop.example").await;
        office.see(&bob, "/orders").await.says(&["Ana first"]);
        let forget = format!("/orders/views/{view_id}/forget");
        assert_eq!(office.send(&bob, &forget, "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.send(&cookie, &forget, "").await.goes_to(), "/orders");
        office.see(&cookie, "/orders").await.does_not_say(&["Ana first"]);
        let nameless = office.send(&cookie, "/orders/views", "name=+&query=&command=0123456789abcdef").await;
        assert_eq!(nameless.status, StatusCode::BAD_REQUEST);
    }

    async fn views_count_what_is_partial_and_what_is_in_trouble(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let shop = &office.shop;
        shop.stock("york", "TEA", 5).await;
        let accepted = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 3)])).await;
        let row = format!("/orders/{}", accepted.order_id);
        office.see(&cookie, "/orders?view=partial").await.does_not_say(&[&row]);
        // One of three is not on the shelf, and nobody else has it: the order is now in parts.
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        shop.picks(work, "TEA", 2).await.unwrap();
        shop.outside.carrier.script([carriers::Fault::Refused]);
        shop.packs(work, "TEA", 2).await.unwrap();
        shop.closes(work).await;
        shop.settles().await;
        office.see(&cookie, "/orders?view=exceptions").await.says(&[&row]);
        for sort in ["newest", "oldest", "due"] {
            office.see(&cookie, &format!("/orders?sort={sort}")).await.says(&[&row]);
        }
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
        let number = parcel.unwrap().unwrap().tracking_number.unwrap();
        let report = tracking::Report {
            tracking_number: number.clone(),
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

        // What is put aside comes back by itself, and who looks after it is told.
        let text = page.text();
        let parcel_id = text.split("value=\"par_").nth(1).unwrap().split('"').next().unwrap();
        let parcel_id = format!("par_{parcel_id}");
        let sent = async |cookie: &str, fields: &str| {
            let key = fields.replace(['&', '='], "-");
            let form = format!("{fields}&show=open&command={key}");
            assert_eq!(office.send(cookie, "/exceptions", &form).await.goes_to(), "/exceptions?show=open", "{fields}");
        };
        sent(&cookie, &format!("step=take&subject={parcel_id}")).await;
        office.see(&cookie, "/exceptions?show=mine").await.says(&["W-1", "Looked after by", "Ada"]);
        sent(&cookie, &format!("step=snooze&days=3&subject={parcel_id}")).await;
        office.see(&cookie, "/exceptions").await.does_not_say(&["Boxes to close again"]);
        office.see(&cookie, "/exceptions?show=snoozed").await.says(&["Boxes to close again", "until"]);
        office.see(&cookie, "/").await.says(&[&format!("{tile}1<")]);
        let none = office.send(&cookie, "/exceptions", "step=settle&command=0123456789").await;
        assert_eq!(none.status, StatusCode::BAD_REQUEST, "nothing was ticked");

        // A lost parcel stays until somebody says what became of it.
        office.see(&cookie, "/exceptions").await.says(&["Parcels in trouble", "Lost"]);
        sent(&cookie, &format!("cause=parcels&step=settle&subject={number}")).await;
        office.see(&cookie, "/exceptions").await.does_not_say(&["Parcels in trouble"]);
        shop.waits(24 * 4).await;
        let cookie = office.comes_in().await;
        office.see(&cookie, "/exceptions").await.says(&["Boxes to close again"]);
    }

    async fn money_that_was_refused_waits_for_a_person(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let shop = &office.shop;
        shop.stock("york", "TEA", 5).await;
        let accepted = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 1)])).await;
        let order_id = accepted.order_id.clone();
        // An effect that nobody knows how to do is refused for good, like one that the bank refuses.
        let intended = shop.runtime.run(runtime::Call::by("test"), move |cx| {
            let order_id = order_id.clone();
            Box::pin(async move {
                let request = serde_json::json!({ "order_id": order_id });
                cx.intend("payment.unheard", order_id.as_str(), request);
                Ok::<(), db::Fault>(())
            })
        });
        intended.await.unwrap();
        shop.settles().await;
        let page = office.see(&cookie, "/exceptions").await;
        page.says(&["Money and carriers", "W-1", "A payment was refused", "Try again now", "Dealt with"]);
        let text = page.text();
        let effect_id = text.split("value=\"eff_").nth(1).unwrap().split('"').next().unwrap();
        let form = format!("step=dismiss&subject=eff_{effect_id}&command=0123456789abcdef");
        for _ in 0..2 {
            assert_eq!(office.send(&cookie, "/exceptions", &form).await.goes_to(), "/exceptions?show=open");
        }
        office.see(&cookie, "/exceptions").await.says(&["Nothing needs a decision"]);
        office.see(&cookie, "/exceptions").await.does_not_say(&["Money and carriers"]);
    }

    async fn what_happened_while_somebody_was_away_is_told_until_they_have_read_it(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        two_teas(&office).await;
        office.see(&cookie, "/notifications").await.says(&["Nothing you need to know"]);
        office.shop.refuses(office.shop.order("web", "W-2", "leeds", &[("TEA", 9)])).await;
        office.shop.settles().await;
        office.see(&cookie, "/orders").await.says(&["<span class=\"badge\">1</span>"]);
        let page = office.see(&cookie, "/notifications").await;
        page.says(&["Order refused", "W-2", "I have read all this"]);
        let position: i64 = {
            let text = page.text();
            let (_, rest) = text.split_once("name=\"position\" value=\"").unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        // What comes between the page and the answer is not said to be read.
        office.shop.refuses(office.shop.order("web", "W-3", "leeds", &[("TEA", 9)])).await;
        office.shop.settles().await;
        for _ in 0..2 {
            let read = office.send(&cookie, "/notifications", &format!("position={position}")).await;
            assert_eq!(read.goes_to(), "/notifications");
        }
        let page = office.see(&cookie, "/notifications").await;
        page.says(&["W-3"]);
        page.does_not_say(&["W-2"]);
        office.send(&cookie, "/notifications", "position=0").await;
        office.see(&cookie, "/notifications").await.does_not_say(&["W-2"]);
        office.send(&cookie, "/notifications", "position=999999").await;
        office.see(&cookie, "/notifications").await.says(&["Nothing you need to know"]);
        // Late is a matter of time, and nothing happens.
        office.shop.waits(97).await;
        let cookie = office.comes_in().await;
        office.see(&cookie, "/notifications").await.says(&["Orders that came to be late: 1"]);
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
            office.send(&cookie, "/preferences", &format!("language={language}")).await;
            office.see(&cookie, &path).await.says(&["W-1", &format!("lang=\"{language}\"")]);
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
        office.send(&cookie, "/preferences", "language=bg").await;
        office.see(&cookie, &path).await.says(&["вече са изпратени"]);
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
            // As scanners read: with control characters, with the symbology in front, and twice.
            ("%02TEA-BAR%0D%0A", "/stock?q=TEA"),
            ("%5DC1TEA-BAR", "/stock?q=TEA"),
            ("W-1W-1", &order),
        ] {
            assert_eq!(office.see(&cookie, &format!("/find?q={code}")).await.goes_to(), page, "{code}");
        }
    }

    async fn the_palette_names_whatever_this_person_may_reach(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let accepted = two_teas(&office).await;
        let order = format!("/orders/{}", accepted.order_id);
        let node = format!("/nodes/{}", accepted.fulfilment_orders[0].node_id);
        for (query, found) in [
            ("", vec!["href=\"/orders\"", "view=late", "/settings/keys", "/exceptions"]),
            ("w-", vec!["/orders?q=w-"]),
            ("W-", vec![order.as_str(), "Ana Petrova"]),
            ("W-1", vec![order.as_str(), "Exact match"]),
            ("fine", vec!["Fine TEA", "/stock?q=TEA"]),
            ("york", vec![node.as_str()]),
            ("invite", vec!["/settings/people#email"]),
        ] {
            let heard = office.see(&cookie, &format!("/palette?q={query}")).await;
            assert_eq!(heard.status, StatusCode::OK);
            heard.says(&found);
        }

        let bob = people::NewStaff {
            email: "bob@shop.example".into(),
            name: "Bob".into(),
            password: people::Secret::new(crate::office::PASSWORD),
            language: "en".into(),
        };
        let picker = people::Assignment {
            role: people::Role::Picker,
            area: web::Area::Node(kernel::NodeId::parse("nod_other").unwrap()),
        };
        let (call, all) = (runtime::Call::by("test"), web::Access::full());
        people::enrol(&office.shop.runtime, call, &all, bob, vec![picker]).await.unwrap();
        let bob = office.comes_in_as("bob@shop.example").await;
        let seen = office.see(&bob, "/palette?q=W-1").await;
        seen.does_not_say(&[&order, "Ana Petrova", "Exact match"]);
        office.see(&bob, "/palette").await.does_not_say(&["/settings/keys", "/settings/audit", "href=\"/import\""]);
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
