//! Whatever was brought, as CSV in UTF-8.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use encoding_rs::Encoding;

use crate::xlsx;

/// Why a file is no table.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// A workbook that cannot be opened: broken, protected by a password, or something else in a ZIP.
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    /// Unpacked it would fill the machine.
    #[error("the workbook is larger than {max} MB unpacked; save it as CSV")]
    TooLarge {
        /// The bound, in MB.
        max: u64,
    },
    /// The format of long ago.
    #[error("this is a workbook of before 2007; save it as XLSX or CSV")]
    OldWorkbook,
    /// The disk.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
}

/// Writes a CSV file, a text in UTF-16 or the first sheet of an XLSX workbook as CSV in UTF-8.
pub fn as_csv<R: Read + Seek, W: Write>(mut input: R, mut out: W) -> Result<(), BringError> {
    let mut head = Vec::new();
    input.by_ref().take(8).read_to_end(&mut head)?;
    input.seek(SeekFrom::Start(0))?;
    if head.starts_with(b"PK\x03\x04") {
        return xlsx::as_csv(input, out);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(BringError::OldWorkbook);
    }
    match Encoding::for_bom(&head) {
        Some((encoding, _)) if encoding != encoding_rs::UTF_8 => decode(encoding, input, out),
        _ => Ok(io::copy(&mut input, &mut out).map(drop)?),
    }
}

fn decode(encoding: &'static Encoding, input: impl Read, mut out: impl Write) -> Result<(), BringError> {
    let mut input = BufReader::new(input);
    let mut decoder = encoding.new_decoder();
    let (mut bytes, mut text) = ([0; 16 * 1024], String::with_capacity(64 * 1024));
    loop {
        let count = input.read(&mut bytes)?;
        text.clear();
        text.reserve(count * 3 + 16);
        // The room is enough for whatever the bytes may become.
        let _ = decoder.decode_to_string(&bytes[..count], &mut text, count == 0);
        out.write_all(text.as_bytes())?;
        if count == 0 {
            return Ok(());
        }
    }
}
