//! Colours, and whether text in them can be read on our pages.

/// The contrast that WCAG 2.2 AA asks of text.
const READABLE: f64 = 4.5;

/// The darkest ground of light pages, and the lightest of dark ones: `--hover` of the console's sheet.
const LIGHT_GROUND: Colour = Colour([0xea, 0xf0, 0xf2]);
const DARK_GROUND: Colour = Colour([0x23, 0x2d, 0x33]);

/// What a colour is mixed with step by step until it can be read.
const STEPS: u16 = 32;

/// A colour by its red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// Reads `#0b5f73`.
    pub fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Colour([red, green, blue]))
    }

    /// The same, as style sheets write it.
    pub fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// True where text in it can be read on every ground of light pages, and white text on it.
    pub fn reads_on_light(self) -> bool {
        self.contrast(LIGHT_GROUND) >= READABLE
    }

    /// The same hue, no darker than light pages need to be read.
    pub fn for_light_pages(self) -> Colour {
        self.towards(0x00, Colour::reads_on_light)
    }

    /// The same hue, no lighter than dark pages need to be read.
    pub fn for_dark_pages(self) -> Colour {
        self.towards(0xff, |colour| colour.contrast(DARK_GROUND) >= READABLE)
    }

    fn towards(self, end: u8, is_good: impl Fn(Colour) -> bool) -> Colour {
        let mixed = |step| Colour(self.0.map(|part| mix(part, end, step)));
        (0..=STEPS).map(mixed).find(|colour| is_good(*colour)).unwrap_or(Colour([end; 3]))
    }

    /// The contrast of two colours as WCAG counts it: 1 for the same, 21 for black on white.
    fn contrast(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}

fn mix(part: u8, end: u8, step: u16) -> u8 {
    let sum = u16::from(part) * (STEPS - step) + u16::from(end) * step;
    u8::try_from(sum / STEPS).expect("a mean of two bytes is a byte")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_they_are_written() {
        assert_eq!(Colour::parse("#0B5F73").unwrap().hex(), "#0b5f73");
        for text in ["", "red", "#fff", "#12345g", "#+12345", "0b5f73", "#0b5f731", "#äöü"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_colour_has_one_near_it_that_reads_in_light_and_in_dark() {
        for text in ["#0b5f73", "#7a1f6b", "#ffcc00", "#ffffff", "#000000", "#00ff00", "#808080", "#00008b"] {
            let colour = Colour::parse(text).unwrap();
            let (light, dark) = (colour.for_light_pages(), colour.for_dark_pages());
            assert!(light.reads_on_light() && light.contrast(Colour([0xff; 3])) >= READABLE, "{text}");
            assert!(dark.contrast(DARK_GROUND) >= READABLE, "{text}");
            assert!(dark.contrast(Colour([0x06, 0x22, 0x2a])) >= READABLE, "{text}: what stands on it");
            assert_eq!(light == colour, colour.reads_on_light(), "{text}: what reads stays");
        }
        assert!(!Colour::parse("#ffcc00").unwrap().reads_on_light());
    }

    #[test]
    fn the_grounds_are_those_of_the_sheet() {
        let sheet = include_str!("../../console/assets/app.css");
        let hover = format!("--hover: light-dark({}, {});", LIGHT_GROUND.hex(), DARK_GROUND.hex());
        assert!(sheet.contains(&hover), "{hover}");
        assert!(sheet.contains("--on-accent: light-dark(#ffffff, #06222a);"));
    }
}
