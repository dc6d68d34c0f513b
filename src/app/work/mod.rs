//! The background work of the window: what runs where, and what it sends back.

mod captions;
mod clusters;
mod correcting;
mod dialog;
mod export;
mod latent;
mod links;
mod models;
mod pictures;
mod sound;
mod sources;
mod speech;
mod surprises;
mod tagging;
mod telling;
mod training;

use super::action::Action;
use super::state::{KnownWords, Network};
use crate::analysis::comparing::{Compared, TopicMatrix};
use crate::analysis::library::Entry;
use crate::analysis::{self, Frame, FrameSet, Places};
use crate::app::state::{Models, Other};
use crate::captions::retiming::{Proposal, SpreadUnit, SuggestedAnchor};
use crate::crossmodal::{Found, PictureFit, SurpriseCurve};
use crate::jobs::Outbox;
use crate::media::{Picture, Shots, SoundSurvey, link};
use crate::pretrained::{Progress, Segment};
use crate::project::edits::{Recovery, journal};
use crate::project::{
    CaptionSource, CaptionTrack, ClusterId, ClusterTags, Companion, Company, CueId, Description, Embedding2,
    Figures, KSweep, Language, PairIndex, Principal2, Project, Run, RunSummary, Sampling, Snapshot, Speech,
};
use crate::training::{Decoded, TrainingEvent};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use captions::{captions_dialog, export_captions, keep_journal, look_up_words, preview_encodings};
pub use clusters::{
    centroids, draw_map, figures, find_clusters, losses, principal, silhouettes, split, tags,
};
pub use correcting::{doubts, find_voices, propose, spread};
pub use dialog::{CAPTION_EXTENSIONS, VIDEO_EXTENSIONS, Wanted, dialog, export_dialog};
pub use export::{Drawing, export, import_latents, methods, open_table, take_away, takeaway_dialog};
pub use latent::{decode, open_network};
pub use links::{fetch_video, find_fetcher, get_thumbnail, install_fetcher, look_at_link};
pub use models::{add_model, choose_model, get_model, list_models, remove_model};
pub use pictures::{find_frames, fit_pictures, open_fit};
pub use sound::{read_shots, read_sound};
pub use sources::{add_companion, sample_company};
pub use speech::{keep_transcript, propose_by_words, transcribe, transcribe_with};
pub use surprises::judge_surprise;
pub use tagging::{Writer, ask_server, describe, support, write_tags};
pub use telling::{
    compare, compare_topic, comparison_dialog, export_comparison, find_projects, open_other, read_library,
    set_topic,
};
pub use training::{delete_run, history, list_runs, maps, train, use_run};

/// A piece of work. Of each kind only the latest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Probing a video or reading a project.
    Open,
    /// Decoding frames.
    Sample,
    /// Reading the project of another video.
    Join,
    /// Decoding frames of other videos.
    Company,
    /// Reading captions.
    Captions,
    /// Training the network.
    Train,
    /// Finding clusters.
    Clusters,
    /// Drawing the map.
    Map,
    /// Finding the principal components.
    Principal,
    /// Asking the network how badly it puts each pair back.
    Losses,
    /// Reading figures of the pairs from a table.
    Figures,
    /// Counting words.
    Tags,
    /// Describing frames.
    Describe,
    /// Writing tags.
    Write,
    /// Looking for what supports the tags.
    Support,
    /// Asking a server which models it offers.
    AskServer,
    /// Reading the project to compare with.
    Other,
    /// Comparing two projects.
    Compare,
    /// Comparing all projects of a topic.
    Topic,
    /// Reading what is in the library.
    Library,
    /// Recognising what is said.
    Hear,
    /// Finding or getting yt-dlp.
    Fetcher,
    /// Looking what is behind a link.
    Link,
    /// Getting the picture that a site shows of a video.
    Thumbnail,
    /// Fetching a video.
    Video,
    /// Listing the models that are here, or changing the list.
    Shelf,
    /// Fetching a model.
    Fetch,
    /// Measuring clusters that were made by hand.
    Silhouettes,
    /// Looking for the two parts of a cluster.
    Split,
    /// Asking the network about the middle of each cluster.
    Centroids,
    /// Reading the sound.
    Sound,
    /// Looking for shot cuts.
    Shots,
    /// Listening for speech.
    Speech,
    /// Trying encodings.
    Preview,
    /// Comparing the times with the speech.
    Correct,
    /// Looking for doubtful captions.
    Doubts,
    /// Learning which words belong to which pictures.
    Fit,
    /// Reading what was learned of that before.
    KeptFit,
    /// Learning what follows what in the video.
    Surprise,
    /// Looking for frames by a sentence.
    Find,
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
    /// Writing something for other programs.
    Export,
    /// Finding out how the results were made.
    Methods,
    /// Writing edits to the journal.
    Journal,
    /// Looking up the words of the captions.
    Words,
}

impl Kind {
    /// What is being done, for the strip of jobs.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "Opening",
            Self::Sample => "Sampling frames",
            Self::Join => "Reading the other project",
            Self::Company => "Sampling frames of the other videos",
            Self::Sound => "Reading the sound",
            Self::Shots => "Looking for shot cuts",
            Self::Speech => "Listening for speech",
            Self::Preview => "Trying encodings",
            Self::Correct => "Comparing times with the speech",
            Self::Doubts => "Looking for doubtful captions",
            Self::Fit => "Learning pictures and words",
            Self::KeptFit => "Reading what was learned of pictures and words",
            Self::Surprise => "Learning what follows what",
            Self::Find => "Looking for frames",
            Self::Captions => "Reading captions",
            Self::Train => "Training",
            Self::Clusters => "Finding clusters",
            Self::Map => "Drawing the map",
            Self::Principal => "Finding the principal components",
            Self::Losses => "Asking the network about each pair",
            Self::Figures => "Reading the table",
            Self::Tags => "Counting words",
            Self::Describe => "Describing frames",
            Self::Write => "Writing tags",
            Self::Support => "Looking for what supports the tags",
            Self::AskServer => "Asking the server",
            Self::Other => "Reading the other project",
            Self::Compare => "Comparing the videos",
            Self::Topic => "Comparing the topic",
            Self::Library => "Reading the library",
            Self::Shelf => "Looking for models",
            Self::Fetch => "Fetching a model",
            Self::Hear => "Recognising the speech",
            Self::Fetcher => "Getting yt-dlp ready",
            Self::Link => "Looking at the link",
            Self::Thumbnail => "Getting its picture",
            Self::Video => "Fetching the video",
            Self::Split => "Splitting a cluster",
            Self::Silhouettes => "Measuring the clusters",
            Self::Centroids => "Asking the network about the clusters",
            Self::Save => "Saving",
            Self::Dialog => "Choosing a file",
            Self::Devices => "Looking for devices",
            Self::Settings => "Keeping settings",
            Self::Runs => "Reading the trainings",
            Self::History => "Reading the way of a training",
            Self::Maps => "Drawing the maps of earlier epochs",
            Self::Network => "Opening the network",
            Self::Decode => "Asking the network",
            Self::Export => "Exporting",
            Self::Methods => "Reading the files for the methods",
            Self::Journal => "Keeping the edits",
            Self::Words => "Looking up words",
        }
    }

    /// Whether it is worth showing: not what is over in a blink or is seen elsewhere.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        !matches!(
            self,
            Self::Save
                | Self::Dialog
                | Self::Doubts
                | Self::KeptFit
                | Self::Find
                | Self::Preview
                | Self::Devices
                | Self::Settings
                | Self::Runs
                | Self::History
                | Self::Decode
                | Self::Centroids
                | Self::Silhouettes
                | Self::Shelf
                | Self::Library
                | Self::Journal
                | Self::Thumbnail
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
    /// The project of another video that is studied together from now on.
    Joined(Companion, Arc<Project>),
    /// The project in this folder, or why it cannot be read.
    Companion(PathBuf, Company),
    /// The frames of the video whose project is in this folder.
    Company(PathBuf, Arc<FrameSet>),
    /// How the captions of a file look in each of the encodings.
    Previews(PathBuf, Vec<String>),
    /// The sound of the video, or why there is none to be seen.
    Sound(Result<Arc<SoundSurvey>, String>),
    /// When someone speaks in the video.
    Speech(Arc<Speech>),
    /// New times for the captions as they were at this revision of them.
    Proposal(Box<Proposal>, u64),
    /// Cues that are probably wrong, the most doubtful first, and why.
    /// With them the cues that are best pinned.
    Doubts(Vec<(CueId, String)>, Vec<SuggestedAnchor>),
    /// What words tell of the pictures, of the captions as they were at this revision of them.
    Fitted(Box<PictureFit>, u64),
    /// What was learned of that before.
    KeptFit(Box<PictureFit>),
    /// Where the video surprises.
    Surprises(Box<SurpriseCurve>),
    /// The pairs of the fit whose frames show this, the best first.
    FoundFrames(String, Vec<Found>),
    /// The texts of the captions, as they were at this revision, spread over the speech.
    Spread(SpreadUnit, Box<CaptionTrack>, u64),
    /// The shot cuts of the video.
    Shots(Arc<Shots>),
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
    /// This is written here.
    Exported(&'static str, PathBuf),
    /// How the results were made, as of this change of the project.
    Methods(u64, String),
    /// The edits that were handed over are in the journal.
    Journaled,
    /// Which words of the captions have vectors.
    KnownWords(KnownWords),
    /// The sweep of the run of this name.
    Swept(Box<(String, KSweep)>),
    /// The principal components of the run of this name.
    Principal(String, Principal2),
    /// The map of the run of this name, as far as it is drawn.
    LiveMap(String, Vec<[f32; 2]>),
    /// The map of the run of this name.
    Mapped(String, Embedding2),
    /// How badly the network of the run of this name puts each pair back.
    Losses(String, Vec<f64>),
    /// Numbers about the pairs of the run of this name, from a table.
    Figures(String, Figures),
    /// The mean silhouette of each cluster as they are at this revision, and that of each pair.
    Silhouettes(u64, Vec<f64>, Vec<f64>),
    /// The smaller part of a cluster that is to be split, as the clusters are at this revision.
    Split(u64, BTreeSet<PairIndex>),
    /// What the network tells from the middle of each cluster as they are at this revision.
    Centroids(u64, Vec<Arc<Decoded>>),
    /// Keywords for the run of this name with its pairs in these clusters.
    Tagged(String, Vec<Option<ClusterId>>, Vec<ClusterTags>),
    /// What the frame of a pair of the run of this name shows.
    Described(String, PairIndex, Box<Description>),
    /// A piece of what a language model says of a cluster.
    Said(ClusterId, String),
    /// The tags of a cluster of these pairs, of the run of this name, or which cluster has got none and why.
    Written(
        String,
        Vec<PairIndex>,
        Result<Box<ClusterTags>, (ClusterId, String)>,
    ),
    /// The tags of the run of this name with what supports them.
    Supported(String, Vec<ClusterTags>),
    /// How far the fetching of the model of this name is.
    Fetching(String, Progress),
    /// A sentence that was heard.
    Heard(Box<Segment>),
    /// All that was heard, and what the analyst should know.
    Transcript(Box<(CaptionTrack, Vec<String>)>),
    /// The yt-dlp that is there.
    Fetcher(link::Program),
    /// What is behind the link.
    Listed(Box<link::Listing>),
    /// The picture that the site shows of it.
    Thumbnail(Box<Picture>),
    /// How far the fetching of the video is.
    FetchingVideo(link::Progress),
    /// The video is there.
    FetchedVideo(Box<link::Fetched>),
    /// The models that a server offers.
    Offered(Vec<String>),
    /// The project to compare with.
    Other(Box<Other>),
    /// How alike the clusters are, of the project in this folder with the other.
    Compared(PathBuf, Box<Compared>),
    /// How alike the videos of this topic are.
    Topic(String, TopicMatrix),
    /// What is in the library.
    Library(Vec<Entry>),
    /// The projects in this folder.
    ProjectsFound(PathBuf, Vec<PathBuf>),
    /// The models that are here.
    Models(Models),
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
    /// What was edited and not saved before a crash.
    pub recovery: Option<Recovery>,
}

impl Opened {
    fn new(project: Project, fresh: bool) -> anyhow::Result<Self> {
        let video = project.manifest.video.as_ref();
        let captions_nearby = video
            .map(|video| captions_beside(&video.path))
            .unwrap_or_default();
        let interrupted = project.runs().last().is_some_and(|name| {
            let folder = project.run_folder(name);
            let unfinished = Run::load_summary(&folder).is_ok_and(|run| run.losses.is_empty());
            unfinished && folder.join(crate::training::checkpoint::FILE).exists()
        });
        // Without a save there is nothing that a journal could build upon.
        let recovery = if fresh {
            None
        } else {
            journal::read(&project.folder)?
        };
        Ok(Self {
            project,
            captions_nearby,
            fresh,
            interrupted,
            recovery,
        })
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
        Opened::new(Project::load(&folder)?, false)?
    } else {
        Opened::new(analysis::open_video(path, &folder)?, true)?
    };
    Ok(out.send(Message::Opened(Box::new(opened)))?)
}

/// Opens the sample, with its captions.
pub fn open_sample(places: &Places, out: &Out) -> anyhow::Result<()> {
    let sample = analysis::sample::unpack(places)?;
    let folder = places.project_folder(&sample.video);
    let opened = if Project::is_project(&folder) {
        Opened::new(Project::load(&folder)?, false)?
    } else {
        let mut project = analysis::open_video(&sample.video, &folder)?;
        analysis::import_captions(&mut project, &sample.captions, None, None)?;
        Opened::new(project, true)?
    };
    Ok(out.send(Message::Opened(Box::new(opened)))?)
}

/// Whether a file is captions, by its name.
pub fn is_captions(path: &Path) -> bool {
    if path.file_name().is_some_and(|name| name == "project.json") || link::is_record(path) {
        return false;
    }
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    extension.is_some_and(|extension| CAPTION_EXTENSIONS.contains(&extension.as_str()))
}

/// Caption files in the folder of a video whose names begin like it, in order.
fn captions_beside(video: &Path) -> Vec<PathBuf> {
    let name = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let stem = name(video.file_stem());
    let Some(entries) = video.parent().and_then(|folder| std::fs::read_dir(folder).ok()) else {
        return Vec::new();
    };
    let fits = |path: &PathBuf| name(path.file_name()).starts_with(&stem) && is_captions(path);
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
