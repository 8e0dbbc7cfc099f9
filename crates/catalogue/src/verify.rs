//! What always holds here.

use runtime::Invariant;

/// The truths of this context.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "listing.item_exists",
        says: "a listing means an item that exists",
        sql: "select l.listing_id || ' means ' || l.item_id || ', which does not exist' \
                from listing l left join item i on i.organisation_id = l.organisation_id and i.item_id = l.item_id \
               where l.organisation_id = $1 and i.item_id is null limit 20",
    },
    Invariant {
        name: "listing.channel_exists",
        says: "a listing is on a channel that exists",
        sql: "select l.listing_id || ' is on ' || l.channel_id || ', which does not exist' \
                from listing l \
                left join channel c on c.organisation_id = l.organisation_id and c.channel_id = l.channel_id \
               where l.organisation_id = $1 and c.channel_id is null limit 20",
    },
    Invariant {
        name: "listing.one_merchant",
        says: "a listing joins an item and a channel of the same merchant, or of one who may sell the item for another",
        sql: "select l.listing_id || ' joins ' || i.merchant_id || ' and ' || c.merchant_id \
                from listing l \
                join item i on i.organisation_id = l.organisation_id and i.item_id = l.item_id \
                join channel c on c.organisation_id = l.organisation_id and c.channel_id = l.channel_id \
               where l.organisation_id = $1 and i.merchant_id <> c.merchant_id \
                 and not exists (select 1 from v_resale r where r.organisation_id = l.organisation_id \
                                    and r.item_id = l.item_id and r.reseller_id = c.merchant_id) limit 20",
    },
    Invariant {
        name: "listing.kit_is_of_items",
        says: "a kit is of items that exist, of the merchant who sells it or of one whose items they may sell",
        sql: "select k.listing_id || ' has ' || k.item_id || ', which its merchant cannot sell' \
                from kit_component k \
                left join listing l on l.organisation_id = k.organisation_id and l.listing_id = k.listing_id and l.is_kit \
                left join channel c on c.organisation_id = l.organisation_id and c.channel_id = l.channel_id \
                left join item i on i.organisation_id = k.organisation_id and i.item_id = k.item_id \
               where k.organisation_id = $1 and (l.listing_id is null or i.item_id is null \
                 or k.item_id = l.item_id or i.merchant_id <> c.merchant_id and not exists (select 1 from v_resale r \
                        where r.organisation_id = k.organisation_id and r.item_id = k.item_id \
                          and r.reseller_id = c.merchant_id)) limit 20",
    },
    Invariant {
        name: "barcode.item_exists",
        says: "a barcode means an item that exists",
        sql: "select b.barcode || ' means ' || b.item_id || ', which does not exist' \
                from item_barcode b left join item i on i.organisation_id = b.organisation_id and i.item_id = b.item_id \
               where b.organisation_id = $1 and i.item_id is null limit 20",
    },
];
