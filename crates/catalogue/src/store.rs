//! Every statement of this context.

mod kits;
mod listings;
mod one;
mod resold;

use std::collections::HashMap;

use db::{Column, Fault, FromRow, Row, Tx, args, row, set};
use kernel::{ChannelId, ItemId, MerchantId, OrganisationId, Page, PageRequest, Scope, Timestamp};

use crate::{
    add_items::Known,
    barcode::{as_stored, gtin14},
    model::{Channel, Item, NewChannel, NewItem},
};

pub use listings::{first_code, list_listings, listings_of_items, resolve_listings};
pub(crate) use listings::{insert_listings, update_listings};
pub(crate) use one::{lock_item, update_item_at};
pub(crate) use resold::list_resold;

impl FromRow for Item {
    fn from_row(row: &Row) -> Result<Item, Fault> {
        Ok(Item {
            item_id: row.get("item_id")?,
            merchant_id: row.get("merchant_id")?,
            sku: row.get("sku")?,
            title: row.get("title")?,
            weight_grams: row.get("weight_grams")?,
            length_mm: row.get("length_mm")?,
            width_mm: row.get("width_mm")?,
            height_mm: row.get("height_mm")?,
            is_lot_tracked: row.get("is_lot_tracked")?,
            version: row.get("version")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl FromRow for Channel {
    fn from_row(row: &Row) -> Result<Channel, Fault> {
        Ok(Channel {
            channel_id: row.get("channel_id")?,
            merchant_id: row.get("merchant_id")?,
            code: row.get("code")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            has_stock_rules: row.get("has_stock_rules")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// The item of this id.
pub async fn find_item(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &ItemId,
) -> Result<Option<Item>, Fault> {
    tx.query_optional(
        "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
           from item where organisation_id = $1 and item_id = $2",
        args![organisation_id, item_id],
    )
    .await
}

/// The items of these ids; those that are not known are left out.
pub async fn items_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_ids: &[ItemId],
) -> Result<HashMap<ItemId, Item>, Fault> {
    let items: Vec<Item> = tx
        .query(
            "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
               from item where organisation_id = $1 and item_id {in $2}",
            args![organisation_id, Column::from_iter(item_ids)],
        )
        .await?;
    Ok(items.into_iter().map(|item| (item.item_id.clone(), item)).collect())
}

/// A merchant's items by SKU; SKUs that are not known are left out.
pub async fn find_items_by_sku(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: &MerchantId,
    skus: &[String],
) -> Result<HashMap<String, Item>, Fault> {
    let items: Vec<Item> = tx
        .query(
            "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
               from item where organisation_id = $1 and merchant_id = $2 and sku {in $3}",
            args![organisation_id, merchant_id, Column::from_iter(skus)],
        )
        .await?;
    Ok(items.into_iter().map(|item| (item.sku.clone(), item)).collect())
}

/// The item that a scanned or typed code means: a barcode (a GTIN in any of its lengths), else a SKU. None where
/// merchants use the same SKU for different items, for a wrong guess is worse than a question.
pub async fn find_item_by_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    code: &str,
) -> Result<Option<Item>, Fault> {
    let by_barcode = tx
        .query_optional(
            "select i.item_id, i.merchant_id, i.sku, i.title, i.weight_grams, i.length_mm, i.width_mm, i.height_mm, i.is_lot_tracked, \
                    i.version, i.created_at \
               from item_barcode b join item i on i.organisation_id = b.organisation_id and i.item_id = b.item_id \
              where b.organisation_id = $1 and b.barcode = $2",
            args![organisation_id, as_stored(code)],
        )
        .await?;
    if by_barcode.is_some() {
        return Ok(by_barcode);
    }
    let mut by_sku: Vec<Item> = tx
        .query(
            "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
               from item where organisation_id = $1 and sku = $2 limit 2",
            args![organisation_id, code.trim()],
        )
        .await?;
    Ok(if by_sku.len() == 1 { by_sku.pop() } else { None })
}

row! {
    struct BarcodeOf {
        barcode: String,
        item_id: ItemId,
    }
}

/// The items that these codes mean, barcodes before SKUs. A SKU that several merchants use means none.
pub async fn find_items_by_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    codes: &[String],
) -> Result<HashMap<String, Item>, Fault> {
    let stored: Vec<String> = codes.iter().map(|code| as_stored(code)).collect();
    let barcodes: Vec<BarcodeOf> = tx
        .query(
            "select barcode, item_id from item_barcode where organisation_id = $1 and barcode {in $2}",
            args![organisation_id, Column::from_iter(&stored)],
        )
        .await?;
    let item_ids: Vec<ItemId> = barcodes.iter().map(|row| row.item_id.clone()).collect();
    let items = items_by_id(tx, organisation_id, &item_ids).await?;
    let by_barcode: HashMap<&str, &Item> = barcodes
        .iter()
        .filter_map(|row| items.get(&row.item_id).map(|item| (row.barcode.as_str(), item)))
        .collect();
    let with_sku: Vec<Item> = tx
        .query(
            "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
               from item where organisation_id = $1 and sku {in $2}",
            args![organisation_id, Column::from_iter(codes.iter().map(|code| code.trim()))],
        )
        .await?;
    let mut by_sku: HashMap<&str, Vec<&Item>> = HashMap::new();
    for item in &with_sku {
        by_sku.entry(item.sku.as_str()).or_default().push(item);
    }
    let meant = codes.iter().zip(&stored).filter_map(|(code, stored)| {
        let item = by_barcode.get(stored.as_str()).copied().or_else(|| match by_sku.get(code.trim()) {
            Some(items) if items.len() == 1 => items.first().copied(),
            _ => None,
        })?;
        Some((code.clone(), item.clone()))
    });
    Ok(meant.collect())
}

/// The barcodes of these items, in order, as they are kept.
pub async fn barcodes_of_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_ids: &[ItemId],
) -> Result<HashMap<ItemId, Vec<String>>, Fault> {
    let rows: Vec<(ItemId, String)> = tx
        .query(
            "select item_id, barcode from item_barcode where organisation_id = $1 and item_id {in $2} order by barcode",
            args![organisation_id, Column::from_iter(item_ids)],
        )
        .await?;
    let mut barcodes: HashMap<ItemId, Vec<String>> = HashMap::new();
    for (item_id, barcode) in rows {
        barcodes.entry(item_id).or_default().push(barcode);
    }
    Ok(barcodes)
}

/// Items in the order they became known; with a search, those whose SKU or title has it, or whose barcode it is.
pub async fn list_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    search: Option<&str>,
    page: &PageRequest,
) -> Result<Page<Item>, Fault> {
    let search = search.map(str::trim).filter(|text| !text.is_empty());
    let pattern = search.map(|text| format!("%{}%", escape_like(&text.to_lowercase())));
    let barcode = search.map(|text| gtin14(text).unwrap_or_else(|| text.to_owned()));
    let items = tx
        .query(
            "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
               from item i where organisation_id = $1 and (cast($2 as text) is null or item_id > $2) \
                and (cast($3 as text) is null or lower(sku) like $3 escape '\\' or lower(title) like $3 escape '\\' \
                     or exists (select 1 from item_barcode b where b.organisation_id = i.organisation_id \
                                   and b.item_id = i.item_id and b.barcode = $4)) \
                and ($6 = 1 or merchant_id {in $7}) \
              order by item_id limit $5",
            args![
                organisation_id,
                page.after.clone(),
                pattern,
                barcode,
                page.limit + 1,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids())
            ],
        )
        .await?;
    Ok(Page::of(items, page.limit, |item: &Item| item.item_id.to_string()))
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// What is known of the items given: themselves by SKU, their barcodes, and who has the barcodes given.
pub(crate) async fn gather_known(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[NewItem],
) -> Result<Known, Fault> {
    let known: Vec<Item> = tx
        .query(
            "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
               from item where organisation_id = $1 and merchant_id {in $2} and sku {in $3}",
            args![
                organisation_id,
                Column::from_iter(items.iter().map(|item| &item.merchant_id)),
                Column::from_iter(items.iter().map(|item| &item.sku)),
            ],
        )
        .await?;
    let barcodes = items.iter().flat_map(|item| &item.barcodes).map(|code| as_stored(code));
    let barcodes: Vec<(String, ItemId)> = tx
        .query(
            "select barcode, item_id from item_barcode where organisation_id = $1 and barcode {in $2} \
              union \
             select barcode, item_id from item_barcode where organisation_id = $1 and item_id {in $3}",
            args![
                organisation_id,
                Column::from_iter(barcodes),
                Column::from_iter(known.iter().map(|item| &item.item_id)),
            ],
        )
        .await?;
    let items = known.into_iter().map(|item| ((item.merchant_id.clone(), item.sku.clone()), item)).collect();
    Ok(Known { items, barcodes: barcodes.into_iter().collect() })
}

pub(crate) async fn insert_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[(&ItemId, &NewItem)],
    now: Timestamp,
) -> Result<(), Fault> {
    // Whoever adds the same SKU at the same moment makes this fall short, and then it is looked at again.
    tx.execute_guarded(
        "items added",
        "insert into item (organisation_id, item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, \
                           height_mm, is_lot_tracked, created_at) \
         select $1, d.item_id, d.merchant_id, d.sku, d.title, d.weight_grams, d.length_mm, d.width_mm, d.height_mm, \
                d.is_lot_tracked, $2 \
         {set d(item_id text, merchant_id text, sku text, title text, weight_grams int, length_mm int, width_mm int, \
                height_mm int, is_lot_tracked bool)} where true on conflict do nothing",
        &set![
            items.iter().map(|(item_id, _)| *item_id),
            items.iter().map(|(_, item)| &item.merchant_id),
            items.iter().map(|(_, item)| &item.sku),
            items.iter().map(|(_, item)| &item.title),
            items.iter().map(|(_, item)| item.weight_grams),
            items.iter().map(|(_, item)| item.length_mm),
            items.iter().map(|(_, item)| item.width_mm),
            items.iter().map(|(_, item)| item.height_mm),
            items.iter().map(|(_, item)| item.is_lot_tracked.unwrap_or(false)),
        ],
        args![organisation_id, now],
    )
    .await
}

pub(crate) async fn update_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[(&ItemId, &NewItem)],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "items amended",
        "update item set title = d.title, weight_grams = d.weight_grams, length_mm = d.length_mm, \
                width_mm = d.width_mm, height_mm = d.height_mm, \
                is_lot_tracked = coalesce(d.is_lot_tracked, item.is_lot_tracked), version = item.version + 1 \
         {set d(item_id text, title text, weight_grams int, length_mm int, width_mm int, height_mm int, \
                is_lot_tracked bool)} \
          where item.organisation_id = $1 and item.item_id = d.item_id",
        &set![
            items.iter().map(|(item_id, _)| *item_id),
            items.iter().map(|(_, item)| &item.title),
            items.iter().map(|(_, item)| item.weight_grams),
            items.iter().map(|(_, item)| item.length_mm),
            items.iter().map(|(_, item)| item.width_mm),
            items.iter().map(|(_, item)| item.height_mm),
            items.iter().map(|(_, item)| item.is_lot_tracked),
        ],
        args![organisation_id],
    )
    .await
}

pub(crate) async fn insert_barcodes(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[(&ItemId, &NewItem)],
) -> Result<(), Fault> {
    let mut rows: Vec<(&ItemId, String)> = Vec::new();
    for (item_id, item) in items {
        rows.extend(item.barcodes.iter().map(|code| (*item_id, as_stored(code))));
    }
    // One item may be given one code in two lengths.
    rows.sort();
    rows.dedup();
    tx.execute_guarded(
        "barcodes added",
        "insert into item_barcode (organisation_id, barcode, item_id) select $1, d.barcode, d.item_id \
         {set d(barcode text, item_id text)} where true on conflict do nothing",
        &set![rows.iter().map(|(_, barcode)| barcode), rows.iter().map(|(item_id, _)| *item_id)],
        args![organisation_id],
    )
    .await
}

pub(crate) async fn delete_barcodes(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[(&ItemId, &NewItem)],
) -> Result<(), Fault> {
    let item_ids = Column::from_iter(items.iter().map(|(item_id, _)| *item_id));
    tx.execute(
        "delete from item_barcode where organisation_id = $1 and item_id {in $2}",
        args![organisation_id, item_ids],
    )
    .await
    .map(drop)
}

/// The channels of these ids; those that are not known are left out.
pub async fn channels_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_ids: &[ChannelId],
) -> Result<HashMap<ChannelId, Channel>, Fault> {
    let channels: Vec<Channel> = tx
        .query(
            "select channel_id, merchant_id, code, name, kind, has_stock_rules, created_at from channel \
              where organisation_id = $1 and channel_id {in $2}",
            args![organisation_id, Column::from_iter(channel_ids)],
        )
        .await?;
    Ok(channels.into_iter().map(|channel| (channel.channel_id.clone(), channel)).collect())
}

/// The channel of this code.
pub async fn find_channel_by_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    code: &str,
) -> Result<Option<Channel>, Fault> {
    tx.query_optional(
        "select channel_id, merchant_id, code, name, kind, has_stock_rules, created_at from channel \
          where organisation_id = $1 and code = $2",
        args![organisation_id, code],
    )
    .await
}

/// The channels of these codes; those that are not known are left out.
pub async fn find_channels_by_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    codes: &[String],
) -> Result<HashMap<String, Channel>, Fault> {
    let channels: Vec<Channel> = tx
        .query(
            "select channel_id, merchant_id, code, name, kind, has_stock_rules, created_at from channel \
              where organisation_id = $1 and code {in $2}",
            args![organisation_id, Column::from_iter(codes)],
        )
        .await?;
    Ok(channels.into_iter().map(|channel| (channel.code.clone(), channel)).collect())
}

/// Every channel, by code. There are never many.
pub async fn list_channels(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
) -> Result<Vec<Channel>, Fault> {
    tx.query(
        "select channel_id, merchant_id, code, name, kind, has_stock_rules, created_at from channel \
          where organisation_id = $1 and ($2 = 1 or merchant_id {in $3}) order by code limit 10000",
        args![organisation_id, i64::from(scope.is_everything()), Column::from_iter(scope.merchant_ids())],
    )
    .await
}

/// Held by whoever adds channels or changes what all of a merchant's know.
const CHANNELS: &str = "catalogue.channels";

pub(crate) async fn insert_channels(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channels: &[(ChannelId, &NewChannel)],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.lock_name(CHANNELS).await?;
    tx.execute_guarded(
        "channels added",
        "insert into channel (organisation_id, channel_id, merchant_id, code, name, kind, has_stock_rules, created_at) \
         select $1, d.channel_id, d.merchant_id, d.code, d.name, d.kind, exists (select 1 from channel other \
                 where other.organisation_id = $1 and other.merchant_id = d.merchant_id and other.has_stock_rules), $2 \
         {set d(channel_id text, merchant_id text, code text, name text, kind text)} where true on conflict do nothing",
        &set![
            channels.iter().map(|(channel_id, _)| channel_id),
            channels.iter().map(|(_, channel)| &channel.merchant_id),
            channels.iter().map(|(_, channel)| &channel.code),
            channels.iter().map(|(_, channel)| &channel.name),
            channels.iter().map(|(_, channel)| &channel.kind),
        ],
        args![organisation_id, now],
    )
    .await
}

/// From now on orders of the merchant's channels ask what those may sell.
pub async fn note_stock_rules(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: &MerchantId,
) -> Result<(), Fault> {
    // A channel that is added meanwhile would not know.
    tx.lock_name(CHANNELS).await?;
    tx.execute(
        "update channel set has_stock_rules = true \
          where organisation_id = $1 and merchant_id = $2 and not has_stock_rules",
        args![organisation_id, merchant_id],
    )
    .await?;
    Ok(())
}
