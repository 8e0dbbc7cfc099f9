//! A file on its way in: to the disk as it comes, then looked through once before anything is taken from it.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use axum::body::Bytes;
use channels::{OrderError, OrdersReader, TableError};
use sheets::BringError;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

/// Chunks that may wait for the disk.
const WAITING: usize = 16;

/// Why a file was not taken at all.
#[derive(Debug)]
pub(super) enum FileTrouble {
    /// It is longer than we take.
    TooLarge,
    /// The form did not come whole.
    CutShort,
    /// Our disk.
    Disk(io::Error),
    /// It is a workbook that cannot be read.
    Workbook(BringError),
    /// It is no table of orders.
    Table(TableError),
}

/// Writes a file on a thread of its own, since disks wait.
pub(super) struct Writer {
    chunks: mpsc::Sender<Bytes>,
    written: JoinHandle<io::Result<File>>,
}

impl Writer {
    pub fn start() -> Writer {
        let (chunks, mut waiting) = mpsc::channel::<Bytes>(WAITING);
        let written = spawn_blocking(move || {
            // Without a name: it is gone when nobody reads it, also after a crash.
            let mut file = tempfile::tempfile()?;
            while let Some(chunk) = waiting.blocking_recv() {
                file.write_all(&chunk)?;
            }
            Ok(file)
        });
        Writer { chunks, written }
    }

    /// Gives false where the disk has failed; why, the end tells.
    pub async fn write(&mut self, chunk: Bytes) -> bool {
        self.chunks.send(chunk).await.is_ok()
    }

    pub async fn end(self) -> Result<Upload, FileTrouble> {
        drop(self.chunks);
        let written = self.written.await.map_err(|panic| FileTrouble::Disk(io::Error::other(panic)))?;
        Ok(Upload(written.map_err(FileTrouble::Disk)?))
    }
}

/// A whole file.
pub(super) struct Upload(File);

impl Upload {
    /// The file as CSV in UTF-8, whatever it was brought as.
    pub async fn bring(mut self) -> Result<File, FileTrouble> {
        rewind(&mut self.0)?;
        let brought = spawn_blocking(move || flows::files::bring(self.0)).await;
        let brought = brought.map_err(|panic| FileTrouble::Disk(io::Error::other(panic)))?;
        brought.map_err(|error| match error {
            BringError::Io(error) => FileTrouble::Disk(error),
            workbook => FileTrouble::Workbook(workbook),
        })
    }

    /// The file, looked through to its end: before the first order is taken there is still time to say what is wrong.
    pub async fn check(self) -> Result<File, FileTrouble> {
        let checked = spawn_blocking(move || check(self.0)).await;
        checked.map_err(|panic| FileTrouble::Disk(io::Error::other(panic)))?
    }
}

fn check(mut file: File) -> Result<File, FileTrouble> {
    rewind(&mut file)?;
    for order in OrdersReader::detect(&file).map_err(FileTrouble::Table)? {
        if let Err(OrderError::Table(error)) = order {
            return Err(FileTrouble::Table(error));
        }
    }
    rewind(&mut file)?;
    Ok(file)
}

fn rewind(file: &mut File) -> Result<(), FileTrouble> {
    file.seek(SeekFrom::Start(0)).map(drop).map_err(FileTrouble::Disk)
}
