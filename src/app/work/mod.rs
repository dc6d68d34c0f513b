//! The background work of the window: what runs where, and what it sends back.

mod dialog;
mod export;
mod latent;
mod training;

use super::action::Action;
use super::state::Network;
use crate::analysis::{self, Frame, FrameSet, Places};
use crate::jobs::Outbox;
use crate::project::{
    CaptionSource, CaptionTrack, ClusterTags, Embedding2, KSweep, Language, Project, Run, RunSummary,
    Sampling, Snapshot,
};
use crate::training::{Decoded, TrainingEvent};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

pub use dialog::{CAPTION_EXTENSIONS, VIDEO_EXTENSIONS, Wanted, dialog, export_dialog};
pub use export::{Drawing, export};
pub use latent::{decode, open_network};
pub use training::{delete_run, history, list_runs, maps, train, use_run};

/// A piece of work. Of each kind only the latest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Probing a video or reading a project.
    Open,
    /// Decoding frames.
    Sample,
    /// Reading captions.
    Captions,
    /// Training the network.
    Train,
    /// Sweep and map.
    Clusters,
    /// Counting words.
    Tags,
    /// Writing the project.
    Save,
    /// Waiting for a file dialog.
    Dialog,
    /// Looking for devices.
    Devices,
    /// Writing the window's own settings.
    Settings,
    /// Listing the trainings, or deleting one.
    Runs,
    /// Reading what a training was like on the way.
    History,
    /// Drawing the maps of earlier epochs.
    Maps,
    /// Opening a trained network.
    Network,
    /// Asking a trained network.
    Decode,
    /// Writing curves for other programs.
    Export,
}

impl Kind {
    /// What is being done, for the strip of jobs.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "Opening",
            Self::Sample => "Sampling frames",
            Self::Captions => "Reading captions",
            Self::Train => "Training",
            Self::Clusters => "Clustering",
            Self::Tags => "Counting words",
            Self::Save => "Saving",
            Self::Dialog => "Choosing a file",
            Self::Devices => "Looking for devices",
            Self::Settings => "Keeping settings",
            Self::Runs => "Reading the trainings",
            Self::History => "Reading the way of a training",
            Self::Maps => "Drawing the maps of earlier epochs",
            Self::Network => "Opening the network",
            Self::Decode => "Asking the network",
            Self::Export => "Writing the curves",
        }
    }

    /// Whether it is worth showing: not what is over in a blink or is seen elsewhere.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        !matches!(
            self,
            Self::Save
                | Self::Dialog
                | Self::Devices
                | Self::Settings
                | Self::Runs
                | Self::History
                | Self::Decode
        )
    }
}

/// What jobs send.
pub enum Message {
    /// A project is there, new or from disk.
    Opened(Box<Opened>),
    /// One more frame.
    Frame(Frame),
    /// All frames, how they were sampled, and what the analyst should know of them.
    Sampled(Box<(FrameSet, Sampling, Vec<String>)>),
    /// Captions are read.
    Captions(Box<(CaptionTrack, CaptionSource, Language)>),
    /// News of the training.
    Training(TrainingEvent),
    /// What is known of the words that are trained on.
    Words(WordFacts),
    /// The training goes into the run of this name.
    Began(String),
    /// The training is over, or was stopped and kept; or an earlier one is taken up again.
    Trained(Box<Run>),
    /// The trainings on the pairs that there are now.
    Runs(Vec<RunSummary>),
    /// What the training of this name was like on the way.
    History(String, Vec<Snapshot>),
    /// The map of an epoch of the training of this name.
    Map(String, u32, Embedding2),
    /// The network of the run of this name.
    Network(String, Network),
    /// What the network tells from the place that was asked for last.
    Decoded(Box<Decoded>),
    /// The curves are written here.
    Exported(PathBuf),
    /// The sweep and the map of the run of this name.
    Clustered(Box<(String, KSweep, Embedding2)>),
    /// Keywords for the run of this name with this many clusters.
    Tagged(String, usize, Vec<ClusterTags>),
    /// The project as of this change is on disk.
    Saved(u64),
    /// A file was chosen.
    Picked(Action),
    /// The device that training would use, and why not CUDA.
    Device(String, Option<String>),
}

/// What is known of the words of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct WordFacts {
    /// What the analyst should know.
    pub warnings: Vec<String>,
    /// Share of the distinct words that have vectors.
    pub share: f64,
    /// What the vectors are.
    pub source: String,
    /// Length of a vector.
    pub dimension: usize,
    /// Words of the longest caption.
    pub longest: usize,
}

/// A project that has been opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The project, with its own folder.
    pub project: Project,
    /// Caption files beside the video.
    pub captions_nearby: Vec<PathBuf>,
    /// It is not on disk yet.
    pub fresh: bool,
    /// The last training was cut short, and its checkpoint is there.
    pub interrupted: bool,
}

impl Opened {
    fn new(project: Project, fresh: bool) -> Self {
        let video = project.manifest.video.as_ref();
        let captions_nearby = video
            .map(|video| captions_beside(&video.path))
            .unwrap_or_default();
        let interrupted = project.runs().last().is_some_and(|name| {
            let folder = project.run_folder(name);
            let unfinished = Run::load_summary(&folder).is_ok_and(|run| run.losses.is_empty());
            unfinished && folder.join(crate::training::checkpoint::FILE).exists()
        });
        Self {
            project,
            captions_nearby,
            fresh,
            interrupted,
        }
    }
}

/// What work has to speak with.
pub type Out = Outbox<Kind, Message>;

/// Opens a video, with the project that is kept for it if there is one, or a project folder.
pub fn open(path: &Path, places: &Places, out: &Out) -> anyhow::Result<()> {
    let path = &std::path::absolute(path)?;
    let is_project = path.file_name().is_some_and(|name| name == "project.json");
    let path = path.parent().filter(|_| is_project).unwrap_or(path);
    anyhow::ensure!(
        !path.is_dir() || Project::is_project(path),
        "{} is a folder without a project.json: choose a video file or a .frameloom folder",
        path.display()
    );
    let folder = if path.is_dir() {
        path.to_path_buf()
    } else {
        places.project_folder(path)
    };
    let opened = if Project::is_project(&folder) {
        Opened::new(Project::load(&folder)?, false)
    } else {
        Opened::new(analysis::open_video(path, &folder)?, true)
    };
    Ok(out.send(Message::Opened(Box::new(opened)))?)
}

/// Opens the sample, with its captions.
pub fn open_sample(places: &Places, out: &Out) -> anyhow::Result<()> {
    let sample = analysis::sample::unpack(places)?;
    let folder = places.project_folder(&sample.video);
    let opened = if Project::is_project(&folder) {
        Opened::new(Project::load(&folder)?, false)
    } else {
        let mut project = analysis::open_video(&sample.video, &folder)?;
        analysis::import_captions(&mut project, &sample.captions, None, None)?;
        Opened::new(project, true)
    };
    Ok(out.send(Message::Opened(Box::new(opened)))?)
}

/// Caption files in the folder of a video whose names begin like it, in order.
fn captions_beside(video: &Path) -> Vec<PathBuf> {
    let stem = video
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let Some(entries) = video.parent().and_then(|folder| std::fs::read_dir(folder).ok()) else {
        return Vec::new();
    };
    let fits = |path: &PathBuf| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        name.starts_with(&stem) && extension.is_some_and(|e| CAPTION_EXTENSIONS.contains(&e.as_str()))
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(fits).collect();
    files.sort();
    files
}

/// Samples the frames of a project's video.
pub fn sample(project: &Project, sampling: &Sampling, places: &Places, out: &Out) -> anyhow::Result<()> {
    let Some(video) = &project.manifest.video else {
        return Ok(());
    };
    let (frames, warnings) = analysis::sample_frames(
        video,
        sampling,
        Some(&places.cache),
        &out.watch,
        &mut |_, frame| {
            let _ = out.send(Message::Frame(frame.clone()));
        },
    )?;
    Ok(out.send(Message::Sampled(Box::new((frames, sampling.clone(), warnings))))?)
}

/// Reads a caption file.
pub fn read_captions(
    mut project: Project,
    file: &Path,
    encoding: Option<String>,
    out: &Out,
) -> anyhow::Result<()> {
    analysis::import_captions(&mut project, file, encoding, None)?;
    let Some(source) = project.manifest.captions else {
        return Ok(());
    };
    Ok(out.send(Message::Captions(Box::new((
        project.track,
        source,
        project.manifest.language,
    ))))?)
}

/// The sweep over k and the map.
pub fn clusters(
    project: &Project,
    range: RangeInclusive<usize>,
    perplexity: f64,
    seed: u64,
    out: &Out,
) -> anyhow::Result<()> {
    let Some(run) = &project.run else { return Ok(()) };
    let Some(latents) = &run.latents else {
        return Ok(());
    };
    let (sweep, map) = analysis::analyse_clusters(latents, range, perplexity, seed, &out.watch)?;
    Ok(out.send(Message::Clustered(Box::new((run.name.clone(), sweep, map))))?)
}

/// Keywords for the chosen clustering.
pub fn tags(mut project: Project, out: &Out) -> anyhow::Result<()> {
    analysis::tag_clusters(&mut project);
    let Some(run) = project.run else { return Ok(()) };
    let k = run.assignment.map_or(0, |chosen| chosen.k);
    Ok(out.send(Message::Tagged(run.name, k, run.tags))?)
}

/// Writes the project to disk.
pub fn save(project: &Project, revision: u64, out: &Out) -> anyhow::Result<()> {
    analysis::save(project)?;
    Ok(out.send(Message::Saved(revision))?)
}

/// Finds the device that training would use; loading the libraries takes a moment.
pub fn devices(out: &Out) -> anyhow::Result<()> {
    let devices = crate::training::devices();
    let (text, no_cuda) = match devices.cuda {
        Ok(names) => (names.first().cloned().unwrap_or_else(|| "CUDA".into()), None),
        Err(why) => ("CPU".to_owned(), Some(why)),
    };
    Ok(out.send(Message::Device(text, no_cuda))?)
}
