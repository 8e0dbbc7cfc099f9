//! Statements, entitlements and swaps, over a real database.

use axum::http::StatusCode;
use kernel::MerchantId;
use testkit::TestDb;

use crate::house::House;

/// A company with tea in Leeds and Bristol, and somebody to sell it to.
async fn opened(db: TestDb) -> (House, MerchantId) {
    let house = House::open(db).await;
    house.shop.sells("TEA").await;
    house.shop.stock("leeds", "TEA", 10).await;
    house.shop.stock("bristol", "TEA", 8).await;
    let trade = house.shop.takes_in("Northern Trade", "north").await;
    (house, trade)
}

testkit::both_engines! {
    async fn r6_goods_change_hands_by_a_form_and_both_statements_show_it(db: TestDb) {
        let (house, trade) = opened(db).await;
        let own = house.shop.merchant_id.clone();
        let page = house.sees("/ownership").await;
        page.says(&["Nothing changed hands", "No reseller is entitled", "Northern Trade"]);
        house.sees("/stock").await.says(&["href=\"/ownership\""]);
        let (key, price) = (page.field("command"), "4.50");
        let form = |key: &str, units: &str, reference: &str| {
            let parties = [("giver", own.as_str()), ("taker", trade.as_str())];
            let goods = [("node", "leeds"), ("item", "TEA"), ("quantity", units), ("price", price)];
            let rest = [("reference", reference), ("command", key)];
            let all = parties.into_iter().chain(goods).chain(rest);
            all.map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>()
        };
        let send = async |fields: Vec<(&'static str, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            house.sends("/ownership/transfers", &fields).await
        };
        let short = send(form(&key, "11", "PO 7")).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        short.says(&["Only 10 are free there", "PO 7", &key]);
        send(form(&key, "0", "PO 7")).await.says(&["Not a whole number above zero"]);
        send(form(&key, "4", "")).await.says(&["1 to 200 characters"]);
        let done = send(form(&key, "4", "PO 7")).await;
        assert_eq!(done.status, StatusCode::OK);
        done.says(&["4 units changed hands for", "18.00", "PO 7", "Ada"]);
        send(form("k-again", "4", "PO 7")).await.says(&["nothing was changed"]);
        send(form("k-other", "5", "PO 7")).await.says(&["used for another transfer"]);

        house.sees(&format!("/ownership?merchant={trade}&with={own}")).await.says(&["18.00", "PO 7", "Fine TEA"]);
        let later = house.sees(&format!("/ownership?merchant={trade}&from=2027-01-01")).await;
        later.says(&["Nothing changed hands"]);
        let file = house.sees(&format!("/ownership/statement.csv?merchant={trade}")).await;
        assert_eq!(file.text.lines().count(), 2);
        file.says(&["happened_at,settlement_line_id", "TEA,leeds,4,4.50,18.00,EUR"]);
        house.shop.holds().await;
    }

    async fn r8_a_reseller_is_entitled_by_a_form(db: TestDb) {
        let (house, trade) = opened(db).await;
        let own = house.shop.merchant_id.clone();
        let form = |granted| {
            [
                ("brand", own.as_str()),
                ("reseller", trade.as_str()),
                ("item", "TEA"),
                ("granted", granted),
                ("price", "6"),
            ]
        };
        let granted = house.sends("/ownership/entitlements", &[&form("5")[..], &[("command", "k1")]].concat()).await;
        granted.says(&["Northern Trade may sell 5 in all", "5 of 5", "6.00"]);
        let known = house.shop.find_places(vec![(String::new(), "TEA".into())]).await.unwrap();
        let (tea, _) = known.into_iter().next().unwrap().1.unwrap();
        house.shop.lists("north", "TEA", &tea, 1).await;
        house.shop.accepts(house.shop.order("north", "#9", "leeds", &[("TEA", 2)])).await;
        house.sees(&format!("/ownership?merchant={trade}")).await.says(&["3 of 5", "12.00", "#9", "href=\"/orders/ord_"]);
        let below = house.sends("/ownership/entitlements", &[&form("1")[..], &[("command", "k2")]].concat()).await;
        assert_eq!(below.status, StatusCode::UNPROCESSABLE_ENTITY);
        below.says(&["2 were sold already"]);
    }

    async fn r7_a_swap_is_proposed_and_made(db: TestDb) {
        let (house, trade) = opened(db).await;
        let own = house.shop.merchant_id.clone();
        let parties = [("giver", own.as_str()), ("taker", trade.as_str()), ("node", "bristol"), ("item", "TEA")];
        let rest = [("quantity", "6"), ("price", "0"), ("reference", "PO 1"), ("command", "k1")];
        house.sends("/ownership/transfers", &[parties, rest].concat()).await.says(&["6 units changed hands"]);
        house.sees("/ownership/swaps").await.says(&["What would be carried?"]);
        let way = format!("owner={own}&item=TEA&from=leeds&to=bristol&quantity=8&cost=50&km=200");
        let found = house.sees(&format!("/ownership/swaps?{way}")).await;
        found.says(&["Northern Trade", "6 units.", "2 units must be carried all the same", "2 days earlier"]);
        let swap = [
            ("owner", own.as_str()),
            ("partner", trade.as_str()),
            ("item", "TEA"),
            ("from", "leeds"),
            ("to", "bristol"),
            ("quantity", "6"),
            ("command", "k2"),
        ];
        house.sends("/ownership/swaps", &swap).await.says(&["6 units were swapped"]);
        house.sends("/ownership/swaps", &[&swap[..6], &[("command", "k3")]].concat()).await.says(&["are free there"]);
        house.shop.holds().await;
    }
}
