use super::*;
use crate::interpretation::keywords;
use crate::project::{Language, Origin, Tag};
use ndarray::Array2;

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn labels(of: &[u32]) -> Vec<Option<ClusterId>> {
    of.iter().map(|label| Some(ClusterId(*label))).collect()
}

fn tagged(tags: &[&[&str]]) -> Vec<ClusterTags> {
    let tags = tags.iter().enumerate().map(|(cluster, tags)| ClusterTags {
        cluster: cluster.into(),
        tags: tags
            .iter()
            .map(|text| Tag {
                text: (*text).to_owned(),
                ..Tag::default()
            })
            .collect(),
        ..ClusterTags::default()
    });
    tags.collect()
}

/// Places a text by whether it speaks of health, of money, or of neither.
struct Topics;

impl Phrases for Topics {
    fn vectors(&mut self, texts: &[String], watch: &Watch) -> Result<Array2<f32>, PhraseError> {
        watch.check()?;
        let is_about =
            |text: &str, words: &[&str]| f32::from(u8::from(words.iter().any(|word| text.contains(word))));
        let mut vectors = Array2::zeros((texts.len(), 2));
        for (text, mut row) in texts.iter().zip(vectors.rows_mut()) {
            row[0] = 3.0 * is_about(text, &["vaccine", "doctor", "white coat", "health"]);
            row[1] = 2.0 * is_about(text, &["market", "bank", "chart", "money"]);
        }
        Ok(vectors)
    }
}

fn grounds<'a>(
    captions: &'a [String],
    descriptions: &'a [String],
    labels: &'a [Option<ClusterId>],
) -> Grounds<'a> {
    Grounds {
        captions,
        descriptions,
        labels,
    }
}

#[test]
fn tags_are_linked_to_the_pairs_of_their_cluster_that_hold_them() {
    let captions = strings(&["the vaccines work", "ask your doctor", "", "markets and vaccines"]);
    let descriptions = strings(&[
        "a man in a suit",
        "a doctor in a white coat",
        "a vaccine in a hand",
    ]);
    let labels = labels(&[0, 0, 0, 1]);
    let mut tags = tagged(&[&["vaccine", "white coat", "doctors", "trust"], &["market"]]);
    link(
        &mut tags,
        grounds(&captions, &descriptions, &labels),
        None,
        &Watch::default(),
    )
    .unwrap();
    let [vaccine, coat, doctor, trust] = &tags[0].tags[..] else {
        panic!()
    };
    assert_eq!(
        (&vaccine.evidence, &vaccine.described),
        (&vec![PairIndex(0)], &vec![PairIndex(2)])
    );
    let origins = [vaccine, coat, doctor, trust].map(Tag::origin);
    assert_eq!(
        origins,
        [Origin::Both, Origin::Picture, Origin::Both, Origin::Unsupported]
    );
    assert!(
        (vaccine.lift.unwrap() - 2.0 / 3.0 / 0.75).abs() < 1e-12,
        "two of three here, three of four in all"
    );
    assert_eq!((trust.lift, trust.generic), (None, false));
    assert_eq!(tags[1].tags[0].evidence, [PairIndex(3)]);
}

#[test]
fn meaning_supports_where_words_do_not() {
    let captions = strings(&["the vaccines work", "ask your doctor", "the bank is open"]);
    let descriptions = strings(&["a chart", "a white coat", "a chart"]);
    let labels = labels(&[0, 0, 0]);
    let mut tags = tagged(&[&["vaccine", "money", "weather"]]);
    let meaning = Meaning {
        phrases: &mut Topics,
        least: NEAR,
    };
    link(
        &mut tags,
        grounds(&captions, &descriptions, &labels),
        Some(meaning),
        &Watch::default(),
    )
    .unwrap();
    let [vaccine, money, weather] = &tags[0].tags[..] else {
        panic!()
    };
    assert_eq!(
        (&vaccine.evidence, &vaccine.near),
        (&vec![PairIndex(0)], &vec![PairIndex(1)])
    );
    assert_eq!(vaccine.near_described, [PairIndex(1)]);
    assert_eq!(
        (&money.near, &money.near_described),
        (&vec![PairIndex(2)], &vec![PairIndex(0), PairIndex(2)])
    );
    assert_eq!(
        [vaccine, money, weather].map(Tag::origin),
        [Origin::Both, Origin::Both, Origin::Unsupported]
    );
}

#[test]
fn what_fits_all_clusters_alike_is_generic() {
    let captions = strings(&["today vaccine", "today", "today market", "today"]);
    let labels = labels(&[0, 0, 1, 1]);
    let mut tags = tagged(&[&["today", "vaccine", "To-day"], &["Today", "market"]]);
    link(
        &mut tags,
        grounds(&captions, &[], &labels),
        None,
        &Watch::default(),
    )
    .unwrap();
    let flags: Vec<_> = tags
        .iter()
        .flat_map(|tags| &tags.tags)
        .map(|tag| tag.generic)
        .collect();
    assert_eq!(flags, [true, false, false, true, false]);
    assert_eq!(tags[0].tags[0].shared, [ClusterId(1)]);
    assert_eq!(tags[0].tags[2].shared, [ClusterId(1)], "spelling aside");
    assert!(tags[0].tags[1].shared.is_empty());
    let mut alone = tagged(&[&["today"]]);
    let labels = labels.iter().map(|_| Some(ClusterId(0))).collect::<Vec<_>>();
    link(
        &mut alone,
        grounds(&captions, &[], &labels),
        None,
        &Watch::default(),
    )
    .unwrap();
    assert!(
        !alone[0].tags[0].generic,
        "there is nothing that one cluster could be like"
    );
}

#[test]
fn keywords_are_supported_by_what_they_were_counted_in() {
    let captions = strings(&[
        "the virus spreads in new york",
        "the virus mutates",
        "the market falls",
    ]);
    let tokens: Vec<_> = captions
        .iter()
        .map(|text| strings(&text.split(' ').collect::<Vec<_>>()))
        .collect();
    let labels = labels(&[0, 0, 1]);
    let counted = keywords(&tokens, &labels, 2, Language::English);
    let mut linked = counted.clone();
    link(
        &mut linked,
        grounds(&captions, &[], &labels),
        None,
        &Watch::default(),
    )
    .unwrap();
    for (before, after) in counted.iter().zip(&linked) {
        for (before, after) in before.tags.iter().zip(&after.tags) {
            assert!(
                before.evidence.iter().all(|pair| after.evidence.contains(pair)),
                "{before:?} {after:?}"
            );
            assert_eq!(after.origin(), Origin::Words);
        }
    }
}

#[test]
fn a_model_of_the_wrong_shape_is_refused_and_cancelling_leaves_the_tags() {
    struct Wrong;
    impl Phrases for Wrong {
        fn vectors(&mut self, _: &[String], _: &Watch) -> Result<Array2<f32>, PhraseError> {
            Ok(Array2::zeros((1, 3)))
        }
    }
    let captions = strings(&["a b", "c d"]);
    let labels = labels(&[0, 0]);
    let mut tags = tagged(&[&["a"]]);
    let before = tags.clone();
    fn meaning(phrases: &mut dyn Phrases) -> Option<Meaning<'_>> {
        Some(Meaning { phrases, least: 0.5 })
    }
    let grounds = grounds(&captions, &[], &labels);
    let error = link(&mut tags, grounds, meaning(&mut Wrong), &Watch::default()).unwrap_err();
    assert!(
        matches!(error, PhraseError::Count { given: 1, asked: 2 }),
        "{error}"
    );
    let watch = Watch::default();
    watch.cancel();
    assert!(matches!(
        link(&mut tags, grounds, meaning(&mut Topics), &watch),
        Err(PhraseError::Cancelled(_))
    ));
    assert_eq!(tags, before);
}
