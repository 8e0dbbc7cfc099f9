//! Files that people brought and that operations made, in parts, so that neither memory nor a transaction grows with
//! them. Any node can read them; they go after a week.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use db::{Fault, row};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::SignedDuration;
use kernel::FileId;
use runtime::{Call, Cx, Runtime};

use crate::store;

/// How many bytes one part takes.
pub const PART_BYTES: usize = 512 * 1024;

/// How long a file is kept, in days.
pub const KEPT_DAYS: i64 = 7;

row! {
    /// A whole file.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct StoredFile {
        /// Its id.
        pub file_id: FileId,
        /// Its name, as whoever brought it calls it.
        pub name: String,
        /// What it is: `text/csv`.
        pub media_type: String,
        /// Whose it is.
        pub actor: String,
        /// How long it is; none while it is written.
        pub bytes: Option<i64>,
    }
}

/// Why a file cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is none: it has expired, or was never whole.
    #[error("there is no such file; files are kept for {KEPT_DAYS} days")]
    NoSuchFile,
    /// The disk of this machine.
    #[error("a file cannot be kept on this machine")]
    Disk(#[from] io::Error),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

/// A file that is being written.
pub struct Writing {
    runtime: Runtime,
    actor: String,
    file_id: FileId,
    waiting: Vec<u8>,
    parts: i64,
    bytes: i64,
}

/// Begins a file of this actor's.
pub async fn begin(runtime: &Runtime, actor: &str, name: &str, media_type: &str) -> Result<Writing, Fault> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    let (media_type, owner) = (media_type.to_owned(), actor.to_owned());
    let file_id = runtime
        .run(Call::by(actor), move |cx| {
            let (name, media_type, actor) = (name.clone(), media_type.clone(), owner.clone());
            Box::pin(async move {
                let file_id = FileId::from_body(&cx.fresh());
                let expires_at =
                    cx.now.checked_add(SignedDuration::from_hours(24 * KEPT_DAYS)).unwrap_or(cx.now);
                let file = StoredFile { file_id: file_id.clone(), name, media_type, actor, bytes: None };
                store::insert_file(cx.tx, &cx.organisation_id, &file, cx.now, expires_at).await?;
                Ok::<_, Fault>(file_id)
            })
        })
        .await?;
    let (runtime, actor) = (runtime.clone(), actor.to_owned());
    Ok(Writing { runtime, actor, file_id, waiting: Vec::new(), parts: 0, bytes: 0 })
}

impl Writing {
    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.bytes += bytes.len() as i64;
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() >= PART_BYTES {
            let rest = self.waiting.split_off(PART_BYTES);
            let part = std::mem::replace(&mut self.waiting, rest);
            self.put(part).await?;
        }
        Ok(())
    }

    /// How long it is by now.
    pub fn bytes(&self) -> i64 {
        self.bytes
    }

    async fn put(&mut self, part: Vec<u8>) -> Result<(), Fault> {
        let content = packed(part).await?;
        let (file_id, part_no) = (self.file_id.clone(), self.parts);
        self.runtime
            .run(Call::by(&self.actor), move |cx| {
                let (file_id, content) = (file_id.clone(), content.clone());
                Box::pin(async move {
                    store::put_part(cx.tx, &cx.organisation_id, &file_id, part_no, &content).await
                })
            })
            .await?;
        self.parts += 1;
        Ok(())
    }

    /// Ends it: from now on it can be read.
    pub async fn finish(mut self) -> Result<FileId, Fault> {
        let last = std::mem::take(&mut self.waiting);
        if !last.is_empty() {
            self.put(last).await?;
        }
        let (file_id, bytes) = (self.file_id.clone(), self.bytes);
        self.runtime
            .run(Call::by(&self.actor), move |cx| {
                let file_id = file_id.clone();
                Box::pin(async move { store::close_file(cx.tx, &cx.organisation_id, &file_id, bytes).await })
            })
            .await?;
        Ok(self.file_id)
    }
}

/// Keeps all that a reader gives as a file of this actor's.
pub async fn keep<R: Read + Send + 'static>(
    runtime: &Runtime,
    actor: &str,
    name: &str,
    media_type: &str,
    mut reader: R,
) -> Result<FileId, FileError> {
    let mut writing = begin(runtime, actor, name, media_type).await?;
    loop {
        let read = tokio::task::spawn_blocking(move || {
            let mut part = Vec::with_capacity(PART_BYTES);
            reader.by_ref().take(PART_BYTES as u64).read_to_end(&mut part).map(|_| (reader, part))
        });
        let (rest, part) = read.await.map_err(io::Error::other)??;
        if part.is_empty() {
            return Ok(writing.finish().await?);
        }
        reader = rest;
        writing.write(&part).await?;
    }
}

/// What is known of a whole file.
pub async fn find(runtime: &Runtime, file_id: &FileId) -> Result<StoredFile, FileError> {
    let (organisation_id, file_id) = (runtime.organisation_id.clone(), file_id.clone());
    let found: Option<StoredFile> = runtime
        .read(move |tx| Box::pin(async move { store::find_file(tx, &organisation_id, &file_id).await }))
        .await
        .map_err(|fault: Fault| FileError::Fault(fault))?;
    found.ok_or(FileError::NoSuchFile)
}

/// A part of a file, from 0; none after the last.
pub async fn part(runtime: &Runtime, file_id: &FileId, part_no: i64) -> Result<Option<Vec<u8>>, FileError> {
    let (organisation_id, file_id) = (runtime.organisation_id.clone(), file_id.clone());
    let content: Option<String> = runtime
        .read(move |tx| {
            Box::pin(async move { store::find_part(tx, &organisation_id, &file_id, part_no).await })
        })
        .await
        .map_err(|fault: Fault| FileError::Fault(fault))?;
    let Some(content) = content else { return Ok(None) };
    let bytes = tokio::task::spawn_blocking(move || unpacked(&content)).await.map_err(io::Error::other)??;
    Ok(Some(bytes))
}

/// A copy of a file on this machine's disk, without a name there, for readers that want to go back and forth.
pub async fn spool(runtime: &Runtime, file_id: &FileId) -> Result<File, FileError> {
    find(runtime, file_id).await?;
    let mut file = tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(io::Error::other)??;
    let mut part_no = 0;
    while let Some(bytes) = part(runtime, file_id, part_no).await? {
        file = tokio::task::spawn_blocking(move || file.write_all(&bytes).map(|()| file))
            .await
            .map_err(io::Error::other)??;
        part_no += 1;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

pub(crate) async fn delete_expired(cx: &mut Cx<'_>) -> Result<(), Fault> {
    store::delete_expired(cx.tx, &cx.organisation_id, cx.now).await
}

async fn packed(part: Vec<u8>) -> Result<String, Fault> {
    let packed = tokio::task::spawn_blocking(move || {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&part).and_then(|()| encoder.finish()).expect("memory takes whatever is written")
    });
    let packed = packed.await.map_err(|_| Fault::Lost("a part of a file was not compressed"))?;
    Ok(STANDARD.encode(packed))
}

/// Never more than a part may hold, whatever is stored.
fn unpacked(content: &str) -> io::Result<Vec<u8>> {
    let packed = STANDARD.decode(content).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    GzDecoder::new(packed.as_slice()).take(PART_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
