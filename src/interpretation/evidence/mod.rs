//! What supports each tag, and which tags say nothing of their cluster alone.

mod holding;
mod stem;
#[cfg(test)]
mod tests;

use super::phrases::{PhraseError, Phrases, directions};
use super::plain::key;
use crate::jobs::Watch;
use crate::project::{ClusterId, ClusterTags, PairIndex};
use holding::{Text, Wanted};
use ndarray::Array2;
use std::collections::{BTreeMap, BTreeSet};

/// A tag that fits all clusters alike has in none of them more than this times its support among all pairs, and in
/// each at least its reciprocal.
const ALIKE: f64 = 1.5;

/// From which cosine a caption or a description is near a tag in meaning, where the analyst says nothing else.
pub const NEAR: f32 = 0.6;

/// What can support tags: one place for each pair.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// What is said; empty where nothing is.
    pub captions: &'a [String],
    /// What the frame shows; empty where it is not described. May be shorter than the captions.
    pub descriptions: &'a [String],
    /// The cluster of the pair.
    pub labels: &'a [Option<ClusterId>],
}

/// Phrase similarity as evidence.
pub struct Meaning<'a> {
    /// The model.
    pub phrases: &'a mut dyn Phrases,
    /// The cosine from which a text supports a tag, such as [`NEAR`].
    pub least: f32,
}

/// Links each tag to the pairs of its cluster that support it, in place of what was linked before.
///
/// A text holds a tag when it holds its words: all of one or two, two thirds of more. Function words do not count,
/// English words are compared without their inflections, Chinese words where they stand in the text. With `meaning`,
/// a text that does not hold the tag supports it too when the cosine of their vectors is large enough.
///
/// `lift` becomes the share of the cluster's pairs that support the tag over the share of all pairs in clusters that
/// do. A tag is generic when this figure, taken for every cluster with pairs, is between 2/3 and 3/2 in all of them:
/// the tag fits all alike. It takes two clusters for that. A tag is shared by the clusters that have the same tag but for case,
/// spaces and hyphens.
///
/// # Errors
/// When the phrase model fails, or the work is cancelled; the tags are then as they were.
pub fn link(
    tags: &mut [ClusterTags],
    grounds: Grounds,
    meaning: Option<Meaning>,
    watch: &Watch,
) -> Result<(), PhraseError> {
    let Grounds {
        captions,
        descriptions,
        labels,
    } = grounds;
    let sizes = sizes(labels);
    let wanted: BTreeSet<&str> = tags
        .iter()
        .flat_map(|tags| tags.tags.iter().map(|tag| tag.text.as_str()))
        .collect();
    let said = Texts::new(captions);
    let seen = Texts::new(descriptions);
    let near = match meaning {
        Some(Meaning { phrases, least }) => Some(Near {
            cosines: cosines(phrases, &wanted, &said, &seen, watch)?,
            least,
        }),
        None => None,
    };
    let mut found = BTreeMap::new();
    for (row, text) in wanted.iter().enumerate() {
        watch.check()?;
        let wanted = Wanted::new(text);
        let near = |place: usize, of: &Texts| {
            let near = near.as_ref();
            near.map_or_else(Vec::new, |near| near.pairs(row, place, of))
        };
        let support = Support::new([
            said.holding(&wanted),
            seen.holding(&wanted),
            near(0, &said),
            near(said.unique.len(), &seen),
        ]);
        found.insert((*text).to_owned(), support);
    }
    let clusters_of = sharing(tags);
    for cluster in tags {
        let own = |pairs: &[PairIndex]| -> Vec<PairIndex> {
            let of = |pair: &&PairIndex| labels.get(pair.index()) == Some(&Some(cluster.cluster));
            pairs.iter().filter(of).copied().collect()
        };
        for tag in &mut cluster.tags {
            let Some(support) = found.get(&tag.text) else {
                continue;
            };
            let [said, seen, near_said, near_seen] = &support.pairs;
            (tag.evidence, tag.described) = (own(said), own(seen));
            (tag.near, tag.near_described) = (own(near_said), own(near_seen));
            let lifts = support.lifts(labels, &sizes);
            tag.lift = lifts.get(&cluster.cluster).copied();
            let is_alike = |lift: &f64| (1.0 / ALIKE..=ALIKE).contains(lift);
            tag.generic = lifts.len() > 1 && lifts.values().all(is_alike);
            let others = clusters_of.get(&key(&tag.text)).into_iter().flatten();
            tag.shared = others
                .filter(|other| **other != cluster.cluster)
                .copied()
                .collect();
        }
    }
    Ok(())
}

/// How many pairs each cluster has.
fn sizes(labels: &[Option<ClusterId>]) -> BTreeMap<ClusterId, usize> {
    let mut sizes = BTreeMap::new();
    for label in labels.iter().flatten() {
        *sizes.entry(*label).or_default() += 1;
    }
    sizes
}

/// The clusters that have each tag.
fn sharing(tags: &[ClusterTags]) -> BTreeMap<String, BTreeSet<ClusterId>> {
    let mut clusters: BTreeMap<String, BTreeSet<ClusterId>> = BTreeMap::new();
    for cluster in tags {
        for tag in &cluster.tags {
            clusters
                .entry(key(&tag.text))
                .or_default()
                .insert(cluster.cluster);
        }
    }
    clusters
}

/// The pairs that support a tag: by the words of captions and of descriptions, by the meaning of captions and of
/// descriptions.
struct Support {
    pairs: [Vec<PairIndex>; 4],
}

impl Support {
    /// What holds the words is not counted again as near.
    fn new([said, seen, near_said, near_seen]: [Vec<PairIndex>; 4]) -> Self {
        let without = |near: Vec<PairIndex>, held: &[PairIndex]| {
            let held: BTreeSet<_> = held.iter().collect();
            near.into_iter().filter(|pair| !held.contains(pair)).collect()
        };
        let (near_said, near_seen) = (without(near_said, &said), without(near_seen, &seen));
        Self {
            pairs: [said, seen, near_said, near_seen],
        }
    }

    /// Of each cluster, the share of its pairs that support the tag over the share of all pairs; empty where none do.
    fn lifts(
        &self,
        labels: &[Option<ClusterId>],
        sizes: &BTreeMap<ClusterId, usize>,
    ) -> BTreeMap<ClusterId, f64> {
        let pairs: BTreeSet<_> = self.pairs.iter().flatten().collect();
        let mut counts: BTreeMap<ClusterId, usize> = BTreeMap::new();
        for label in pairs
            .iter()
            .filter_map(|pair| labels.get(pair.index()).copied().flatten())
        {
            *counts.entry(label).or_default() += 1;
        }
        let (held, all) = (counts.values().sum::<usize>(), sizes.values().sum::<usize>());
        if held == 0 {
            return BTreeMap::new();
        }
        let overall = held as f64 / all as f64;
        let share = |(cluster, size): (&ClusterId, &usize)| {
            let count = counts.get(cluster).copied().unwrap_or_default();
            (*cluster, count as f64 / *size as f64 / overall)
        };
        sizes.iter().map(share).collect()
    }
}

/// Texts, each different one once.
struct Texts {
    unique: Vec<String>,
    words: Vec<Text>,
    /// The pairs that have each text.
    pairs: Vec<Vec<PairIndex>>,
}

impl Texts {
    fn new(texts: &[String]) -> Self {
        let mut pairs: BTreeMap<&str, Vec<PairIndex>> = BTreeMap::new();
        for (pair, text) in texts
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.trim().is_empty())
        {
            pairs.entry(text).or_default().push(pair.into());
        }
        let (unique, pairs): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .map(|(text, pairs)| (text.to_owned(), pairs))
            .unzip();
        let words = unique.iter().map(|text| Text::new(text)).collect();
        Self { unique, words, pairs }
    }

    fn holding(&self, wanted: &Wanted) -> Vec<PairIndex> {
        self.at(self.words.iter().map(|text| text.holds(wanted)))
    }

    /// The pairs of the texts that are marked, in order.
    fn at(&self, marks: impl Iterator<Item = bool>) -> Vec<PairIndex> {
        let marked = marks.zip(&self.pairs).filter(|(is_marked, _)| *is_marked);
        let pairs: BTreeSet<_> = marked.flat_map(|(_, pairs)| pairs).copied().collect();
        pairs.into_iter().collect()
    }
}

/// Cosines of tags and texts.
struct Near {
    /// A row a tag; captions first, then descriptions.
    cosines: Array2<f32>,
    least: f32,
}

/// The cosines of tags and texts, as [`Near`] holds them.
fn cosines(
    phrases: &mut dyn Phrases,
    wanted: &BTreeSet<&str>,
    said: &Texts,
    seen: &Texts,
    watch: &Watch,
) -> Result<Array2<f32>, PhraseError> {
    let wanted: Vec<String> = wanted.iter().map(|text| (*text).to_owned()).collect();
    let texts = [said.unique.as_slice(), seen.unique.as_slice()].concat();
    let tags = directions(phrases, &wanted, watch)?;
    let texts = directions(phrases, &texts, watch)?;
    // Without texts there are no vectors to have a length.
    let fits = tags.ncols() == texts.ncols();
    Ok(if fits {
        tags.dot(&texts.t())
    } else {
        Array2::zeros((tags.nrows(), 0))
    })
}

impl Near {
    /// The pairs whose text is near a tag; `from` is where the texts begin among all.
    fn pairs(&self, tag: usize, from: usize, of: &Texts) -> Vec<PairIndex> {
        let row = self.cosines.rows().into_iter().nth(tag);
        let cosines = row.into_iter().flat_map(|row| row.to_vec());
        of.at(cosines.skip(from).map(|cosine| cosine >= self.least))
    }
}
