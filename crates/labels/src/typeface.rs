//! Which letters can be printed, and how wide they are.
//!
//! Built in are DejaVu Sans Condensed, regular and bold (Latin, Cyrillic, Greek, Armenian, Georgian and more). Text is
//! set letter by letter from left to right: Arabic and Hebrew are printed unjoined and unturned, and are better
//! transliterated.

use std::ops::Range;
use std::sync::Arc;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// The licence of the built-in fonts, which asks to be carried wherever they are.
pub const FONT_LICENCE: &str = include_str!("../DEJAVU-LICENCE.txt");

/// What is printed in place of a letter that no font has.
const MISSING: char = '□';

/// Stroke weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// For reading close by.
    Regular,
    /// For reading across a room.
    Bold,
}

/// Bytes that are no font we can print with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a usable TrueType or OpenType font: {0}")]
pub struct BadFont(pub String);

/// The fonts a label is printed with: the built-in pair, then those the operator added, in order.
#[derive(Clone)]
pub struct Typeface {
    fonts: Vec<FontFile>,
}

#[derive(Clone)]
struct FontFile {
    data: Arc<dyn AsRef<[u8]> + Send + Sync>,
    for_pdf: krilla::text::Font,
}

/// A letter, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct SetGlyph {
    /// Which font of the typeface it is in.
    pub font: usize,
    /// Its number there.
    pub glyph: u32,
    /// How far the next letter is, in units of the text's size.
    pub advance: f32,
    /// The bytes of the text that it stands for.
    pub text_range: Range<usize>,
}

impl Typeface {
    /// The built-in fonts alone. Make it once and keep it.
    pub fn built_in() -> Typeface {
        let built_in = |data: &'static [u8]| {
            FontFile::read(Arc::new(data)).expect("the built-in fonts are checked by a test")
        };
        Typeface {
            fonts: vec![
                built_in(dejavu::sans_condensed::regular()),
                built_in(dejavu::sans_condensed::bold()),
            ],
        }
    }

    /// Adds a font for letters that those before it do not have, such as a Chinese one.
    pub fn with_fallback(mut self, data: Vec<u8>) -> Result<Typeface, BadFont> {
        self.fonts.push(FontFile::read(Arc::new(data))?);
        Ok(self)
    }

    /// The letters of `text` that no font has.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let fonts = self.font_refs();
        text.chars().filter(|&c| fonts.iter().all(|font| font.charmap().map(c).is_none())).collect()
    }

    /// Sets a line of text.
    pub fn set(&self, text: &str, weight: Weight) -> Vec<SetGlyph> {
        let fonts = self.font_refs();
        let find = |c: char| {
            let preferred = match weight {
                Weight::Regular => 0,
                Weight::Bold => 1,
            };
            std::iter::once(preferred)
                .chain((0..fonts.len()).filter(|&n| n != preferred))
                .find_map(|n| fonts[n].charmap().map(c).map(|glyph| (n, glyph)))
        };
        text.char_indices()
            .map(|(at, c)| {
                let (font, glyph) = find(c).or_else(|| find(MISSING)).unwrap_or((0, GlyphId::NOTDEF));
                let file = &fonts[font];
                let units = f32::from(file.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
                let metrics = file.glyph_metrics(Size::unscaled(), LocationRef::default());
                let advance = metrics.advance_width(glyph).unwrap_or(units) / units;
                SetGlyph { font, glyph: glyph.to_u32(), advance, text_range: at..at + c.len_utf8() }
            })
            .collect()
    }

    /// The width of a line of text of this size.
    pub fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        self.set(text, weight).iter().map(|glyph| glyph.advance).sum::<f32>() * size
    }

    /// The font with this number, for drawing outlines.
    pub(crate) fn font_ref(&self, font: usize) -> FontRef<'_> {
        self.fonts[font].font_ref()
    }

    /// The font with this number, for embedding.
    pub(crate) fn for_pdf(&self, font: usize) -> krilla::text::Font {
        self.fonts[font].for_pdf.clone()
    }

    fn font_refs(&self) -> Vec<FontRef<'_>> {
        self.fonts.iter().map(FontFile::font_ref).collect()
    }
}

impl FontFile {
    fn read(data: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Result<FontFile, BadFont> {
        FontRef::new((*data).as_ref()).map_err(|error| BadFont(error.to_string()))?;
        let for_pdf = krilla::text::Font::new(krilla::Data::from(data.clone()), 0)
            .ok_or_else(|| BadFont("it lacks a table that printing needs".to_owned()))?;
        Ok(FontFile { data, for_pdf })
    }

    fn font_ref(&self) -> FontRef<'_> {
        FontRef::new((*self.data).as_ref()).expect("the font was read once when it was added")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_and_cyrillic_are_built_in_and_chinese_is_reported() {
        let typeface = Typeface::built_in();
        assert_eq!(typeface.missing("Žofie Ščerbak, Щербаков, Ελένη, Jalan Sudirman №5"), []);
        assert_eq!(typeface.missing("台北 Taipei"), ['台', '北']);
        let boxes = typeface.set("台", Weight::Regular);
        assert_eq!(boxes[0].glyph, typeface.set("□", Weight::Regular)[0].glyph);
        assert_eq!(boxes[0].text_range, 0..3);
    }

    #[test]
    fn a_font_of_the_operator_serves_what_the_built_in_ones_lack() {
        let operators = Typeface::built_in().with_fallback(dejavu::sans_mono::regular().to_vec()).unwrap();
        let is_added = |c: &char| {
            let text = c.to_string();
            !Typeface::built_in().missing(&text).is_empty() && operators.missing(&text).is_empty()
        };
        let letter = (' '..='\u{ffff}').find(is_added).expect("the fonts differ in some letter");
        assert_eq!(operators.set(&letter.to_string(), Weight::Bold)[0].font, 2, "{letter}");
        assert_eq!(operators.set("A", Weight::Bold)[0].font, 1, "the built-in fonts come first");
        assert!(Typeface::built_in().with_fallback(b"no font".to_vec()).is_err());
    }

    #[test]
    fn wider_text_is_wider() {
        let typeface = Typeface::built_in();
        let width = |text| typeface.width(text, Weight::Bold, 10.0);
        assert!(width("WWWW") > width("iiii"));
        assert!((width("ab") - width("a") - width("b")).abs() < 1e-4);
    }
}
