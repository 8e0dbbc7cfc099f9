//! Signing in and out, sessions, machines, and pages of other sites.

use serde_json::json;
use testkit::{TestDb, both_engines};

use crate::house::{House, PASSWORD};

both_engines! {
    async fn ada_signs_in_and_out(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let signed_in = house.sign_in("  ada@shop.example", PASSWORD).await;
        assert_eq!((signed_in.status.as_u16(), &signed_in.body["user_id"]), (200, &ada.as_str().into()));
        assert_eq!(signed_in.headers["cache-control"], "no-store");

        let token = signed_in.body["token"].as_str().unwrap().to_owned();
        let me = house.ask_with(&token, "GET", "/v1/me", ().into()).await;
        assert_eq!((&me.body["email"], &me.body["language"]), (&"ada@shop.example".into(), &"bg".into()));
        assert_eq!(me.body["organisation"]["currency"], "EUR");
        let merchants = house.ask_with(&token, "GET", "/v1/merchants", ().into()).await;
        assert_eq!(merchants.body["rows"][0]["name"], "Tea House");

        assert_eq!(house.ask_with(&token, "POST", "/v1/sign-out", ().into()).await.status, 204);
        let after = house.ask_with(&token, "GET", "/v1/me", ().into()).await;
        assert_eq!((after.status.as_u16(), &after.body["code"]), (401, &"unauthorised".into()));
        assert_eq!(after.headers["www-authenticate"], "Bearer");
    }

    async fn a_wrong_password_and_an_unknown_address_sound_the_same(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let mut wrong = house.sign_in("ada@shop.example", "another password").await;
        let mut unknown = house.sign_in("eve@shop.example", PASSWORD).await;
        assert_eq!((wrong.status.as_u16(), &wrong.body["code"]), (401, &"sign-in-refused".into()));
        for heard in [&mut wrong, &mut unknown] {
            heard.body.as_object_mut().unwrap().remove("request_id");
        }
        assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body));
    }

    async fn c2_after_ten_failures_even_the_right_password_waits(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        for _ in 0..10 {
            assert_eq!(house.sign_in("ada@shop.example", "a guess of mine").await.status, 401);
        }
        let locked = house.sign_in("ADA@shop.example", PASSWORD).await;
        assert_eq!((locked.status.as_u16(), &locked.body["code"]), (429, &"too-many-attempts".into()));
        assert_eq!(locked.headers["retry-after"], "900");
        house.wait(900);
        assert_eq!(house.sign_in("ada@shop.example", PASSWORD).await.status, 200);
    }

    async fn a_busy_session_ends_after_twelve_hours_and_an_idle_one_after_half_an_hour(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let (busy, idle) = (house.token_of_ada().await, house.token_of_ada().await);
        let seen = async |token: &str| house.ask_with(token, "GET", "/v1/me", ().into()).await.status.as_u16();
        for _ in 0..24 {
            assert_eq!(seen(&busy).await, 200);
            house.wait(30 * 60 - 1);
        }
        assert_eq!(seen(&busy).await, 200, "used all the time");
        assert_eq!(seen(&idle).await, 401, "not used for half an hour");
        house.wait(24);
        assert_eq!(seen(&busy).await, 401, "twelve hours");
    }

    async fn a_machine_works_with_its_token_and_lets_nobody_in(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let ada = house.token_of_ada().await;
        let new = json!({ "name": "till", "valid_days": 30 });
        let minted = house.ask_with(&ada, "POST", "/v1/api-keys", new.clone()).await;
        assert_eq!(minted.status, 201);
        let token = minted.body["key"].as_str().unwrap().to_owned();
        let key_id = minted.body["key_id"].as_str().unwrap().to_owned();
        assert!(token.starts_with(&format!("qm_live_{}_", key_id.trim_start_matches("ses_"))), "it says which it is");

        let me = house.ask_with(&token, "GET", "/v1/me", ().into()).await;
        assert_eq!(me.body["is_machine"], true);
        let caller = people::whoami(&house.runtime, &token, None).await.unwrap().unwrap();
        assert_eq!(caller.actor, format!("machine:{}", caller.session_id));

        let staff = json!({ "email": "eve@shop.example", "name": "Eve", "password": PASSWORD, "language": "en" });
        for (path, body) in [("/v1/api-keys", new), ("/v1/staff", staff)] {
            let refused = house.ask_with(&token, "POST", path, body).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &"forbidden".into()));
        }

        let address = format!("/v1/api-keys/{key_id}");
        assert_eq!(house.ask_with(&token, "DELETE", &address, ().into()).await.status, 403);
        assert_eq!(house.ask_with(&ada, "DELETE", &address, ().into()).await.status, 204);
        assert_eq!(house.ask_with(&token, "GET", "/v1/me", ().into()).await.status, 401);
        let forever = house.ask_with(&ada, "POST", "/v1/api-keys", json!({ "name": "till", "valid_days": 99999 })).await;
        assert_eq!(forever.body["errors"][0]["pointer"], "/valid_days");
    }

    async fn a_key_speaks_the_version_it_was_made_for_unless_a_request_says_another(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let ada = house.token_of_ada().await;
        let minted = house.ask_with(&ada, "POST", "/v1/api-keys", json!({ "name": "till", "valid_days": 30 })).await;
        let token = minted.body["key"].as_str().unwrap().to_owned();
        let keys = house.ask_with(&ada, "GET", "/v1/api-keys", ().into()).await;
        assert_eq!(keys.body["rows"][0]["api_version"], web::NEWEST);
        assert_eq!(house.ask_with(&token, "GET", "/v1/me", ().into()).await.status, 200);

        // Years later, when that version is spoken no more.
        let aged = house.runtime.db.write(|tx| {
            let sql = "update access_token set api_version = '2020-01-01' where kind = 'api'";
            Box::pin(async move { tx.execute(sql, &[]).await })
        });
        assert_eq!(aged.await.map_err(|fault: db::Fault| fault.to_string()), Ok(1));
        let gone = house.ask_with(&token, "GET", "/v1/me", ().into()).await;
        assert_eq!((gone.status.as_u16(), &gone.body["code"]), (400, &"unsupported-version".into()));
        assert_eq!(gone.body["supported_versions"], json!(web::VERSIONS));
        let bearer = format!("Bearer {token}");
        let said = [("authorization", bearer.as_str()), ("api-version", web::NEWEST)];
        let heard = house.ask("GET", "/v1/me", &said, ().into()).await;
        assert_eq!((heard.status.as_u16(), &heard.headers["api-version"]), (200, &web::NEWEST.parse().unwrap()));
        assert_eq!(house.ask_with(&ada, "GET", "/v1/me", ().into()).await.status, 200, "people speak the newest");
    }

    async fn the_first_person_is_enrolled_over_http(db: TestDb) {
        let house = House::open(db).await;
        let secret = house.founded.first_run_secret.clone().unwrap();
        let enrol = |password: &str| json!({
            "secret": secret.reveal(),
            "staff": { "email": "ada", "name": "Ada", "password": password, "language": "en" },
        });
        let mut body = enrol("short");
        let refused = house.ask("POST", "/v1/first-run", &[], body.clone()).await;
        assert_eq!(refused.status, 422);
        let pointers: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
        assert_eq!(pointers, ["/staff/email", "/staff/password"]);

        body = enrol(PASSWORD);
        body["staff"]["email"] = "ada@shop.example".into();
        let mut wrong = body.clone();
        wrong["secret"] = "qmf_guess".into();
        assert_eq!(house.ask("POST", "/v1/first-run", &[], wrong).await.status, 403);
        assert_eq!(house.ask("POST", "/v1/first-run", &[], body.clone()).await.status, 201);
        assert_eq!(house.ask("POST", "/v1/first-run", &[], body).await.body["code"], "first-run-over");
        assert_eq!(house.sign_in("ada@shop.example", PASSWORD).await.status, 200);
    }

    async fn c14_another_site_signs_nobody_in(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let body = json!({ "email": "ada@shop.example", "password": PASSWORD });
        for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let refused = house.ask("POST", "/v1/sign-in", &[("host", "shop.example"), foreign], body.clone()).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &"cross-site".into()), "{foreign:?}");
        }
        let own = house.ask("POST", "/v1/sign-in", &[("sec-fetch-site", "same-origin")], body).await;
        assert_eq!(own.status, 200);
    }

    async fn a_page_of_another_site_cannot_use_the_session(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let cookie = format!("qm_theme=dark; qm_session={}", house.token_of_ada().await);
        let cookie = ("cookie", cookie.as_str());
        let own = ("host", "shop.example:8080");
        assert_eq!(house.ask("GET", "/v1/me", &[cookie, ("sec-fetch-site", "cross-site")], ().into()).await.status, 200);

        for foreign in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://shop.example:9090"),
        ] {
            let refused = house.ask("POST", "/v1/sign-out", &[own, cookie, foreign], ().into()).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &"cross-site".into()), "{foreign:?}");
        }
        assert_eq!(house.ask("GET", "/v1/me", &[cookie], ().into()).await.status, 200, "still signed in");

        for own_page in [("sec-fetch-site", "same-origin"), ("origin", "http://shop.example:8080")] {
            let body = json!({ "name": "till", "valid_days": 1 });
            assert_eq!(house.ask("POST", "/v1/api-keys", &[own, cookie, own_page], body).await.status, 201);
        }
        let no_browser = house.ask("POST", "/v1/sign-out", &[own, cookie], ().into()).await;
        assert_eq!(no_browser.status, 204);
    }
}
