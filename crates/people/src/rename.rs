//! Gives the organisation another name.

use db::Fault;
use runtime::{Call, Runtime, has_fault};
use serde_json::json;

use crate::store;

/// The longest name, in characters.
const MOST: usize = 200;

/// Why it keeps its name.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    /// It is no name.
    #[error("a name has 1 to {MOST} characters")]
    Name,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(RenameError);

/// Renames it. Merchants keep their names: customers know them by those.
pub async fn rename(runtime: &Runtime, call: Call, name: &str) -> Result<(), RenameError> {
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MOST || name.chars().any(char::is_control) {
        return Err(RenameError::Name);
    }
    runtime
        .run(call, move |cx| {
            let name = name.clone();
            Box::pin(async move {
                let before = store::get_organisation(cx.tx).await?.name;
                store::rename_organisation(cx.tx, &cx.organisation_id, &name).await?;
                let (before, after) = (json!({ "name": before }), json!({ "name": name }));
                let organisation_id = cx.organisation_id.clone();
                cx.record("organisation.renamed", organisation_id.as_str(), after.clone(), before, after);
                Ok(())
            })
        })
        .await
}
