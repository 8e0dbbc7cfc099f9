//! Saved views.

use db::{Column, Fault, Tx, args, row};
use kernel::{OrganisationId, Timestamp, UserId, ViewId};

use crate::views::NewView;

row! {
    /// A way of looking at a list that somebody kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SavedView {
        /// Its id.
        pub view_id: ViewId,
        /// Whose.
        pub user_id: UserId,
        /// What they call it.
        pub name: String,
        /// The query of the list's address.
        pub query: String,
        /// True where colleagues see it too.
        pub is_shared: bool,
    }
}

/// The views a person sees: their own and what colleagues share, by name; at most sixty.
pub async fn list_views(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
) -> Result<Vec<SavedView>, Fault> {
    tx.query(
        "select view_id, user_id, name, query, is_shared from saved_view \
          where organisation_id = $1 and (user_id = $2 or is_shared) order by name, view_id limit 60",
        args![organisation_id, user_id],
    )
    .await
}

pub(crate) async fn find_view_by_name(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    name: &str,
) -> Result<Option<ViewId>, Fault> {
    let found: Option<(ViewId,)> = tx
        .query_optional(
            "select view_id from saved_view where organisation_id = $1 and user_id = $2 and name = $3",
            args![organisation_id, user_id, name],
        )
        .await?;
    Ok(found.map(|(view_id,)| view_id))
}

pub(crate) async fn count_views(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
) -> Result<i64, Fault> {
    let (count,) = tx
        .query_one(
            "select count(*) from saved_view where organisation_id = $1 and user_id = $2",
            args![organisation_id, user_id],
        )
        .await?;
    Ok(count)
}

pub(crate) async fn keep_view(
    tx: &Tx,
    organisation_id: &OrganisationId,
    view_id: &ViewId,
    user_id: &UserId,
    new: &NewView,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into saved_view (organisation_id, view_id, user_id, name, query, is_shared, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (organisation_id, view_id) do update set query = excluded.query, is_shared = excluded.is_shared",
        args![organisation_id, view_id, user_id, &new.name, &new.query, new.is_shared, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn forget_view(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    view_id: &ViewId,
) -> Result<bool, Fault> {
    let gone = tx
        .execute(
            "delete from saved_view where organisation_id = $1 and user_id = $2 and view_id = $3",
            args![organisation_id, user_id, view_id],
        )
        .await?;
    Ok(gone > 0)
}

/// Everybody's views that search, with their queries.
pub(crate) async fn list_searches(
    tx: &Tx,
    organisation_id: &OrganisationId,
) -> Result<Vec<(ViewId, String)>, Fault> {
    tx.query(
        "select view_id, query from saved_view where organisation_id = $1 and query like '%q=%'",
        args![organisation_id],
    )
    .await
}

pub(crate) async fn delete_views(
    tx: &Tx,
    organisation_id: &OrganisationId,
    view_ids: impl Iterator<Item = &ViewId>,
) -> Result<(), Fault> {
    tx.execute(
        "delete from saved_view where organisation_id = $1 and view_id {in $2}",
        args![organisation_id, Column::from_iter(view_ids)],
    )
    .await?;
    Ok(())
}
