//! The secret that proves that whoever enrols the first person owns the machine: it is shown where only they look.

use std::time::Duration;

use db::Fault;
use kernel::{SessionId, UserId};
use runtime::{Call, Runtime};

use crate::{
    Secret,
    store::{self, TokenRow},
};

/// It is new at each start, so it need not last.
const VALID: Duration = Duration::from_secs(7 * 24 * 3600);

/// A fresh secret, and the end of earlier ones; none once somebody is enrolled.
pub(crate) async fn offer(runtime: &Runtime) -> Result<Option<Secret>, Fault> {
    let secret = Secret::fresh_to_type("qmf_");
    let digest = secret.digest();
    let is_offered = runtime
        .run(Call::by("system"), move |cx| {
            let token_digest = digest.clone();
            Box::pin(async move {
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                if store::has_staff(cx.tx, &cx.organisation_id).await? {
                    return Ok(false);
                }
                store::revoke_first_run(cx.tx, &cx.organisation_id, cx.now).await?;
                let session_id = SessionId::from_body(&cx.fresh());
                // Nobody yet: who the first person will be.
                let user_id = UserId::from_body(&cx.fresh());
                let expires_at = cx.now.checked_add(VALID).unwrap_or(cx.now);
                let token = TokenRow::new("first_run", token_digest, session_id, user_id, expires_at);
                store::insert_token(cx.tx, &cx.organisation_id, &token, cx.now).await?;
                Ok::<_, Fault>(true)
            })
        })
        .await?;
    Ok(is_offered.then_some(secret))
}
