//! What a channel may sell is ruled no more.

use db::Fault;
use kernel::{ChannelId, ItemId};
use runtime::Cx;
use serde_json::{Value as Json, json};

use super::{set_policy::find_policy, store};

/// Takes the policy of a channel for one item, or its general one, away; gives whether there was one.
pub async fn clear_policy(
    cx: &mut Cx<'_>,
    channel_id: &ChannelId,
    item_id: Option<&ItemId>,
) -> Result<bool, Fault> {
    let Some(standing) = find_policy(cx, channel_id, item_id).await? else { return Ok(false) };
    let was_there = store::delete_policy(cx.tx, &cx.organisation_id, channel_id, item_id).await?;
    if was_there {
        let data = json!({ "item_id": item_id });
        cx.record("channel.policy_cleared", channel_id.as_str(), data, standing.facts(), Json::Null);
    }
    Ok(was_there)
}
