//! k-means for every k of a range, with what helps to choose one.

use super::ClusteringError;
use super::assignment::by_size;
use super::kmeans::{REPETITIONS, best_of, repetition};
use super::knee::knee;
use super::measures::{cross, silhouette_table, sizes, within};
use super::points::Points;
use crate::jobs::Watch;
use crate::project::{KSweep, KSweepRow, Latents};
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

/// How deep (0 to 1, see [`knee`]) the curve of `within` must bend to be called an elbow. Points without clusters
/// give 0.36 at most, when they lie on a line, and less in more dimensions; well parted clusters give 0.6 and more.
const CLEAR_ELBOW: f64 = 0.4;

/// Clusters the latents by k-means for every k of the range.
///
/// For each k the search is made six times with the seeds from `seed` on, from four k-means++ starts each; the best
/// one counts, and how well the others agree with it is the row's stability. The range is cut to what the latents allow:
/// at least 1, at most one fewer than the rows, and no more than there are different rows.
///
/// # Errors
/// When the latents are empty or not finite, when even the smallest k is too many, or when cancelled.
pub fn sweep(
    latents: &Latents,
    range: RangeInclusive<usize>,
    seed: u64,
    watch: &Watch,
) -> Result<KSweep, ClusteringError> {
    let points = Points::new(latents)?;
    let range = possible(&points, &range)?;
    watch.say(format!("k-means for k = {} to {}", range.start(), range.end()));

    let searches: Vec<(usize, u64)> = range
        .clone()
        .flat_map(|k| (0..REPETITIONS as u64).map(move |further| (k, seed.wrapping_add(further))))
        .collect();
    let total = searches.len() as u64;
    let done = AtomicU64::new(0);
    watch.report(0, total);
    let found = searches
        .par_iter()
        .map(|&(k, seed)| {
            let clusters = repetition(&points, k, seed, watch)?;
            watch.report(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Ok(clusters)
        })
        .collect::<Result<Vec<_>, ClusteringError>>()?;

    let best: Vec<_> = found.chunks(REPETITIONS).filter_map(best_of).collect();
    watch.say("measuring the clusters");
    let labellings: Vec<Vec<Option<usize>>> = best
        .iter()
        .map(|(clusters, _)| {
            let labels: Vec<_> = clusters.labels.iter().copied().map(Some).collect();
            by_size(&labels).0
        })
        .collect();
    let silhouettes = silhouette_table(&points, &labellings, watch)?;
    let rows: Vec<KSweepRow> = range
        .zip(best)
        .zip(labellings.iter().zip(silhouettes))
        .map(|((k, (clusters, stability)), (labels, silhouettes))| {
            let plain: Vec<usize> = labels.iter().copied().flatten().collect();
            let means = points.means(&plain, k);
            KSweepRow {
                k,
                inertia: clusters.inertia,
                within: within(&points, &plain, &means),
                cross: cross(&means),
                silhouette: silhouettes.iter().sum::<f64>() / points.len() as f64,
                populations: sizes(labels),
                stability,
                labels: plain.into_iter().map(Into::into).collect(),
            }
        })
        .collect();
    Ok(KSweep {
        elbow: elbow(&rows),
        rows,
        seed,
    })
}

/// The part of the range that the points can fill.
fn possible(
    points: &Points,
    range: &RangeInclusive<usize>,
) -> Result<RangeInclusive<usize>, ClusteringError> {
    let distinct = points.distinct();
    let (low, high) = (
        *range.start().max(&1),
        *range.end().min(&distinct).min(&(points.len() - 1)),
    );
    if low > high {
        return Err(ClusteringError::TooManyClusters {
            k: low,
            distinct,
            rows: points.len(),
        });
    }
    Ok(low..=high)
}

fn elbow(rows: &[KSweepRow]) -> Option<usize> {
    let curve: Vec<f64> = rows.iter().map(|row| row.within).collect();
    let (place, depth) = knee(&curve)?;
    if depth < CLEAR_ELBOW {
        None
    } else {
        rows.get(place).map(|row| row.k)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::clustering::{choose, cluster};
    use crate::project::ClusteringMethod;
    use ndarray::Array2;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256Plus;

    /// Points around `centres` places far apart, taking turns; `spread` is the width of each cloud.
    pub fn clouds(rows: usize, columns: usize, centres: usize, spread: f32, seed: u64) -> Latents {
        let mut rng = Xoshiro256Plus::seed_from_u64(seed);
        let places = Array2::from_shape_simple_fn((centres, columns), || rng.gen_range(-10.0..10.0_f32));
        let mut values = Array2::zeros((rows, columns));
        for (index, mut row) in values.rows_mut().into_iter().enumerate() {
            row.assign(&places.row(index % centres));
            row.map_inplace(|value| *value += spread * rng.gen_range(-1.0..1.0_f32));
        }
        Latents { values }
    }

    #[test]
    fn clear_clouds_give_a_clear_elbow_and_full_stability() {
        let sweep = sweep(&clouds(90, 20, 4, 0.5, 3), 2..=9, 1, &Watch::default()).unwrap();
        assert_eq!(
            sweep.rows.iter().map(|row| row.k).collect::<Vec<_>>(),
            (2..=9).collect::<Vec<_>>()
        );
        assert_eq!(sweep.elbow, Some(4));
        let row = &sweep.rows[2];
        assert_eq!(row.populations, [23, 23, 22, 22]);
        assert!((row.stability - 1.0).abs() < 1e-12 && row.silhouette > 0.9);
        assert!(
            row.labels
                .iter()
                .enumerate()
                .all(|(pair, label)| label.index() == pair % 4)
        );
        assert!(sweep.rows.windows(2).all(|two| two[1].inertia <= two[0].inertia));
    }

    #[test]
    fn an_even_cloud_has_no_elbow() {
        for columns in [1, 2, 3, 10, 100] {
            let sweep = sweep(&clouds(200, columns, 1, 1.0, 5), 2..=9, 1, &Watch::default()).unwrap();
            assert_eq!(sweep.elbow, None, "{columns} columns");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_sweep_on_any_number_of_threads() {
        let latents = clouds(60, 30, 6, 9.0, 2);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| sweep(&latents, 2..=7, 11, &Watch::default()).unwrap())
        };
        assert_eq!(on(1), on(3));
        let clustered = cluster(&latents, ClusteringMethod::KMeans, 5, 11, &Watch::default()).unwrap();
        assert_eq!(Some(clustered), choose(&latents, &on(2), 5));
    }

    #[test]
    fn the_range_is_cut_to_what_the_rows_allow() {
        let ks = |latents: &Latents| {
            sweep(latents, 2..=9, 1, &Watch::default()).map(|sweep| sweep.rows.iter().map(|row| row.k).max())
        };
        assert_eq!(ks(&clouds(5, 3, 5, 0.1, 1)).unwrap(), Some(4));
        assert_eq!(
            ks(&clouds(40, 3, 3, 0.0, 1)).unwrap(),
            Some(3),
            "three different rows"
        );
        assert!(matches!(
            ks(&clouds(40, 3, 1, 0.0, 1)),
            Err(ClusteringError::TooManyClusters {
                k: 2,
                distinct: 1,
                rows: 40
            })
        ));
    }

    #[test]
    fn a_sweep_stops_when_asked() {
        let watch = Watch::default();
        watch.cancel();
        let stopped = sweep(&clouds(60, 30, 6, 9.0, 2), 2..=7, 11, &watch);
        assert!(matches!(stopped, Err(ClusteringError::Cancelled(_))));
    }
}
