//! What a picture looks like at a glance, to tell how much two pictures differ.

/// Steps of each colour in the histogram.
const STEPS: usize = 4;

/// A difference of brightness of this much everywhere, of 255, is as much as can be.
const FULL_DIFFERENCE: f32 = 64.0;

/// The colours of a small picture, and where it is light and dark.
pub(super) struct Look {
    /// Share of the picture in each colour.
    colours: [f32; STEPS * STEPS * STEPS],
    brightness: Vec<u8>,
}

impl Look {
    /// Columns of the pictures to look at.
    pub const WIDTH: u32 = 64;
    /// Rows of the pictures to look at.
    pub const HEIGHT: u32 = 36;

    /// Looks at a picture of rows of red, green and blue.
    pub fn of(rgb: &[u8]) -> Self {
        let (pixels, _) = rgb.as_chunks::<3>();
        let mut colours = [0.0; STEPS * STEPS * STEPS];
        for pixel in pixels {
            count(*pixel, 1.0 / pixels.len() as f32, &mut colours);
        }
        let bright = |[red, green, blue]: &[u8; 3]| {
            let sum = 3 * u32::from(*red) + 6 * u32::from(*green) + u32::from(*blue);
            (sum / 10) as u8
        };
        let brightness = pixels.iter().map(bright).collect();
        Self { colours, brightness }
    }

    /// From 0, the same, to 1: other colours, and light and dark in other places. Either alone counts little: things
    /// that move keep their colours, and light that changes keeps most places.
    pub fn difference(&self, other: &Self) -> f32 {
        let colours: f32 = self
            .colours
            .iter()
            .zip(&other.colours)
            .map(|(a, b)| (a - b).abs())
            .sum();
        let places: u32 = self
            .brightness
            .iter()
            .zip(&other.brightness)
            .map(|(a, b)| u32::from(a.abs_diff(*b)))
            .sum();
        let places = places as f32 / self.brightness.len().max(1) as f32 / FULL_DIFFERENCE;
        (colours / 2.0 * places.min(1.0)).sqrt()
    }
}

/// Counts a pixel among the colours around it, the nearer the more: colours that change little by little do not jump
/// from one step to the next.
fn count(pixel: [u8; 3], share: f32, colours: &mut [f32]) {
    const WIDTH: usize = 255 / (STEPS - 1);
    let [red, green, blue] = pixel.map(|value| {
        let (step, above) = (usize::from(value) / WIDTH, usize::from(value) % WIDTH);
        let above = above as f32 / WIDTH as f32;
        [(step, 1.0 - above), ((step + 1).min(STEPS - 1), above)]
    });
    for (red, share) in red.map(|(step, part)| (step * STEPS, share * part)) {
        for (green, share) in green.map(|(step, part)| ((red + step) * STEPS, share * part)) {
            for (place, share) in blue.map(|(step, part)| (green + step, share * part)) {
                if let Some(colour) = colours.get_mut(place) {
                    *colour += share;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motion_differs_less_than_another_scene() {
        let picture = |shift: usize, colours: [[u8; 3]; 2]| -> Vec<u8> {
            (0..64 * 36)
                .flat_map(|place| colours[usize::from((place + shift) % 64 < 32)])
                .collect()
        };
        let (warm, cold) = ([[200, 120, 20], [90, 30, 0]], [[0, 60, 90], [10, 10, 40]]);
        let look = |shift, colours| Look::of(&picture(shift, colours));
        let first = look(0, warm);
        assert_eq!(first.difference(&look(0, warm)), 0.0);
        assert!(first.difference(&look(20, warm)) < 0.05);
        assert!(first.difference(&look(0, cold)) > 0.5);
        // A light that grows by a fortieth a picture.
        let grey = |value: u8| Look::of(&[value; 64 * 36 * 3]);
        let steps = (0..40_u8).map(|step| grey(step * 6).difference(&grey(step * 6 + 6)));
        assert!(steps.fold(0.0, f32::max) < 0.16);
        assert!(grey(0).difference(&grey(255)) > 0.99);
    }
}
