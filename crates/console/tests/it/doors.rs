//! Who comes in, and what the door says to those who do not.

use axum::http::StatusCode;
use testkit::TestDb;

use crate::office::{EMAIL, Office, PASSWORD};

testkit::both_engines! {
    async fn whoever_is_not_signed_in_is_led_to_the_door_and_back(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let away = office.see("", "/orders?view=late").await;
        assert_eq!(away.goes_to(), "/sign-in?next=%2Forders%3Fview%3Dlate");
        office.see("", "/sign-in?next=%2Forders%3Fview%3Dlate").await.says(&["Sign in", "/orders?view=late"]);
        assert_eq!(office.sign_in(PASSWORD, "%2Forders%3Fview%3Dlate").await.goes_to(), "/orders?view=late");
        assert_eq!(office.sign_in(PASSWORD, "%2F%2Fevil.example").await.goes_to(), "/");
        office.see(&cookie, "/orders").await.says(&["Ada", EMAIL, "Tea &#38; Co"]);

        assert_eq!(office.send(&cookie, "/sign-out", "").await.goes_to(), "/sign-in");
        assert!(office.see(&cookie, "/orders").await.goes_to().starts_with("/sign-in"), "the session is over");
    }

    async fn a_wrong_password_is_refused_in_the_language_of_the_reader(db: TestDb) {
        let (office, _) = Office::with_ada(db).await;
        let refused = office.sign_in("wrong+password", "").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&["do not belong together", EMAIL]);
        refused.does_not_say(&["wrong password"]);
        let form = format!("email={EMAIL}&password=wrong+password");
        office.send("qm_language=ru", "/sign-in", &form).await.says(&["не подходят друг к другу"]);
        for _ in 0..8 {
            office.sign_in("wrong+password", "").await;
        }
        let locked = office.sign_in(PASSWORD, "").await;
        assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
        locked.says(&["Too many attempts. Wait 15 minutes"]);
    }

    async fn the_first_person_proves_that_the_machine_is_theirs(db: TestDb) {
        let office = Office::open(db).await;
        assert_eq!(office.see("", "/sign-in").await.goes_to(), "/first-run");
        office.see("", "/first-run").await.says(&["First-run secret", "Tea &#38; Co"]);
        let runtime = &office.shop.runtime;
        let again = people::NewOrganisation {
            name: "-".into(),
            currency: kernel::Currency::EUR,
            time_zone: "UTC".into(),
            merchant: "-".into(),
        };
        let founded = people::found(&runtime.db, &runtime.clock, again).await.unwrap();
        let secret = founded.first_run_secret.expect("nobody is enrolled yet");
        let form = |secret: &str, password: &str| {
            format!("secret={secret}&organisation=Coffee&name=Ada&email={EMAIL}&password={password}")
        };
        let refused = office.send("", "/first-run", &form("qmf_0", "correct+horse+battery")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&["not the secret", "Coffee", EMAIL]);
        office.send("", "/first-run", &form(secret.reveal(), "short")).await.says(&["at least 12 characters"]);
        let entered = office.send("", "/first-run", &form(secret.reveal(), "correct+horse+battery")).await;
        assert_eq!(entered.goes_to(), "/");
        let cookie = entered.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        assert!(entered.headers["set-cookie"].to_str().unwrap().contains("HttpOnly"));
        office.see(&cookie, "/").await.says(&["Coffee", "Ada"]);
        assert_eq!(office.see("", "/first-run").await.goes_to(), "/sign-in");
    }

    async fn a_form_s_address_that_is_looked_at_is_told_on_a_page(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let looked_at = office.see(&cookie, "/sign-out").await;
        let sent = office.send(&cookie, "/orders", "a=b").await;
        for (answer, allowed) in [(&looked_at, "POST"), (&sent, "GET,HEAD")] {
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
            assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"));
            assert_eq!(answer.headers["allow"], allowed);
            answer.says(&["Not here"]);
        }
    }

    async fn what_does_not_exist_is_told_on_a_page(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        for path in ["/nothing", "/orders/ord_1", "/track/ord_1.x", "/parcels/pcl_1/label.pdf", "/orders/%00"] {
            let missing = office.see(&cookie, path).await;
            assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
            missing.says(&["Not here"]);
        }
        let odd = office.see(&cookie, "/orders?q=%00").await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);
        assert!(odd.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        let policy = &office.see(&cookie, "/nothing").await.headers["content-security-policy"];
        assert_eq!(policy, console::CONTENT_SECURITY_POLICY);
    }
}
