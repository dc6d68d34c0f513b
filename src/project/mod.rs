//! What a project is: the video, its captions, the pairs and the runs, and how they are kept on disk.

pub mod files;
pub mod history;
mod losses;
pub mod pair;
pub mod results;
pub mod run;
mod speech;
pub mod store;
pub mod track;
pub mod units;
pub mod video;

pub use files::StoreError;
pub use pair::{Pair, PairingRule};
pub use results::{
    Assignment, ClusterTags, ClusteringMethod, Embedding2, KSweep, KSweepRow, Latents, LossPoint, LossTerms,
    Reconstruction, Scores, Snapshot, Tag, TextScores,
};
pub use run::{Run, RunConfig, RunSummary};
pub use speech::Speech;
pub use store::{CaptionSource, Manifest, Pairing, Project};
pub use track::{CaptionTrack, Cue, CueOrigin, Language, TimedWord};
pub use units::{ClusterId, CueId, FrameIndex, PairIndex, Seconds, Span};
pub use video::{AudioInfo, Sampling, SamplingMode, VideoInfo};
