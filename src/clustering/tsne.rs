//! The map: latents in two dimensions.

use super::ClusteringError;
use super::affinities::Affinities;
use super::descent::{EXAGGERATION, Map};
use super::points::Points;
use super::principal::{ROUGH_ROUNDS, principal_plane};
use crate::jobs::Watch;
use crate::project::{Embedding2, Latents};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

/// Rounds of the descent unless the analyst sets another number, the default of t-SNE programs.
pub const ITERATIONS: usize = 1_000;
/// Rounds in which neighbours attract each other more strongly, as in t-SNE programs; of few rounds a quarter.
const EXAGGERATED: usize = 250;
/// How widely the points are scattered at the start, as in t-SNE programs.
const START_SPREAD: f64 = 1e-4;
/// Share of the last movement that goes on, in the exaggerated rounds and after them.
const MOMENTUM: [f32; 2] = [0.5, 0.8];
/// Rounds between two looks at the map in the making.
const LOOK: usize = 20;

/// What a map is asked to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapPlan {
    /// About how many neighbours count for each point, at least 1.
    pub perplexity: f64,
    /// The same seed gives the same map.
    pub seed: u64,
    /// Rounds of the descent, at least 1.
    pub iterations: usize,
}

impl MapPlan {
    /// A map with the usual number of rounds.
    #[must_use]
    pub fn new(perplexity: f64, seed: u64) -> Self {
        Self {
            perplexity,
            seed,
            iterations: ITERATIONS,
        }
    }
}

/// Lays the latents out on a plane so that neighbours stay neighbours (t-SNE: van der Maaten and Hinton, 2008).
/// `live` is shown the map in the making every twenty rounds.
///
/// The points start at their two first principal components, with a small jitter from the seed. The neighbours are
/// found exactly; what pushes the points apart is exact up to 2,000 points, and comes from a Barnes-Hut tree
/// beyond. A perplexity above a third of the other pairs is lowered to that; the one used is in the result. The
/// same seed gives the same map on any number of threads.
///
/// # Errors
/// When the latents are empty or not finite, for fewer than four rows, for a perplexity below 1, for no rounds at
/// all, or when cancelled.
pub fn tsne(
    latents: &Latents,
    plan: &MapPlan,
    watch: &Watch,
    mut live: impl FnMut(&[[f32; 2]]),
) -> Result<Embedding2, ClusteringError> {
    let points = Points::new(latents)?;
    if points.len() < 4 {
        return Err(ClusteringError::TooFewRows {
            method: "t-SNE",
            needed: 4,
            rows: points.len(),
        });
    }
    if !(plan.perplexity.is_finite() && plan.perplexity >= 1.0) {
        return Err(ClusteringError::Perplexity(plan.perplexity));
    }
    if plan.iterations == 0 {
        return Err(ClusteringError::NoRound);
    }
    let perplexity = plan.perplexity.min((points.len() - 1) as f64 / 3.0);
    watch.say("t-SNE");
    watch.report(0, plan.iterations as u64);
    let neighbours = points.nearest((3.0 * perplexity).round() as usize, watch)?;
    let affinities = Affinities::new(&neighbours, perplexity);
    let mut map = Map::new(&starting_positions(&points, plan.seed, watch)?);
    let exaggerated = EXAGGERATED.min(plan.iterations / 4);
    for round in 0..plan.iterations {
        watch.check()?;
        let early = round < exaggerated;
        let (exaggeration, momentum) = if early {
            (EXAGGERATION, MOMENTUM[0])
        } else {
            (1.0, MOMENTUM[1])
        };
        if round == exaggerated {
            map.rest();
        }
        map.step(&affinities, exaggeration, momentum);
        if round % LOOK == LOOK - 1 {
            watch.report(round as u64 + 1, plan.iterations as u64);
            live(&map.points());
        }
    }
    Ok(Embedding2 {
        perplexity,
        seed: plan.seed,
        iterations: plan.iterations,
        kl_divergence: Some(map.divergence(&affinities)),
        points: map.points(),
    })
}

/// The two first principal components, scaled to the small spread that t-SNE starts from, with a jitter of a hundredth
/// of it, so that equal rows can part.
fn starting_positions(points: &Points, seed: u64, watch: &Watch) -> Result<Vec<[f32; 2]>, ClusteringError> {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    let (plane, [widest, _]) = principal_plane(points, ROUGH_ROUNDS, watch)?;
    let spread = (widest / points.len() as f64).sqrt();
    let scale = if spread > 0.0 { START_SPREAD / spread } else { 0.0 };
    let mut place = |value: f64| (value * scale + rng.gen_range(-1.0..1.0) * START_SPREAD / 100.0) as f32;
    Ok(plane
        .rows()
        .into_iter()
        .map(|row| [place(row[0]), place(row[1])])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    #[test]
    fn clouds_stay_apart_on_the_map() {
        let map = tsne(
            &clouds(60, 40, 3, 1.0, 4),
            &MapPlan::new(8.0, 1),
            &Watch::default(),
            |_| {},
        )
        .unwrap();
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
        let map = |seed| {
            tsne(&latents, &MapPlan::new(10.0, seed), &Watch::default(), |_| {})
                .unwrap()
                .points
        };
        assert_eq!(map(7), map(7));
        assert_ne!(map(7), map(8));
    }

    #[test]
    fn perplexity_is_lowered_for_few_rows_and_equal_rows_are_no_trouble() {
        for (rows, centres) in [(4, 4), (5, 1), (30, 1), (31, 2)] {
            let map = tsne(
                &clouds(rows, 6, centres, 0.0, 4),
                &MapPlan::new(100.0, 1),
                &Watch::default(),
                |_| {},
            )
            .unwrap();
            assert!((map.perplexity - (rows - 1) as f64 / 3.0).abs() < 1e-12);
            assert!(map.points.iter().flatten().all(|value| value.is_finite()));
        }
        assert!(
            tsne(
                &clouds(3, 6, 1, 1.0, 4),
                &MapPlan::new(8.0, 1),
                &Watch::default(),
                |_| {}
            )
            .is_err()
        );
        assert!(
            tsne(
                &clouds(9, 6, 1, 1.0, 4),
                &MapPlan::new(0.0, 1),
                &Watch::default(),
                |_| {}
            )
            .is_err()
        );
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
        let stopped = tsne(
            &clouds(1_500, 10, 3, 1.0, 4),
            &MapPlan::new(30.0, 1),
            &watch,
            |_| {},
        );
        let ended = Instant::now();
        assert!(matches!(stopped, Err(ClusteringError::Cancelled(_))));
        assert!(ended.duration_since(asked.join().unwrap()) < Duration::from_millis(200));
    }

    #[test]
    fn the_map_is_shown_in_the_making_and_ends_as_it_was_shown_last() {
        let plan = MapPlan {
            iterations: 100,
            ..MapPlan::new(8.0, 1)
        };
        let mut shown = Vec::new();
        let map = tsne(&clouds(60, 8, 3, 1.0, 4), &plan, &Watch::default(), |points| {
            shown.push(points.to_vec());
        })
        .unwrap();
        assert_eq!(shown.len(), 5);
        assert_eq!(shown.last(), Some(&map.points));
        assert_eq!(map.iterations, 100);
        let none = MapPlan {
            iterations: 0,
            ..plan
        };
        assert!(tsne(&clouds(60, 8, 3, 1.0, 4), &none, &Watch::default(), |_| {}).is_err());
    }

    #[test]
    fn more_rounds_bring_the_map_nearer_to_the_latents() {
        let divergence = |iterations| {
            let plan = MapPlan {
                iterations,
                ..MapPlan::new(15.0, 1)
            };
            let map = tsne(&clouds(300, 8, 6, 4.0, 4), &plan, &Watch::default(), |_| {}).unwrap();
            map.kl_divergence.unwrap()
        };
        let (few, many) = (divergence(40), divergence(1_000));
        assert!(0.0 < many && many < 0.8 * few, "{few} {many}");
    }

    #[test]
    fn the_same_map_on_any_number_of_threads_with_and_without_the_tree() {
        for rows in [500, 2_500] {
            let latents = clouds(rows, 5, 4, 3.0, 4);
            let plan = MapPlan {
                iterations: 60,
                ..MapPlan::new(10.0, 3)
            };
            let on = |threads| {
                let pool = rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .build()
                    .unwrap();
                pool.install(|| tsne(&latents, &plan, &Watch::default(), |_| {}).unwrap())
            };
            assert_eq!(on(1), on(3));
        }
    }
}
