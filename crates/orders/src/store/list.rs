//! The list of orders: a page at a time, newest first, whatever is asked for and however many there are.
//!
//! A question that could be answered in two ways has two texts. One text with `$4 = '' or status = $4` would be planned
//! once for both, and walk the whole table for either.

use db::{Column, Fault, Tx, args};
use kernel::{ChannelId, NodeId, OrderId, OrganisationId, Page, PageRequest, Scope, Timestamp};

use crate::read::{OrderFilter, OrderSummary, cursor_of, read_cursor};

/// With more orders than this found by name, so many of the newest are among them that it is quicker to look at orders
/// from the newest on.
const FOUND_MAX: usize = 2_000;

/// A page of orders under a condition: `$4` is a status, `$8` a time, `$14` a list of ids.
macro_rules! page_of_orders {
    ($condition:literal) => {
        concat!(
            "select o.order_id, o.channel_id, o.external_reference, o.status, o.customer_name, o.currency, \
                    o.total_minor, o.placed_at, o.promised_by, \
                    (select count(*) from order_line l \
                      where l.organisation_id = o.organisation_id and l.order_id = o.order_id) as lines, \
                    (select cast(sum(l.quantity) as bigint) from order_line l \
                      where l.organisation_id = o.organisation_id and l.order_id = o.order_id) as units \
               from sales_order o \
              where o.organisation_id = $1 and (o.placed_at, o.order_id) < ($2, $3) ",
            $condition,
            "   and ($4 = '' or o.status = $4) and ($5 = '' or o.channel_id = $5) \
                and ($6 = '' or lower(o.external_reference) like lower($6) or o.order_id like $6 \
                     or lower(o.customer_name) like lower($6) or lower(o.customer_email) like lower($6)) \
                and ($7 = 0 or o.promised_by < $8) \
                and ($10 = '' or exists (select 1 from fulfilment_order f \
                      where f.organisation_id = o.organisation_id and f.order_id = o.order_id and f.node_id = $10)) \
                and ($11 = 1 or o.merchant_id {in $12} or exists (select 1 from fulfilment_order f \
                      where f.organisation_id = o.organisation_id and f.order_id = o.order_id and f.node_id {in $13})) \
              order by o.placed_at desc, o.order_id desc limit $9"
        )
    };
}

const ANY: &str = page_of_orders!("");
const OF_A_STATUS: &str = page_of_orders!("and o.status = $4");
const OPEN: &str = page_of_orders!(
    "and o.status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship', 'on_the_way')"
);
const FOUND: &str = page_of_orders!("and o.order_id {in $14}");

/// The ids of orders whose reference, customer or address of mail begins with `$2`, or that are called so: `$4` of them
/// at most. What begins with a text sorts from it up to it with the last letter there is, `$3`. The engines differ in
/// what they take for a capital, so each lowers both sides itself.
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

/// A page of orders, newest first.
pub async fn list_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &OrderFilter,
    page: &PageRequest,
) -> Result<Page<OrderSummary>, Fault> {
    let (before, before_id) = read_cursor(page);
    let search = Search::of(&filter.search);
    let found = match &search {
        Some(search) => find_by_name(tx, organisation_id, search).await?,
        None => None,
    };
    let text = match (&found, filter.late_at, &filter.status) {
        (Some(_), _, _) => FOUND,
        (None, Some(_), _) => OPEN,
        (None, None, Some(_)) => OF_A_STATUS,
        (None, None, None) => ANY,
    };
    let mut arguments = args![
        organisation_id,
        before,
        before_id,
        filter.status.as_deref().unwrap_or_default(),
        filter.channel_id.as_ref().map_or("", ChannelId::as_str),
        search.as_ref().map_or("", |search| search.like.as_str()),
        i64::from(filter.late_at.is_some()),
        filter.late_at.unwrap_or(Timestamp::UNIX_EPOCH),
        page.limit + 1,
        filter.node_id.as_ref().map_or("", NodeId::as_str),
        i64::from(scope.is_everything()),
        Column::from_iter(scope.merchant_ids()),
        Column::from_iter(scope.node_ids())
    ]
    .to_vec();
    if let Some(found) = &found {
        arguments.push(Column::from_iter(found).into());
    }
    let rows: Vec<OrderSummary> = tx.query(text, &arguments).await?;
    Ok(Page::of(rows, page.limit, |row| cursor_of(row.placed_at, row.order_id.as_str())))
}

/// What somebody looks for: text that a reference, a name, an address of mail or an id begins with.
struct Search {
    /// As it begins.
    begins: String,
    /// As `like` wants it.
    like: String,
}

impl Search {
    /// None where nothing is looked for.
    fn of(text: &str) -> Option<Search> {
        let text = text.trim();
        if text.starts_with("ord_") && OrderId::parse(text).is_ok() {
            return Some(Search { begins: text.to_owned(), like: text.to_owned() });
        }
        // Wildcards of the user's are letters to us; without an escape clause they are simply left out.
        let begins: String = text.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).take(100).collect();
        let like = format!("{begins}%");
        (!begins.is_empty()).then_some(Search { begins, like })
    }
}

/// The orders that are called so or whose customer is; none where there are too many to be a list.
async fn find_by_name(
    tx: &Tx,
    organisation_id: &OrganisationId,
    search: &Search,
) -> Result<Option<Vec<OrderId>>, Fault> {
    let found: Vec<(OrderId,)> = tx
        .query(
            FIND_BY_NAME,
            args![organisation_id, search.begins.as_str(), char::MAX.to_string(), FOUND_MAX as i64 + 1],
        )
        .await?;
    let is_list = found.len() <= FOUND_MAX;
    Ok(is_list.then(|| found.into_iter().map(|(order_id,)| order_id).collect()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
mod tests {
    use db::Engine;
    use testkit::TestDb;

    use super::*;

    /// As many orders as make a walk through all of them dearer than any index; one in two hundred is under way.
    const MANY_ORDERS: &str = "insert into sales_order (organisation_id, order_id, merchant_id, channel_id, \
               external_reference, status, method, currency, goods_minor, shipping_minor, total_minor, customer_name, \
               customer_email, ship_to, placed_at, accepted_at, promised_by, note, raw, fingerprint) \
        with recursive n(no) as (select 1 union all select no + 1 from n where no < 20000) \
        select 'org_1', 'ord_' || no, 'mer_1', 'chn_1', 'R' || no, \
               case when no % 200 = 0 then 'to_pick' else 'delivered' end, 'ship', 'EUR', 0, 0, 0, 'Ada ' || no, \
               'ada' || no || '@example.com', '{}', \
               [pg: timestamptz '2026-01-01T00:00:00Z' + make_interval(secs => no) :] \
               [sqlite: strftime('%Y-%m-%dT%H:%M:%S.000000Z', '2026-01-01T00:00:00', no || ' seconds') :], \
               [pg: timestamptz :] '2026-01-01T00:00:00.000000Z', [pg: timestamptz :] '2026-01-02T00:00:00.000000Z', \
               '', '', '' from n";

    /// How the engine would go about a text, in its own words.
    async fn plan(tx: &Tx, text: &str, arguments: &[db::Value]) -> Result<String, Fault> {
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

    testkit::both_engines! {
        async fn every_way_to_ask_for_orders_goes_by_an_index_made_for_it(db: TestDb) {
            let plans: Result<Vec<(&str, String)>, Fault> = db
                .write(|tx| Box::pin(async move {
                    tx.execute(MANY_ORDERS, &[]).await?;
                    tx.script("analyze sales_order").await?;
                    let (newest, _) = read_cursor(&PageRequest::new(None, None));
                    let everywhere = args![
                        "org_1", newest, "~", "", "", "", 0, Timestamp::UNIX_EPOCH, 51, "", 1,
                        Column::from_iter(["mer_1"]), Column::from_iter(["nod_1"]), Column::from_iter(["ord_1"])
                    ];
                    let mut plans = Vec::new();
                    for (text, index) in [
                        (ANY, "sales_order_by_time"),
                        (OF_A_STATUS, "sales_order_by_status"),
                        (OPEN, "sales_order_open"),
                        // By the primary key, which the engines name differently.
                        (FOUND, ""),
                    ] {
                        let count = if text == FOUND { 14 } else { 13 };
                        plans.push((index, plan(tx, text, &everywhere[..count]).await?));
                    }
                    let named = args!["org_1", "r100", char::MAX.to_string(), 2_001];
                    let found = plan(tx, FIND_BY_NAME, named).await?;
                    for index in ["sales_order_by_reference", "sales_order_by_customer", "sales_order_by_email"] {
                        plans.push((index, found.clone()));
                    }
                    Ok(plans)
                }))
                .await;

            for (index, plan) in plans.unwrap() {
                assert!(plan.contains(index), "not by {index}:\n{plan}");
                assert!(!plan.contains("Seq Scan on sales_order") && !plan.contains("SCAN o"), "{plan}");
            }
        }
    }
}
