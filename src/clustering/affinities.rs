//! How strongly points attract each other on the map.

use super::points::Neighbour;
use rayon::prelude::*;

/// How near the entropy of a point's probabilities must come to that of the perplexity.
const TOLERANCE: f64 = 1e-5;
/// Halvings of the search for the width of a point's surroundings.
const MOST_STEPS: usize = 200;

/// Joint probabilities of neighbours (van der Maaten and Hinton, 2008), the same in both directions; they sum to
/// one. The others of point `i` and their probabilities are at `starts[i]..starts[i + 1]`.
pub(super) struct Affinities {
    starts: Vec<usize>,
    others: Vec<u32>,
    probabilities: Vec<f32>,
}

impl Affinities {
    pub fn new(neighbours: &[Vec<Neighbour>], perplexity: f64) -> Self {
        let conditional: Vec<Vec<f64>> = neighbours
            .par_iter()
            .map(|row| conditional(row, perplexity))
            .collect();
        let total = 2.0 * neighbours.len() as f64;
        let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); neighbours.len()];
        for (own, (near, probabilities)) in neighbours.iter().zip(&conditional).enumerate() {
            for (near, probability) in near.iter().zip(probabilities) {
                rows[own].push((near.index as u32, probability / total));
                rows[near.index].push((own as u32, probability / total));
            }
        }
        let mut found = Self {
            starts: vec![0],
            others: Vec::new(),
            probabilities: Vec::new(),
        };
        for mut row in rows {
            row.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            for both in row.chunk_by(|a, b| a.0 == b.0) {
                found.others.extend(both.first().map(|(other, _)| *other));
                found
                    .probabilities
                    .push(both.iter().map(|(_, probability)| probability).sum::<f64>() as f32);
            }
            found.starts.push(found.others.len());
        }
        found
    }

    /// The others that attract this point, and how strongly.
    pub fn of(&self, point: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.starts[point]..self.starts[point + 1];
        let others = self.others[range.clone()].iter().map(|other| *other as usize);
        others.zip(self.probabilities[range].iter().copied())
    }
}

/// The probabilities with which a point would choose each of its neighbours, from a normal distribution around it
/// that is as wide as the perplexity asks.
fn conditional(neighbours: &[Neighbour], perplexity: f64) -> Vec<f64> {
    // Less the nearest, which leaves the probabilities as they are and keeps them from vanishing all together.
    let least = neighbours.first().map_or(0.0, |nearest| nearest.distance.powi(2));
    let further: Vec<f64> = neighbours
        .iter()
        .map(|near| near.distance.powi(2) - least)
        .collect();
    let mean = further.iter().sum::<f64>() / further.len().max(1) as f64;
    let goal = perplexity.ln();
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut precision = if mean > 0.0 { 1.0 / mean } else { 1.0 };
    let mut probabilities = vec![0.0; further.len()];
    for _ in 0..MOST_STEPS {
        for (probability, further) in probabilities.iter_mut().zip(&further) {
            *probability = (-further * precision).exp();
        }
        let sum: f64 = probabilities.iter().sum();
        let weighted: f64 = probabilities
            .iter()
            .zip(&further)
            .map(|(p, further)| p * further)
            .sum();
        let excess = sum.ln() + precision * weighted / sum - goal;
        probabilities
            .iter_mut()
            .for_each(|probability| *probability /= sum);
        if excess.abs() < TOLERANCE {
            break;
        }
        if excess > 0.0 {
            low = precision;
            precision = if high.is_finite() {
                f64::midpoint(low, high)
            } else {
                precision * 2.0
            };
        } else {
            high = precision;
            precision = f64::midpoint(low, high);
        }
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(own: usize, distances: &[f64]) -> Vec<Neighbour> {
        let near = |(place, &distance): (usize, &f64)| Neighbour {
            index: place + usize::from(place >= own),
            distance,
        };
        distances.iter().enumerate().map(near).collect()
    }

    #[test]
    fn the_entropy_is_that_of_the_perplexity_at_any_scale() {
        for scale in [1e-6, 1.0, 1e6] {
            let distances: Vec<f64> = (1..30).map(|place| scale * (100.0 + f64::from(place))).collect();
            let found = conditional(&row(0, &distances), 7.0);
            let entropy: f64 = found.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
            assert!((entropy.exp() - 7.0).abs() < 1e-3, "{scale}: {}", entropy.exp());
            assert!(found.windows(2).all(|two| two[0] > two[1]));
        }
    }

    #[test]
    fn equal_distances_attract_equally_and_all_sum_to_one() {
        let rows: Vec<_> = (0..4).map(|own| row(own, &[2.0; 3])).collect();
        let found = Affinities::new(&rows, 1.0);
        for own in 0..4 {
            let of: Vec<_> = found.of(own).collect();
            assert_eq!(of.len(), 3);
            assert!(
                of.iter()
                    .all(|(other, p)| *other != own && (p - 1.0 / 12.0).abs() < 1e-6),
                "{of:?}"
            );
        }
    }
}
