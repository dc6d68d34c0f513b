//! The map: latents in two dimensions.

use super::ClusteringError;
use super::points::{Neighbour, Points};
use crate::jobs::Watch;
use crate::jobs::watch::Cancelled;
use crate::project::{Embedding2, Latents};
use ndarray::{Array2, ArrayViewMut1, Axis};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Rounds of gradient descent, the default of t-SNE programs.
const ROUNDS: usize = 1_000;
/// How much stronger neighbours attract each other in the first rounds, as in t-SNE programs.
const EXAGGERATION: f64 = 12.0;
/// How widely the points are scattered at the start, as in t-SNE programs.
const START_SPREAD: f64 = 1e-4;
/// Least step of the descent. bhtsne leaves the factor 4 out of the gradient that the usual 50 is meant for.
const LEAST_STEP: f64 = 200.0;
/// Rounds of the search for the principal axes; a rough answer is as good a start.
const AXIS_ROUNDS: usize = 50;
/// Opening angle of the Barnes-Hut tree, as in t-SNE programs; smaller ones were measured to be no better.
const ANGLE: f64 = 0.5;

/// Lays the latents out on a plane so that neighbours stay neighbours (t-SNE, by Barnes-Hut).
///
/// The points start at their two first principal components, with a small jitter from the seed. A perplexity above a
/// third of the other pairs is lowered to that; the one used is in the result. The same seed gives the same map.
///
/// bhtsne's exact method is not used, for it counts each point among its own neighbours, which spoils small sets; nor
/// is its search for neighbours, which draws at random. The neighbours are found here, exactly.
///
/// # Errors
/// When the latents are empty or not finite, for fewer than four rows, for a perplexity below 1, or when cancelled.
pub fn tsne(
    latents: &Latents,
    perplexity: f64,
    seed: u64,
    watch: &Watch,
) -> Result<Embedding2, ClusteringError> {
    let points = Points::new(latents)?;
    if points.len() < 4 {
        return Err(ClusteringError::TooFewRows {
            method: "t-SNE",
            needed: 4,
            rows: points.len(),
        });
    }
    if !(perplexity.is_finite() && perplexity >= 1.0) {
        return Err(ClusteringError::Perplexity(perplexity));
    }
    let perplexity = perplexity.min((points.len() - 1) as f64 / 3.0);
    watch.say("t-SNE");
    watch.report(0, ROUNDS as u64);
    let neighbours = points.nearest((3.0 * perplexity).round() as usize, watch)?;
    let start = starting_positions(&points, seed);
    let points = descend(&neighbours, start, perplexity, watch)?;
    Ok(Embedding2 {
        perplexity,
        seed,
        points,
    })
}

/// The gradient descent. Runs on one thread: bhtsne sums over all points in an order that depends on which thread
/// is free, and t-SNE makes another map of the smallest difference.
fn descend(
    neighbours: &[Vec<Neighbour>],
    start: Vec<f64>,
    perplexity: f64,
    watch: &Watch,
) -> Result<Vec<[f32; 2]>, ClusteringError> {
    let rows = vec![(); neighbours.len()];
    let neighbours: Vec<_> = neighbours.iter().map(|row| relative(row)).collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .thread_name(|_| "t-sne".into())
        .build()
        .map_err(|error| ClusteringError::Thread(error.to_string()))?;
    let work = || {
        let mut tsne = bhtsne::tSNE::<f64, ()>::new(&rows);
        tsne.perplexity(perplexity)
            .learning_rate(LEAST_STEP.max(rows.len() as f64 / EXAGGERATION))
            .early_exaggeration(EXAGGERATION)
            .epochs(ROUNDS)
            .initial_embedding(start)
            .epoch_callback(|round, _| {
                // bhtsne has no way to stop but this: unwinding, which is no panic and prints nothing.
                if watch.is_cancelled() {
                    resume_unwind(Box::new(Cancelled));
                }
                if round % 10 == 9 {
                    watch.report(round as u64 + 1, ROUNDS as u64);
                }
            });
        tsne.barnes_hut_with_neighbors(ANGLE, &neighbours).embedding()
    };
    match catch_unwind(AssertUnwindSafe(|| pool.install(work))) {
        Ok(positions) => Ok(positions
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&[x, y]| [x as f32, y as f32])
            .collect()),
        Err(reason) if reason.is::<Cancelled>() => Err(Cancelled.into()),
        Err(panic) => resume_unwind(panic),
    }
}

/// The neighbours with the squared distance to the nearest taken from each. The probabilities that t-SNE makes of them
/// are the same, but in many dimensions bhtsne would lose them: it adds an epsilon to sums that can be smaller still.
fn relative(row: &[Neighbour]) -> Vec<bhtsne::Neighbor<f64>> {
    let least = row.first().map_or(0.0, |nearest| nearest.distance.powi(2));
    let further = |distance: f64| (distance.powi(2) - least).max(0.0).sqrt();
    row.iter()
        .map(|near| bhtsne::Neighbor {
            index: near.index,
            distance: further(near.distance),
        })
        .collect()
}

/// The two first principal components, scaled to the small spread that t-SNE starts from, with a jitter of a hundredth
/// of it, so that equal rows can part. x and y of each point in turn.
fn starting_positions(points: &Points, seed: u64) -> Vec<f64> {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let mut axes = Array2::from_shape_simple_fn((points.dimension(), 2), || rng.gen_range(-1.0..1.0));
    for _ in 0..AXIS_ROUNDS {
        axes = points.values().t().dot(&points.values().dot(&axes));
        let (mut first, mut second) = axes.multi_slice_mut((ndarray::s![.., 0], ndarray::s![.., 1]));
        normalise(&mut first);
        let shared: f64 = first.dot(&second);
        second.scaled_add(-shared, &first);
        normalise(&mut second);
    }
    let mut positions = points.values().dot(&axes);
    let spread = positions.column(0).std(0.0);
    for mut column in positions.axis_iter_mut(Axis(1)) {
        // An axis has no sign of its own: let its farthest point lie on the positive side.
        let farthest = column.iter().fold(
            0.0_f64,
            |far, &value| if value.abs() > far.abs() { value } else { far },
        );
        let scale = if spread > 0.0 {
            START_SPREAD.copysign(farthest) / spread
        } else {
            0.0
        };
        column.mapv_inplace(|value| value * scale + rng.gen_range(-1.0..1.0) * START_SPREAD / 100.0);
    }
    positions.into_iter().collect()
}

fn normalise(axis: &mut ArrayViewMut1<f64>) {
    let length = axis.dot(axis).sqrt();
    if length > 0.0 {
        axis.mapv_inplace(|value| value / length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    #[test]
    fn clouds_stay_apart_on_the_map() {
        let map = tsne(&clouds(60, 40, 3, 1.0, 4), 8.0, 1, &Watch::default()).unwrap();
        assert_eq!((map.points.len(), map.perplexity), (60, 8.0));
        let distance = |a: usize, b: usize| {
            let (a, b) = (map.points[a], map.points[b]);
            (a[0] - b[0]).hypot(a[1] - b[1])
        };
        for own in 0..60 {
            let nearest = (0..60)
                .filter(|&other| other != own)
                .min_by(|&a, &b| distance(own, a).total_cmp(&distance(own, b)));
            assert_eq!(nearest.unwrap() % 3, own % 3);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_map_and_another_seed_another() {
        let latents = clouds(50, 20, 1, 1.0, 4);
        let map = |seed| tsne(&latents, 10.0, seed, &Watch::default()).unwrap().points;
        assert_eq!(map(7), map(7));
        assert_ne!(map(7), map(8));
    }

    #[test]
    fn perplexity_is_lowered_for_few_rows_and_equal_rows_are_no_trouble() {
        for (rows, centres) in [(4, 4), (5, 1), (30, 1), (31, 2)] {
            let map = tsne(&clouds(rows, 6, centres, 0.0, 4), 100.0, 1, &Watch::default()).unwrap();
            assert!((map.perplexity - (rows - 1) as f64 / 3.0).abs() < 1e-12);
            assert!(map.points.iter().flatten().all(|value| value.is_finite()));
        }
        assert!(tsne(&clouds(3, 6, 1, 1.0, 4), 8.0, 1, &Watch::default()).is_err());
        assert!(tsne(&clouds(9, 6, 1, 1.0, 4), 0.0, 1, &Watch::default()).is_err());
    }

    #[test]
    fn a_map_in_the_making_stops_when_asked() {
        let watch = Watch::new(Arc::new(|| {}));
        let stopper = watch.clone();
        let asked = std::thread::spawn(move || {
            while stopper.progress().0 == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
            stopper.cancel();
            Instant::now()
        });
        let stopped = tsne(&clouds(1_500, 10, 3, 1.0, 4), 30.0, 1, &watch);
        let ended = Instant::now();
        assert!(matches!(stopped, Err(ClusteringError::Cancelled(_))));
        assert!(ended.duration_since(asked.join().unwrap()) < Duration::from_millis(200));
    }
}
