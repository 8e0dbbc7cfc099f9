//! What is printed on a parcel.

use kernel::Date;
use labels::ShippingLabel;

use crate::model::Parcel;

/// What others know of a parcel's label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelFacts {
    /// Who sends, as customers know them; empty where the address says it.
    pub sender: String,
    /// The carrier as people know it.
    pub carrier_name: String,
    /// The product as people know it.
    pub service_name: String,
    /// The order as the customer knows it.
    pub order_reference: String,
    /// How many parcels the order has.
    pub parcel_count: i64,
    /// The day the parcel is handed over.
    pub shipped_on: Date,
    /// For the driver; may be empty.
    pub note: String,
}

/// The label of a parcel; none before it was bought.
pub fn shipping_label(parcel: &Parcel, facts: &LabelFacts) -> Option<ShippingLabel> {
    let tracking_number = parcel.tracking_number.clone()?;
    let mut from = parcel.ship_from.clone();
    if !facts.sender.is_empty() {
        facts.sender.clone_into(&mut from.name);
    }
    let printed = |number: i64| u16::try_from(number).unwrap_or(u16::MAX);
    Some(ShippingLabel {
        from,
        to: parcel.ship_to.clone(),
        carrier_name: facts.carrier_name.clone(),
        service_name: facts.service_name.clone(),
        tracking_number,
        order_reference: facts.order_reference.clone(),
        parcel_no: printed(parcel.parcel_no),
        // Another box may be packed after this one was printed; never "2 of 1".
        parcel_count: printed(facts.parcel_count.max(parcel.parcel_no)),
        weight_grams: parcel.size.weight_grams,
        shipped_on: facts.shipped_on,
        note: facts.note.clone(),
    })
}
