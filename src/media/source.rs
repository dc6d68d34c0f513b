//! Pictures for the player: any time, in any order.

use super::error::MediaError;
use super::input::Input;
use super::orientation::Orientation;
use super::probe::displayed_size;
use super::reader::PictureReader;
use super::rgb::RgbConversion;
use crate::jobs::Watch;
use crate::project::Seconds;
use std::path::Path;

/// A jump forwards by more than this is made by seeking, a smaller one by reading on.
const JUMP: f64 = 5.0;

/// A picture of the video.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The time from which it is shown.
    pub time: Seconds,
    /// Rows of red, green and blue from the top: `height * width * 3` bytes.
    pub rgb: Vec<u8>,
}

/// An open video that is asked for pictures. It belongs on the player's thread.
pub struct FrameSource {
    reader: PictureReader,
    conversion: RgbConversion,
    orientation: Orientation,
    width: u32,
    height: u32,
}

impl FrameSource {
    /// Opens a video.
    ///
    /// # Errors
    /// When the file is not a video or cannot be decoded.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        Self::of(Input::open(path)?)
    }

    /// Opens a picture file, which then is the picture of every time.
    ///
    /// # Errors
    /// When the file cannot be decoded.
    pub fn open_picture(path: &Path) -> Result<Self, MediaError> {
        Self::of(Input::open_picture(path)?)
    }

    fn of(mut input: Input) -> Result<Self, MediaError> {
        let (width, height) = displayed_size(&mut input)?;
        let orientation = input.orientation();
        let conversion = RgbConversion::default();
        Ok(Self {
            reader: PictureReader::open(input)?,
            conversion,
            orientation,
            width,
            height,
        })
    }

    /// The picture shown at a time, in the video's own proportions and at most `max_width` wide; before the first
    /// picture that one, and after the last that one. Times that go forwards in small steps are cheapest.
    ///
    /// # Errors
    /// When nothing can be decoded there.
    pub fn at(&mut self, time: Seconds, max_width: u32) -> Result<Picture, MediaError> {
        if !self.is_ahead(time) {
            self.reader.seek(time)?;
        }
        self.reader.advance(time, None, &Watch::default())?;
        let path = self.reader.input().path();
        let shown = self.reader.shown().ok_or_else(|| MediaError::NoPictures {
            path: path.to_path_buf(),
        })?;
        let width = self.width.min(max_width).max(1);
        let height = f64::from(self.height) * f64::from(width) / f64::from(self.width);
        let height = height.round().max(1.0) as u32;
        let rgb = self
            .conversion
            .convert(&shown.frame, self.orientation, width, height)?;
        Ok(Picture {
            width,
            height,
            time: shown.time,
            rgb,
        })
    }

    /// Whether a time is best reached by reading on from the picture shown.
    fn is_ahead(&self, time: Seconds) -> bool {
        let read = self.reader.position().unwrap_or_default();
        let past = self.reader.shown().is_some_and(|shown| time.0 < shown.time.0);
        !past && (time.0 - read.0 <= JUMP || self.reader.end().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_videos::{difference, index_at, make, picture_times, pictures};
    use super::*;

    #[test]
    fn any_time_in_any_order_gives_the_picture_shown_then() {
        let line =
            "-f lavfi -i testsrc2=size=320x180:rate=25:duration=30 -pix_fmt yuv420p -c:v libx264 -g 100";
        let Some(video) = make("a.mp4", line) else {
            return;
        };
        let (times, expected) = (picture_times(&video.path), pictures(&video.path, 160, 90));
        let mut source = FrameSource::open(&video.path).unwrap();
        let jumps = [
            0.0, 29.96, 3.99, 4.0, 4.01, 20.5, 4.1, 12.34, -1.0, 99.0, 100.0, 29.9,
        ];
        for time in jumps.into_iter().chain((100..200).map(|n| f64::from(n) * 0.05)) {
            let picture = source.at(Seconds(time), 160).unwrap();
            let index = index_at(&times, time);
            assert_eq!((picture.width, picture.height), (160, 90));
            assert!(
                (picture.time.0 - times[index]).abs() < 1e-6,
                "at {time}: {:?}",
                picture.time
            );
            assert!(difference(&picture.rgb, &expected[index]) < 0.5, "at {time}");
        }
        assert_eq!(source.at(Seconds(1.0), 4000).unwrap().width, 320);
    }
}
