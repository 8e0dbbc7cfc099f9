//! The colours keep the contrast of WCAG 2.2 AA, in light and in dark.

use std::collections::BTreeMap;

/// Every colour property with its light and its dark value.
fn palette() -> BTreeMap<String, [[f64; 3]; 2]> {
    let sheet = include_str!("../../assets/app.css");
    let mut palette = BTreeMap::new();
    for line in sheet.lines().map(str::trim).filter(|line| line.starts_with("--")) {
        let Some((name, value)) = line.split_once(": light-dark(") else { continue };
        let values: Vec<[f64; 3]> =
            value.trim_end_matches(");").split(", ").map(|text| rgb(text.trim_start_matches('#'))).collect();
        palette.insert(name.trim_start_matches("--").to_owned(), [values[0], values[1]]);
    }
    palette
}

fn rgb(hex: &str) -> [f64; 3] {
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0)
}

/// Relative luminance and contrast as WCAG defines them.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn check(pairs: &[(&str, &[&str])], least: f64) {
    let palette = palette();
    for (ink, grounds) in pairs {
        for ground in *grounds {
            for (theme, name) in ["light", "dark"].iter().enumerate() {
                let found = contrast(palette[*ink][theme], palette[*ground][theme]);
                assert!(found >= least, "{ink} on {ground} in {name}: {found:.2}, at least {least}");
            }
        }
    }
}

#[test]
fn text_reads_on_every_ground_it_stands_on() {
    let plain: &[&str] = &["ground", "surface", "hover"];
    check(
        &[
            ("ink", plain),
            ("quiet", plain),
            ("accent", plain),
            ("on-accent", &["accent"]),
            ("bad-ink", plain),
            ("good-ink", plain),
            ("warn-ink", plain),
            ("quiet-ink", &["quiet-ground"]),
            ("busy-ink", &["busy-ground"]),
            ("good-ink", &["good-ground"]),
            ("warn-ink", &["warn-ground"]),
            ("bad-ink", &["bad-ground"]),
            ("surface", &["bad-ink"]),
        ],
        4.5,
    );
}

#[test]
fn edges_of_fields_and_states_of_units_stand_out() {
    let surface: &[&str] = &["surface"];
    let states = [
        "edge",
        "unallocated",
        "backordered",
        "allocated",
        "picked",
        "packed",
        "shipped",
        "ready",
        "delivered",
        "cancelled",
        "returned",
        "lost",
    ];
    check(&states.map(|state| (state, surface)), 3.0);
}

#[test]
fn the_station_s_answers_read_in_daylight() {
    let white = rgb("ffffff");
    let sheet = include_str!("../../assets/app.css");
    let grounds: Vec<&str> = sheet
        .lines()
        .filter(|line| line.starts_with(".outcome"))
        .filter_map(|line| line.split("background: #").nth(1)?.get(..6))
        .collect();
    assert_eq!(grounds.len(), 4);
    for ground in grounds {
        assert!(contrast(white, rgb(ground)) >= 7.0, "#{ground}");
    }
}
