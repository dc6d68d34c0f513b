//! The sound of a whole video as the timeline shows it, made once.

use super::error::MediaError;
use super::kept::{keep, kept_file};
use super::sound::read_sound;
use super::spectrogram::{Spectrogram, SpectrogramBuilder};
use super::waveform::{Waveform, WaveformBuilder};
use crate::jobs::Watch;
use std::path::Path;

/// Samples a second: speech has all that matters below half of it.
const RATE: u32 = 16_000;

/// Waveform and spectrogram of a video.
#[derive(Debug, Clone, PartialEq)]
pub struct SoundSurvey {
    /// How far the sound swings.
    pub waveform: Waveform,
    /// Which pitches it has.
    pub spectrogram: Spectrogram,
}

/// Decodes the sound of a video once for both pictures of it, or reads what an earlier time left in the folder `cache`.
///
/// # Errors
/// When the file cannot be read, has no sound or none that can be decoded, or `watch` is cancelled. A cache that
/// cannot be read or written is no error.
pub fn survey_sound(video: &Path, cache: Option<&Path>, watch: &Watch) -> Result<SoundSurvey, MediaError> {
    let kept = cache.map(|folder| kept_file(folder, video, "sound 1"));
    if let Some(survey) = kept.as_deref().and_then(read) {
        return Ok(survey);
    }
    watch.say("reading the sound");
    let (mut waveform, mut spectrogram) = (WaveformBuilder::default(), SpectrogramBuilder::new(RATE));
    read_sound(video, RATE, watch, &mut |samples| {
        waveform.take(samples);
        spectrogram.take(samples);
    })?;
    let survey = SoundSurvey {
        waveform: waveform.finish(RATE),
        spectrogram: spectrogram.finish(),
    };
    if let Some(path) = kept {
        keep(&path, |file| {
            let mut swings = Vec::new();
            survey.waveform.write(&mut swings)?;
            file.write_all(&(swings.len() as u64).to_le_bytes())?;
            file.write_all(&swings)?;
            survey.spectrogram.write(file)
        });
    }
    Ok(survey)
}

fn read(path: &Path) -> Option<SoundSurvey> {
    let bytes = std::fs::read(path).ok()?;
    let (length, rest) = bytes.split_first_chunk()?;
    let (swings, spectra) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let waveform = Waveform::read(RATE, swings);
    let spectrogram = Spectrogram::read(RATE, spectra);
    // Both are of the same sound, unless the file is damaged.
    let same = (waveform.length().0 - spectrogram.length().0).abs() < 0.1;
    same.then_some(SoundSurvey {
        waveform,
        spectrogram,
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_videos::make;
    use super::*;
    use crate::project::Seconds;

    #[test]
    fn a_survey_is_kept_and_a_damaged_one_made_again() {
        let line = "-f lavfi -i testsrc2=size=160x90:rate=25:duration=3 -f lavfi -i sine=frequency=440:duration=3 -c:v libx264 -c:a aac";
        let Some(video) = make("a.mp4", line) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let survey = || survey_sound(&video.path, Some(folder.path()), &Watch::default()).unwrap();
        let first = survey();
        assert!((first.waveform.length().0 - 3.0).abs() < 0.1);
        assert!((first.spectrogram.length().0 - 3.0).abs() < 0.1);
        let (_, high) = first.waveform.range(Seconds(1.0), Seconds(2.0), 1)[0];
        assert!(high > 0.1, "{high}");
        let kept = kept_file(folder.path(), &video.path, "sound 1");
        let bytes = std::fs::read(&kept).unwrap();
        assert_eq!(read(&kept), Some(first.clone()));
        std::fs::write(&kept, &bytes[..bytes.len() / 2]).unwrap();
        assert_eq!(read(&kept), None);
        assert_eq!((survey(), std::fs::read(&kept).unwrap()), (first, bytes));
        let cancelled = Watch::default();
        cancelled.cancel();
        let other = folder.path().join("other");
        let result = survey_sound(&video.path, Some(&other), &cancelled);
        assert!(matches!(result, Err(MediaError::Cancelled(_))) && !other.exists());
    }
}
