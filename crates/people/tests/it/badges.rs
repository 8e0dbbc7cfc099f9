//! Badges at shared devices: who is in, where, and until when.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use kernel::{BadgeId, DeviceId, NodeId, UserId};
use people::{Assignment, BadgeError, BadgeInError, NewStaff, Role, Secret, badge_in, whoami};
use runtime::{Call, Runtime};
use testkit::{TestDb, both_engines};
use web::{Access, Area, Caller, Permission};

use crate::house::{House, PASSWORD};

fn leeds() -> NodeId {
    NodeId::parse("nod_leeds").unwrap()
}

async fn enrols(runtime: &Runtime, name: &str, role: Assignment) -> UserId {
    let new = NewStaff {
        email: format!("{name}@shop.example"),
        name: name.into(),
        password: Secret::new(PASSWORD),
        language: "en".into(),
    };
    people::enrol(runtime, Call::by("test"), &Access::full(), new, vec![role]).await.unwrap()
}

/// A badge with its code.
async fn badge(runtime: &Runtime, user_id: &UserId, pin: Option<&str>) -> (BadgeId, String) {
    let pin = pin.map(Secret::new);
    let made =
        people::make_badge(runtime, Call::by("test"), &Access::full(), user_id.clone(), pin).await.unwrap();
    (made.badge_id, made.code.reveal().to_owned())
}

/// A device in Leeds with what its browser keeps.
async fn device(runtime: &Runtime) -> (DeviceId, String) {
    let added = people::add_device(runtime, Call::by("test"), "Scanner", leeds()).await.unwrap();
    let secret = people::take_device(runtime, added.offer.reveal()).await.unwrap();
    let again = people::take_device(runtime, added.offer.reveal()).await;
    assert!(again.is_err(), "one browser is the device");
    (added.device_id, secret.reveal().to_owned())
}

async fn who(runtime: &Runtime, token: &str, device: &str) -> Option<Caller> {
    whoami(runtime, token, Some(device)).await.unwrap()
}

both_engines! {
    async fn a_badge_begins_a_shift_at_its_device_and_the_next_badge_ends_it(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let runtime = &house.runtime;
        let at_leeds = Assignment { role: Role::Picker, area: Area::Node(leeds()) };
        let (bob, eve) = (enrols(runtime, "bob", at_leeds.clone()).await, enrols(runtime, "eve", at_leeds).await);
        let (_, bob_s) = badge(runtime, &bob, None).await;
        let (_, eve_s) = badge(runtime, &eve, None).await;
        let (_, scanner) = device(runtime).await;

        let first = badge_in(runtime, &scanner, &format!("{}\r\n", bob_s.to_lowercase()), None).await.unwrap();
        let caller = who(runtime, first.token.reveal(), &scanner).await.expect("bob is in");
        assert_eq!(caller.user_id, Some(bob));
        // What the browser of the device keeps is worth nothing elsewhere.
        assert_eq!(whoami(runtime, first.token.reveal(), None).await.unwrap(), None);
        let (_, other) = device(runtime).await;
        assert_eq!(who(runtime, first.token.reveal(), &other).await, None);

        let second = badge_in(runtime, &scanner, &eve_s, None).await.unwrap();
        assert_eq!(who(runtime, second.token.reveal(), &scanner).await.unwrap().user_id, Some(eve));
        assert_eq!(who(runtime, first.token.reveal(), &scanner).await, None, "one at a time");
        assert!(matches!(badge_in(runtime, "qmd_nobody", &eve_s, None).await, Err(BadgeInError::NoDevice)));
        assert!(matches!(badge_in(runtime, &scanner, "QB0", None).await, Err(BadgeInError::Refused)));
        // A shift is longer than a session may idle elsewhere.
        let later = runtime.now().checked_add(std::time::Duration::from_secs(11 * 3600)).unwrap();
        runtime.clock.advance_to(later);
        assert!(who(runtime, second.token.reveal(), &scanner).await.is_some());
    }

    async fn c5a_a_badge_opens_no_more_than_the_floor_of_its_node(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let runtime = &house.runtime;
        let (_, scanner) = device(runtime).await;
        let (badge_id, code) = badge(runtime, &ada, None).await;
        let entered = badge_in(runtime, &scanner, &code, None).await.unwrap();
        let access = who(runtime, entered.token.reveal(), &scanner).await.unwrap().access;
        assert!(access.may(Permission::FloorWork) && !access.may(Permission::StockAdjust));
        for permission in Permission::ALL {
            assert!(!access.may_throughout(*permission), "an owner's badge: {permission}");
            let scope = access.scope(*permission);
            assert!(scope.merchant_ids().is_empty(), "{permission}");
            assert!(scope.node_ids().iter().all(|node_id| *node_id == leeds()), "{permission}");
        }
        for office in [Permission::PeopleWrite, Permission::KeysWrite, Permission::OrdersWrite] {
            assert!(!access.may(office), "{office}");
        }
        // With a PIN it corrects the book as well.
        people::set_pin(runtime, Call::by("test"), &Access::full(), badge_id, Some(Secret::new("314159"))).await.unwrap();
        let access = who(runtime, entered.token.reveal(), &scanner).await.unwrap().access;
        assert!(access.may(Permission::StockAdjust));

        // Who works elsewhere may do nothing here.
        let york = Assignment { role: Role::Picker, area: Area::Node(NodeId::parse("nod_york").unwrap()) };
        let bob = enrols(runtime, "bob", york).await;
        let (_, code) = badge(runtime, &bob, None).await;
        let entered = badge_in(runtime, &scanner, &code, None).await.unwrap();
        assert_eq!(who(runtime, entered.token.reveal(), &scanner).await.unwrap().access, Access::default());
    }

    async fn c23_a_badge_a_device_and_a_person_that_are_gone_are_out_at_once(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let runtime = &house.runtime;
        let picker = Assignment::everywhere(Role::Picker);
        let bob = enrols(runtime, "bob", picker).await;
        let (device_id, scanner) = device(runtime).await;
        let call = || Call::by("test");

        let (badge_id, code) = badge(runtime, &bob, None).await;
        let entered = badge_in(runtime, &scanner, &code, None).await.unwrap();
        assert!(people::revoke_badge(runtime, call(), badge_id.clone()).await.unwrap());
        assert_eq!(who(runtime, entered.token.reveal(), &scanner).await, None);
        assert!(matches!(badge_in(runtime, &scanner, &code, None).await, Err(BadgeInError::Refused)));
        assert!(!people::revoke_badge(runtime, call(), badge_id).await.unwrap(), "a repeat changes nothing");

        let (_, code) = badge(runtime, &bob, None).await;
        let entered = badge_in(runtime, &scanner, &code, None).await.unwrap();
        assert!(people::revoke_device(runtime, call(), device_id).await.unwrap());
        assert_eq!(who(runtime, entered.token.reveal(), &scanner).await, None);
        assert!(matches!(badge_in(runtime, &scanner, &code, None).await, Err(BadgeInError::NoDevice)));

        let (_, scanner) = device(runtime).await;
        let entered = badge_in(runtime, &scanner, &code, None).await.unwrap();
        people::dismiss(runtime, call(), &Access::full(), bob).await.unwrap();
        assert_eq!(who(runtime, entered.token.reveal(), &scanner).await, None);
        assert!(matches!(badge_in(runtime, &scanner, &code, None).await, Err(BadgeInError::Refused)));
    }

    async fn c2_after_five_wrong_pins_a_badge_is_locked_until_somebody_unlocks_it(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let runtime = &house.runtime;
        let (_, scanner) = device(runtime).await;
        let (badge_id, code) = badge(runtime, &ada, Some("271828")).await;
        let enters = async |pin: Option<&str>| badge_in(runtime, &scanner, &code, pin.map(Secret::new)).await;
        assert!(matches!(enters(None).await, Err(BadgeInError::PinWanted)));
        for _ in 0..4 {
            assert!(matches!(enters(Some("000001")).await, Err(BadgeInError::WrongPin)));
        }
        assert!(enters(Some("271828")).await.is_ok(), "four are forgiven");
        for _ in 0..5 {
            assert!(matches!(enters(Some("000001")).await, Err(BadgeInError::WrongPin)));
        }
        for pin in [Some("271828"), Some("000001"), None] {
            assert!(matches!(enters(pin).await, Err(BadgeInError::Locked)), "{pin:?}");
        }
        let (call, pin) = (Call::by("test"), Some(Secret::new("161803")));
        people::set_pin(runtime, call, &Access::full(), badge_id, pin).await.unwrap();
        assert!(enters(Some("161803")).await.is_ok());
    }

    async fn c2_nothing_of_badges_and_devices_that_is_kept_lets_anybody_in(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let runtime = &house.runtime;
        let (_, scanner) = device(runtime).await;
        let (_, code) = badge(runtime, &ada, Some("271828")).await;
        let kept: Vec<(String, Option<String>)> = runtime
            .read::<_, db::Fault, _>(|tx| {
                Box::pin(async move {
                    tx.query(
                        "select code_digest, pin_hash from badge union all select secret_digest, offer_digest from device",
                        &[],
                    )
                    .await
                })
            })
            .await
            .unwrap();
        for text in kept.into_iter().flat_map(|(one, other)| [Some(one), other]).flatten() {
            assert!(!text.contains(&code) && !text.contains(&scanner[4..]) && !text.contains("271828"), "{text}");
            assert!(matches!(badge_in(runtime, &text, &code, None).await, Err(BadgeInError::NoDevice)));
            assert!(matches!(badge_in(runtime, &scanner, &text, None).await, Err(BadgeInError::Refused)));
        }
    }

    async fn nobody_makes_a_badge_for_those_who_may_do_more(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let runtime = &house.runtime;
        let admin = Access::of([web::Grant { permissions: Role::Admin.permissions(), area: Area::Everywhere }]);
        let made = people::make_badge(runtime, Call::by("test"), &admin, ada, None).await;
        assert!(matches!(made, Err(BadgeError::MoreThanOwn)));
    }
}
