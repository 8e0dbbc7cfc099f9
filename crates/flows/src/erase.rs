//! Forgetting a customer: everything that tells of the person goes, in every context, in one transaction an armful of
//! orders. The books stay: stock, units, money, the channel's reference, who did what when (I14).

use std::collections::{BTreeMap, BTreeSet};

use db::{Engine, Fault, Tx};
use kernel::{OrderId, OrganisationId, ParcelId, Timestamp};
use orders::{
    erase::{Depth, Subject},
    store::{list_orders_of_email, list_subjects, lock_subjects},
};
use runtime::{Call, Cx, forget};
use serde::Serialize;
use serde_json::{Value as Json, json};
use shipping::{LABEL_BUY, Parcel};

use crate::{Flows, bulk::CANCEL_ORDERS, files::export::Export, operations::IMPORT_ORDERS};

/// How many orders one transaction erases.
const ARMFUL: i64 = 100;

/// How many orders of one person are shown and erased at once.
pub const SHOWN: i64 = 1_000;

/// The work of rewriting the database file, so that nothing erased is left in its free pages.
pub const REWRITE: &str = "storage.rewrite";

/// Operations whose files and answers tell of customers.
pub(crate) const OF_ORDERS: [&str; 3] = [IMPORT_ORDERS, CANCEL_ORDERS, Export::Orders.operation()];

/// How long after an erasure the file is rewritten: several share one.
const REWRITE_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// Who is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Whoever ordered with this e-mail address.
    Email(String),
    /// Whoever this order is for, as far as the order tells.
    Order(OrderId),
}

impl Whom {
    /// Reads an e-mail address or the id of an order.
    pub fn parse(text: &str) -> Option<Whom> {
        let text = text.trim();
        if let Ok(order_id) = OrderId::parse(text) {
            return Some(Whom::Order(order_id));
        }
        (text.contains('@') && text.len() <= 320).then(|| Whom::Email(text.to_ascii_lowercase()))
    }
}

/// How an order stands towards its erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It can be erased now.
    Ready,
    /// Goods, labels or money of it still move, and that needs the address: cancel it, or wait.
    UnderWay,
    /// It was erased before.
    Erased,
}

/// An order that an erasure touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Touched {
    /// Its id.
    pub order_id: OrderId,
    /// The channel's name for it; it stays.
    pub external_reference: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where it stands.
    pub status: String,
    /// Whether it can be erased.
    pub standing: Standing,
    /// How many parcels of it bear an address.
    pub parcels: usize,
}

/// What an erasure did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Erasure {
    /// These tell nothing of anybody any more.
    pub erased: Vec<OrderId>,
    /// These are under way: ask again when they have arrived or are cancelled.
    pub under_way: Vec<OrderId>,
}

impl Flows {
    /// What an erasure would touch, oldest first, [`SHOWN`] orders at most. Changes nothing.
    pub async fn preview_erasure(&self, whom: Whom) -> Result<Vec<Touched>, Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        self.runtime.read(move |tx| Box::pin(async move { look(tx, &organisation_id, &whom).await })).await
    }

    /// Erases what can be erased of them, [`SHOWN`] orders at most. Done again it does what was left to do. It needs no
    /// key: a kept answer would keep a digest of the question.
    pub async fn erase(&self, call: Call, whom: Whom) -> Result<Erasure, Fault> {
        let mut erasure = Erasure::default();
        let mut ready = Vec::new();
        for touched in self.preview_erasure(whom).await? {
            match touched.standing {
                Standing::Ready => ready.push(touched.order_id),
                Standing::UnderWay => erasure.under_way.push(touched.order_id),
                Standing::Erased => {}
            }
        }
        for armful in ready.chunks(ARMFUL as usize) {
            let done = self.erase_orders(call.clone(), armful, Depth::Erased, "asked").await?;
            let left = armful.iter().filter(|order_id| !done.contains(order_id)).cloned();
            erasure.under_way.extend(left);
            erasure.erased.extend(done);
        }
        Ok(erasure)
    }

    /// Takes these orders to a depth, as far as they are at rest; gives which.
    pub(crate) async fn erase_orders(
        &self,
        call: Call,
        order_ids: &[OrderId],
        depth: Depth,
        cause: &'static str,
    ) -> Result<Vec<OrderId>, Fault> {
        let order_ids: Vec<OrderId> = order_ids.to_vec();
        self.runtime
            .run(Call { key: None, ..call }, move |cx| {
                let order_ids = order_ids.clone();
                Box::pin(async move { erase_once(cx, &order_ids, depth, cause).await })
            })
            .await
    }
}

async fn look(tx: &Tx, organisation_id: &OrganisationId, whom: &Whom) -> Result<Vec<Touched>, Fault> {
    let found = match whom {
        Whom::Email(email) => list_orders_of_email(tx, organisation_id, email, SHOWN).await?,
        Whom::Order(order_id) => list_subjects(tx, organisation_id, std::slice::from_ref(order_id)).await?,
    };
    let (parcels, open) = surroundings(tx, organisation_id, &found).await?;
    let touched = found.into_iter().map(|order| Touched {
        standing: standing(&order, &open),
        parcels: parcels.get(&order.order_id).map_or(0, Vec::len),
        order_id: order.order_id,
        external_reference: order.external_reference,
        placed_at: order.placed_at,
        status: order.status,
    });
    Ok(touched.collect())
}

type Parcels = BTreeMap<OrderId, Vec<Parcel>>;

/// The parcels of orders, and which orders have something under way outside.
async fn surroundings(
    tx: &Tx,
    organisation_id: &OrganisationId,
    found: &[Subject],
) -> Result<(Parcels, BTreeSet<OrderId>), Fault> {
    let order_ids: Vec<OrderId> = found.iter().map(|order| order.order_id.clone()).collect();
    let parcels: Parcels =
        shipping::parcels_of_orders(tx, organisation_id, &order_ids).await?.into_iter().collect();
    let mut order_of: BTreeMap<String, &OrderId> = BTreeMap::new();
    for (order_id, parcels) in &parcels {
        order_of.extend(parcels.iter().map(|parcel| (parcel.parcel_id.as_str().to_owned(), order_id)));
    }
    order_of.extend(order_ids.iter().map(|order_id| (order_id.as_str().to_owned(), order_id)));
    let causes: Vec<String> = order_of.keys().cloned().collect();
    let open = forget::count_open_effects(tx, organisation_id, &causes).await?;
    let open =
        open.keys().filter_map(|cause| order_of.get(cause)).map(|&order_id| order_id.clone()).collect();
    Ok((parcels, open))
}

fn standing(order: &Subject, open: &BTreeSet<OrderId>) -> Standing {
    if order.erased_at.is_some() {
        Standing::Erased
    } else if order.is_at_rest() && !open.contains(&order.order_id) {
        Standing::Ready
    } else {
        Standing::UnderWay
    }
}

async fn erase_once(
    cx: &mut Cx<'_>,
    order_ids: &[OrderId],
    depth: Depth,
    cause: &'static str,
) -> Result<Vec<OrderId>, Fault> {
    let organisation_id = cx.organisation_id.clone();
    let mut found = lock_subjects(cx.tx, &organisation_id, order_ids).await?;
    let (parcels, open) = surroundings(cx.tx, &organisation_id, &found).await?;
    found.retain(|order| standing(order, &open) == Standing::Ready);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let people: Vec<String> = found.iter().flat_map(Subject::names).collect();
    let erased: Vec<OrderId> = found.iter().map(|order| order.order_id.clone()).collect();
    let parcels: Vec<&Parcel> =
        erased.iter().filter_map(|order_id| parcels.get(order_id)).flatten().collect();
    let parcel_ids: Vec<ParcelId> = parcels.iter().map(|parcel| parcel.parcel_id.clone()).collect();
    let addresses: Vec<_> = parcels.iter().map(|parcel| depth.of(&parcel.ship_to)).collect();
    let labels: Vec<String> = parcel_ids.iter().map(|id| id.as_str().to_owned()).collect();
    orders::erase::erase(cx, &found, depth).await?;
    shipping::forget_addresses(cx.tx, &organisation_id, &parcel_ids, &addresses).await?;
    forget::forget_requests(cx, LABEL_BUY, &labels).await?;
    if depth == Depth::Erased {
        forget_the_rest(cx, &erased, labels, cause).await?;
        people::forget_views_of(cx, &people).await?;
    }
    if cx.tx.engine() == Engine::Sqlite
        && let Ok(soon) = cx.now.checked_add(REWRITE_AFTER)
    {
        cx.put_off(REWRITE, organisation_id.as_str(), soon);
    }
    Ok(erased)
}

/// What else tells of the person: words in events, towns on the way, distances, receivers' answers, kept answers.
async fn forget_the_rest(
    cx: &mut Cx<'_>,
    erased: &[OrderId],
    mut names: Vec<String>,
    cause: &'static str,
) -> Result<(), Fault> {
    let organisation_id = cx.organisation_id.clone();
    let order_names: Vec<String> = erased.iter().map(|order_id| order_id.as_str().to_owned()).collect();
    sourcing::store::delete_decisions(cx.tx, &organisation_id, erased).await?;
    tracking::forget_places(cx.tx, &organisation_id, erased).await?;
    let causes: Vec<String> = order_names.iter().chain(&names).cloned().collect();
    forget::forget_refusals(cx, &causes).await?;
    let places = forget::forget_words(cx, &order_names).await?;
    let all: Vec<i64> = places.values().flat_map(|places| places.all.iter().copied()).collect();
    webhooks::forget_answers(cx.tx, &organisation_id, &all).await?;
    if cause == "asked" {
        // After the time that answers are kept there are none to look for.
        names.extend(order_names.iter().cloned());
        forget::forget_answers_naming(cx, &names).await?;
        let ended_by = cx.now;
        operations::forget(cx, &OF_ORDERS, ended_by).await?;
    }
    for order_id in erased {
        let positions = places.get(order_id.as_str()).map_or(&[][..], |places| &places.wordless);
        let facts = json!({ "cause": cause, "positions": positions });
        if cause == "asked" {
            cx.record("order.erased", order_id.as_str(), facts, Json::Null, Json::Null);
        } else {
            cx.tell("order.erased", order_id.as_str(), facts);
        }
    }
    Ok(())
}
