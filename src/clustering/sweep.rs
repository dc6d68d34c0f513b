//! Clusters for every k of a range, with what helps to choose one.

use super::ClusteringError;
use super::assignment::by_size;
use super::density::dense_places;
use super::measures::{
    by_cluster, calinski_harabasz, cross, davies_bouldin, silhouette_table, sizes, within,
};
use super::overlap::Overlap;
use super::plan::SweepPlan;
use super::points::Points;
use super::suggestion::elbow;
use super::tries::{Tries, tries};
use crate::jobs::Watch;
use crate::project::{ClusteringMethod, KSweep, KSweepRow, Latents};
use std::ops::RangeInclusive;

/// Clusters the latents for every k of the range, or by DBSCAN once.
///
/// For each k the search is made anew so often as the plan says, with the seeds that follow its own (for small
/// sets, from four starts each); the best one counts, and how well the others agree with it is the row's stability.
/// Ten bootstrap samples, as large as the whole, are clustered as well and place all pairs; how well they agree is
/// its bootstrap stability. A Gaussian mixture begins from the best of k-means, and is fitted five times more from
/// other starts and from samples. The range is cut to what the latents allow: at least 1, at most one fewer than
/// the rows, and no more than there are different rows; a single k may be as large as the number of different rows.
///
/// # Errors
/// When the latents are empty or not finite, when even the smallest k is too many, when there are too few rows for
/// DBSCAN, when a setting has no meaning, or when cancelled.
pub fn sweep(latents: &Latents, plan: &SweepPlan, watch: &Watch) -> Result<KSweep, ClusteringError> {
    let points = Points::new(latents)?;
    let found = KSweep {
        method: plan.method,
        seed: plan.seed,
        restarts: plan.restarts,
        ..KSweep::default()
    };
    if plan.method == ClusteringMethod::Dbscan {
        let density = Some(dense_places(&points, plan.epsilon, plan.min_samples, watch)?);
        return Ok(KSweep { density, ..found });
    }
    if plan.restarts == 0 {
        return Err(ClusteringError::NoRestart);
    }
    let range = possible(&points, &plan.range)?;
    let tries = tries(&points, range, plan, watch)?;
    watch.say("measuring the clusters");
    let labellings: Vec<Vec<Option<usize>>> = tries
        .iter()
        .map(|tries| by_size(&tries.best.iter().copied().map(Some).collect::<Vec<_>>()).0)
        .collect();
    let silhouettes = silhouette_table(&points, &labellings, watch)?;
    let rows: Vec<KSweepRow> = tries
        .iter()
        .zip(labellings.iter().zip(silhouettes))
        .map(|(tries, (labels, silhouettes))| row(&points, tries, labels, &silhouettes))
        .collect();
    Ok(KSweep {
        elbow: elbow(&rows),
        rows,
        ..found
    })
}

/// What is told of one k: its clusters numbered by size, and the silhouette of each point.
fn row(points: &Points, tries: &Tries, labels: &[Option<usize>], silhouettes: &[f64]) -> KSweepRow {
    let populations = sizes(labels);
    let labels: Vec<usize> = labels.iter().copied().flatten().collect();
    let means = points.means(&labels, populations.len());
    let (inertia, within) = within(points, &labels, &means);
    let agreement = |others: &[Vec<usize>]| {
        let agreements = others
            .iter()
            .map(|other| Overlap::plain(&labels, other).adjusted_rand());
        agreements.sum::<f64>() / others.len() as f64
    };
    let mut cluster_stability = vec![0.0; populations.len()];
    for other in &tries.others {
        let found_again = Overlap::plain(&labels, other).best_jaccards();
        for (sum, jaccard) in cluster_stability.iter_mut().zip(found_again) {
            *sum += jaccard / tries.others.len() as f64;
        }
    }
    let alone = tries.others.is_empty();
    KSweepRow {
        k: tries.k,
        inertia,
        within,
        cross: cross(&means),
        silhouette: silhouettes.iter().sum::<f64>() / points.len() as f64,
        silhouettes: by_cluster(silhouettes, &labels, &populations),
        calinski_harabasz: calinski_harabasz(points, &means, &populations, inertia),
        davies_bouldin: davies_bouldin(points, &labels, &means, &populations),
        stability: if alone { 1.0 } else { agreement(&tries.others) },
        bootstrap_stability: Some(agreement(&tries.samples)),
        cluster_stability: if alone { Vec::new() } else { cluster_stability },
        likelihood: tries.likelihood,
        labels: labels.into_iter().map(Into::into).collect(),
        populations,
    }
}

/// The part of the range that the points can fill.
fn possible(
    points: &Points,
    range: &RangeInclusive<usize>,
) -> Result<RangeInclusive<usize>, ClusteringError> {
    let distinct = points.distinct();
    let (low, high) = (*range.start(), *range.end());
    let refuse = |k| ClusteringError::TooManyClusters {
        k,
        distinct,
        rows: points.len(),
    };
    if low == high {
        return if (1..=distinct).contains(&low) {
            Ok(low..=high)
        } else {
            Err(refuse(low))
        };
    }
    let (low, high) = (low.max(1), high.min(distinct).min(points.len() - 1));
    if low > high {
        Err(refuse(low))
    } else {
        Ok(low..=high)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::clustering::{RESTARTS, choose};
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
        let sweep = sweep(
            &clouds(90, 20, 4, 0.5, 3),
            &SweepPlan::kmeans(2..=9, 1),
            &Watch::default(),
        )
        .unwrap();
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
            let sweep = sweep(
                &clouds(200, columns, 1, 1.0, 5),
                &SweepPlan::kmeans(2..=9, 1),
                &Watch::default(),
            )
            .unwrap();
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
            pool.install(|| sweep(&latents, &SweepPlan::kmeans(2..=7, 11), &Watch::default()).unwrap())
        };
        assert_eq!(on(1), on(3));
        let alone = sweep(&latents, &SweepPlan::kmeans(5..=5, 11), &Watch::default()).unwrap();
        assert_eq!(choose(&latents, &alone, 5), choose(&latents, &on(2), 5));
    }

    #[test]
    fn the_range_is_cut_to_what_the_rows_allow() {
        let ks = |latents: &Latents| {
            sweep(latents, &SweepPlan::kmeans(2..=9, 1), &Watch::default())
                .map(|sweep| sweep.rows.iter().map(|row| row.k).max())
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
        let stopped = sweep(&clouds(60, 30, 6, 9.0, 2), &SweepPlan::kmeans(2..=7, 11), &watch);
        assert!(matches!(stopped, Err(ClusteringError::Cancelled(_))));
    }

    #[test]
    fn every_measure_has_its_figure_for_every_k_and_cluster() {
        let latents = clouds(90, 20, 4, 3.0, 3);
        for method in [ClusteringMethod::KMeans, ClusteringMethod::Gmm] {
            let plan = SweepPlan {
                method,
                ..SweepPlan::kmeans(2..=5, 1)
            };
            let sweep = sweep(&latents, &plan, &Watch::default()).unwrap();
            assert_eq!((sweep.method, sweep.restarts), (method, RESTARTS));
            for row in &sweep.rows {
                let clusters = row.populations.len();
                assert_eq!(
                    (row.silhouettes.len(), row.cluster_stability.len()),
                    (clusters, clusters)
                );
                let weighted: f64 = row
                    .silhouettes
                    .iter()
                    .zip(&row.populations)
                    .map(|(s, n)| s * *n as f64)
                    .sum();
                assert!((weighted / 90.0 - row.silhouette).abs() < 1e-12);
                assert!(row.calinski_harabasz.unwrap() > 0.0 && row.davies_bouldin.unwrap() > 0.0);
                assert!(row.bootstrap_stability.unwrap() <= 1.0);
                assert_eq!(row.likelihood.is_some(), method == ClusteringMethod::Gmm);
            }
            let clear = &sweep.rows[2];
            assert!(
                clear.stability > 0.99 && clear.bootstrap_stability.unwrap() > 0.99,
                "{clear:?}"
            );
            assert!(clear.cluster_stability.iter().all(|found| *found > 0.99));
        }
    }

    #[test]
    fn a_noisy_cloud_is_less_stable_than_parted_ones() {
        let stability = |centres| {
            let plan = SweepPlan::kmeans(4..=4, 1);
            let found = sweep(&clouds(120, 10, centres, 3.0, 5), &plan, &Watch::default()).unwrap();
            found.rows[0].bootstrap_stability.unwrap()
        };
        assert!(stability(1) < 0.6 && stability(4) > 0.95);
    }

    #[test]
    fn one_cluster_and_as_many_as_rows_are_measured_without_trouble() {
        let latents = clouds(6, 3, 6, 0.1, 1);
        for k in [1, 6] {
            let row = &sweep(&latents, &SweepPlan::kmeans(k..=k, 1), &Watch::default())
                .unwrap()
                .rows[0];
            assert_eq!(row.populations.len(), k);
            assert_eq!((row.silhouette, row.calinski_harabasz), (0.0, None));
        }
        let refused = sweep(&latents, &SweepPlan::kmeans(7..=7, 1), &Watch::default()).unwrap_err();
        assert!(refused.to_string().contains("7 clusters"), "{refused}");
        let none = SweepPlan {
            restarts: 0,
            ..SweepPlan::kmeans(2..=3, 1)
        };
        assert!(sweep(&latents, &none, &Watch::default()).is_err());
    }
}
