//! What channels may sell is ruled: policies and quotas.

use std::collections::{BTreeSet, HashMap};

use axum::{extract::State, http::StatusCode, response::Response};
use inventory::selling::{self, Beyond, MoveQuotaError, PolicyProblem, SetQuotaError};
use kernel::{ChannelId, ItemId, NodeId, Page, Scope, Timestamp, time::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::{Command, PageQuery, Problem, Query, Within, answered, page, problems};

use crate::{
    Flows,
    availability::{Goods, Question},
    selling::{MoveWanted, PolicySays, PolicyWanted, QuotaWanted, SellingError},
};

/// The most quotas set at once, and the most goods of one question.
pub(super) const MANY: usize = 250;

/// A policy as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyJson {
    /// Code or id.
    channel: String,
    /// SKU, barcode or id; without it the policy is for all items that have none of their own.
    item: Option<String>,
    /// What it says. Null takes the policy away.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    policy: Option<SaysJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaysJson {
    /// False: the channel sells nothing now.
    #[serde(default = "yes")]
    is_on: bool,
    /// `all`, `only` those in `nodes`, or all `except` those.
    #[serde(default = "all")]
    node_rule: String,
    /// Codes or ids.
    #[serde(default)]
    #[schema(max_items = 1_000)]
    nodes: Vec<String>,
    /// Units hidden from the channel.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    buffer: i64,
    /// Days that goods must last when they are sold. Kept now, applied as soon as stock has dates.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 3650)]
    min_life_days: i64,
    /// What it may sell beyond what is free: `nothing`, what is `expected` on a day to come, or `any` up to `beyond_most`.
    #[serde(default = "nothing")]
    beyond: String,
    /// How many units of an item may wait at once for its orders; `any` needs it.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    beyond_most: Option<i64>,
    /// From which day on goods can be had that were never there: orders before it are pre-orders.
    #[serde(default)]
    #[schema(format = Date, example = "2026-03-02")]
    available_from: Option<String>,
}

fn nothing() -> String {
    Beyond::Nothing.name().to_owned()
}

fn yes() -> bool {
    true
}

fn all() -> String {
    "all".to_owned()
}

impl SaysJson {
    fn read(self) -> Result<PolicySays, Problem> {
        let bad = |pointer: &str, says: &str| {
            Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.")
                .at(pointer, "invalid", says)
        };
        let beyond = Beyond::parse(&self.beyond)
            .ok_or_else(|| bad("/policy/beyond", "one of nothing, expected, any"))?;
        let day = |day: &String| {
            day.parse::<Date>().map_err(|_| bad("/policy/available_from", "a day such as 2026-03-02"))
        };
        Ok(PolicySays {
            available_from: self.available_from.as_ref().map(day).transpose()?,
            is_on: self.is_on,
            node_rule: self.node_rule,
            nodes: self.nodes,
            buffer: self.buffer,
            min_life_days: self.min_life_days,
            beyond,
            beyond_most: self.beyond_most,
        })
    }
}

/// Sets a policy or takes it away.
pub(super) async fn post_policy(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<PolicyJson>,
) -> Result<Response, Problem> {
    let PolicyJson { channel, item, policy } = command.body;
    let says = policy.map(SaysJson::read).transpose()?;
    let wanted = PolicyWanted { channel, item, says };
    let answer = flows.set_policy(command.call, scope, wanted).await.map_err(|error| refused("", error))?;
    answered(StatusCode::OK, answer)
}

/// Whose policies or quotas.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ChannelQuery {
    /// Only of this channel: code or id.
    channel: Option<String>,
}

/// A policy as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PolicyRowJson {
    channel_id: ChannelId,
    channel: String,
    /// Null for all items that have no policy of their own.
    item_id: Option<ItemId>,
    is_on: bool,
    node_rule: &'static str,
    node_ids: Vec<NodeId>,
    buffer: i64,
    min_life_days: i64,
    /// What it may sell beyond what is free: `nothing`, `expected`, `any`.
    beyond: &'static str,
    /// How many units of an item may wait at once for its orders.
    beyond_most: Option<i64>,
    /// From which day on goods can be had that were never there.
    #[schema(format = Date)]
    available_from: Option<String>,
    changed_at: Timestamp,
}

/// The policies, general ones first.
pub(super) async fn get_policies(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<ChannelQuery>,
) -> Result<Response, Problem> {
    let channels = flows.channels_named(&scope, query.channel.as_deref()).await?;
    let organisation_id = flows.runtime.organisation_id.clone();
    let (request, ids) = (paging.request.clone(), channels.keys().cloned().collect::<Vec<_>>());
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let after = request.after.as_deref().unwrap_or_default();
                selling::list_policies(tx, &organisation_id, ids.iter(), after, request.limit + 1).await
            })
        })
        .await?;
    let limit = paging.request.limit;
    let found = Page::of(rows, limit, |row| {
        format!("{}/{}", row.item_id.as_ref().map_or("", ItemId::as_str), row.channel_id)
    });
    let rows = found.rows.into_iter().map(|row| PolicyRowJson {
        channel: channels.get(&row.channel_id).cloned().unwrap_or_default(),
        channel_id: row.channel_id,
        item_id: row.item_id,
        is_on: row.policy.is_on,
        node_rule: row.policy.nodes.rule(),
        node_ids: row.policy.nodes.named().cloned().collect(),
        buffer: row.policy.buffer,
        min_life_days: row.policy.min_life_days,
        beyond: row.policy.beyond.name(),
        beyond_most: row.policy.beyond_most,
        available_from: row.policy.available_from.map(|day| day.to_string()),
        changed_at: row.changed_at,
    });
    Ok(page(&paging, Page { rows: rows.collect(), next: found.next }))
}

/// Quotas as they are sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuotasJson {
    #[schema(min_items = 1, max_items = 250)]
    quotas: Vec<QuotaJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuotaJson {
    /// Code or id.
    channel: String,
    /// SKU, barcode or id.
    item: String,
    /// Units in all, those sold of it among them. Null: the channel shares what is nobody's.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true, minimum = 0, maximum = 1_000_000_000_000_i64)]
    quantity: Option<i64>,
}

/// Sets quotas, all or none.
pub(super) async fn post_quotas(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<QuotasJson>,
) -> Result<Response, Problem> {
    let asked = command.body.quotas;
    if asked.is_empty() || asked.len() > MANY {
        let says = format!("Send from 1 to {MANY} quotas at a time.");
        return Err(Problem::unprocessable(problems::INVALID_FIELD, says));
    }
    let wanted = asked.into_iter().map(|QuotaJson { channel, item, quantity }| QuotaWanted {
        channel,
        item,
        quantity,
    });
    let answer = flows
        .set_quotas(command.call, scope, wanted.collect())
        .await
        .map_err(|error| refused("/quotas", error))?;
    answered(StatusCode::OK, answer)
}

/// A quota as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuotaRowJson {
    item_id: ItemId,
    channel_id: ChannelId,
    channel: String,
    /// Units in all.
    quantity: i64,
    /// Sold of it.
    used: i64,
    /// Still to be sold.
    left: i64,
    /// What the channel may sell of them now.
    ats: i64,
    changed_at: Timestamp,
}

/// The quotas, by item.
pub(super) async fn get_quotas(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<ChannelQuery>,
) -> Result<Response, Problem> {
    let channels = flows.channels_named(&scope, query.channel.as_deref()).await?;
    let organisation_id = flows.runtime.organisation_id.clone();
    let (request, ids) = (paging.request.clone(), channels.keys().cloned().collect::<Vec<_>>());
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let after = request.after.as_deref().unwrap_or_default();
                let after = after.split_once('/').unwrap_or((after, ""));
                selling::list_quotas(tx, &organisation_id, ids.iter(), after, request.limit + 1).await
            })
        })
        .await?;
    let found = Page::of(rows, paging.request.limit, |row| format!("{}/{}", row.item_id, row.channel_id));
    let items: BTreeSet<&ItemId> = found.rows.iter().map(|row| &row.item_id).collect();
    let question = Question {
        goods: items.into_iter().map(|item_id| Goods::Item(item_id.to_string())).collect(),
        ..Question::default()
    };
    let available = flows.availability(&scope, question).await?;
    let ats: HashMap<(&ItemId, &ChannelId), i64> =
        available.rows.iter().map(|row| ((&row.item_id, &row.channel_id), row.ats)).collect();
    let rows = found.rows.iter().map(|row| QuotaRowJson {
        item_id: row.item_id.clone(),
        channel_id: row.channel_id.clone(),
        channel: channels.get(&row.channel_id).cloned().unwrap_or_default(),
        quantity: row.quantity,
        used: row.used,
        left: row.quota().left(),
        ats: ats.get(&(&row.item_id, &row.channel_id)).copied().unwrap_or(0),
        changed_at: row.changed_at,
    });
    Ok(page(&paging, Page { rows: rows.collect(), next: found.next.clone() }))
}

/// A move of quota as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveJson {
    /// SKU, barcode or id.
    item: String,
    /// The channel that has the units: code or id.
    from: String,
    /// The channel that is to have them: code or id.
    to: String,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    units: i64,
    /// Why. What is longer than 200 characters is cut.
    #[serde(default)]
    reason: String,
}

/// Moves quota from one channel to another.
pub(super) async fn post_move(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<MoveJson>,
) -> Result<Response, Problem> {
    let MoveJson { item, from, to, units, reason } = command.body;
    let reason = reason.chars().filter(|c| !c.is_control()).take(200).collect();
    let wanted = MoveWanted { item, from, to, units, reason };
    let answer = flows.move_quota(command.call, scope, wanted).await.map_err(|error| refused("", error))?;
    answered(StatusCode::OK, answer)
}

impl Flows {
    /// The channels that may be seen, or the one that is named, with their codes.
    async fn channels_named(
        &self,
        scope: &Scope,
        named: Option<&str>,
    ) -> Result<HashMap<ChannelId, String>, Problem> {
        let (organisation_id, scope) = (self.runtime.organisation_id.clone(), scope.clone());
        let channels = self
            .runtime
            .read(move |tx| {
                Box::pin(async move { catalogue::list_channels(tx, &organisation_id, &scope).await })
            })
            .await?;
        let is_named =
            |code: &str, id: &ChannelId| named.is_none_or(|named| named == code || named == id.as_str());
        Ok(channels
            .into_iter()
            .filter(|channel| is_named(&channel.code, &channel.channel_id))
            .map(|channel| (channel.channel_id, channel.code))
            .collect())
    }
}

/// Why nothing was ruled. `list` is where in the body the things stand that are counted.
pub(super) fn refused(list: &str, error: SellingError) -> Problem {
    let says = error.to_string();
    let at = |index: usize, field: &str| {
        if list.is_empty() { format!("/{field}") } else { format!("{list}/{index}/{field}") }
    };
    let invalid = |pointer: String| {
        Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.").at(pointer, "invalid", &says)
    };
    match error {
        SellingError::UnknownChannel { index, field, .. } => {
            Problem::unprocessable(problems::UNKNOWN_CHANNEL, &says).at(at(index, field), "unknown", &says)
        }
        SellingError::UnknownItem { index, .. } => {
            Problem::unprocessable(problems::UNKNOWN_ITEM, &says).at(at(index, "item"), "unknown", &says)
        }
        SellingError::UnknownNode { index, .. } => invalid(format!("/policy/nodes/{index}")),
        SellingError::BadRule => invalid("/policy/node_rule".to_owned()),
        SellingError::Policy(PolicyProblem::Buffer) => invalid("/policy/buffer".to_owned()),
        SellingError::Policy(PolicyProblem::Life) => invalid("/policy/min_life_days".to_owned()),
        SellingError::Policy(PolicyProblem::Beyond) => invalid("/policy/beyond_most".to_owned()),
        SellingError::BadUnits { index, .. } => {
            invalid(at(index, if list.is_empty() { "units" } else { "quantity" }))
        }
        SellingError::Quotas(SetQuotaError::BelowUsed { index, used }) => {
            let problem = Problem::conflict(problems::QUOTA_TOO_SMALL, &says).with("used", json!(used));
            problem.at(at(index, "quantity"), "refused", &says)
        }
        SellingError::Quotas(SetQuotaError::Twice { index }) => invalid(at(index, "item")),
        SellingError::Move(MoveQuotaError::NoQuota { channel_id }) => {
            Problem::conflict(problems::NO_QUOTA, &says).with("channel_id", json!(channel_id))
        }
        SellingError::Move(MoveQuotaError::NotThatMany { left, .. }) => {
            let problem = Problem::conflict(problems::QUOTA_TOO_SMALL, &says).with("left", json!(left));
            problem.at("/units", "refused", &says)
        }
        SellingError::Move(MoveQuotaError::TooMany) => invalid("/units".to_owned()),
        SellingError::Move(MoveQuotaError::SameChannel) => invalid("/to".to_owned()),
        SellingError::Fault(fault)
        | SellingError::Quotas(SetQuotaError::Fault(fault))
        | SellingError::Move(MoveQuotaError::Fault(fault)) => Problem::fault(fault),
    }
}
