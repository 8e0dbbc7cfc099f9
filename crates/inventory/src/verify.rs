//! What always holds of the ledger.

use runtime::Invariant;

/// Each finds nothing in a sound database.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "stock.balance_is_its_transfers",
        says: "every balance equals the sum of the transfers into and out of its account (I3)",
        sql: "select a.item_id || ' ' || a.state || ' at ' || a.node_id || ': balance ' || a.quantity \
                     || ', transfers ' || coalesce(t.quantity, 0) \
                from stock_account a \
                left join (select account_id, cast(sum(delta) as bigint) as quantity from ( \
                              select to_account as account_id, quantity as delta from stock_transfer \
                               where organisation_id = $1 \
                              union all \
                              select from_account, -quantity from stock_transfer where organisation_id = $1) legs \
                            group by account_id) t on t.account_id = a.account_id \
               where a.organisation_id = $1 and a.quantity <> coalesce(t.quantity, 0) limit 20",
    },
    Invariant {
        name: "stock.nothing_from_nothing",
        says: "over all accounts of an item, the outside world among them, the units add up to zero (I1)",
        sql: "select item_id || ' of ' || owner_id || ' adds up to ' || sum(quantity) from stock_account \
               where organisation_id = $1 group by item_id, owner_id having sum(quantity) <> 0 limit 20",
    },
    Invariant {
        name: "stock.never_negative",
        says: "no balance of goods present is below zero (I2)",
        sql: "select item_id || ' ' || state || ' at ' || node_id || ' is ' || quantity from stock_account \
               where organisation_id = $1 and quantity < 0 \
                 and state not in ('supplier', 'customer', 'production', 'loss') limit 20",
    },
    Invariant {
        name: "stock.transfers_have_accounts",
        says: "both legs of a transfer are accounts of its item",
        sql: "select 'transfer ' || t.transfer_id || ' has a leg that is no account of ' || t.item_id \
                from stock_transfer t \
                left join stock_account f on f.organisation_id = t.organisation_id and f.account_id = t.from_account \
                     and f.item_id = t.item_id \
                left join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
                     and g.item_id = t.item_id \
               where t.organisation_id = $1 and (f.account_id is null or g.account_id is null) limit 20",
    },
    Invariant {
        name: "stock.quota_is_its_uses",
        says: "what is sold of a quota is what orders took of it (I10)",
        sql: "select q.channel_id || ' used ' || q.used || ' of ' || q.item_id || ', orders took ' || coalesce(u.quantity, 0) \
                from channel_quota q \
                left join (select item_id, channel_id, cast(sum(quantity) as bigint) as quantity from channel_quota_use \
                            where organisation_id = $1 group by item_id, channel_id) u \
                     on u.item_id = q.item_id and u.channel_id = q.channel_id \
               where q.organisation_id = $1 and (q.used <> coalesce(u.quantity, 0) or q.used > q.quantity) limit 20",
    },
];
