//! From cues as the file has them to a track whose times are sound.

use crate::project::{CaptionTrack, Cue, CueOrigin, Seconds};

/// A caption with the times that the file gives it, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TimedText {
    pub start: f64,
    /// Missing where the file only says when captions begin.
    pub end: Option<f64>,
    pub text: String,
}

/// Characters a second of plain speech.
const HANZI_A_SECOND: f64 = 4.5;
const LETTERS_A_SECOND: f64 = 15.0;

/// How long the text takes to say at a plain rate, in seconds; never nothing.
pub(super) fn speech_seconds(text: &str) -> f64 {
    let (mut hanzi, mut letters) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if super::language::is_hanzi(c) {
            hanzi += 1;
        } else {
            letters += 1;
        }
    }
    (f64::from(hanzi) / HANZI_A_SECOND + f64::from(letters) / LETTERS_A_SECOND).max(0.3)
}

/// Puts cues in order and repairs ends; each repair is told once.
///
/// A cue without an end, or one that ends before it begins, lasts until the next one starts; the last one as
/// long as its text takes to say.
pub(super) fn settle(
    mut cues: Vec<TimedText>,
    duration: Option<Seconds>,
    warnings: &mut Vec<String>,
) -> CaptionTrack {
    let all = cues.len();
    cues.retain(|cue| !cue.text.trim().is_empty());
    if cues.is_empty() {
        return CaptionTrack::default();
    }
    note(warnings, all - cues.len(), "without text left out");
    let unsorted = cues
        .iter()
        .zip(cues.iter().skip(1))
        .filter(|(a, b)| b.start < a.start)
        .count();
    note(
        warnings,
        unsorted,
        "began before the one above; put in order of time",
    );
    cues.sort_by(|a, b| a.start.total_cmp(&b.start));

    let mut repaired = 0;
    let mut next: Option<f64> = None;
    let mut follower: Option<f64> = None;
    let mut settled = Vec::with_capacity(cues.len());
    for cue in cues.into_iter().rev() {
        if follower.is_some_and(|start| start > cue.start) {
            next = follower;
        }
        follower = Some(cue.start);
        let end = match cue.end {
            Some(end) if end >= cue.start => end,
            wrong => {
                repaired += usize::from(wrong.is_some());
                next.unwrap_or_else(|| last_end(&cue, duration))
            }
        };
        settled.push(timed(cue.start, end, cue.text, CueOrigin::Imported));
    }
    note(
        warnings,
        repaired,
        "ended before they began; each now lasts until the next one",
    );
    if let Some(duration) = duration {
        let late = settled.iter().filter(|cue| cue.start.0 >= duration.0).count();
        note(
            warnings,
            late,
            "after the end of the video: is this its transcript?",
        );
    }
    settled.reverse();
    CaptionTrack::new(settled)
}

/// Gives texts without times a share of the duration by how long they take to say, or, without a duration,
/// that time itself. All are marked as estimated.
pub(super) fn spread(texts: Vec<String>, duration: Option<Seconds>) -> CaptionTrack {
    let total: f64 = texts.iter().map(|text| speech_seconds(text)).sum();
    let pace = duration
        .filter(|d| d.0 > 0.0 && total > 0.0)
        .map_or(1.0, |duration| duration.0 / total);
    let mut start = 0.0;
    let cue = |text: String| {
        let end = start + speech_seconds(&text) * pace;
        let cue = timed(to_millis(start), to_millis(end), text, CueOrigin::Estimated);
        start = end;
        cue
    };
    CaptionTrack::new(texts.into_iter().map(cue).collect())
}

fn last_end(cue: &TimedText, duration: Option<Seconds>) -> f64 {
    let spoken = to_millis(cue.start + speech_seconds(&cue.text));
    duration
        .map(|duration| duration.0)
        .filter(|end| *end > cue.start)
        .map_or(spoken, |end| spoken.min(end))
}

fn timed(start: f64, end: f64, text: String, origin: CueOrigin) -> Cue {
    Cue {
        origin,
        ..Cue::new(Seconds(start), Seconds(end), text)
    }
}

fn to_millis(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

fn note(warnings: &mut Vec<String>, count: usize, what: &str) {
    if count > 0 {
        warnings.push(format!("{} {what}", super::counted(count, "caption")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start: f64, end: Option<f64>, text: &str) -> TimedText {
        TimedText {
            start,
            end,
            text: text.to_owned(),
        }
    }

    fn settled(cues: Vec<TimedText>, duration: Option<f64>) -> (Vec<(f64, f64, String)>, Vec<String>) {
        let mut warnings = Vec::new();
        let track = settle(cues, duration.map(Seconds), &mut warnings);
        (
            track
                .cues
                .into_iter()
                .map(|c| (c.start.0, c.end.0, c.text))
                .collect(),
            warnings,
        )
    }

    #[test]
    fn a_missing_end_is_the_next_start() {
        let (cues, warnings) = settled(
            vec![cue(1.0, None, "a"), cue(1.0, None, "b"), cue(3.0, None, "说")],
            Some(3.1),
        );
        let ends: Vec<f64> = cues.iter().map(|c| c.1).collect();
        assert_eq!(ends, [3.0, 3.0, 3.1]);
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn wrong_cues_are_repaired_aloud() {
        let (cues, warnings) = settled(
            vec![
                cue(5.0, Some(6.0), "b"),
                cue(1.0, Some(0.5), "a"),
                cue(7.0, Some(9.0), " "),
            ],
            Some(4.0),
        );
        assert_eq!(cues, [(1.0, 5.0, "a".to_owned()), (5.0, 6.0, "b".to_owned())]);
        let all = warnings.join("\n");
        for part in [
            "without text",
            "put in order",
            "lasts until the next one",
            "after the end of the video",
        ] {
            assert!(all.contains(part), "{part} not in {all}");
        }
    }

    #[test]
    fn overlaps_are_kept() {
        let (cues, warnings) = settled(vec![cue(0.0, Some(3.76), "a"), cue(1.92, Some(5.6), "b")], None);
        assert_eq!(cues.first().unwrap().1, 3.76);
        assert!(warnings.is_empty());
    }

    #[test]
    fn untimed_text_fills_the_video_by_length() {
        let texts = vec!["疫苗疫苗".to_owned(), "疫苗疫苗疫苗疫苗".to_owned()];
        let track = spread(texts.clone(), Some(Seconds(30.0)));
        let times: Vec<(f64, f64)> = track.cues.iter().map(|c| (c.start.0, c.end.0)).collect();
        assert_eq!(times, [(0.0, 10.0), (10.0, 30.0)]);
        assert!(track.is_estimated());
        let spoken = spread(texts, None);
        assert!((spoken.end().0 - 12.0 / HANZI_A_SECOND).abs() < 0.01);
    }
}
