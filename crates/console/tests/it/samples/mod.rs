//! Every page with rich, empty and refused content, for the tests and for the gallery.

mod board;
mod floor;
mod orders;
mod ownership;
mod rush;
mod settings;
mod supply;
mod webhooks;

use askama::Template;
use console::pages::Choice;
use console::pages::alerts::{AlertLine, AlertsPage};
use console::pages::backorders::{BackorderLine, BackordersPage};
use console::pages::bulk::{Bulk, BulkRow};
use console::pages::counts::{CountForm, CountsPage, ProposalLine};
use console::pages::dashboard::{Dashboard, Recent, Stage, Today};
use console::pages::discrepancies::{DifferenceLine, DiscrepanciesPage};
use console::pages::exceptions::{Exceptions, Group, Row};
use console::pages::expected::{ExpectedLine, ExpectedOne, ExpectedPage, ItemLine};
use console::pages::holds::{HoldLine, HoldPart, HoldsPage};
use console::pages::import::{ColumnChoice, ImportPage, TablePage};
use console::pages::look::{HouseEntry, LookForm, LookPage};
use console::pages::lots::{LotLine, LotsPage};
use console::pages::me::{MePage, SessionRow};
use console::pages::nodes::{NodePage, NodeSummary, Nodes, QueueRow};
use console::pages::notifications::Notifications;
use console::pages::operations::{OperationLine, OperationPage, OperationsPage, RowError};
use console::pages::order::*;
use console::pages::orders::{Filter, OrderRow, Orders, Saved};
use console::pages::palette::{Destination, Group as PaletteGroup, Palette};
use console::pages::problem::{Effect, ProblemPage, Trouble};
use console::pages::receive::{Receipt, Receive, ReceiveForm};
use console::pages::rename::{Rename, Theirs, Undo};
use console::pages::sign_in::{FirstRun, SignIn};
use console::pages::station::{
    BoxLabel, ClosedBox, Outcome, Pack, Pick as PickPage, Station, StationNode, Stations, TaskLine, TaskLot,
};
use console::pages::stock::{
    Account, Balances, HoldHere, ItemRows, LedgerPage, LevelForm, LevelUndo, NodeRow, ShareRow, StockGrid,
    Transfer,
};
use console::pages::stuck::{StuckLine, StuckPage};
use console::pages::tracking::{Promise, Support, TrackedParcel, TrackedScan, TrackingPage};
use console::svg::{Bar, Bars, Cover, Lifeline, Map, MapNode, MapSize, Mark, Outlook, StateStrip, UnitCount};
use console::words::*;
use console::{Density, Language, Look, Notice, Person, Section, Shell, Texts, Theme};
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
        ("palette", html(s.palette(true))),
        ("palette-none", html(s.palette(false))),
        ("notifications", html(s.notifications(true))),
        ("notifications-none", html(s.notifications(false))),
        ("exceptions", html(s.exceptions(true))),
        ("exceptions-none", html(s.exceptions(false))),
        ("orders", html(s.orders(Queue::All, "", s.order_rows()))),
        ("orders-empty", html(s.orders(Queue::Late, "", vec![]))),
        ("orders-none-found", html(s.orders(Queue::ToPick, "oolong", vec![]))),
        ("bulk", html(s.bulk(true))),
        ("bulk-none", html(s.bulk(false))),
        ("order", html(s.order(true))),
        ("order-new", html(s.order(false))),
        ("cancel", html(s.cancel(true))),
        ("cancel-part", html(s.cancel(false))),
        ("stock", html(s.stock("", s.items()))),
        ("stock-empty", html(s.stock("", vec![]))),
        ("stock-none-found", html(s.stock("oolong", vec![]))),
        ("board", html(s.board("", true, true))),
        ("board-read", html(s.board("", true, false))),
        ("board-empty", html(s.board("", false, true))),
        ("board-none-found", html(s.board("oolong", false, true))),
        ("channel-policy", html(s.policy(true))),
        ("channel-policy-none", html(s.policy(false))),
        ("ledger", html(s.ledger(s.transfers()))),
        ("ledger-empty", html(s.ledger(vec![]))),
        ("ownership", html(s.ownership(true))),
        ("ownership-empty", html(s.ownership(false))),
        ("swaps", html(s.swaps(Some(true)))),
        ("swaps-none", html(s.swaps(Some(false)))),
        ("swaps-ask", html(s.swaps(None))),
        ("expected", html(s.expected(true))),
        ("expected-empty", html(s.expected(false))),
        ("expected-one", html(s.expected_one(true))),
        ("expected-over", html(s.expected_one(false))),
        ("holds", html(s.holds(true))),
        ("counts", html(s.counts(true))),
        ("counts-read", html(s.counts(false))),
        ("stuck", html(s.stuck(true))),
        ("stuck-none", html(s.stuck(false))),
        ("discrepancies", html(s.discrepancies(true))),
        ("discrepancies-none", html(s.discrepancies(false))),
        ("backorders", html(s.backorders(true))),
        ("backorders-empty", html(s.backorders(false))),
        ("alerts", html(s.alerts(true))),
        ("alerts-empty", html(s.alerts(false))),
        ("peak", html(s.peak(true))),
        ("peak-quiet", html(s.peak(false))),
        ("lots", html(s.lots(true))),
        ("lots-empty", html(s.lots(false))),
        ("holds-empty", html(s.holds(false))),
        ("rename", html(s.rename(false))),
        ("rename-stale", html(s.rename(true))),
        ("nodes", html(s.nodes(true))),
        ("nodes-empty", html(s.nodes(false))),
        ("node", html(s.node(s.queue()))),
        ("node-idle", html(s.node(vec![]))),
        ("reference", html(s.reference())),
        ("stations", html(s.stations(true))),
        ("stations-empty", html(s.stations(false))),
        ("station", html(s.station(s.queue()))),
        ("station-idle", html(s.station(vec![]))),
        ("pick", html(s.pick(2, None))),
        ("pick-done", html(s.pick(4, Some((Feedback::Done, "4820012345678"))))),
        ("pack", html(s.pack(1, vec![], Some((Feedback::Ok, "4820012345678"))))),
        ("pack-done", html(s.pack_done())),
        ("settings-people", html(s.people(true, Some("https://shop.example/join/qmi_1")))),
        ("settings-people-read", html(s.people(false, None))),
        ("settings-roles", html(s.matrix())),
        ("settings-keys", html(s.keys(true))),
        ("settings-keys-empty", html(s.keys(false))),
        ("settings-badges", html(s.badges(true))),
        ("settings-badges-empty", html(s.badges(false))),
        ("device", html(s.enrol_device())),
        ("badge", html(s.show_badge("", None))),
        ("badge-pin", html(s.show_badge("QB1", Some("—")))),
        ("settings-providers", html(s.providers(None))),
        ("settings-providers-refused", html(s.providers(Some("—")))),
        ("settings-merchants", html(s.merchants(true))),
        ("settings-merchants-read", html(s.merchants(false))),
        ("settings-look", html(s.own_look(None))),
        ("settings-look-refused", html(s.own_look(Some("—")))),
        ("settings-me", html(s.me(false))),
        ("settings-me-refused", html(s.me(true))),
        ("settings-audit", html(s.changes(true))),
        ("settings-audit-empty", html(s.changes(false))),
        ("settings-privacy", html(s.privacy(Some(4), None))),
        ("settings-privacy-wrong", html(s.privacy(None, None))),
        ("settings-privacy-nobody", html(s.privacy(Some(0), None))),
        (
            "settings-privacy-done",
            html(s.privacy(
                None,
                Some(console::pages::settings::Done { erased: 2, under_way: vec![text("ord_1")] }),
            )),
        ),
        ("join", html(s.join(None))),
        ("join-refused", html(s.join(Some("flaw-password")))),
        ("receive", html(s.receive(ReceiveForm::default(), true))),
        ("receive-refused", html(s.receive_refused())),
        ("import", html(s.import(true))),
        ("import-empty", html(s.import(false))),
        ("import-table", html(s.table(true))),
        ("import-table-empty", html(s.table(false))),
        ("operations", html(s.operations(true))),
        ("operations-empty", html(s.operations(false))),
        ("operation-running", html(s.operation(640, vec![]))),
        ("operation-finished", html(s.operation(1000, s.row_errors()))),
        ("webhooks", html(s.webhooks(true))),
        ("webhooks-empty", html(s.webhooks(false))),
        ("webhooks-refused", html(s.webhooks_refused())),
        ("webhook", html(s.webhook(true))),
        ("webhook-new", html(s.webhook(false))),
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
        ("palette-list", html(s.palette(true).as_list())),
        ("orders-rows", html(s.orders(Queue::All, "", s.order_rows()).as_rows())),
        ("stock-grid", html(s.stock("", s.items()).as_grid())),
        ("ledger-drawer", html(s.ledger(s.transfers()).as_ledger())),
        ("pick-work", html(s.pick(1, Some((Feedback::Wrong, "1234"))).as_work())),
        ("pack-work", html(s.pack(1, vec![], None).as_work())),
        ("operation-part", html(s.operation(10, vec![]).as_progress())),
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
    /// Dark pages have looks of their own, so that both kinds are there.
    fn look(&self) -> Look {
        match self.theme {
            Theme::Dark => {
                Look { sheet: Some(text("/brand/colour/7a1f6b")), logo: Some(text("/brand/logo/1f")) }
            }
            Theme::Device | Theme::Light => Look::default(),
        }
    }

    fn shell(&self, section: Section, path: &str) -> Shell {
        Shell {
            organisation: text("Balkan Tea & Coffee"),
            look: self.look(),
            person: Person { name: text("Elena Petrova"), email: text("elena@tea.example") },
            section,
            sections: Section::ALL.to_vec(),
            can_find: true,
            unread: Some(7),
            theme: self.theme,
            density: Density::Dense,
            zone: text("Europe/Sofia"),
            path: text(path),
            now: now(),
            viewing: Some(text("Tea <script>alert(1)</script>")),
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

    fn sign_in(&self, error: Option<String>) -> SignIn {
        SignIn {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/sign-in"),
            look: self.look(),
            house: error.is_some().then(|| text("Tea & Coffee")),
            next: text("/orders"),
            email: text("elena@tea.example"),
            providers: vec![Choice::new("/sign-in/with/idp_1", "Tea <script>alert(1)</script>")],
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
}
