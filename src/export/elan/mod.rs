//! Captions, clusters and tags as a file of ELAN, the annotation program: the ELAN Annotation Format (EAF) 3.0, XML.
//!
//! Times are whole milliseconds in a table of slots, which annotations refer to. Two annotations of one tier never
//! overlap and none is empty, so captions that overlap go to further tiers.

mod document;

use super::ExportError;
use super::study::Study;
use crate::project::files::write_whole;
use crate::project::{Seconds, Span};
use std::path::Path;
use std::time::SystemTime;

/// Annotations of one name that do not overlap.
struct Tier {
    name: String,
    /// Begin and end in milliseconds, and words; in order.
    annotations: Vec<([u64; 2], String)>,
}

/// Writes captions, clusters (a stretch of time each) and tags of pairs as `.eaf`. What the project does not have has no
/// tier.
///
/// # Errors
/// When the file cannot be written.
pub fn write_elan(path: &Path, study: &Study) -> Result<(), ExportError> {
    let tiers = tiers(study);
    let media = study
        .project
        .manifest
        .video
        .as_ref()
        .map(|video| video.path.as_path());
    let folder = std::path::absolute(path)
        .ok()
        .and_then(|path| Some(path.parent()?.to_path_buf()));
    let bytes = document::document(&tiers, media, folder.as_deref(), SystemTime::now())
        .map_err(|error| ExportError::Table(error.to_string()))?;
    Ok(write_whole(path, |file| file.write_all(&bytes))?)
}

fn tiers(study: &Study) -> Vec<Tier> {
    let pairing = &study.project.manifest.pairing;
    let cues = study.project.track.cues.iter().map(|cue| {
        let span = Span {
            start: pairing.placed(cue.start),
            end: pairing.placed(cue.end),
        };
        (span, cue.text.clone())
    });
    let mut tiers = apart("captions", cues);
    let clusters = study
        .stretches()
        .into_iter()
        .map(|stretch| (stretch.span, study.cluster_name(Some(stretch.cluster)).to_owned()));
    tiers.extend(apart("clusters", clusters));
    tiers.extend(apart("tags", tags(study).into_iter()));
    tiers
}

/// The tags that speak of each moment.
fn tags(study: &Study) -> Vec<(Span, String)> {
    let of_pairs = study.tags_of_pairs();
    let mut pairs = study.own_pairs();
    pairs.sort_by(|a, b| a.time.order(&b.time));
    let mut spoken: Vec<(Span, String)> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for facts in pairs {
        let more = of_pairs.get(&facts.pair).into_iter().flatten();
        for word in more {
            if !words.contains(word) {
                words.push(word);
            }
        }
        // The next pair has the same frame: they share its time.
        if facts.span.length() <= Seconds(0.0) {
            continue;
        }
        let all = std::mem::take(&mut words).join(", ");
        match spoken.last_mut() {
            _ if all.is_empty() => {}
            Some((span, last)) if *last == all && span.end == facts.span.start => span.end = facts.span.end,
            _ => spoken.push((facts.span, all)),
        }
    }
    spoken
}

/// Annotations in as few tiers as keep them from overlapping: `name`, `name 2` and so on.
fn apart(name: &str, spans: impl Iterator<Item = (Span, String)>) -> Vec<Tier> {
    let millis = |time: Seconds| (time.0.max(0.0) * 1000.0).round() as u64;
    let mut all: Vec<([u64; 2], String)> = spans
        .map(|(span, words)| {
            let start = millis(span.start);
            ([start, millis(span.end).max(start + 1)], words)
        })
        .collect();
    all.sort_by_key(|(times, _)| *times);
    let mut tiers: Vec<Tier> = Vec::new();
    for (times, words) in all {
        let ended = |tier: &&mut Tier| {
            let last = tier.annotations.last();
            last.is_none_or(|([_, end], _)| *end <= times[0])
        };
        if let Some(tier) = tiers.iter_mut().find(ended) {
            tier.annotations.push((times, words));
        } else {
            let number = tiers.len() + 1;
            tiers.push(Tier {
                name: if number == 1 {
                    name.to_owned()
                } else {
                    format!("{name} {number}")
                },
                annotations: vec![(times, words)],
            });
        }
    }
    tiers
}

#[cfg(test)]
mod tests {
    use super::super::sample_study::project;
    use super::*;

    #[test]
    fn captions_that_overlap_go_to_further_tiers_and_none_is_empty() {
        let project = project();
        let tiers = tiers(&Study::of(&project));
        let names: Vec<&str> = tiers.iter().map(|tier| tier.name.as_str()).collect();
        assert_eq!(names, ["captions", "captions 2", "clusters", "tags"]);
        for tier in &tiers {
            let times: Vec<[u64; 2]> = tier.annotations.iter().map(|(times, _)| *times).collect();
            assert!(times.iter().all(|[start, end]| start < end), "{times:?}");
            assert!(times.windows(2).all(|two| two[0][1] <= two[1][0]), "{times:?}");
        }
        let words = |tier: usize| {
            tiers[tier]
                .annotations
                .iter()
                .map(|(times, words)| (*times, words.as_str()))
        };
        assert_eq!(
            words(2).collect::<Vec<_>>(),
            [
                ([0, 4000], "Cluster 1"),
                ([4000, 6000], "Cluster 2"),
                ([8000, 14000], "Cluster 1")
            ]
        );
        assert_eq!(words(3).next(), Some(([0, 4000], "storm, weather")));
        let none = apart("a", [(Span::new(1.0, 1.0), String::new())].into_iter());
        assert_eq!(none[0].annotations[0].0, [1000, 1001]);
    }

    #[test]
    fn slots_are_shared_and_sorted_and_words_are_escaped() {
        let project = project();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("storm.eaf");
        write_elan(&path, &Study::of(&project)).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let values: Vec<u64> = text
            .split("TIME_VALUE=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert!(values.windows(2).all(|two| two[0] < two[1]), "{values:?}");
        assert!(
            text.contains("疫苗 &amp; 接种") && !text.contains("<script>"),
            "{text}"
        );
        assert!(
            text.contains("MEDIA_URL=\"file:///videos/storm &amp; sea.mp4\""),
            "{text}"
        );
        assert!(text.contains("/videos/storm &amp; sea.mp4\"/>"), "{text}");
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut events = 0;
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {
            events += 1;
        }
        assert!(events > 100);
    }
}
