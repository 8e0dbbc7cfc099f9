//! Adds merchants and gives them other names.

use db::Fault;
use kernel::MerchantId;
use runtime::{Cx, has_fault};
use serde_json::{Value as Json, json};

use crate::store;

/// The longest name, in characters.
const MOST: usize = 200;

/// Why a merchant was not added or renamed.
#[derive(Debug, thiserror::Error)]
pub enum MerchantError {
    /// It is no name.
    #[error("a name has 1 to {MOST} characters")]
    Name,
    /// No such merchant.
    #[error("there is no merchant {0}")]
    NoSuchMerchant(MerchantId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(MerchantError);

/// Adds a merchant.
pub async fn add_merchant(cx: &mut Cx<'_>, name: &str) -> Result<MerchantId, MerchantError> {
    let name = good(name)?;
    let merchant_id = MerchantId::from_body(&cx.fresh());
    store::insert_merchant(cx.tx, &cx.organisation_id, &merchant_id, &name, cx.now).await?;
    let after = json!({ "name": name });
    cx.record("merchant.added", merchant_id.as_str(), after.clone(), Json::Null, after);
    Ok(merchant_id)
}

/// Gives a merchant another name; the same name again changes nothing.
pub async fn rename_merchant(
    cx: &mut Cx<'_>,
    merchant_id: &MerchantId,
    name: &str,
) -> Result<(), MerchantError> {
    let name = good(name)?;
    let merchant = store::find_merchant(cx.tx, &cx.organisation_id, merchant_id)
        .await?
        .ok_or_else(|| MerchantError::NoSuchMerchant(merchant_id.clone()))?;
    if merchant.name != name {
        store::rename_merchant(cx.tx, &cx.organisation_id, merchant_id, &name).await?;
        let (before, after) = (json!({ "name": merchant.name }), json!({ "name": name }));
        cx.record("merchant.renamed", merchant_id.as_str(), after.clone(), before, after);
    }
    Ok(())
}

fn good(name: &str) -> Result<String, MerchantError> {
    let name = name.trim();
    let is_good = (1..=MOST).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_good { Ok(name.to_owned()) } else { Err(MerchantError::Name) }
}
