//! What was written about frames and clusters, by a model or by the analyst: it costs hours to make, so it is kept whatever
//! becomes of the clusters.

use super::Run;
use super::tags::{ClusterTags, KEYWORDS};
use super::units::{ClusterId, PairIndex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So much of two clusters must be the same, as the share of common pairs among the pairs of either, for what the analyst
/// wrote of one to hold for the other.
const KIN: f64 = 0.5;

/// What a frame shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Description {
    /// As the model began and ended it by itself.
    pub plain: String,
    /// As the model went on from a prompt, the prompt included; empty where none was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prompted: String,
    /// Which model wrote it.
    pub model: String,
    /// It goes round in circles, at a second try as well: nothing to rely on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looping: bool,
    /// The analyst's own words, which count in place of the model's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
}

impl Description {
    /// What counts: the analyst's words, or else each of the model's; nothing of a model that went round in circles.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match &self.edited {
            Some(edited) => vec![edited.as_str()],
            None if self.looping => Vec::new(),
            None => {
                let mut texts = vec![self.plain.as_str(), self.prompted.as_str()];
                texts.dedup();
                texts.retain(|text| !text.is_empty());
                texts
            }
        }
    }

    /// What is shown of it.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.edited {
            Some(edited) => edited,
            None if self.plain.is_empty() => &self.prompted,
            None => &self.plain,
        }
    }
}

/// Tags that a model or the analyst wrote, and of which pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenTags {
    /// The pairs of the cluster, in order.
    pub members: Vec<PairIndex>,
    /// Its tags; their cluster is the one that it was.
    pub tags: ClusterTags,
}

impl Run {
    /// The tags of a cluster.
    #[must_use]
    pub fn tags_of(&self, cluster: ClusterId) -> Option<&ClusterTags> {
        self.tags.iter().find(|tags| tags.cluster == cluster)
    }

    /// Takes tags over in place of those that the cluster has, and keeps them. None forgets what was written of it, and
    /// leaves it without tags until keywords are counted.
    pub fn set_tags(&mut self, cluster: ClusterId, tags: Option<ClusterTags>) {
        let members = self.members(cluster);
        let forgotten = tags.is_none();
        self.written.retain(|written| {
            // What would come back by kinship is forgotten as well.
            let kin = written.tags.edited && likeness(&written.members, &members) >= KIN;
            written.members != members && !(forgotten && kin)
        });
        self.tags.retain(|tags| tags.cluster != cluster);
        let Some(tags) = tags else { return };
        let tags = ClusterTags { cluster, ..tags };
        // Keywords are counted again at any time.
        if tags.edited || tags.model != KEYWORDS {
            self.written.push(WrittenTags {
                members,
                tags: tags.clone(),
            });
        }
        self.tags.push(tags);
        self.tags.sort_by_key(|tags| tags.cluster);
    }

    /// Puts what was written of clusters of the same pairs in the place of keywords; of what the analyst wrote, the pairs of the
    /// cluster may have become others by half.
    pub fn recall_tags(&mut self) {
        let mut tags = std::mem::take(&mut self.tags);
        for tags in &mut tags {
            let members = self.members(tags.cluster);
            let same = self
                .written
                .iter()
                .rev()
                .find(|written| written.members == members);
            let found = same.or_else(|| {
                let edited = self.written.iter().filter(|written| written.tags.edited);
                let likeness = |written: &WrittenTags| likeness(&written.members, &members);
                edited
                    .filter(|written| likeness(written) >= KIN)
                    .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
            });
            if let Some(found) = found {
                *tags = ClusterTags {
                    cluster: tags.cluster,
                    ..found.tags.clone()
                };
            }
        }
        self.tags = tags;
    }

    /// Takes over what was found to support tags, as far as these are still the tags.
    pub fn support_tags(&mut self, linked: Vec<ClusterTags>) {
        let texts = |tags: &ClusterTags| tags.tags.iter().map(|tag| tag.text.clone()).collect::<Vec<_>>();
        for linked in linked {
            let members = self.members(linked.cluster);
            let here = self.tags.iter_mut().find(|tags| tags.cluster == linked.cluster);
            let Some(here) = here.filter(|here| texts(here) == texts(&linked)) else {
                continue;
            };
            here.tags.clone_from(&linked.tags);
            let kept = self.written.iter_mut().find(|written| written.members == members);
            if let Some(kept) = kept.filter(|kept| texts(&kept.tags) == texts(&linked)) {
                kept.tags.tags = linked.tags;
            }
        }
    }

    /// Sets what the analyst says that a frame shows; none for what the model says.
    pub(super) fn set_description(&mut self, pair: PairIndex, edited: Option<String>) {
        if edited.is_some() {
            self.descriptions.entry(pair).or_default().edited = edited;
        } else if let Some(description) = self.descriptions.get_mut(&pair) {
            description.edited = None;
            if description.text().is_empty() {
                self.descriptions.remove(&pair);
            }
        }
    }

    /// Takes over what was written in an earlier training: of the same frames, and of clusters of the same pairs.
    pub fn inherit_written(&mut self, earlier: &Self) {
        let rows = earlier.on.rows_in(&self.on);
        let row_of = |pair: &PairIndex| rows.get(pair.index()).copied().flatten();
        for (pair, description) in &earlier.descriptions {
            if let Some(pair) = row_of(pair) {
                self.descriptions
                    .entry(pair)
                    .or_insert_with(|| description.clone());
            }
        }
        for written in &earlier.written {
            let mut members: Vec<PairIndex> = written.members.iter().filter_map(row_of).collect();
            members.sort_unstable();
            if !members.is_empty() && self.written.iter().all(|own| own.members != members) {
                let tags = written.tags.clone();
                self.written.push(WrittenTags { members, tags });
            }
        }
    }

    fn members(&self, cluster: ClusterId) -> Vec<PairIndex> {
        self.assignment
            .as_ref()
            .map(|chosen| chosen.members(cluster).collect())
            .unwrap_or_default()
    }
}

/// Common pairs among the pairs of either (Jaccard).
fn likeness(a: &[PairIndex], b: &[PairIndex]) -> f64 {
    let a: BTreeSet<_> = a.iter().collect();
    let b: BTreeSet<_> = b.iter().collect();
    a.intersection(&b).count() as f64 / a.union(&b).count().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Assignment, FrameIndex, Pair, Seconds, SourceIndex, Tag, TrainedOn};

    fn run(labels: &[u32]) -> Run {
        let pair = |place: usize| Pair {
            time: Seconds(place as f64),
            frame: FrameIndex::from(place),
            source: SourceIndex::OWN,
            cue: None,
        };
        let mut run = Run {
            on: TrainedOn {
                pairs: (0..labels.len()).map(pair).collect(),
                texts: vec![String::new(); labels.len()],
            },
            ..Run::default()
        };
        cluster(&mut run, labels);
        run
    }

    /// Puts the pairs into these clusters, with a keyword each.
    fn cluster(run: &mut Run, labels: &[u32]) {
        let k = labels.iter().max().map_or(0, |last| *last as usize + 1);
        run.set_clusters(Some(Assignment {
            k,
            labels: labels.iter().map(|label| Some(ClusterId(*label))).collect(),
            ..Assignment::default()
        }));
        run.tags = (0..k)
            .map(|id| tags(ClusterId::from(id), "keyword", false))
            .collect();
        run.recall_tags();
    }

    fn tags(cluster: ClusterId, text: &str, edited: bool) -> ClusterTags {
        ClusterTags {
            cluster,
            tags: vec![Tag {
                text: text.into(),
                ..Tag::default()
            }],
            edited,
            ..ClusterTags::default()
        }
    }

    fn texts(run: &Run) -> Vec<&str> {
        run.tags
            .iter()
            .flat_map(|tags| &tags.tags)
            .map(|tag| tag.text.as_str())
            .collect()
    }

    #[test]
    fn what_a_model_wrote_comes_back_with_the_clusters_it_wrote_of() {
        let mut run = run(&[0, 0, 0, 1, 1, 1]);
        run.set_tags(ClusterId(1), Some(tags(ClusterId(1), "storm", false)));
        assert_eq!(texts(&run), ["keyword", "storm"]);
        // The same pairs under another number.
        cluster(&mut run, &[1, 1, 1, 0, 0, 0]);
        assert_eq!(texts(&run), ["storm", "keyword"]);
        // Other pairs: what was written does not hold.
        cluster(&mut run, &[0, 0, 0, 0, 1, 1]);
        assert_eq!(texts(&run), ["keyword", "keyword"]);
        cluster(&mut run, &[0, 0, 0, 1, 1, 1]);
        assert_eq!(texts(&run), ["keyword", "storm"], "it was not forgotten");
        run.set_tags(ClusterId(1), None);
        assert_eq!(texts(&run), ["keyword"]);
        cluster(&mut run, &[0, 0, 0, 1, 1, 1]);
        assert_eq!(texts(&run), ["keyword", "keyword"]);
    }

    #[test]
    fn what_the_analyst_wrote_outlives_small_changes_and_another_training() {
        let mut first = run(&[0, 0, 0, 1, 1, 1]);
        first.set_tags(ClusterId(0), Some(tags(ClusterId(0), "my own", true)));
        cluster(&mut first, &[0, 0, 1, 1, 1, 1]);
        assert_eq!(texts(&first), ["my own", "keyword"]);
        first.set_description(PairIndex(4), Some("a flooded street".into()));
        let mut second = run(&[1, 1, 1, 0, 0, 0]);
        second.on.pairs.remove(0);
        second.on.texts.remove(0);
        second.inherit_written(&first);
        cluster(&mut second, &[1, 1, 0, 0, 0]);
        assert_eq!(texts(&second), ["keyword", "my own"]);
        assert_eq!(
            second.descriptions.get(&PairIndex(3)).map(Description::text),
            Some("a flooded street")
        );
        second.set_description(PairIndex(3), None);
        assert!(second.descriptions.is_empty(), "there was none of a model");
    }

    #[test]
    fn keywords_are_not_kept_and_what_is_forgotten_stays_so() {
        let mut run = run(&[0, 0, 0, 1, 1, 1]);
        run.set_tags(ClusterId(0), Some(tags(ClusterId(0), "my own", true)));
        // Undone: the keywords are there again, and are counted anew from then on.
        run.set_tags(
            ClusterId(0),
            Some(ClusterTags {
                model: KEYWORDS.into(),
                ..tags(ClusterId(0), "keyword", false)
            }),
        );
        assert!(run.written.is_empty());
        // Forgotten of a cluster that has become another by a pair.
        run.set_tags(ClusterId(0), Some(tags(ClusterId(0), "my own", true)));
        cluster(&mut run, &[0, 0, 1, 1, 1, 1]);
        assert_eq!(texts(&run), ["my own", "keyword"]);
        run.set_tags(ClusterId(0), None);
        cluster(&mut run, &[0, 0, 1, 1, 1, 1]);
        assert_eq!(texts(&run), ["keyword", "keyword"]);
    }

    #[test]
    fn circles_do_not_count() {
        let mut description = Description {
            plain: "a table of corona corona corona".into(),
            looping: true,
            ..Description::default()
        };
        assert!(description.texts().is_empty());
        description.edited = Some("a table of deaths by state".into());
        assert_eq!(description.texts(), ["a table of deaths by state"]);
    }
}
