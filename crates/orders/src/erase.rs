//! What an order tells of a person goes: first the street and the words, later everything. Lines, units, money and the
//! channel's reference stay: they are the company's books.

use db::Fault;
use kernel::{Address, OrderId, Timestamp};
use runtime::Cx;
use serde::{Deserialize, Serialize};

use crate::{Status, store};

/// How much of a person goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// Street, postal code, telephone, place on the map, notes. Name, town and e-mail address stay.
    Masked,
    /// Everything but the country.
    Erased,
}

impl Depth {
    /// What is left of an address.
    pub fn of(self, address: &Address) -> Address {
        let country = address.country.clone();
        match self {
            Depth::Masked => Address {
                name: address.name.clone(),
                city: address.city.clone(),
                region: address.region.clone(),
                country,
                ..Address::default()
            },
            Depth::Erased => Address { country, ..Address::default() },
        }
    }
}

db::row! {
    /// An order that may tell of a person.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Subject {
        /// Its id.
        pub order_id: OrderId,
        /// The channel's name for it.
        pub external_reference: String,
        /// Where it stands.
        pub status: String,
        /// When it was placed.
        pub placed_at: Timestamp,
        /// Who ordered.
        pub customer_name: String,
        /// Their address of mail.
        pub customer_email: String,
        /// Where it goes.
        pub ship_to: serde_json::Value,
        /// Since when it tells nothing of anybody.
        pub erased_at: Option<Timestamp>,
    }
}

impl Subject {
    /// True where nothing of it moves any more, so that nobody needs the address.
    pub fn is_at_rest(&self) -> bool {
        at_rest().any(|status| status == self.status)
    }

    /// By what one would search for the person.
    pub fn names(&self) -> [String; 3] {
        [self.customer_name.clone(), self.customer_email.clone(), self.address().name]
    }

    /// Where it goes, as far as that can be read.
    pub fn address(&self) -> Address {
        serde_json::from_value(self.ship_to.clone()).unwrap_or_default()
    }
}

/// The statuses from which an order goes nowhere; the lists and indexes of what is to be forgotten name them too.
pub(crate) fn at_rest() -> impl Iterator<Item = &'static str> {
    [Status::Delivered, Status::Cancelled, Status::Returned, Status::Lost].into_iter().map(Status::name)
}

/// Takes what they tell of people out of orders that are locked and at rest.
pub async fn erase(cx: &mut Cx<'_>, orders: &[Subject], depth: Depth) -> Result<(), Fault> {
    let addresses: Vec<Address> = orders.iter().map(|order| depth.of(&order.address())).collect();
    match depth {
        Depth::Masked => store::mask_orders(cx.tx, &cx.organisation_id, orders, &addresses, cx.now).await,
        Depth::Erased => store::erase_orders(cx.tx, &cx.organisation_id, orders, &addresses, cx.now).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_keeps_the_town_and_an_erased_one_the_country() {
        let address = Address {
            name: "Ana Petrova".into(),
            line1: "ul. Shipka 5".into(),
            line2: "ap. 3".into(),
            postal_code: "1504".into(),
            city: "Sofia".into(),
            region: "Sofia-grad".into(),
            country: "BG".into(),
            phone: "+359 2 123".into(),
            place: kernel::Place::from_degrees(42.7, 23.3).ok(),
        };
        let masked = Depth::Masked.of(&address);
        assert_eq!((masked.name.as_str(), masked.city.as_str()), ("Ana Petrova", "Sofia"));
        assert_eq!((masked.line1, masked.phone, masked.place), (String::new(), String::new(), None));
        assert_eq!(Depth::Erased.of(&address), Address { country: "BG".into(), ..Address::default() });
    }
}
