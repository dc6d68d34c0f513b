//! The tags of the clusters, with what supports each of them.

use super::units::{ClusterId, PairIndex};
use serde::{Deserialize, Serialize};

/// What [`ClusterTags::model`] says of words that were counted in the captions.
pub const KEYWORDS: &str = "keywords";

/// A label of a cluster with what supports it. All pairs named are of that cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tag {
    /// The word or phrase.
    pub text: String,
    /// How strongly it sets the cluster apart, in the unit of the method; only the order matters.
    pub score: f64,
    /// How many times as often the cluster's pairs support it as all pairs do; none where it is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lift: Option<f64>,
    /// The pairs whose captions hold its words.
    pub evidence: Vec<PairIndex>,
    /// The pairs whose frame's description holds its words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub described: Vec<PairIndex>,
    /// The pairs whose captions do not hold its words but are near it in meaning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<PairIndex>,
    /// The pairs whose frame's description does not hold its words but is near it in meaning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near_described: Vec<PairIndex>,
    /// The other clusters that have the same tag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<ClusterId>,
    /// Whether it fits all clusters alike, so that it says nothing about this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub generic: bool,
}

/// What a tag is supported by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// What the frames show, as they are described.
    Picture,
    /// What is said.
    Words,
    /// What the frames show and what is said.
    Both,
    /// Nothing that was found: perhaps made up.
    Unsupported,
}

impl Tag {
    /// What supports it, by its words or by its meaning.
    #[must_use]
    pub fn origin(&self) -> Origin {
        let said = !(self.evidence.is_empty() && self.near.is_empty());
        let seen = !(self.described.is_empty() && self.near_described.is_empty());
        match (seen, said) {
            (true, true) => Origin::Both,
            (true, false) => Origin::Picture,
            (false, true) => Origin::Words,
            (false, false) => Origin::Unsupported,
        }
    }
}

/// The ten tags of one cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClusterTags {
    /// Which cluster.
    pub cluster: ClusterId,
    /// Best first.
    pub tags: Vec<Tag>,
    /// What wrote them: [`KEYWORDS`] for words counted in the captions, else the name of the language model.
    pub model: String,
    /// What the analyst should know, such as that the captions hold fewer than ten distinct words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The seed that the language model drew its words with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// SHA-256 of the instruction that the language model was given, without the captions and descriptions, as
    /// hexadecimal digits: equal where the instruction was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_hash: Option<String>,
    /// How many captions the language model was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Used>,
    /// Whether the analyst changed them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
}

/// How many captions of a cluster a language model was shown. A caption that several pairs have counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Used {
    /// So many,
    pub captions: usize,
    /// of so many.
    pub of: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_earlier_programs_are_read() {
        let old = r#"{"cluster":1,"tags":[{"text":"疫苗","score":0.5,"evidence":[3,4]}],"model":"keywords"}"#;
        let tags: ClusterTags = serde_json::from_str(old).unwrap();
        assert_eq!(tags.tags[0].evidence, [PairIndex(3), PairIndex(4)]);
        assert_eq!(tags.tags[0].origin(), Origin::Words);
        assert!(!tags.edited && tags.seed.is_none());
        assert_eq!(
            serde_json::to_string(&tags).unwrap(),
            old,
            "nothing is added that is not known"
        );
    }

    #[test]
    fn all_that_is_known_comes_back() {
        let tags = ClusterTags {
            cluster: ClusterId(2),
            tags: vec![Tag {
                text: "white coat".into(),
                described: vec![PairIndex(1)],
                near_described: vec![PairIndex(2)],
                shared: vec![ClusterId(0)],
                generic: true,
                ..Tag::default()
            }],
            model: "a model".into(),
            seed: Some(u64::MAX),
            prompt_hash: Some("ab".into()),
            used: Some(Used { captions: 3, of: 5 }),
            edited: true,
            note: None,
        };
        assert_eq!(tags.tags[0].origin(), Origin::Picture);
        let text = serde_json::to_string(&tags).unwrap();
        assert_eq!(serde_json::from_str::<ClusterTags>(&text).unwrap(), tags);
    }

    #[test]
    fn meaning_supports_as_words_do() {
        let tag = |near: &[u32], described: &[u32]| Tag {
            near: near.iter().copied().map(PairIndex).collect(),
            described: described.iter().copied().map(PairIndex).collect(),
            ..Tag::default()
        };
        assert_eq!(tag(&[1], &[]).origin(), Origin::Words);
        assert_eq!(tag(&[1], &[2]).origin(), Origin::Both);
        assert_eq!(tag(&[], &[]).origin(), Origin::Unsupported);
    }
}
