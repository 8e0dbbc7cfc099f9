//! Who looks after what, and who has read how far.

use std::collections::HashMap;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{OrganisationId, Timestamp, UserId};

use crate::care::CareStep;

row! {
    /// What is known of the care for a thing.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Care {
        /// The thing.
        pub subject_id: String,
        /// Who looks after it.
        pub user_id: Option<UserId>,
        /// Until when it is put aside.
        pub until: Option<Timestamp>,
    }
}

/// The care for each of these things; those that nobody touched are left out.
pub async fn care_of(
    tx: &Tx,
    organisation_id: &OrganisationId,
    subject_ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Care>, Fault> {
    let rows: Vec<Care> = tx
        .query(
            "select subject_id, user_id, until from care where organisation_id = $1 and subject_id {in $2}",
            args![organisation_id, Column::from_iter(subject_ids.map(str::to_owned))],
        )
        .await?;
    Ok(rows.into_iter().map(|care| (care.subject_id.clone(), care)).collect())
}

pub(crate) async fn keep_care(
    tx: &Tx,
    organisation_id: &OrganisationId,
    subject_ids: &[String],
    step: &CareStep,
    now: Timestamp,
) -> Result<(), Fault> {
    let (user_id, until) = match step {
        CareStep::Take(user_id) => (Some(user_id), None),
        CareStep::Snooze(until) => (None, Some(*until)),
        CareStep::Leave | CareStep::Wake => (None, None),
    };
    let kept = match step {
        CareStep::Take(_) | CareStep::Leave => "user_id = excluded.user_id",
        CareStep::Snooze(_) | CareStep::Wake => "until = excluded.until",
    };
    let sql = format!(
        "insert into care (organisation_id, subject_id, user_id, until, changed_at) \
         select $1, d.subject_id, $2, $3, $4 {{set d(subject_id text)}} where true \
         on conflict (organisation_id, subject_id) do update set {kept}, changed_at = excluded.changed_at"
    );
    tx.execute_set(
        &sql,
        &set![subject_ids],
        args![organisation_id, user_id.map(|id| id.to_string()), until, now],
    )
    .await?;
    Ok(())
}

/// Up to which position a person has read, and when they did; none before the first time.
pub async fn find_reading(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
) -> Result<Option<(i64, Timestamp)>, Fault> {
    tx.query_optional(
        "select position, read_at from reading where organisation_id = $1 and user_id = $2",
        args![organisation_id, user_id],
    )
    .await
}

pub(crate) async fn keep_reading(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    position: i64,
    read_at: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into reading (organisation_id, user_id, position, read_at) values ($1, $2, $3, $4) \
         on conflict (organisation_id, user_id) do update \
            set position = excluded.position, \
                read_at = case when excluded.read_at > reading.read_at then excluded.read_at else reading.read_at end \
          where reading.position <= excluded.position",
        args![organisation_id, user_id, position, read_at],
    )
    .await?;
    Ok(())
}
