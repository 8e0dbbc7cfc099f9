-- context: catalogue
create table item (
    organisation_id {id} not null,
    item_id {id} not null,
    merchant_id {id} not null,
    sku {text} not null,
    title {text} not null,
    weight_grams {int} not null check (weight_grams >= 0),
    length_mm {int} not null check (length_mm >= 0),
    width_mm {int} not null check (width_mm >= 0),
    height_mm {int} not null check (height_mm >= 0),
    created_at {time} not null,
    primary key (organisation_id, item_id),
    constraint item_sku_key unique (organisation_id, merchant_id, sku)
) {keyed};

create index item_by_sku on item (organisation_id, sku);

create table item_barcode (
    organisation_id {id} not null,
    barcode {text} not null,
    item_id {id} not null,
    primary key (organisation_id, barcode)
) {keyed};
create index item_barcode_by_item on item_barcode (organisation_id, item_id);

create table channel (
    organisation_id {id} not null,
    channel_id {id} not null,
    merchant_id {id} not null,
    code {text} not null,
    name {text} not null,
    kind {text} not null,
    created_at {time} not null,
    primary key (organisation_id, channel_id),
    constraint channel_code_key unique (organisation_id, code)
) {keyed};

-- A channel's code for an item: many codes may mean one item, and a code may mean a pack of several.
create table listing (
    organisation_id {id} not null,
    listing_id {id} not null,
    channel_id {id} not null,
    external_code {text} not null,
    item_id {id} not null,
    pack_factor {int} not null check (pack_factor between 1 and 1000000),
    created_at {time} not null,
    primary key (organisation_id, listing_id),
    constraint listing_code_key unique (organisation_id, channel_id, external_code)
) {keyed};
create index listing_by_item on listing (organisation_id, item_id);
