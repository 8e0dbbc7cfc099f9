//! What channels may sell is ruled: the channel and the item are of one merchant, and from then on orders ask.

use std::collections::BTreeSet;

use catalogue::Channel;
use db::{Fault, Tx};
use inventory::selling::{
    self, Beyond, MoveQuota, MoveQuotaError, NewQuota, Nodes, Policy, PolicyProblem, QuotaMoved,
    SetQuotaError,
};
use kernel::{ChannelId, ItemId, NodeId, OrganisationId, Scope, time::Date};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Flows;

/// A policy that is to be, or to be no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWanted {
    /// The channel's code or id.
    pub channel: String,
    /// SKU, barcode or id of the item it is for; none for all that have no policy of their own.
    pub item: Option<String>,
    /// What it says; none takes it away.
    pub says: Option<PolicySays>,
}

/// What a policy says, with nodes by code or id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySays {
    /// False where the channel sells nothing now.
    pub is_on: bool,
    /// `all`, `only`, `except`.
    pub node_rule: String,
    /// The nodes that the rule names.
    pub nodes: Vec<String>,
    /// Units it does not see.
    pub buffer: i64,
    /// Days that goods must last when they are sold.
    pub min_life_days: i64,
    /// What it may sell beyond what is free.
    pub beyond: Beyond,
    /// How many units of an item may wait at once for its orders.
    pub beyond_most: Option<i64>,
    /// From when on what was never there can be had.
    pub available_from: Option<Date>,
}

impl Default for PolicySays {
    fn default() -> PolicySays {
        PolicySays {
            is_on: true,
            node_rule: Nodes::All.rule().to_owned(),
            nodes: Vec::new(),
            buffer: 0,
            min_life_days: 0,
            beyond: Beyond::Nothing,
            beyond_most: None,
            available_from: None,
        }
    }
}

/// A quota that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaWanted {
    /// The channel's code or id.
    pub channel: String,
    /// SKU, barcode or id.
    pub item: String,
    /// How many units in all; none where the channel is to share what is nobody's.
    pub quantity: Option<i64>,
}

/// Units of a quota that are to be another channel's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveWanted {
    /// SKU, barcode or id.
    pub item: String,
    /// The channel that has them: code or id.
    pub from: String,
    /// The channel that is to have them: code or id.
    pub to: String,
    /// How many.
    pub units: i64,
    /// Why.
    pub reason: String,
}

/// It is so from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesSet {
    /// How many policies or quotas.
    pub set: i64,
}

/// Why nothing was ruled.
#[derive(Debug, thiserror::Error)]
pub enum SellingError {
    /// A channel nobody knows.
    #[error("there is no channel `{code}`")]
    UnknownChannel {
        /// Which of those given, from 0.
        index: usize,
        /// The field it stands in.
        field: &'static str,
        /// As it was given.
        code: String,
    },
    /// An item nobody knows, or another merchant's.
    #[error("the channel's merchant has no item `{code}`")]
    UnknownItem {
        /// Which of those given, from 0.
        index: usize,
        /// As it was given.
        code: String,
    },
    /// A node nobody knows.
    #[error("there is no node `{code}`")]
    UnknownNode {
        /// Which of those given, from 0.
        index: usize,
        /// As it was given.
        code: String,
    },
    /// A rule nobody knows, or `all` with nodes.
    #[error("one of all, only, except; `all` names no nodes")]
    BadRule,
    /// A policy cannot say that.
    #[error("{0}")]
    Policy(PolicyProblem),
    /// Not a number of units.
    #[error("from {least} to 1,000,000,000,000 units")]
    BadUnits {
        /// Which of those given, from 0.
        index: usize,
        /// The least there may be.
        least: i64,
    },
    /// Quotas stay as they are.
    #[error("{0}")]
    Quotas(SetQuotaError),
    /// Quotas stay as they are.
    #[error("{0}")]
    Move(MoveQuotaError),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(SellingError);

impl From<SetQuotaError> for SellingError {
    fn from(error: SetQuotaError) -> SellingError {
        match error {
            SetQuotaError::Fault(fault) => SellingError::Fault(fault),
            error => SellingError::Quotas(error),
        }
    }
}

impl From<MoveQuotaError> for SellingError {
    fn from(error: MoveQuotaError) -> SellingError {
        match error {
            MoveQuotaError::Fault(fault) => SellingError::Fault(fault),
            error => SellingError::Move(error),
        }
    }
}

impl Flows {
    /// Sets a policy, or takes it away.
    pub async fn set_policy(
        &self,
        call: Call,
        scope: Scope,
        wanted: PolicyWanted,
    ) -> Result<Answer<RulesSet>, SellingError> {
        self.runtime
            .command(call, move |cx| {
                let (scope, wanted) = (scope.clone(), wanted.clone());
                Box::pin(async move { set_policy(cx, &scope, &wanted).await })
            })
            .await
    }

    /// Sets quotas, all or none.
    pub async fn set_quotas(
        &self,
        call: Call,
        scope: Scope,
        wanted: Vec<QuotaWanted>,
    ) -> Result<Answer<RulesSet>, SellingError> {
        self.runtime
            .command(call, move |cx| {
                let (scope, wanted) = (scope.clone(), wanted.clone());
                Box::pin(async move { set_quotas(cx, &scope, &wanted).await })
            })
            .await
    }

    /// Moves units of a quota to another channel's (R5).
    pub async fn move_quota(
        &self,
        call: Call,
        scope: Scope,
        wanted: MoveWanted,
    ) -> Result<Answer<QuotaMoved>, SellingError> {
        self.runtime
            .command(call, move |cx| {
                let (scope, wanted) = (scope.clone(), wanted.clone());
                Box::pin(async move { move_quota(cx, &scope, &wanted).await })
            })
            .await
    }
}

async fn set_policy(cx: &mut Cx<'_>, scope: &Scope, wanted: &PolicyWanted) -> Result<RulesSet, SellingError> {
    let known = Known::find(cx.tx, &cx.organisation_id, scope, [&wanted.channel], wanted.item.iter()).await?;
    let channel = known.channel(0, "channel", &wanted.channel)?;
    let item_id = wanted.item.as_ref().map(|item| known.item(0, channel, item)).transpose()?;
    let Some(says) = &wanted.says else {
        let was_there = selling::clear_policy(cx, &channel.channel_id, item_id.as_ref()).await?;
        return Ok(RulesSet { set: i64::from(was_there) });
    };
    let policy = Policy {
        is_on: says.is_on,
        nodes: Nodes::parse(&says.node_rule, find_nodes(cx, &says.nodes).await?)
            .ok_or(SellingError::BadRule)?,
        buffer: says.buffer,
        min_life_days: says.min_life_days,
        beyond: says.beyond,
        beyond_most: says.beyond_most,
        available_from: says.available_from,
    };
    if let Some(problem) = policy.problem() {
        return Err(SellingError::Policy(problem));
    }
    catalogue::note_stock_rules(cx.tx, &cx.organisation_id, &channel.merchant_id).await?;
    selling::set_policy(cx, &channel.channel_id, item_id.as_ref(), &policy).await?;
    Ok(RulesSet { set: 1 })
}

async fn find_nodes(cx: &Cx<'_>, codes: &[String]) -> Result<BTreeSet<NodeId>, SellingError> {
    let ids: Vec<NodeId> = codes.iter().filter_map(|code| NodeId::parse(code).ok()).collect();
    let by_code = network::find_nodes_by_code(cx.tx, &cx.organisation_id, codes).await?;
    let by_id = network::nodes_by_id(cx.tx, &cx.organisation_id, &ids).await?;
    let find = |(index, code): (usize, &String)| {
        let id = NodeId::parse(code).ok().filter(|node_id| by_id.contains_key(node_id));
        let found = by_code.get(code).map(|node| node.node_id.clone()).or(id);
        found.ok_or_else(|| SellingError::UnknownNode { index, code: code.clone() })
    };
    codes.iter().enumerate().map(find).collect()
}

async fn set_quotas(
    cx: &mut Cx<'_>,
    scope: &Scope,
    wanted: &[QuotaWanted],
) -> Result<RulesSet, SellingError> {
    let channels = wanted.iter().map(|quota| &quota.channel);
    let items = wanted.iter().map(|quota| &quota.item);
    let known = Known::find(cx.tx, &cx.organisation_id, scope, channels, items).await?;
    let mut quotas = Vec::with_capacity(wanted.len());
    let mut merchants = BTreeSet::new();
    for (index, quota) in wanted.iter().enumerate() {
        let channel = known.channel(index, "channel", &quota.channel)?;
        if quota.quantity.is_some_and(|units| !(0..=Policy::MAX_UNITS).contains(&units)) {
            return Err(SellingError::BadUnits { index, least: 0 });
        }
        merchants.insert(&channel.merchant_id);
        quotas.push(NewQuota {
            item_id: known.item(index, channel, &quota.item)?,
            channel_id: channel.channel_id.clone(),
            quantity: quota.quantity,
        });
    }
    for merchant_id in merchants {
        catalogue::note_stock_rules(cx.tx, &cx.organisation_id, merchant_id).await?;
    }
    selling::set_quotas(cx, &quotas).await?;
    Ok(RulesSet { set: quotas.len() as i64 })
}

async fn move_quota(cx: &mut Cx<'_>, scope: &Scope, wanted: &MoveWanted) -> Result<QuotaMoved, SellingError> {
    let channels = [&wanted.from, &wanted.to];
    let known = Known::find(cx.tx, &cx.organisation_id, scope, channels, [&wanted.item]).await?;
    let from = known.channel(0, "from", &wanted.from)?;
    let to = known.channel(0, "to", &wanted.to)?;
    let item_id = known.item(0, from, &wanted.item)?;
    known.item(0, to, &wanted.item)?;
    if !(1..=Policy::MAX_UNITS).contains(&wanted.units) {
        return Err(SellingError::BadUnits { index: 0, least: 1 });
    }
    let moved = MoveQuota {
        item_id,
        from: from.channel_id.clone(),
        to: to.channel_id.clone(),
        units: wanted.units,
        reason: wanted.reason.clone(),
    };
    Ok(selling::move_quota(cx, &moved).await?)
}

/// Channels and items by what people call them.
struct Known {
    channels: Vec<Channel>,
    items: Vec<(String, catalogue::Item)>,
}

impl Known {
    async fn find<'w>(
        tx: &Tx,
        organisation_id: &OrganisationId,
        scope: &Scope,
        channels: impl IntoIterator<Item = &'w String>,
        items: impl IntoIterator<Item = &'w String>,
    ) -> Result<Known, Fault> {
        let codes: Vec<String> = channels.into_iter().cloned().collect();
        let ids: Vec<ChannelId> = codes.iter().filter_map(|code| ChannelId::parse(code).ok()).collect();
        let by_code = catalogue::find_channels_by_code(tx, organisation_id, &codes).await?;
        let by_id = catalogue::channels_by_id(tx, organisation_id, &ids).await?;
        let channels = by_code.into_values().chain(by_id.into_values());
        let codes: Vec<String> = items.into_iter().cloned().collect();
        let ids: Vec<ItemId> = codes.iter().filter_map(|code| ItemId::parse(code).ok()).collect();
        let by_code = catalogue::find_items_by_code(tx, organisation_id, &codes).await?;
        let by_id = catalogue::items_by_id(tx, organisation_id, &ids).await?;
        let by_id = by_id.into_iter().map(|(item_id, item)| (item_id.to_string(), item));
        Ok(Known {
            channels: channels.filter(|channel| scope.has_merchant(&channel.merchant_id)).collect(),
            items: by_code.into_iter().chain(by_id).collect(),
        })
    }

    fn channel(&self, index: usize, field: &'static str, code: &str) -> Result<&Channel, SellingError> {
        let called = |channel: &&Channel| channel.code == code || channel.channel_id.as_str() == code;
        let unknown = || SellingError::UnknownChannel { index, field, code: code.to_owned() };
        self.channels.iter().find(called).ok_or_else(unknown)
    }

    /// The channel's merchant's item of this code.
    fn item(&self, index: usize, channel: &Channel, code: &str) -> Result<ItemId, SellingError> {
        let called = |(known, item): &&(String, catalogue::Item)| {
            known == code && item.merchant_id == channel.merchant_id
        };
        let found = self.items.iter().find(called).map(|(_, item)| item.item_id.clone());
        found.ok_or_else(|| SellingError::UnknownItem { index, code: code.to_owned() })
    }
}
