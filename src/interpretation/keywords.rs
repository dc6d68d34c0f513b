//! The words that set a cluster apart from the others.

use super::TAGS;
use super::words::{Kind, kind, other_number, phrase};
use crate::project::{ClusterId, ClusterTags, KEYWORDS, Language, PairIndex, Tag};
use std::collections::{BTreeMap, BTreeSet};

/// The ten words of each cluster that its captions hold often and those of the other clusters seldom.
///
/// `captions` are the tokens of each pair, in lower case, empty where there is no caption; `labels` the cluster of
/// each pair. A word scores its share of the words of the cluster times ln(1 + A / f), where A is the mean number of words of a
/// cluster and f how often all clusters hold the word (class-based TF-IDF). Content words come first; where there are
/// too few, two content words side by side, then numbers and single characters, then function words. Where even these do
/// not make ten, there are fewer, and the note says so. Of singular and plural only the more frequent is taken.
#[must_use]
pub fn keywords(
    captions: &[Vec<String>],
    labels: &[Option<ClusterId>],
    k: usize,
    language: Language,
) -> Vec<ClusterTags> {
    let mut sizes = vec![0_usize; k];
    let mut words = Occurrences::new(k);
    let mut phrases = Occurrences::new(k);
    for (index, (tokens, label)) in captions.iter().zip(labels).enumerate() {
        let Some((cluster, size)) =
            label.and_then(|label| Some((label.index(), sizes.get_mut(label.index())?)))
        else {
            continue;
        };
        *size += 1;
        let pair = PairIndex::from(index);
        let kinds: Vec<_> = tokens
            .iter()
            .map(|token| (token.as_str(), kind(token, language)))
            .collect();
        for &(token, kind) in &kinds {
            if let Some(kind) = kind {
                words.add(cluster, token.to_owned(), kind, pair);
            }
        }
        for two in kinds.windows(2) {
            if let [(first, Some(Kind::Content)), (second, Some(Kind::Content))] = two
                && first != second
            {
                phrases.add(cluster, phrase(first, second), Kind::Phrase, pair);
            }
        }
    }
    let pairs = sizes.iter().sum();
    let tags_of = |(index, size): (usize, usize)| {
        let cluster = ClusterId::from(index);
        let mut terms = words.scored(index);
        terms.extend(phrases.scored(index));
        let mut tags = best(terms);
        for tag in &mut tags {
            let overall = words.pairs(&tag.text).max(phrases.pairs(&tag.text));
            tag.lift = lift([tag.evidence.len(), size], [overall, pairs]);
        }
        let note = note(cluster, size, tags.len());
        ClusterTags {
            cluster,
            tags,
            model: KEYWORDS.into(),
            note,
            ..ClusterTags::default()
        }
    };
    sizes.into_iter().enumerate().map(tags_of).collect()
}

/// Where the terms of one sort, words or phrases, occur.
struct Occurrences {
    clusters: Vec<BTreeMap<String, Term>>,
    /// How often all clusters hold each term.
    overall: BTreeMap<String, usize>,
}

struct Term {
    kind: Kind,
    count: usize,
    evidence: BTreeSet<PairIndex>,
}

struct Scored<'a> {
    text: &'a str,
    term: &'a Term,
    score: f64,
}

impl Occurrences {
    fn new(k: usize) -> Self {
        Self {
            clusters: (0..k).map(|_| BTreeMap::new()).collect(),
            overall: BTreeMap::new(),
        }
    }

    fn add(&mut self, cluster: usize, text: String, kind: Kind, pair: PairIndex) {
        *self.overall.entry(text.clone()).or_default() += 1;
        if let Some(terms) = self.clusters.get_mut(cluster) {
            let term = terms.entry(text).or_insert_with(|| Term {
                kind,
                count: 0,
                evidence: BTreeSet::new(),
            });
            term.count += 1;
            term.evidence.insert(pair);
        }
    }

    /// Pairs of any cluster that hold a term.
    fn pairs(&self, text: &str) -> usize {
        let terms = self.clusters.iter().filter_map(|terms| terms.get(text));
        terms.map(|term| term.evidence.len()).sum()
    }

    /// The terms of the cluster with their scores, without those that another number of theirs stands for.
    fn scored(&self, cluster: usize) -> Vec<Scored<'_>> {
        let Some(terms) = self.clusters.get(cluster) else {
            return Vec::new();
        };
        let all: usize = self.overall.values().sum();
        let filled = self.clusters.iter().filter(|terms| !terms.is_empty()).count();
        let average = all as f64 / filled.max(1) as f64;
        let own: usize = terms.values().map(|term| term.count).sum();
        let stands_for = |other: &str, text: &str, term: &Term| {
            terms.get(other).is_some_and(|found| {
                found.kind == term.kind && (found.count, text.len()) > (term.count, other.len())
            })
        };
        terms
            .iter()
            .filter(|(text, term)| {
                !other_number(text)
                    .iter()
                    .any(|other| stands_for(other, text, term))
            })
            .map(|(text, term)| {
                let overall = self.overall.get(text).copied().unwrap_or(term.count);
                let share = term.count as f64 / own as f64;
                Scored {
                    text,
                    term,
                    score: share * (1.0 + average / overall as f64).ln(),
                }
            })
            .collect()
    }
}

/// The ten best, no text twice: a phrase in Chinese can be spelled like a word.
fn best(mut terms: Vec<Scored>) -> Vec<Tag> {
    terms.sort_by(|a, b| {
        a.term
            .kind
            .cmp(&b.term.kind)
            .then(b.score.total_cmp(&a.score))
            .then_with(|| a.text.cmp(b.text))
    });
    let mut seen = BTreeSet::new();
    terms
        .into_iter()
        .filter(|scored| seen.insert(scored.text))
        .take(TAGS)
        .map(|Scored { text, term, score }| Tag {
            text: text.to_owned(),
            score,
            evidence: term.evidence.iter().copied().collect(),
            ..Tag::default()
        })
        .collect()
}

/// The share of a cluster's pairs that hold a word over the share of all pairs that do.
fn lift(own: [usize; 2], all: [usize; 2]) -> Option<f64> {
    let share = |[with, of]: [usize; 2]| (with > 0 && of > 0).then(|| with as f64 / of as f64);
    Some(share(own)? / share(all)?)
}

/// Why the cluster has fewer than ten tags; none when it has ten.
fn note(cluster: ClusterId, size: usize, tags: usize) -> Option<String> {
    // People count from 1.
    let cluster = cluster.0 + 1;
    match (size, tags) {
        (_, TAGS..) => None,
        (0, _) => Some(format!(
            "Cluster {cluster} holds no pairs, so there is nothing to take tags from."
        )),
        (_, 0) => Some(format!(
            "No pair of cluster {cluster} has a caption with words in it."
        )),
        _ => Some(format!(
            "The captions of cluster {cluster} hold too few different words for ten tags."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(captions: &[&str]) -> Vec<Vec<String>> {
        captions
            .iter()
            .map(|caption| caption.split_whitespace().map(str::to_owned).collect())
            .collect()
    }

    fn labels(of: &[i32]) -> Vec<Option<ClusterId>> {
        of.iter()
            .map(|&label| u32::try_from(label).ok().map(ClusterId))
            .collect()
    }

    fn texts(tags: &ClusterTags) -> Vec<&str> {
        tags.tags.iter().map(|tag| tag.text.as_str()).collect()
    }

    #[test]
    fn what_sets_a_cluster_apart_comes_before_what_all_share() {
        let captions = tokens(&[
            "the virus spreads in the city and the virus mutates",
            "the virus frightens the city",
            "the market falls in the city and the market recovers",
            "the market frightens the city",
        ]);
        let found = keywords(&captions, &labels(&[0, 0, 1, 1]), 2, Language::English);
        assert_eq!(found[0].tags[0].text, "virus");
        assert_eq!(found[1].tags[0].text, "market");
        assert_eq!(found[0].tags[0].evidence, [PairIndex(0), PairIndex(1)]);
        assert_eq!(
            found[0].tags[0].lift,
            Some(2.0),
            "all of one half, none of the other"
        );
        let place = |word: &str| texts(&found[0]).iter().position(|text| *text == word).unwrap();
        assert!(place("mutates") < place("frightens"), "{:?}", texts(&found[0]));
        assert_eq!(
            (found[0].model.as_str(), found[0].note.as_deref()),
            ("keywords", None)
        );
    }

    #[test]
    fn ten_are_made_up_from_phrases_numbers_and_function_words_in_this_order() {
        let captions = tokens(&["red green blue grey . 7 the of", "x"]);
        let found = keywords(&captions, &labels(&[0, 1]), 2, Language::English);
        assert_eq!(
            texts(&found[0]),
            [
                "blue",
                "green",
                "grey",
                "red",
                "blue grey",
                "green blue",
                "red green",
                "7",
                "of",
                "the"
            ]
        );
        assert_eq!(found[0].note, None);
        assert_eq!(texts(&found[1]), ["x"]);
        assert!(
            found[1].note.as_ref().unwrap().contains("cluster 2"),
            "{:?}",
            found[1].note
        );
    }

    #[test]
    fn chinese_phrases_have_no_space_and_single_characters_come_late() {
        let captions = tokens(&["我们 接种 疫苗 ， 老年人 病 covid 检测"]);
        let found = keywords(&captions, &labels(&[0]), 1, Language::Chinese);
        let texts = texts(&found[0]);
        assert!(
            texts.contains(&"接种疫苗") && texts.contains(&"covid 检测"),
            "{texts:?}"
        );
        assert_eq!(texts.last_chunk(), Some(&["病", "我们"]));
        assert!(!texts.contains(&"疫苗老年人"), "the comma is between them");
    }

    #[test]
    fn of_two_numbers_the_more_frequent_is_taken() {
        let captions = tokens(&[
            "vaccines help",
            "vaccines work",
            "a vaccine",
            "news",
            "new",
            "new",
        ]);
        let found = keywords(&captions, &labels(&[0; 6]), 1, Language::English);
        let texts = texts(&found[0]);
        assert!(
            texts.contains(&"vaccines") && !texts.contains(&"vaccine"),
            "{texts:?}"
        );
        assert!(texts.contains(&"news") && texts.contains(&"new"), "{texts:?}");
    }

    #[test]
    fn empty_clusters_and_silent_ones_say_why() {
        let found = keywords(
            &tokens(&["", "...", "words"]),
            &labels(&[0, 0, -1]),
            2,
            Language::English,
        );
        assert!(found.iter().all(|tags| tags.tags.is_empty()));
        assert!(found[0].note.as_ref().unwrap().contains("caption"));
        assert!(found[1].note.as_ref().unwrap().contains("no pairs"));
    }
}
