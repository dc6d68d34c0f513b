//! How all points push each other apart on the map.

use super::quadtree::Quadtree;
use rayon::prelude::*;

/// Up to so many points every two are taken, which is exact and, as the processor does eight at once, as fast as
/// the tree; beyond that, groups of far points are taken as one.
const FEW_POINTS: usize = 2_000;
/// Points given to a thread at once.
pub(super) const SHARE: usize = 64;

/// What pushes one point: the sum over the others of the square of their affinity on the map times the way from
/// them, and the sum of the affinities. The affinity is 1 / (1 + distance²).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Push {
    pub x: f32,
    pub y: f32,
    pub affinity: f32,
}

/// The push on every point. The same on any number of threads.
pub(super) fn pushes(xs: &[f32], ys: &[f32]) -> Vec<Push> {
    if xs.len() <= FEW_POINTS {
        exact(xs, ys)
    } else {
        by_tree(xs, ys)
    }
}

fn exact(xs: &[f32], ys: &[f32]) -> Vec<Push> {
    let places = xs.par_iter().zip(ys).with_min_len(SHARE);
    places.map(|(&x, &y)| push_of_all(x, y, xs, ys)).collect()
}

fn by_tree(xs: &[f32], ys: &[f32]) -> Vec<Push> {
    let tree = Quadtree::new(xs, ys);
    // In the order of the tree, where neighbours walk the same way.
    let sorted: Vec<Push> = (0..xs.len())
        .into_par_iter()
        .with_min_len(SHARE)
        .map(|place| tree.push(place))
        .collect();
    let mut pushes = vec![Push::default(); xs.len()];
    for (push, &point) in sorted.iter().zip(tree.order()) {
        pushes[point as usize] = *push;
    }
    pushes
}

/// The push of every point on a place where one of them lies.
fn push_of_all(x: f32, y: f32, xs: &[f32], ys: &[f32]) -> Push {
    const LANES: usize = 8;
    let (x_lanes, x_rest) = xs.as_chunks::<LANES>();
    let (y_lanes, y_rest) = ys.as_chunks::<LANES>();
    let (mut right, mut up, mut affinity) = ([0.0_f32; LANES], [0.0_f32; LANES], [0.0_f32; LANES]);
    for (other_x, other_y) in x_lanes.iter().zip(y_lanes) {
        for lane in 0..LANES {
            let (dx, dy) = (x - other_x[lane], y - other_y[lane]);
            let near = 1.0 / (1.0 + dx * dx + dy * dy);
            affinity[lane] += near;
            right[lane] += near * near * dx;
            up[lane] += near * near * dy;
        }
    }
    let mut push = Push {
        x: right.iter().sum(),
        y: up.iter().sum(),
        // Less the point itself.
        affinity: affinity.iter().sum::<f32>() - 1.0,
    };
    for (other_x, other_y) in x_rest.iter().zip(y_rest) {
        push.add(x - other_x, y - other_y, 1.0);
    }
    push
}

impl Push {
    /// Adds the push of so many points that lie so far off.
    pub fn add(&mut self, dx: f32, dy: f32, count: f32) {
        let near = 1.0 / (1.0 + dx * dx + dy * dy);
        let strength = count * near;
        self.affinity += strength;
        self.x += strength * near * dx;
        self.y += strength * near * dy;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256Plus;

    fn scattered(count: usize, width: f32) -> [Vec<f32>; 2] {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        [(); 2].map(|()| (0..count).map(|_| rng.gen_range(-width..width)).collect())
    }

    #[test]
    fn two_points_push_each_other_apart() {
        let found = pushes(&[0.0, 1.0], &[0.0, 0.0]);
        assert_eq!((found[0].x, found[0].y, found[0].affinity), (-0.25, 0.0, 0.5));
        assert_eq!(found[1].x, 0.25);
    }

    #[test]
    fn lanes_and_rest_make_the_whole() {
        let [xs, ys] = scattered(13, 2.0);
        for (own, found) in exact(&xs, &ys).iter().enumerate() {
            let mut plain = Push::default();
            for other in (0..13).filter(|&other| other != own) {
                plain.add(xs[own] - xs[other], ys[own] - ys[other], 1.0);
            }
            assert!((plain.x - found.x).abs() < 1e-5 && (plain.affinity - found.affinity).abs() < 1e-5);
        }
    }

    #[test]
    fn the_tree_comes_near_to_the_exact_pushes() {
        for width in [1e-4, 1.0, 60.0] {
            let [xs, ys] = scattered(3_000, width);
            let (exact, tree) = (exact(&xs, &ys), by_tree(&xs, &ys));
            let size = |push: &Push| push.x.hypot(push.y);
            let all: f32 = exact.iter().map(size).sum();
            let wrong: f32 = exact
                .iter()
                .zip(&tree)
                .map(|(a, b)| (a.x - b.x).hypot(a.y - b.y))
                .sum();
            assert!(wrong / all < 0.02, "{width}: {}", wrong / all);
            let sum = |pushes: &[Push]| pushes.iter().map(|push| f64::from(push.affinity)).sum::<f64>();
            assert!((sum(&tree) / sum(&exact) - 1.0).abs() < 0.01, "{width}");
        }
    }
}
