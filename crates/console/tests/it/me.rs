//! What a person sets for themselves, and what the organisation sets for all.

use axum::http::StatusCode;
use testkit::{TestDb, both_engines};

use crate::house::House;
use crate::office::{EMAIL, PASSWORD};

const NEW: &str = "a quite other password";

/// Signs in anew, as on another device; gives the cookie.
async fn enters(house: &House, password: &str) -> Option<String> {
    let form = format!("email={EMAIL}&password={}", password.replace(' ', "+"));
    let entered = house.send("", "/sign-in", &form).await;
    let cookie = entered.headers.get("set-cookie").filter(|_| entered.status == StatusCode::SEE_OTHER)?;
    Some(cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
}

both_engines! {
    async fn what_ada_sets_holds_on_every_device_of_hers(db: TestDb) {
        let house = House::open(db).await;
        let phone = enters(&house, PASSWORD).await.unwrap();
        let fields =
            [("language", "bg"), ("time_zone", "Asia/Taipei"), ("theme", "dark"), ("density", "dense")];
        let saved = house.sends("/settings/me", &fields).await;
        assert_eq!(saved.location, "/settings/me?done=saved", "{}", saved.text);
        house.sees("/settings/me?done=saved").await.says(&["Настройките ви са запазени", "Asia/Taipei"]);
        let there = house.see(&format!("{phone}; qm_language=id; qm_theme=light"), "/orders").await.text();
        for word in ["lang=\"bg\"", "data-theme=\"dark\"", "data-density=\"dense\"", "Asia/Taipei"] {
            assert!(there.contains(word), "{word}");
        }
        house.send(&phone, "/preferences", "language=en&theme=light").await;
        house.sees("/orders").await.says(&["lang=\"en\"", "data-theme=\"light\"", "data-density=\"dense\""]);
        for (field, value) in [("time_zone", "Mars/Olympus"), ("theme", "pink"), ("density", "tight"), ("language", "xx")] {
            let wrong = fields.map(|(name, was)| (name, if name == field { value } else { was }));
            let refused = house.sends("/settings/me", &wrong).await;
            assert!(refused.status.is_client_error(), "{field}: {}", refused.status);
        }
        house.sees("/orders").await.says(&["lang=\"en\"", "Asia/Taipei"]);
    }

    async fn a_new_password_ends_the_other_sessions_and_a_wrong_one_changes_nothing(db: TestDb) {
        let house = House::open(db).await;
        let phone = enters(&house, PASSWORD).await.unwrap();
        let wrong = house.sends("/settings/me/password", &[("old", "not it at all"), ("new", NEW)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says(&["not the password you have"]);
        let short = house.sends("/settings/me/password", &[("old", PASSWORD), ("new", "short")]).await;
        short.says(&["at least 12 characters"]);
        assert_eq!(house.see(&phone, "/orders").await.status, StatusCode::OK);
        let done = house.sends("/settings/me/password", &[("old", PASSWORD), ("new", NEW)]).await;
        assert_eq!(done.location, "/settings/me?done=password");
        house.sees("/settings/me?done=password").await.says(&["your other sessions have ended", "this one"]);
        assert_eq!(house.see(&phone, "/orders").await.goes_to(), "/sign-in?next=%2Forders");
        assert!(enters(&house, PASSWORD).await.is_none());
        assert!(enters(&house, NEW).await.is_some());
        house.shop.settles().await;
        house.sees("/settings/audit?kind=staff.password").await.says(&["staff.password_changed", "Ada"]);
    }

    async fn who_tries_passwords_at_an_open_screen_is_locked_out(db: TestDb) {
        let house = House::open(db).await;
        let tries = [("old", "not it at all"), ("new", NEW)];
        let mut last = StatusCode::OK;
        for _ in 0..12 {
            last = house.sends("/settings/me/password", &tries).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let right = house.sends("/settings/me/password", &[("old", PASSWORD), ("new", NEW)]).await;
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "not even the right one is looked at");
    }

    async fn clocks_are_the_organisation_s_at_a_node_the_node_s_and_one_s_own_before_both(db: TestDb) {
        let house = House::open(db).await;
        let command = house.sees("/settings/look").await.field("command");
        let fields = [("command", command.as_str()), ("name", "Green Leaf"), ("time_zone", "Asia/Jakarta")];
        assert_eq!(house.sends("/settings/look/organisation", &fields).await.location, "/settings/look");
        house.sees("/settings/audit").await.says(&["Times are in Asia/Jakarta", "Green Leaf"]);
        house.sees("/settings/me").await.says(&["(Asia/Jakarta)\""]);
        let nodes = house.sees("/nodes").await.text;
        let node = nodes.split("href=\"/nodes/nod_").nth(1).unwrap().split('"').next().unwrap();
        let node = format!("/nodes/nod_{node}");
        house.sees(&node).await.says(&["Times are in Europe/London"]);
        let own =
            [("language", "en"), ("time_zone", "Asia/Taipei"), ("theme", "device"), ("density", "comfortable")];
        house.sends("/settings/me", &own).await;
        house.sees(&node).await.says(&["Times are in Asia/Taipei"]);

        let command = house.sees("/settings/look").await.field("command");
        let fields = [("command", command.as_str()), ("name", "Green Leaf"), ("time_zone", "Mars/Olympus")];
        let refused = house.sends("/settings/look/organisation", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&["no such time zone", "Mars/Olympus"]);
        house.shop.settles().await;
        house.sees("/settings/audit?kind=organisation.").await.says(&["organisation.clocks_set", "Asia/Jakarta"]);
    }
}
