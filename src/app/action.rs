//! What panels ask for: commands with data. Drawing emits them; they are applied after.

use super::command::Command;
use super::work::{Kind, Opened};
use crate::export::CurveFormat;
use crate::project::{ClusterId, Language, PairIndex, Pairing, Sampling, Seconds};
use crate::training::TrainingConfig;
use std::path::PathBuf;

/// Something to be done once drawing is over.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Do as if its key were pressed.
    Run(Command),
    /// Open a video, a project folder or a caption file, whichever it is.
    Open(PathBuf),
    /// Take a project that has been opened in place of the one there is.
    Adopt(Box<Opened>),
    /// Read this file as the captions of the video.
    ReadCaptions(PathBuf),
    /// Read the caption file again as if written in this encoding; none lets the reader find out.
    SetEncoding(Option<String>),
    /// Find words by the rules of this language.
    SetLanguage(Language),
    /// Sample frames anew.
    Sample(Sampling),
    /// Pair anew.
    SetPairing(Pairing),
    /// Take word vectors from these files; the built-in embedding where none.
    SetVectors(Vec<PathBuf>),
    /// Choose word-vector files.
    PickVectors,
    /// Sweep and draw the map again with these settings.
    AnalyseClusters {
        /// Smallest k.
        from: usize,
        /// Largest k.
        to: usize,
        /// Perplexity of the map.
        perplexity: f64,
    },
    /// Go back to an earlier training.
    UseRun(String),
    /// Delete a training that is not in use.
    DeleteRun(String),
    /// Train the run in use for so many more epochs.
    Extend(u32),
    /// Train with each of these settings in turn, beside the run in use.
    Compare(Vec<TrainingConfig>),
    /// Look at the watched training as it was after an epoch; none for the end.
    ShowEpoch(Option<u32>),
    /// Choose where to write the curves that are drawn.
    PickExport(CurveFormat),
    /// Write the curves that are drawn.
    ExportCurves(CurveFormat, PathBuf),
    /// Count the words of the clusters again.
    CountWords,
    /// Make this the number of clusters.
    ChooseK(usize),
    /// Move the playhead.
    Seek(Seconds),
    /// Select a pair and move the playhead to it.
    Select(PairIndex),
    /// Look at one cluster, or at all.
    Focus(Option<ClusterId>),
    /// Look at the evidence for a tag.
    ShowTag(ClusterId, usize),
    /// Stop a job.
    Cancel(Kind),
    /// Take a notice away.
    Dismiss(u64),
    /// Go on although the project could not be saved.
    LeaveUnsaved,
    /// Stay with the project that could not be saved.
    Stay,
}
