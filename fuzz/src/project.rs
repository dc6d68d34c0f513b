//! The types of captions.

#[path = "../../src/project/track.rs"]
pub mod track;
#[path = "../../src/project/units.rs"]
pub mod units;

pub use track::{CaptionTrack, Cue, CueOrigin, Language, TimedWord};
pub use units::{CueId, Seconds};
