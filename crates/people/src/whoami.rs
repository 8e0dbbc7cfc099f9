//! Whose token is this?

use db::Fault;
use runtime::Runtime;
use web::Caller;

use crate::{secret::digest, store};

/// The caller a token proves; none where it is unknown, ran out, was revoked, or belongs to somebody who was dismissed.
/// Asked anew for every request, so that an end is an end at once.
pub async fn whoami(runtime: &Runtime, token: &str) -> Result<Option<Caller>, Fault> {
    // No token of ours is longer; a longer one is not worth a digest.
    if token.len() > 100 {
        return Ok(None);
    }
    let (organisation_id, digest, now) = (runtime.organisation_id.clone(), digest(token), runtime.now());
    let bearer = runtime
        .read(move |tx| Box::pin(async move { store::find_bearer(tx, &organisation_id, &digest, now).await }))
        .await?;
    Ok(bearer.map(|bearer| {
        let is_machine = bearer.kind == "api";
        let actor = if is_machine {
            format!("machine:{}", bearer.session_id)
        } else {
            format!("user:{}", bearer.user_id)
        };
        Caller {
            user_id: Some(bearer.user_id),
            is_machine,
            actor,
            session_id: bearer.session_id,
            language: bearer.language,
        }
    }))
}
