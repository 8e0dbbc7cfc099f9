//! Where each mark of a label goes: 4 by 6 inches, in dots of a 203 dpi printer. The writers draw what is here and
//! decide nothing.

use kernel::Address;

use crate::code128::Code128;
use crate::typeface::{Typeface, Weight};
use crate::{LabelError, ShippingLabel};

/// Width of a label in dots.
pub const WIDTH: u32 = 812;
/// Height of a label in dots.
pub const HEIGHT: u32 = 1218;
/// Dots in an inch.
pub const DOTS_PER_INCH: u32 = 203;

/// Nothing is printed nearer to the edge: cutters and rollers drift.
const MARGIN: u32 = 30;
const INNER: u32 = WIDTH - 2 * MARGIN;
/// GS1 and most carriers ask for bars of 0.25 mm and more: two dots.
const MIN_MODULE: usize = 2;
const MAX_MODULE: usize = 4;
const QUIET_MODULES: usize = 10;
/// Text is made this much smaller, in percent, before it is cut.
const SMALLEST_PERCENT: u32 = 70;

/// Something to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A filled box: a rule.
    Rule {
        /// Left edge.
        x: u32,
        /// Top edge.
        y: u32,
        /// Dots across.
        width: u32,
        /// Dots down.
        height: u32,
    },
    /// A line of text, already clean and short enough.
    Text {
        /// Left edge.
        x: u32,
        /// Top of the capitals, about.
        y: u32,
        /// Size of the letters.
        size: u32,
        /// Stroke weight.
        weight: Weight,
        /// The text.
        text: String,
    },
    /// A barcode without its text.
    Barcode {
        /// Left edge of the first bar.
        x: u32,
        /// Top edge.
        y: u32,
        /// Dots to a module.
        module: u32,
        /// Height of the bars.
        height: u32,
        /// What it says.
        code: Code128,
    },
}

/// The marks of a label.
pub fn marks(label: &ShippingLabel, typeface: &Typeface) -> Result<Vec<Mark>, LabelError> {
    let mut page = Page { typeface, marks: Vec::new() };
    page.text(MARGIN, 32, 500, 54, Weight::Bold, &label.carrier_name);
    page.text(MARGIN, 100, 500, 34, Weight::Regular, &label.service_name);
    page.text(560, 32, 222, 28, Weight::Regular, &label.shipped_on.to_string());
    page.text(560, 68, 222, 28, Weight::Regular, &kilograms(label.weight_grams));
    page.text(560, 104, 222, 28, Weight::Bold, &parcel_of(label));
    page.rule(148);

    page.text(MARGIN, 162, INNER, 20, Weight::Regular, "FROM");
    let mut y = 188;
    for line in address_lines(&label.from) {
        page.text(MARGIN, y, INNER, 26, Weight::Regular, &line.text);
        y += 31;
    }
    page.rule(382);

    page.text(MARGIN, 396, INNER, 24, Weight::Bold, "TO");
    let mut y = 428;
    for line in address_lines(&label.to) {
        let (size, weight) = match line.part {
            Part::Name | Part::Street => (42, Weight::Regular),
            Part::Town => (54, Weight::Bold),
            Part::Phone => (28, Weight::Regular),
        };
        page.text(MARGIN, y, INNER, size, weight, &line.text);
        y += size + 10;
    }
    page.rule(796);

    page.text(MARGIN, 812, 500, 20, Weight::Regular, "ORDER");
    page.text(MARGIN, 836, INNER, 34, Weight::Regular, &label.order_reference);
    page.text(MARGIN, 882, INNER, 28, Weight::Regular, &label.note);
    page.rule(924);
    page.barcode(&label.tracking_number)?;
    Ok(page.marks)
}

/// Every text of the label, cleaned, whether it will fit or not.
pub fn words(label: &ShippingLabel) -> Vec<String> {
    let lines = address_lines(&label.from).into_iter().chain(address_lines(&label.to)).map(|line| line.text);
    let singles = [&label.carrier_name, &label.service_name, &label.order_reference, &label.note];
    lines.chain(singles.map(|text| text.to_owned())).map(|text| clean(&text)).collect()
}

/// Text with nothing in it that moves the pen, turns the line around or hides: what is left is what is seen.
pub fn clean(text: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let visible: String = text
        .chars()
        .filter(|&c| !is_hidden(c))
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

struct Page<'a> {
    typeface: &'a Typeface,
    marks: Vec<Mark>,
}

impl Page<'_> {
    fn rule(&mut self, y: u32) {
        self.marks.push(Mark::Rule { x: MARGIN, y, width: INNER, height: 3 });
    }

    /// Text that is made smaller until it fits, and cut where even that does not help.
    fn text(&mut self, x: u32, y: u32, room: u32, size: u32, weight: Weight, text: &str) {
        let mut text = clean(text);
        if text.is_empty() {
            return;
        }
        let width_of_one = self.typeface.width(&text, weight, 1.0);
        let fitting = (room as f32 / width_of_one.max(f32::EPSILON)) as u32;
        let smallest = size * SMALLEST_PERCENT / 100;
        let printed = fitting.clamp(smallest, size);
        if fitting < smallest {
            text = self.cut(&text, weight, room as f32 / smallest as f32);
        }
        self.marks.push(Mark::Text { x, y, size: printed, weight, text });
    }

    /// As much of the text as fits beside the dots that say that there was more.
    fn cut(&self, text: &str, weight: Weight, room: f32) -> String {
        let mut left = room - self.typeface.width("...", weight, 1.0);
        let mut end = 0;
        for glyph in self.typeface.set(text, weight) {
            left -= glyph.advance;
            if left < 0.0 {
                break;
            }
            end = glyph.text_range.end;
        }
        format!("{}...", text[..end].trim_end())
    }

    fn barcode(&mut self, tracking_number: &str) -> Result<(), LabelError> {
        let code = Code128::encode(tracking_number)
            .map_err(|_| LabelError::NotEncodable(tracking_number.chars().take(80).collect()))?;
        let modules = code.modules() + 2 * QUIET_MODULES;
        let module = (WIDTH as usize / modules).min(MAX_MODULE);
        if module < MIN_MODULE {
            let room = WIDTH as usize / MIN_MODULE;
            return Err(LabelError::TooLong { tracking_number: tracking_number.to_owned(), modules, room });
        }
        let x = (WIDTH as usize - code.modules() * module) / 2;
        let (x, module) = (x as u32, module as u32);
        self.marks.push(Mark::Barcode { x, y: 948, module, height: 190, code });
        let width = self.typeface.width(tracking_number, Weight::Bold, 40.0).min(INNER as f32);
        let x = ((WIDTH as f32 - width) / 2.0) as u32;
        self.text(x.max(MARGIN), 1150, INNER, 40, Weight::Bold, tracking_number);
        Ok(())
    }
}

enum Part {
    Name,
    Street,
    Town,
    Phone,
}

struct Line {
    part: Part,
    text: String,
}

/// The lines of an address, without empty ones.
fn address_lines(address: &Address) -> Vec<Line> {
    let town = format!("{} {}", address.postal_code, address.city);
    let region_and_country = match (address.region.is_empty(), address.country.is_empty()) {
        (false, false) => format!("{}, {}", address.region, address.country),
        _ => format!("{}{}", address.region, address.country),
    };
    let lines = [
        (Part::Name, address.name.clone()),
        (Part::Street, address.line1.clone()),
        (Part::Street, address.line2.clone()),
        (Part::Town, town),
        (Part::Town, region_and_country),
        (Part::Phone, address.phone.clone()),
    ];
    lines
        .into_iter()
        .filter(|(_, text)| !clean(text).is_empty())
        .map(|(part, text)| Line { part, text })
        .collect()
}

fn kilograms(grams: i64) -> String {
    format!("{}.{:03} kg", grams / 1000, grams.unsigned_abs() % 1000)
}

fn parcel_of(label: &ShippingLabel) -> String {
    format!("{} of {}", label.parcel_no, label.parcel_count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn texts(label: &ShippingLabel) -> Vec<String> {
        marks(label, &Typeface::built_in())
            .unwrap()
            .into_iter()
            .filter_map(|mark| match mark {
                Mark::Text { text, .. } => Some(text),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_label_says_who_what_and_where() {
        let said = texts(&samples::to_sofia());
        for expected in
            ["Иван Щербаков", "1000 София", "BG", "1.250 kg", "1 of 2", "#100482", "RR473124829NL"]
        {
            assert!(said.iter().any(|text| text == expected), "{expected} in {said:?}");
        }
    }

    #[test]
    fn a_long_line_is_made_smaller_and_then_cut() {
        let mut label = samples::to_sofia();
        label.to.line1 = "Oberbürgermeister-Dr.-Hermann-Schmidt-Straße 1234".into();
        label.to.line2 = "W".repeat(500);
        let typeface = Typeface::built_in();
        for mark in marks(&label, &typeface).unwrap() {
            let Mark::Text { x, size, weight, text, .. } = mark else { continue };
            assert!(
                x as f32 + typeface.width(&text, weight, size as f32) <= (WIDTH - MARGIN) as f32 + 1.0,
                "{text}"
            );
        }
        let said = texts(&label);
        assert!(said.contains(&label.to.line1), "the long street still fits");
        assert!(said.iter().any(|text| text.ends_with("W...")), "the absurd one is cut");
    }

    #[test]
    fn text_that_would_move_the_pen_or_turn_the_line_is_cleaned() {
        assert_eq!(clean("a\r\nb\tc\u{0}\u{1b}[31m"), "a b c [31m");
        assert_eq!(clean("\u{202e}gnp.exe\u{202c} \u{200b}ok\u{feff}"), "gnp.exe ok");
        assert_eq!(clean("  \n "), "");
    }

    #[test]
    fn a_tracking_number_too_long_for_the_paper_is_refused() {
        let mut label = samples::to_sofia();
        label.tracking_number = "A".repeat(40);
        assert!(matches!(marks(&label, &Typeface::built_in()), Err(LabelError::TooLong { .. })));
        label.tracking_number = "трек".into();
        assert!(matches!(marks(&label, &Typeface::built_in()), Err(LabelError::NotEncodable(_))));
        label.tracking_number = "1".repeat(40);
        assert!(marks(&label, &Typeface::built_in()).is_ok(), "digits travel in pairs");
    }
}
