//! What a frame looks like, in a few hundred numbers that need no network: where its colours and its edges are.

use crate::jobs::{Cancelled, Watch};
use crate::pairing::Dataset;
use crate::training::contrast::FrameFeatures;
use ndarray::Array2;

/// The name of these features as shown to people.
pub const COLOUR_LAYOUT: &str = "colours and edges by place";

/// Rows and columns of the cells whose colours are told.
const COLOUR_CELLS: (usize, usize) = (6, 10);
/// Rows and columns of the cells whose edges are told.
const EDGE_CELLS: (usize, usize) = (3, 5);
/// Directions of edges, over half a turn.
const DIRECTIONS: usize = 6;
/// Steps of each colour in the counts of colours over the whole frame.
const LEVELS: usize = 4;

/// Mean colours in a grid of 6 x 10 cells, how often each of 64 colours is in the whole frame (its square root, so that a
/// small thing counts), and the strength of edges by direction in 3 x 5 cells; each number with mean 0 and
/// deviation 1 over the video. Progress is in frames.
///
/// # Errors
/// When the work is cancelled.
pub fn colour_layout(dataset: &Dataset, watch: &Watch) -> Result<FrameFeatures, Cancelled> {
    let mut rows = Vec::with_capacity(dataset.len());
    for row in 0..dataset.len() {
        watch.check()?;
        rows.push(described(dataset.image(row), dataset.height, dataset.width));
        watch.report(row as u64 + 1, dataset.len() as u64);
    }
    let width = rows.first().map_or(0, Vec::len);
    let values = Array2::from_shape_vec((rows.len(), width), rows.concat()).unwrap_or_default();
    Ok(FrameFeatures::standardised(values, COLOUR_LAYOUT.to_owned()))
}

/// The numbers of one picture, `[3, height, width]`, as they are.
fn described(planes: &[u8], height: usize, width: usize) -> Vec<f32> {
    let size = height * width;
    let level = |plane: usize, row: usize, column: usize| {
        planes
            .get(plane * size + row * width + column)
            .map_or(0.0, |&level| f32::from(level) / 255.0)
    };
    let mut sums = vec![0.0; COLOUR_CELLS.0 * COLOUR_CELLS.1 * 3];
    let mut counts = vec![0.0_f32; LEVELS.pow(3)];
    let mut edges = vec![0.0; EDGE_CELLS.0 * EDGE_CELLS.1 * DIRECTIONS];
    let light = |row: usize, column: usize| (0..3).map(|plane| level(plane, row, column)).sum::<f32>();
    let cell = |(rows, columns): (usize, usize), row: usize, column: usize| {
        row * rows / height * columns + column * columns / width
    };
    for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
        let mut colour = 0;
        for plane in 0..3 {
            let value = level(plane, row, column);
            colour = colour * LEVELS + ((value * LEVELS as f32) as usize).min(LEVELS - 1);
            if let Some(sum) = sums.get_mut(cell(COLOUR_CELLS, row, column) * 3 + plane) {
                *sum += value;
            }
        }
        if let Some(count) = counts.get_mut(colour) {
            *count += 1.0;
        }
        if row + 1 < height && column + 1 < width {
            let here = light(row, column);
            let (down, aside) = (light(row + 1, column) - here, light(row, column + 1) - here);
            let turn = down.atan2(aside) / std::f32::consts::PI + 1.0;
            let direction = (turn * DIRECTIONS as f32).round() as usize % DIRECTIONS;
            if let Some(edge) = edges.get_mut(cell(EDGE_CELLS, row, column) * DIRECTIONS + direction) {
                // Squared, so that the grain of a picture does not outweigh its edges.
                *edge += down.mul_add(down, aside * aside);
            }
        }
    }
    let pixels = size.max(1) as f32;
    let colours = sums.into_iter().map(|sum| sum / pixels);
    let counts = counts.into_iter().map(|count| (count / pixels).sqrt());
    let edges = edges.into_iter().map(|edge: f32| (edge / pixels).sqrt());
    colours.chain(counts).chain(edges).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures of 12 x 20 with a red square at a column, or none.
    fn pictures(columns: &[Option<usize>]) -> Dataset {
        let images = columns.iter().flat_map(|at| {
            (0..3 * 12 * 20).map(move |place| {
                let (plane, row, column) = (place / 240, place % 240 / 20, place % 20);
                let inside = at.is_some_and(|at| (at..at + 4).contains(&column)) && (4..8).contains(&row);
                if inside && plane == 0 { 255 } else { 40 }
            })
        });
        Dataset {
            pairs: columns
                .iter()
                .zip(0_usize..)
                .map(|(_, row)| crate::project::Pair {
                    source: crate::project::SourceIndex::OWN,
                    frame: row.into(),
                    time: crate::project::Seconds(row as f64),
                    cue: None,
                })
                .collect(),
            height: 12,
            width: 20,
            images: images.collect(),
            ..Dataset::default()
        }
    }

    #[test]
    fn the_same_thing_at_another_place_is_nearer_than_nothing_and_farther_than_itself() {
        let dataset = pictures(&[Some(2), Some(2), Some(14), None, None, None]);
        let features = colour_layout(&dataset, &Watch::default()).unwrap();
        let distance = |a: usize, b: usize| {
            let away = &features.values.row(a) - &features.values.row(b);
            away.dot(&away)
        };
        assert!(distance(0, 1) < 1e-6);
        let counts = |row: usize| features.values.row(row).slice(ndarray::s![180..244]).to_owned();
        assert_eq!(counts(0), counts(2));
        assert_ne!(counts(0), counts(3));
        assert!(distance(0, 2) > 1.0);
        assert!(features.values.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn edges_are_told_by_their_direction() {
        let lying: Vec<u8> = (0..3 * 240)
            .map(|place| if place % 240 / 20 < 6 { 0 } else { 200 })
            .collect();
        let standing: Vec<u8> = (0..3 * 240)
            .map(|place| if place % 20 < 10 { 0 } else { 200 })
            .collect();
        let strongest = |planes: &[u8]| {
            let told = described(planes, 12, 20);
            let mut sums = [0.0; DIRECTIONS];
            for (place, edge) in told.iter().skip(244).enumerate() {
                sums[place % DIRECTIONS] += edge;
            }
            (0..DIRECTIONS)
                .max_by(|&a, &b| sums[a].total_cmp(&sums[b]))
                .unwrap()
        };
        assert_ne!(strongest(&lying), strongest(&standing));
    }
}
