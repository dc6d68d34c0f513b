//! From a decoded picture to upright RGB rows of the size asked for.

use super::error::MediaError;
use super::orientation::Orientation;
use ffmpeg_next::color::Range;
use ffmpeg_next::ffi;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::frame;
use ffmpeg_next::software::scaling::{Context, Flags};

/// What the scaler was made for; another picture form needs another scaler.
#[derive(Clone, Copy, PartialEq)]
struct Form {
    format: Pixel,
    coded: (u32, u32),
    scaled: (u32, u32),
    colour_space: i32,
    full_range: bool,
}

/// Converts pictures of one video. It keeps its scaler as long as the pictures keep their form.
pub(super) struct RgbConversion {
    method: Flags,
    scaler: Option<(Form, Context)>,
}

impl Default for RgbConversion {
    fn default() -> Self {
        Self {
            method: Flags::BICUBIC,
            scaler: None,
        }
    }
}

impl RgbConversion {
    /// Makes each pixel the mean of those that it stands for: several times quicker where pictures become tiny.
    pub fn quick() -> Self {
        Self {
            method: Flags::AREA,
            scaler: None,
        }
    }

    /// Stretches a picture to `width` x `height` as shown, and turns it upright: `height * width * 3` bytes.
    ///
    /// # Errors
    /// When the scaler does not know the pixel format.
    pub fn convert(
        &mut self,
        picture: &frame::Video,
        orientation: Orientation,
        width: u32,
        height: u32,
    ) -> Result<Vec<u8>, MediaError> {
        let form = Form {
            format: picture.format(),
            coded: (picture.width(), picture.height()),
            scaled: orientation.turned_size(width, height),
            // SAFETY: the frame is a valid decoded frame for as long as it is borrowed.
            colour_space: unsafe { (*picture.as_ptr()).colorspace } as i32,
            full_range: picture.color_range() == Range::JPEG || is_full_range(picture.format()),
        };
        let unknown = || MediaError::Conversion {
            format: name(form.format).to_owned(),
            width: form.coded.0,
            height: form.coded.1,
        };
        let scaler = match &mut self.scaler {
            Some((known, scaler)) if *known == form => scaler,
            slot => {
                &mut slot
                    .insert((form, scaler(form, self.method).map_err(|_| unknown())?))
                    .1
            }
        };
        let mut scaled = frame::Video::empty();
        scaler.run(picture, &mut scaled).map_err(|_| unknown())?;
        Ok(orientation.turn(scaled.data(0), scaled.stride(0), width, height))
    }
}

fn scaler(form: Form, method: Flags) -> Result<Context, ffmpeg_next::Error> {
    let ((width, height), (to_width, to_height)) = (form.coded, form.scaled);
    let mut context = Context::get(
        form.format,
        width,
        height,
        Pixel::RGB24,
        to_width,
        to_height,
        method,
    )?;
    // Contrast and saturation are fixed-point numbers: this is 1.
    const UNCHANGED: i32 = 1 << 16;
    // SAFETY: the context was just made; the coefficient tables are static and belong to the library. A picture
    // that is no YUV has no such details, which the library answers with an error that does not matter here.
    unsafe {
        ffi::sws_setColorspaceDetails(
            context.as_mut_ptr(),
            ffi::sws_getCoefficients(form.colour_space),
            i32::from(form.full_range),
            ffi::sws_getCoefficients(ffi::SWS_CS_DEFAULT),
            0,
            0,
            UNCHANGED,
            UNCHANGED,
        );
    }
    Ok(context)
}

/// The library's short name of a pixel format, such as `yuv420p`.
pub(super) fn name(format: Pixel) -> &'static str {
    format
        .descriptor()
        .map_or("unknown", ffmpeg_next::format::pixel::Descriptor::name)
}

/// The old formats that say by their name that black is 0 and white 255.
fn is_full_range(format: Pixel) -> bool {
    name(format).starts_with("yuvj")
}
