//! Money as facts that a provider told us: authorised ≥ captured ≥ refunded, held by the row's own checks.

use db::Fault;
use kernel::{Currency, OrderId, PaymentId, Timestamp};
use runtime::Cx;
use serde_json::json;

use crate::{read::PaymentRow, store};

/// A payment to be expected for an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NewPayment {
    /// Its id.
    pub payment_id: PaymentId,
    /// For which order.
    pub order_id: OrderId,
    /// Who handles the money.
    pub provider: String,
    /// Their reference, if there is one already.
    pub provider_reference: String,
    /// The currency.
    pub currency: Currency,
    /// What is due.
    pub due_minor: i64,
    /// True where the channel has taken it all already.
    pub is_captured: bool,
    /// Since when.
    pub created_at: Timestamp,
}

/// What a provider told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The whole sum is reserved for us.
    Authorised,
    /// The customer's bank said no.
    Declined,
    /// This much was taken.
    Captured(i64),
    /// This much went back.
    Refunded(i64),
    /// What was reserved and not taken is free again.
    Voided,
}

/// Why the fact was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// It contradicts what is known: more captured than authorised, more refunded than captured, or no such payment.
    #[error(
        "the payment of {order_id} cannot become that: authorised must stay at least captured, captured at least refunded"
    )]
    Contradicts {
        /// The order.
        order_id: OrderId,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(PaymentError);

/// Records what a provider told about an order's payment.
pub async fn record(cx: &mut Cx<'_>, order_id: &OrderId, told: Told) -> Result<(), PaymentError> {
    // The provider tells of the whole sum without naming it.
    let payment = match told {
        Told::Authorised | Told::Declined | Told::Voided => {
            store::find_payment(cx.tx, &cx.organisation_id, order_id).await?
        }
        Told::Captured(_) | Told::Refunded(_) => None,
    };
    let sum = |of: fn(&PaymentRow) -> i64| payment.as_ref().map_or(0, of);
    let (kind, amount_minor) = match told {
        Told::Authorised => ("payment.authorised", sum(|payment| payment.due_minor)),
        Told::Declined => ("payment.declined", sum(|payment| payment.due_minor)),
        Told::Captured(minor) => ("payment.captured", minor),
        Told::Refunded(minor) => ("payment.refunded", minor),
        Told::Voided => ("payment.voided", sum(|payment| payment.authorised_minor - payment.captured_minor)),
    };
    if !store::record_payment(cx.tx, &cx.organisation_id, order_id, told).await? {
        return Err(PaymentError::Contradicts { order_id: order_id.clone() });
    }
    cx.tell(kind, order_id.as_str(), json!({ "amount_minor": amount_minor }));
    Ok(())
}
