//! Identity providers as they are set up, over HTTP.

use kernel::IdentityProviderId;
use runtime::Keyring;
use serde_json::json;
use testkit::{TestDb, both_engines};

use crate::house::{House, PASSWORD};

both_engines! {
    async fn c2_the_secret_shared_with_a_provider_is_sealed_and_shown_to_nobody(db: TestDb) {
        let keyring = Keyring::parse(&Keyring::fresh_key()).unwrap();
        let (house, _) = House::with_keyring_and_ada(db, keyring).await;
        let token = house.sign_in("ada@shop.example", PASSWORD).await.body["token"].as_str().unwrap().to_owned();
        let setup = json!({
            "name": "Shop", "issuer": "https://id.shop.example", "client_id": "qm", "client_secret": "tea-secret",
            "address": "https://qm.shop.example", "domains": ["shop.example"], "admits": { "role": "picker" },
        });
        let added = house.ask_with(&token, "POST", "/v1/identity-providers", setup.clone()).await;
        assert_eq!(added.status.as_u16(), 201, "{}", added.body);
        let id = IdentityProviderId::parse(added.body["provider_id"].as_str().unwrap()).unwrap();
        let listed = house.ask_with(&token, "GET", "/v1/identity-providers", ().into()).await;
        assert_eq!(listed.body["rows"][0]["redirect_uri"], format!("https://qm.shop.example/sign-in/from/{id}"));
        assert!(!listed.body.to_string().contains("tea-secret"));
        let kept: (String,) = house
            .runtime
            .read::<_, db::Fault, _>(|tx| {
                Box::pin(async move { tx.query_one("select client_secret from identity_provider", &[]).await })
            })
            .await
            .unwrap();
        assert!(kept.0.starts_with("sealed.1.") && !kept.0.contains("tea"), "{}", kept.0);

        let path = format!("/v1/identity-providers/{id}");
        let owner = json!({ "admits": { "role": "owner" } });
        let refused = house.ask_with(&token, "PATCH", &path, owner).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["pointer"]), (422, &"/admits".into()));
        let change = json!({ "admits": null, "name": "Shop account" });
        assert_eq!(house.ask_with(&token, "PATCH", &path, change).await.status, 204);
        let listed = house.ask_with(&token, "GET", "/v1/identity-providers", ().into()).await;
        assert_eq!((&listed.body["rows"][0]["name"], &listed.body["rows"][0]["admits"]), (&"Shop account".into(), &().into()));
        assert_eq!(house.ask_with(&token, "DELETE", &path, ().into()).await.status, 204);
        assert_eq!(house.ask_with(&token, "PATCH", &path, json!({})).await.status, 404);
    }
}
