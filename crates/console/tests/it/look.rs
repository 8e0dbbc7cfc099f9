//! How the organisation and its merchants look, to staff and to customers.

use axum::http::StatusCode;
use testkit::{TestDb, both_engines};

use crate::house::{Heard, House};

const PLAIN: [(&str, &str); 5] = [
    ("display_name", "Green Leaf"),
    ("accent", "#7a1f6b"),
    ("support_email", "help@leaf.example"),
    ("support_phone", "+44 (113) 496-0000"),
    ("support_link", "https://leaf.example/help?a=1"),
];

const DRAWN: &str =
    "<svg viewBox='0 0 9 9' onload='alert(1)'><script>alert(2)</script><path d='M0 0h9v9z'/></svg>";

/// The form with what is changed in it.
async fn sends(house: &House, path: &str, changed: &[(&str, &str)], file: &str) -> Heard {
    let command = house.sees(path).await.field("command");
    let mut fields = vec![("command", command.as_str())];
    for (name, value) in PLAIN {
        let other = changed.iter().find(|(changed, _)| *changed == name);
        fields.push((name, other.map_or(value, |(_, other)| other)));
    }
    fields.extend(changed.iter().filter(|(name, _)| PLAIN.iter().all(|(plain, _)| plain != name)));
    house.uploads(path, &fields, "logo.svg", file).await
}

both_engines! {
    async fn ada_gives_the_house_its_looks_and_every_page_has_them(db: TestDb) {
        let house = House::open(db).await;
        let sent = sends(&house, "/settings/look", &[("has_accent", "yes")], DRAWN).await;
        assert_eq!((sent.status, sent.location.as_str()), (StatusCode::SEE_OTHER, "/settings/look"), "{}", sent.text);
        let seen = house.sees("/orders").await;
        seen.says(&["Green Leaf", "/brand/colour/7a1f6b", "/brand/logo/"]);
        let logo = seen.text.split("src=\"/brand/logo/").nth(1).unwrap().split('"').next().unwrap();
        let answer = house.see("", &format!("/brand/logo/{logo}")).await;
        assert_eq!(answer.headers["content-type"], "image/svg+xml");
        assert!(answer.headers["content-security-policy"].to_str().unwrap().ends_with("sandbox"));
        assert!(!answer.text().contains("alert") && answer.text().contains("M0 0h9v9z"));
        house.see("", "/sign-in").await.text().split_once("Green Leaf").expect("it stands at the door");
        let sheet = house.see("", "/brand/colour/7a1f6b").await.text();
        assert!(sheet.starts_with(":root { --accent: light-dark(#7a1f6b, #"), "{sheet}");
        for colour in ["7a1f6", "%22%7d*", "red"] {
            let none = house.see("", &format!("/brand/colour/{colour}")).await;
            assert_eq!(none.status, StatusCode::NOT_FOUND, "{colour}");
        }

        let gone = sends(&house, "/settings/look", &[("has_no_logo", "yes")], "").await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER);
        assert_eq!(house.see("", &format!("/brand/logo/{logo}")).await.status, StatusCode::NOT_FOUND);
        let plain = house.sees("/orders").await;
        assert!(!plain.text.contains("/brand/"), "neither colour nor logo is left");
        house.shop.settles().await;
        house.sees("/settings/audit?kind=organisation.branded").await.says(&["Green Leaf", "#7a1f6b"]);
    }

    async fn a_colour_that_cannot_be_read_is_refused_with_one_that_can(db: TestDb) {
        let house = House::open(db).await;
        let pale = sends(&house, "/settings/look", &[("has_accent", "yes"), ("accent", "#ffcc00")], "").await;
        assert_eq!(pale.status, StatusCode::UNPROCESSABLE_ENTITY);
        pale.says(&["could not be read on light pages", "The nearest that can be is #", "Green Leaf", "#ffcc00"]);
        for (changed, says) in [
            (("support_link", "javascript:alert(1)"), "begins with https://"),
            (("support_phone", "call us"), "A telephone number"),
            (("support_email", "help"), "not an e-mail address"),
        ] {
            let refused = sends(&house, "/settings/look", &[changed], "").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{changed:?}");
            refused.says(&[says]);
        }
        let long = "x".repeat(200_000);
        for file in ["GIF89a", "<html></html>", long.as_str()] {
            sends(&house, "/settings/look", &[], file).await.says(&["no PNG or SVG picture"]);
        }
        assert!(!house.sees("/orders").await.text.contains("Green Leaf"), "nothing was changed");
    }

    async fn customers_see_the_looks_of_who_sold_to_them(db: TestDb) {
        let house = House::open(db).await;
        let shop = &house.shop;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let order_id = shop.accepts(shop.order("web", "P-1", "leeds", &[("TEA", 1)])).await.order_id;
        let path = format!("/settings/merchants/{}/look", shop.merchant_id);
        sends(&house, "/settings/look", &[("has_accent", "yes"), ("display_name", "The House")], DRAWN).await;
        let page = house.sees(&format!("/orders/{order_id}")).await.text;
        let link = page.split("href=\"/track/").nth(1).unwrap().split('"').next().unwrap();
        let link = format!("/track/{link}");
        let seen = house.see("", &link).await.text();
        assert!(seen.contains("/brand/colour/7a1f6b") && seen.contains("/brand/logo/"), "{seen}");
        assert!(!seen.contains("The House"), "the organisation did not sell it");
        let own = [("has_accent", "yes"), ("accent", "#00539b"), ("support_link", "")];
        assert_eq!(sends(&house, &path, &own, "").await.status, StatusCode::SEE_OTHER);
        let seen = house.see("", &link).await.text();
        for word in ["Green Leaf", "/brand/colour/00539b", "tel:+441134960000", "mailto:help@leaf.example"] {
            assert!(seen.contains(word), "{word} in {seen}");
        }
        assert!(!seen.contains("leaf.example/help"), "whom to ask is one thing");
        let none = house.sees("/settings/merchants/mer_nobody/look").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    }
}
