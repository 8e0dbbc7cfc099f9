//! What a channel may sell is ruled.

use db::Fault;
use kernel::{ChannelId, ItemId};
use runtime::Cx;
use serde_json::{Value as Json, json};

use super::{Beyond, Policy, store};

/// What is wrong with a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// So many units cannot be hidden.
    #[error("a buffer is of 0 to {} units", Policy::MAX_UNITS)]
    Buffer,
    /// Nothing is asked to last that long.
    #[error("a remaining life is of 0 to {} days", Policy::MAX_LIFE_DAYS)]
    Life,
    /// What waits is bounded.
    #[error("from 0 to {} units may wait, and `any` says how many", Policy::MAX_UNITS)]
    Beyond,
}

impl Policy {
    /// What is wrong with it, if something is.
    pub fn problem(&self) -> Option<PolicyProblem> {
        if !(0..=Policy::MAX_UNITS).contains(&self.buffer) {
            Some(PolicyProblem::Buffer)
        } else if !(0..=Policy::MAX_LIFE_DAYS).contains(&self.min_life_days) {
            Some(PolicyProblem::Life)
        } else if self
            .beyond_most
            .map_or(self.beyond == Beyond::Any, |most| !(0..=Policy::MAX_UNITS).contains(&most))
        {
            Some(PolicyProblem::Beyond)
        } else {
            None
        }
    }

    /// For whoever asks later what was.
    pub(super) fn facts(&self) -> Json {
        json!({
            "is_on": self.is_on,
            "node_rule": self.nodes.rule(),
            "node_ids": self.nodes.named().collect::<Vec<_>>(),
            "buffer": self.buffer,
            "min_life_days": self.min_life_days,
            "beyond": self.beyond.name(),
            "beyond_most": self.beyond_most,
            "available_from": self.available_from.map(|day| day.to_string()),
        })
    }
}

/// Sets the policy of a channel for one item, or (none) for all that have no policy of their own. The same again
/// changes nothing. The policy has no [`Policy::problem`].
pub async fn set_policy(
    cx: &mut Cx<'_>,
    channel_id: &ChannelId,
    item_id: Option<&ItemId>,
    policy: &Policy,
) -> Result<(), Fault> {
    let standing = find_policy(cx, channel_id, item_id).await?;
    if standing.as_ref() == Some(policy) {
        return Ok(());
    }
    store::put_policy(cx.tx, &cx.organisation_id, channel_id, item_id, policy, cx.now).await?;
    let mut data = policy.facts();
    data["item_id"] = json!(item_id);
    let before = standing.map_or(Json::Null, |standing| standing.facts());
    cx.record("channel.policy_set", channel_id.as_str(), data, before, policy.facts());
    Ok(())
}

/// The very policy that was set, not the one that applies.
pub(super) async fn find_policy(
    cx: &Cx<'_>,
    channel_id: &ChannelId,
    item_id: Option<&ItemId>,
) -> Result<Option<Policy>, Fault> {
    let mut rules = store::find_rules(cx.tx, &cx.organisation_id, item_id.into_iter()).await?;
    Ok(match item_id {
        Some(item_id) => rules.own.remove(&(item_id.clone(), channel_id.clone())),
        None => rules.general.remove(channel_id),
    })
}
