//! A shared device on the floor: set up, scanned at, and passed on.

use axum::http::{StatusCode, header};
use testkit::TestDb;

use crate::house::House;
use crate::office::Seen;

/// What the browser keeps after this answer, of this name.
fn cookie(seen: &Seen, name: &str) -> String {
    let cookies = seen.headers.get_all(header::SET_COOKIE).iter();
    let found = cookies.filter_map(|value| value.to_str().ok()).find(|value| value.starts_with(name));
    found.unwrap_or_else(|| panic!("no {name}")).split(';').next().unwrap().to_owned()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(after).next().unwrap()
}

testkit::both_engines! {
    async fn a_badge_scanned_at_a_shared_device_leads_to_its_station_and_back_to_the_page(db: TestDb) {
        let house = House::open(db).await;
        let page = house.sees("/settings/badges").await;
        page.says(&["No badges", "No devices"]);
        let user = between(&page.text, "<option value=\"usr_", "\"").to_owned();
        let node = between(&page.text, "<option value=\"nod_", "\"").to_owned();

        let added = house
            .sends("/settings/devices", &[("name", "Scanner 3"), ("node_id", &format!("nod_{node}"))])
            .await;
        added.says(&["The device is added", "Scanner 3"]);
        let path = format!("/device/{}", between(&added.text, "/device/", "\""));
        house.see("", &path).await.says(&["Scanner 3", "Use as a shared device"]);
        let taken = house.send("", &path, "").await;
        assert_eq!(taken.goes_to(), "/badge");
        let device = cookie(&taken, "qm_device");
        assert_eq!(house.see("", &path).await.status, StatusCode::NOT_FOUND, "once");

        let weak = house.sends("/settings/badges", &[("user_id", &format!("usr_{user}")), ("pin", "123")]).await;
        assert_eq!(weak.status, StatusCode::BAD_REQUEST);
        let made = house.sends("/settings/badges", &[("user_id", &format!("usr_{user}")), ("pin", "271828")]).await;
        made.says(&["The badge is ready", "class=\"barcode\"", "Ada"]);
        let code = format!("QB{}", between(&made.text, "<span class=\"code\">QB", "<"));
        assert!(!house.sees("/settings/badges").await.text.contains(&code), "shown once");

        // Whoever is not signed in at the device is asked for a badge, and comes back to the page.
        let next = format!("/stations/nod_{node}");
        let away = house.see(&device, &next).await;
        let door = away.goes_to().to_owned();
        let badge = house.see(&device, &door).await.goes_to().to_owned();
        assert!(badge.starts_with("/badge?next="), "{badge}");
        house.see(&device, &badge).await.says(&["Scan your badge", "Scanner 3"]);
        assert_eq!(house.send(&device, "/badge", "code=QB0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        house.send(&device, "/badge", &format!("code={code}&next={next}")).await.says(&["Your PIN", &code]);
        let wrong = house.send(&device, "/badge", &format!("code={code}&pin=000001&next={next}")).await;
        wrong.says(&["not the PIN"]);
        let entered = house.send(&device, "/badge", &format!("code={code}&pin=271828&next={next}")).await;
        assert_eq!(entered.goes_to(), next);
        let session = format!("{device}; {}", cookie(&entered, "qm_session"));
        house.see(&session, &next).await.says(&["Ada"]);
        assert_eq!(house.see(&session, "/settings/people").await.status, StatusCode::FORBIDDEN, "the floor only");
        let elsewhere = house.send(&device, "/badge", &format!("code={code}&pin=271828&next=//evil.example")).await;
        assert_eq!(elsewhere.goes_to(), next, "and no other site");
        // The password still lets in.
        house.see(&device, "/sign-in?by=password").await.says(&["Password"]);
        assert_eq!(house.send("", "/badge", &format!("code={code}&pin=271828")).await.goes_to(), "/sign-in");
    }
}
