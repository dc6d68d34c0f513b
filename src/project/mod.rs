//! What a project is: the video, its captions, the pairs and the runs, and how they are kept on disk.

pub mod pair;
pub mod results;
pub mod track;
pub mod units;

pub use pair::{Pair, PairingRule};
pub use results::{
    Assignment, ClusterTags, ClusteringMethod, Embedding2, KSweep, KSweepRow, Latents, LossPoint, LossTerms,
    Tag,
};
pub use track::{CaptionTrack, Cue, CueOrigin, Language};
pub use units::{ClusterId, CueId, FrameIndex, PairIndex, Seconds};
