//! What a project is: the video, its captions, the pairs and the runs, and how they are kept on disk.

mod board;
pub mod clusters;
pub mod companion;
pub mod edits;
pub mod figures;
pub mod files;
pub mod history;
mod losses;
pub mod pair;
mod pairs_file;
pub mod reading;
pub mod results;
pub mod run;
mod speech;
pub mod staleness;
pub mod store;
pub mod tags;
pub mod track;
mod trained;
pub mod units;
pub mod video;
mod written;

pub use board::Face;
pub use clusters::{
    Assignment, ClusteringMethod, Density, Embedding2, KEdge, KNode, KSweep, KSweepRow, KTree, Likelihood,
    Principal2, Suggestion,
};
pub use companion::{Companion, CompanionError, Company};
pub use edits::{Edit, EditHistory};
pub use figures::{Figure, Figures};
pub use files::StoreError;
pub use pair::{Pair, PairChoice, PairFate, PairKey, PairingRule};
pub use reading::{ReadingLimits, ReadingSpeed};
pub use results::{Latents, LossPoint, LossTerms, Reconstruction, Scores, Snapshot, TextScores};
pub use run::{Run, RunConfig, RunSummary};
pub use speech::Speech;
pub use staleness::Staleness;
pub use store::{CaptionSource, Manifest, Pairing, Project};
pub use tags::{ClusterTags, KEYWORDS, Origin, Tag, Used};
pub use track::{CaptionTrack, Cue, CueOrigin, Language, TimedWord};
pub use trained::TrainedOn;
pub use units::{ClusterId, CueId, FrameAt, FrameIndex, PairIndex, Seconds, SourceIndex, Span, counted};
pub use video::{AudioInfo, Sampling, SamplingMode, VideoInfo};
pub use written::{Description, WrittenTags};
