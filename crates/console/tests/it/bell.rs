//! The bell: what somebody hears of, and what stands among the exceptions when something does not hold.

use http_body_util::BodyExt;
use operations::{End, NewOperation};
use people::{Assignment, NewStaff, Role, Secret};
use runtime::{Call, Finding};
use testkit::{TestDb, both_engines};
use web::Access;

use crate::house::House;
use crate::office::{EMAIL, PASSWORD};

/// Long work that Ada asked for comes to its end.
async fn ends(house: &House, about: &str) {
    let runtime = &house.shop.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let ada = runtime.read(move |tx| {
        Box::pin(async move { people::find_staff_by_email(tx, &organisation_id, EMAIL).await })
    });
    let actor = format!("user:{}", ada.await.unwrap().unwrap().user_id);
    let new = NewOperation {
        kind: "test.nothing",
        about: about.into(),
        request: serde_json::json!({}),
        total: None,
    };
    let started = runtime.run(Call::by(actor), move |cx| {
        let new = new.clone();
        Box::pin(async move { operations::start(cx, &new).await })
    });
    started.await.unwrap();
    let run = operations::claim(runtime).await.unwrap().expect("it waits");
    let ended = runtime.run(Call::by("test"), move |cx| {
        let run = run.clone();
        Box::pin(async move { operations::end(cx, &run, &End::Succeeded(None)).await })
    });
    ended.await.unwrap();
    house.shop.settles().await;
}

/// Somebody else on the staff; gives the cookie.
async fn colleague(house: &House, role: Role) -> String {
    let eve = NewStaff {
        email: "eve@shop.example".into(),
        name: "Eve".into(),
        password: Secret::new(PASSWORD),
        language: "en".into(),
    };
    let roles = vec![Assignment::everywhere(role)];
    people::enrol(&house.shop.runtime, Call::by("test"), &Access::full(), eve, roles).await.unwrap();
    let form = format!("email=eve@shop.example&password={}", PASSWORD.replace(' ', "+"));
    let entered = house.send("", "/sign-in", &form).await;
    entered.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

both_engines! {
    async fn whoever_asked_for_long_work_hears_of_its_end_once_and_nobody_else(db: TestDb) {
        let house = House::open(db).await;
        let eve = colleague(&house, Role::Picker).await;
        let badge = "<span class=\"badge\">1</span>";
        assert!(!house.sees("/orders").await.text.contains("class=\"badge\""));
        ends(&house, "TEA-LIST.csv").await;
        house.sees("/orders").await.says(&[badge]);
        let told = house.sees("/notifications").await;
        told.says(&["TEA-LIST.csv", "Your work that is done"]);
        assert!(!house.see(&eve, "/notifications").await.text().contains("TEA-LIST.csv"));

        let (position, until) = (told.field("position"), told.field("until"));
        let later = house.shop.runtime.now() + jiff::SignedDuration::from_secs(60);
        house.shop.runtime.clock.advance_to(later);
        ends(&house, "LATER.csv").await;
        house.sends("/notifications", &[("position", &position), ("until", &until)]).await;
        let left = house.sees("/notifications").await;
        left.says(&["LATER.csv", badge]);
        assert!(!left.text.contains("TEA-LIST.csv"), "what was on the page is read, and nothing more");
    }

    async fn the_bell_is_heard_while_a_page_is_open_and_ends_with_the_session(db: TestDb) {
        let house = House::open(db).await;
        let eve = colleague(&house, Role::Picker).await;
        let mut stream = house.follow(&eve, "/live/bell").await;
        let first = stream.frame().await.unwrap().unwrap().into_data().unwrap();
        let first = String::from_utf8(first.to_vec()).unwrap();
        assert!(first.contains("id=\"bell\"") && !first.contains("class=\"badge\""), "{first}");
        house.send(&eve, "/sign-out", "").await;
        house.shop.settles().await;
        assert!(stream.frame().await.is_none(), "it ends");
    }

    async fn a_broken_invariant_stands_among_the_exceptions_until_it_holds(db: TestDb) {
        let house = House::open(db).await;
        let name = "stock.held_for_orders";
        let finding = Finding { invariant: name.into(), detail: "itm_1 at nod_1: ledger 2/0/0, orders 0/0/0".into() };
        house.shop.flows.note_breach(name, &[finding]).await.unwrap();
        house.sees("/exceptions").await.says(&["What must hold and does not", name, "ledger 2/0/0", "Check again"]);
        let clerk = colleague(&house, Role::Support).await;
        let seen = house.see(&clerk, "/exceptions").await;
        assert!(!seen.text().contains(name), "not for those who may not see operations");
        let fields = [("cause", "invariants"), ("show", "open"), ("step", "check"), ("subject", name)];
        let refused = house.send(&clerk, "/exceptions", &format!("step=check&subject={name}")).await;
        assert!(refused.status.is_client_error());
        let checked = house.sends("/exceptions", &fields).await;
        assert_eq!(checked.location, "/exceptions?show=open");
        assert!(!house.sees("/exceptions").await.text.contains(name), "the check found that it holds");
    }
}
