//! From decoded sound of any form to one channel at the rate asked for.

use ffmpeg_next::format::Sample;
use ffmpeg_next::format::sample::Type;
use ffmpeg_next::software::resampling::Context;
use ffmpeg_next::{ChannelLayout, Error, frame};

/// What the resampler was made for; sound of another form needs another resampler.
#[derive(Clone, Copy, PartialEq)]
struct Form {
    format: Sample,
    layout: ChannelLayout,
    rate: u32,
}

/// Room for the few samples that rounding adds.
const ROUNDING: usize = 64;

/// Mixes and resamples one stream of sound. It holds a few milliseconds back until more comes or it is drained.
pub(super) struct MonoConversion {
    rate: u32,
    resampler: Option<(Form, Context)>,
}

impl MonoConversion {
    /// For so many samples a second.
    pub fn new(rate: u32) -> Self {
        let resampler = None;
        Self { rate, resampler }
    }

    /// Adds what a frame of sound gives to `samples`.
    ///
    /// # Errors
    /// When the resampler does not know the form of the sound.
    pub fn convert(&mut self, sound: &mut frame::Audio, samples: &mut Vec<f32>) -> Result<(), Error> {
        if sound.channel_layout().is_empty() {
            // The file says only how many channels there are: take them for what is usual.
            sound.set_channel_layout(ChannelLayout::default(i32::from(sound.channels())));
        }
        let form = Form {
            format: sound.format(),
            layout: sound.channel_layout(),
            rate: sound.rate(),
        };
        if self.resampler.as_ref().is_some_and(|(known, _)| *known != form) {
            self.drain(samples)?;
        }
        let (delay, rate) = (self.delay(), self.rate);
        let resampler = match &mut self.resampler {
            Some((_, resampler)) => resampler,
            slot => &mut slot.insert((form, resampler(form, rate)?)).1,
        };
        let resampled = sound.samples() as f64 * f64::from(rate) / f64::from(form.rate.max(1));
        let mut mono = room(delay + resampled.ceil() as usize);
        resampler.run(sound, &mut mono)?;
        append(&mono, samples);
        Ok(())
    }

    /// Adds what has been held back to `samples`. What is converted next does not continue it.
    ///
    /// # Errors
    /// Never in practice.
    pub fn drain(&mut self, samples: &mut Vec<f32>) -> Result<(), Error> {
        let delay = self.delay();
        if let Some((_, mut resampler)) = self.resampler.take() {
            let mut mono = room(delay);
            resampler.flush(&mut mono)?;
            append(&mono, samples);
        }
        Ok(())
    }

    /// Forgets what has been held back.
    pub fn clear(&mut self) {
        self.resampler = None;
    }

    /// Number of samples held back.
    pub fn delay(&self) -> usize {
        let delay = self
            .resampler
            .as_ref()
            .and_then(|(_, resampler)| resampler.delay());
        delay.map_or(0, |delay| usize::try_from(delay.output).unwrap_or(0))
    }
}

fn resampler(form: Form, rate: u32) -> Result<Context, Error> {
    let mono = Sample::F32(Type::Planar);
    Context::get(
        form.format,
        form.layout,
        form.rate,
        mono,
        ChannelLayout::MONO,
        rate,
    )
}

fn room(samples: usize) -> frame::Audio {
    frame::Audio::new(Sample::F32(Type::Planar), samples + ROUNDING, ChannelLayout::MONO)
}

fn append(mono: &frame::Audio, samples: &mut Vec<f32>) {
    if mono.planes() > 0 {
        samples.extend_from_slice(mono.plane::<f32>(0));
    }
}
