//! Parcels over real SQL.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use carriers::{LabelBought, LabelState, Milestone, ParcelSize, TransitDays, demo_cards};
use db::{BoxFuture, Fault};
use kernel::{
    Address, Currency, FulfilmentOrderId, ItemId, Money, NodeId, OrderId, OrganisationId, ParcelId, Place,
    Quantity,
};
use runtime::{Call, Clock, Cx, HasFault, Runtime};
use shipping::{
    CloseError, Closing, ContentsError, DispatchError, LABEL_BUY, LABEL_VOID, LabelError, LabelOrder,
    NewParcel, Parcel, ParcelLine, ParcelStatus, Travelled, UnpackError, VoidOrder,
};
use testkit::TestDb;

const SHOEBOX: ParcelSize = ParcelSize { weight_grams: 900, length_mm: 330, width_mm: 190, height_mm: 120 };

fn runtime(db: &TestDb) -> Runtime {
    let clock = Clock::manual("2026-11-20T10:00:00Z".parse().unwrap());
    Runtime::new((**db).clone(), clock, OrganisationId::from_body("test"), Some(7))
}

fn address(city: &str, latitude: f64, longitude: f64) -> Address {
    let place = Some(Place::from_degrees(latitude, longitude).unwrap());
    Address { city: city.into(), country: "BG".into(), place, ..Address::default() }
}

fn units(line_no: i64, quantity: i64) -> ParcelLine {
    ParcelLine { line_no, item_id: ItemId::from_body("tea"), quantity: Quantity::new(quantity).unwrap() }
}

/// Runs verbs in one transaction; what they give is said in text.
async fn run<E, F>(rt: &Runtime, work: F) -> Result<String, E>
where
    E: HasFault,
    F: for<'c, 't> Fn(&'c mut Cx<'t>) -> BoxFuture<'c, Result<String, E>> + Send + Sync + 'static,
{
    rt.run(Call::by("test"), work).await
}

/// Opens a parcel of the order with two units in it.
async fn packed(rt: &Runtime, order: &'static str) -> ParcelId {
    let id = run(rt, move |cx| {
        Box::pin(async move {
            let new = NewParcel {
                order_id: OrderId::from_body(order),
                fulfilment_order_id: FulfilmentOrderId::from_body(order),
                node_id: NodeId::from_body("sofia"),
                ship_from: address("Sofia", 42.6977, 23.3219),
                ship_to: address("Plovdiv", 42.1354, 24.7453),
            };
            let parcel = shipping::open_parcel(cx, &new).await?;
            shipping::put_into(cx, &parcel.parcel_id, &[units(1, 1)]).await?;
            shipping::put_into(cx, &parcel.parcel_id, &[units(1, 1), units(2, 3)]).await?;
            shipping::take_out(cx, &parcel.parcel_id, &[units(2, 3)]).await?;
            Ok::<_, ContentsError>(parcel.parcel_id.to_string())
        })
    })
    .await
    .unwrap();
    ParcelId::parse(&id).unwrap()
}

async fn close(rt: &Runtime, parcel_id: &ParcelId, size: ParcelSize) -> Result<String, CloseError> {
    let closing = Closing {
        parcel_id: parcel_id.clone(),
        size,
        service_code: None,
        shipped_on: "2026-11-20".parse().unwrap(),
    };
    run(rt, move |cx| {
        let closing = closing.clone();
        Box::pin(async move {
            let parcel = shipping::close_parcel(cx, &closing, &demo_cards()).await?;
            Ok(parcel.service_code.unwrap())
        })
    })
    .await
}

fn bought(tracking_number: &str) -> LabelBought {
    LabelBought {
        carrier_reference: format!("ref {tracking_number}"),
        tracking_number: tracking_number.into(),
        price: Money::new(345, Currency::EUR),
        transit_days: TransitDays { min: 1, max: 2 },
        state: LabelState::Live,
    }
}

async fn label(rt: &Runtime, parcel_id: &ParcelId, label: LabelBought) -> Result<String, LabelError> {
    let parcel_id = parcel_id.clone();
    run(rt, move |cx| {
        let (parcel_id, label) = (parcel_id.clone(), label.clone());
        Box::pin(async move {
            shipping::label_bought(cx, &parcel_id, &label).await.map(|parcel| parcel.status.to_string())
        })
    })
    .await
}

async fn send(rt: &Runtime, parcel_ids: &[&ParcelId]) -> Result<String, DispatchError> {
    let parcel_ids: Vec<ParcelId> = parcel_ids.iter().map(|&parcel_id| parcel_id.clone()).collect();
    run(rt, move |cx| {
        let parcel_ids = parcel_ids.clone();
        Box::pin(async move { Ok(shipping::dispatch(cx, &parcel_ids).await?.len().to_string()) })
    })
    .await
}

/// Tells milestones; gives where the parcels stand then, and how many are not dispatched.
async fn travel(rt: &Runtime, milestones: &[(&ParcelId, Milestone)]) -> String {
    let at = rt.now();
    let milestones: Vec<Travelled> = milestones
        .iter()
        .map(|&(parcel_id, milestone)| Travelled { parcel_id: parcel_id.clone(), milestone, at })
        .collect();
    run(rt, move |cx| {
        let milestones = milestones.clone();
        Box::pin(async move {
            let travel = shipping::travel(cx, &milestones).await?;
            let steps: Vec<String> =
                travel.moved.iter().map(|moved| moved.parcel.status.to_string()).collect();
            Ok::<_, Fault>(format!("{} {}", steps.join(" "), travel.undispatched.len()))
        })
    })
    .await
    .unwrap()
}

async fn unpack(rt: &Runtime, parcel_id: &ParcelId, is_for_good: bool) -> Result<String, UnpackError> {
    let parcel_id = parcel_id.clone();
    run(rt, move |cx| {
        let parcel_id = parcel_id.clone();
        Box::pin(async move {
            if is_for_good {
                let lines = shipping::cancel_parcel(cx, &parcel_id).await?;
                Ok(lines.iter().map(|line| format!("{}x{} ", line.line_no, line.quantity)).collect())
            } else {
                Ok(shipping::reopen(cx, &parcel_id).await?.parcel_id.to_string())
            }
        })
    })
    .await
}

async fn parcels(rt: &Runtime, order: &str) -> Vec<(Parcel, Vec<ParcelLine>)> {
    let (organisation_id, order_id) = (rt.organisation_id.clone(), OrderId::from_body(order));
    rt.read(move |tx| {
        Box::pin(async move {
            let parcels = shipping::list_parcels(tx, &organisation_id, &order_id).await?;
            let ids: Vec<ParcelId> = parcels.iter().map(|parcel| parcel.parcel_id.clone()).collect();
            let mut lines = shipping::parcel_lines(tx, &organisation_id, &ids).await?;
            let findings = runtime::verify::check(tx, &organisation_id, shipping::INVARIANTS).await?;
            assert_eq!(findings, []);
            let with_lines = parcels.into_iter().map(|parcel| {
                let lines = lines.remove(&parcel.parcel_id).into_iter().flatten().collect();
                (parcel, lines)
            });
            Ok::<_, Fault>(with_lines.collect())
        })
    })
    .await
    .unwrap()
}

async fn told(rt: &Runtime, order: &str) -> Vec<String> {
    let (organisation_id, order_id) = (rt.organisation_id.clone(), OrderId::from_body(order));
    let events = rt
        .read(move |tx| {
            Box::pin(
                async move { runtime::event::list_of_subject(tx, &organisation_id, order_id.as_str()).await },
            )
        })
        .await
        .map_err(|fault: Fault| fault.to_string())
        .unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

testkit::both_engines! {
    async fn a_parcel_is_packed_labelled_sent_and_delivered(db: TestDb) {
        let rt = runtime(&db);
        let id = packed(&rt, "1").await;
        let service = close(&rt, &id, SHOEBOX).await.unwrap();
        assert!(matches!(close(&rt, &id, SHOEBOX).await, Err(CloseError::WrongStep(_))));

        let effects = runtime::effect::claim(&rt, 10).await.unwrap();
        assert_eq!((effects.len(), effects[0].kind.as_str(), effects[0].cause_id.as_str()), (1, LABEL_BUY, id.as_str()));
        let order: LabelOrder = serde_json::from_value(effects[0].request.clone()).unwrap();
        assert_eq!((order.service_code, order.parcel, order.to.city.as_str()), (service, SHOEBOX, "Plovdiv"));

        assert_eq!(label(&rt, &id, bought("DP1")).await.unwrap(), "labelled");
        assert_eq!(label(&rt, &id, bought("DP1")).await.unwrap(), "labelled", "the answer again changes nothing");
        assert!(matches!(label(&rt, &id, bought("DP2")).await, Err(LabelError::WrongStep(_))));
        assert_eq!(send(&rt, &[&id]).await.unwrap(), "1");
        assert!(matches!(send(&rt, &[&id]).await, Err(DispatchError::WrongStep { .. })));
        let reached = [(&id, Milestone::PickedUp), (&id, Milestone::Delivered), (&id, Milestone::Delivered)];
        assert_eq!(travel(&rt, &reached).await, "delivered 0");
        assert_eq!(travel(&rt, &reached).await, " 0", "told again");
        assert_eq!(travel(&rt, &[(&id, Milestone::Returned)]).await, "returned 0");

        let (parcel, lines) = parcels(&rt, "1").await.remove(0);
        assert_eq!(lines, [units(1, 2)]);
        assert_eq!(parcel.price, Some(Money::new(345, Currency::EUR)), "what the carrier said, not what we quoted");
        assert_eq!((parcel.tracking_number.as_deref(), parcel.parcel_no, parcel.size), (Some("DP1"), 1, SHOEBOX));
        assert!((130_000..134_000).contains(&parcel.distance_metres), "{}", parcel.distance_metres);
        assert_eq!(parcel.delivered_at, Some(rt.now()));
        let kinds = ["parcel.closed", "parcel.labelled", "parcel.dispatched", "parcel.delivered", "parcel.returned"];
        assert_eq!(told(&rt, "1").await, kinds);
    }

    async fn a_refused_label_leaves_the_goods_in_an_open_box(db: TestDb) {
        let rt = runtime(&db);
        let id = packed(&rt, "1").await;
        close(&rt, &id, SHOEBOX).await.unwrap();
        let refused = id.clone();
        let successor = run(&rt, move |cx| {
            let id = refused.clone();
            Box::pin(async move {
                let parcel = shipping::label_refused(cx, &id, "ADDR-12", "address not serviceable").await?;
                Ok::<_, LabelError>(parcel.parcel_id.to_string())
            })
        })
        .await
        .unwrap();
        let found = parcels(&rt, "1").await;
        let open = found.iter().find(|(parcel, _)| parcel.parcel_id.as_str() == successor).unwrap();
        assert_eq!((open.0.status, open.0.parcel_no, &open.1[..]), (ParcelStatus::Open, 1, &[units(1, 2)][..]));
        assert!(found.iter().any(|(parcel, lines)| parcel.parcel_id == id && parcel.status == ParcelStatus::Cancelled && lines.is_empty()));
        close(&rt, &open.0.parcel_id, SHOEBOX).await.unwrap();
        assert!(matches!(label(&rt, &id, bought("DP1")).await, Err(LabelError::WrongStep(_))), "the old box is no more");
    }

    async fn a_box_is_opened_again_unless_its_label_may_be_paid_for(db: TestDb) {
        let rt = runtime(&db);
        let closed = packed(&rt, "1").await;
        close(&rt, &closed, SHOEBOX).await.unwrap();
        let reopened = ParcelId::parse(&unpack(&rt, &closed, false).await.unwrap()).unwrap();
        assert_ne!(reopened, closed);
        assert!(runtime::effect::claim(&rt, 10).await.unwrap().is_empty(), "nobody buys a label for it");
        assert_eq!(unpack(&rt, &reopened, false).await.unwrap(), reopened.as_str(), "an open box is open");

        close(&rt, &reopened, SHOEBOX).await.unwrap();
        assert_eq!(runtime::effect::claim(&rt, 10).await.unwrap().len(), 1);
        assert!(matches!(unpack(&rt, &reopened, false).await, Err(UnpackError::LabelPending { .. })));
        label(&rt, &reopened, bought("DP1")).await.unwrap();
        assert_eq!(unpack(&rt, &reopened, true).await.unwrap(), "1x2 ", "its goods have to go somewhere");
        let effects = runtime::effect::claim(&rt, 10).await.unwrap();
        let void: VoidOrder = serde_json::from_value(effects[0].request.clone()).unwrap();
        assert_eq!((effects[0].kind.as_str(), void.tracking_number.as_str()), (LABEL_VOID, "DP1"));
        assert!(matches!(unpack(&rt, &reopened, true).await, Err(UnpackError::WrongStep(_))));
        assert!(parcels(&rt, "1").await.iter().all(|(parcel, _)| parcel.status == ParcelStatus::Cancelled));
    }

    async fn boxes_of_an_order_have_numbers_of_their_own(db: TestDb) {
        let rt = runtime(&db);
        let tasks: Vec<_> = (0..5)
            .map(|_| {
                let rt = rt.clone();
                tokio::spawn(async move { packed(&rt, "1").await })
            })
            .collect();
        let mut ids = Vec::new();
        for task in tasks {
            ids.push(task.await.unwrap());
        }
        let of = |found: &[(Parcel, Vec<ParcelLine>)], status| -> Vec<i64> {
            found.iter().filter(|(parcel, _)| parcel.status == status).map(|(parcel, _)| parcel.parcel_no).collect()
        };
        let found = parcels(&rt, "1").await;
        assert_eq!(of(&found, ParcelStatus::Open), [1, 2, 3, 4, 5]);
        unpack(&rt, &found[1].0.parcel_id, true).await.unwrap();
        packed(&rt, "1").await;
        assert_eq!(of(&parcels(&rt, "1").await, ParcelStatus::Open), [1, 2, 3, 4, 5], "a number that is free is used again");
    }

    async fn what_cannot_be_closed_or_sent_is_refused_and_stays_as_it_is(db: TestDb) {
        let rt = runtime(&db);
        let (first, second) = (packed(&rt, "1").await, packed(&rt, "2").await);
        let anvil = ParcelSize { weight_grams: 500_000_000, ..SHOEBOX };
        assert!(matches!(close(&rt, &first, anvil).await, Err(CloseError::NoRate(_))));
        let nobody = ParcelId::from_body("nobody");
        assert!(matches!(close(&rt, &nobody, SHOEBOX).await, Err(CloseError::NoSuchParcel { .. })));

        close(&rt, &first, SHOEBOX).await.unwrap();
        close(&rt, &second, SHOEBOX).await.unwrap();
        let given_up = LabelBought { state: LabelState::Cancelled, ..bought("DP1") };
        assert!(matches!(label(&rt, &first, given_up).await, Err(LabelError::GivenUp { .. })));
        label(&rt, &first, bought("DP1")).await.unwrap();
        assert!(matches!(label(&rt, &second, bought("DP1")).await, Err(LabelError::NumberTaken { .. })));
        assert!(matches!(send(&rt, &[&first, &second]).await, Err(DispatchError::WrongStep { .. })));
        assert!(matches!(send(&rt, &[&first, &nobody]).await, Err(DispatchError::NoSuchParcel { .. })));
        assert_eq!(parcels(&rt, "1").await[0].0.status, ParcelStatus::Labelled, "all or none");
        assert_eq!(travel(&rt, &[(&first, Milestone::Delivered), (&second, Milestone::Lost)]).await, " 1");
        send(&rt, &[&first]).await.unwrap();
        assert_eq!(travel(&rt, &[(&first, Milestone::Lost), (&first, Milestone::Delivered)]).await, "lost delivered 0");
        assert_eq!(parcels(&rt, "1").await[0].0.dispatched_at, Some(rt.now()));
    }
}
