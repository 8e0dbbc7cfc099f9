//! A label as black dots, one for one as a 203 dpi printer burns them: for previews, for printers that know no ZPL,
//! and for the letters that a printer's own font lacks.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{GlyphId, MetadataProvider};

use crate::layout::{self, HEIGHT, Mark, WIDTH};
use crate::typeface::{Typeface, Weight};
use crate::{LabelError, ShippingLabel};

/// From the top of the capitals down to the line they stand on, in units of the text's size.
pub(crate) const BASELINE: f32 = 0.74;

/// Black dots on white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    /// One byte a dot, row by row; true is black.
    dots: Vec<bool>,
}

/// Draws a label.
pub fn bitmap(label: &ShippingLabel, typeface: &Typeface) -> Result<Bitmap, LabelError> {
    let mut page = Bitmap::white(WIDTH, HEIGHT);
    for mark in layout::marks(label, typeface)? {
        match mark {
            Mark::Rule { x, y, width, height } => page.fill(x, y, width, height),
            Mark::Text { x, y, size, weight, text } => {
                let baseline = y as f32 + BASELINE * size as f32;
                page.text(typeface, &text, weight, size as f32, x as f32, baseline);
            }
            Mark::Barcode { x, y, module, height, code } => {
                for (start, width) in code.bars() {
                    page.fill(x + start as u32 * module, y, width as u32 * module, height);
                }
            }
        }
    }
    Ok(page)
}

impl Bitmap {
    /// Blank paper.
    pub fn white(width: u32, height: u32) -> Bitmap {
        Bitmap { width, height, dots: vec![false; width as usize * height as usize] }
    }

    /// Dots across.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Dots down.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// True where the paper is black; outside of it nothing is.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        x < self.width && y < self.height && self.dots[(y * self.width + x) as usize]
    }

    /// The dots packed eight to a byte, each row begun in a new byte, black as one: as ZPL and PBM want them.
    pub fn packed(&self) -> Vec<u8> {
        let mut packed = Vec::with_capacity(self.bytes_per_row() * self.height as usize);
        for row in self.dots.chunks(self.width.max(1) as usize) {
            for eight in row.chunks(8) {
                let bits = eight.iter().enumerate().map(|(n, &dot)| u8::from(dot) << (7 - n));
                packed.push(bits.fold(0, |byte, bit| byte | bit));
            }
        }
        packed
    }

    /// How many bytes of [`Bitmap::packed`] make a row.
    pub fn bytes_per_row(&self) -> usize {
        self.width.div_ceil(8) as usize
    }

    /// Blackens a box, as far as it is on the paper.
    pub fn fill(&mut self, x: u32, y: u32, width: u32, height: u32) {
        let across = x.min(self.width)..x.saturating_add(width).min(self.width);
        for row in y.min(self.height)..y.saturating_add(height).min(self.height) {
            let start = (row * self.width) as usize;
            self.dots[start + across.start as usize..start + across.end as usize].fill(true);
        }
    }

    /// Draws a line of text that stands on `baseline`.
    pub fn text(
        &mut self,
        typeface: &Typeface,
        text: &str,
        weight: Weight,
        size: f32,
        x: f32,
        baseline: f32,
    ) {
        let mut pen_x = x;
        for glyph in typeface.set(text, weight) {
            let font = typeface.font_ref(glyph.font);
            let mut outline = Outline { left: pen_x, baseline, ..Outline::default() };
            if let Some(found) = font.outline_glyphs().get(GlyphId::new(glyph.glyph)) {
                let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
                // A glyph that cannot be drawn is a fault of the operator's font; its place stays blank.
                if found.draw(settings, &mut outline).is_ok() {
                    self.fill_outline(&outline.edges);
                }
            }
            pen_x += glyph.advance * size;
        }
    }

    /// Blackens the dots whose centres lie inside, by the non-zero winding rule.
    fn fill_outline(&mut self, edges: &[Edge]) {
        let top = edges.iter().map(|edge| edge.y0.min(edge.y1)).fold(f32::INFINITY, f32::min);
        let bottom = edges.iter().map(|edge| edge.y0.max(edge.y1)).fold(f32::NEG_INFINITY, f32::max);
        let rows = top.max(0.0) as u32..(bottom.max(0.0).ceil() as u32).min(self.height);
        let mut crossings: Vec<(f32, i32)> = Vec::new();
        for row in rows {
            let y = row as f32 + 0.5;
            crossings.clear();
            crossings.extend(edges.iter().filter_map(|edge| edge.crossing(y)));
            crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut winding = 0;
            for pair in crossings.windows(2) {
                winding += pair[0].1;
                if winding != 0 {
                    let from = (pair[0].0 + 0.5).max(0.0) as u32;
                    let to = (pair[1].0 + 0.5).max(0.0) as u32;
                    self.fill(from, row, to.saturating_sub(from), 1);
                }
            }
        }
    }
}

/// A straight piece of an outline, in dots, downwards.
#[derive(Debug, Clone, Copy)]
struct Edge {
    x0: f32,
    y0: f32,
    x1: f32,
    y1: f32,
}

impl Edge {
    /// Where it crosses a row, and whether downwards (1) or upwards (-1).
    fn crossing(&self, y: f32) -> Option<(f32, i32)> {
        let direction = if self.y0 <= y && y < self.y1 {
            1
        } else if self.y1 <= y && y < self.y0 {
            -1
        } else {
            return None;
        };
        let along = (y - self.y0) / (self.y1 - self.y0);
        Some((self.x0 + along * (self.x1 - self.x0), direction))
    }
}

/// Collects a glyph's outline as straight pieces; curves are cut into enough of them for 203 dpi.
#[derive(Default)]
struct Outline {
    left: f32,
    baseline: f32,
    start: (f32, f32),
    pen: (f32, f32),
    edges: Vec<Edge>,
}

impl Outline {
    const PIECES: u8 = 8;

    fn line(&mut self, to: (f32, f32)) {
        self.edges.push(Edge {
            x0: self.left + self.pen.0,
            y0: self.baseline - self.pen.1,
            x1: self.left + to.0,
            y1: self.baseline - to.1,
        });
        self.pen = to;
    }

    /// Follows a curve given as a function of 0 to 1.
    fn follow(&mut self, curve: impl Fn(f32) -> (f32, f32)) {
        for piece in 1..=Outline::PIECES {
            self.line(curve(f32::from(piece) / f32::from(Outline::PIECES)));
        }
    }
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = (x, y);
        self.pen = (x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.line((x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (x0, y0) = self.pen;
        self.follow(|t| {
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            (a * x0 + b * cx + c * x, a * y0 + b * cy + c * y)
        });
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (x0, y0) = self.pen;
        self.follow(|t| {
            let s = 1.0 - t;
            let (a, b, c, d) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
            (a * x0 + b * cx0 + c * cx1 + d * x, a * y0 + b * cy0 + c * cy1 + d * y)
        });
    }

    fn close(&mut self) {
        self.line(self.start);
    }
}

#[cfg(test)]
mod tests {
    use rxing::{BarcodeFormat, helpers::detect_in_luma};

    use super::*;
    use crate::samples;

    fn scan(page: &Bitmap) -> String {
        let luma = page.dots.iter().map(|&dot| if dot { 0 } else { 255 }).collect();
        detect_in_luma(luma, page.width, page.height, Some(BarcodeFormat::CODE_128))
            .unwrap()
            .getText()
            .to_owned()
    }

    #[test]
    fn the_whole_label_scans() {
        let mut label = samples::to_sofia();
        for tracking_number in ["RR473124829NL", "1Z999AA10123456784", "00340434161094042557"] {
            label.tracking_number = tracking_number.into();
            assert_eq!(scan(&bitmap(&label, &Typeface::built_in()).unwrap()), tracking_number);
        }
    }

    #[test]
    fn nothing_is_printed_in_the_margin() {
        let mut label = samples::to_sofia();
        label.to.region = "Област София".into();
        label.from.line2 = "Dock 3".into();
        label.from.phone = "+31 20 555 0100".into();
        let page = bitmap(&label, &Typeface::built_in()).unwrap();
        for (n, _) in page.dots.iter().enumerate().filter(|(_, dot)| **dot) {
            let (x, y) = (n as u32 % WIDTH, n as u32 / WIDTH);
            assert!((16..WIDTH - 16).contains(&x) && (16..HEIGHT - 16).contains(&y), "a dot at {x}, {y}");
        }
    }

    #[test]
    fn a_letter_is_filled_and_its_eye_is_not() {
        let mut page = Bitmap::white(100, 100);
        page.text(&Typeface::built_in(), "O", Weight::Bold, 100.0, 5.0, 85.0);
        let row: Vec<bool> = (0..100).map(|x| page.is_black(x, 48)).collect();
        let changes = row.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 4, "white, wall, eye, wall, white");
    }

    #[test]
    fn dots_pack_into_bytes() {
        let mut page = Bitmap::white(10, 2);
        page.fill(0, 0, 1, 1);
        page.fill(9, 1, 5, 5);
        assert_eq!(page.packed(), [0b1000_0000, 0, 0, 0b0100_0000]);
    }
}
