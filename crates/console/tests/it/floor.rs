//! Stock, nodes, stations, receiving and importing, over a real database.

use axum::http::StatusCode;
use kernel::NodeId;
use testkit::TestDb;

use crate::house::{Heard, House};

async fn node_id(house: &House, code: &str) -> NodeId {
    let known = house.shop.find_places(vec![(code.to_owned(), String::new())]).await.unwrap();
    known.into_iter().next().unwrap().0.unwrap()
}

testkit::both_engines! {
    async fn every_number_of_the_grid_opens_the_ledger_that_made_it(db: TestDb) {
        let house = House::open(db).await;
        let (shop, tea) = (&house.shop, house.shop.sells("TEA").await);
        house.shop.sells("MUG").await;
        shop.stock("leeds", "TEA", 5).await;
        shop.stock("york", "TEA", 7).await;
        shop.accepts(shop.order("web", "#1", "leeds", &[("TEA", 2)])).await;
        let leeds = node_id(&house, "leeds").await;

        let grid = house.sees("/stock").await;
        grid.says(&["Fine TEA", "Fine MUG", ">12<", ">10<", ">2<", "leeds", "york"]);
        let at_leeds = house.sees(&format!("/stock?node={leeds}")).await;
        at_leeds.says(&["Fine TEA"]);
        assert!(!at_leeds.text.contains("Fine MUG"), "Leeds never had a mug");
        house.sees("/stock?q=nothing").await.says(&["No item matches"]);

        let ledger = house.sees(&format!("/stock/ledger?item={tea}&node={leeds}&state=available")).await;
        assert_eq!(ledger.status, StatusCode::OK);
        ledger.says(&["Available</span> <b>3</b>", "+5", "−2", "note leeds TEA 5", "href=\"/orders/ord_", "#1"]);
        // On hand is the same number however it is promised: the promise is no movement of it.
        let on_hand = house.sees(&format!("/stock/ledger?item={tea}&node=&state=on_hand")).await;
        on_hand.says(&["<b>12</b>", "+7", "+5", "all nodes"]);
        assert!(!on_hand.text.contains("−2"));
        let drawer = house.sees_part(&format!("/stock/ledger?item={tea}&node={leeds}&state=allocated")).await;
        assert!(drawer.text.trim_start().starts_with("<section class=\"ledger"), "{}", drawer.text);
        assert_eq!(house.sees("/stock/ledger?item=itm_none").await.status, StatusCode::NOT_FOUND);
    }

    async fn an_item_shows_the_nodes_with_the_most_of_it_and_all_of_them_on_a_page_of_its_own(db: TestDb) {
        let house = House::open(db).await;
        let (shop, tea) = (&house.shop, house.shop.sells("TEA").await);
        shop.sells("MUG").await;
        shop.opens_node("glasgow", network::NodeKind::Store).await;
        for (node, units) in [("leeds", 5), ("york", 7), ("bristol", 2), ("glasgow", 9)] {
            shop.stock(node, "TEA", units).await;
        }
        let cell = |name: &str| format!("<th scope=\"row\">{name}</th>");
        let grid = house.sees("/stock").await;
        grid.says(&[&cell("glasgow"), &cell("york"), &cell("leeds"), ">23<", "1 more node<"]);
        assert!(!grid.text.contains(&cell("bristol")), "it has the least");
        let alone = house.sees(&format!("/stock?item={tea}")).await;
        alone.says(&[&cell("glasgow"), &cell("bristol"), ">23<"]);
        assert!(!alone.text.contains("Fine MUG") && !alone.text.contains("more node"));
    }

    async fn a_long_ledger_is_read_page_by_page_and_adds_up(db: TestDb) {
        let house = House::open(db).await;
        let tea = house.shop.sells("TEA").await;
        for units in 1..=60 {
            house.shop.stock("leeds", "TEA", units).await;
        }
        let newest = house.sees(&format!("/stock/ledger?item={tea}&node=&state=available")).await;
        newest.says(&["<b>1,830</b>", "+60", "+11", "Older"]);
        let older = newest.text.split("hx-get=\"").skip(1).find(|rest| rest.contains("before=")).unwrap();
        let older = older.split('"').next().unwrap().replace("&#38;", "&");
        let oldest = house.sees(&older).await;
        oldest.says(&["+10", "+1<", "<b>55</b>", "<b>1</b>"]);
        assert!(!oldest.text.contains("+11<"));
    }

    async fn a_node_shows_its_work_and_the_map_its_backlog(db: TestDb) {
        let house = House::open(db).await;
        let shop = &house.shop;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        shop.accepts(shop.order("web", "#1", "leeds", &[("TEA", 2)])).await;
        let leeds = node_id(&house, "leeds").await;
        house.sees("/nodes").await.says(&["leeds", "york", "bristol", "leeds, GB", "<svg"]);
        let page = house.sees(&format!("/nodes/{leeds}")).await;
        page.says(&["Europe/London", "#1", "To pick", "<b>1</b>"]);
        assert_eq!(house.sees("/nodes/nod_none").await.status, StatusCode::NOT_FOUND);
        house.sees("/stations").await.says(&["1 to pick", "0 to pack"]);
        house.sees(&format!("/stations/{leeds}")).await.says(&["#1", "Start the next", "2 units"]);
    }

    async fn an_order_is_picked_packed_and_labelled_with_nothing_but_forms(db: TestDb) {
        let house = House::open(db).await;
        let shop = &house.shop;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let accepted = shop.accepts(shop.order("web", "#1", "leeds", &[("TEA", 2)])).await;
        shop.accepts(shop.order("web", "#2", "leeds", &[("TEA", 1)])).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let leeds = node_id(&house, "leeds").await;
        let (pick, pack) = (format!("/stations/{leeds}/pick/{work}"), format!("/stations/{leeds}/pack/{work}"));
        let scan = async |path: &str, page: &Heard| {
            let command = page.field("command");
            house.sends(&format!("{path}/scan"), &[("command", &command), ("code", "TEA-BAR")]).await
        };

        let page = house.sees(&pick).await;
        page.says(&["Fine TEA", "0 of 2 done", "Ready to scan"]);
        let first = scan(&pick, &page).await;
        assert_eq!(first.status, StatusCode::OK);
        first.says(&["data-outcome=\"ok\"", "1 of 2 done"]);
        // The network was slow and the device sent the same scan again.
        scan(&pick, &page).await.says(&["data-outcome=\"ok\"", "1 of 2 done"]);
        assert_eq!(shop.stock_at("leeds", &tea).await, [2, 2, 1, 0]);
        scan(&pick, &first).await.says(&["data-outcome=\"done\"", "All picked"]);

        let page = scan(&pack, &house.sees(&pack).await).await;
        page.says(&["data-outcome=\"ok\"", "1 unit in the open box", "value=\"600\""]);
        let page = scan(&pack, &page).await;
        page.says(&["data-outcome=\"done\"", "2 units in the open box"]);
        let command = page.field("command");
        let size = [("length_mm", "300"), ("width_mm", "200"), ("height_mm", "120")];
        let form = [&[("command", command.as_str()), ("weight_grams", "1200")][..], &size].concat();
        let closed = house.sends(&format!("{pack}/close"), &form).await;
        closed.says(&["The box is closed.", "Packed", "2 of 2 done", "Label is being bought", "data-refresh"]);
        closed.says(&["2/2", "Next task: #2 · To pick"]);
        shop.settles().await;
        house.sees(&pack).await.says(&["label.pdf", "label.zpl"]);
        assert_eq!(shop.stock_at("leeds", &tea).await, [2, 1, 0, 2]);
        shop.holds().await;
    }

    async fn each_wrong_scan_is_refused_in_its_own_words(db: TestDb) {
        let house = House::open(db).await;
        let shop = &house.shop;
        for sku in ["TEA", "MUG", "POT"] {
            shop.sells(sku).await;
            shop.stock("leeds", sku, 5).await;
        }
        let accepted = shop.accepts(shop.order("web", "#1", "leeds", &[("TEA", 1)])).await;
        shop.accepts(shop.order("web", "#2", "leeds", &[("MUG", 1)])).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let leeds = node_id(&house, "leeds").await;
        let (pick, pack) = (format!("/stations/{leeds}/pick/{work}"), format!("/stations/{leeds}/pack/{work}"));
        let mut key = 0;
        let mut scan = async |path: &str, code: &str| {
            key += 1;
            let form = [("command", &*format!("key-{key}")), ("code", code)];
            house.sends(&format!("{path}/scan"), &form).await
        };
        let refused = scan(&pick, "4006381333931").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&["data-outcome=\"unknown\"", "Unknown code", "4006381333931"]);
        scan(&pick, "POT").await.says(&["data-outcome=\"wrong\"", "Fine POT. Wanted: Fine TEA"]);
        scan(&pick, "MUG").await.says(&["data-outcome=\"wrong\"", "Fine MUG. Wanted: Fine TEA"]);
        scan(&pack, "MUG").await.says(&["data-outcome=\"wrong_order\"", "Fine MUG. It belongs to #2"]);
        scan(&pack, "TEA").await.says(&["data-outcome=\"wrong_stage\"", "Fine TEA. Pick it first."]);
        scan(&pick, "TEA").await.says(&["data-outcome=\"done\""]);
        scan(&pick, "TEA").await.says(&["data-outcome=\"too_many\"", "Already complete"]);
        let form = [("command", "key-6"), ("code", "OTHER")];
        house.sends(&format!("{pick}/scan"), &form).await.says(&["sent before with other content"]);
        let elsewhere = node_id(&house, "york").await;
        let wrong_node = house.sees(&format!("/stations/{elsewhere}/pick/{work}")).await;
        assert_eq!(wrong_node.status, StatusCode::NOT_FOUND);
        shop.holds().await;
    }

    async fn what_cannot_be_found_comes_from_the_next_node(db: TestDb) {
        let house = House::open(db).await;
        let shop = &house.shop;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 2).await;
        shop.stock("york", "TEA", 1).await;
        let accepted = shop.accepts(shop.order("web", "#1", "leeds", &[("TEA", 2)])).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let leeds = node_id(&house, "leeds").await;
        let pick = format!("/stations/{leeds}/pick/{work}");
        let page = house.sees(&pick).await;
        let fields = ["command", "line", "quantity"].map(|name| (name, page.field(name)));
        let mut form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        form.push(("reason", "not_found"));
        let done = house.sends(&format!("{pick}/short"), &form).await;
        done.says(&["1 unit now comes from another node.", "1 unit waits for stock.", "All picked"]);
        form[0].1 = "another-key";
        let refused = house.sends(&format!("{pick}/short"), &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&["data-outcome=\"refused\"", "Only 0 units are left here."]);
        shop.holds().await;
    }

    async fn goods_are_received_once_for_each_delivery_note(db: TestDb) {
        let house = House::open(db).await;
        let tea = house.shop.sells("TEA").await;
        let leeds = node_id(&house, "leeds").await.to_string();
        let page = house.sees("/receive").await;
        page.says(&["Nothing received yet", "leeds"]);
        let command = page.field("command");
        let form = |command: &'static str, code: &'static str, quantity: &'static str| {
            [("command", command), ("code", code), ("quantity", quantity), ("reference", "DN-7")]
        };
        let node = [("node", leeds.as_str())];
        let refused = house.sends("/receive", &[&form("k1", "NOPE", "0")[..], &node].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&["No item has this code", "Not a whole number above zero", "value=\"NOPE\""]);
        let form_of_page =
            [("command", command.as_str()), ("code", "TEA-BAR"), ("quantity", "12"), ("reference", "DN-7")];
        let done = house.sends("/receive", &[&form_of_page[..], &node].concat()).await;
        done.says(&["Received: 12 × TEA-BAR", "Fine TEA", "+12", "Ada"]);
        let again = house.sends("/receive", &[&form("k2", "TEA", "12")[..], &node].concat()).await;
        again.says(&["booked before"]);
        assert_eq!(house.shop.stock_at("leeds", &tea).await, [12, 0, 0, 0]);
    }

    async fn goods_that_were_expected_are_taken_in_by_their_own_form(db: TestDb) {
        let house = House::open(db).await;
        let tea = house.shop.sells("TEA").await;
        house.sees("/expected").await.says(&["Nothing is expected"]);
        let order = house.shop.expects("leeds", "PO & 7", "2026-03-01", "TEA", 12).await;
        house.sees("/expected").await.says(&["PO &#38; 7", "Assam Tea Garden", "leeds", "Late", "12 of 12"]);
        let place = format!("/expected/{order}");
        let page = house.sees(&place).await;
        page.says(&["Fine TEA", "value=\"12\"", "Expect no more"]);
        let command = page.text.split("/receive\"").nth(1).and_then(|rest| rest.split("value=\"").nth(1));
        let command = command.and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let form = |now| [("command", command.as_str()), ("item", tea.as_str()), ("now", now), ("note", "DN 7")];
        let bad = house.sends(&format!("{place}/receive"), &form("many")).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        bad.says(&["value=\"many\"", "value=\"DN 7\""]);
        let done = house.sends(&format!("{place}/receive"), &form("7")).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, place.as_str()));
        house.sees(&place).await.says(&["value=\"5\""]);
        let closed = house.sends(&format!("{place}/close"), &[("command", "k9")]).await;
        assert_eq!(closed.status, StatusCode::SEE_OTHER);
        house.sees(&place).await.says(&["Nothing more is expected."]);
        assert_eq!(house.shop.stock_at("leeds", &tea).await, [7, 0, 0, 0]);
        house.shop.holds().await;
    }

    async fn what_carts_hold_is_seen_with_the_time_left_and_can_be_given_up(db: TestDb) {
        let house = House::open(db).await;
        let tea = house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 5).await;
        house.sees("/holds").await.says(&["Nothing is held"]);
        house.shop.hold(stories::cart("web", "cart & 1", &[("TEA", 3)])).await.unwrap();
        let ledger = house.sees(&format!("/stock/ledger?item={tea}&state=held")).await;
        ledger.says(&["cart &#38; 1", "in 15\u{a0}min", "Held for a cart"]);
        house.sees(&format!("/holds?item={}", kernel::ItemId::from_body("other"))).await.says(&["Nothing is held"]);
        let page = house.sees(&format!("/holds?item={tea}")).await;
        page.says(&["cart &#38; 1", "3 ×", "Fine TEA", "leeds", "in 15\u{a0}min", "Release"]);
        let place = page.text.split("action=\"").find_map(|rest| {
            let place = rest.split('"').next()?;
            place.ends_with("/release").then(|| place.to_owned())
        });
        let released = house.sends(&place.unwrap(), &[("command", page.field("command").as_str())]).await;
        assert_eq!((released.status, released.location.as_str()), (StatusCode::SEE_OTHER, "/holds"));
        assert_eq!(house.shop.stock_at("leeds", &tea).await, [5, 0, 0, 0]);
        house.shop.holds().await;
    }

    async fn a_file_of_orders_is_taken_and_its_bad_rows_come_back(db: TestDb) {
        let house = House::open(db).await;
        house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 5).await;
        let file = "external_reference,currency,ship_to_country,external_code,quantity,unit_price\n\
                    A-1,EUR,GB,TEA,2,6.50\n\
                    A-2,EUR,GB,NOPE,1,6.50\n\
                    A-3,EUR,GB,TEA,many,6.50\n\
                    A-4,EUR,GB,TEA,9,6.50\n\
                    =A-5,EUR,GB,TEA,0,6.50\n";
        let page = house.sees("/import").await;
        page.says(&["external_reference", "No imports yet", "value=\"web\""]);
        let command = page.field("command");
        let fields = [("command", command.as_str()), ("channel", "web")];
        let empty = house.uploads("/import", &fields, "orders.csv", "").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        empty.says(&["The file is empty."]);
        let short = house.uploads("/import", &fields, "orders.csv", "external_reference,external_code\n").await;
        short.says(&["Missing columns: currency, ship_to_country, quantity, unit_price"]);

        let begun = house.uploads("/import", &fields, "orders.csv", file).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER);
        let place = begun.location.clone();
        house.sees(&place).await.says(&["orders.csv", "Waiting", "hx-trigger", "Stop"]);
        assert!(house.shop.run_operation().await.unwrap());
        let told = house.sees_part(&place).await;
        assert!(!told.text.contains("hx-trigger"));
        told.says(&["5 of 5 rows done", "Finished with refusals", "A-2", "No item has this code", "NOPE", "A-3", "many"]);
        told.says(&["Not a whole number above zero", "A-4", "Not enough stock"]);
        assert_eq!(house.shop.count("select count(*) from sales_order").await, 1);
        let errors = house.sees(&format!("{place}/errors.csv")).await;
        errors.says(&["\"Line\",\"About\"", "\"3\",\"A-2\"", "\"'=A-5\""]);
        // The same form again leads to the same import, and a new one takes nothing twice.
        assert_eq!(house.uploads("/import", &fields, "orders.csv", file).await.location, place);
        assert!(!house.shop.run_operation().await.unwrap());
        house.sees("/import").await.says(&["orders.csv", "Ada", "4 refused"]);
        house.sees("/operations").await.says(&["orders.csv", "Ada", "Import of orders"]);
        assert_eq!(house.sees("/operations/opr_nothing").await.status, StatusCode::NOT_FOUND);
    }

    async fn a_number_of_the_grid_is_set_from_what_the_page_showed(db: TestDb) {
        let house = House::open(db).await;
        let tea = house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 10).await;
        let node = node_id(&house, "leeds").await;
        let place = format!("/stock/ledger?item={tea}&node={node}&state=available");
        let page = house.sees(&place).await;
        page.says(&["Set from 10 to", "Counted"]);
        let form = |page: &Heard, to: &str| {
            let hidden = |name: &str| (name.to_owned(), page.field(name));
            let mut fields = vec![hidden("command"), hidden("item"), hidden("node"), hidden("state"), hidden("change_from")];
            fields.extend([("quantity".to_owned(), to.to_owned()), ("reason".into(), "count".into())]);
            fields
        };
        let fields = form(&page, "12");
        let sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // Somebody orders three before the count is sent.
        house.shop.accepts(house.shop.order("web", "W-1", "leeds", &[("TEA", 3)])).await;
        let stale = house.sends("/stock/level", &sent).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        stale.says(&["You saw 10; there are 7 by now", "Set from 7 to", "value=\"12\""]);
        stale.says(&["Last moved by", "W-1", "Set from 7 to 12 all the same", "Leave it at 7"]);
        let fields = form(&stale, "9");
        let sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let set = house.sends("/stock/level", &sent).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER);
        let shown = house.sees(&set.location).await;
        shown.says(&["+2", "Set from 9 to", "Set from 7 to 9.", "Undo: set back to 7"]);
        assert_eq!(house.sends("/stock/level", &sent).await.status, StatusCode::SEE_OTHER, "once is enough");
        assert_eq!(house.shop.stock_at("leeds", &tea).await, [9, 3, 0, 0]);

        // The way back is open until somebody else moves something.
        let fields = form(&shown, "7");
        let undo: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let undone = house.sends("/stock/level", &undo).await;
        house.sees(&undone.location).await.says(&["Set from 9 to 7.", "Undo: set back to 9"]);
        assert_eq!(house.shop.stock_at("leeds", &tea).await, [7, 3, 0, 0]);
        house.shop.stock("leeds", "TEA", 1).await;
        let late = house.sees(&undone.location).await;
        assert!(!late.text.contains("Undo"), "{}", late.text);
        // A drawer gets its part alone, also where it is refused.
        let fields = form(&late, "5");
        let sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        house.shop.stock("leeds", "TEA", 2).await;
        let part = house.sends_part("/stock/level", &sent).await;
        part.says(&["You saw 8; there are 10 by now"]);
        assert!(!part.text.contains("<html"), "{}", part.text);
    }

    async fn a_table_is_matched_tried_and_taken(db: TestDb) {
        let house = House::open(db).await;
        let page = house.sees("/import").await;
        let command = page.field("command");
        let fields = [("command", command.as_str()), ("kind", "items")];
        let file = "Our no.;Name\nCUP;A cup\nMUG;\n";
        let place = house.uploads("/import", &fields, "items.csv", file).await.location;
        let table = house.sees(&place).await;
        table.says(&["items.csv", "Our no.", "A cup", "Missing columns: sku"]);
        let (command, merchant) = (table.field("command"), house.shop.merchant_id.to_string());
        let form = |command: &'static str, run: &'static str| {
            [("command", command), ("kind", "items"), ("run", run), ("column.sku", "Our no."), ("column.title", "Name")]
        };
        let whose = [("merchant", merchant.as_str())];
        assert!(!command.is_empty());
        let trial = house.sends(&place, &[&form("t1", "trial")[..], &whose].concat()).await;
        assert!(house.shop.run_operation().await.unwrap());
        house.sees(&trial.location).await.says(&["Import of items", "2 of 2 rows done", "Must be filled in"]);
        assert_eq!(house.shop.count("select count(*) from item where sku = 'CUP'").await, 0);
        let taken = house.sends(&place, &[&form("t2", "real")[..], &whose].concat()).await;
        assert!(house.shop.run_operation().await.unwrap());
        house.sees(&taken.location).await.says(&["MUG", "Finished with refusals"]);
        assert_eq!(house.shop.count("select count(*) from item where sku = 'CUP'").await, 1);
        // The next file of this kind is matched as this one was.
        let fields = [("command", "k3"), ("kind", "items")];
        let next = house.uploads("/import", &fields, "more.csv", file).await.location;
        house.sees(&next).await.says(&["<option value=\"Our no.\" selected>"]);
    }

    async fn whoever_imports_may_stop_it(db: TestDb) {
        let house = House::open(db).await;
        let page = house.sees("/import").await;
        let command = page.field("command");
        let fields = [("command", command.as_str()), ("channel", "web")];
        let file = "external_reference,currency,ship_to_country,external_code,quantity,unit_price\nA-1,EUR,GB,TEA,2,6.50\n";
        let place = house.uploads("/import", &fields, "orders.csv", file).await.location;
        let stop = house.sees(&place).await.field("command");
        let stopped = house.sends(&format!("{place}/cancel"), &[("command", &stop)]).await;
        assert_eq!(stopped.location, place);
        house.sees(&place).await.says(&["Stopping"]);
        assert!(!house.shop.run_operation().await.unwrap(), "nothing of it is done");
        house.sees(&place).await.says(&["Stopped"]);
    }

    async fn whoever_is_not_signed_in_is_led_to_the_door(db: TestDb) {
        let house = House::open(db).await;
        for path in ["/stock", "/stock/ledger?item=itm_1", "/nodes", "/stations", "/receive", "/import"] {
            let heard = house.see("", path).await;
            assert!(heard.goes_to().starts_with("/sign-in?next="), "{path}");
        }
        assert_eq!(house.send("", "/receive", "command=1").await.goes_to(), "/sign-in");
    }
}
