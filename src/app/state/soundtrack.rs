//! What is known of the sound and the shots of the video, found in the background.

use crate::media::{Shots, SoundSurvey};
use std::sync::Arc;

/// The sound and the shots of the video.
#[derive(Debug, Clone, Default)]
pub struct Soundtrack {
    /// Waveform and spectrogram; none until they are read.
    pub survey: Option<Arc<SoundSurvey>>,
    /// Why there is no sound to be seen, in words.
    pub without: Option<String>,
    /// Where shots are cut; none until they are found.
    pub shots: Option<Arc<Shots>>,
}
