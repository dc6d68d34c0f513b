//! A picture as a vision transformer takes it.

use crate::pretrained::PretrainedError;
use image::imageops::{FilterType, resize};
use image::{ImageBuffer, Rgb};
use ndarray::Array2;

/// Mean and standard deviation of red, green and blue in the pictures that CLIP was trained on (Radford et al. 2021), by
/// which BLIP's pictures are normalised too.
const MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const DEVIATION: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

/// A picture in memory.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Red, green and blue of each pixel, row by row from the top: 3 x width x height bytes.
    pub rgb: &'a [u8],
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
}

impl Picture<'_> {
    /// The picture, stretched to a square of so many pixels a side by bicubic interpolation (Catmull-Rom), in square
    /// patches: a row for each, of all its red, all its green, and all its blue.
    ///
    /// # Errors
    /// When there are not as many bytes as the size says.
    pub(super) fn patches(&self, side: usize, patch: usize) -> Result<Array2<f32>, PretrainedError> {
        let (Ok(width), Ok(height), Ok(size)) = (
            u32::try_from(self.width),
            u32::try_from(self.height),
            u32::try_from(side),
        ) else {
            return Err(self.malformed());
        };
        let source: ImageBuffer<Rgb<u8>, _> =
            ImageBuffer::from_raw(width, height, self.rgb).ok_or_else(|| self.malformed())?;
        if width == 0 || height == 0 || self.rgb.len() != 3 * self.width * self.height {
            return Err(self.malformed());
        }
        let square = resize(&source, size, size, FilterType::CatmullRom).into_raw();
        let across = side / patch;
        Ok(Array2::from_shape_fn(
            (across * across, 3 * patch * patch),
            |(at, within)| {
                let (colour, within) = (within / (patch * patch), within % (patch * patch));
                let y = at / across * patch + within / patch;
                let x = at % across * patch + within % patch;
                let value = square
                    .get(3 * (y * side + x) + colour)
                    .copied()
                    .unwrap_or_default();
                let (mean, deviation) = match colour {
                    0 => (MEAN[0], DEVIATION[0]),
                    1 => (MEAN[1], DEVIATION[1]),
                    _ => (MEAN[2], DEVIATION[2]),
                };
                (f32::from(value) / 255.0 - mean) / deviation
            },
        ))
    }

    fn malformed(&self) -> PretrainedError {
        PretrainedError::Input(format!(
            "a picture of {} x {} pixels cannot have {} bytes",
            self.width,
            self.height,
            self.rgb.len()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_go_row_by_row_and_colours_one_after_the_other() {
        // Red counts pixels from left to right, green from top to bottom.
        let rgb: Vec<u8> = (0..36u8).flat_map(|at| [at % 6, at / 6, 9]).collect();
        let picture = Picture {
            rgb: &rgb,
            width: 6,
            height: 6,
        };
        let patches = picture.patches(6, 3).unwrap();
        assert_eq!(patches.dim(), (4, 27));
        let value = |row: usize, column: usize, colour: usize| {
            ((patches[[row, column]] * DEVIATION[colour] + MEAN[colour]) * 255.0).round()
        };
        assert_eq!((value(1, 0, 0), value(1, 9, 1), value(1, 18, 2)), (3.0, 0.0, 9.0));
        assert_eq!((value(2, 5, 0), value(2, 14, 1)), (2.0, 4.0));
    }

    #[test]
    fn a_picture_is_stretched_whatever_its_shape() {
        let rgb: Vec<u8> = (0..40 * 10)
            .flat_map(|at| if at % 40 < 20 { [0, 0, 0] } else { [255, 255, 255] })
            .collect();
        let picture = Picture {
            rgb: &rgb,
            width: 40,
            height: 10,
        };
        let patches = picture.patches(8, 4).unwrap();
        assert!(
            patches[[0, 0]] < -1.7 && patches[[1, 3]] > 1.9,
            "black at the left and white at the right"
        );
    }

    #[test]
    fn too_few_bytes_are_no_picture() {
        let picture = Picture {
            rgb: &[0; 11],
            width: 2,
            height: 2,
        };
        assert!(
            picture
                .patches(8, 4)
                .unwrap_err()
                .to_string()
                .contains("2 x 2 pixels cannot have 11 bytes")
        );
        let picture = Picture {
            rgb: &[],
            width: 0,
            height: 2,
        };
        assert!(picture.patches(8, 4).is_err());
    }
}
