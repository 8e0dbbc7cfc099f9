-- context: inventory
-- Goods change their owner where they lie. Every such transfer of the ledger has its line here, written with it.
create table settlement_line (
    organisation_id {id} not null,
    settlement_line_id {id} not null,
    item_id {id} not null,
    node_id {id} not null,
    -- Who gave the units and is owed for them, and who got them and owes.
    giver_id {id} not null,
    taker_id {id} not null,
    quantity {int} not null check (quantity > 0),
    unit_price_minor {int} not null check (unit_price_minor >= 0),
    amount_minor {int} not null,
    currency {text} not null,
    -- The ownership transfer or the order it belongs to; its transfers in the ledger name the same.
    cause_id {id} not null,
    -- Empty where nothing was drawn from an entitlement.
    entitlement_id {text} not null,
    -- Gives back what an earlier line of the same cause took.
    is_reversal {bool} not null,
    actor {text} not null,
    happened_at {time} not null,
    primary key (organisation_id, settlement_line_id),
    constraint settlement_line_parties check (giver_id <> taker_id),
    constraint settlement_line_amount check (amount_minor = quantity * unit_price_minor)
) {tail};
create index settlement_line_by_giver on settlement_line (organisation_id, giver_id, happened_at, settlement_line_id);
create index settlement_line_by_taker on settlement_line (organisation_id, taker_id, happened_at, settlement_line_id);
create index settlement_line_by_cause on settlement_line (organisation_id, cause_id);

-- What somebody asked for as one: all of its lines were written or none.
create table ownership_transfer (
    organisation_id {id} not null,
    ownership_transfer_id {id} not null,
    kind {text} not null check (kind in ('sale', 'swap')),
    giver_id {id} not null,
    taker_id {id} not null,
    reference {text} not null,
    -- Of the lines, so that another transfer under the same reference is not taken for a repeat.
    fingerprint {text} not null,
    actor {text} not null,
    happened_at {time} not null,
    primary key (organisation_id, ownership_transfer_id),
    constraint ownership_transfer_reference unique (organisation_id, giver_id, reference)
) {tail};

-- How many of a brand's units a reseller may sell as they lie in the brand's pool, and for what.
create table entitlement (
    organisation_id {id} not null,
    entitlement_id {id} not null,
    item_id {id} not null,
    brand_id {id} not null,
    reseller_id {id} not null,
    granted {int} not null,
    used {int} not null,
    unit_price_minor {int} not null check (unit_price_minor >= 0),
    currency {text} not null,
    changed_at {time} not null,
    primary key (organisation_id, entitlement_id),
    constraint entitlement_key unique (organisation_id, reseller_id, item_id, brand_id),
    constraint entitlement_parties check (brand_id <> reseller_id),
    constraint entitlement_bound check (used >= 0 and used <= granted)
) {tail};
create index entitlement_by_brand on entitlement (organisation_id, brand_id, entitlement_id);

-- Items that merchants other than their own may list on their channels.
create view v_resale as
select organisation_id, item_id, reseller_id from entitlement;
