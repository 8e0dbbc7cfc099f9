//! Items become known. The same SKU again is the same item.

use std::collections::{BTreeSet, HashMap};

use kernel::{ItemId, MerchantId};
use runtime::Cx;
use serde_json::json;

use crate::{
    barcode::as_stored,
    model::{Item, MAX_CODE, MAX_NAME, NewItem, TextProblem, check_text},
    store,
};

/// Why items were not taken. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum AddItemsError {
    /// Some cannot be taken: each with its reason.
    #[error("{} of the items cannot be taken, so none was", .0.len())]
    Refused(Vec<ItemRefusal>),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(AddItemsError);

/// One item that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("item {index}: {problem}")]
pub struct ItemRefusal {
    /// Its place among those given, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub problem: ItemProblem,
}

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemProblem {
    /// A text that is no code or name.
    #[error("`{field}` {problem}")]
    Text {
        /// Which.
        field: &'static str,
        /// How.
        problem: TextProblem,
    },
    /// A measure beyond anything that is an item.
    #[error("`{field}` is {value}; it should be from 0 to {max}")]
    OutOfRange {
        /// Which.
        field: &'static str,
        /// What was given.
        value: i64,
        /// The most there may be.
        max: i64,
    },
    /// More barcodes than any item has.
    #[error("has {given} barcodes; at most {max}")]
    TooManyBarcodes {
        /// How many were given.
        given: usize,
        /// The most there may be.
        max: usize,
    },
    /// The SKU is known with other facts.
    #[error("SKU {sku} is known with other facts; amend the item if that is meant")]
    DuplicateCode {
        /// The SKU.
        sku: String,
        /// The item that has it; none where it stands twice in what was given.
        item_id: Option<ItemId>,
    },
    /// The barcode already means another item.
    #[error("barcode {barcode} belongs to another item")]
    BarcodeTaken {
        /// The barcode, as it is kept.
        barcode: String,
        /// The item that has it; none where two of the items given share it.
        item_id: Option<ItemId>,
    },
}

/// What is known of the items given.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub items: HashMap<(MerchantId, String), Item>,
    /// Every barcode of those items, and every barcode given that has an item.
    pub barcodes: HashMap<String, ItemId>,
}

/// How an item that was given stands to what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    New,
    Same(ItemId),
    Differs(ItemId),
    /// The very same as an earlier one among those given.
    RepeatOf(usize),
}

/// Adds items, all or none; gives their ids in the order given.
pub async fn add_items(cx: &mut Cx<'_>, items: &[NewItem]) -> Result<Vec<ItemId>, AddItemsError> {
    let known = store::gather_known(cx.tx, &cx.organisation_id, items).await?;
    let standings = decide(items, &known).map_err(AddItemsError::Refused)?;
    let differing = standings.iter().zip(items).enumerate().filter_map(|(index, (standing, item))| {
        let Standing::Differs(item_id) = standing else { return None };
        let problem = ItemProblem::DuplicateCode { sku: item.sku.clone(), item_id: Some(item_id.clone()) };
        Some(ItemRefusal { index, problem })
    });
    let differing: Vec<ItemRefusal> = differing.collect();
    if !differing.is_empty() {
        return Err(AddItemsError::Refused(differing));
    }
    let ids = give_ids(cx, &standings);
    insert_new(cx, items, &standings, &ids).await?;
    Ok(ids)
}

/// The id of each item given: the one it has, or a fresh one.
pub(crate) fn give_ids(cx: &mut Cx<'_>, standings: &[Standing]) -> Vec<ItemId> {
    let mut ids: Vec<ItemId> = Vec::with_capacity(standings.len());
    for standing in standings {
        let item_id = match standing {
            Standing::New => ItemId::from_body(&cx.fresh()),
            Standing::Same(item_id) | Standing::Differs(item_id) => item_id.clone(),
            Standing::RepeatOf(index) => ids[*index].clone(),
        };
        ids.push(item_id);
    }
    ids
}

pub(crate) async fn insert_new(
    cx: &mut Cx<'_>,
    items: &[NewItem],
    standings: &[Standing],
    ids: &[ItemId],
) -> Result<(), db::Fault> {
    let fresh: Vec<(&ItemId, &NewItem)> = ids
        .iter()
        .zip(items)
        .zip(standings)
        .filter_map(|(pair, standing)| (*standing == Standing::New).then_some(pair))
        .collect();
    store::insert_items(cx.tx, &cx.organisation_id, &fresh, cx.now).await?;
    store::insert_barcodes(cx.tx, &cx.organisation_id, &fresh).await?;
    for (item_id, item) in fresh {
        let facts = json!({ "merchant_id": item.merchant_id, "sku": item.sku, "title": item.title });
        cx.tell("item.added", item_id.as_str(), facts);
    }
    Ok(())
}

/// How each item stands, or everything that is wrong with all of them.
pub(crate) fn decide(items: &[NewItem], known: &Known) -> Result<Vec<Standing>, Vec<ItemRefusal>> {
    let mut barcodes_of: HashMap<&ItemId, BTreeSet<&str>> = HashMap::new();
    for (barcode, item_id) in &known.barcodes {
        barcodes_of.entry(item_id).or_default().insert(barcode);
    }
    let mut seen: HashMap<(&MerchantId, &str), usize> = HashMap::new();
    let mut taken: HashMap<String, usize> = HashMap::new();
    let (mut standings, mut refusals) = (Vec::with_capacity(items.len()), Vec::new());
    for (index, item) in items.iter().enumerate() {
        let mut refuse = |problem| refusals.push(ItemRefusal { index, problem });
        check_facts(item, &mut refuse);
        let key = (item.merchant_id.clone(), item.sku.clone());
        let known_item = known.items.get(&key);
        let barcodes: BTreeSet<String> = item.barcodes.iter().map(|code| as_stored(code)).collect();
        if let Some(&earlier) = seen.get(&(&item.merchant_id, item.sku.as_str())) {
            if items[earlier] != *item {
                refuse(ItemProblem::DuplicateCode { sku: item.sku.clone(), item_id: None });
            }
            standings.push(Standing::RepeatOf(earlier));
            continue;
        }
        seen.insert((&item.merchant_id, &item.sku), index);
        for barcode in &barcodes {
            let owner = known.barcodes.get(barcode);
            if owner.is_some_and(|owner| known_item.is_none_or(|item| item.item_id != *owner)) {
                refuse(ItemProblem::BarcodeTaken { barcode: barcode.clone(), item_id: owner.cloned() });
            } else if taken.insert(barcode.clone(), index).is_some() {
                refuse(ItemProblem::BarcodeTaken { barcode: barcode.clone(), item_id: None });
            }
        }
        standings.push(match known_item {
            None => Standing::New,
            Some(known_item) => {
                let has_same_barcodes = barcodes_of
                    .get(&known_item.item_id)
                    .map_or(barcodes.is_empty(), |known| known.iter().copied().eq(&barcodes));
                if item.has_facts_of(known_item) && has_same_barcodes {
                    Standing::Same(known_item.item_id.clone())
                } else {
                    Standing::Differs(known_item.item_id.clone())
                }
            }
        });
    }
    if refusals.is_empty() { Ok(standings) } else { Err(refusals) }
}

fn check_facts(item: &NewItem, refuse: &mut impl FnMut(ItemProblem)) {
    let texts = [("sku", &item.sku, MAX_CODE), ("title", &item.title, MAX_NAME)];
    let barcodes = item.barcodes.iter().map(|barcode| ("barcodes", barcode, MAX_CODE));
    for (field, text, max) in texts.into_iter().chain(barcodes) {
        if let Err(problem) = check_text(text, max) {
            refuse(ItemProblem::Text { field, problem });
        }
    }
    let measures = [
        ("weight_grams", item.weight_grams, NewItem::MAX_WEIGHT_GRAMS),
        ("length_mm", item.length_mm, NewItem::MAX_SIDE_MM),
        ("width_mm", item.width_mm, NewItem::MAX_SIDE_MM),
        ("height_mm", item.height_mm, NewItem::MAX_SIDE_MM),
    ];
    for (field, value, max) in measures {
        if !(0..=max).contains(&value) {
            refuse(ItemProblem::OutOfRange { field, value, max });
        }
    }
    let (given, max) = (item.barcodes.len(), NewItem::MAX_BARCODES);
    if given > max {
        refuse(ItemProblem::TooManyBarcodes { given, max });
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    fn item(sku: &str, title: &str, barcodes: &[&str]) -> NewItem {
        NewItem {
            merchant_id: MerchantId::from_body("m"),
            sku: sku.into(),
            title: title.into(),
            barcodes: barcodes.iter().map(|&code| code.into()).collect(),
            weight_grams: 100,
            length_mm: 0,
            width_mm: 0,
            height_mm: 0,
            is_lot_tracked: None,
        }
    }

    fn known(items: &[NewItem]) -> Known {
        let mut known = Known::default();
        for item in items {
            let item_id = ItemId::from_body(&item.sku.to_lowercase());
            for code in &item.barcodes {
                known.barcodes.insert(as_stored(code), item_id.clone());
            }
            let row = Item {
                item_id,
                merchant_id: item.merchant_id.clone(),
                sku: item.sku.clone(),
                title: item.title.clone(),
                weight_grams: item.weight_grams,
                length_mm: 0,
                width_mm: 0,
                height_mm: 0,
                is_lot_tracked: false,
                version: 1,
                created_at: Timestamp::UNIX_EPOCH,
            };
            known.items.insert((item.merchant_id.clone(), item.sku.clone()), row);
        }
        known
    }

    fn problems(items: &[NewItem], known: &Known) -> Vec<String> {
        decide(items, known).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_same_item_again_is_the_same_item() {
        let known = known(&[item("TEA", "Tea", &["4006381333931"])]);
        let given = [
            item("TEA", "Tea", &["04006381333931"]),
            item("CUP", "Cup", &[]),
            item("TEA", "Green tea", &["4006381333931"]),
            item("CUP", "Cup", &[]),
        ];
        assert_eq!(
            decide(&given[..2], &known).unwrap(),
            [Standing::Same(ItemId::from_body("tea")), Standing::New]
        );
        assert_eq!(decide(&given[2..3], &known).unwrap(), [Standing::Differs(ItemId::from_body("tea"))]);
        assert_eq!(decide(&[given[1].clone(), given[3].clone()], &known).unwrap()[1], Standing::RepeatOf(0));
    }

    #[test]
    fn every_problem_of_every_item_is_named() {
        let known = known(&[item("TEA", "Tea", &["X1"])]);
        let mut heavy = item("", "Anvil", &["X1", "Y\n"]);
        heavy.weight_grams = -1;
        assert_eq!(
            problems(&[item("CUP", "Cup", &["Z"]), heavy, item("MUG", "Mug", &["Z"])], &known),
            [
                "item 1: `sku` is empty",
                "item 1: `barcodes` has control characters, or space around it",
                "item 1: `weight_grams` is -1; it should be from 0 to 1000000000",
                "item 1: barcode X1 belongs to another item",
                "item 2: barcode Z belongs to another item",
            ]
        );
    }
}
