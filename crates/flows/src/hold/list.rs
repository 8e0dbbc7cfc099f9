//! Holds as they are shown.

use std::collections::HashMap;

use db::{Fault, Tx};
use inventory::store::{self, HoldFilter, HoldRow};
use kernel::{ChannelId, HoldId, OrderId, OrganisationId, Page, PageRequest, Scope, Timestamp};
use runtime::Runtime;
use serde::Serialize;

use super::{HeldLine, HeldPart};
use crate::Flows;

/// A hold with what it holds.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Hold)]
pub struct HoldSeen {
    /// Its id: for the order that is to get it.
    pub hold_id: HoldId,
    /// The channel's code.
    pub channel: String,
    /// The caller's own name for it.
    pub external_reference: String,
    /// `open`, `consumed`, `released` or `expired`.
    #[schema(schema_with = state)]
    pub state: String,
    /// Since when.
    pub placed_at: Timestamp,
    /// Until when, if nothing ends it before.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The order that got it.
    pub order_id: Option<OrderId>,
    /// What was asked for.
    pub lines: Vec<HeldLine>,
    /// Where it is held; nowhere once it has ended.
    pub parts: Vec<HeldPart>,
}

fn state() -> utoipa::openapi::ObjectBuilder {
    let names = inventory::hold::HoldState::ALL.map(inventory::hold::HoldState::name);
    kernel::document::open_names("Where it is in its life.", names)
}

impl Flows {
    /// A hold, whatever became of it.
    pub async fn find_hold(&self, hold_id: HoldId) -> Result<Option<HoldSeen>, Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let found = store::find_hold(tx, &organisation_id, &hold_id).await?;
                    Ok(seen(tx, &organisation_id, found.into_iter().collect()).await?.pop())
                })
            })
            .await
    }
}

/// A page of holds, newest first; also beside a process that writes.
pub async fn list_holds(
    runtime: &Runtime,
    scope: Scope,
    filter: HoldFilter,
    page: PageRequest,
) -> Result<Page<HoldSeen>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move {
                let Page { rows, next } =
                    store::list_holds(tx, &organisation_id, &scope, &filter, &page).await?;
                Ok(Page { rows: seen(tx, &organisation_id, rows).await?, next })
            })
        })
        .await
}

async fn seen(tx: &Tx, organisation_id: &OrganisationId, rows: Vec<HoldRow>) -> Result<Vec<HoldSeen>, Fault> {
    let hold_ids = || rows.iter().map(|hold| &hold.hold_id);
    let (mut lines, mut parts) = (HashMap::new(), HashMap::new());
    for line in store::list_hold_lines(tx, organisation_id, hold_ids()).await? {
        lines.entry(line.hold_id.clone()).or_insert_with(Vec::new).push(HeldLine::from(&line));
    }
    for part in store::list_hold_parts(tx, organisation_id, hold_ids()).await? {
        parts.entry(part.hold_id.clone()).or_insert_with(Vec::new).push(HeldPart::from(&part));
    }
    let channel_ids: Vec<ChannelId> = rows.iter().map(|hold| hold.channel_id.clone()).collect();
    let channels = catalogue::channels_by_id(tx, organisation_id, &channel_ids).await?;
    let shown = |hold: HoldRow| HoldSeen {
        channel: channels
            .get(&hold.channel_id)
            .map_or_else(|| hold.channel_id.to_string(), |channel| channel.code.clone()),
        lines: lines.remove(&hold.hold_id).unwrap_or_default(),
        parts: parts.remove(&hold.hold_id).unwrap_or_default(),
        hold_id: hold.hold_id,
        external_reference: hold.external_reference,
        state: hold.state,
        placed_at: hold.placed_at,
        expires_at: hold.expires_at,
        ended_at: hold.ended_at,
        order_id: hold.order_id,
    };
    Ok(rows.into_iter().map(shown).collect())
}
