//! Ada rules what channels may sell.

use testkit::{TestDb, both_engines};

use crate::house::House;

both_engines! {
    /// R5, by forms that work without a script.
    async fn ada_dedicates_units_to_channels_and_moves_them(db: TestDb) {
        let house = House::open(db).await;
        house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 100).await;
        house.sees("/stock").await.says(&["/channel-stock"]);
        let board = house.sees("/channel-stock").await;
        board.says(&["What channels may sell", "Fine TEA", "<b>100</b>", "shares"]);
        for (channel, units) in [("web", "60"), ("market", "10")] {
            let page = house.sees("/channel-stock").await.text;
            let form = page.split("action=\"/channel-stock/quotas\"").nth(1).unwrap();
            let command = form.split("name=\"command\" value=\"").nth(1).unwrap().split('"').next().unwrap();
            let fields = [("command", command), ("item", "TEA"), ("channel", channel), ("units", units)];
            house.sends("/channel-stock/quotas", &fields).await.says(&["The quota is set."]);
        }
        let board = house.sees("/channel-stock?q=tea").await;
        board.says(&["60 of 60 left", "10 of 10 left", "<b>30</b>", "others are set aside"]);
        let command = board.field("command");
        let fields = |units| {
            [("command", command.as_str()), ("item", "TEA"), ("from", "web"), ("to", "market"), ("units", units)]
        };
        let refused = house.sends("/channel-stock/moves", &fields("61")).await;
        assert_eq!(refused.status, 422);
        refused.says(&["60 of this quota are left", "value=\"61\""]);
        let board = house.sends("/channel-stock/moves", &fields("40")).await;
        board.says(&["Moved: 40 × TEA", "20 of 20 left", "50 of 50 left", "<b>30</b>"]);
        house.sends("/channel-stock/moves", &fields("40")).await.says(&["20 of 20 left", "50 of 50 left"]);
    }

    async fn ada_rules_from_where_a_channel_sells(db: TestDb) {
        let house = House::open(db).await;
        house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 4).await;
        house.shop.stock("york", "TEA", 9).await;
        let places = house.shop.find_places(vec![("leeds".into(), String::new())]).await.unwrap();
        let leeds = places[0].0.clone().unwrap().to_string();
        let page = house.sees("/channel-stock/policy?channel=market").await;
        page.says(&["market: what it may sell", "Nothing is ruled", "leeds"]);
        let rule = |command: String, does: &'static str, buffer: &'static str| {
            let (house, leeds) = (&house, &leeds);
            async move {
                let fields = [
                    ("command", command.as_str()),
                    ("channel", "market"),
                    ("item", ""),
                    ("is_on", "yes"),
                    ("node_rule", "except"),
                    ("node", leeds.as_str()),
                    ("buffer", buffer),
                    ("min_life_days", "0"),
                    ("does", does),
                ];
                house.sends("/channel-stock/policy", &fields).await
            }
        };
        let wrong = rule(page.field("command"), "set", "-1").await;
        assert_eq!(wrong.status, 422);
        wrong.says(&["check nodes and numbers"]);
        let saved = rule(wrong.field("command"), "set", "2").await;
        saved.says(&["Saved.", "Take the rule away"]);
        house.sees("/channel-stock").await.says(&["<b>7</b>", "a buffer is hidden"]);
        rule(saved.field("command"), "clear", "2").await.says(&["Saved.", "Nothing is ruled"]);
        assert_eq!(house.sees("/channel-stock/policy?channel=nothing").await.status, 404);
    }
}
