//! One map laid over another, so that points can be followed from one to the next.

/// Moves, turns, mirrors and scales `points` as a whole so that they lie as near as possible to the points of the same
/// rows in `onto` (orthogonal Procrustes analysis; in two dimensions its rotation has a closed form). Distances among the
/// points keep their ratios. Rows that only one of both has count for nothing; points that all lie in one place are only
/// moved.
pub fn align(points: &mut [[f32; 2]], onto: &[[f32; 2]]) {
    let rows = points.len().min(onto.len());
    let (from, to) = (middle(points.iter().take(rows)), middle(onto.iter().take(rows)));
    let mut squares = 0.0;
    // Sums for the best turn, and for the best turn of the mirrored points: dot and cross products.
    let (mut turned, mut mirrored) = ([0.0; 2], [0.0; 2]);
    for (point, goal) in points.iter().zip(onto) {
        let [x, y] = less(*point, from);
        let [u, v] = less(*goal, to);
        squares += x * x + y * y;
        turned[0] += x * u + y * v;
        turned[1] += x * v - y * u;
        mirrored[0] += x * u - y * v;
        mirrored[1] += x * v + y * u;
    }
    let size = |[dot, cross]: [f64; 2]| dot.hypot(cross);
    let mirror = if size(mirrored) > size(turned) { -1.0 } else { 1.0 };
    let best = if mirror < 0.0 { mirrored } else { turned };
    let [a, b] = if squares > 0.0 && size(best) > 0.0 {
        best.map(|sum| sum / squares)
    } else {
        [1.0, 0.0]
    };
    for point in points {
        let [x, y] = less(*point, from);
        let y = y * mirror;
        *point = [(a * x - b * y + to[0]) as f32, (b * x + a * y + to[1]) as f32];
    }
}

fn middle<'a>(points: impl Iterator<Item = &'a [f32; 2]>) -> [f64; 2] {
    let mut sum = [0.0; 2];
    let mut count = 0.0_f64;
    for point in points {
        sum[0] += f64::from(point[0]);
        sum[1] += f64::from(point[1]);
        count += 1.0;
    }
    sum.map(|value| value / count.max(1.0))
}

fn less(point: [f32; 2], origin: [f64; 2]) -> [f64; 2] {
    [f64::from(point[0]) - origin[0], f64::from(point[1]) - origin[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [[f32; 2]; 5] = [[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [1.0, 3.0], [-2.0, 5.0]];

    fn turned(angle: f32, scale: f32, mirror: f32, shift: [f32; 2]) -> Vec<[f32; 2]> {
        let (sin, cos) = angle.sin_cos();
        SHAPE
            .iter()
            .map(|[x, y]| {
                let y = y * mirror;
                [
                    scale * (cos * x - sin * y) + shift[0],
                    scale * (sin * x + cos * y) + shift[1],
                ]
            })
            .collect()
    }

    fn distance(a: &[[f32; 2]], b: &[[f32; 2]]) -> f32 {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]))
            .fold(0.0, f32::max)
    }

    #[test]
    fn a_map_that_was_turned_mirrored_scaled_and_moved_comes_back() {
        for (angle, scale, mirror) in [(0.4, 1.0, 1.0), (2.9, 30.0, -1.0), (-1.2, 0.02, 1.0)] {
            let mut points = turned(angle, scale, mirror, [7.0, -90.0]);
            align(&mut points, &SHAPE);
            assert!(distance(&points, &SHAPE) < 1e-3, "{points:?}");
        }
    }

    #[test]
    fn shapes_that_differ_come_nearer_and_keep_their_own_shape() {
        let mut points = turned(1.0, 3.0, 1.0, [5.0, 5.0]);
        points[4] = [50.0, 50.0];
        let ratio = |points: &[[f32; 2]]| {
            distance(&points[..1], &points[1..2]) / distance(&points[..1], &points[4..5])
        };
        let (before, was) = (distance(&points, &SHAPE), ratio(&points));
        align(&mut points, &SHAPE);
        assert!(distance(&points, &SHAPE) < before);
        assert!((ratio(&points) - was).abs() < 1e-4);
    }

    #[test]
    fn points_without_extent_are_only_moved() {
        let mut points = [[3.0, 3.0]; 5];
        align(&mut points, &SHAPE);
        assert_eq!(points, [[1.4, 1.8]; 5]);
        align(&mut [], &SHAPE);
        let mut rest = [[1.0, 2.0]; 2];
        align(&mut rest, &[]);
        assert!(rest.iter().flatten().all(|value| value.is_finite()));
    }
}
