//! What the window knows. Panels read it; only [`super::logic`] changes it.

mod board;
mod comparison;
mod correction;
mod cues;
mod curves;
mod hearing;
mod history;
mod lanes;
mod latent;
mod link;
mod models;
mod pair_rows;
mod pictures;
mod playing;
mod runs;
mod scatter;
mod soundtrack;
mod sources;
mod surprises;
mod tagging;
mod telling;
mod training;

use super::theme;
use super::work::Kind;
use crate::analysis::FrameSet;
use crate::project::edits::Recovery;
use crate::project::{
    Assignment, ClusterId, Density, EditHistory, Language, Pair, PairIndex, Project, Run, Seconds, Staleness,
};
use crate::training::Control;
use eframe::egui::Color32;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

pub use board::{Board, Card};
pub use comparison::Comparison;
pub use correction::{Against, Correction};
pub use cues::{Cues, KnownWords, Pick};
pub use curves::{Curve, Curves};
pub use hearing::{HeardBy, Hearing};
pub use history::History;
pub use lanes::Lanes;
pub use latent::{LatentView, Network};
pub use link::Linked;
pub use models::{Fetching, ModelMemory, Models};
pub use pair_rows::{PairMarks, PairRows};
pub use pictures::Pictures;
pub use playing::Playing;
pub use runs::{RunColumn, RunList, RunOrder};
pub use scatter::{Legend, Scatter, ramp};
pub use soundtrack::Soundtrack;
pub use surprises::Surprises;
pub use tagging::Tagging;
pub use telling::{Other, Telling};
pub use training::{TrainingProgress, config_of};

/// The steps of the work, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Step {
    /// Open a video and sample its frames.
    #[default]
    Video,
    /// Captions and pairs.
    Alignment,
    /// The network learns.
    Training,
    /// Choose k.
    Clusters,
    /// The scatter plot.
    Map,
    /// What the clusters are about.
    Tags,
    /// Beside another video's clusters.
    Compare,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 7] = [
        Self::Video,
        Self::Alignment,
        Self::Training,
        Self::Clusters,
        Self::Map,
        Self::Tags,
        Self::Compare,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "Video",
            Self::Alignment => "Alignment",
            Self::Training => "Training",
            Self::Clusters => "Clusters",
            Self::Map => "Map",
            Self::Tags => "Tags",
            Self::Compare => "Compare",
        }
    }
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// An earlier step must come first.
    Nothing,
    /// It can be done now.
    Ready,
    /// It is being done.
    Running,
    /// It waits for the user to go on.
    Paused,
    /// It is done.
    Done,
    /// It was done before the captions or pairs were changed.
    Stale,
}

impl Stage {
    /// In a word or two.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing yet",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Stale => "stale",
        }
    }
}

/// What the user has to decide before anything else.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Whether to take back what a crash left unsaved.
    Recover(Recovery),
    /// Whether other captions, from this file in this encoding, take the place of those that were worked on.
    ReadCaptions(PathBuf, Option<String>),
}

/// Something the user should read, shown until dismissed.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Told apart by.
    pub id: u64,
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub error: bool,
    /// The work it speaks of; success of the same work takes it away.
    pub about: Option<Kind>,
}

/// Everything the panels read.
#[derive(Default)]
pub struct State {
    /// The project; none in the empty window.
    pub project: Option<Project>,
    /// The frames sampled so far.
    pub frames: Arc<FrameSet>,
    /// The frames of the other videos that are studied together with this one, by the folders of their projects.
    pub company_frames: BTreeMap<PathBuf, Arc<FrameSet>>,
    /// Frames that the running sampling has found.
    pub arriving: FrameSet,
    /// What the analyst should know of the frames.
    pub frame_warnings: Vec<String>,
    /// What the analyst should know of the pairs.
    pub pair_warnings: Vec<String>,
    /// What the analyst should know of the words.
    pub word_warnings: Vec<String>,
    /// Share of the distinct words found among the vectors, and what the vectors are.
    pub words_found: Option<(f64, String)>,
    /// Length of a word's vector and words of the longest caption, once they are known.
    pub word_shape: Option<[usize; 2]>,
    /// The trainings on disk.
    pub runs: RunList,
    /// The way of the watched training.
    pub history: History,
    /// The curves as they are drawn.
    pub curves: Curves,
    /// Presets that are trained one after another.
    pub comparison: Option<Comparison>,
    /// The latent space of the run in use.
    pub latent: LatentView,
    /// A training was cut short, and its checkpoint is there.
    pub interrupted: bool,
    /// Why CUDA is not used; none where it is.
    pub no_cuda: Option<String>,
    /// Caption files lying beside the video.
    pub captions_nearby: Vec<std::path::PathBuf>,
    /// The training.
    pub training: TrainingProgress,
    /// The step being looked at.
    pub step: Step,
    /// The moment being looked at.
    pub playhead: Seconds,
    /// The pair being looked at, among those that results speak of: see [`Project::studied`].
    pub selected: Option<PairIndex>,
    /// The pairs that are chosen, among those that results speak of.
    pub chosen: BTreeSet<PairIndex>,
    /// The pair being looked at, among those there are now; the same where nothing is stale.
    pub pair_row: Option<PairIndex>,
    /// What was done to captions and pairs, and can be undone.
    pub edits: EditHistory,
    /// The cues as they are shown.
    pub cues: Cues,
    /// The pairs as they are shown.
    pub pair_rows: PairRows,
    /// What edits made stale; none where all is up to date.
    pub stale: Option<Staleness>,
    /// The language that the captions seem to be in, where words are found by the rules of another.
    pub other_language: Option<Language>,
    /// How the results of the run in use were made, in words, once it was found out, and for which state of the project.
    pub methods: Option<(u64, String)>,
    /// What has to be decided.
    pub question: Option<Question>,
    /// When captions or pairs were last edited without the whole project being saved since.
    pub edited: Option<Instant>,
    /// When edits were last written to the journal.
    pub journaled: Option<Instant>,
    /// Counts the changes of the captions.
    pub track_revision: u64,
    /// The cluster being looked at; none for all.
    pub focus: Option<ClusterId>,
    /// The tag whose evidence is shown.
    pub tag: Option<(ClusterId, usize)>,
    /// How the writing of tags goes.
    pub tagging: Tagging,
    /// Another telling of the same event beside this one.
    pub telling: Telling,
    /// What a recogniser hears in the video.
    pub hearing: Hearing,
    /// A link on its way to a video.
    pub linked: Linked,
    /// Where videos are put that are fetched.
    pub videos: PathBuf,
    /// The pretrained models that are here.
    pub models: Models,
    /// What is in memory of them, while their window is open.
    pub model_memory: ModelMemory,
    /// Why the last thing that was asked of the models was not done.
    pub model_trouble: Option<String>,
    /// The model that is being fetched.
    pub fetching: Option<Fetching>,
    /// What is known of the clusters of the chosen clustering.
    pub board: Board,
    /// What the map draws.
    pub scatter: Scatter,
    /// What is being played.
    pub playing: Playing,
    /// The sound and the shots of the video.
    pub sound: Soundtrack,
    /// How the captions of a file look in each of [`crate::captions::ENCODINGS`].
    pub previews: Option<(PathBuf, Vec<String>)>,
    /// What words tell of the pictures.
    pub pictures: Pictures,
    /// Where the video surprises.
    pub surprises: Surprises,
    /// Proposed times and doubts.
    pub correction: Correction,
    /// Where the cues stand on the timeline.
    pub lanes: Lanes,
    /// Things to read.
    pub notices: Vec<Notice>,
    /// What was done last, where it is not seen of itself; a line at the foot that moves nothing.
    pub said: Option<String>,
    /// Kinds of work under way.
    pub running: Vec<Kind>,
    /// When the project was last changed without being saved.
    pub changed: Option<Instant>,
    /// When the first change was made that no saving was begun for.
    pub unsaved_since: Option<Instant>,
    /// Counts the changes of the project.
    pub revision: u64,
    /// The last change that the journal knows nothing of: before it is saved, the journal has nothing to build upon.
    pub base_revision: u64,
    /// The change up to which all is on disk.
    pub saved_revision: u64,
    /// When it was last saved.
    pub saved: Option<Instant>,
    /// The device training would use, and why not another.
    pub device: String,
    next_notice: u64,
}

impl State {
    /// The state of the empty window on this device.
    #[must_use]
    pub fn with_device(device: String, no_cuda: Option<String>) -> Self {
        Self {
            device,
            no_cuda,
            ..Self::default()
        }
    }

    /// Lets the project go; what is of none stays.
    pub fn let_go(&mut self) {
        let before = std::mem::take(self);
        *self = Self {
            linked: before.linked,
            videos: before.videos,
            models: before.models,
            fetching: before.fetching,
            telling: Telling {
                library: before.telling.library,
                ..Telling::default()
            },
            ..Self::with_device(before.device, before.no_cuda)
        };
    }

    /// Tells the user something.
    pub fn notice(&mut self, text: impl Into<String>, error: bool) {
        let text = text.into();
        if self.notices.iter().any(|notice| notice.text == text) {
            return;
        }
        self.next_notice += 1;
        self.notices.push(Notice {
            id: self.next_notice,
            text,
            error,
            about: None,
        });
    }

    /// Length of the video; of the sampled part where the file does not say.
    #[must_use]
    pub fn duration(&self) -> Seconds {
        let video = self
            .project
            .as_ref()
            .and_then(|project| project.manifest.video.as_ref());
        let declared = video.map_or(Seconds(0.0), |video| video.duration);
        let sampled = self.frames.frames.last().map_or(Seconds(0.0), |frame| frame.time);
        let known = declared.max(sampled);
        // Vectors without a video have the times of their rows.
        let pairs = self.project.as_ref().map(|project| project.studied());
        let last = pairs.unwrap_or_default().last().filter(|_| known.0 == 0.0);
        last.map_or(known, |pair| pair.time + Seconds(1.0))
    }

    /// Whether work of this kind is under way.
    #[must_use]
    pub fn is_running(&self, kind: Kind) -> bool {
        self.running.contains(&kind)
    }

    /// The frames to show: those arriving while sampling, else all.
    #[must_use]
    pub fn shown_frames(&self) -> &FrameSet {
        if self.is_running(Kind::Sample) && !self.arriving.frames.is_empty() {
            &self.arriving
        } else {
            &self.frames
        }
    }

    /// The pair of the caption spoken at a time, else the pair nearest to it.
    #[must_use]
    pub fn pair_at(&self, time: Seconds) -> Option<PairIndex> {
        self.pair_among(self.project.as_ref()?.studied_own(), time)
    }

    /// The same among other pairs.
    #[must_use]
    pub fn pair_among(&self, pairs: &[Pair], time: Seconds) -> Option<PairIndex> {
        let project = self.project.as_ref()?;
        let distance = |index: &usize| {
            pairs
                .get(*index)
                .map_or(f64::MAX, |pair| (pair.time - time).0.abs())
        };
        let nearest = |indices: &mut dyn Iterator<Item = usize>| {
            indices.min_by(|a, b| distance(a).total_cmp(&distance(b)))
        };
        let spoken = project.spoken_at(time).map(|cue| cue.id);
        let of_caption = spoken.and_then(|cue| {
            nearest(
                &mut (0..pairs.len())
                    .filter(|index| pairs.get(*index).is_some_and(|pair| pair.cue == Some(cue))),
            )
        });
        // A uniform pairing may put a caption far from its frame: then time decides.
        let every = project.manifest.sampling.every.0;
        let of_caption = of_caption.filter(|index| distance(index) <= 2.0 * every);
        of_caption
            .or_else(|| nearest(&mut (0..pairs.len())))
            .map(PairIndex::from)
    }

    /// The pair being looked at, of those there are now.
    #[must_use]
    pub fn pair_now(&self) -> Option<&Pair> {
        self.project.as_ref()?.pairs.get(self.pair_row?.index())
    }

    /// The caption of a pair; empty where it has none.
    #[must_use]
    pub fn caption_of(&self, pair: PairIndex) -> &str {
        let project = self.project.as_ref();
        project.map_or("", |project| project.studied_text(pair))
    }

    /// The colour of a cluster, the same in every panel.
    #[must_use]
    pub fn cluster_colour(&self, cluster: ClusterId) -> Color32 {
        let place = self
            .clusters()
            .map_or(cluster.index(), |chosen| chosen.colour(cluster));
        theme::palette(place)
    }

    /// The name of a cluster.
    #[must_use]
    pub fn cluster_name(&self, cluster: ClusterId) -> String {
        self.clusters()
            .map_or_else(String::new, |chosen| chosen.name(cluster))
    }

    /// The chosen clustering.
    #[must_use]
    pub fn clusters(&self) -> Option<&Assignment> {
        self.run()?.assignment.as_ref()
    }

    /// The run in use.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        self.project.as_ref()?.run.as_ref()
    }

    /// The run in use, to be changed.
    pub fn run_mut(&mut self) -> Option<&mut Run> {
        self.project.as_mut()?.run.as_mut()
    }

    /// Takes in the sweep of the run in use.
    pub fn follow_sweep(&mut self) {
        let run = self.project.as_ref().and_then(|project| project.run.as_ref());
        self.board.follow_sweep(run);
    }

    /// Takes in the clusters of the run in use. True where other pairs are together than before.
    pub fn follow_clusters(&mut self) -> bool {
        let run = self.project.as_ref().and_then(|project| project.run.as_ref());
        self.board.follow(run)
    }

    /// Whether the run in use has this name.
    #[must_use]
    pub fn is_of_run(&self, name: &str) -> bool {
        self.run().is_some_and(|run| run.name == name)
    }

    /// What DBSCAN found, where it was asked.
    #[must_use]
    pub fn density(&self) -> Option<&Density> {
        self.run()?.sweep.as_ref()?.density.as_ref()
    }

    /// Whether the cluster of a pair is hidden, or another one alone is looked at.
    #[must_use]
    pub fn is_out_of_sight(&self, cluster: Option<ClusterId>) -> bool {
        let hidden = |cluster| self.clusters().is_some_and(|chosen| chosen.is_hidden(cluster));
        match self.focus {
            Some(focus) => Some(focus) != cluster,
            None => cluster.is_some_and(hidden),
        }
    }

    /// The cluster of a pair in the chosen clustering.
    #[must_use]
    pub fn cluster_of(&self, pair: PairIndex) -> Option<ClusterId> {
        self.run()?.cluster_of(pair)
    }

    /// How far a step is.
    #[must_use]
    pub fn stage(&self, step: Step) -> Stage {
        let Some(project) = &self.project else {
            return if step == Step::Video {
                Stage::Ready
            } else {
                Stage::Nothing
            };
        };
        let run = project.run.as_ref();
        let stage = |kind: &[Kind], done: bool, ready: bool| {
            if kind.iter().any(|kind| self.is_running(*kind)) {
                Stage::Running
            } else if done && self.stale.is_some() && step > Step::Alignment {
                Stage::Stale
            } else if done {
                Stage::Done
            } else if ready {
                Stage::Ready
            } else {
                Stage::Nothing
            }
        };
        let latents = run.is_some_and(|run| run.latents.is_some());
        let chosen = run.is_some_and(|run| run.assignment.is_some());
        match step {
            Step::Video => stage(&[Kind::Open, Kind::Sample], !self.frames.frames.is_empty(), true),
            Step::Alignment => stage(&[Kind::Captions], !project.pairs.is_empty(), true),
            Step::Training => {
                let enough = project.pairs.len() >= crate::pairing::FEWEST_PAIRS;
                let paused = self.training.control.as_ref().is_some_and(Control::is_paused);
                match stage(&[Kind::Train], latents, enough && !self.frames.frames.is_empty()) {
                    Stage::Running if paused => Stage::Paused,
                    stage => stage,
                }
            }
            Step::Clusters => stage(&[Kind::Clusters], chosen, latents),
            Step::Map => stage(
                &[Kind::Map],
                run.is_some_and(|run| run.embedding.is_some()),
                latents,
            ),
            Step::Compare => stage(
                &[Kind::Compare],
                self.telling.compared.is_some(),
                run.is_some_and(|run| !run.tags.is_empty()),
            ),
            Step::Tags => stage(
                &[Kind::Tags, Kind::Write, Kind::Describe],
                run.is_some_and(|run| !run.tags.is_empty()),
                chosen,
            ),
        }
    }
}
