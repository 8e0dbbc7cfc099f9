//! What a box weighs and measures when nobody has a scale at hand.

use carriers::ParcelSize;
use kernel::Quantity;

/// Units in a box, with what one of them weighs and measures; 0 where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contained {
    /// How many.
    pub quantity: Quantity,
    /// Weight of one.
    pub weight_grams: i64,
    /// The three sides of one, in any order.
    pub sides_mm: [i64; 3],
}

/// An empty box with its filling, and the least a parcel is taken to be.
const BOX_GRAMS: i64 = 100;
const LEAST_SIDE_MM: i64 = 10;

/// The size of the smallest box that could hold these units if they could be poured: as long and wide as the longest
/// and widest of them, as high as their volume needs, rounded up. Real boxes have air in them, so this is a lower
/// bound; a scale knows better.
pub fn estimated_size(contents: &[Contained]) -> ParcelSize {
    let mut sides = [LEAST_SIDE_MM; 3];
    let (mut weight_grams, mut volume_mm3) = (i128::from(BOX_GRAMS), 0_i128);
    for contained in contents {
        let mut unit = contained.sides_mm;
        unit.sort_unstable_by(|a, b| b.cmp(a));
        for (side, unit) in sides.iter_mut().zip(unit) {
            *side = unit.max(*side);
        }
        let units = i128::from(contained.quantity.units());
        weight_grams += units * i128::from(contained.weight_grams);
        volume_mm3 += units * unit.iter().map(|&side| i128::from(side)).product::<i128>();
    }
    let [length_mm, width_mm, least_height] = sides;
    let floor = i128::from(length_mm) * i128::from(width_mm);
    let height_mm = i128::from(least_height).max((volume_mm3 + floor - 1) / floor);
    let fit = |amount: i128| i64::try_from(amount).unwrap_or(i64::MAX);
    ParcelSize { weight_grams: fit(weight_grams), length_mm, width_mm, height_mm: fit(height_mm) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contained(units: i64, weight_grams: i64, sides_mm: [i64; 3]) -> Contained {
        Contained { quantity: Quantity::new(units).unwrap(), weight_grams, sides_mm }
    }

    #[test]
    fn a_box_is_as_large_as_what_is_in_it() {
        let size = |weight_grams, [length_mm, width_mm, height_mm]: [i64; 3]| ParcelSize {
            weight_grams,
            length_mm,
            width_mm,
            height_mm,
        };
        assert_eq!(estimated_size(&[contained(1, 250, [80, 200, 120])]), size(350, [200, 120, 80]));
        // Three of them lie on each other; a pen lies beside.
        let three = [contained(3, 250, [80, 200, 120]), contained(1, 10, [10, 140, 10])];
        assert_eq!(estimated_size(&three), size(860, [200, 120, 241]));
        // Of an item that nobody measured at least the paper is carried.
        assert_eq!(estimated_size(&[contained(5, 0, [0, 0, 0])]), size(100, [10, 10, 10]));
        assert_eq!(
            estimated_size(&[contained(1_000_000_000_000, 1_000_000_000, [100_000; 3])]).height_mm,
            100_000_000_000_000_000
        );
    }
}
