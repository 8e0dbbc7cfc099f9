//! Pictures that strangers bring, made safe to show: PNG and SVG, each written anew from what was understood of it.
//! Pure: bytes in, bytes out.
//!
//! - [`png`](mod@png): decoded and encoded again, so that nothing but the picture is left.
//! - [`svg`]: only elements that draw; no scripts, no handlers, nothing that is fetched from elsewhere.
//!
//! **Invariant:** not one byte of what came is given on unread.

pub mod png;
pub mod svg;

/// The longest picture, as it comes and as it is kept, in bytes.
pub const BYTES_MOST: usize = 128 * 1024;

/// The longest side of a picture of pixels.
pub const SIDE_MOST: u32 = 1024;

/// A picture that is safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub kind: Kind,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// The kinds of pictures there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Pixels.
    Png,
    /// Lines and surfaces.
    Svg,
}

impl Kind {
    /// As HTTP calls it.
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Png => "image/png",
            Kind::Svg => "image/svg+xml",
        }
    }

    /// The kind that HTTP calls so.
    pub fn parse(media_type: &str) -> Option<Kind> {
        [Kind::Png, Kind::Svg].into_iter().find(|kind| kind.media_type() == media_type)
    }
}

/// Why a picture is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// It is neither of the two, by its own bytes.
    #[error("it is neither PNG nor SVG")]
    Unknown,
    /// It is too long, or its document too deep.
    #[error("it has more than {BYTES_MOST} bytes")]
    TooLong,
    /// It has too many pixels.
    #[error("it has {width} × {height} pixels; {SIDE_MOST} × {SIDE_MOST} are the most")]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// It is damaged, or not whole.
    #[error("it cannot be read: {0}")]
    Damaged(String),
}

/// Reads a picture, whatever its sender calls it, and gives one that shows the same and does nothing else.
pub fn read(bytes: &[u8]) -> Result<Picture, PictureError> {
    if bytes.len() > BYTES_MOST {
        return Err(PictureError::TooLong);
    }
    let (kind, bytes) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (Kind::Png, png::rewrite(bytes)?)
    } else {
        let text = std::str::from_utf8(bytes).map_err(|_| PictureError::Unknown)?;
        (Kind::Svg, svg::rewrite(text)?.into_bytes())
    };
    if bytes.len() > BYTES_MOST { Err(PictureError::TooLong) } else { Ok(Picture { kind, bytes }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_own_bytes_and_has_its_bounds() {
        assert_eq!(read(b"GIF89a"), Err(PictureError::Unknown));
        assert_eq!(read(b"\xff\xd8\xff\xe0"), Err(PictureError::Unknown));
        assert_eq!(read(b""), Err(PictureError::Unknown));
        assert_eq!(read(&vec![b' '; BYTES_MOST + 1]), Err(PictureError::TooLong));
        let drawn = read(b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><path d='M0 0'/></svg>");
        assert_eq!(drawn.unwrap().kind.media_type(), "image/svg+xml");
        for kind in [Kind::Png, Kind::Svg] {
            assert_eq!(Kind::parse(kind.media_type()), Some(kind));
        }
    }
}
