//! ZPL II, the language of thermal label printers: 4 by 6 inches at 203 dpi.
//!
//! Latin text is left to the printer's own font. Every other script is sent as dots ([`crate::bitmap()`]), because what
//! fonts a printer has cannot be known from here and a name must never come out as garbage.

use std::fmt::Write;

use crate::bitmap::{BASELINE, Bitmap};
use crate::code128::{Code128, Step};
use crate::layout::{self, HEIGHT, Mark, WIDTH};
use crate::typeface::{Typeface, Weight};
use crate::{LabelError, ShippingLabel};

/// The label as ZPL, ready to be sent to a printer.
pub fn zpl(label: &ShippingLabel, typeface: &Typeface) -> Result<String, LabelError> {
    let mut out = format!("^XA\n^CI28\n^PW{WIDTH}\n^LL{HEIGHT}\n^LH0,0\n");
    for mark in layout::marks(label, typeface)? {
        match mark {
            Mark::Rule { x, y, width, height } => {
                line(&mut out, format_args!("^FO{x},{y}^GB{width},{height},{height}^FS"));
            }
            Mark::Text { x, y, size, text, .. } if is_in_printer_font(&text) => {
                line(&mut out, format_args!("^FO{x},{y}^A0N,{size},0^FH^FD{}^FS", escaped(&text)));
            }
            Mark::Text { x, y, size, weight, text } => {
                graphic(&mut out, typeface, (x, y), size, weight, &text);
            }
            Mark::Barcode { x, y, module, height, code } => {
                let data = barcode_data(&code);
                line(&mut out, format_args!("^FO{x},{y}^BY{module}^BCN,{height},N,N,N^FH^FD{data}^FS"));
            }
        }
    }
    out.push_str("^XZ\n");
    Ok(out)
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string cannot fail");
    out.push('\n');
}

/// Font 0 has Latin-1 on every printer, whatever its firmware.
fn is_in_printer_font(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='~' | '\u{a1}'..='\u{ff}'))
}

/// Text in which ZPL sees no command: `^` and `~` begin one, `_` begins a hexadecimal byte under `^FH`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '^' => out.push_str("_5E"),
            '~' => out.push_str("_7E"),
            '_' => out.push_str("_5F"),
            c => out.push(c),
        }
    }
    out
}

/// The data of `^BC` with our own choice of code sets, so that the printer draws the bars that we tested.
fn barcode_data(code: &Code128) -> String {
    let mut out = String::new();
    for (n, step) in code.steps().iter().enumerate() {
        match *step {
            Step::ToB => out.push_str(if n == 0 { ">:" } else { ">6" }),
            Step::ToC => out.push_str(if n == 0 { ">;" } else { ">5" }),
            Step::Pair(pair) => {
                write!(out, "{pair:02}").expect("writing to a string cannot fail");
            }
            Step::Character('^') => out.push_str("><"),
            Step::Character('>') => out.push_str(">0"),
            Step::Character('~') => out.push_str(">="),
            Step::Character('_') => out.push_str("_5F"),
            Step::Character(c) => out.push(c),
        }
    }
    out
}

/// Text as dots. Accents stand above the capitals, so the picture begins a little higher than they do.
fn graphic(out: &mut String, typeface: &Typeface, at: (u32, u32), size: u32, weight: Weight, text: &str) {
    let above = (size / 4).min(at.1);
    let width = (typeface.width(text, weight, size as f32).ceil() as u32 + 2).min(WIDTH.saturating_sub(at.0));
    let mut picture = Bitmap::white(width, above + size + size / 4);
    picture.text(typeface, text, weight, size as f32, 0.0, above as f32 + BASELINE * size as f32);
    let bytes = picture.packed();
    let (total, row) = (bytes.len(), picture.bytes_per_row());
    write!(out, "^FO{},{}^GFA,{total},{total},{row},", at.0, at.1 - above)
        .expect("writing to a string cannot fail");
    for byte in bytes {
        write!(out, "{byte:02X}").expect("writing to a string cannot fail");
    }
    out.push_str("^FS\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    fn written(label: &ShippingLabel) -> String {
        zpl(label, &Typeface::built_in()).unwrap()
    }

    #[test]
    fn a_label_is_one_format_with_its_barcode() {
        let zpl = written(&samples::to_sofia());
        assert!(zpl.starts_with("^XA\n^CI28\n^PW812\n^LL1218\n"));
        assert!(zpl.ends_with("^XZ\n"));
        assert!(
            zpl.contains("^BY4^BCN,190,N,N,N^FH^FD>:RR4>573124829>6NL^FS") || zpl.contains("^FD>:RR>5"),
            "{zpl}"
        );
        assert!(zpl.contains("^FDQuartermaster Tea^FS"));
        assert!(!zpl.contains("Щербаков"), "Cyrillic goes as dots");
        assert_eq!(zpl.matches("^GFA,").count(), 4, "name, street, flat, town");
    }

    #[test]
    fn a_graphic_has_as_many_bytes_as_it_says() {
        for field in written(&samples::to_sofia()).lines().filter_map(|line| line.split_once("^GFA,")) {
            let parts: Vec<&str> = field.1.trim_end_matches("^FS").split(',').collect();
            let [total, same, row, hex] = parts[..] else { panic!("{parts:?}") };
            let (total, row): (usize, usize) = (total.parse().unwrap(), row.parse().unwrap());
            assert_eq!(same, total.to_string());
            assert_eq!((hex.len(), total % row), (2 * total, 0));
        }
    }

    #[test]
    fn a_hostile_name_cannot_command_the_printer() {
        let mut label = samples::to_sofia();
        label.to.name = "^XZ~JR^XA^FDfree_5E".into();
        label.tracking_number = "A^B~C>D_E".into();
        let zpl = written(&label);
        assert_eq!((zpl.matches("^XA").count(), zpl.matches("^XZ").count()), (1, 1));
        assert!(!zpl.contains('~'));
        assert!(zpl.contains("_5EXZ_7EJR_5EXA_5EFDfree_5F5E"));
        assert!(zpl.contains(">:A><B>=C>0D_5FE"));
    }

    proptest! {
        #[test]
        fn whatever_people_write_no_command_gets_through(name in any::<String>(), note in any::<String>()) {
            let mut label = samples::to_sofia();
            let commands = |zpl: &str| zpl.matches('^').count() - 4 * zpl.matches("^GFA").count();
            label.to.name = "plain".into();
            label.note = "plain".into();
            let most = commands(&written(&label));
            label.to.name = name;
            label.note = note;
            let zpl = written(&label);
            prop_assert!(commands(&zpl) <= most);
            prop_assert_eq!(zpl.matches('~').count(), 0);
            prop_assert!(zpl.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
