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
        sql: "select item_id || ' adds up to ' || sum(quantity) from stock_account \
               where organisation_id = $1 group by item_id having sum(quantity) <> 0 limit 20",
    },
    Invariant {
        name: "stock.owners_settled",
        says: "what an owner has of an item, the outside world among it, is what others gave less what was given to them \
               (I1)",
        sql: "select a.item_id || ' of ' || a.owner_id || ' adds up to ' || a.quantity || ', settled are ' \
                     || coalesce(s.quantity, 0) \
                from (select item_id, owner_id, cast(sum(quantity) as bigint) as quantity from stock_account \
                       where organisation_id = $1 group by item_id, owner_id) a \
                left join (select item_id, owner_id, cast(sum(quantity) as bigint) as quantity from ( \
                              select item_id, taker_id as owner_id, quantity from settlement_line \
                               where organisation_id = $1 \
                              union all \
                              select item_id, giver_id, -quantity from settlement_line where organisation_id = $1) legs \
                            group by item_id, owner_id) s on s.item_id = a.item_id and s.owner_id = a.owner_id \
               where a.quantity <> coalesce(s.quantity, 0) limit 20",
    },
    Invariant {
        name: "settlement.is_in_the_ledger",
        says: "every settlement line has its transfers from owner to owner, and every such transfer its line",
        sql: "select cause_id || ': ' || item_id || ' at ' || node_id || ' from ' || giver_id || ' to ' || taker_id \
                     || ', settled less moved are ' || sum(delta) \
                from (select cause_id, item_id, node_id, giver_id, taker_id, quantity as delta from settlement_line \
                       where organisation_id = $1 \
                      union all \
                      select t.cause_id, t.item_id, f.node_id, f.owner_id, g.owner_id, -t.quantity \
                        from stock_transfer t \
                        join stock_account f on f.organisation_id = t.organisation_id and f.account_id = t.from_account \
                        join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
                       where t.organisation_id = $1 and f.owner_id <> g.owner_id) moved \
               group by cause_id, item_id, node_id, giver_id, taker_id having sum(delta) <> 0 limit 20",
    },
    Invariant {
        name: "stock.changes_owner_in_place",
        says: "units that change their owner stay where they are, free before and after",
        sql: "select 'transfer ' || t.transfer_id || ' gives ' || f.state || ' at ' || f.node_id || ' as ' || g.state \
                     || ' at ' || g.node_id \
                from stock_transfer t \
                join stock_account f on f.organisation_id = t.organisation_id and f.account_id = t.from_account \
                join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
               where t.organisation_id = $1 and f.owner_id <> g.owner_id \
                 and (f.node_id <> g.node_id or f.state <> 'available' or g.state <> 'available') limit 20",
    },
    Invariant {
        name: "entitlement.used_is_its_lines",
        says: "what a reseller has used of an entitlement is what its settlement lines took and did not give back",
        sql: "select e.entitlement_id || ' has used ' || e.used || ', its lines ' || coalesce(s.quantity, 0) \
                from entitlement e \
                left join (select entitlement_id, cast(sum(case when is_reversal then -quantity else quantity end) \
                                  as bigint) as quantity \
                             from settlement_line where organisation_id = $1 and entitlement_id <> '' \
                            group by entitlement_id) s on s.entitlement_id = e.entitlement_id \
               where e.organisation_id = $1 and e.used <> coalesce(s.quantity, 0) limit 20",
    },
    Invariant {
        name: "stock.never_negative",
        says: "no balance of goods present is below zero (I2)",
        sql: "select item_id || ' ' || state || ' at ' || node_id || ' is ' || quantity from stock_account \
               where organisation_id = $1 and quantity < 0 \
                 and state not in ('supplier', 'customer', 'production', 'loss') limit 20",
    },
    Invariant {
        name: "stock.held_for_carts",
        says: "what the ledger holds for carts is what open holds have, by item, owner and node (F4, I3)",
        sql: "select item_id || ' of ' || owner_id || ' at ' || node_id || ': ledger ' || sum(held) || ', holds ' \
                     || sum(of_holds) \
                from (select item_id, owner_id, node_id, quantity as held, 0 as of_holds from stock_account \
                       where organisation_id = $1 and state = 'held' \
                      union all \
                      select item_id, owner_id, node_id, 0, quantity from stock_hold_part where organisation_id = $1) sides \
               group by item_id, owner_id, node_id having sum(held) <> sum(of_holds) limit 20",
    },
    Invariant {
        name: "stock.held_lots_are_of_holds",
        says: "what the ledger holds for carts of a lot is what open holds have of it",
        sql: "select item_id || ' of lot ' || lot || ' at ' || node_id || ': ledger ' || sum(held) || ', holds ' \
                     || sum(of_holds) \
                from (select item_id, node_id, lot, quantity as held, 0 as of_holds from stock_account \
                       where organisation_id = $1 and state = 'held' and lot <> '' \
                      union all \
                      select h.item_id, h.node_id, h.lot, 0, h.quantity from stock_hold_lot h \
                        join stock_hold_part p on p.organisation_id = h.organisation_id and p.hold_id = h.hold_id \
                                              and p.item_id = h.item_id and p.node_id = h.node_id \
                       where h.organisation_id = $1 and h.lot <> '') sides \
               group by item_id, node_id, lot having sum(held) <> sum(of_holds) limit 20",
    },
    Invariant {
        name: "stock.order_moves_its_lots",
        says: "no order moves on units of a lot that it has not got: of each lot it put at least as many into a state as \
               it took out",
        sql: "select cause_id || ' took ' || -sum(delta) || ' more of lot ' || lot || ' of ' || item_id \
                     || ' out of ' || state || ' than it put in' \
                from (select t.cause_id, a.item_id, a.node_id, a.owner_id, a.lot, a.state, t.quantity as delta \
                        from stock_account a join stock_transfer t on t.organisation_id = a.organisation_id \
                             and t.item_id = a.item_id and t.to_account = a.account_id \
                       where a.organisation_id = $1 and a.lot <> '' \
                         and a.state in ('allocated', 'picked', 'packed', 'staged') \
                      union all \
                      select t.cause_id, a.item_id, a.node_id, a.owner_id, a.lot, a.state, -t.quantity \
                        from stock_account a join stock_transfer t on t.organisation_id = a.organisation_id \
                             and t.item_id = a.item_id and t.from_account = a.account_id \
                       where a.organisation_id = $1 and a.lot <> '' \
                         and a.state in ('allocated', 'picked', 'packed', 'staged')) legs \
               group by cause_id, item_id, node_id, owner_id, lot, state having sum(delta) < 0 limit 20",
    },
    Invariant {
        name: "stock.lots_are_known",
        says: "goods are of lots that are known",
        sql: "select a.item_id || ' has units of lot ' || a.lot || ', which nobody knows' from stock_account a \
                left join lot l on l.organisation_id = a.organisation_id and l.item_id = a.item_id and l.code = a.lot \
               where a.organisation_id = $1 and a.lot <> '' and l.code is null limit 20",
    },
    Invariant {
        name: "stock.incoming_is_expected",
        says: "what the ledger holds incoming is what open expected receipts have outstanding",
        sql: "select item_id || ' of ' || owner_id || ' at ' || node_id || ': ledger ' || sum(incoming) \
                     || ', outstanding ' || sum(outstanding) \
                from (select item_id, owner_id, node_id, quantity as incoming, 0 as outstanding from stock_account \
                       where organisation_id = $1 and state = 'incoming' \
                      union all \
                      select l.item_id, e.owner_id, e.node_id, 0, l.quantity - l.received from expected_line l \
                        join expected_receipt e on e.organisation_id = l.organisation_id \
                                               and e.expected_receipt_id = l.expected_receipt_id \
                       where l.organisation_id = $1 and e.state = 'open' and l.quantity > l.received) sides \
               group by item_id, owner_id, node_id having sum(incoming) <> sum(outstanding) limit 20",
    },
    Invariant {
        name: "stock.only_open_holds_hold",
        says: "a hold has stock as long as it is open, and not after",
        sql: "select h.hold_id || ' is ' || h.state || ' with ' || count(p.item_id) || ' parts' \
                from stock_hold h left join stock_hold_part p on p.organisation_id = h.organisation_id \
                                                             and p.hold_id = h.hold_id \
               where h.organisation_id = $1 group by h.hold_id, h.state \
              having (h.state = 'open') <> (count(p.item_id) > 0) limit 20",
    },
    Invariant {
        name: "stock.holds_end_in_time",
        says: "no hold is open that was due a minute before stock last moved (I13)",
        sql: "select h.hold_id || ' was due ' || h.expires_at || ' and is open' from stock_hold h \
               where h.organisation_id = $1 and h.state = 'open' and h.expires_at < ( \
                     select [pg: t.happened_at - interval '1 minute' :] \
                            [sqlite: strftime('%Y-%m-%dT%H:%M:%fZ', t.happened_at, '-60 seconds') :] \
                       from stock_transfer t where t.organisation_id = $1 order by t.transfer_id desc limit 1) limit 20",
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
