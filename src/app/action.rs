//! What panels ask for: commands with data. Drawing emits them; they are applied after.

use super::command::Command;
use super::forms::ShiftForm;
use super::state::Pick;
use super::work::{Kind, Opened};
use crate::analysis::Takeaway;
use crate::captions::OutputFormat;
use crate::captions::retiming::SpreadUnit;
use crate::export::CurveFormat;
use crate::pretrained::Job;
use crate::project::{
    ClusterId, CueId, Edit, Language, PairIndex, Pairing, ReadingLimits, Sampling, Seconds,
};
use crate::training::TrainingConfig;
use eframe::egui::KeyboardShortcut;
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
    /// Choose where this is taken away to.
    PickTakeaway(Takeaway),
    /// Take this away.
    TakeAway(Takeaway, PathBuf),
    /// Take the vectors of this file as latents.
    ImportLatents(PathBuf),
    /// Ask for a table with numbers about the pairs.
    PickFigures,
    /// Read numbers about the pairs from a table.
    ReadFigures(PathBuf),
    /// Change the clusters by hand.
    EditClusters(ClusterEdit),
    /// Choose pairs.
    Choose(Vec<PairIndex>, Pick),
    /// Look what the captions of this file would be in other encodings.
    PreviewEncodings(PathBuf),
    /// Find words by the rules of this language.
    SetLanguage(Language),
    /// Sample frames anew.
    Sample(Sampling),
    /// Pair anew.
    SetPairing(Pairing),
    /// Take word vectors from these files; the built-in embedding where none.
    SetVectors(Vec<PathBuf>),
    /// Study the pairs of this other project together with those of the one that is open.
    AddCompanion(PathBuf),
    /// Study the project in this folder together with the one that is open no more.
    RemoveCompanion(PathBuf),
    /// Choose the project of another video.
    PickCompanion,
    /// Choose word-vector files.
    PickVectors,
    /// Find the clusters anew, as the form says.
    FindClusters,
    /// Draw the map anew, as the form says.
    DrawMap,
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
    /// Describe frames, as the form says.
    DescribeFrames,
    /// Write the tags of this cluster, or of all, as the form says.
    WriteTags(Option<ClusterId>),
    /// Write down what is said in the video.
    RecogniseSpeech,
    /// Take what was heard for the captions.
    TakeTranscript,
    /// Propose the times of what was heard for the captions that there are.
    AlignWithTranscript,
    /// Open the window of links with this link.
    OpenLink(String),
    /// Get yt-dlp, or its newest version.
    InstallFetcher,
    /// Look what is behind the link that is typed.
    LookAtLink,
    /// Look for the frames that show what is typed.
    FindFrames,
    /// The address of a link was changed.
    ForgetLink,
    /// Fetch what is chosen of the link, and open it.
    FetchVideo,
    /// Ask the server which models it offers.
    AskServer,
    /// Forget what was written of a cluster, or of all of them.
    ForgetTags(Option<ClusterId>),
    /// Give a tag of a cluster other words.
    RewriteTag(ClusterId, usize, String),
    /// Say what the frame of a pair shows; none for what the model says.
    RewriteDescription(PairIndex, Option<String>),
    /// Compare with the project in this folder.
    CompareWith(PathBuf),
    /// Choose the project to compare with.
    PickOther,
    /// Compare again, as the form says.
    CompareTellings,
    /// Look at a cell of the comparison.
    ShowCell([ClusterId; 2]),
    /// Leave a cluster of this project (0) or of the other (1) out of the comparison, or take it in again.
    LeaveOut(usize, ClusterId, bool),
    /// Go to a moment of the other video.
    SeekOther(Seconds),
    /// Play the other video, or stop.
    PlayOther(bool),
    /// Write the comparison as a CSV table.
    PickComparisonExport,
    /// Write the comparison as a CSV table to this file.
    ExportComparison(PathBuf),
    /// Add all projects of a folder to the library.
    AddToLibrary(PathBuf),
    /// Choose a folder of projects.
    PickLibrary,
    /// Take a project off the library's list.
    LeaveLibrary(PathBuf),
    /// Say what a project of the library is about.
    SetTopic(PathBuf, String),
    /// Compare all projects of a topic.
    CompareTopic(String, Vec<PathBuf>),
    /// Take this model of the shelf for a job.
    ChooseModel(Job, String),
    /// Fetch a model of the catalogue.
    GetModel(String),
    /// Point at a folder or file of the user's own.
    AddModel(Job, PathBuf),
    /// Choose a folder or file of the user's own.
    PickModel(Job),
    /// Take a model off the shelf.
    RemoveModel(String),
    /// Make this the number of clusters.
    ChooseK(usize),
    /// Move the playhead.
    Seek(Seconds),
    /// Spread the texts of the captions over the speech, in these units.
    Spread(SpreadUnit),
    /// The times of this cue were told by a sync point; they no longer are.
    RemoveSyncPoint(CueId),
    /// Play at so many times the video's own speed.
    SetSpeed(f64),
    /// Play as loud, from 0 to 1.
    SetVolume(f32),
    /// Select a pair that results speak of, and move the playhead to it.
    Select(PairIndex),
    /// Select a pair of those there are now, and move the playhead to it.
    SelectRow(PairIndex),
    /// Show only pairs that need a look, or all.
    ShowFlagged(bool),
    /// Edit captions or pairs.
    Edit(Edit),
    /// What is edited next is a step of its own.
    Seal,
    /// Choose a cue and move the playhead to it.
    PickCue(CueId, Pick),
    /// Begin to type in the text of a cue.
    BeginTyping(CueId),
    /// The text of a cue is this by now.
    Type(CueId, String),
    /// Leave the text of the cue and type in that of the next.
    TypeNext,
    /// Leave the text of the cue, with what was typed or without it.
    EndTyping {
        /// Whether what was typed stays.
        keep: bool,
    },
    /// Move cues.
    Shift(ShiftForm),
    /// Put the other text in the place that was found, and find the next.
    ReplaceOne,
    /// Put the other text in all places.
    ReplaceAll,
    /// Look up which words of the captions have vectors.
    LookUpWords,
    /// Choose where to write the captions.
    PickCaptionsExport(OutputFormat),
    /// Write the captions.
    ExportCaptions(OutputFormat, PathBuf),
    /// Yes or no to the question that is open.
    Answer(bool),
    /// Take these for the limits of reading and the length of a nudge.
    SetReading(ReadingLimits, f64),
    /// Give a key to a command; whichever command had it has none then.
    SetKey(Command, KeyboardShortcut),
    /// Give a command its first key again.
    ResetKey(Command),
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

/// A change of the clusters by hand.
#[derive(Debug, Clone, PartialEq)]
pub enum ClusterEdit {
    /// Call a cluster so; by its number where the name is empty.
    Rename(ClusterId, String),
    /// Give a cluster this colour of the palette.
    Recolour(ClusterId, usize),
    /// Leave a cluster out of what is looked at, or no more.
    Hide(ClusterId, bool),
    /// Make one cluster of these.
    Merge(Vec<ClusterId>),
    /// Part a cluster in two by k-means.
    Split(ClusterId),
    /// Move the chosen pairs into this cluster, or out of all.
    Move(Option<ClusterId>),
    /// Make the chosen pairs a cluster of their own.
    Part,
}
