//! Pictures of the pairs on their way out.

use super::ExportError;
use crate::project::PairIndex;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::{self, FilterType};
use image::{ExtendedColorType, ImageEncoder, RgbImage};

/// How well a JPEG keeps what is seen, of 100.
const QUALITY: u8 = 82;

/// Where the picture of a pair comes from: given the pair and how many columns are wanted at most.
pub type Pictures<'a> = dyn FnMut(PairIndex, u32) -> Result<Picture, ExportError> + 'a;

/// A picture in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    rgb: RgbImage,
}

impl Picture {
    /// A picture of rows of red, green and blue, `height * width * 3` bytes.
    ///
    /// # Errors
    /// When there are fewer bytes.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self, ExportError> {
        let rgb = RgbImage::from_raw(width, height, rgb);
        let rgb = rgb.ok_or_else(|| ExportError::Picture {
            what: format!("it is not {width} x {height} pixels"),
        })?;
        Ok(Self { rgb })
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        [self.rgb.width(), self.rgb.height()]
    }

    /// Rows of red, green and blue, `height * width * 3` bytes.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        self.rgb.as_raw()
    }

    /// Stretched to these columns and rows.
    #[must_use]
    pub fn stretched(&self, width: u32, height: u32) -> Self {
        if self.size() == [width, height] {
            return self.clone();
        }
        let rgb = imageops::resize(&self.rgb, width.max(1), height.max(1), FilterType::Triangle);
        Self { rgb }
    }

    /// As the bytes of a PNG file.
    ///
    /// # Errors
    /// When it has no pixels.
    pub fn png(&self) -> Result<Vec<u8>, ExportError> {
        let mut bytes = Vec::new();
        self.encode(PngEncoder::new(&mut bytes))?;
        Ok(bytes)
    }

    /// As the bytes of a JPEG file.
    ///
    /// # Errors
    /// When it has no pixels, or more than 65,535 a side.
    pub fn jpeg(&self) -> Result<Vec<u8>, ExportError> {
        let mut bytes = Vec::new();
        self.encode(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
        Ok(bytes)
    }

    /// Puts a picture into this one, its corner at the top left.
    pub fn put(&mut self, other: &Self, [x, y]: [u32; 2]) {
        imageops::replace(&mut self.rgb, &other.rgb, x.into(), y.into());
    }

    fn encode(&self, encoder: impl ImageEncoder) -> Result<(), ExportError> {
        let [width, height] = self.size();
        let written = encoder.write_image(&self.rgb, width, height, ExtendedColorType::Rgb8);
        written.map_err(|error| ExportError::Picture {
            what: error.to_string(),
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A picture of one colour.
    pub fn plain(width: u32, height: u32, colour: [u8; 3]) -> Picture {
        let bytes = colour.repeat((width * height) as usize);
        Picture::new(width, height, bytes).unwrap()
    }

    #[test]
    fn a_picture_comes_back_from_its_files() {
        let picture = plain(6, 4, [200, 40, 90]);
        let png = image::load_from_memory(&picture.png().unwrap())
            .unwrap()
            .into_rgb8();
        assert_eq!(png, picture.rgb);
        let jpeg = image::load_from_memory(&picture.jpeg().unwrap())
            .unwrap()
            .into_rgb8();
        assert!(jpeg.get_pixel(3, 2)[0].abs_diff(200) < 4);
        assert_eq!(picture.stretched(3, 8).size(), [3, 8]);
        assert!(Picture::new(6, 4, vec![0; 71]).is_err());
    }
}
