//! Work that one process at a time may do, with a fence for what it writes.

use std::time::Duration;

use db::{Fault, args};

use crate::Runtime;

/// A lease that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Of what.
    pub name: String,
    /// To whom.
    pub holder: String,
    /// Grows with each new holder.
    pub fence: i64,
}

/// Takes or renews a lease for `ttl`; none while another holder's has not run out.
pub async fn acquire(
    runtime: &Runtime,
    name: &str,
    holder: &str,
    ttl: Duration,
) -> Result<Option<Lease>, Fault> {
    let (name, holder, now) = (name.to_owned(), holder.to_owned(), runtime.now());
    let until = now.checked_add(ttl).unwrap_or(now);
    runtime
        .db
        .write(move |tx| {
            Box::pin(async move {
                let granted: Option<(i64,)> = tx
                    .query_optional(
                        "insert into lease (name, holder, fence, expires_at) values ($1, $2, 1, $4) \
                         on conflict (name) do update set \
                             fence = case when lease.holder = $2 then lease.fence else lease.fence + 1 end, \
                             holder = $2, expires_at = $4 \
                         where lease.holder = $2 or lease.expires_at <= $3 \
                         returning fence",
                        args![&name, &holder, now, until],
                    )
                    .await?;
                Ok(granted.map(|(fence,)| Lease { name, holder, fence }))
            })
        })
        .await
}

/// Gives a lease back before it runs out.
pub async fn release(runtime: &Runtime, lease: Lease) -> Result<(), Fault> {
    let now = runtime.now();
    runtime
        .db
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "update lease set expires_at = $4 where name = $1 and holder = $2 and fence = $3",
                    args![&lease.name, &lease.holder, lease.fence, now],
                )
                .await?;
                Ok(())
            })
        })
        .await
}
