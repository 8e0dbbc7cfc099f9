//! Items from a file. A column that the file does not have, or an empty cell, leaves what
//! is known as it is.

use std::collections::{BTreeMap, HashMap};

use catalogue::{Item, NewItem, Taken};
use db::Fault;
use kernel::{ItemId, MerchantId};
use operations::{Outcome, RowResult};
use runtime::Cx;

use super::line::Line;

/// Takes items; each line has its own answer.
pub(super) async fn take(
    cx: &mut Cx<'_>,
    merchant_id: &MerchantId,
    mut lines: Vec<Line>,
) -> Result<Vec<RowResult>, Fault> {
    let merchants: Vec<MerchantId> = lines.iter_mut().map(|line| merchant_of(line, merchant_id)).collect();
    let mut skus: BTreeMap<&MerchantId, Vec<String>> = BTreeMap::new();
    for (line, merchant_id) in lines.iter().zip(&merchants) {
        skus.entry(merchant_id).or_default().push(line.text("sku").to_owned());
    }
    let mut known: HashMap<(MerchantId, String), Item> = HashMap::new();
    for (merchant_id, skus) in skus {
        let found = catalogue::find_items_by_sku(cx.tx, &cx.organisation_id, merchant_id, &skus).await?;
        known.extend(found.into_iter().map(|(sku, item)| ((merchant_id.clone(), sku), item)));
    }
    let ids: Vec<ItemId> = known.values().map(|item| item.item_id.clone()).collect();
    let mut barcodes = catalogue::barcodes_of_items(cx.tx, &cx.organisation_id, &ids).await?;
    let mut items = Vec::new();
    let mut places = Vec::new();
    for (place, (line, merchant_id)) in lines.iter_mut().zip(merchants).enumerate() {
        let known = known.get(&(merchant_id.clone(), line.text("sku").to_owned()));
        let known_barcodes = known.and_then(|item| barcodes.remove(&item.item_id)).unwrap_or_default();
        let item = read(line, merchant_id, known, known_barcodes);
        if line.is_good() {
            items.push(item);
            places.push(place);
        }
    }
    let mut outcomes = vec![Outcome::Failed; lines.len()];
    let taken = catalogue::take_items(cx, &items).await?;
    for (place, taken) in places.into_iter().zip(taken) {
        match taken {
            Ok(Taken::Added | Taken::Amended) => outcomes[place] = Outcome::Done,
            Ok(Taken::Same) => outcomes[place] = Outcome::Unchanged,
            Err(problems) => {
                for problem in problems {
                    let (column, code) = told(&problem);
                    lines[place].refuse(column, code, problem);
                }
            }
        }
    }
    let results = lines.into_iter().zip(outcomes).map(|(line, outcome)| {
        let sku = line.text("sku").to_owned();
        line.into_result(sku, outcome)
    });
    Ok(results.collect())
}

fn merchant_of(line: &mut Line, otherwise: &MerchantId) -> MerchantId {
    match line.text("merchant") {
        "" => otherwise.clone(),
        text => match MerchantId::parse(text) {
            // Whose items somebody may change is decided for the whole file; the ids are the organisation's.
            Ok(merchant_id) => merchant_id,
            Err(error) => {
                line.refuse("merchant", "bad_code", error);
                otherwise.clone()
            }
        },
    }
}

fn read(
    line: &mut Line,
    merchant_id: MerchantId,
    known: Option<&Item>,
    known_barcodes: Vec<String>,
) -> NewItem {
    let sku = line.required("sku");
    let title = match known {
        Some(item) if line.text("title").is_empty() => item.title.clone(),
        _ => line.required("title"),
    };
    let cell = line.code("barcodes");
    let barcodes = if !cell.is_empty() {
        cell.split('|').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
    } else {
        known_barcodes
    };
    let mut number = |column: &str, known: Option<i64>| line.number(column).or(known).unwrap_or(0);
    NewItem {
        weight_grams: number("weight_grams", known.map(|item| item.weight_grams)),
        length_mm: number("length_mm", known.map(|item| item.length_mm)),
        width_mm: number("width_mm", known.map(|item| item.width_mm)),
        height_mm: number("height_mm", known.map(|item| item.height_mm)),
        is_lot_tracked: None,
        merchant_id,
        sku,
        title,
        barcodes,
    }
}

fn told(problem: &catalogue::ItemProblem) -> (&'static str, &'static str) {
    use catalogue::ItemProblem::{BarcodeTaken, DuplicateCode, OutOfRange, Text, TooManyBarcodes};
    match problem {
        Text { field, .. } => (*field, "bad_text"),
        OutOfRange { field, .. } => (*field, "bad_quantity"),
        TooManyBarcodes { .. } => ("barcodes", "too_large"),
        DuplicateCode { .. } => ("sku", "contradiction"),
        BarcodeTaken { .. } => ("barcodes", "code_taken"),
    }
}
