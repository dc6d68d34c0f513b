//! The sound device of this machine.

use super::output::Output;
use super::tap::Tap;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig};
use std::time::Duration;

/// Samples drawn at once.
const DRAWN: usize = 256;

/// The device that the system plays sound through by default.
pub(super) struct Device {
    device: cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    stream: Option<cpal::Stream>,
}

impl Device {
    /// Finds the device.
    ///
    /// # Errors
    /// When there is none; in words.
    pub fn find() -> Result<Self, String> {
        let none = || "this machine has no sound device that can be used".to_owned();
        let device = cpal::default_host().default_output_device().ok_or_else(none)?;
        let config = device
            .default_output_config()
            .map_err(|error| match error.kind() {
                // The system's default may be a name with no device behind it.
                ErrorKind::DeviceNotAvailable => none(),
                _ => explain(&error),
            })?;
        Ok(Self {
            device,
            config: config.config(),
            format: config.sample_format(),
            stream: None,
        })
    }

    fn stream<T: SizedSample + FromSample<f32>>(
        &self,
        mut tap: Tap,
        lost: Box<dyn Fn(String) + Send>,
    ) -> Result<cpal::Stream, cpal::Error> {
        let (channels, rate) = (
            usize::from(self.config.channels.max(1)),
            f64::from(self.config.sample_rate),
        );
        let mut drawn = [0.0; DRAWN];
        let draw = move |samples: &mut [T], info: &OutputCallbackInfo| {
            let times = info.timestamp();
            let mut heard_in = times.playback.duration_since(times.callback);
            for block in samples.chunks_mut(DRAWN * channels) {
                let count = block.len() / channels;
                let drawn = drawn.get_mut(..count).unwrap_or_default();
                tap.draw(drawn, heard_in);
                for (frame, value) in block.chunks_mut(channels).zip(drawn) {
                    frame.fill(T::from_sample(value.clamp(-1.0, 1.0)));
                }
                heard_in += Duration::from_secs_f64(count as f64 / rate);
            }
        };
        let fail = move |error: cpal::Error| match error.kind() {
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun => {
                tracing::debug!("{error}");
            }
            _ => lost(explain(&error)),
        };
        let stream = self.device.build_output_stream(self.config, draw, fail, None)?;
        stream.play()?;
        Ok(stream)
    }
}

impl Output for Device {
    fn rate(&self) -> u32 {
        self.config.sample_rate
    }

    fn begin(&mut self, tap: Tap, lost: Box<dyn Fn(String) + Send>) -> Result<(), String> {
        let stream = match self.format {
            SampleFormat::F32 => self.stream::<f32>(tap, lost),
            SampleFormat::F64 => self.stream::<f64>(tap, lost),
            SampleFormat::I8 => self.stream::<i8>(tap, lost),
            SampleFormat::I16 => self.stream::<i16>(tap, lost),
            SampleFormat::I24 => self.stream::<cpal::I24>(tap, lost),
            SampleFormat::I32 => self.stream::<i32>(tap, lost),
            SampleFormat::U8 => self.stream::<u8>(tap, lost),
            SampleFormat::U16 => self.stream::<u16>(tap, lost),
            SampleFormat::U32 => self.stream::<u32>(tap, lost),
            other => return Err(format!("the sound device takes only samples of the form {other}")),
        };
        self.stream = Some(stream.map_err(|error| explain(&error))?);
        Ok(())
    }
}

fn explain(error: &cpal::Error) -> String {
    format!("the sound device cannot be used ({error})")
}
