//! Every page with rich, empty and refused content, for the tests and for the gallery.

use askama::Template;
use console::pages::Choice;
use console::pages::dashboard::{Dashboard, Recent, Stage, Today};
use console::pages::import::{ImportPage, ImportProgress, Progress, RowError};
use console::pages::nodes::{NodePage, NodeSummary, Nodes, QueueRow};
use console::pages::order::*;
use console::pages::orders::{Filter, OrderRow, Orders};
use console::pages::problem::{Effect, ProblemPage, Trouble};
use console::pages::receive::{Receipt, Receive, ReceiveForm};
use console::pages::sign_in::{FirstRun, SignIn};
use console::pages::station::{
    BoxLabel, ClosedBox, Outcome, Pack, Pick as PickPage, Station, StationNode, Stations, TaskLine,
};
use console::pages::stock::{Account, Balances, ItemRows, LedgerPage, NodeRow, StockGrid, Transfer};
use console::pages::tracking::{Promise, TrackedParcel, TrackedScan, TrackingPage};
use console::svg::{Bar, Bars, Lifeline, Map, MapNode, MapSize, Mark, StateStrip, UnitCount};
use console::words::*;
use console::{Language, Notice, Person, Section, Shell, Texts, Theme};
use jiff::ToSpan;
use jiff::tz::{TimeZone, offset};
use kernel::{Currency, Date, Money, Place, Timestamp};

/// A page by its name, as HTML.
pub type Page = (&'static str, String);

/// Every page in every state, in this language.
pub fn all(language: Language, theme: Theme) -> Vec<Page> {
    let s = Sample { t: Texts::new(language, TimeZone::fixed(offset(2))), theme };
    let mut pages = vec![
        ("overview", html(s.dashboard(true))),
        ("overview-empty", html(s.dashboard(false))),
        ("orders", html(s.orders(Queue::All, "", s.order_rows()))),
        ("orders-empty", html(s.orders(Queue::Late, "", vec![]))),
        ("orders-none-found", html(s.orders(Queue::ToPick, "oolong", vec![]))),
        ("order", html(s.order(true))),
        ("order-new", html(s.order(false))),
        ("cancel", html(s.cancel(true))),
        ("cancel-part", html(s.cancel(false))),
        ("stock", html(s.stock("", s.items()))),
        ("stock-empty", html(s.stock("", vec![]))),
        ("stock-none-found", html(s.stock("oolong", vec![]))),
        ("ledger", html(s.ledger(s.transfers()))),
        ("ledger-empty", html(s.ledger(vec![]))),
        ("nodes", html(s.nodes(true))),
        ("nodes-empty", html(s.nodes(false))),
        ("node", html(s.node(s.queue()))),
        ("node-idle", html(s.node(vec![]))),
        ("stations", html(s.stations(true))),
        ("stations-empty", html(s.stations(false))),
        ("station", html(s.station(s.queue()))),
        ("station-idle", html(s.station(vec![]))),
        ("pick", html(s.pick(2, None))),
        ("pick-done", html(s.pick(4, Some((Feedback::Done, "4820012345678"))))),
        ("pack", html(s.pack(1, vec![], Some((Feedback::Ok, "4820012345678"))))),
        ("pack-done", html(s.pack_done())),
        ("receive", html(s.receive(ReceiveForm::default(), true))),
        ("receive-refused", html(s.receive_refused())),
        ("import", html(s.import(true))),
        ("import-empty", html(s.import(false))),
        ("import-running", html(s.import_progress(640, vec![]))),
        ("import-finished", html(s.import_progress(1000, s.row_errors()))),
        ("sign-in", html(s.sign_in(None))),
        ("sign-in-refused", html(s.sign_in(Some("—".to_owned())))),
        ("first-run", html(s.first_run())),
        ("tracking", html(s.tracking(Promise::Arrives { from: day(24), to: day(26) }, s.tracked()))),
        ("tracking-new", html(s.tracking(Promise::Unknown, vec![]))),
        ("tracking-late", html(s.tracking(Promise::Delayed { from: day(25), to: day(25) }, s.troubled()))),
        ("tracking-later", html(s.tracking(Promise::Delayed { from: day(25), to: day(27) }, vec![]))),
        ("tracking-today", html(s.tracking(Promise::Arrives { from: day(22), to: day(22) }, vec![]))),
        ("tracking-arrived", html(s.tracking(Promise::Delivered(day(21)), vec![]))),
        ("tracking-cancelled", html(s.tracking(Promise::Cancelled, vec![]))),
    ];
    let feedback = [
        ("pick-ok", Feedback::Ok),
        ("pick-wrong", Feedback::Wrong),
        ("pick-too-many", Feedback::TooMany),
        ("pick-wrong-order", Feedback::WrongOrder),
        ("pick-unknown", Feedback::Unknown),
    ];
    pages.extend(feedback.map(|(name, word)| (name, html(s.pick(1, Some((word, "4820012345678")))))));
    let troubles = [
        ("not-found", Trouble::NotFound, Effect::NoCommand),
        ("forbidden", Trouble::Forbidden, Effect::NothingHappened),
        ("conflict", Trouble::Conflict, Effect::NothingHappened),
        ("bad-request", Trouble::BadRequest, Effect::NothingHappened),
        ("too-many", Trouble::TooMany, Effect::NothingHappened),
        ("fault", Trouble::Fault, Effect::Unknown),
    ];
    pages.extend(troubles.map(|(name, trouble, effect)| (name, html(s.problem(trouble, effect)))));
    pages
}

/// The parts that are sent alone: the live stream's message, the drawer, the station's loop.
pub fn parts(language: Language) -> Vec<Page> {
    let s = Sample { t: Texts::new(language, TimeZone::fixed(offset(2))), theme: Theme::Device };
    vec![
        ("live", s.dashboard(true).live().unwrap()),
        ("orders-rows", html(s.orders(Queue::All, "", s.order_rows()).as_rows())),
        ("stock-grid", html(s.stock("", s.items()).as_grid())),
        ("ledger-drawer", html(s.ledger(s.transfers()).as_ledger())),
        ("pick-work", html(s.pick(1, Some((Feedback::Wrong, "1234"))).as_work())),
        ("pack-work", html(s.pack(1, vec![], None).as_work())),
        ("import-part", html(s.import_progress(10, vec![]).as_progress())),
    ]
}

fn html(page: impl Template) -> String {
    page.render().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T12:40:00Z")
}

fn ago(minutes: i64) -> Timestamp {
    now() - minutes.minutes()
}

fn day(day: i8) -> Date {
    Date::new(2026, 11, day).unwrap()
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn count(state: UnitState, units: i64) -> UnitCount {
    UnitCount { state, units }
}

const ASSAM: &str = "Assam second flush, loose leaf, 250 g";
const SENCHA: &str = "Sencha, organic, 100 g";
const POT: &str = "Cast-iron teapot “Kambei”, 0.8 l, black";

struct Sample {
    t: Texts,
    theme: Theme,
}

impl Sample {
    fn shell(&self, section: Section, path: &str) -> Shell {
        Shell {
            organisation: text("Balkan Tea & Coffee"),
            person: Person { name: text("Elena Petrova"), email: text("elena@tea.example") },
            section,
            theme: self.theme,
            zone: text("Europe/Sofia"),
            path: text(path),
            now: now(),
            notice: None,
        }
    }

    fn map_nodes(&self) -> Vec<MapNode> {
        let node = |id: &str, name: &str, kind, (latitude, longitude), backlog, late| MapNode {
            id: text(id),
            name: text(name),
            kind,
            place: Place::from_degrees(latitude, longitude).unwrap(),
            backlog,
            late,
        };
        vec![
            node("nod_sof", "Sofia centre", NodeKind::RegionalCentre, (42.70, 23.32), 214, 3),
            node("nod_sfs", "Sofia, Vitosha Blvd", NodeKind::Store, (42.69, 23.31), 6, 0),
            node("nod_pdv", "Plovdiv", NodeKind::Store, (42.14, 24.75), 18, 0),
            node("nod_var", "Varna", NodeKind::Store, (43.21, 27.91), 0, 0),
            node("nod_otp", "București Nord", NodeKind::Partner, (44.47, 26.10), 72, 0),
            node("nod_skg", "Θεσσαλονίκη", NodeKind::Vendor, (40.64, 22.94), 9, 0),
            node("nod_beg", "Београд", NodeKind::Store, (44.82, 20.46), 31, 1),
        ]
    }

    fn dashboard(&self, is_rich: bool) -> Dashboard {
        let stage = |state, queue, units, minutes: i64| Stage {
            state,
            queue,
            units: if is_rich { units } else { 0 },
            oldest: is_rich.then(|| ago(minutes)),
        };
        let recent = |minutes, what, subject: &str| Recent {
            at: ago(minutes),
            what,
            subject: text(subject),
            href: console::href::order("ord_01"),
        };
        let per_hour = [2, 1, 0, 0, 0, 3, 9, 18, 31, 44, 52, 47, 38, 41, 22];
        let hours: Vec<Bar> = (0..24)
            .map(|hour| Bar {
                label: format!("{hour:02}"),
                value: if is_rich { per_hour.get(hour).copied().unwrap_or(0) } else { 0 },
                is_running: hour == 14,
            })
            .collect();
        let nodes = self.map_nodes();
        Dashboard {
            t: self.t.clone(),
            shell: self.shell(Section::Overview, "/"),
            today: if is_rich {
                Today { orders: 1308, orders_yesterday: 1254, late: 4, soon: 37, refused: 2, exceptions: 6 }
            } else {
                Today::default()
            },
            stages: vec![
                stage(UnitState::Unallocated, Queue::Unallocated, 12, 400),
                stage(UnitState::Allocated, Queue::ToPick, 342, 190),
                stage(UnitState::Picked, Queue::ToPack, 87, 64),
                stage(UnitState::Packed, Queue::ToShip, 151, 95),
                stage(UnitState::Shipped, Queue::OnTheWay, 2210, 8000),
            ],
            hours: Bars::of_orders(&self.t, &hours),
            recent: if is_rich {
                vec![
                    recent(0, Happening::OrderPlaced, "#10488"),
                    recent(1, Happening::ShortPicked, "#10463"),
                    recent(2, Happening::Delivered, "#10302"),
                    recent(3, Happening::LabelFailed, "#10479"),
                    recent(6, Happening::Dispatched, "#10441"),
                    recent(9, Happening::StockReceived, "TEA-ASSAM-250"),
                    recent(12, Happening::OrderRefused, "#10470"),
                ]
            } else {
                vec![]
            },
            map: Map::of(&self.t, if is_rich { &nodes } else { &[] }, MapSize::Thumbnail),
        }
    }

    fn choices(&self) -> Vec<Choice> {
        self.map_nodes().iter().map(|node| Choice::new(&node.id, &node.name)).collect()
    }

    fn orders(&self, queue: Queue, search: &str, rows: Vec<OrderRow>) -> Orders {
        let counts = [8214, 12, 342, 87, 151, 2210, 5391, 21, 4];
        let has_next = !rows.is_empty();
        Orders {
            t: self.t.clone(),
            shell: self.shell(Section::Orders, "/orders?view=late"),
            filter: Filter {
                queue,
                search: text(search),
                channel: String::new(),
                node: String::new(),
                after: if has_next { text("k1") } else { String::new() },
            },
            counts: Queue::ALL.iter().copied().zip(counts).collect(),
            channels: vec![Choice::new("chn_web", "tea.example"), Choice::new("chn_mkt", "Marketplace")],
            nodes: self.choices(),
            rows,
            next: has_next.then(|| text("k2")),
        }
    }

    fn order_rows(&self) -> Vec<OrderRow> {
        let row =
            |number: &str, customer: &str, place: &str, units: &[(UnitState, i64)], due, total| OrderRow {
                id: format!("ord_{}", &number[1..]),
                number: text(number),
                channel: text("tea.example"),
                placed_at: ago(130),
                customer: text(customer),
                destination: text(place),
                units: units.iter().map(|&(state, units)| count(state, units)).collect(),
                nodes: if units[0].0 == UnitState::Unallocated { vec![] } else { vec![text("Sofia centre")] },
                due,
                total: eur(total),
            };
        use UnitState::*;
        vec![
            row("#10488", "Георги Иванов", "Русе, BG", &[(Allocated, 3)], Some(now() + 5.hours()), 4_790),
            row(
                "#10463",
                "Maria Papadopoulou",
                "Θεσσαλονίκη, GR",
                &[(Picked, 2), (Allocated, 1)],
                Some(ago(95)),
                12_450,
            ),
            row(
                "#10441",
                "Ion Popescu",
                "București, RO",
                &[(Shipped, 4), (Packed, 2)],
                Some(now() + 26.hours()),
                23_900,
            ),
            row("#10302", "陳美玲", "臺北市, TW", &[(Delivered, 1)], None, 6_400),
            row(
                "#10299",
                "Extraordinarily Long Company Name Tea Importers Gesellschaft mbH",
                "Frankfurt am Main, DE",
                &[(Unallocated, 120)],
                Some(ago(3000)),
                1_284_500,
            ),
            row("#10297", "Siti Rahmawati", "Bandung, ID", &[(Cancelled, 2), (Delivered, 40)], None, 88_020),
        ]
    }

    fn line(&self, number: i64, sku: &str, name: &str, units: &[(UnitState, i64)], price: i64) -> Line {
        let units: Vec<UnitCount> = units.iter().map(|&(state, units)| count(state, units)).collect();
        Line {
            number,
            sku: text(sku),
            name: text(name),
            ordered: units.iter().map(|count| count.units).sum(),
            cancellable: units
                .iter()
                .filter(|count| count.state < UnitState::Shipped)
                .map(|count| count.units)
                .sum(),
            strip: StateStrip::of(&self.t, &units),
            units,
            price: eur(price),
        }
    }

    fn order(&self, is_rich: bool) -> OrderPage {
        use UnitState::*;
        let marks = [
            Mark { at: ago(2900), what: Happening::OrderPlaced },
            Mark { at: ago(2898), what: Happening::OrderAllocated },
            Mark { at: ago(1600), what: Happening::ShortPicked },
            Mark { at: ago(1500), what: Happening::Packed },
            Mark { at: ago(1300), what: Happening::Dispatched },
            Mark { at: ago(300), what: Happening::ParcelScanned },
        ];
        let entry = |minutes, what, detail: &str, actor: &str| Entry {
            at: ago(minutes),
            what,
            detail: text(detail),
            actor: text(actor),
        };
        let scan = |minutes, milestone, place: &str| Scan { at: ago(minutes), milestone, place: text(place) };
        let placed = Mark { at: ago(2), what: Happening::OrderPlaced };
        OrderPage {
            t: self.t.clone(),
            shell: self.shell(Section::Orders, "/orders/ord_10441"),
            id: text("ord_10441"),
            number: text("#10441"),
            channel: text("tea.example"),
            external_ref: text("gid-5519284710"),
            placed_at: ago(2900),
            units: if is_rich {
                vec![
                    count(Shipped, 4),
                    count(Packed, 2),
                    count(Picked, 1),
                    count(Lost, 1),
                    count(Cancelled, 1),
                    count(Backordered, 1),
                ]
            } else {
                vec![count(Unallocated, 3)]
            },
            promised_by: is_rich.then(|| now() + 29.hours()),
            lifeline: if is_rich {
                Lifeline::of(&self.t, &marks, Some(now() + 29.hours()), None, now())
            } else {
                Lifeline::of(&self.t, &[placed], None, None, now())
            },
            lines: vec![
                self.line(
                    1,
                    "TEA-ASSAM-250",
                    ASSAM,
                    if is_rich { &[(Shipped, 4), (Packed, 2), (Cancelled, 1)] } else { &[(Unallocated, 3)] },
                    1_290,
                ),
                self.line(
                    2,
                    "TEA-SENCHA-100",
                    SENCHA,
                    &[(Picked, 1), (Backordered, 1), (Lost, 1), (Returned, 1), (ReadyForPickup, 1)],
                    990,
                ),
                self.line(3, "POT-IRON-08-BLK", POT, &[(Delivered, 600), (Allocated, 24)], 8_900),
            ],
            customer: Customer {
                name: text("Ion Popescu"),
                email: text("ion.popescu@mail.example"),
                phone: text("+40 721 000 000"),
                address: vec![text("Strada Lipscani 25, ap. 4"), text("030031 București"), text("RO")],
            },
            fulfilments: if is_rich { self.fulfilments() } else { vec![] },
            parcels: if is_rich {
                vec![
                    Parcel {
                        id: text("par_01"),
                        carrier: text("Simulated Carrier"),
                        service: text("Standard"),
                        tracking_number: text("QM000000017BG"),
                        weight_grams: 1_240,
                        cost: Some(eur(612)),
                        milestone: Milestone::InTransit,
                        scans: vec![
                            scan(300, Milestone::InTransit, "Ruse"),
                            scan(1280, Milestone::PickedUp, "Sofia"),
                            scan(1490, Milestone::LabelCreated, ""),
                        ],
                        has_label: true,
                    },
                    Parcel {
                        id: text("par_02"),
                        carrier: text("Simulated Carrier"),
                        service: text("Standard"),
                        tracking_number: String::new(),
                        weight_grams: 640,
                        cost: None,
                        milestone: Milestone::LabelCreated,
                        scans: vec![],
                        has_label: false,
                    },
                ]
            } else {
                vec![]
            },
            money: Ledger {
                total: eur(23_900),
                authorised: eur(23_900),
                captured: eur(15_480),
                refunded: eur(-0),
            },
            timeline: vec![
                entry(300, Happening::ParcelScanned, "QM000000017BG, Ruse", "Simulated Carrier"),
                entry(1300, Happening::Dispatched, "QM000000017BG", "Nikolay D."),
                entry(1600, Happening::ShortPicked, "1 × TEA-SENCHA-100", "Nikolay D."),
                entry(2898, Happening::OrderAllocated, "Sofia centre", "Quartermaster"),
                entry(2900, Happening::OrderPlaced, "", "tea.example"),
            ],
            decisions: if is_rich { self.decisions() } else { vec![] },
            raw: is_rich
                .then(|| text("{\n  \"name\": \"#10441\",\n  \"note\": \"<script>alert(1)</script>\"\n}")),
            tracking_href: is_rich.then(|| console::href::tracking("v1.ord_10441.sig")),
        }
    }

    fn fulfilments(&self) -> Vec<Fulfilment> {
        let part = |id: &str, node: &str, work, picked, short| Fulfilment {
            id: text(id),
            node_id: text("nod_sof"),
            node: text(node),
            method: if work == Work::Rejected { Method::Pickup } else { Method::Ship },
            work,
            due: Some(now() + 5.hours()),
            picks: vec![
                Pick { sku: text("TEA-ASSAM-250"), name: text(ASSAM), asked: 6, picked, short: 0 },
                Pick { sku: text("TEA-SENCHA-100"), name: text(SENCHA), asked: 2, picked: 1, short },
            ],
        };
        vec![
            part("ful_1", "Sofia centre", Work::ToPack, 6, 1),
            part("ful_2", "Plovdiv", Work::ToPick, 0, 0),
            part("ful_3", "București Nord", Work::Shipped, 6, 0),
            part("ful_4", "Varna", Work::Rejected, 0, 2),
        ]
    }

    fn decisions(&self) -> Vec<Decision> {
        let candidate =
            |node: &str, distance_km, verdict| Candidate { node: text(node), distance_km, verdict };
        vec![
            Decision {
                id: text("dec_02"),
                at: ago(1599),
                cause: DecisionCause::ReSource,
                is_exact: true,
                terms: vec![
                    (CostTerm::Packages, eur(240)),
                    (CostTerm::Weight, eur(81)),
                    (CostTerm::Lines, eur(35)),
                ],
                total: eur(356),
                candidates: vec![
                    candidate("Plovdiv", Some(228), Verdict::Chosen { units: 1 }),
                    candidate(
                        "București Nord",
                        Some(12),
                        Verdict::Dearer { extra: eur(0), is_lower_bound: false },
                    ),
                    candidate("Varna", Some(226), Verdict::Dearer { extra: eur(124), is_lower_bound: false }),
                    candidate(
                        "Београд",
                        Some(448),
                        Verdict::Dearer { extra: eur(310), is_lower_bound: true },
                    ),
                    candidate("Θεσσαλονίκη", None, Verdict::Incomplete),
                    candidate(
                        "Sofia centre",
                        Some(296),
                        Verdict::Excluded(vec![Exclusion::Rejected, Exclusion::OutOfArea]),
                    ),
                ],
            },
            Decision {
                id: text("dec_01"),
                at: ago(2898),
                cause: DecisionCause::Accept,
                is_exact: false,
                terms: vec![(CostTerm::Packages, eur(480))],
                total: eur(480),
                candidates: vec![candidate("Sofia centre", Some(296), Verdict::Chosen { units: 8 })],
            },
        ]
    }

    fn cancel(&self, is_whole: bool) -> CancelPreview {
        CancelPreview {
            t: self.t.clone(),
            shell: self.shell(Section::Orders, "/orders/ord_10441/cancel"),
            id: text("ord_10441"),
            number: text("#10441"),
            command: text("0123456789abcdef"),
            reason: CancelReason::Customer,
            lines: vec![
                CancelLine { number: 1, name: text(ASSAM), units: 2, back_to: Some(text("Sofia centre")) },
                CancelLine { number: 2, name: text(SENCHA), units: 1, back_to: None },
            ],
            refund: (!is_whole).then(|| eur(3_570)),
            released: is_whole.then(|| eur(8_420)),
            is_whole,
        }
    }

    fn stock(&self, search: &str, items: Vec<ItemRows>) -> StockGrid {
        let has_next = !items.is_empty();
        StockGrid {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/stock"),
            search: text(search),
            node: String::new(),
            after: if has_next { text("k1") } else { String::new() },
            nodes: self.choices(),
            items,
            next: has_next.then(|| text("k2")),
        }
    }

    fn items(&self) -> Vec<ItemRows> {
        let balances = |on_hand, available, allocated, picked, packed, damaged, incoming| Balances {
            on_hand,
            available,
            held: 0,
            allocated,
            picked,
            packed,
            damaged,
            incoming,
        };
        let row = |node: &str, name: &str, balances| NodeRow { node: text(node), name: text(name), balances };
        let item = |sku: &str, name: &str, total, nodes| ItemRows {
            item: format!("itm_{}", sku.to_lowercase()),
            sku: text(sku),
            name: text(name),
            total,
            nodes,
        };
        vec![
            item(
                "TEA-ASSAM-250",
                ASSAM,
                balances(12_480, 11_902, 430, 88, 51, 9, 2_000),
                vec![
                    row("nod_sof", "Sofia centre", balances(12_300, 11_760, 398, 85, 48, 9, 2_000)),
                    row("nod_pdv", "Plovdiv", balances(180, 142, 32, 3, 3, 0, 0)),
                    row("nod_var", "Varna", balances(0, 0, 0, 0, 0, 0, 0)),
                ],
            ),
            item(
                "TEA-SENCHA-100",
                SENCHA,
                balances(3, 0, 3, 0, 0, 0, 600),
                vec![row("nod_sof", "Sofia centre", balances(3, 0, 3, 0, 0, 0, 600))],
            ),
            item(
                "POT-IRON-08-BLK",
                POT,
                balances(41, 38, 2, 1, 0, 0, 0),
                vec![row("nod_otp", "București Nord", balances(41, 38, 2, 1, 0, 0, 0))],
            ),
        ]
    }

    fn ledger(&self, transfers: Vec<Transfer>) -> LedgerPage {
        let has_older = !transfers.is_empty();
        LedgerPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/stock/ledger?item=itm_1"),
            item: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            node: has_older.then(|| text("Sofia centre")),
            state: StockState::Available,
            balance: 11_760,
            transfers,
            older: has_older.then(|| console::href::ledger("itm_1", "nod_sof", "available")),
        }
    }

    fn transfers(&self) -> Vec<Transfer> {
        let account = |state, node: Option<&str>| Account { state, node: node.map(text) };
        let mut after = 11_760;
        TransferReason::ALL
            .iter()
            .zip(StockState::ALL.iter().skip(2).chain(StockState::ALL))
            .enumerate()
            .map(|(place, (reason, other))| {
                let change = if place.is_multiple_of(3) { 2_000 } else { -3 };
                let transfer = Transfer {
                    at: ago(30 * place as i64),
                    from: account(*other, (place > 1).then_some("Sofia centre")),
                    to: account(StockState::Available, Some("Sofia centre")),
                    change,
                    after,
                    reason: *reason,
                    cause: text("#10441"),
                    cause_href: place.is_multiple_of(2).then(|| console::href::order("ord_10441")),
                    actor: text("Nikolay D."),
                };
                after -= change;
                transfer
            })
            .collect()
    }

    fn summaries(&self) -> Vec<NodeSummary> {
        self.map_nodes()
            .into_iter()
            .map(|node| NodeSummary {
                code: node.id[4..].to_uppercase(),
                id: node.id,
                name: node.name,
                kind: node.kind,
                place: text("Sofia, BG"),
                capabilities: if node.kind == NodeKind::Store {
                    Capability::ALL.to_vec()
                } else {
                    vec![Capability::Ship]
                },
                backlog: node.backlog,
                late: node.late,
                on_hand: node.backlog * 131 + 17,
            })
            .collect()
    }

    fn nodes(&self, is_rich: bool) -> Nodes {
        let nodes = if is_rich { self.map_nodes() } else { vec![] };
        Nodes {
            t: self.t.clone(),
            shell: self.shell(Section::Nodes, "/nodes"),
            map: Map::of(&self.t, &nodes, MapSize::Full),
            small_map: Map::of(&self.t, &nodes, MapSize::Thumbnail),
            rows: if is_rich { self.summaries() } else { vec![] },
        }
    }

    fn queue(&self) -> Vec<QueueRow> {
        Work::ALL
            .iter()
            .enumerate()
            .map(|(place, work)| QueueRow {
                id: format!("ful_{place}"),
                order_id: format!("ord_{place}"),
                order: format!("#1044{place}"),
                work: *work,
                lines: 2,
                units: 1 + 4 * place as i64,
                due: (place < 5).then(|| ago(90 - 120 * place as i64)),
            })
            .collect()
    }

    fn node(&self, queue: Vec<QueueRow>) -> NodePage {
        let stages = [Work::ToPick, Work::Picking, Work::ToPack, Work::ToShip];
        NodePage {
            t: self.t.clone(),
            shell: self.shell(Section::Nodes, "/nodes/nod_sof"),
            node: self.summaries().remove(0),
            zone: text("Europe/Sofia"),
            stages: stages.into_iter().zip([42, 3, 11, 0]).collect(),
            queue,
        }
    }

    fn stations(&self, is_rich: bool) -> Stations {
        let nodes = self.map_nodes().into_iter().map(|node| StationNode {
            id: node.id,
            name: node.name,
            to_pick: node.backlog,
            to_pack: node.backlog / 9,
        });
        Stations {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations"),
            nodes: if is_rich { nodes.collect() } else { vec![] },
        }
    }

    fn station(&self, queue: Vec<QueueRow>) -> Station {
        Station {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations/nod_sof"),
            node_id: text("nod_sof"),
            node: text("Sofia centre"),
            queue,
        }
    }

    /// The first `done` units are scanned: the first item asks three, the second one, of which none is found.
    fn task(&self, done: i64) -> Vec<TaskLine> {
        let line = |sku: &str, name: &str, location: &str, asked, scanned, short| TaskLine {
            item: format!("itm_{}", sku.to_lowercase()),
            sku: text(sku),
            name: text(name),
            location: text(location),
            asked,
            scanned,
            short,
        };
        vec![
            line("TEA-ASSAM-250", ASSAM, "A-12-3", 3, done.min(3), 0),
            line("TEA-SENCHA-100", SENCHA, "", 1, 0, i64::from(done > 3)),
        ]
    }

    fn outcome(&self, outcome: Option<(Feedback, &str)>) -> Option<Outcome> {
        outcome.map(|(feedback, code)| Outcome { feedback, code: text(code), about: text(ASSAM) })
    }

    fn pick(&self, done: i64, outcome: Option<(Feedback, &str)>) -> PickPage {
        PickPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations/nod_sof/pick/ful_1"),
            node_id: text("nod_sof"),
            node: text("Sofia centre"),
            id: text("ful_1"),
            order: text("#10441"),
            due: Some(now() + 95.minutes()),
            lines: self.task(done),
            outcome: self.outcome(outcome),
            command: text("0123456789abcdef"),
        }
    }

    fn pack(&self, done: i64, boxes: Vec<ClosedBox>, outcome: Option<(Feedback, &str)>) -> Pack {
        Pack {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations/nod_sof/pack/ful_1"),
            node_id: text("nod_sof"),
            node: text("Sofia centre"),
            id: text("ful_1"),
            order: text("#10441"),
            lines: self.task(done),
            outcome: self.outcome(outcome),
            expected_grams: (done > 0).then_some(310),
            expected_size_mm: [300, 200, 120],
            boxes,
            command: text("0123456789abcdef"),
        }
    }

    fn pack_done(&self) -> Pack {
        let closed = |id: &str, label| ClosedBox { parcel: text(id), units: 2, weight_grams: 1_240, label };
        let boxes = vec![
            closed("par_1", BoxLabel::Ready),
            closed("par_2", BoxLabel::Waiting),
            closed("par_3", BoxLabel::Failed(self.t.text("row-bad-address"))),
        ];
        let mut page = self.pack(0, boxes, Some((Feedback::Done, "4820012345678")));
        page.lines.iter_mut().for_each(|line| line.asked = 0);
        page
    }

    fn receive(&self, form: ReceiveForm, is_rich: bool) -> Receive {
        let receipt = |minutes, units| Receipt {
            at: ago(minutes),
            item: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            units,
            node: text("Sofia centre"),
            actor: text("Nikolay D."),
            ledger: console::href::ledger("itm_1", "nod_sof", "on_hand"),
        };
        let mut shell = self.shell(Section::Receive, "/receive");
        if is_rich {
            shell.notice = Some(Notice { tone: Tone::Good, text: format!("+2,000 × {ASSAM}") });
        }
        Receive {
            t: self.t.clone(),
            shell,
            nodes: self.choices(),
            form,
            command: text("0123456789abcdef"),
            receipts: if is_rich { vec![receipt(3, 2_000), receipt(55, 24)] } else { vec![] },
        }
    }

    fn receive_refused(&self) -> Receive {
        let form = ReceiveForm {
            node: text("nod_pdv"),
            code: text("482001234"),
            code_error: Some(self.t.text("row-unknown-item")),
            quantity: text("0"),
            quantity_error: Some(self.t.text("row-bad-quantity")),
            reason: text("return"),
        };
        self.receive(form, false)
    }

    fn progress(&self, read: i64, refused: i64) -> Progress {
        Progress {
            id: text("job_1"),
            file: text("orders-2026-11-22-morning.csv"),
            at: ago(2),
            actor: text("Elena Petrova"),
            rows: 1_000,
            read,
            placed: read * 9 / 10,
            repeated: 4,
            refused,
        }
    }

    fn import(&self, is_rich: bool) -> ImportPage {
        let columns = [
            ("order_reference", true),
            ("placed_at", false),
            ("sku", true),
            ("quantity", true),
            ("country", true),
        ];
        ImportPage {
            t: self.t.clone(),
            shell: self.shell(Section::Import, "/import"),
            command: text("0123456789abcdef"),
            file_error: (!is_rich).then(|| self.t.text("row-missing")),
            columns: columns.iter().map(|&(name, is_required)| (text(name), is_required)).collect(),
            imports: if is_rich { vec![self.progress(640, 0), self.progress(1_000, 8)] } else { vec![] },
        }
    }

    fn row_errors(&self) -> Vec<RowError> {
        RowProblem::ALL
            .iter()
            .enumerate()
            .map(|(place, problem)| RowError {
                line: 17 + 211 * place as i64,
                order: format!("B-{place}01"),
                column: text("quantity"),
                value: text("5.01E+12"),
                problem: *problem,
            })
            .collect()
    }

    fn import_progress(&self, read: i64, errors: Vec<RowError>) -> ImportProgress {
        ImportProgress {
            t: self.t.clone(),
            shell: self.shell(Section::Import, "/import/job_1"),
            import: self.progress(read, errors.len() as i64),
            errors,
        }
    }

    fn sign_in(&self, error: Option<String>) -> SignIn {
        SignIn {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/sign-in"),
            next: text("/orders"),
            email: text("elena@tea.example"),
            error,
        }
    }

    fn first_run(&self) -> FirstRun {
        FirstRun {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/first-run"),
            organisation: String::new(),
            name: String::new(),
            email: String::new(),
            error: None,
        }
    }

    fn problem(&self, trouble: Trouble, effect: Effect) -> ProblemPage {
        ProblemPage {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/"),
            trouble,
            detail: (trouble == Trouble::Conflict).then(|| format!("{} · 3 → 0", ASSAM)),
            effect,
            request: text("req_01k9f3"),
        }
    }

    fn tracking(&self, promise: Promise, parcels: Vec<TrackedParcel>) -> TrackingPage {
        TrackingPage {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/track/v1.ord_10441.sig"),
            shop: text("Balkan Tea & Coffee"),
            number: text("#10441"),
            recipient: text("I., București"),
            promise,
            units_in_preparation: if parcels.len() == 1 { 0 } else { 2 },
            parcels,
            updated_at: ago(300),
        }
    }

    fn parcel(&self, milestone: Milestone, scans: &[(i64, Milestone, &str)]) -> TrackedParcel {
        TrackedParcel {
            carrier: text("Simulated Carrier"),
            tracking_number: text("QM000000017BG"),
            milestone,
            contents: vec![(4, text(ASSAM)), (1, text(POT))],
            scans: scans
                .iter()
                .map(|&(minutes, milestone, place)| TrackedScan {
                    at: ago(minutes),
                    milestone,
                    place: text(place),
                })
                .collect(),
        }
    }

    fn tracked(&self) -> Vec<TrackedParcel> {
        let scans = [
            (300, Milestone::InTransit, "Ruse"),
            (1280, Milestone::PickedUp, "Sofia"),
            (1490, Milestone::LabelCreated, ""),
        ];
        vec![self.parcel(Milestone::InTransit, &scans), self.parcel(Milestone::LabelCreated, &[])]
    }

    /// One parcel for each milestone there is, with the way it may have come.
    fn troubled(&self) -> Vec<TrackedParcel> {
        Milestone::ALL
            .iter()
            .map(|milestone| {
                self.parcel(*milestone, &[(200, *milestone, "Ruse"), (1280, Milestone::InTransit, "")])
            })
            .collect()
    }
}
