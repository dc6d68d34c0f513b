//! Points of the map in nested squares, so that far ones can be taken together (Barnes and Hut, 1986).

use super::repulsion::Push;

/// A square of which the side is less than this share of its distance is taken as one point, as in t-SNE programs.
const ANGLE: f32 = 0.5;
/// Squares with no more points than this are not divided.
const FEW_POINTS: usize = 8;
/// How often a side can be halved.
const DEPTH: u32 = 20;

/// A square with points in it.
struct Square {
    /// Where its points are on average.
    x: f32,
    y: f32,
    /// How many they are.
    count: f32,
    /// Square of the distance from which on they are taken as one.
    far: f32,
    /// Its points, as places in the order.
    first: u32,
    end: u32,
    /// The square to go on with when this one is done with.
    next: u32,
    divided: bool,
}

/// The squares, each followed by those inside it.
pub(super) struct Quadtree {
    squares: Vec<Square>,
    /// The points in the order of their squares.
    order: Vec<u32>,
    places: Vec<[f32; 2]>,
}

impl Quadtree {
    pub fn new(xs: &[f32], ys: &[f32]) -> Self {
        let ends = |values: &[f32]| {
            let wider = |(low, high): (f32, f32), &value: &f32| (low.min(value), high.max(value));
            values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), wider)
        };
        let ((left, right), (bottom, top)) = (ends(xs), ends(ys));
        let side = (right - left).max(top - bottom).max(f32::MIN_POSITIVE);
        let cells = (1_u32 << DEPTH) - 1;
        let cell = |value: f32, low: f32| (((value - low) / side) * cells as f32) as u64;
        // The bits of both coordinates in turn: points of one square have the first bits in common.
        let code = |x: f32, y: f32| spread_bits(cell(x, left)) | spread_bits(cell(y, bottom)) << 1;
        let mut coded: Vec<(u64, u32)> = xs.iter().zip(ys).map(|(&x, &y)| code(x, y)).zip(0..).collect();
        coded.sort_unstable();
        let order: Vec<u32> = coded.iter().map(|(_, point)| *point).collect();
        let mut tree = Self {
            squares: Vec::new(),
            places: order
                .iter()
                .map(|&point| [xs[point as usize], ys[point as usize]])
                .collect(),
            order,
        };
        tree.divide(&coded, 0, 0, side);
        tree
    }

    /// The points in the order in which [`Self::push`] counts them.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Adds the square of these points, which begin at `first`, and those inside it.
    fn divide(&mut self, points: &[(u64, u32)], first: usize, depth: u32, side: f32) {
        let end = first + points.len();
        let own = self.squares.len();
        let divided = points.len() > FEW_POINTS && depth < DEPTH;
        let count = points.len() as f32;
        let mut sum = [0.0_f32; 2];
        for [x, y] in &self.places[first..end] {
            sum = [sum[0] + x, sum[1] + y];
        }
        self.squares.push(Square {
            x: sum[0] / count,
            y: sum[1] / count,
            count,
            far: (side / ANGLE) * (side / ANGLE),
            first: first as u32,
            end: end as u32,
            next: 0,
            divided,
        });
        if divided {
            let quarter = |code: u64| code >> (2 * (DEPTH - 1 - depth)) & 3;
            let mut begin = first;
            for inside in points.chunk_by(|a, b| quarter(a.0) == quarter(b.0)) {
                self.divide(inside, begin, depth + 1, side / 2.0);
                begin += inside.len();
            }
        }
        self.squares[own].next = self.squares.len() as u32;
    }

    /// The push of all others on the point at this place in the order.
    pub fn push(&self, place: usize) -> Push {
        let [x, y] = self.places[place];
        let mut push = Push::default();
        let mut at = 0;
        while let Some(square) = self.squares.get(at) {
            let (dx, dy) = (x - square.x, y - square.y);
            if dx * dx + dy * dy > square.far {
                push.add(dx, dy, square.count);
                at = square.next as usize;
            } else if square.divided {
                at += 1;
            } else {
                let (first, end) = (square.first as usize, square.end as usize);
                for (other, [other_x, other_y]) in (first..end).zip(&self.places[first..end]) {
                    if other != place {
                        push.add(x - other_x, y - other_y, 1.0);
                    }
                }
                at = square.next as usize;
            }
        }
        push
    }
}

/// Puts a zero between every two bits of a number of 20.
fn spread_bits(value: u64) -> u64 {
    let mut bits = value & 0xFFFF_FFFF;
    for (shift, mask) in [
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        bits = (bits | bits << shift) & mask;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_spread() {
        assert_eq!(spread_bits(0b1011), 0b0100_0101);
        assert_eq!(spread_bits((1 << 20) - 1), 0x55_5555_5555);
    }

    #[test]
    fn every_point_is_in_one_undivided_square() {
        let xs: Vec<f32> = (0..100).map(|i| ((i * 37) % 100) as f32).collect();
        let ys: Vec<f32> = (0..100).map(|i| ((i * 61) % 100) as f32).collect();
        let tree = Quadtree::new(&xs, &ys);
        let leaves = tree.squares.iter().filter(|square| !square.divided);
        let held: Vec<u32> = leaves.flat_map(|square| square.first..square.end).collect();
        assert_eq!(held, (0..100).collect::<Vec<_>>());
        assert_eq!(tree.squares[0].count, 100.0);
        assert!((tree.squares[0].x - 49.5).abs() < 1e-3);
    }

    #[test]
    fn points_in_one_place_are_no_trouble() {
        let tree = Quadtree::new(&[2.0; 50], &[3.0; 50]);
        let push = tree.push(0);
        assert_eq!((push.x, push.y, push.affinity), (0.0, 0.0, 49.0));
    }
}
