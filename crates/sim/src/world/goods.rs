//! What is sold. The goods are made up, and so are their barcodes: GS1 keeps the prefixes 20 to 29 for the inside of a
//! company, so they are nobody's in the world outside.

/// A thing in several versions.
struct Kind {
    title: &'static str,
    versions: &'static [&'static str],
    weight_grams: i64,
    /// Longest side first.
    size_mm: [i64; 3],
    price_minor: i64,
}

/// One version of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The seller's code.
    pub sku: String,
    /// The name.
    pub title: String,
    /// The EAN-13 on it.
    pub barcode: String,
    /// Weight of one.
    pub weight_grams: i64,
    /// Longest side first.
    pub size_mm: [i64; 3],
    /// What one costs.
    pub price_minor: i64,
}

const COLOURS: &[&str] = &["sage", "oat", "slate", "rust", "indigo", "chalk"];
const WOODS: &[&str] = &["oak", "beech", "walnut", "ash", "olive", "cherry"];
const GLAZES: &[&str] = &["moss", "sand", "ink", "salt", "clay", "sea"];
const SIZES: &[&str] = &["XS", "S", "M", "L", "XL", "XXL"];
const SCENTS: &[&str] = &["lavender", "cedar", "orange", "fig", "rosemary", "unscented"];
const RULINGS: &[&str] = &["plain", "lined", "dotted", "squared", "music", "diary"];
const SEEDS: &[&str] = &["basil", "chives", "dill", "marigold", "nasturtium", "tomato"];
const LEAVES: &[&str] = &["green", "black", "white", "mint", "rooibos", "smoked"];
const ROASTS: &[&str] = &["light", "medium", "dark", "decaffeinated", "single farm", "house"];

/// Fifty kinds of six versions each.
const KINDS: [Kind; 50] = [
    kind("Linen tea towel", COLOURS, 120, [250, 180, 15], 1290),
    kind("Linen apron", COLOURS, 340, [300, 250, 30], 3900),
    kind("Oven glove", COLOURS, 210, [320, 180, 40], 1690),
    kind("Waffle bath towel", COLOURS, 520, [350, 300, 60], 2990),
    kind("Cotton washcloth", COLOURS, 60, [150, 150, 15], 590),
    kind("Wool blanket", COLOURS, 1450, [450, 380, 120], 8900),
    kind("Cushion cover", COLOURS, 260, [300, 300, 25], 2450),
    kind("Feather cushion", COLOURS, 780, [500, 500, 180], 3200),
    kind("Felt slippers", SIZES, 430, [310, 220, 110], 4200),
    kind("Merino socks", SIZES, 75, [200, 100, 30], 1450),
    kind("Rain poncho", SIZES, 390, [280, 220, 60], 4900),
    kind("Garden gloves", SIZES, 140, [260, 130, 30], 1590),
    kind("Work shirt", SIZES, 380, [330, 270, 40], 5900),
    kind("Chopping board", WOODS, 1350, [400, 280, 25], 4600),
    kind("Rolling pin", WOODS, 480, [450, 60, 60], 2200),
    kind("Salad servers", WOODS, 130, [310, 90, 30], 1890),
    kind("Butter dish", WOODS, 560, [210, 120, 90], 2900),
    kind("Pepper mill", WOODS, 320, [180, 60, 60], 3400),
    kind("Wall hook, set of three", WOODS, 150, [160, 80, 40], 1690),
    kind("Picture frame 20 x 30", WOODS, 640, [340, 240, 30], 2790),
    kind("Step stool", WOODS, 3900, [420, 340, 260], 7900),
    kind("Stoneware mug", GLAZES, 380, [130, 100, 100], 1650),
    kind("Stoneware bowl", GLAZES, 540, [170, 170, 80], 1950),
    kind("Dinner plate", GLAZES, 720, [280, 280, 30], 2150),
    kind("Teapot", GLAZES, 980, [240, 160, 160], 4800),
    kind("Jug", GLAZES, 860, [220, 150, 130], 3600),
    kind("Flower pot 14 cm", GLAZES, 950, [150, 150, 140], 1490),
    kind("Flower pot 24 cm", GLAZES, 3200, [250, 250, 230], 3290),
    kind("Candle holder", GLAZES, 290, [110, 90, 90], 1390),
    kind("Soap bar", SCENTS, 110, [80, 60, 30], 690),
    kind("Hand cream", SCENTS, 95, [150, 45, 35], 1190),
    kind("Candle in a tin", SCENTS, 260, [90, 90, 70], 1590),
    kind("Bath salt", SCENTS, 620, [140, 100, 80], 1390),
    kind("Laundry soap", SCENTS, 1080, [230, 120, 80], 1090),
    kind("Notebook A5", RULINGS, 290, [215, 150, 18], 1490),
    kind("Notebook A4", RULINGS, 560, [300, 215, 18], 1990),
    kind("Pocket pad, set of three", RULINGS, 130, [145, 95, 20], 990),
    kind("Loose sheets, 100", RULINGS, 480, [300, 215, 15], 890),
    kind("Seed packet", SEEDS, 12, [130, 90, 5], 350),
    kind("Growing kit", SEEDS, 740, [200, 150, 130], 1790),
    kind("Window box", GLAZES, 1850, [600, 170, 160], 3490),
    kind("Watering can 5 l", COLOURS, 880, [400, 330, 190], 3900),
    kind("Loose tea 100 g", LEAVES, 135, [150, 90, 60], 890),
    kind("Tea bags, 40", LEAVES, 110, [140, 80, 70], 590),
    kind("Tea tin", LEAVES, 340, [140, 90, 90], 1690),
    kind("Coffee beans 1 kg", ROASTS, 1030, [280, 120, 80], 2190),
    kind("Coffee beans 250 g", ROASTS, 265, [180, 90, 60], 790),
    kind("Enamel pan 20 cm", COLOURS, 1250, [380, 220, 120], 4450),
    kind("Storage basket", COLOURS, 690, [380, 300, 240], 2890),
    kind("Canvas rucksack", COLOURS, 980, [440, 320, 140], 8450),
];

const fn kind(
    title: &'static str,
    versions: &'static [&'static str],
    weight_grams: i64,
    size_mm: [i64; 3],
    price_minor: i64,
) -> Kind {
    Kind { title, versions, weight_grams, size_mm, price_minor }
}

/// Everything that is sold.
pub fn all() -> Vec<Goods> {
    let versions = KINDS.iter().zip(1..).flat_map(|(kind, kind_no)| {
        kind.versions.iter().zip(1..).map(move |(version, version_no)| (kind, kind_no, version, version_no))
    });
    versions
        .map(|(kind, kind_no, version, version_no)| Goods {
            sku: format!("TT-{kind_no:02}{version_no}"),
            title: format!("{}, {version}", kind.title),
            barcode: ean13(29, kind_no * 100 + version_no),
            weight_grams: kind.weight_grams,
            size_mm: kind.size_mm,
            price_minor: kind.price_minor,
        })
        .collect()
}

/// An EAN-13: two digits of prefix, ten of number, and the check digit (GS1 General Specifications 7.9).
fn ean13(prefix: i64, number: i64) -> String {
    let body = format!("{prefix:02}{number:010}");
    let weighted: u32 = body
        .bytes()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", (10 - weighted % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_three_hundred_goods_with_barcodes_that_scan() {
        let goods = all();
        assert_eq!(goods.len(), 300);
        for goods in &goods {
            assert!(catalogue::gtin14(&goods.barcode).is_some(), "{goods:?}");
            assert!(goods.barcode.starts_with("29"), "{goods:?}");
            assert!(goods.size_mm.is_sorted_by(|one, next| one >= next), "{goods:?}");
        }
    }
}
