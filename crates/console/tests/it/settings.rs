//! People and what they may do, through plain links and forms.

use axum::http::StatusCode;
use flows::cancel::CancelOrder;
use http_body_util::BodyExt;
use people::{Assignment, NewStaff, Role, Secret};
use runtime::Call;
use testkit::TestDb;
use web::Access;

use crate::house::House;
use crate::office::PASSWORD;

testkit::both_engines! {
    async fn ada_invites_bob_who_joins_and_sees_what_a_picker_sees(db: TestDb) {
        let house = House::open(db).await;
        house.sees("/settings/people").await.says(&["Ada", "Owner", "Invite somebody"]);
        let invite = [("email", "bob@shop.example"), ("role", "picker"), ("area", "")];
        let invited = house.sends("/settings/people/invitations", &invite).await;
        invited.says(&["The invitation is ready", "bob@shop.example"]);
        let (_, link) = invited.text.split_once("/join/").expect("a link");
        let link = format!("/join/{}", link.split('"').next().unwrap());

        house.see("", &link).await.says(&["Tea &#38; Co", "bob@shop.example"]);
        let short = house.send("", &link, "name=Bob&password=short").await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        let joined = house.send("", &link, "name=Bob&password=correct+horse+battery").await;
        assert_eq!(joined.goes_to(), "/");
        let bob = joined.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        assert_eq!(house.see("", &link).await.status, StatusCode::NOT_FOUND, "once");

        // What he may look at is what he is led to and shown.
        assert_eq!(house.see(&bob, "/").await.goes_to(), "/nodes");
        let stations = house.see(&bob, "/stations").await;
        stations.says(&["leeds"]);
        stations.does_not_say(&["href=\"/orders\"", "role=\"search\""]);
        let refused = house.see(&bob, "/orders").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        refused.says(&["It takes: See orders."]);
        assert_eq!(house.see(&bob, "/settings").await.goes_to(), "/settings/roles");
        house.see(&bob, "/settings/sessions").await.says(&["this one"]);
    }

    async fn c23_a_role_given_and_taken_on_the_page_counts_at_once(db: TestDb) {
        let house = House::open(db).await;
        let page = house.sees("/settings/people").await;
        let (_, rest) = page.text.split_once("/settings/people/usr_").expect("Ada");
        let ada = format!("/settings/people/usr_{}", rest.split('/').next().unwrap());
        let last = house.sends(&format!("{ada}/roles/removals"), &[("role", "owner")]).await;
        assert_eq!(last.status, StatusCode::CONFLICT);
        last.says(&["Somebody must own the organisation"]);
        let given = house.sends(&format!("{ada}/roles"), &[("role", "finance")]).await;
        assert_eq!(given.location, "/settings/people");
        house.shop.settles().await;
        house.sees("/settings/audit?kind=role.").await.says(&["role.given", "finance", "Ada"]);
        house.sees("/settings/audit?text=nobody-wrote-this").await.says(&["No changes found"]);
    }

    async fn c23_a_live_stream_ends_when_its_reader_may_no_longer_look(db: TestDb) {
        let house = House::open(db).await;
        let (runtime, all) = (house.shop.runtime.clone(), Access::full());
        let watcher = NewStaff {
            email: "eve@shop.example".into(),
            name: "Eve".into(),
            password: Secret::new(PASSWORD),
            language: "en".into(),
        };
        let auditor = Assignment::everywhere(Role::Auditor);
        let call = || Call::by("test");
        let eve = people::enrol(&runtime, call(), &all, watcher, vec![auditor.clone()]).await.unwrap();
        let form = format!("email=eve@shop.example&password={}", PASSWORD.replace(' ', "+"));
        let entered = house.send("", "/sign-in", &form).await;
        let cookie = entered.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut stream = house.follow(&cookie, "/live/dashboard").await;
        assert!(stream.frame().await.is_some(), "she looks");
        people::unassign(&runtime, call(), &all, eve, auditor).await.unwrap();
        house.shop.settles().await;
        assert!(stream.frame().await.is_none(), "it ends");
        assert_eq!(house.see(&cookie, "/live/dashboard").await.status, StatusCode::FORBIDDEN);
    }

    async fn ada_makes_a_key_once_and_revokes_it(db: TestDb) {
        let house = House::open(db).await;
        let fields = [("name", "Web shop"), ("days", "30"), ("area", ""), ("may.orders.write", "on")];
        let made = house.sends("/settings/keys", &fields).await;
        made.says(&["The key is ready", "qm_live_", "Web shop", "Place orders"]);
        let (_, key) = made.text.split_once("value=\"qm_live_").unwrap();
        let id = format!("ses_{}", key.split('_').next().unwrap());
        assert!(!house.sees("/settings/keys").await.text.contains("qm_live_"), "it is shown once");
        let nothing = house.sends("/settings/keys", &fields[..3]).await;
        assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
        house.sends(&format!("/settings/keys/{id}/revocation"), &[]).await;
        house.sees("/settings/keys").await.says(&["No keys"]);
    }

    async fn a_merchant_is_added_once_and_renamed(db: TestDb) {
        let house = House::open(db).await;
        let command = house.sees("/settings/merchants").await.field("command");
        let fields = [("command", command.as_str()), ("name", "Coffee House")];
        for _ in 0..2 {
            assert_eq!(house.sends("/settings/merchants", &fields).await.location, "/settings/merchants");
        }
        let listed = house.sees("/settings/merchants").await;
        assert_eq!(listed.text.matches("Coffee House").count(), 1);
        let (before, _) = listed.text.split_once("Coffee House").unwrap();
        let id = before.rsplit("/settings/merchants/").next().unwrap().split('"').next().unwrap();
        let address = format!("/settings/merchants/{id}");
        assert_eq!(house.sends(&address, &[("name", "")]).await.status, StatusCode::BAD_REQUEST);
        house.sends(&address, &[("name", "Bean House")]).await;
        house.sees("/settings/merchants").await.says(&["Bean House"]);
    }

    async fn a_customer_is_looked_up_and_forgotten(db: TestDb) {
        let house = House::open(db).await;
        let shop = &house.shop;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let mut order = shop.order("web", "P-1", "leeds", &[("TEA", 1)]);
        order.customer_email = "zoe@mail.example".into();
        let order_id = shop.accepts(order).await.order_id;
        shop.settles().await;
        house.sees("/settings/privacy").await.says(&["Forget a customer"]);
        house.sends("/settings/privacy", &[("whom", "Zoe")]).await.says(&["neither an e-mail address", "Zoe"]);
        house.sends("/settings/privacy", &[("whom", "ann@mail.example")]).await.says(&["Nobody is known by that"]);
        let asked = [("whom", "Zoe@mail.example")];
        house.sends("/settings/privacy", &asked).await.says(&["P-1", "Is under way and stays for now"]);
        let left = house.sends("/settings/privacy/erasure", &asked).await;
        left.says(&["0 orders erased", "need their address", order_id.as_str()]);

        let cancel = CancelOrder { order_id, line_nos: Vec::new(), reason: "asked".into() };
        shop.cancel(Call::by("support"), cancel).await.unwrap();
        shop.settles().await;
        house.sends("/settings/privacy", &asked).await.says(&["Will be erased", "Erase 1 order for good"]);
        house.sends("/settings/privacy/erasure", &asked).await.says(&["1 order erased"]);
        house.sends("/settings/privacy/erasure", &asked).await.says(&["0 orders erased"]);
        shop.settles().await;
        house.sees("/settings/audit?kind=order.erased").await.says(&["order.erased", "Ada"]);
    }
}
