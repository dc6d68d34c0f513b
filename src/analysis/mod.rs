//! The analyst's job, one function a step: each takes the project one step on. The window and the command line
//! both call these and add nothing but looking and choosing.

pub mod batch;
pub mod clusters;
pub mod comparing;
pub mod describing;
pub mod exporting;
pub mod fingerprints;
pub mod fitting;
pub mod frames;
pub mod inspection;
pub mod library;
pub mod links;
mod looking;
pub mod measuring;
pub mod models;
pub mod places;
pub mod recognising;
pub mod retiming;
pub mod sample;
pub mod servers;
pub mod steps;
pub mod surprise;
pub mod tagging;
pub mod takeaway;
pub mod training;

pub use clusters::{analyse_clusters, choose_k, tag_clusters};
pub use describing::{Described, Frames, describe};
pub use exporting::{Takeaway, Taking, take_away};
pub use fingerprints::fingerprints;
pub use fitting::{FitAgainst, find_frames, fit_pictures, proposed_by_pictures};
pub use frames::{Frame, FrameSet, sample_frames};
pub use inspection::open_inspection;
pub use looking::Eyes;
pub use places::Places;
pub use recognising::{OwnRecogniser, Transcript, transcribe, transcribe_with};
pub use retiming::{doubts, propose, propose_by_words, speech, suggested_anchors, sync};
pub use steps::{
    TIME_MARGIN, build_dataset, import_captions, make_pairs, open_video, save, suggested_pairing,
};
pub use surprise::judge_surprise;
pub use takeaway::{exact_pictures, sampled_pictures, study};
pub use training::{prepare_run, train_run, training_dataset};
