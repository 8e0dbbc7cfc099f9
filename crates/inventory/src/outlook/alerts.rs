//! Raises alerts and clears them.

use std::collections::BTreeSet;

use db::Fault;
use kernel::{ItemId, MerchantId, NodeId};
use runtime::Cx;
use serde_json::json;

use super::{AlertKind, Limits, Outlook, store};

/// What was concluded of an item at a node that somebody should look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Concluded {
    /// Where.
    pub node_id: NodeId,
    /// Of what.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// What somebody should look at.
    pub kind: AlertKind,
    /// Why.
    pub outlook: Outlook,
}

/// Rules for an item, or in general, what counts as soon and as much. It is so from the next look on.
pub async fn set_rule(cx: &mut Cx<'_>, item_id: Option<&ItemId>, limits: Limits) -> Result<(), Fault> {
    let id = item_id.map_or("", ItemId::as_str);
    let rules = store::list_rules(cx.tx, &cx.organisation_id).await?;
    let before = rules.iter().find(|rule| rule.item_id == id).map(store::RuleRow::limits);
    store::put_rule(cx.tx, &cx.organisation_id, id, limits, cx.now).await?;
    let Limits { lead_days, excess_days } = limits;
    let data = json!({ "item_id": item_id, "lead_days": lead_days, "excess_days": excess_days });
    let subject = cx.organisation_id.to_string();
    cx.record("stock.outlook_ruled", &subject, data, json!(before), json!(limits));
    Ok(())
}

/// Brings what stands to what was concluded: each alert is raised once when it begins to be so, and cleared once when it
/// is so no more. Gives how many were raised and cleared.
pub async fn note_alerts(cx: &mut Cx<'_>, concluded: &[Concluded]) -> Result<(usize, usize), Fault> {
    // One look after the other, on all servers.
    cx.tx.lock_name(&format!("stock_alert {}", cx.organisation_id)).await?;
    let standing = store::list_standing(cx.tx, &cx.organisation_id).await?;
    let known: BTreeSet<(&str, &str, &str)> =
        standing.iter().map(|(node, item, kind)| (node.as_str(), item.as_str(), kind.as_str())).collect();
    let rows: Vec<_> = concluded
        .iter()
        .map(|of| (&of.node_id, &of.item_id, &of.owner_id, of.kind, json!(of.outlook)))
        .collect();
    store::put_alerts(cx.tx, &cx.organisation_id, &rows, cx.now).await?;
    let mut raised = 0;
    let mut still = BTreeSet::new();
    for of in concluded {
        let key = (of.node_id.as_str(), of.item_id.as_str(), of.kind.name());
        still.insert(key);
        if known.contains(&key) {
            continue;
        }
        raised += 1;
        let Outlook { free, days_left, cover_days, excess, .. } = &of.outlook;
        cx.tell(
            "stock.alert_raised",
            of.item_id.as_str(),
            json!({
                "node_id": of.node_id, "owner_id": of.owner_id, "kind": of.kind.name(), "free": free,
                "stockout_on": of.outlook.stockout_on.map(|day| day.to_string()), "days_left": days_left,
                "cover_days": cover_days, "excess": excess,
            }),
        );
    }
    let over: Vec<_> = standing
        .iter()
        .filter(|(node, item, kind)| !still.contains(&(node.as_str(), item.as_str(), kind.as_str())))
        .cloned()
        .collect();
    store::delete_alerts(cx.tx, &cx.organisation_id, &over).await?;
    for (node_id, item_id, kind) in &over {
        cx.tell("stock.alert_cleared", item_id.as_str(), json!({ "node_id": node_id, "kind": kind }));
    }
    Ok((raised, over.len()))
}
