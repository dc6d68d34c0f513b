//! Vectors for any word, made from its spelling alone.

use super::{LoadedVectors, WordVectors};
use crate::project::files::fnv1a;

/// Numbers in a vector.
const DIMENSION: usize = 300;

/// Length that vectors are scaled to: less than the 5 or so of the usual files, for spelling should weigh less against
/// the pictures than meaning. At 5 the clusters of the test videos lose the pictures, at 1 the words are not learned.
const NORM: f64 = 2.0;

/// The shortest and longest pieces of a word, its two ends marked.
const PIECES: std::ops::RangeInclusive<usize> = 2..=4;

pub(super) fn load(words: &[String]) -> LoadedVectors {
    LoadedVectors {
        vectors: words.iter().flat_map(|word| vector(word)).collect(),
        dimension: DIMENSION,
        found: vec![true; words.len()],
        source: WordVectors::BUILT_IN.to_owned(),
        warnings: Vec::new(),
    }
}

/// The sum of a fixed random direction for each piece of the word and for the whole, to one length (as in
/// Bojanowski et al. 2017, but hashed rather than learned). Words that share pieces lie near each other; meaning
/// is not in it.
fn vector(word: &str) -> [f32; DIMENSION] {
    let marked: Vec<char> = std::iter::once('<')
        .chain(word.chars())
        .chain(std::iter::once('>'))
        .collect();
    let mut sum = [0_i32; DIMENSION];
    add_direction(word, &mut sum);
    for piece in PIECES.flat_map(|size| marked.windows(size)) {
        add_direction(&piece.iter().collect::<String>(), &mut sum);
    }
    // Whole numbers up to here, so that every machine gets the same vector.
    let length = sum
        .iter()
        .map(|value| f64::from(*value).powi(2))
        .sum::<f64>()
        .sqrt();
    sum.map(|value| (f64::from(value) * NORM / length.max(1.0)) as f32)
}

/// Adds 1 or -1 to each number, by the bits of a SplitMix64 sequence that the hash of the text begins.
fn add_direction(text: &str, sum: &mut [i32; DIMENSION]) {
    let mut state = fnv1a(text.bytes());
    for values in sum.chunks_mut(64) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        for value in values {
            *value += if bits & 1 == 1 { 1 } else { -1 };
            bits >>= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let product: f32 = vector(a).iter().zip(vector(b)).map(|(a, b)| a * b).sum();
        product / (NORM * NORM) as f32
    }

    #[test]
    fn vectors_have_one_length_and_never_change() {
        for word in ["vaccine", "疫", ""] {
            assert!((cosine(word, word) - 1.0).abs() < 1e-5);
        }
        let signs: String = vector("vaccine")
            .iter()
            .take(24)
            .map(|v| if *v > 0.0 { '+' } else { '-' })
            .collect();
        assert_eq!(signs, "----+-----+---+-+--+++--");
    }

    #[test]
    fn words_of_one_stem_are_near() {
        assert!(cosine("vaccine", "vaccines") > 0.5);
        assert!(cosine("疫苗", "新冠疫苗") > 0.3);
        assert!(cosine("vaccine", "thursday").abs() < 0.25);
    }
}
