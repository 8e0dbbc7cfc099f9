//! A label for the tests of this crate.

use kernel::{Address, Date};

use crate::ShippingLabel;

pub(crate) fn to_sofia() -> ShippingLabel {
    ShippingLabel {
        from: Address {
            name: "Quartermaster Tea".into(),
            line1: "Packhuisstraat 12".into(),
            postal_code: "1013 AB".into(),
            city: "Amsterdam".into(),
            country: "NL".into(),
            ..Address::default()
        },
        to: Address {
            name: "Иван Щербаков".into(),
            line1: "бул. „Витоша“ 89, вх. Б".into(),
            line2: "ет. 4, ап. 11".into(),
            postal_code: "1000".into(),
            city: "София".into(),
            country: "BG".into(),
            phone: "+359 2 555 0100".into(),
            ..Address::default()
        },
        carrier_name: "Demo Post".into(),
        service_name: "Parcel Standard".into(),
        tracking_number: "RR473124829NL".into(),
        order_reference: "#100482".into(),
        parcel_no: 1,
        parcel_count: 2,
        weight_grams: 1_250,
        shipped_on: Date::constant(2026, 11, 20),
        note: "Ring twice".into(),
    }
}
