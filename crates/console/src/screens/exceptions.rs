//! What needs a person, by cause, with the place where it can be acted on.

mod act;

use std::collections::{BTreeSet, HashMap};

use axum::extract::{Query, State};
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{OrderId, OrganisationId, Scope, Timestamp, UserId};
use network::Node;
use orders::read::OrderFilter;
use people::Care;
use runtime::breach::Breach;
use serde::Deserialize;
use shipping::Parcel;
use tracking::Tracker;
use web::{Access, Needs, Permission, Routes};
use webhooks::{Reason, Webhook};

use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::exceptions::{Exceptions, Group, Row};
use crate::shell::Section;
use crate::words::{Cause, Inbox, Milestone, Queue};

/// More of a kind than anybody works through before looking again.
const SHOWN: i64 = 200;

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::EXCEPTIONS, Needs::Throughout(Permission::OrdersRead), get_exceptions)
        .merge(act::routes())
}

/// Everything that needs somebody, as its owners tell it.
pub(super) struct Troubles {
    boxes: Vec<Parcel>,
    trackers: Vec<Tracker>,
    effects: Vec<runtime::effect::StuckRow>,
    webhooks: Vec<Webhook>,
    breaches: Vec<Breach>,
}

impl Troubles {
    pub(super) async fn read(
        tx: &Tx,
        organisation_id: &OrganisationId,
        nodes: &[Node],
        access: &Access,
    ) -> Result<Troubles, Fault> {
        let node_ids = nodes.iter().map(|node| &node.node_id);
        let effects = runtime::effect::list_stuck(tx, organisation_id, SHOWN).await?;
        let webhooks = webhooks::list_webhooks(tx, organisation_id).await?;
        Ok(Troubles {
            boxes: shipping::list_reopened(tx, organisation_id, node_ids, SHOWN).await?,
            trackers: tracking::list_exceptions(tx, organisation_id, SHOWN).await?,
            // A label that was refused opened its box again, which is where it is mended.
            effects: effects.into_iter().filter(|effect| effect.kind != shipping::LABEL_BUY).collect(),
            webhooks: webhooks.into_iter().filter(is_in_trouble).collect(),
            breaches: if access.may_throughout(Permission::OperationsRead) {
                runtime::breach::list(tx, organisation_id).await?
            } else {
                Vec::new()
            },
        })
    }

    fn subjects(&self) -> impl Iterator<Item = &str> {
        let boxes = self.boxes.iter().map(|parcel| parcel.parcel_id.as_str());
        let trackers = self.trackers.iter().map(|tracker| tracker.tracking_number.as_str());
        let effects = self.effects.iter().map(|effect| effect.effect_id.as_str());
        let webhooks = self.webhooks.iter().map(|webhook| webhook.webhook_id.as_str());
        let breaches = self.breaches.iter().map(|breach| breach.invariant.as_str());
        boxes.chain(trackers).chain(effects).chain(webhooks).chain(breaches)
    }

    /// How many of them nobody has put aside.
    pub(super) async fn count_open(
        &self,
        tx: &Tx,
        organisation_id: &OrganisationId,
        now: Timestamp,
    ) -> Result<i64, Fault> {
        let care = people::care_of(tx, organisation_id, self.subjects()).await?;
        let is_open = |subject: &&str| !is_aside(care.get(*subject), now);
        Ok(i64::try_from(self.subjects().filter(is_open).count()).unwrap_or(i64::MAX))
    }

    /// The orders that parcels of theirs make exceptions of.
    pub(super) fn order_ids(&self) -> Vec<OrderId> {
        let boxes = self.boxes.iter().map(|parcel| &parcel.order_id);
        let order_ids = boxes.chain(self.trackers.iter().map(|tracker| &tracker.order_id));
        order_ids.cloned().collect::<BTreeSet<OrderId>>().into_iter().collect()
    }
}

/// How many orders wait for stock, as far as counting for people goes.
pub(super) async fn count_unallocated(tx: &Tx, organisation_id: &OrganisationId) -> Result<i64, Fault> {
    let status = Some(Queue::Unallocated.code().to_owned());
    let waiting = OrderFilter { status, ..OrderFilter::default() };
    let counts = orders::store::count_matching(tx, organisation_id, &Scope::EVERYTHING, &[waiting]).await?;
    Ok(counts.into_iter().sum())
}

fn is_in_trouble(webhook: &Webhook) -> bool {
    matches!(webhook.disabled, Some(Reason::Gone | Reason::Failing)) || webhook.failures >= 3
}

fn is_aside(care: Option<&Care>, now: Timestamp) -> bool {
    care.and_then(|care| care.until).is_some_and(|until| until > now)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    show: String,
}

async fn get_exceptions(
    State(console): State<Console>,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let inbox = Inbox::parse(&asked.show).unwrap_or(Inbox::Open);
    let organisation_id = console.organisation.organisation_id.clone();
    let access = desk.caller.access.clone();
    let found: Found = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { Found::read(tx, &organisation_id, &access).await }))
        .await?;
    let rows = found.rows(&desk);
    let reader = desk.caller.user_id.as_ref();
    let is_in = |part: Inbox, subject: &str| {
        let care = found.care.get(subject);
        let is_aside = is_aside(care, desk.now);
        match part {
            Inbox::Open => !is_aside,
            Inbox::Mine => care.is_some_and(|care| care.user_id.is_some() && care.user_id.as_ref() == reader),
            Inbox::Snoozed => is_aside,
        }
    };
    let count = |part: Inbox| {
        let rows = rows.iter().flat_map(|(_, rows)| rows);
        i64::try_from(rows.filter(|row| is_in(part, &row.subject)).count()).unwrap_or(i64::MAX)
    };
    let counts = Inbox::ALL.iter().map(|part| (*part, count(*part))).collect();
    let access = &desk.caller.access;
    let groups = rows.into_iter().filter_map(|(cause, rows)| {
        let rows: Vec<Row> = rows.into_iter().filter(|row| is_in(inbox, &row.subject)).collect();
        let actions = act::actions_of(cause).iter();
        let actions = actions.filter(|(.., permission)| access.may_throughout(*permission));
        let actions = actions.map(|(step, key, _)| (*step, *key)).collect();
        (!rows.is_empty()).then_some(Group { cause, actions, rows })
    });
    page(&Exceptions {
        inbox,
        counts,
        unallocated: found.unallocated,
        can_retry: access.may_throughout(Permission::OrdersWrite),
        groups: groups.collect(),
        command: fresh_command(),
        shell: desk.shell(Section::Overview, None),
        t: desk.t,
    })
}

/// What needs somebody, with the names of what it is about.
struct Found {
    unallocated: i64,
    troubles: Troubles,
    nodes: Vec<Node>,
    references: HashMap<OrderId, String>,
    care: HashMap<String, Care>,
    names: HashMap<UserId, String>,
}

impl Found {
    async fn read(tx: &Tx, organisation_id: &OrganisationId, access: &Access) -> Result<Found, Fault> {
        let nodes = network::list_nodes(tx, organisation_id, &Scope::EVERYTHING).await?;
        let troubles = Troubles::read(tx, organisation_id, &nodes, access).await?;
        let mut order_ids = troubles.order_ids();
        order_ids.extend(troubles.effects.iter().filter_map(order_of));
        let care = people::care_of(tx, organisation_id, troubles.subjects()).await?;
        let carers: Vec<UserId> = care.values().filter_map(|care| care.user_id.clone()).collect();
        let staff = people::staff_by_id(tx, organisation_id, carers.iter()).await?;
        Ok(Found {
            unallocated: count_unallocated(tx, organisation_id).await?,
            references: orders::store::references_of_orders(tx, organisation_id, order_ids.iter()).await?,
            names: staff.into_iter().map(|(user_id, staff)| (user_id, staff.name)).collect(),
            care,
            nodes,
            troubles,
        })
    }

    fn rows(&self, desk: &Desk) -> Vec<(Cause, Vec<Row>)> {
        let Troubles { boxes, trackers, effects, webhooks, breaches } = &self.troubles;
        let boxes = boxes.iter().map(|parcel| {
            let node = self.nodes.iter().find(|node| node.node_id == parcel.node_id);
            Row {
                name: self.reference(&parcel.order_id),
                href: href::pack(parcel.node_id.as_str(), parcel.fulfilment_order_id.as_str()),
                detail: node.map(|node| node.name.clone()).unwrap_or_default(),
                ..self.row(parcel.parcel_id.as_str(), parcel.opened_at, desk)
            }
        });
        let trackers = trackers.iter().map(|tracker| Row {
            name: self.reference(&tracker.order_id),
            href: href::order(tracker.order_id.as_str()),
            detail: tracker.tracking_number.clone(),
            milestone: Some(Milestone::parse(tracker.milestone.as_str()).unwrap_or(Milestone::Unknown)),
            ..self.row(&tracker.tracking_number, tracker.milestone_at, desk)
        });
        let effects = effects.iter().map(|effect| {
            let order_id = order_of(effect);
            let reason = effect.outcome.as_ref().and_then(|outcome| outcome["reason"].as_str());
            Row {
                name: order_id.as_ref().map_or_else(|| effect.cause_id.clone(), |id| self.reference(id)),
                href: order_id.map_or_else(
                    || href::with_query(href::FIND, &[("q", &effect.cause_id)]),
                    |order_id| href::order(order_id.as_str()),
                ),
                detail: reason.unwrap_or_default().chars().take(200).collect(),
                word: Some(effect_word(&effect.kind, effect.state == "failed")),
                ..self.row(effect.effect_id.as_str(), effect.updated_at, desk)
            }
        });
        let webhooks = webhooks.iter().map(|webhook| Row {
            name: webhook.url.chars().take(80).collect(),
            href: href::webhook(webhook.webhook_id.as_str()),
            ..self.row(webhook.webhook_id.as_str(), webhook.failing_since.unwrap_or(webhook.created_at), desk)
        });
        let breaches = breaches.iter().map(|breach| Row {
            name: breach.invariant.clone(),
            detail: some_of(&breach.details),
            ..self.row(&breach.invariant, breach.found_at, desk)
        });
        vec![
            (Cause::Invariants, breaches.collect()),
            (Cause::Boxes, boxes.collect()),
            (Cause::Parcels, trackers.collect()),
            (Cause::Outside, effects.collect()),
            (Cause::Webhooks, webhooks.collect()),
        ]
    }

    fn reference(&self, order_id: &OrderId) -> String {
        self.references.get(order_id).cloned().unwrap_or_else(|| order_id.to_string())
    }

    /// A row that has its care, and neither name nor place yet.
    fn row(&self, subject: &str, at: Timestamp, desk: &Desk) -> Row {
        let care = self.care.get(subject);
        let carer = care.and_then(|care| care.user_id.as_ref()).and_then(|id| self.names.get(id));
        Row {
            subject: subject.to_owned(),
            name: String::new(),
            href: String::new(),
            detail: String::new(),
            milestone: None,
            word: None,
            at,
            carer: carer.cloned(),
            until: care.and_then(|care| care.until).filter(|until| *until > desk.now),
        }
    }
}

/// The first of what was found; the log has all.
fn some_of(details: &serde_json::Value) -> String {
    let details: Vec<&str> =
        details.as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect();
    let first: String =
        details.iter().take(3).copied().collect::<Vec<_>>().join(" · ").chars().take(400).collect();
    if details.len() > 3 { format!("{first} …") } else { first }
}

/// The order that an effect is about, where its request names one.
fn order_of(effect: &runtime::effect::StuckRow) -> Option<OrderId> {
    let named = effect.request["order_id"].as_str().unwrap_or(&effect.cause_id);
    OrderId::parse(named).ok()
}

fn effect_word(kind: &str, is_refused: bool) -> &'static str {
    match (kind, is_refused) {
        (kind, true) if kind.starts_with("payment.") => "effect-payment-refused",
        (kind, false) if kind.starts_with("payment.") => "effect-payment-waits",
        (_, true) => "effect-carrier-refused",
        (_, false) => "effect-carrier-waits",
    }
}
