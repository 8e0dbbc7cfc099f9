//! A made-up marketplace of the source's shape.

use std::fs;

use super::*;

/// Three orders: one from two sellers, one cancelled, one without items.
fn source() -> Source {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "orders.csv",
            "order_id,customer_id,status,purchase_date,approved_date,handover_date,delivered_date,estimated_date,purchase_minute,handover_minute,delivered_minute\n\
             o1,c1,delivered,2017-11-24,2017-11-24,2017-11-24,2017-11-30,2017-12-05,1000,,600\n\
             o2,c2,canceled,2017-11-20,,,,2017-12-05,,,\n\
             o3,c1,unavailable,2017-11-20,,,,2017-12-05,,,\n",
        ),
        (
            "order_items.csv",
            "order_id,item_no,product_id,seller_id,shipping_limit_date,price,freight\n\
             o1,2,tea,s2,2017-11-28,9.9,2.5\n\
             o1,1,tea,s1,2017-11-28,9.9,2.5\n\
             o1,3,tea,s1,2017-11-28,9.9,2.5\n\
             o1,4,mug,s1,2017-11-28,12,0\n\
             o2,1,tea,s1,2017-11-28,9.9,2.5\n",
        ),
        (
            "customers.csv",
            "customer_id,customer_unique_id,zip_prefix,city,state\nc1,u1,01001,sao paulo,SP\nc2,u2,99999,nowhere,RS\n",
        ),
        ("sellers.csv", "seller_id,zip_prefix,city,state\ns1,01001,sao paulo,SP\ns2,01001,sao paulo,SP\n"),
        (
            "products.csv",
            "product_id,category,name_length,description_length,photos_qty,weight_g,length_cm,height_cm,width_cm\n\
             tea,chas,1,1,1,60,20,16,8\nmug,,,,,0,,,\n",
        ),
        (
            "zip_prefixes.csv",
            "zip_prefix,lat,lng,city,state,source\n01001,-23.5493,-46.6336,sao paulo,SP,olist\n",
        ),
        ("category_translation.csv", "category,category_en\nchas,teas\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    Source::read(folder.path()).unwrap()
}

fn converted(limit: Option<usize>) -> (History, Counts) {
    let (history, counts) = convert(&source(), &TimeZone::get(ZONE).unwrap(), limit).unwrap();
    history.check().unwrap();
    (history, counts)
}

#[test]
fn an_order_from_two_sellers_has_two_parcels_of_its_lines() {
    let (history, counts) = converted(None);
    let order = &history.orders[1];
    assert_eq!(order.external_reference, "o1");
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|line| (line.external_code.as_str(), line.quantity.units(), line.unit_price_minor))
        .collect();
    assert_eq!(lines, [("tea", 3, 990), ("mug", 1, 1200)]);
    assert_eq!((order.shipping_minor, order.total_minor), (750, 750 + 2970 + 1200));
    let parcels: Vec<_> = history
        .handovers
        .iter()
        .map(|parcel| {
            let lines: Vec<_> =
                parcel.lines.iter().map(|line| (line.line_no, line.quantity.units())).collect();
            (parcel.node.as_str(), lines)
        })
        .collect();
    assert_eq!(parcels, [("s1", vec![(1, 2), (2, 1)]), ("s2", vec![(1, 1)])]);
    assert_eq!(counts.without_items, 1);
    assert_eq!(counts.without_place, 1);
}

#[test]
fn times_are_those_of_sao_paulo_and_follow_their_causes() {
    let (history, _) = converted(None);
    let order = &history.orders[1];
    assert_eq!(order.placed_at.to_string(), "2017-11-24T18:40:00Z", "16:40 in summer time");
    assert_eq!(order.promised_by.unwrap().to_string(), "2017-12-06T01:59:59Z");
    assert!(history.handovers[0].at > order.placed_at);
    assert_eq!(history.outcomes.last().unwrap().at.to_string(), "2017-11-30T12:00:00Z");
    assert_eq!(history.cancellations[0].at, history.orders[0].placed_at + DAY);
}

#[test]
fn stock_is_there_before_it_is_sold_and_is_all_that_is_ever_sold() {
    let (history, _) = converted(None);
    let stock: Vec<_> = history
        .receipts
        .iter()
        .map(|receipt| (receipt.node.as_str(), receipt.sku.as_str(), receipt.quantity.units()))
        .collect();
    assert_eq!(stock, [("s1", "tea", 3), ("s1", "mug", 1), ("s2", "tea", 1)]);
    assert_eq!(history.receipts[0].at, history.orders[0].placed_at - DAY);
}

#[test]
fn a_limit_takes_the_first_orders_and_only_what_they_need() {
    let (history, _) = converted(Some(1));
    assert_eq!(history.orders.len(), 1);
    assert_eq!(history.orders[0].external_reference, "o2");
    assert_eq!((history.nodes.len(), history.items.len()), (1, 1));
    assert_eq!(history.items[0].title, "teas");
}
