//! What is taken out of the program: a project, its clusters under their names, and what is known of every pair.

use super::ExportError;
use super::palette::colour;
use super::svg::Colour;
use crate::project::{
    Assignment, ClusterId, CueId, Embedding2, FrameIndex, KTree, PairIndex, Project, Run, Seconds,
    SourceIndex, Span,
};
use std::collections::BTreeMap;

/// The colour of what belongs to no cluster.
pub const NO_CLUSTER: Colour = [160, 164, 170];

/// A project as it leaves the program. Made by [`Study::of`]; names, colours and what is typical may then be set.
#[derive(Debug, Clone)]
pub struct Study<'a> {
    /// The project, with the run in use.
    pub project: &'a Project,
    /// The clusters of the chosen clustering, in their order; none where none is chosen.
    pub clusters: Vec<ClusterFacts>,
    /// Where one shot is cut to the next, in order; empty where that is not known.
    pub cuts: Vec<Seconds>,
    /// How clusters split as k grows; empty where that is not known.
    pub tree: KTree,
    /// Further numbers of every pair, such as its loss.
    pub numbers: Vec<Numbers>,
}

/// A cluster as it leaves the program.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterFacts {
    /// Its name for people.
    pub name: String,
    /// Its colour everywhere.
    pub colour: Colour,
    /// Its tags, best first.
    pub tags: Vec<String>,
    /// The pairs nearest to its middle, the nearest first; may be empty.
    pub typical: Vec<PairIndex>,
}

/// A number of every pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// What it is, as the head of a column: short, without spaces.
    pub name: String,
    /// In order of the pairs; what is not finite is not known.
    pub values: Vec<f64>,
}

/// What is known of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct PairFacts<'a> {
    /// Its row in the latents and the map.
    pub pair: PairIndex,
    /// The video that it is of.
    pub source: SourceIndex,
    /// Its frame among those sampled.
    pub frame: FrameIndex,
    /// When that frame is on screen in its video.
    pub time: Seconds,
    /// From its frame to that of the next pair of its video, or to the end of the video. Of pairs with one frame only the
    /// last has time, and the last of a companion has none.
    pub span: Span,
    /// Its caption's identity, in the captions of its video.
    pub cue: Option<CueId>,
    /// When its caption is on screen, in the time of the video; not known of companions.
    pub cue_span: Option<Span>,
    /// What it says; empty where nothing.
    pub caption: &'a str,
    /// Its cluster.
    pub cluster: Option<ClusterId>,
    /// Its place on the map.
    pub place: Option<[f32; 2]>,
}

/// A time during which the cluster does not change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// When.
    pub span: Span,
    /// Which cluster.
    pub cluster: ClusterId,
    /// Pairs in it.
    pub pairs: usize,
}

impl<'a> Study<'a> {
    /// The project with its clusters under the names and in the colours that they have in the window, with the tags of its run.
    #[must_use]
    pub fn of(project: &'a Project) -> Self {
        let run = project.run.as_ref();
        let chosen = run.and_then(|run| run.assignment.as_ref());
        let clusters = chosen
            .into_iter()
            .flat_map(|chosen| chosen.clusters().map(move |cluster| (chosen, cluster)));
        let tags = |cluster: ClusterId| {
            let tags = run.into_iter().flat_map(|run| &run.tags);
            let own = tags.filter(move |tags| tags.cluster == cluster);
            own.flat_map(|tags| &tags.tags)
                .map(|tag| tag.text.clone())
                .collect()
        };
        let facts = |(chosen, cluster): (&Assignment, ClusterId)| ClusterFacts {
            name: chosen.name(cluster),
            colour: colour(chosen.colour(cluster)),
            tags: tags(cluster),
            typical: Vec::new(),
        };
        Self {
            project,
            clusters: clusters.map(facts).collect(),
            cuts: Vec::new(),
            tree: KTree::default(),
            numbers: Vec::new(),
        }
    }

    /// The run in use.
    ///
    /// # Errors
    /// When nothing was trained yet.
    pub fn run(&self) -> Result<&'a Run, ExportError> {
        self.project.run.as_ref().ok_or(ExportError::NoTraining)
    }

    /// The chosen clustering.
    ///
    /// # Errors
    /// When none is chosen yet.
    pub fn assignment(&self) -> Result<&'a Assignment, ExportError> {
        self.run()?.assignment.as_ref().ok_or(ExportError::NoClusters)
    }

    /// The map.
    ///
    /// # Errors
    /// When none is drawn yet.
    pub fn map(&self) -> Result<&'a Embedding2, ExportError> {
        self.run()?.embedding.as_ref().ok_or(ExportError::NoMap)
    }

    /// A cluster under its name.
    #[must_use]
    pub fn cluster(&self, cluster: Option<ClusterId>) -> Option<&ClusterFacts> {
        self.clusters.get(cluster?.index())
    }

    /// Name of a cluster; empty for none.
    #[must_use]
    pub fn cluster_name(&self, cluster: Option<ClusterId>) -> &str {
        self.cluster(cluster).map_or("", |cluster| cluster.name.as_str())
    }

    /// When the video ends; where that is not known, when the last pair does.
    #[must_use]
    pub fn end(&self) -> Seconds {
        let manifest = &self.project.manifest;
        let video = manifest
            .video
            .as_ref()
            .map_or(Seconds(0.0), |video| video.duration);
        let last = self.project.studied_own().iter().map(|pair| pair.time);
        let last = last.fold(Seconds(0.0), Seconds::max);
        if video > last {
            video
        } else {
            last + manifest.sampling.every
        }
    }

    /// Every pair, in order of the rows of the latents.
    #[must_use]
    pub fn pairs(&self) -> Vec<PairFacts<'a>> {
        let project = self.project;
        let run = project.run.as_ref();
        let end = self.end();
        let studied = project.studied();
        let mut order: Vec<usize> = (0..studied.len()).collect();
        order.sort_by(|a, b| match (studied.get(*a), studied.get(*b)) {
            (Some(one), Some(other)) => {
                let by_time = one.time.order(&other.time);
                one.source.cmp(&other.source).then(by_time).then(a.cmp(b))
            }
            _ => a.cmp(b),
        });
        let last = |pair: &crate::project::Pair| if pair.source.is_own() { end } else { pair.time };
        let mut ends: Vec<Seconds> = studied.iter().map(last).collect();
        for two in order.windows(2) {
            if let [row, next] = two
                && let (Some(until), Some(pair), Some(next)) =
                    (ends.get_mut(*row), studied.get(*row), studied.get(*next))
                && pair.source == next.source
            {
                *until = next.time;
            }
        }
        let pairing = &project.manifest.pairing;
        let facts = |(row, pair): (usize, &crate::project::Pair)| {
            let index = PairIndex::from(row);
            let own = pair.cue.filter(|_| pair.source.is_own());
            let cue = own.and_then(|id| project.track.cue(id));
            PairFacts {
                pair: index,
                source: pair.source,
                frame: pair.frame,
                time: pair.time,
                span: Span {
                    start: pair.time,
                    end: ends.get(row).copied().unwrap_or(end),
                },
                cue: pair.cue,
                cue_span: cue.map(|cue| Span {
                    start: pairing.placed(cue.start),
                    end: pairing.placed(cue.end),
                }),
                caption: project.studied_text(index),
                cluster: run.and_then(|run| run.cluster_of(index)),
                place: run
                    .and_then(|run| run.embedding.as_ref()?.points.get(row))
                    .copied(),
            }
        };
        studied.iter().enumerate().map(facts).collect()
    }

    /// Those of the own video: what goes by its time looks at these only.
    #[must_use]
    pub fn own_pairs(&self) -> Vec<PairFacts<'a>> {
        let mut pairs = self.pairs();
        pairs.retain(|facts| facts.source.is_own());
        pairs
    }

    /// The name of the video that a pair is of.
    #[must_use]
    pub fn source_name(&self, source: SourceIndex) -> &'a str {
        let names = self.project.source_names();
        names.get(source.index()).copied().unwrap_or_default()
    }

    /// The cluster of every moment along the video, that of the last pair begun, as times during which it stays the same.
    /// Moments before the first pair and those of pairs without cluster are in none.
    #[must_use]
    pub fn stretches(&self) -> Vec<Stretch> {
        let mut pairs = self.own_pairs();
        pairs.sort_by(|a, b| a.time.order(&b.time));
        let mut stretches: Vec<Stretch> = Vec::new();
        for facts in pairs.iter().filter(|facts| facts.span.length() > Seconds(0.0)) {
            let Some(cluster) = facts.cluster else { continue };
            match stretches.last_mut() {
                Some(last) if last.cluster == cluster && last.span.end == facts.span.start => {
                    last.span.end = facts.span.end;
                    last.pairs += 1;
                }
                _ => stretches.push(Stretch {
                    span: facts.span,
                    cluster,
                    pairs: 1,
                }),
            }
        }
        stretches
    }

    /// Tags that speak of each pair: those that it is evidence for, and those of its cluster that name no evidence.
    #[must_use]
    pub fn tags_of_pairs(&self) -> BTreeMap<PairIndex, Vec<&'a str>> {
        let mut found: BTreeMap<PairIndex, Vec<&str>> = BTreeMap::new();
        let Some(run) = &self.project.run else {
            return found;
        };
        for tags in &run.tags {
            let own = |pair: &PairIndex| run.cluster_of(*pair) == Some(tags.cluster);
            for tag in &tags.tags {
                let mut say = |pair: PairIndex| found.entry(pair).or_default().push(tag.text.as_str());
                if tag.evidence.is_empty() {
                    let rows = (0..self.project.studied().len()).map(PairIndex::from);
                    rows.filter(own).for_each(&mut say);
                } else {
                    tag.evidence.iter().copied().filter(own).for_each(&mut say);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_study::project;
    use super::*;
    use crate::project::Companion;

    #[test]
    fn pairs_are_known_with_their_captions_clusters_and_places() {
        let project = project();
        let study = Study::of(&project);
        let pairs = study.pairs();
        assert_eq!(pairs[5].span, Span::new(10.0, 14.0));
        assert_eq!(pairs[2].caption, "疫苗 & 接种");
        assert_eq!(pairs[2].cue_span, Some(Span::new(4.0, 6.5)));
        assert_eq!((pairs[2].cluster, pairs[3].cluster), (Some(ClusterId(1)), None));
        assert_eq!(pairs[2].place, Some([2.0, -1.0]));
        assert_eq!(study.clusters[1].tags, ["疫苗"]);
    }

    #[test]
    fn neighbours_of_one_cluster_are_one_stretch() {
        let project = project();
        let found: Vec<_> = Study::of(&project)
            .stretches()
            .iter()
            .map(|stretch| {
                (
                    stretch.cluster.0,
                    stretch.span.start.0,
                    stretch.span.end.0,
                    stretch.pairs,
                )
            })
            .collect();
        assert_eq!(found, [(0, 0.0, 4.0, 2), (1, 4.0, 6.0, 1), (0, 8.0, 14.0, 2)]);
    }

    #[test]
    fn of_pairs_with_one_frame_the_last_has_its_time() {
        let mut project = project();
        let run = project.run.as_mut().unwrap();
        run.on.pairs[1].time = Seconds(4.0);
        let found: Vec<_> = Study::of(&project)
            .stretches()
            .iter()
            .map(|stretch| (stretch.cluster.0, stretch.span.start.0, stretch.span.end.0))
            .collect();
        assert_eq!(found, [(0, 0.0, 4.0), (1, 4.0, 6.0), (0, 8.0, 14.0)]);
    }

    #[test]
    fn pairs_of_another_video_are_named_and_have_no_place_in_the_time_of_this_one() {
        let mut project = project();
        let run = project.run.as_mut().unwrap();
        run.config.companions = vec![Companion {
            name: "sea".into(),
            ..Companion::default()
        }];
        for pair in &mut run.on.pairs[4..] {
            pair.source = SourceIndex(1);
        }
        let study = Study::of(&project);
        let pairs = study.pairs();
        assert_eq!(study.source_name(pairs[5].source), "sea");
        // Its own captions of those identities are other ones.
        assert_eq!((pairs[5].cue, pairs[5].cue_span), (Some(CueId(5)), None));
        assert_eq!(pairs[3].span, Span::new(6.0, 14.0));
        assert_eq!(
            (pairs[4].span, pairs[5].span),
            (Span::new(8.0, 10.0), Span::new(10.0, 10.0))
        );
        let last = study.stretches().last().map(|stretch| stretch.span);
        assert_eq!(last, Some(Span::new(4.0, 6.0)));
    }

    #[test]
    fn tags_speak_of_their_evidence_or_of_the_whole_cluster() {
        let project = project();
        let tags = Study::of(&project).tags_of_pairs();
        assert_eq!(tags[&PairIndex(0)], ["storm", "weather"]);
        assert_eq!(tags[&PairIndex(5)], ["weather"]);
        assert_eq!(tags[&PairIndex(2)], ["疫苗"]);
        assert_eq!(tags.get(&PairIndex(3)), None);
    }

    #[test]
    fn what_is_not_made_yet_is_said() {
        let mut project = project();
        project.run = None;
        let study = Study::of(&project);
        assert!(study.clusters.is_empty() && study.stretches().is_empty());
        assert!(study.map().unwrap_err().to_string().contains("train first"));
    }
}
