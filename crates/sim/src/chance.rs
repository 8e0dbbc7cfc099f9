//! Chance from a seed. Every throw has a purpose, so that one actor's luck does not hang on how often another threw.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Dice that show the same for the same purpose in the same world (FNV-1a of the purpose, mixed with the seed).
pub fn dice(seed: u64, purpose: &str) -> ChaCha8Rng {
    let hash = purpose
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    ChaCha8Rng::seed_from_u64(seed ^ hash)
}

/// True this often in a thousand throws.
pub fn happens(dice: &mut ChaCha8Rng, of_a_thousand: u32) -> bool {
    dice.random_range(0..1000) < of_a_thousand
}

/// One of several.
pub fn one_of<'a, T>(dice: &mut ChaCha8Rng, all: &'a [T]) -> &'a T {
    &all[dice.random_range(0..all.len())]
}

/// How often something happens that happens `mean` times on average (Knuth; for small means).
pub fn poisson(dice: &mut ChaCha8Rng, mean: f64) -> u32 {
    let (limit, mut product, mut count) = ((-mean).exp(), dice.random::<f64>(), 0);
    while product > limit {
        product *= dice.random::<f64>();
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_minutes_of_chance_come_out_at_the_mean() {
        let total: u32 =
            (0..10_000).map(|minute| poisson(&mut dice(7, &format!("minute {minute}")), 0.4)).sum();
        assert!((3_800..4_200).contains(&total), "{total}");
    }
}
