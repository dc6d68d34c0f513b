//! What edits have made stale: results stay in use until the analyst trains again, and say what they do not know yet.

use super::companion::Companion;
use super::pair::Pair;
use super::store::Project;
use super::units::{ClusterId, CueId, PairIndex, SourceIndex};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How the pairs there are now differ from those that the run in use was trained on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Staleness {
    /// Name of the run.
    pub run: String,
    /// Pairs that it was trained on.
    pub trained: usize,
    /// Of these, with another caption now.
    pub reworded: Vec<PairIndex>,
    /// Of these, whose caption has another frame now.
    pub moved: Vec<PairIndex>,
    /// Of these, there no more.
    pub gone: Vec<PairIndex>,
    /// Pairs that it does not know.
    pub new: usize,
    /// The words are found by the rules of another language now.
    pub language: bool,
    /// What other videos have come or gone, a line each.
    pub videos: Vec<String>,
    /// Clusters that hold changed pairs.
    pub clusters: BTreeSet<ClusterId>,
}

impl Staleness {
    /// Compares; none without a run, or where it is up to date.
    #[must_use]
    pub fn of(project: &Project) -> Option<Self> {
        let run = project.run.as_ref()?;
        let other = |companion: &Companion| {
            let project = project.companion(companion);
            project.is_ok_and(|project| project.manifest.language != companion.language)
        };
        let language = run
            .config
            .language
            .is_some_and(|language| language != project.manifest.language)
            || run.config.companions.iter().any(other);
        let trainable = project.trainable();
        let source = |pair: &Pair| now_among(project, &run.config.companions, pair.source);
        let place = |pair: &Pair, source: SourceIndex| (source, pair.frame.0, pair.cue);
        let now = || trainable.pairs.iter().map(|pair| (pair, source(pair)));
        let texts: HashMap<Place, &str> = now()
            .zip(&trainable.texts)
            .map(|((pair, source), text)| (place(pair, source), text.as_str()))
            .collect();
        let cues: HashSet<(SourceIndex, CueId)> = now()
            .filter_map(|(pair, source)| Some((source, pair.cue?)))
            .collect();
        let mut stale = Self {
            run: run.name.clone(),
            trained: run.on.pairs.len(),
            language,
            videos: videos(project, &run.config.companions),
            ..Self::default()
        };
        for (index, (pair, learned)) in run.on.pairs.iter().zip(&run.on.texts).enumerate() {
            let index = PairIndex::from(index);
            let list = match texts.get(&place(pair, pair.source)) {
                None if pair.cue.is_some_and(|id| cues.contains(&(pair.source, id))) => &mut stale.moved,
                None => &mut stale.gone,
                Some(text) if text != learned => &mut stale.reworded,
                Some(_) => continue,
            };
            list.push(index);
            stale.clusters.extend(run.cluster_of(index));
        }
        let known: HashSet<Place> = run.on.pairs.iter().map(|pair| place(pair, pair.source)).collect();
        let known_cues: HashSet<(SourceIndex, CueId)> = run
            .on
            .pairs
            .iter()
            .filter_map(|pair| Some((pair.source, pair.cue?)))
            .collect();
        let is_new = |(pair, source): &(&Pair, SourceIndex)| {
            !known.contains(&place(pair, *source))
                && pair.cue.is_none_or(|id| !known_cues.contains(&(*source, id)))
        };
        stale.new = now().filter(is_new).count();
        let other = stale.changed() + stale.new > 0 || stale.language || !stale.videos.is_empty();
        other.then_some(stale)
    }

    /// How many of the pairs that it was trained on are others now.
    #[must_use]
    pub fn changed(&self) -> usize {
        self.reworded.len() + self.moved.len() + self.gone.len()
    }

    /// What is stale, a line each, in words.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let mut part = |count: usize, what: &str| {
            if count > 0 {
                parts.push(format!("{count} {what}"));
            }
        };
        part(self.reworded.len(), "with other words");
        part(self.moved.len(), "with another frame");
        part(self.gone.len(), "left out");
        let mut lines = Vec::new();
        if self.changed() > 0 {
            lines.push(format!(
                "{} of {} pairs are others than training {} learned from: {}",
                self.changed(),
                self.trained,
                self.run,
                parts.join(", ")
            ));
        }
        if self.new > 0 {
            let (pairs, are) = if self.new == 1 {
                ("pair", "is")
            } else {
                ("pairs", "are")
            };
            lines.push(format!("{} {pairs} {are} new to training {}", self.new, self.run));
        }
        lines.extend(self.videos.iter().cloned());
        if self.language {
            lines.push("The words of all pairs are found by the rules of another language".into());
        }
        let clusters: Vec<String> = self
            .clusters
            .iter()
            .map(|cluster| (cluster.0 + 1).to_string())
            .collect();
        let of_them = match &clusters[..] {
            [] => String::new(),
            [one] => format!(", and with them cluster {one} and its tags"),
            several => format!(", and with them clusters {} and their tags", several.join(", ")),
        };
        lines.push(format!(
            "Stale until you train again: the latent means and the map of these pairs{of_them}. All else holds"
        ));
        lines
    }
}

/// A frame of a video with a caption of it.
type Place = (SourceIndex, u32, Option<CueId>);

/// The place among the companions of a run that a source of now has; a place behind them where it is new.
fn now_among(project: &Project, of_run: &[Companion], source: SourceIndex) -> SourceIndex {
    let companion = source.companion();
    let Some(companion) = companion.and_then(|place| project.manifest.companions.get(place)) else {
        return SourceIndex::OWN;
    };
    let place = of_run.iter().position(|known| known.folder == companion.folder);
    SourceIndex::from(place.map_or(of_run.len() + source.index(), |place| place + 1))
}

/// What other videos have come or gone since a run, a line each.
fn videos(project: &Project, of_run: &[Companion]) -> Vec<String> {
    let now = &project.manifest.companions;
    let is_in = |list: &[Companion], one: &Companion| list.iter().any(|other| other.folder == one.folder);
    let left = of_run.iter().filter(|companion| !is_in(now, companion));
    let left =
        left.map(|companion| format!("{} is studied together with this video no more", companion.name));
    let joined = now.iter().filter(|companion| !is_in(of_run, companion));
    let joined =
        joined.map(|companion| format!("{} is studied together with this video by now", companion.name));
    let lost = now
        .iter()
        .filter_map(|companion| project.companion(companion).err());
    left.chain(joined)
        .chain(lost.map(|why| why.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{
        Assignment, CaptionTrack, ClusteringMethod, Cue, EditHistory, FrameIndex, Run, Seconds, edits,
    };

    fn pair(frame: u32, cue: u32) -> Pair {
        Pair {
            source: SourceIndex::OWN,
            frame: FrameIndex(frame),
            time: Seconds(f64::from(frame)),
            cue: Some(CueId(cue)),
        }
    }

    fn project() -> Project {
        let cues = (0..4).map(|i| Cue::new(Seconds(f64::from(i)), Seconds(f64::from(i) + 1.0), "a"));
        let mut project = Project {
            track: CaptionTrack::new(cues.collect()),
            pairs: (0..4).map(|i| pair(i, i)).collect(),
            ..Project::default()
        };
        project.run = Some(Run {
            name: "001".into(),
            on: project.trainable(),
            assignment: Some(Assignment {
                method: ClusteringMethod::KMeans,
                k: 2,
                seed: 1,
                labels: [0, 0, 1, 1].map(|label| Some(ClusterId(label))).to_vec(),
                centroids: ndarray::Array2::zeros((2, 1)),
                ..Assignment::default()
            }),
            ..Run::default()
        });
        project
    }

    #[test]
    fn what_changed_is_told_by_pair_and_cluster() {
        let mut project = project();
        assert_eq!(Staleness::of(&project), None);
        let mut history = EditHistory::default();
        let edit = edits::set_text(&project.track, CueId(3), "b").unwrap();
        history.apply(&mut project, edit);
        project.pairs = vec![pair(1, 0), pair(1, 1), pair(3, 3), pair(7, 9)];
        let stale = Staleness::of(&project).unwrap();
        assert_eq!(
            (
                stale.moved.len(),
                stale.gone.len(),
                stale.reworded.len(),
                stale.new
            ),
            (1, 1, 1, 1)
        );
        assert_eq!(
            stale.lines(),
            [
                "3 of 4 pairs are others than training 001 learned from: 1 with other words, 1 with another frame, 1 left out",
                "1 pair is new to training 001",
                "Stale until you train again: the latent means and the map of these pairs, and with them clusters 1, 2 and \
             their tags. All else holds",
            ]
        );
        history.undo(&mut project).unwrap();
        project.pairs = (0..4).map(|i| pair(i, i)).collect();
        assert_eq!(Staleness::of(&project), None);
    }
}
