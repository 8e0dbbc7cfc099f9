//! Statements about files.

use db::{Column, Fault, Tx, args};
use kernel::{FileId, OrganisationId, Timestamp};

use crate::file::StoredFile;

pub(crate) async fn insert_file(
    tx: &Tx,
    organisation_id: &OrganisationId,
    file: &StoredFile,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into stored_file (organisation_id, file_id, name, media_type, actor, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![organisation_id, &file.file_id, &file.name, &file.media_type, &file.actor, now, expires_at],
    )
    .await?;
    Ok(())
}

/// Writes a part; the same again changes nothing but the part.
pub(crate) async fn put_part(
    tx: &Tx,
    organisation_id: &OrganisationId,
    file_id: &FileId,
    part_no: i64,
    content: &str,
) -> Result<(), Fault> {
    tx.execute(
        "insert into stored_file_part (organisation_id, file_id, part_no, content) values ($1, $2, $3, $4) \
         on conflict (organisation_id, file_id, part_no) do update set content = excluded.content",
        args![organisation_id, file_id, part_no, content],
    )
    .await?;
    Ok(())
}

pub(crate) async fn close_file(
    tx: &Tx,
    organisation_id: &OrganisationId,
    file_id: &FileId,
    bytes: i64,
) -> Result<(), Fault> {
    tx.execute(
        "update stored_file set bytes = $3 where organisation_id = $1 and file_id = $2",
        args![organisation_id, file_id, bytes],
    )
    .await?;
    Ok(())
}

pub(crate) async fn find_file(
    tx: &Tx,
    organisation_id: &OrganisationId,
    file_id: &FileId,
) -> Result<Option<StoredFile>, Fault> {
    tx.query_optional(
        "select file_id, name, media_type, actor, bytes from stored_file \
          where organisation_id = $1 and file_id = $2 and bytes is not null",
        args![organisation_id, file_id],
    )
    .await
}

pub(crate) async fn find_part(
    tx: &Tx,
    organisation_id: &OrganisationId,
    file_id: &FileId,
    part_no: i64,
) -> Result<Option<String>, Fault> {
    let part: Option<(String,)> = tx
        .query_optional(
            "select content from stored_file_part where organisation_id = $1 and file_id = $2 and part_no = $3",
            args![organisation_id, file_id, part_no],
        )
        .await?;
    Ok(part.map(|(content,)| content))
}

pub(crate) async fn delete_expired(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "delete from stored_file_part where organisation_id = $1 and file_id in \
                (select file_id from stored_file where organisation_id = $1 and expires_at <= $2)",
        args![organisation_id, now],
    )
    .await?;
    tx.execute(
        "delete from stored_file where organisation_id = $1 and expires_at <= $2",
        args![organisation_id, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn delete_files(
    tx: &Tx,
    organisation_id: &OrganisationId,
    file_ids: impl Iterator<Item = &FileId> + Clone,
) -> Result<(), Fault> {
    tx.execute(
        "delete from stored_file_part where organisation_id = $1 and file_id {in $2}",
        args![organisation_id, Column::from_iter(file_ids.clone())],
    )
    .await?;
    tx.execute(
        "delete from stored_file where organisation_id = $1 and file_id {in $2}",
        args![organisation_id, Column::from_iter(file_ids)],
    )
    .await?;
    Ok(())
}
