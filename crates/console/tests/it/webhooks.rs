//! Ada tells other systems what happens.

use testkit::{TestDb, both_engines};

use crate::house::House;

both_engines! {
    async fn ada_adds_a_webhook_and_sees_its_secret_once(db: TestDb) {
        let house = House::open(db).await;
        let page = house.sees("/settings/webhooks").await;
        page.says(&["No webhooks yet", "order.accepted"]);
        let command = page.field("command");
        let wrong = [("command", command.as_str()), ("url", "http://169.254.169.254/"), ("description", "")];
        let refused = house.sends("/settings/webhooks", &wrong).await;
        assert_eq!(refused.status, 422);
        refused.says(&["Nothing is sent to this address", "value=\"http://169.254.169.254/\""]);

        let fields = [
            ("command", command.as_str()),
            ("url", "https://shop.example/hook"),
            ("description", "the shop"),
            ("kind", "order.accepted"),
            ("kind", "parcel.dispatched"),
        ];
        let added = house.sends("/settings/webhooks", &fields).await;
        added.says(&["whsec_", "not shown again", "https://shop.example/hook", "parcel.dispatched"]);
        let again = house.sends("/settings/webhooks", &fields).await;
        again.says(&["shown before"]);
        assert!(!again.text.contains("whsec_"));
        house.sees("/settings/webhooks").await.says(&["the shop", "enabled"]);
    }

    async fn ada_looks_after_a_webhook(db: TestDb) {
        let house = House::open(db).await;
        let command = house.sees("/settings/webhooks").await.field("command");
        let fields = [("command", command.as_str()), ("url", "https://shop.example/hook")];
        house.sends("/settings/webhooks", &fields).await;
        let list = house.sees("/settings/webhooks").await.text;
        let (_, rest) = list.split_once("href=\"/settings/webhooks/whe_").unwrap();
        let path = format!("/settings/webhooks/whe_{}", rest.split('"').next().unwrap());

        for (step, says) in [
            ("disable", "It keeps its place"),
            ("enable", "where it had stopped"),
            ("ping", "A test is being sent"),
            ("rotate", "Former secret signs until"),
        ] {
            let command = house.sees(&path).await.field("command");
            let done = house.sends(&format!("{path}/{step}"), &[("command", &command)]).await;
            assert_eq!(done.status, 200, "{step}");
            done.says(&[says]);
        }
        let replay = |first: &'static str, last: &'static str| {
            let (house, path) = (&house, &path);
            async move {
                let command = house.sees(path).await.field("command");
                let fields = [("command", command.as_str()), ("first", first), ("last", last)];
                house.sends(&format!("{path}/replay"), &fields).await
            }
        };
        assert_eq!(replay("1", "999999").await.status, 422);
        replay("x", "1").await.says(&["Choose positions that exist"]);
        runtime::event::sequence(&house.shop.runtime).await.unwrap();
        replay("1", "2").await.says(&["being sent again", "Sending again"]);
        replay("1", "2").await.says(&["already"]);
        assert_eq!(house.sees("/settings/webhooks/whe_none").await.status, 404);
    }

    async fn c3_ada_changes_and_removes_a_webhook_as_her_page_shows_it(db: TestDb) {
        let house = House::open(db).await;
        let command = house.sees("/settings/webhooks").await.field("command");
        let fields = [("command", command.as_str()), ("url", "https://shop.example/hook")];
        house.sends("/settings/webhooks", &fields).await;
        let list = house.sees("/settings/webhooks").await.text;
        let (_, rest) = list.split_once("href=\"/settings/webhooks/whe_").unwrap();
        let path = format!("/settings/webhooks/whe_{}", rest.split('"').next().unwrap());

        let page = house.sees(&path).await;
        let (command, version) = (page.field("command"), page.field("version"));
        let change = async |command: &str, url: &str| {
            let fields = [
                ("command", command),
                ("version", version.as_str()),
                ("url", url),
                ("description", "the shop"),
                ("kind", "order.accepted"),
            ];
            house.sends(&format!("{path}/change"), &fields).await
        };
        let wrong = change(&command, "http://169.254.169.254/").await;
        assert_eq!(wrong.status, 422);
        wrong.says(&["Nothing is sent to this address", "value=\"http://169.254.169.254/\""]);
        let changed = change(&command, "https://shop.example/other").await;
        assert_eq!(changed.status, 200);
        changed.says(&["Changed.", "<h1>https://shop.example/other</h1>", "the shop", "order.accepted"]);
        let late = change("another", "https://shop.example/third").await;
        late.says(&["changed since you opened", "<h1>https://shop.example/other</h1>"]);

        let old = [("command", "third"), ("version", version.as_str())];
        house.sends(&format!("{path}/removal"), &old).await.says(&["changed since you opened"]);
        let page = house.sees(&path).await;
        let (command, version) = (page.field("command"), page.field("version"));
        let removal = [("command", command.as_str()), ("version", version.as_str())];
        house.sends(&format!("{path}/removal"), &removal).await.says(&["The webhook is removed", "No webhooks yet"]);
        assert_eq!(house.sees(&path).await.status, 404);
    }
}
