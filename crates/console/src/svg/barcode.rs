//! A Code 128 barcode as SVG, to be printed with a page.

use labels::code128::Code128;

/// How wide a module is, in thousandths of a millimetre: what hand-held scanners read without fuss.
const MODULE: usize = 250;

/// How high the bars are, in the same unit.
const HEIGHT: usize = 15_000;

/// The white that readers need on either side, in modules.
const QUIET: usize = 10;

/// The picture, with its true size; none where the code has characters that are not ASCII.
pub fn bars(code: &str) -> Option<String> {
    let barcode = Code128::encode(code).ok()?;
    let width = (barcode.modules() + 2 * QUIET) * MODULE;
    let bars: String = barcode
        .bars()
        .into_iter()
        .map(|(at, wide)| {
            format!("M{} 0h{}v{HEIGHT}h-{}z", (at + QUIET) * MODULE, wide * MODULE, wide * MODULE)
        })
        .collect();
    let millimetres = |thousandths: usize| format!("{}.{:03}mm", thousandths / 1000, thousandths % 1000);
    Some(format!(
        "<svg class=\"barcode\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{}\" height=\"{}\" aria-hidden=\"true\">\
         <rect width=\"{width}\" height=\"{HEIGHT}\" fill=\"#fff\"/><path d=\"{bars}\" fill=\"#000\"/></svg>",
        millimetres(width),
        millimetres(HEIGHT)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_s_bars_fit_a_card() {
        let drawn = bars("QB0123456789ABCDEFGHJK").unwrap();
        let (_, rest) = drawn.split_once("width=\"").unwrap();
        let millimetres: f64 = rest.split("mm").next().unwrap().parse().unwrap();
        assert!(millimetres <= 85.6, "{millimetres}");
        assert!(bars("茶").is_none());
    }
}
