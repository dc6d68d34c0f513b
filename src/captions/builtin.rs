//! The built-in embedding, for when there is no file of word vectors: hashed character n-grams. Words that are spelled
//! alike get like vectors; it knows nothing of meaning, and is named as what it is.

/// Length of a built-in vector, as that of the usual files.
pub const DIMENSION: usize = 300;

/// Length that vectors are scaled to: about that of the usual files, so that the weight of the words in the loss means
/// the same with and without them.
const NORM: f32 = 5.0;

/// What the built-in embedding is called wherever its name is shown.
pub const NAME: &str = "built-in character n-grams (300-d)";

/// The vector of a word: the sum of pseudo-random vectors of its n-grams of one to four characters, with marks at both
/// ends, and of the whole word, scaled to one length. The same on every machine and in every version.
pub fn vector(word: &str) -> Vec<f32> {
    let marked: Vec<char> = std::iter::once('<')
        .chain(word.chars())
        .chain(std::iter::once('>'))
        .collect();
    let mut sum = vec![0.0_f32; DIMENSION];
    for length in 1..=4 {
        for gram in marked.windows(length).filter(|gram| !matches!(gram, ['<' | '>'])) {
            add(&mut sum, gram);
        }
    }
    // The whole word once more, so that two words never coincide.
    add(&mut sum, &marked);
    let norm = sum
        .iter()
        .map(|value| value * value)
        .sum::<f32>()
        .sqrt()
        .max(f32::MIN_POSITIVE);
    sum.iter_mut().for_each(|value| *value *= NORM / norm);
    sum
}

fn add(sum: &mut [f32], gram: &[char]) {
    let seed = gram.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, c| {
        (hash ^ u64::from(u32::from(*c))).wrapping_mul(0x0000_0100_0000_01b3)
    });
    for (i, value) in sum.iter_mut().enumerate() {
        *value += unit(seed.wrapping_add(i as u64));
    }
}

/// A number in [-1, 1) from a counter (the finaliser of SplitMix64).
fn unit(counter: u64) -> f32 {
    let mut z = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    (z >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        vector(a).iter().zip(vector(b)).map(|(a, b)| a * b).sum::<f32>() / (NORM * NORM)
    }

    #[test]
    fn words_spelled_alike_are_alike() {
        assert!(cosine("vaccine", "vaccines") > 0.6);
        assert!(cosine("疫苗", "新冠疫苗") > cosine("疫苗", "老年人"));
        assert!(cosine("vaccine", "storm").abs() < 0.3);
        assert!((cosine("storm", "storm") - 1.0).abs() < 1e-5);
    }

    #[test]
    fn vectors_never_change() {
        // Projects keep networks trained on these very numbers.
        let storm = vector("storm");
        assert_eq!(storm.len(), DIMENSION);
        let shown: Vec<String> = storm.iter().take(3).map(|value| format!("{value:.5}")).collect();
        assert_eq!(shown, ["-0.27755", "0.24783", "0.24912"]);
    }
}
