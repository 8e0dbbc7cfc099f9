//! Who owns what, and who owes whom for it: goods change hands in place, brands entitle resellers, statements tell both
//! sides the same.

use db::Fault;
use inventory::{
    entitle::{self, Grant, GrantError},
    lot::Life,
    ownership::{self, OwnershipTransfer, TransferError, Transferred},
    store::{Entitlement, SettlementLine, StatementOf, StatementTotal},
    swap::{self, Offer, PlannedTransfer, Proposals, WayCost},
};
use kernel::{ItemId, MerchantId, NodeId, Page, PageRequest, Scope, time::to_date};
use runtime::{Answer, Call, Runtime};

use crate::{Flows, receive::ALLOCATE_WAITING};

/// Lines of a statement that are read at a time to be written as a file.
const FILE_PAGE: i64 = 5_000;

/// A transfer from node to node that a swap might make needless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedWay {
    /// Whose goods.
    pub owner_id: MerchantId,
    /// What.
    pub item_id: ItemId,
    /// Where they are.
    pub from_node: NodeId,
    /// Where they are wanted.
    pub to_node: NodeId,
    /// How many.
    pub quantity: i64,
    /// What the way costs.
    pub cost: WayCost,
}

impl Flows {
    /// Makes goods change their owner where they lie, all lines or none.
    pub async fn transfer_ownership(
        &self,
        call: Call,
        transfer: OwnershipTransfer,
    ) -> Result<Answer<Transferred>, TransferError> {
        self.runtime
            .command(call, move |cx| {
                let transfer = transfer.clone();
                Box::pin(async move {
                    let made = ownership::transfer(cx, &transfer).await?;
                    if !made.is_repeat {
                        // Orders of whoever got the goods may have waited for them.
                        cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    }
                    Ok(made)
                })
            })
            .await
    }

    /// Entitles a reseller to units of a brand's pool.
    pub async fn grant_entitlement(
        &self,
        call: Call,
        grant: Grant,
    ) -> Result<Answer<Entitlement>, GrantError> {
        self.runtime
            .command(call, move |cx| {
                let grant = grant.clone();
                Box::pin(async move {
                    let kept = entitle::grant(cx, &grant).await?;
                    cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    Ok(kept)
                })
            })
            .await
    }

    /// A page of a statement's lines, oldest first.
    pub async fn list_settlement_lines(
        &self,
        of: StatementOf,
        wanted: PageRequest,
    ) -> Result<Page<SettlementLine>, Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    inventory::store::list_settlement_lines(tx, &organisation_id, &of, &wanted).await
                })
            })
            .await
    }

    /// Proposes to change hands at both ends instead of carrying goods, with merchants within the scope.
    pub async fn propose_swaps(&self, scope: Scope, way: PlannedWay) -> Result<Option<Proposals>, Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        let fresh = Life::left_on(to_date(self.runtime.now()));
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let node_ids = [way.from_node.clone(), way.to_node.clone()];
                    let nodes = network::nodes_by_id(tx, &organisation_id, &node_ids).await?;
                    let (Some(from), Some(to)) = (nodes.get(&way.from_node), nodes.get(&way.to_node)) else {
                        return Ok(None);
                    };
                    let items = [&way.item_id].into_iter();
                    let mut free = inventory::store::list_available(tx, &organisation_id, items).await?;
                    free.retain(|row| fresh.is_in(row.lot.expires_on));
                    let is_owners = |row: &&inventory::store::Available| {
                        row.owner_id == way.owner_id && row.node_id == way.from_node
                    };
                    let plan = PlannedTransfer {
                        owner_id: way.owner_id.clone(),
                        quantity: way.quantity,
                        present: free.iter().filter(is_owners).map(|row| row.quantity.units()).sum(),
                        metres: from.place.metres_to(to.place),
                    };
                    let offers: Vec<Offer> = free
                        .iter()
                        .filter(|row| row.node_id == way.to_node && scope.has_merchant(&row.owner_id))
                        .map(|row| Offer { owner_id: row.owner_id.clone(), quantity: row.quantity.units() })
                        .collect();
                    Ok(Some(swap::propose(&plan, &offers, way.cost)))
                })
            })
            .await
    }
}

/// What a statement comes to.
pub async fn list_statement_totals(runtime: &Runtime, of: StatementOf) -> Result<Vec<StatementTotal>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move { inventory::store::list_statement_totals(tx, &organisation_id, &of).await })
        })
        .await
}

/// A statement as a CSV file.
pub async fn statement_file(runtime: &Runtime, of: StatementOf) -> Result<Vec<u8>, Fault> {
    let unwritten =
        |error: std::io::Error| Fault::Shape { column: "(file)".into(), problem: error.to_string() };
    let mut file = sheets::CsvWriter::begin(
        Vec::new(),
        &[
            "happened_at",
            "settlement_line_id",
            "giver_id",
            "taker_id",
            "sku",
            "node",
            "quantity",
            "unit_price",
            "amount",
            "currency",
            "cause_id",
            "reference",
            "is_reversal",
            "actor",
        ],
    )
    .map_err(unwritten)?;
    let mut after = None;
    loop {
        let (organisation_id, of) = (runtime.organisation_id.clone(), of.clone());
        let wanted = PageRequest { after, limit: FILE_PAGE };
        let (page, items, nodes) = runtime
            .read(move |tx| {
                Box::pin(async move {
                    let page =
                        inventory::store::list_settlement_lines(tx, &organisation_id, &of, &wanted).await?;
                    let item_ids: Vec<ItemId> = page.rows.iter().map(|line| line.item_id.clone()).collect();
                    let node_ids: Vec<NodeId> = page.rows.iter().map(|line| line.node_id.clone()).collect();
                    let items = catalogue::items_by_id(tx, &organisation_id, &item_ids).await?;
                    let nodes = network::nodes_by_id(tx, &organisation_id, &node_ids).await?;
                    Ok::<_, Fault>((page, items, nodes))
                })
            })
            .await?;
        for line in &page.rows {
            let item = items.get(&line.item_id).map_or(line.item_id.as_str(), |item| &item.sku);
            let node = nodes.get(&line.node_id).map_or(line.node_id.as_str(), |node| &node.code);
            let money = |minor| kernel::Money { minor, currency: line.currency }.to_decimal();
            file.row(&[
                line.happened_at.to_string().as_str().into(),
                line.settlement_line_id.as_str().into(),
                line.giver_id.as_str().into(),
                line.taker_id.as_str().into(),
                item.into(),
                node.into(),
                line.quantity.into(),
                money(line.unit_price_minor).as_str().into(),
                money(line.amount_minor).as_str().into(),
                line.currency.as_str().into(),
                line.cause_id.as_str().into(),
                line.reference.as_str().into(),
                (if line.is_reversal { "true" } else { "false" }).into(),
                line.actor.as_str().into(),
            ])
            .map_err(unwritten)?;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return file.finish().map_err(unwritten),
        }
    }
}
