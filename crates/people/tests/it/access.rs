//! Roles, keys and sessions: who may do what, from the next request on.

use kernel::MerchantId;
use people::{Assignment, DismissError, Role};
use runtime::Call;
use serde_json::json;
use testkit::{TestDb, both_engines};
use web::{Access, Area};

use crate::house::{House, PASSWORD};

fn admin() -> Vec<Assignment> {
    vec![Assignment::everywhere(Role::Admin)]
}

both_engines! {
    async fn c23_a_role_that_is_taken_is_gone_at_the_next_request_of_a_live_session(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let bob = house.enrols("bob@shop.example", admin()).await;
        let (ada, session) = (house.token_of_ada().await, house.token_of("bob@shop.example").await);
        let key = json!({ "name": "till", "permissions": ["people.read"], "valid_days": 30 });
        let made = house.ask_with(&session, "POST", "/v1/api-keys", key).await;
        // A machine's key is worth what its maker is worth, and no more.
        let key = made.body["key"].as_str().unwrap().to_owned();
        for token in [&session, &key] {
            assert_eq!(house.ask_with(token, "GET", "/v1/staff", ().into()).await.status, 200);
        }
        let role = json!({ "role": "admin" });
        let address = format!("/v1/staff/{bob}/roles/removals");
        assert_eq!(house.ask_with(&ada, "POST", &address, role).await.status, 204);
        for token in [&session, &key] {
            let refused = house.ask_with(token, "GET", "/v1/staff", ().into()).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &"permission-missing".into()));
            assert_eq!(refused.body["permission"], "people.read");
        }
        assert_eq!(house.ask_with(&session, "GET", "/v1/me", ().into()).await.status, 200, "still on the staff");
    }

    async fn whoever_was_on_the_staff_before_there_were_roles_is_an_owner(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let bob = house.enrols("bob@shop.example", Vec::new()).await;
        let (_, step) = db::migrate::STEPS.iter().find(|(name, _)| *name == "0014_access").unwrap();
        let (_, rest) = step.split_once("\ninsert into assignment").expect("the step fills the table");
        let insert = format!("insert into assignment{}", rest.split_once(';').unwrap().0);
        let organisation_id = house.runtime.organisation_id.clone();
        let roles = house.runtime.db.write::<_, db::Fault, _>(move |tx| {
            Box::pin(async move {
                tx.execute("delete from assignment", &[]).await?;
                tx.execute(&insert, &[]).await?;
                people::list_assignments(tx, &organisation_id).await
            })
        });
        let owner = Assignment::everywhere(Role::Owner);
        let mut expected = [(ada, owner.clone()), (bob, owner)];
        expected.sort();
        assert_eq!(roles.await.unwrap(), expected);
    }

    async fn nobody_gives_more_than_they_have(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let bob = house.enrols("bob@shop.example", admin()).await;
        let session = house.token_of("bob@shop.example").await;
        let ask = async |path: &str, body| house.ask_with(&session, "POST", path, body).await;
        let owner = json!({ "role": "owner" });
        let invitation = json!({ "email": "eve@shop.example", "role": owner });
        let key = json!({ "name": "k", "permissions": ["owners.write"], "valid_days": 1 });
        let staff = json!({
            "email": "eve@shop.example", "name": "Eve", "password": PASSWORD, "language": "en", "roles": [owner],
        });
        for (path, body) in [
            (format!("/v1/staff/{bob}/roles"), owner.clone()),
            (format!("/v1/staff/{ada}/roles/removals"), owner.clone()),
            ("/v1/invitations".to_owned(), invitation),
            ("/v1/api-keys".to_owned(), key),
            ("/v1/staff".to_owned(), staff),
        ] {
            let refused = ask(&path, body).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &"more-than-own".into()), "{path}");
        }
        let dismissed = people::dismiss(&house.runtime, Call::by("bob"), &Access::default(), ada).await;
        assert!(matches!(dismissed, Err(DismissError::MoreThanOwn)));
        let picker = json!({ "role": "picker", "node_id": "nod_leeds" });
        assert_eq!(ask(&format!("/v1/staff/{bob}/roles"), picker).await.status, 204);
        let both = json!({ "role": "picker", "node_id": "nod_leeds", "merchant_id": "mer_1" });
        assert_eq!(ask(&format!("/v1/staff/{bob}/roles"), both).await.status, 422);
        let nowhere = json!({ "role": "support", "merchant_id": "mer_1" });
        assert_eq!(ask(&format!("/v1/staff/{bob}/roles"), nowhere).await.body["errors"][0]["pointer"], "/merchant_id");
    }

    async fn somebody_always_owns_the_organisation(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let token = house.token_of_ada().await;
        let removal = format!("/v1/staff/{ada}/roles/removals");
        let last = house.ask_with(&token, "POST", &removal, json!({ "role": "owner" })).await;
        assert_eq!((last.status.as_u16(), &last.body["code"]), (409, &"last-one".into()));
        house.enrols("bob@shop.example", vec![Assignment::everywhere(Role::Owner)]).await;
        assert_eq!(house.ask_with(&token, "POST", &removal, json!({ "role": "owner" })).await.status, 204);
        assert_eq!(house.ask_with(&token, "GET", "/v1/staff", ().into()).await.status, 403);
    }

    async fn a_merchants_people_see_their_merchant_and_no_other(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let token = house.token_of_ada().await;
        let added = house.ask_with(&token, "POST", "/v1/merchants", json!({ "name": "Coffee House" })).await;
        assert_eq!(added.status, 201);
        let coffee = MerchantId::parse(added.body["merchant_id"].as_str().unwrap()).unwrap();
        let ops = Assignment { role: Role::MerchantOps, area: Area::Merchant(coffee.clone()) };
        house.enrols("eve@shop.example", vec![ops]).await;
        let eve = house.token_of("eve@shop.example").await;
        let seen = house.ask_with(&eve, "GET", "/v1/merchants", ().into()).await;
        assert_eq!(seen.body["rows"], json!([{ "merchant_id": coffee, "name": "Coffee House" }]));
        let address = format!("/v1/merchants/{coffee}");
        let name = json!({ "name": "Eve's" });
        assert_eq!(house.ask_with(&eve, "PATCH", &address, name.clone()).await.status, 403);
        assert_eq!(house.ask_with(&token, "PATCH", &address, name).await.body["name"], "Eve's");
        assert_eq!(house.ask_with(&token, "PATCH", &address, json!({ "name": " " })).await.status, 422);
    }

    async fn c2_a_key_is_shown_once_and_its_use_is_noted_once_a_minute(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let ada = house.token_of_ada().await;
        let new = json!({ "name": "till", "permissions": ["people.read"], "valid_days": 1 });
        let made = house.ask_with(&ada, "POST", "/v1/api-keys", new).await;
        let key = made.body["key"].as_str().unwrap().to_owned();
        let listed = async || house.ask_with(&ada, "GET", "/v1/api-keys", ().into()).await.body["rows"][0].clone();
        assert_eq!(listed().await["permissions"], json!(["people.read"]));
        assert!(!listed().await.to_string().contains(&key[40..]), "shown once");
        assert!(listed().await["used_at"].is_null());
        house.wait(90);
        house.ask_with(&key, "GET", "/v1/staff", ().into()).await;
        let used = listed().await["used_at"].clone();
        house.wait(30);
        house.ask_with(&key, "GET", "/v1/staff", ().into()).await;
        assert_eq!(listed().await["used_at"], used, "within the minute nothing is written");
        assert_eq!(house.ask_with(&key, "GET", "/v1/merchants", ().into()).await.status, 403);
        let address = format!("/v1/api-keys/{}", made.body["key_id"].as_str().unwrap());
        assert_eq!(house.ask_with(&ada, "DELETE", &address, ().into()).await.status, 204);
        assert_eq!(house.ask_with(&key, "GET", "/v1/staff", ().into()).await.status, 401);
    }

    async fn whoever_signs_out_everywhere_is_signed_in_nowhere(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        house.enrols("bob@shop.example", Vec::new()).await;
        let (here, there) = (house.token_of_ada().await, house.token_of_ada().await);
        let bob = house.token_of("bob@shop.example").await;
        let sessions = house.ask_with(&here, "GET", "/v1/me/sessions", ().into()).await;
        assert_eq!(sessions.body["rows"].as_array().unwrap().len(), 2);
        let other = sessions.body["rows"].as_array().unwrap().iter().find(|row| row["is_this"] == false).unwrap();
        let address = format!("/v1/me/sessions/{}", other["session_id"].as_str().unwrap());
        assert_eq!(house.ask_with(&bob, "DELETE", &address, ().into()).await.status, 404, "not Bob's");
        assert_eq!(house.ask_with(&here, "DELETE", &address, ().into()).await.status, 204);
        assert_eq!(house.ask_with(&there, "GET", "/v1/me", ().into()).await.status, 401);
        assert_eq!(house.ask_with(&here, "DELETE", "/v1/me/sessions", ().into()).await.status, 204);
        assert_eq!(house.ask_with(&here, "GET", "/v1/me", ().into()).await.status, 401);
        assert_eq!(house.ask_with(&bob, "GET", "/v1/me", ().into()).await.status, 200);
    }

    async fn who_is_invited_joins_once_with_the_role_they_were_invited_to(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let ada = house.token_of_ada().await;
        let invite = json!({ "email": "Bob@shop.example", "role": { "role": "auditor" } });
        let invited = house.ask_with(&ada, "POST", "/v1/invitations", invite.clone()).await;
        let secret = invited.body["secret"].as_str().unwrap().to_owned();
        let accept = |secret: &str| {
            json!({ "secret": secret, "name": "Bob", "password": PASSWORD, "language": "en" })
        };
        assert_eq!(house.ask("POST", "/v1/acceptances", &[], accept("qmi_guess")).await.status, 404);
        assert_eq!(house.ask("POST", "/v1/acceptances", &[], accept(&secret)).await.status, 201);
        assert_eq!(house.ask("POST", "/v1/acceptances", &[], accept(&secret)).await.status, 404, "once");
        let bob = house.token_of("bob@shop.example").await;
        assert_eq!(house.ask_with(&bob, "GET", "/v1/audit", ().into()).await.status, 200);
        assert_eq!(house.ask_with(&ada, "POST", "/v1/invitations", invite).await.body["code"], "duplicate-code");

        let late = json!({ "email": "eve@shop.example", "role": { "role": "picker" } });
        let late = house.ask_with(&ada, "POST", "/v1/invitations", late).await;
        house.wait(7 * 24 * 3600);
        let late = accept(late.body["secret"].as_str().unwrap());
        assert_eq!(house.ask("POST", "/v1/acceptances", &[], late).await.status, 404, "ran out");
    }
}
