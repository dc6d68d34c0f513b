//! Frames of the synthetic video.

use super::story::{COLOURS, Shown};
use rand::Rng;

/// Colours of each scene's ground and of the bands across it.
const GROUNDS: [[[f32; 3]; 2]; 8] = [
    [[90.0, 130.0, 160.0], [60.0, 95.0, 130.0]],
    [[165.0, 120.0, 85.0], [135.0, 85.0, 70.0]],
    [[110.0, 85.0, 65.0], [85.0, 60.0, 45.0]],
    [[150.0, 155.0, 115.0], [120.0, 135.0, 100.0]],
    [[70.0, 100.0, 70.0], [45.0, 75.0, 55.0]],
    [[190.0, 165.0, 120.0], [170.0, 140.0, 95.0]],
    [[100.0, 140.0, 100.0], [120.0, 120.0, 130.0]],
    [[175.0, 185.0, 190.0], [145.0, 165.0, 175.0]],
];
/// Centre of each position, as shares of height and width.
const CENTRES: [(f32, f32); 5] = [(0.5, 0.2), (0.5, 0.8), (0.2, 0.5), (0.8, 0.5), (0.5, 0.5)];
/// Half the size of a thing, as a share of the height.
const HALF: f32 = 0.1;
/// Levels by which a pixel differs by chance.
const GRAIN: f32 = 8.0;
/// Levels by which a whole frame is lighter or darker by chance.
const LIGHT: f32 = 12.0;

/// `[3, height, width]`, planes of red, green and blue.
pub(super) fn frame(shown: &Shown, (height, width): (usize, usize), random: &mut impl Rng) -> Vec<u8> {
    let light = random.gen_range(-LIGHT..LIGHT);
    let phase = random.gen_range(0.0..1.0_f32);
    let sway = (
        random.gen_range(-0.03..0.03_f32),
        random.gen_range(-0.03..0.03_f32),
    );
    let [ground, band] = GROUNDS.get(shown.scene).copied().unwrap_or_default();
    let colour = COLOURS.get(shown.colour).map_or([0.0; 3], |colour| colour.1);
    let centre = CENTRES.get(shown.position).copied().unwrap_or((0.5, 0.5));
    let centre = (centre.0 + sway.0, centre.1 + sway.1);
    let pixel = |row: usize, column: usize| {
        let (y, x) = (row as f32 / height as f32, column as f32 / width as f32);
        if is_thing(shown, centre, (y, x), width as f32 / height as f32) {
            return colour;
        }
        // Bands lie across in every other scene, and are broad in every other pair of scenes.
        let across = if shown.scene.is_multiple_of(2) { x } else { y };
        let bands = if shown.scene % 4 < 2 { 3.0 } else { 7.0 };
        if (across * bands + phase).fract() < 0.5 {
            ground
        } else {
            band
        }
    };
    painted((height, width), random, |row, column| {
        pixel(row, column).map(|level| level + light)
    })
}

/// A frame that belongs to no scene: a mosaic of colours by chance.
pub(super) fn foreign((height, width): (usize, usize), random: &mut impl Rng) -> Vec<u8> {
    let mosaic: Vec<[f32; 3]> = (0..15)
        .map(|_| [(); 3].map(|()| random.gen_range(0.0..255.0)))
        .collect();
    painted((height, width), random, |row, column| {
        let tile = row * 3 / height * 5 + column * 5 / width;
        mosaic.get(tile).copied().unwrap_or_default()
    })
}

/// Whether a point belongs to one of the things, which stand side by side.
fn is_thing(shown: &Shown, centre: (f32, f32), (y, x): (f32, f32), aspect: f32) -> bool {
    let things = shown.count as f32 + 1.0;
    (0..=shown.count).any(|thing| {
        let aside = (thing as f32 - (things - 1.0) / 2.0) * 2.4 * HALF;
        // From the thing's centre, in halves of its size.
        let dy = (y - centre.0) / HALF;
        let dx = ((x - centre.1) * aspect - aside) / HALF;
        match shown.shape {
            0 => dy.abs() < 0.9 && dx.abs() < 0.9,
            1 => dy.hypot(dx) < 1.0,
            2 => dy.abs() < 1.0 && dx.abs() < (dy + 1.0) / 2.0,
            _ => dy.abs().max(dx.abs()) < 1.0 && dy.abs().min(dx.abs()) < 0.3,
        }
    })
}

/// Planes of what `level` says of each row and column, with some grain.
fn painted(
    (height, width): (usize, usize),
    random: &mut impl Rng,
    level: impl Fn(usize, usize) -> [f32; 3],
) -> Vec<u8> {
    let mut planes = [(); 3].map(|()| Vec::with_capacity(height * width));
    for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
        for (plane, level) in planes.iter_mut().zip(level(row, column)) {
            plane.push((level + random.gen_range(-GRAIN..GRAIN)).clamp(0.0, 255.0) as u8);
        }
    }
    planes.concat()
}
