//! The first run, enrolling and dismissing.

use people::{Assignment, DismissError, EnrolError, FoundError, NewOrganisation, Role, Secret};
use runtime::Call;
use testkit::{TestDb, both_engines};
use web::Access;

use crate::house::{House, new_staff, tea_house};

both_engines! {
    async fn an_organisation_is_founded_once(db: TestDb) {
        let house = House::open(db).await;
        let runtime = &house.runtime;
        let other = NewOrganisation { name: "Coffee House".into(), ..tea_house() };
        let again = people::found(&runtime.db, &runtime.clock, other).await.unwrap();
        assert_eq!(again.organisation, house.founded.organisation);
        assert_eq!(again.organisation.name, "Tea House");

        let organisation_id = runtime.organisation_id.clone();
        let merchants = runtime
            .read(move |tx| Box::pin(async move { people::list_merchants(tx, &organisation_id, &kernel::Scope::EVERYTHING).await }))
            .await
            .unwrap();
        assert_eq!(merchants.len(), 1);
    }

    async fn nothing_is_founded_in_a_time_zone_that_is_none(db: TestDb) {
        let clock = runtime::Clock::manual(kernel::Timestamp::UNIX_EPOCH);
        let nowhere = NewOrganisation { time_zone: "Europe/Atlantis".into(), ..tea_house() };
        let refused = people::found(&db, &clock, nowhere).await;
        assert!(matches!(refused, Err(FoundError::UnknownTimeZone(_))));
        assert!(people::found(&db, &clock, tea_house()).await.is_ok());
    }

    async fn the_secret_of_the_last_start_enrols_the_first_person_once(db: TestDb) {
        let house = House::open(db).await;
        let runtime = &house.runtime;
        let first_secret = house.founded.first_run_secret.clone().unwrap();
        let restarted = people::found(&runtime.db, &runtime.clock, tea_house()).await.unwrap();
        let secret = restarted.first_run_secret.unwrap();

        for wrong in [&first_secret, &Secret::new("qmf_00000000000000000000000000")] {
            let refused = people::enrol_first(runtime, wrong, new_staff("ada@shop.example")).await;
            assert!(matches!(refused, Err(EnrolError::WrongFirstRunSecret)));
        }
        people::enrol_first(runtime, &secret, new_staff("ada@shop.example")).await.unwrap();
        let second = people::enrol_first(runtime, &secret, new_staff("eve@shop.example")).await;
        assert!(matches!(second, Err(EnrolError::FirstRunOver)));
        let restarted = people::found(&runtime.db, &runtime.clock, tea_house()).await.unwrap();
        assert!(restarted.first_run_secret.is_none());
    }

    async fn a_person_is_found_by_their_address_however_it_is_spelt(db: TestDb) {
        let house = House::open(db).await;
        house.enrols("ada@shop.example", Vec::new()).await;
        let find = async |email: &'static str| {
            let organisation_id = house.runtime.organisation_id.clone();
            let found = house.runtime.read(move |tx| {
                Box::pin(async move { people::find_staff_by_email(tx, &organisation_id, email).await })
            });
            found.await.unwrap().map(|person| person.email)
        };
        assert_eq!(find(" Ada@Shop.example ").await.as_deref(), Some("ada@shop.example"));
        assert_eq!(find("eve@shop.example").await, None);
    }

    async fn of_two_first_people_at_once_one_is_first(db: TestDb) {
        let house = House::open(db).await;
        let secret = house.founded.first_run_secret.clone().unwrap();
        let (one, other) = tokio::join!(
            people::enrol_first(&house.runtime, &secret, new_staff("ada@shop.example")),
            people::enrol_first(&house.runtime, &secret, new_staff("eve@shop.example")),
        );
        assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|is_ok| **is_ok).count(), 1);
    }

    async fn an_email_address_is_enrolled_once_however_it_is_spelled(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let all = Access::full();
        let enrol = |email: &str| {
            people::enrol(&house.runtime, Call::by("test"), &all, new_staff(email), Vec::new())
        };
        let again = enrol(" ADA@shop.EXAMPLE ").await;
        assert!(matches!(again, Err(EnrolError::EmailTaken)));
        let (one, other) = tokio::join!(
            enrol("bob@shop.example"),
            enrol("bob@shop.example"),
        );
        let taken = [&one, &other].into_iter().filter(|it| matches!(it, Err(EnrolError::EmailTaken))).count();
        assert_eq!(taken, 1, "{one:?} {other:?}");
    }

    async fn a_dismissed_person_and_their_machines_are_nobody_at_once(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let bob = house.enrols("bob@shop.example", vec![Assignment::everywhere(Role::Owner)]).await;
        let token = house.token_of_ada().await;
        let valid = serde_json::json!({ "name": "till", "valid_days": 30 });
        let machine = house.ask_with(&token, "POST", "/v1/api-keys", valid).await.body["key"].clone();

        people::dismiss(&house.runtime, Call::by("test"), &Access::full(), ada.clone()).await.unwrap();
        for token in [&token, machine.as_str().unwrap()] {
            assert_eq!(house.ask_with(token, "GET", "/v1/me", ().into()).await.status, 401);
        }
        let refused = house.sign_in("ada@shop.example", crate::house::PASSWORD).await;
        assert_eq!(refused.body["code"], "sign-in-refused");

        people::dismiss(&house.runtime, Call::by("test"), &Access::full(), ada).await.unwrap();
        let last = people::dismiss(&house.runtime, Call::by("test"), &Access::full(), bob).await;
        assert!(matches!(last, Err(DismissError::LastOne)));
    }

    async fn what_is_stored_opens_no_door(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let token = house.token_of_ada().await;
        let secret = house.founded.first_run_secret.clone().unwrap();
        let stored: Vec<(String,)> = house
            .runtime
            .db
            .read::<_, db::Fault, _>(|tx| Box::pin(async move {
                let mut stored = Vec::new();
                for sql in [
                    "select token_digest || ' ' || session_id || ' ' || user_id from access_token",
                    "select email || ' ' || name || ' ' || password_hash from staff",
                    "select scope || ' ' || key || ' ' || fingerprint from command_key",
                ] {
                    stored.extend(tx.query::<(String,)>(sql, db::args![]).await?);
                }
                Ok(stored)
            }))
            .await
            .unwrap();
        assert_eq!(stored.len(), 3, "two tokens and Ada, and no password under a key");
        for (text,) in &stored {
            for secret in [token.as_str(), secret.reveal(), crate::house::PASSWORD] {
                assert!(!text.contains(secret));
            }
        }
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
