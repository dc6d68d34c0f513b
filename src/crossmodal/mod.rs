//! Which words belong to which pictures: what is learned from the pairs of one video says which pairs do not fit, where a
//! stretch of the transcript is shifted, and which frames a sentence describes.
//!
//! News speech often does not describe what is shown. Then all of this says little, and says so: a pair is doubted only
//! beside the other pairs of its own video.

pub mod baseline;
pub mod evaluation;
pub mod features;
pub mod fit;
pub mod folds;
pub mod kept;
pub mod measuring;
pub mod saying;
pub mod search;
pub mod shift;
pub mod surprise;
pub mod suspicion;
pub mod synthetic;
pub mod telling;
pub mod unseen;

pub use features::colour_layout;
pub use fit::{CrossFit, cross_fit};
pub use kept::{Judge, KeepError, KeptSearch, PictureFit};
pub use search::{Found, FrameSearch, PlacedFrames};
pub use shift::{Gains, ProposedShift, proposed_shifts};
pub use surprise::SurpriseCurve;
pub use suspicion::{Suspicion, suspicions};
pub use telling::Telling;
pub use unseen::UnseenScores;
