//! From cues as the file has them to a track whose times are sound.

use super::clock::decimal;
use super::report::Report;
use crate::project::{CaptionTrack, Cue, CueOrigin, Seconds, TimedWord};

/// A caption with the times that the file gives it, in seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TimedText {
    pub start: f64,
    /// Missing where the file only says when captions begin.
    pub end: Option<f64>,
    pub text: String,
    /// Empty where the file has no times of words.
    pub words: Vec<TimedWord>,
    pub origin: CueOrigin,
    pub locked: bool,
    /// Its line or entry in the file, from 1; 0 where there is none.
    pub place: usize,
}

impl TimedText {
    /// Changes the unit of all its times.
    pub fn scale(&mut self, by: f64) {
        let scaled = |time: f64| decimal(time * by);
        self.start = scaled(self.start);
        self.end = self.end.map(scaled);
        for word in &mut self.words {
            word.start = Seconds(scaled(word.start.0));
            word.end = word.end.map(|end| Seconds(scaled(end.0)));
        }
    }
}

/// No caption begins or ends later than this (1,000 hours, in seconds); such times are something else.
const LATEST: f64 = 3.6e6;

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

/// Whether bare numbers are milliseconds: whole, out of the video's reach as seconds, and far too slow for what is
/// said. Without the video's length the pace alone decides, and must be beyond any doubt.
pub(super) fn are_milliseconds(cues: &[TimedText], duration: Option<Seconds>) -> bool {
    let times = cues.iter().flat_map(|cue| [Some(cue.start), cue.end]).flatten();
    if times.clone().any(|time| time.fract() != 0.0) {
        return false;
    }
    let last = times.fold(0.0, f64::max);
    let mut paces: Vec<f64> = cues
        .iter()
        .filter_map(|cue| Some((cue.end? - cue.start) / speech_seconds(&cue.text)))
        .collect();
    if paces.is_empty() {
        let first = cues.first().map_or(0.0, |cue| cue.start);
        let spoken: f64 = cues.iter().map(|cue| speech_seconds(&cue.text)).sum();
        paces.push((last - first) / spoken.max(0.3));
    }
    let middle = paces.len() / 2;
    let (_, pace, _) = paces.select_nth_unstable_by(middle, f64::total_cmp);
    match duration.filter(|duration| duration.0 > 0.0) {
        Some(duration) => {
            let reach = duration.0 * 1.5 + 30.0;
            last > reach && last / 1e3 <= reach && *pace > 10.0
        }
        None => *pace > 60.0,
    }
}

/// Leaves out the cues that say nothing.
pub(super) fn drop_empty(cues: &mut Vec<TimedText>, report: &mut Report) {
    cues.retain(|cue| {
        let is_empty = cue.text.trim().is_empty();
        if is_empty {
            report.fault("without text left out", cue.place);
        }
        !is_empty
    });
}

/// Puts cues in order and repairs their times; each repair is told.
///
/// A cue without an end, or one that ends before it begins, lasts until the next one starts; the last one as
/// long as its text takes to say.
pub(super) fn settle(
    mut cues: Vec<TimedText>,
    duration: Option<Seconds>,
    report: &mut Report,
) -> CaptionTrack {
    cues.retain_mut(|cue| keep_within_reach(cue, report));
    let mut above = 0.0;
    for cue in &mut cues {
        if cue.start < above {
            report.fault("began before the one above; put in order of time", cue.place);
        }
        above = cue.start;
        if cue.end.is_some_and(|end| end < cue.start) {
            let what = "ended before they began; each now lasts until the next one";
            report.fault(what, cue.place);
            cue.end = None;
        }
        if duration.is_some_and(|duration| cue.start >= duration.0) {
            let what = "after the end of the video: is this its transcript?";
            report.fault(what, cue.place);
        }
    }
    cues.sort_by(|a, b| a.start.total_cmp(&b.start));

    let mut next: Option<f64> = None;
    let mut follower: Option<f64> = None;
    let mut settled = Vec::with_capacity(cues.len());
    for cue in cues.into_iter().rev() {
        if follower.is_some_and(|start| start > cue.start) {
            next = follower;
        }
        follower = Some(cue.start);
        let end = cue.end.or(next).unwrap_or_else(|| last_end(&cue, duration));
        settled.push(Cue {
            origin: cue.origin,
            locked: cue.locked,
            words: cue.words,
            ..Cue::new(Seconds(cue.start), Seconds(end), cue.text)
        });
    }
    settled.reverse();
    CaptionTrack::new(settled)
}

/// Cuts what lies before the video off a cue; false when nothing of it is left, or when its times are no times.
fn keep_within_reach(cue: &mut TimedText, report: &mut Report) -> bool {
    let is_time = |time: f64| time.abs() <= LATEST;
    if !is_time(cue.start) || !cue.end.is_none_or(is_time) {
        let what = "left out, for their times are beyond 1000 hours";
        report.fault(what, cue.place);
        return false;
    }
    if cue.start < 0.0 {
        if cue.end.is_none_or(|end| end <= 0.0) {
            let what = "left out, for they lie before the beginning of the video";
            report.fault(what, cue.place);
            return false;
        }
        let what = "began before the video; each now begins with it";
        report.fault(what, cue.place);
        cue.start = 0.0;
    }
    let is_sound = |word: &TimedWord| {
        let end = word.end.unwrap_or(word.start);
        word.start.0 >= 0.0 && end.0 >= word.start.0 && is_time(end.0)
    };
    if !cue.words.iter().all(is_sound) {
        let what = "without the times of their words, for those cannot be";
        report.fault(what, cue.place);
        cue.words.clear();
    }
    true
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
        let cue = Cue {
            origin: CueOrigin::Estimated,
            ..Cue::new(Seconds(to_millis(start)), Seconds(to_millis(end)), text)
        };
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

fn to_millis(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start: f64, end: Option<f64>, text: &str) -> TimedText {
        TimedText {
            start,
            end,
            text: text.to_owned(),
            ..TimedText::default()
        }
    }

    fn settled(mut cues: Vec<TimedText>, duration: Option<f64>) -> (Vec<(f64, f64, String)>, Vec<String>) {
        let mut report = Report::default();
        drop_empty(&mut cues, &mut report);
        let track = settle(cues, duration.map(Seconds), &mut report);
        (
            track
                .cues
                .into_iter()
                .map(|c| (c.start.0, c.end.0, c.text))
                .collect(),
            report.into_lines(),
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
    fn times_out_of_reach_are_cut_or_left_out() {
        let (cues, warnings) = settled(
            vec![
                cue(-5.0, Some(-1.0), "a"),
                cue(-1.0, Some(2.0), "b"),
                cue(108_000.0, Some(108_001.0), "c"),
                cue(1e12, Some(2e12), "d"),
                cue(f64::NAN, None, "e"),
            ],
            None,
        );
        assert_eq!(
            cues,
            [(0.0, 2.0, "b".to_owned()), (108_000.0, 108_001.0, "c".to_owned())]
        );
        let all = warnings.join("\n");
        for part in [
            "1 caption left out, for they lie before",
            "1 caption began before the video",
            "2 captions left out, for their times are beyond",
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
