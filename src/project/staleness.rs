//! What edits have made stale: results stay in use until the analyst trains again, and say what they do not know yet.

use super::pair::Pair;
use super::store::Project;
use super::units::{ClusterId, CueId, PairIndex};
use std::collections::{BTreeSet, HashSet};

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
    /// Clusters that hold changed pairs.
    pub clusters: BTreeSet<ClusterId>,
}

impl Staleness {
    /// Compares; none without a run, or where it is up to date.
    #[must_use]
    pub fn of(project: &Project) -> Option<Self> {
        let run = project.run.as_ref()?;
        let language = run
            .config
            .language
            .is_some_and(|language| language != project.manifest.language);
        let now: HashSet<(u32, Option<CueId>)> = project.pairs.iter().map(place).collect();
        let cues: HashSet<CueId> = project.pairs.iter().filter_map(|pair| pair.cue).collect();
        let mut stale = Self {
            run: run.name.clone(),
            trained: run.on.pairs.len(),
            language,
            ..Self::default()
        };
        for (index, (pair, learned)) in run.on.pairs.iter().zip(&run.on.texts).enumerate() {
            let cue = pair.cue.and_then(|id| project.track.cue(id));
            let index = PairIndex::from(index);
            let list = if !now.contains(&place(pair)) {
                if pair.cue.is_some_and(|id| cues.contains(&id)) {
                    &mut stale.moved
                } else {
                    &mut stale.gone
                }
            } else if cue.map_or("", |cue| cue.text.as_str()) != learned {
                &mut stale.reworded
            } else {
                continue;
            };
            list.push(index);
            stale.clusters.extend(run.cluster_of(index));
        }
        let known: HashSet<(u32, Option<CueId>)> = run.on.pairs.iter().map(place).collect();
        let known_cues: HashSet<CueId> = run.on.pairs.iter().filter_map(|pair| pair.cue).collect();
        let is_new = |pair: &&Pair| {
            !known.contains(&place(pair)) && pair.cue.is_none_or(|id| !known_cues.contains(&id))
        };
        stale.new = project.pairs.iter().filter(is_new).count();
        (stale.changed() + stale.new > 0 || stale.language).then_some(stale)
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

fn place(pair: &Pair) -> (u32, Option<CueId>) {
    (pair.frame.0, pair.cue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{
        Assignment, CaptionTrack, ClusteringMethod, Cue, EditHistory, FrameIndex, Run, Seconds, edits,
    };

    fn pair(frame: u32, cue: u32) -> Pair {
        Pair {
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
