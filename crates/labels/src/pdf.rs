//! A label as a PDF page of 4 by 6 inches: real text in embedded fonts, the barcode as vector bars.

use krilla::Document;
use krilla::color::luma;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use crate::bitmap::BASELINE;
use crate::layout::{self, DOTS_PER_INCH, HEIGHT, Mark, WIDTH};
use crate::typeface::{SetGlyph, Typeface, Weight};
use crate::{LabelError, ShippingLabel};

/// One dot in the points of PDF, 72 to the inch.
const POINTS: f32 = 72.0 / DOTS_PER_INCH as f32;

/// The label as a PDF document of one page. The same label gives the same bytes.
pub fn pdf(label: &ShippingLabel, typeface: &Typeface) -> Result<Vec<u8>, LabelError> {
    let marks = layout::marks(label, typeface)?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(label.tracking_number.clone()));
    let size = PageSettings::from_wh(WIDTH as f32 * POINTS, HEIGHT as f32 * POINTS);
    let mut page = document.start_page_with(size.expect("a label has a size"));
    let mut surface = page.surface();
    surface.set_fill(Some(Fill {
        paint: luma::Color::black().into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }));
    for mark in marks {
        match mark {
            Mark::Rule { x, y, width, height } => draw(&mut surface, boxes([(x, y, width, height)])),
            Mark::Text { x, y, size, weight, text } => {
                let baseline = y as f32 + BASELINE * size as f32;
                let at = Point::from_xy(x as f32 * POINTS, baseline * POINTS);
                set_text(&mut surface, typeface, &text, weight, size as f32 * POINTS, at);
            }
            Mark::Barcode { x, y, module, height, code } => {
                let bars = code.bars().into_iter();
                draw(
                    &mut surface,
                    boxes(
                        bars.map(|(start, width)| {
                            (x + start as u32 * module, y, width as u32 * module, height)
                        }),
                    ),
                );
            }
        }
    }
    surface.finish();
    page.finish();
    document.finish().map_err(|error| LabelError::Document(format!("{error:?}").chars().take(200).collect()))
}

fn draw(surface: &mut Surface<'_>, path: Option<Path>) {
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}

/// One path of boxes given in dots.
fn boxes(dots: impl IntoIterator<Item = (u32, u32, u32, u32)>) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (x, y, width, height) in dots {
        let [x, y, width, height] = [x, y, width, height].map(|dots| dots as f32 * POINTS);
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rect);
        }
    }
    path.finish()
}

/// Sets a line, one run for each stretch of letters from the same font.
fn set_text(
    surface: &mut Surface<'_>,
    typeface: &Typeface,
    text: &str,
    weight: Weight,
    size: f32,
    at: Point,
) {
    let mut x = at.x;
    for run in typeface.set(text, weight).chunk_by(|a, b| a.font == b.font) {
        let glyphs: Vec<KrillaGlyph> = run.iter().map(glyph).collect();
        let font = typeface.for_pdf(run[0].font);
        surface.draw_glyphs(Point::from_xy(x, at.y), &glyphs, font, text, size, false);
        x += run.iter().map(|glyph| glyph.advance).sum::<f32>() * size;
    }
}

fn glyph(set: &SetGlyph) -> KrillaGlyph {
    KrillaGlyph {
        glyph_id: GlyphId::new(set.glyph),
        text_range: set.text_range.clone(),
        x_advance: set.advance,
        x_offset: 0.0,
        y_offset: 0.0,
        y_advance: 0.0,
        location: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_label_is_one_small_page_with_its_fonts() {
        let label = samples::to_sofia();
        let pdf = pdf(&label, &Typeface::built_in()).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        assert!(pdf.len() < 60_000, "the fonts are cut to the letters used: {} bytes", pdf.len());
        let text = String::from_utf8_lossy(&pdf);
        assert_eq!(text.matches("/Type/Page/").count() + text.matches("/Type /Page\n").count(), 1);
        assert!(text.contains("/FontFile"), "the fonts travel with the document");
    }

    #[test]
    fn the_same_label_is_the_same_document() {
        let (label, typeface) = (samples::to_sofia(), Typeface::built_in());
        assert_eq!(pdf(&label, &typeface), pdf(&label, &Typeface::built_in()));
    }
}
