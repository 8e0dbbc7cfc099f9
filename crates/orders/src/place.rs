//! What a channel may ask of us, and the bounds of one order.

use kernel::{Address, Currency, HoldId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most lines one order may have.
pub const LINES_MAX: usize = 2_000;
/// The most packs one line may ask for.
pub const QUANTITY_MAX: i64 = 1_000_000;
/// The most a pack may cost, in minor units: far above any price, far below where sums overflow.
pub const PRICE_MAX: i64 = 1_000_000_000_000;

/// An order as a channel sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The channel's code.
    #[schema(min_length = 1, max_length = 100)]
    pub channel: String,
    /// The channel's own name for the order: with the channel, what makes a repeat a repeat.
    #[schema(min_length = 1, max_length = 200)]
    pub external_reference: String,
    /// When the customer placed it; the time of taking where the channel does not say.
    #[serde(default)]
    pub placed_at: Option<Timestamp>,
    /// What was promised to the customer.
    #[serde(default)]
    pub promised_by: Option<Timestamp>,
    /// Of every amount.
    pub currency: Currency,
    /// Who ordered.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub customer_name: String,
    /// Where to write.
    #[serde(default)]
    #[schema(max_length = 320)]
    pub customer_email: String,
    /// Where to send.
    pub ship_to: Address,
    /// What was ordered.
    #[schema(min_items = 1, max_items = 2_000)]
    pub lines: Vec<NewLine>,
    /// What the customer pays for shipping, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub shipping_minor: i64,
    /// True where the channel has taken the money already.
    #[serde(default)]
    pub is_paid: bool,
    /// The channel's reference of the payment.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub payment_reference: String,
    /// From the customer.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub note: String,
    /// What was held for it at the checkout: the order gets that, and gives back what it does not want of it. A hold that
    /// has ended counts as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
}

/// A line as a channel sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// The channel's code for what was ordered.
    pub external_code: String,
    /// How many packs.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: i64,
    /// What one pack costs, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub unit_price_minor: i64,
    /// What the channel calls it.
    #[serde(default)]
    pub title: String,
}

/// A field that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadField {
    /// Which: a JSON pointer.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl NewOrder {
    /// Everything that is wrong with the order as it stands; nothing where it can be taken.
    pub fn problems(&self) -> Vec<BadField> {
        let mut problems = Vec::new();
        let mut bad = |pointer: String, message: String| problems.push(BadField { pointer, message });
        let texts = [
            ("/external_reference", &self.external_reference, 1, 200),
            ("/channel", &self.channel, 1, 100),
            ("/customer_name", &self.customer_name, 0, 200),
            ("/customer_email", &self.customer_email, 0, 320),
            ("/payment_reference", &self.payment_reference, 0, 200),
            ("/note", &self.note, 0, 4_000),
            ("/ship_to/name", &self.ship_to.name, 0, 200),
            ("/ship_to/line1", &self.ship_to.line1, 0, 300),
            ("/ship_to/line2", &self.ship_to.line2, 0, 300),
            ("/ship_to/city", &self.ship_to.city, 0, 200),
            ("/ship_to/region", &self.ship_to.region, 0, 100),
            ("/ship_to/postal_code", &self.ship_to.postal_code, 0, 40),
            ("/ship_to/phone", &self.ship_to.phone, 0, 60),
        ];
        for (pointer, text, least, most) in texts {
            let length = text.chars().count();
            if length < least || length > most {
                bad(pointer.into(), format!("has {length} characters; from {least} to {most} are good"));
            } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r') {
                bad(pointer.into(), "has control characters".into());
            }
        }
        let country = &self.ship_to.country;
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            bad("/ship_to/country".into(), "is no ISO 3166-1 code: two capital letters such as BG".into());
        }
        if self.ship_to.place.is_some_and(|place| !place.is_on_earth()) {
            bad("/ship_to/place".into(), "is no place on earth".into());
        }
        for (pointer, at) in [("/placed_at", self.placed_at), ("/promised_by", self.promised_by)] {
            // Ten years before the first web shop, and far enough ahead for any promise.
            if at.is_some_and(|at| !(473_385_600..4_102_444_800).contains(&at.as_second())) {
                bad(pointer.into(), "is not between the years 1985 and 2100".into());
            }
        }
        if !(0..=PRICE_MAX).contains(&self.shipping_minor) {
            bad(
                "/shipping_minor".into(),
                format!("is {}; from 0 to {PRICE_MAX} is good", self.shipping_minor),
            );
        }
        wanted_problems(&self.lines, &mut bad);
        for (place, line) in self.lines.iter().enumerate().take(LINES_MAX) {
            if !(0..=PRICE_MAX).contains(&line.unit_price_minor) {
                let message = format!("is {}; from 0 to {PRICE_MAX} is good", line.unit_price_minor);
                bad(format!("/lines/{place}/unit_price_minor"), message);
            }
            if line.title.chars().count() > 500 || line.title.contains('\0') {
                bad(format!("/lines/{place}/title"), "is longer than 500 characters, or has a NUL".into());
            }
        }
        if problems.is_empty() && self.total_minor().is_none() {
            let message = "the order's total is larger than any amount can be".into();
            problems.push(BadField { pointer: "/lines".into(), message });
        }
        problems
    }

    /// Goods and shipping together, unless that is no amount any more.
    pub fn total_minor(&self) -> Option<i64> {
        self.goods_minor()?.checked_add(self.shipping_minor)
    }

    /// What the goods cost.
    pub fn goods_minor(&self) -> Option<i64> {
        self.lines
            .iter()
            .try_fold(0_i64, |sum, line| sum.checked_add(line.unit_price_minor.checked_mul(line.quantity)?))
    }

    /// A digest of what the order says: a repeat with another digest is a mistake, not a repeat.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_string(self).expect("an order is plain data");
        Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What is wrong with how many lines there are, and with the code and quantity of each: the same for whatever asks for
/// goods.
pub fn wanted_problems(lines: &[NewLine], bad: &mut impl FnMut(String, String)) {
    if lines.is_empty() || lines.len() > LINES_MAX {
        bad("/lines".into(), format!("there are {} lines; from 1 to {LINES_MAX} are good", lines.len()));
    }
    for (place, line) in lines.iter().enumerate().take(LINES_MAX) {
        let code = &line.external_code;
        if code.trim().is_empty() || code.len() > 200 || code.chars().any(char::is_control) {
            let message = "is empty, longer than 200 bytes, or has control characters".into();
            bad(format!("/lines/{place}/external_code"), message);
        }
        if !(1..=QUANTITY_MAX).contains(&line.quantity) {
            let message = format!("is {}; from 1 to {QUANTITY_MAX} is good", line.quantity);
            bad(format!("/lines/{place}/quantity"), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> NewOrder {
        NewOrder {
            channel: "web".into(),
            external_reference: "1001".into(),
            placed_at: None,
            promised_by: None,
            currency: Currency::EUR,
            customer_name: "Ana".into(),
            customer_email: "ana@example.com".into(),
            ship_to: Address { country: "BG".into(), ..Address::default() },
            lines: vec![NewLine {
                external_code: "TEA".into(),
                quantity: 1,
                unit_price_minor: 500,
                title: String::new(),
            }],
            shipping_minor: 0,
            is_paid: false,
            payment_reference: String::new(),
            note: String::new(),
            hold_id: None,
        }
    }

    fn pointers(order: &NewOrder) -> Vec<String> {
        order.problems().into_iter().map(|problem| problem.pointer).collect()
    }

    #[test]
    fn a_plain_order_is_good() {
        assert_eq!(pointers(&order()), Vec::<String>::new());
        assert_eq!(order().total_minor(), Some(500));
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let mut bad = order();
        bad.ship_to.country = "Bulgaria".into();
        bad.lines[0].quantity = -1;
        bad.lines.push(NewLine { quantity: i64::MAX, unit_price_minor: -5, ..bad.lines[0].clone() });
        bad.customer_name = "\u{0}".into();
        assert_eq!(
            pointers(&bad),
            [
                "/customer_name",
                "/ship_to/country",
                "/lines/0/quantity",
                "/lines/1/quantity",
                "/lines/1/unit_price_minor"
            ]
        );
    }

    #[test]
    fn an_order_of_a_thousand_lines_is_good_and_of_too_many_is_not() {
        let mut many = order();
        many.lines = vec![many.lines[0].clone(); 1_000];
        assert_eq!(pointers(&many), Vec::<String>::new());
        many.lines = vec![many.lines[0].clone(); LINES_MAX + 1];
        assert_eq!(pointers(&many), ["/lines"]);
    }

    #[test]
    fn a_total_no_amount_can_hold_is_refused() {
        let mut huge = order();
        let line = NewLine { quantity: QUANTITY_MAX, unit_price_minor: PRICE_MAX, ..huge.lines[0].clone() };
        huge.lines = vec![line; 20];
        assert_eq!(pointers(&huge), ["/lines"]);
    }
}
