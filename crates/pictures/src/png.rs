//! PNG, decoded and encoded again: what hides between the pixels or behind them stays behind.

use std::borrow::Cow;
use std::io::Cursor;

use png::{Compression, Decoder, Encoder, Limits, Transformations};

use crate::{PictureError, SIDE_MOST};

/// Room for the largest picture with four channels of 16 bits, and for the decoder's own work.
const MEMORY_MOST: usize = 16 * 1024 * 1024;

/// The same pixels as a picture of our own.
pub(crate) fn rewrite(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let damaged = |error: png::DecodingError| PictureError::Damaged(error.to_string());
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MEMORY_MOST });
    decoder.set_transformations(Transformations::IDENTITY);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (header.width, header.height);
    if width > SIDE_MOST || height > SIDE_MOST {
        return Err(PictureError::TooLarge { width, height });
    }
    let mut reader = decoder.read_info().map_err(damaged)?;
    let room = reader.output_buffer_size().ok_or(PictureError::TooLarge { width, height })?;
    let mut pixels = vec![0; room];
    let frame = reader.next_frame(&mut pixels).map_err(damaged)?;
    pixels.truncate(frame.buffer_size());

    let unwritten = |error: png::EncodingError| PictureError::Damaged(error.to_string());
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, frame.width, frame.height);
    encoder.set_color(frame.color_type);
    encoder.set_depth(frame.bit_depth);
    encoder.set_compression(Compression::High);
    let owned = |part: &Cow<'_, [u8]>| part.to_vec();
    if let Some(palette) = reader.info().palette.as_ref().map(owned) {
        encoder.set_palette(palette);
    }
    if let Some(transparency) = reader.info().trns.as_ref().map(owned) {
        encoder.set_trns(transparency);
    }
    let mut writer = encoder.write_header().map_err(unwritten)?;
    writer.write_image_data(&pixels).map_err(unwritten)?;
    writer.finish().map_err(unwritten)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.add_text_chunk("Comment".into(), "<script>alert(1)</script>".into()).unwrap();
        let mut writer = encoder.write_header().unwrap();
        let pixels: Vec<u8> = (0..width * height * 4).map(|place| place.to_be_bytes()[3]).collect();
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn the_pixels_stay_and_what_was_hidden_beside_them_goes() {
        let mut brought = drawn(9, 5);
        brought.extend_from_slice(b"<html>and more behind the end</html>");
        assert!(brought.windows(7).any(|part| part == b"<script"));
        let kept = rewrite(&brought).unwrap();
        assert!(!kept.windows(7).any(|part| part == b"<script" || part == b"<html>a"));
        assert_eq!(rewrite(&kept).unwrap(), kept, "it is at rest");
        let decode = |bytes: &[u8]| {
            let mut reader = Decoder::new(Cursor::new(bytes.to_vec())).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            pixels
        };
        assert_eq!(decode(&brought), decode(&kept));
    }

    #[test]
    fn a_picture_that_is_large_cut_or_forged_is_refused() {
        let whole = drawn(40, 40);
        assert!(matches!(rewrite(&whole[..whole.len() / 2]), Err(PictureError::Damaged(_))));
        let mut forged = whole.clone();
        let middle = forged.len() / 2;
        forged[middle] ^= 1;
        assert!(matches!(rewrite(&forged), Err(PictureError::Damaged(_))));
        let wide = rewrite(&drawn(SIDE_MOST + 1, 1));
        assert_eq!(wide, Err(PictureError::TooLarge { width: SIDE_MOST + 1, height: 1 }));
        // A header that promises more than there can be takes no memory.
        let mut bomb = whole;
        bomb[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert!(rewrite(&bomb).is_err());
    }
}
