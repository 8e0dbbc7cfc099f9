//! A brand lets a reseller sell so many of its units from the brand's own pool.

use db::Fault;
use kernel::{EntitlementId, ItemId, MerchantId, Money, Quantity};
use runtime::Cx;
use serde_json::json;

use crate::store::{self, Entitlement};

/// What a reseller is to be entitled to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub item_id: ItemId,
    /// Whose pool it is.
    pub brand_id: MerchantId,
    /// Who may sell from it.
    pub reseller_id: MerchantId,
    /// How many units, over all: with those that were used.
    pub granted: Quantity,
    /// What a unit costs the reseller from now on.
    pub unit_price: Money,
}

/// Why nothing was granted.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// Fewer than were used already.
    #[error("{used} were sold already, so {granted} cannot be all there were: grant {used} to end it")]
    BelowUsed {
        /// How many were to be granted.
        granted: i64,
        /// How many were used.
        used: i64,
    },
    /// Lines were written in another currency.
    #[error("this entitlement settles in {0}: use up or end it before prices change their currency")]
    OtherCurrency(kernel::Currency),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(GrantError);

/// Entitles a reseller, or changes how many units or what they cost; units that were sold stay as they were settled.
pub async fn grant(cx: &mut Cx<'_>, grant: &Grant) -> Result<Entitlement, GrantError> {
    let fresh = EntitlementId::from_body(&cx.fresh());
    let Grant { item_id, brand_id, reseller_id, granted, unit_price } = grant;
    let before = store::lock_entitlement(cx.tx, &cx.organisation_id, item_id, brand_id, reseller_id).await?;
    if let Some(before) = &before {
        if before.used > granted.units() {
            return Err(GrantError::BelowUsed { granted: granted.units(), used: before.used });
        }
        if before.used > 0 && before.currency != unit_price.currency {
            return Err(GrantError::OtherCurrency(before.currency));
        }
    }
    let kept = store::put_entitlement(cx, &fresh, grant).await?;
    let data = json!({
        "item_id": item_id, "brand_id": brand_id, "reseller_id": reseller_id, "granted": granted,
        "unit_price_minor": unit_price.minor, "currency": unit_price.currency,
    });
    let was = before
        .map(|before| json!({ "granted": before.granted, "unit_price_minor": before.unit_price_minor }));
    let is = json!({ "granted": granted, "unit_price_minor": unit_price.minor });
    cx.record(
        "entitlement.granted",
        kept.entitlement_id.as_str(),
        data,
        was.unwrap_or_else(|| json!({})),
        is,
    );
    Ok(kept)
}
