//! The gradient descent of t-SNE.

use super::affinities::Affinities;
use super::repulsion::{Push, SHARE, pushes};
use rayon::prelude::*;

/// How much more strongly neighbours attract each other in the first rounds, as in t-SNE programs.
pub(super) const EXAGGERATION: f32 = 12.0;
/// Least step of the descent; it is a 48th of the number of points where that is more. A quarter of what is usual:
/// sets of a few hundred points were seen to end in better maps.
const LEAST_STEP: f32 = 12.0;

/// The map in the making.
pub(super) struct Map {
    xs: Vec<f32>,
    ys: Vec<f32>,
    /// x and y of each point: how it moved last, and how much more it moves for being on its way.
    movement: Vec<[f32; 2]>,
    gain: Vec<[f32; 2]>,
}

impl Map {
    pub fn new(start: &[[f32; 2]]) -> Self {
        Self {
            xs: start.iter().map(|point| point[0]).collect(),
            ys: start.iter().map(|point| point[1]).collect(),
            movement: vec![[0.0; 2]; start.len()],
            gain: vec![[1.0; 2]; start.len()],
        }
    }

    pub fn points(&self) -> Vec<[f32; 2]> {
        self.xs.iter().zip(&self.ys).map(|(&x, &y)| [x, y]).collect()
    }

    /// Takes the swing of the exaggerated rounds out of the points. Without this, sets without clusters were seen
    /// to end in worse maps.
    pub fn rest(&mut self) {
        self.movement.fill([0.0; 2]);
        self.gain.fill([1.0; 2]);
    }

    /// One round of gradient descent with momentum and gains (Jacobs, 1988).
    pub fn step(&mut self, affinities: &Affinities, exaggeration: f32, momentum: f32) {
        let rate = LEAST_STEP.max(self.xs.len() as f32 / EXAGGERATION / 4.0);
        let pushes = pushes(&self.xs, &self.ys);
        let total = total(&pushes);
        let places = (0..self.xs.len()).into_par_iter().with_min_len(SHARE);
        let pulls: Vec<[f32; 2]> = places.map(|point| self.pull(affinities, point)).collect();
        for (point, (pull, push)) in pulls.iter().zip(&pushes).enumerate() {
            let push = [push.x, push.y].map(|push| (f64::from(push) / total) as f32);
            let places = [&mut self.xs[point], &mut self.ys[point]];
            let (movements, gains) = (&mut self.movement[point], &mut self.gain[point]);
            for (axis, place) in places.into_iter().enumerate() {
                let gradient = 4.0 * (exaggeration * pull[axis] - push[axis]);
                let (movement, gain) = (&mut movements[axis], &mut gains[axis]);
                let on_its_way = *movement * gradient < 0.0;
                *gain = if on_its_way {
                    *gain + 0.2
                } else {
                    (*gain * 0.8).max(0.01)
                };
                *movement = momentum * *movement - rate * *gain * gradient;
                *place += *movement;
            }
        }
    }

    /// What draws a point to its neighbours.
    fn pull(&self, affinities: &Affinities, point: usize) -> [f32; 2] {
        let (x, y) = (self.xs[point], self.ys[point]);
        let mut pull = [0.0; 2];
        for (other, probability) in affinities.of(point) {
            let (dx, dy) = (x - self.xs[other], y - self.ys[other]);
            let strength = probability / (1.0 + dx * dx + dy * dy);
            pull = [pull[0] + strength * dx, pull[1] + strength * dy];
        }
        pull
    }

    /// The Kullback-Leibler divergence of the map from the latents: what the descent makes small.
    pub fn divergence(&self, affinities: &Affinities) -> f64 {
        let total = total(&pushes(&self.xs, &self.ys));
        let mut sum = 0.0;
        for point in 0..self.xs.len() {
            for (other, probability) in affinities.of(point) {
                let distance = (self.xs[point] - self.xs[other]).hypot(self.ys[point] - self.ys[other]);
                let near = 1.0 / (1.0 + f64::from(distance).powi(2));
                let probability = f64::from(probability);
                if probability > 0.0 {
                    sum += probability * (probability * total / near).ln();
                }
            }
        }
        sum
    }
}

/// The sum of all affinities on the map.
fn total(pushes: &[Push]) -> f64 {
    let sum: f64 = pushes.iter().map(|push| f64::from(push.affinity)).sum();
    sum.max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::points::Neighbour;

    fn pair() -> Affinities {
        let near = |index| vec![Neighbour { index, distance: 1.0 }];
        Affinities::new(&[near(1), near(0)], 1.0)
    }

    #[test]
    fn a_step_goes_down_the_gradient_and_rest_takes_the_swing_out() {
        // Two points alone are always as near as they should be: what pulls and what pushes are equal.
        let mut map = Map::new(&[[0.0, 0.0], [1.0, 0.0]]);
        map.step(&pair(), 1.0, 0.8);
        assert!(map.points()[1][0] - 1.0 < 1e-6);
        assert!(map.divergence(&pair()).abs() < 1e-6);
        // With more pull they come nearer, and go on by themselves.
        map.step(&pair(), 1.5, 0.8);
        let nearer = map.points()[1][0] - map.points()[0][0];
        assert!(nearer < 1.0, "{nearer}");
        let mut rested = Map::new(&map.points());
        map.rest();
        map.step(&pair(), 1.5, 0.8);
        rested.step(&pair(), 1.5, 0.8);
        assert_eq!(map.points(), rested.points());
    }
}
