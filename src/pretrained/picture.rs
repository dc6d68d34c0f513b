//! A picture as a vision transformer takes it.

use crate::pretrained::PretrainedError;
use image::imageops::{FilterType, crop_imm, resize};
use image::{ImageBuffer, Rgb};
use ndarray::Array2;

/// Mean and standard deviation of red, green and blue in the pictures that CLIP was trained on (Radford et al. 2021), by
/// which BLIP's pictures are normalised too.
const MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const DEVIATION: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

/// How a model wants its pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Framing {
    /// Along a side of the square that it sees.
    pub side: usize,
    /// The length of the picture's shorter side where it keeps its shape, and what goes beyond the square is cut off, as much
    /// on both sides; else it is stretched.
    pub shorter: Option<usize>,
    /// What is taken off red, green and blue, which are from 0 to 1.
    pub mean: [f32; 3],
    /// What they are divided by then.
    pub deviation: [f32; 3],
}

impl Framing {
    /// Stretched to a square, as BLIP has it.
    pub fn stretched(side: usize) -> Self {
        Self {
            side,
            shorter: None,
            mean: MEAN,
            deviation: DEVIATION,
        }
    }
}

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
    /// The picture as a model wants it, by bicubic interpolation (Catmull-Rom), in square patches: a row for each, of all
    /// its red, all its green, and all its blue.
    ///
    /// # Errors
    /// When there are not as many bytes as the size says.
    pub(super) fn patches(&self, framing: &Framing, patch: usize) -> Result<Array2<f32>, PretrainedError> {
        let square = self.square(framing)?;
        let side = framing.side;
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
                let of = |each: &[f32; 3]| each.get(colour).copied().unwrap_or(1.0);
                (f32::from(value) / 255.0 - of(&framing.mean)) / of(&framing.deviation)
            },
        ))
    }

    /// What the model sees, pixel by pixel.
    fn square(&self, framing: &Framing) -> Result<Vec<u8>, PretrainedError> {
        let size = |pixels: usize| u32::try_from(pixels).map_err(|_| self.malformed());
        let (width, height, side) = (size(self.width)?, size(self.height)?, size(framing.side)?);
        let source: ImageBuffer<Rgb<u8>, _> =
            ImageBuffer::from_raw(width, height, self.rgb).ok_or_else(|| self.malformed())?;
        if width == 0 || height == 0 || self.rgb.len() != 3 * self.width * self.height {
            return Err(self.malformed());
        }
        let Some(shorter) = framing.shorter else {
            return Ok(resize(&source, side, side, FilterType::CatmullRom).into_raw());
        };
        let shorter = size(shorter)?.max(side);
        // The longer side is cut down to whole pixels, as CLIP's makers do.
        let scaled = |pixels: u32| u64::from(pixels) * u64::from(shorter) / u64::from(width.min(height));
        let scaled = |pixels: u32| u32::try_from(scaled(pixels)).map_err(|_| self.malformed());
        let (wide, high) = (scaled(width)?, scaled(height)?);
        let whole = resize(&source, wide, high, FilterType::CatmullRom);
        let cut = crop_imm(&whole, (wide - side) / 2, (high - side) / 2, side, side);
        Ok(cut.to_image().into_raw())
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
        let patches = picture.patches(&Framing::stretched(6), 3).unwrap();
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
        let patches = picture.patches(&Framing::stretched(8), 4).unwrap();
        assert!(
            patches[[0, 0]] < -1.7 && patches[[1, 3]] > 1.9,
            "black at the left and white at the right"
        );
    }

    #[test]
    fn what_goes_beyond_the_square_is_cut_off_on_both_sides() {
        // Black, white in the middle, black.
        let rgb: Vec<u8> = (0..40 * 8)
            .flat_map(|at| [if (16..24).contains(&(at % 40)) { 255 } else { 0 }; 3])
            .collect();
        let picture = Picture {
            rgb: &rgb,
            width: 40,
            height: 8,
        };
        let framing = Framing {
            shorter: Some(8),
            ..Framing::stretched(8)
        };
        let patches = picture.patches(&framing, 8).unwrap();
        assert!(
            patches.iter().all(|value| *value > 1.9),
            "only the middle is seen"
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
                .patches(&Framing::stretched(8), 4)
                .unwrap_err()
                .to_string()
                .contains("2 x 2 pixels cannot have 11 bytes")
        );
        let picture = Picture {
            rgb: &[],
            width: 0,
            height: 2,
        };
        assert!(picture.patches(&Framing::stretched(8), 4).is_err());
    }
}
