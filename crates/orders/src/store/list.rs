//! Lists of orders for people: a page of those that match, how many there are, and which.

use db::{Column, Fault, Tx, Value, args};
use kernel::{ChannelId, OrderId, OrganisationId, Page, PageRequest, Scope, Timestamp};

use crate::read::{Named, OrderFilter, OrderRow, OrderSummary, Sort, cursor_of, read_cursor};

/// Where counting for people ends: more than this many are simply many.
pub const COUNTED: i64 = 1000;

/// Orders that are not with their customer and still will be. The words of the index of open orders, which serves only
/// where a condition says exactly the same.
const OPEN: &str =
    "o.status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship', 'on_the_way')";

/// With more orders than this found by name, so many of the newest are among them that it is quicker to look at orders
/// from the newest on.
const FOUND_MAX: usize = 20_000;

/// The ids of orders whose reference begins with `$2`, or that are called so: `$4` of them at most. What begins with a
/// text sorts from it up to it with the last letter there is, `$3`. The engines differ in what they take for a capital,
/// so each lowers both sides itself.
const FIND_BY_REFERENCE: &str = "select n.order_id from (select o.order_id from sales_order o \
                      where o.organisation_id = $1 and o.order_id = $2 \
                     union all \
                     select o.order_id from sales_order o where o.organisation_id = $1 \
                        and lower(o.external_reference) [pg: collate \"C\" :] >= lower($2) \
                        and lower(o.external_reference) [pg: collate \"C\" :] < lower($2) || $3) n limit $4";

/// The same, and those whose customer or address of mail begins so.
const FIND_BY_NAME: &str = "select n.order_id from (select o.order_id from sales_order o \
                      where o.organisation_id = $1 and o.order_id = $2 \
                     union all \
                     select o.order_id from sales_order o where o.organisation_id = $1 \
                        and lower(o.external_reference) [pg: collate \"C\" :] >= lower($2) \
                        and lower(o.external_reference) [pg: collate \"C\" :] < lower($2) || $3 \
                     union all \
                     select o.order_id from sales_order o where o.organisation_id = $1 \
                        and lower(o.customer_name) [pg: collate \"C\" :] >= lower($2) \
                        and lower(o.customer_name) [pg: collate \"C\" :] < lower($2) || $3 \
                     union all \
                     select o.order_id from sales_order o where o.organisation_id = $1 \
                        and lower(o.customer_email) [pg: collate \"C\" :] >= lower($2) \
                        and lower(o.customer_email) [pg: collate \"C\" :] < lower($2) || $3) n limit $4";

/// The conditions of a question, each there only where it was asked for: so the index that fits it serves.
struct Conditions {
    sql: String,
    args: Vec<Value>,
}

impl Conditions {
    fn new(args: &[Value]) -> Conditions {
        Conditions { sql: String::new(), args: args.to_vec() }
    }

    /// One more condition; `$a`, `$b`, `$c` in it are the values that come with it.
    fn and(&mut self, condition: &str, values: &[Value]) {
        let mut condition = condition.to_owned();
        for (name, value) in ["$a", "$b", "$c"].iter().zip(values) {
            self.args.push(value.clone());
            condition = condition.replace(name, &format!("${}", self.args.len()));
        }
        self.sql.push_str(" and ");
        self.sql.push_str(&condition);
    }

    fn add(&mut self, scope: &Scope, filter: &OrderFilter) {
        if let Some(status) = &filter.status {
            self.and("o.status = $a", args![status]);
        }
        if let Some(channel_id) = &filter.channel_id {
            self.and("o.channel_id = $a", args![channel_id]);
        }
        if let Some(late_at) = filter.late_at {
            self.and(&format!("o.promised_by < $a and {OPEN}"), args![late_at]);
        }
        if let Some(late_since) = filter.late_since {
            self.and("o.promised_by >= $a", args![late_since]);
        }
        if filter.is_partial {
            // Some units go ahead of others that wait for stock, or of others that have not left.
            self.and(
                "(o.status in ('unallocated', 'backordered') and exists (select 1 from order_line l \
                      where l.organisation_id = o.organisation_id and l.order_id = o.order_id \
                        and l.allocated + l.picked + l.packed + l.shipped + l.ready_for_pickup + l.delivered > 0) \
                   or o.status in ('to_pick', 'to_pack', 'to_ship') and exists (select 1 from order_line l \
                      where l.organisation_id = o.organisation_id and l.order_id = o.order_id \
                        and l.shipped + l.ready_for_pickup + l.delivered > 0)) \
                 and o.status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship')",
                args![],
            );
        }
        if filter.sort == Sort::Due {
            // What nobody promised or what has arrived has no hurry, and no place in this sequence.
            self.and(&format!("o.promised_by is not null and {OPEN}"), args![]);
        }
        if let Some(order_ids) = &filter.order_ids {
            self.and("o.order_id {in $a}", args![Column::from_iter(order_ids)]);
        }
        let search = like_prefix(&filter.search);
        if !search.is_empty() {
            let customer =
                " or lower(o.customer_name) like lower($a) or lower(o.customer_email) like lower($a)";
            let customer = if filter.by_customer { customer } else { "" };
            self.and(
                &format!("(lower(o.external_reference) like lower($a) or o.order_id like $a{customer})"),
                args![search],
            );
        }
        if let Some(node_id) = &filter.node_id {
            self.and(
                "exists (select 1 from fulfilment_order f \
                  where f.organisation_id = o.organisation_id and f.order_id = o.order_id and f.node_id = $a)",
                args![node_id],
            );
        }
        self.add_scope(scope);
    }

    /// What the scope allows, in the fewest words: a merchant by itself goes by the index of merchants.
    fn add_scope(&mut self, scope: &Scope) {
        const WORKED: &str = "exists (select 1 from fulfilment_order f \
                  where f.organisation_id = o.organisation_id and f.order_id = o.order_id and f.node_id {in $a})";
        if scope.is_everything() {
            return;
        }
        let (merchants, nodes) =
            (Column::from_iter(scope.merchant_ids()), Column::from_iter(scope.node_ids()));
        match (scope.merchant_ids(), scope.node_ids()) {
            ([merchant_id], []) => self.and("o.merchant_id = $a", args![merchant_id]),
            (_, []) => self.and("o.merchant_id {in $a}", args![merchants]),
            ([], _) => self.and(WORKED, args![nodes]),
            _ => self.and(&format!("(o.merchant_id {{in $b}} or {WORKED})"), args![nodes, merchants]),
        }
    }
}

/// A page of orders, newest first unless the filter says otherwise.
pub async fn list_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &OrderFilter,
    page: &PageRequest,
) -> Result<Page<OrderSummary>, Fault> {
    let filter = &found_by_name(tx, organisation_id, filter).await?;
    let Conditions { sql, args } = question(organisation_id, scope, filter, page);
    let rows: Vec<OrderSummary> = tx.query(&sql, &args).await?;
    let cursor = |row: &OrderSummary| {
        let at =
            if filter.sort == Sort::Due { row.promised_by.unwrap_or(row.placed_at) } else { row.placed_at };
        cursor_of(at, row.order_id.as_str())
    };
    Ok(Page::of(rows, page.limit, cursor))
}

/// The whole question for a page of orders.
fn question(
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &OrderFilter,
    page: &PageRequest,
) -> Conditions {
    let mut conditions = Conditions::new(args![organisation_id, page.limit + 1]);
    conditions.add(scope, filter);
    let cursor = read_cursor(page);
    let (column, direction, beyond) = match filter.sort {
        Sort::Newest => ("placed_at", "desc", "<"),
        Sort::Oldest => ("placed_at", "asc", ">"),
        Sort::Due => ("promised_by", "asc", ">"),
    };
    if let Some((at, id)) = cursor {
        conditions.and(&format!("(o.{column}, o.order_id) {beyond} ($a, $b)"), args![at, id]);
    }
    let order = format!("o.{column} {direction}, o.order_id {direction}");
    // Of a search that finds thousands, SQLite would count the lines of all before it sorts.
    conditions.sql = format!(
        "select o.order_id, o.channel_id, o.external_reference, o.status, o.customer_name, o.currency, \
                o.total_minor, o.placed_at, o.promised_by, \
                (select count(*) from order_line l \
                  where l.organisation_id = $1 and l.order_id = o.order_id) as lines, \
                (select cast(sum(l.quantity) as bigint) from order_line l \
                  where l.organisation_id = $1 and l.order_id = o.order_id) as units \
           from (select o.order_id, o.channel_id, o.external_reference, o.status, o.customer_name, o.currency, \
                        o.total_minor, o.placed_at, o.promised_by \
                   from sales_order o where o.organisation_id = $1{} \
                  order by {order} limit $2) o order by {order}",
        conditions.sql
    );
    conditions
}

/// How many orders match each of some filters, [`COUNTED`] at most each, in one statement.
pub async fn count_matching(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filters: &[OrderFilter],
) -> Result<Vec<i64>, Fault> {
    let mut conditions = Conditions::new(args![organisation_id, COUNTED]);
    let mut parts = Vec::with_capacity(filters.len());
    for (place, filter) in filters.iter().enumerate() {
        conditions.sql.clear();
        // Few filters search: views that people keep.
        conditions.add(scope, &found_by_name(tx, organisation_id, filter).await?);
        parts.push(format!(
            "select {place} as place, (select count(*) from (select 1 from sales_order o \
              where o.organisation_id = $1{} limit $2) matching) as counted",
            conditions.sql
        ));
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select cast(place as bigint), cast(counted as bigint) from ({}) counts order by place",
        parts.join(" union all ")
    );
    let counts: Vec<(i64, i64)> = tx.query(&sql, &conditions.args).await?;
    Ok(counts.into_iter().map(|(_, count)| count).collect())
}

/// Which orders match a filter, the newest first, at most so many.
pub async fn ids_matching(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &OrderFilter,
    limit: i64,
) -> Result<Vec<OrderId>, Fault> {
    let filter = &found_by_name(tx, organisation_id, filter).await?;
    let mut conditions = Conditions::new(args![organisation_id, limit]);
    conditions.add(scope, filter);
    let sql = format!(
        "select o.order_id from sales_order o where o.organisation_id = $1{} \
          order by o.placed_at desc, o.order_id desc limit $2",
        conditions.sql
    );
    let rows: Vec<(OrderId,)> = tx.query(&sql, &conditions.args).await?;
    Ok(rows.into_iter().map(|(order_id,)| order_id).collect())
}

/// Whole orders that match a filter after one of them, oldest id first: for export.
pub async fn list_orders_after(
    tx: &Tx,
    organisation_id: &OrganisationId,
    filter: &OrderFilter,
    after: &str,
    limit: i64,
) -> Result<Vec<OrderRow>, Fault> {
    let filter = &found_by_name(tx, organisation_id, filter).await?;
    let mut conditions = Conditions::new(args![organisation_id, after, limit]);
    conditions.add(&Scope::EVERYTHING, filter);
    let sql = format!(
        "select o.order_id, o.merchant_id, o.channel_id, o.external_reference, o.status, o.method, o.currency, \
                o.goods_minor, o.shipping_minor, o.total_minor, o.customer_name, o.customer_email, o.ship_to, \
                o.placed_at, o.accepted_at, o.promised_by, o.note, o.raw \
           from sales_order o where o.organisation_id = $1 and o.order_id > $2{} order by o.order_id limit $3",
        conditions.sql
    );
    tx.query(&sql, &conditions.args).await
}

/// Orders that any of these channels calls by a name that begins so, within a part of the organisation; at most eight.
pub async fn list_by_reference_start(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    channel_ids: impl Iterator<Item = &ChannelId>,
    start: &str,
) -> Result<Vec<Named>, Fault> {
    // A range instead of `like`, for which the index of references serves on both engines.
    let end = format!("{start}\u{10ffff}");
    tx.query(
        "select o.order_id, o.external_reference, o.customer_name from sales_order o \
          where o.organisation_id = $1 and o.channel_id {in $2} \
            and o.external_reference >= $3 and o.external_reference < $4 \
            and ($5 = 1 or o.merchant_id {in $6} or exists (select 1 from fulfilment_order f \
                  where f.organisation_id = o.organisation_id and f.order_id = o.order_id and f.node_id {in $7})) \
          order by o.external_reference, o.order_id limit 8",
        args![
            organisation_id,
            Column::from_iter(channel_ids),
            start,
            end,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids())
        ],
    )
    .await
}

/// How many open orders are past their promise, [`COUNTED`] at most.
pub async fn count_late(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    now: Timestamp,
) -> Result<i64, Fault> {
    let late = OrderFilter { late_at: Some(now), ..OrderFilter::default() };
    Ok(count_matching(tx, organisation_id, scope, &[late]).await?.into_iter().sum())
}

/// The filter with what it searches for looked up by index, unless that is too many orders to be a list. Every question
/// does so for itself; whoever asks several with the same filter asks this once before.
pub async fn found_by_name(
    tx: &Tx,
    organisation_id: &OrganisationId,
    filter: &OrderFilter,
) -> Result<OrderFilter, Fault> {
    let like = like_prefix(&filter.search);
    let begins = like.trim_end_matches('%');
    if begins.is_empty() || filter.order_ids.is_some() {
        return Ok(filter.clone());
    }
    let arguments = args![organisation_id, begins, char::MAX.to_string(), FOUND_MAX as i64 + 1];
    let find = if filter.by_customer { FIND_BY_NAME } else { FIND_BY_REFERENCE };
    let found: Vec<(OrderId,)> = tx.query_beyond(find, arguments).await?;
    if found.len() > FOUND_MAX {
        return Ok(filter.clone());
    }
    let mut order_ids: Vec<OrderId> = found.into_iter().map(|(order_id,)| order_id).collect();
    // Most are found by their customer's name and by the address of mail that has it.
    order_ids.sort_unstable();
    order_ids.dedup();
    Ok(OrderFilter { search: String::new(), order_ids: Some(order_ids), ..filter.clone() })
}

fn like_prefix(search: &str) -> String {
    let search = search.trim();
    // Wildcards of the user's are letters to us; without an escape clause they are simply left out.
    let plain: String = search.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).take(100).collect();
    let id = search.starts_with("ord_") && OrderId::parse(search).is_ok();
    match (id, plain.is_empty()) {
        (true, _) => search.to_owned(),
        (false, true) => String::new(),
        (false, false) => format!("{plain}%"),
    }
}

#[cfg(test)]
mod tests {
    use db::Engine;
    use kernel::MerchantId;
    use testkit::TestDb;

    use super::*;

    /// As many orders as make a walk through all of them dearer than any index.
    const MANY_ORDERS: &str = "insert into sales_order (organisation_id, order_id, merchant_id, channel_id, \
               external_reference, status, method, currency, goods_minor, shipping_minor, total_minor, customer_name, \
               customer_email, ship_to, placed_at, accepted_at, note, raw, fingerprint) \
        with recursive n(no) as (select 1 union all select no + 1 from n where no < 20000) \
        select 'org_1', 'ord_' || no, case when no % 1000 = 0 then 'mer_1' else 'mer_2' end, \
               case when no % 1000 = 0 then 'chn_1' else 'chn_2' end, 'R' || no, \
               case when no % 200 = 0 then 'to_pick' else 'delivered' end, 'ship', 'EUR', 0, 0, 0, 'Ada ' || no, \
               'ada' || no || '@example.com', '{}', [pg: timestamptz :] '2026-01-01T00:00:00.000000Z', \
               [pg: timestamptz :] '2026-01-01T00:00:00.000000Z', '', '', '' from n";

    /// How the engine would go about a text, in its own words.
    async fn plan(tx: &Tx, text: &str, arguments: &[Value]) -> Result<String, Fault> {
        let lines: Vec<String> = match tx.engine() {
            Engine::Sqlite => {
                let steps: Vec<(i64, i64, i64, String)> =
                    tx.query(&format!("explain query plan {text}"), arguments).await?;
                steps.into_iter().map(|(_, _, _, detail)| detail).collect()
            }
            Engine::Postgres => {
                let steps: Vec<(String,)> = tx.query(&format!("explain {text}"), arguments).await?;
                steps.into_iter().map(|(line,)| line).collect()
            }
        };
        Ok(lines.join("\n"))
    }

    /// What people look at, with the index that the walk through it must go by.
    fn looks() -> Vec<(&'static str, Scope, OrderFilter, &'static str)> {
        let all = OrderFilter::default;
        let of_status = |status: &str| OrderFilter { status: Some(status.to_owned()), ..all() };
        let channel_id = Some(ChannelId::parse("chn_1").unwrap());
        let merchant = Scope::NOTHING.with_merchant(MerchantId::parse("mer_1").unwrap());
        let everything = || Scope::EVERYTHING;
        vec![
            ("all", everything(), all(), "sales_order_by_time"),
            (
                "oldest first",
                everything(),
                OrderFilter { sort: Sort::Oldest, ..all() },
                "sales_order_by_time",
            ),
            ("most", everything(), of_status("delivered"), "sales_order_by_"),
            ("few", everything(), of_status("to_pick"), "sales_order_by_status"),
            ("due", everything(), OrderFilter { sort: Sort::Due, ..all() }, "sales_order_open_by_promise"),
            ("a small channel", everything(), OrderFilter { channel_id, ..all() }, "sales_order_by_channel"),
            ("a small merchant", merchant, all(), "sales_order_by_merchant"),
        ]
    }

    testkit::both_engines! {
        async fn each_look_at_the_list_walks_an_index_and_sorts_nothing(db: TestDb) {
            let plans: Result<Vec<String>, Fault> = db
                .write(|tx| Box::pin(async move {
                    tx.execute(MANY_ORDERS, &[]).await?;
                    tx.script("analyze sales_order").await?;
                    let mut plans = Vec::new();
                    for (_, scope, filter, _) in looks() {
                        let organisation_id = OrganisationId::parse("org_1").unwrap();
                        let page = PageRequest::new(None, None);
                        let Conditions { sql, args } = question(&organisation_id, &scope, &filter, &page);
                        plans.push(plan(tx, &sql, &args).await?);
                    }
                    Ok(plans)
                }))
                .await;
            for ((what, _, _, index), plan) in looks().into_iter().zip(plans.unwrap()) {
                assert!(plan.contains(index), "{what}: not by {index}:\n{plan}");
                let bad = ["Seq Scan on sales_order", "TEMP B-TREE", "Sort Key"];
                assert!(!bad.iter().any(|bad| plan.contains(bad)), "{what}:\n{plan}");
            }
        }

        async fn a_search_goes_by_the_indexes_of_reference_customer_and_mail(db: TestDb) {
            let plan: Result<String, Fault> = db
                .write(|tx| Box::pin(async move {
                    tx.execute(MANY_ORDERS, &[]).await?;
                    tx.script("analyze sales_order").await?;
                    plan(tx, FIND_BY_NAME, args!["org_1", "r100", char::MAX.to_string(), FOUND_MAX as i64 + 1]).await
                }))
                .await;
            let plan = plan.unwrap();
            for index in ["sales_order_by_reference", "sales_order_by_customer", "sales_order_by_email"] {
                assert!(plan.contains(index), "not by {index}:\n{plan}");
            }
            assert!(!plan.contains("Seq Scan on sales_order") && !plan.contains("SCAN o"), "{plan}");
        }
    }
}
