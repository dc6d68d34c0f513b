//! Whatever is written comes back from the readers as far as the format can hold it.

use super::tests::{read_back, seconds};
use super::{OutputFormat, write};
use crate::captions::{ReadOptions, parse, testing};
use crate::project::{CaptionTrack, Cue, CueOrigin, Seconds, TimedWord};
use proptest::prelude::*;

/// Lines of anything that could be taken for markup of some format.
fn text() -> impl Strategy<Value = String> {
    let line = "([a-zA-Z0-9疫苗，。 &;.,!?'\"<>{}\\\\\\[\\]:-]|-->|<i>|</b>|\\{\\\\an8\\}|&lt;|\\\\N|00:01:02[.,]5|WEBVTT|Dialogue: ){0,8}";
    let lines = proptest::collection::vec(line, 1..4);
    lines.prop_map(|lines| {
        let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        match trimmed.join("\n").trim() {
            "" => "says something".to_owned(),
            text => text.to_owned(),
        }
    })
}

fn cue() -> impl Strategy<Value = Cue> {
    (0_u32..110_000_000, 0_u32..20_000, text())
        .prop_map(|(start, length, text)| Cue::new(seconds(start), seconds(start + length), text))
}

/// A cue whose words all have times, in order.
fn timed_cue() -> impl Strategy<Value = Cue> {
    let word = ("[a-z疫苗&<>]{1,4}", 1_u32..500, 1_u32..500, any::<bool>());
    (0_u32..7_200_000, proptest::collection::vec(word, 2..8)).prop_map(|(start, words)| {
        let mut now = start;
        let mut cue = Cue::new(seconds(start), seconds(start), "");
        for (place, (text, spoken, pause, has_end)) in words.into_iter().enumerate() {
            now += if place == 0 { 0 } else { pause };
            let begins = now;
            now += spoken;
            if place > 0 {
                cue.text.push(if place % 4 == 3 { '\n' } else { ' ' });
            }
            cue.text.push_str(&text);
            cue.words.push(TimedWord {
                text,
                start: seconds(begins),
                end: has_end.then(|| seconds(now)),
            });
        }
        cue.end = seconds(now + 1);
        cue
    })
}

proptest! {
    #![proptest_config(testing::cases())]

    #[test]
    fn written_and_read_back_cues_are_the_same(cues in proptest::collection::vec(cue(), 1..12)) {
        let track = CaptionTrack::new(cues);
        for format in [OutputFormat::Srt, OutputFormat::Vtt, OutputFormat::Csv, OutputFormat::Json] {
            prop_assert_eq!(&read_back(&track, format), &track, "{:?}", format);
        }
        let in_hundredths = |time: Seconds| Seconds((time.0 * 100.0).round() / 100.0);
        let mut coarse = track;
        for cue in &mut coarse.cues {
            (cue.start, cue.end) = (in_hundredths(cue.start), in_hundredths(cue.end));
        }
        let coarse = CaptionTrack::new(coarse.cues);
        prop_assert_eq!(&read_back(&coarse, OutputFormat::Ass), &coarse);
    }

    #[test]
    fn words_come_back_with_their_times(
        cues in proptest::collection::vec(timed_cue(), 1..6),
        marks in proptest::collection::vec((0_u8..3, any::<bool>()), 6)
    ) {
        let mut track = CaptionTrack::new(cues);
        prop_assert_eq!(&read_back(&track, OutputFormat::Vtt), &track);
        for (cue, (origin, locked)) in track.cues.iter_mut().zip(marks) {
            let origins = [CueOrigin::Imported, CueOrigin::Estimated, CueOrigin::Edited];
            cue.origin = origins[usize::from(origin)];
            cue.locked = locked;
        }
        prop_assert_eq!(&read_back(&track, OutputFormat::Json), &track);
    }

    #[test]
    fn nothing_impossible_is_written(start in any::<f64>(), end in any::<f64>(), text in any::<String>()) {
        let track = CaptionTrack::new(vec![Cue::new(Seconds(start), Seconds(end), text)]);
        for format in [OutputFormat::Srt, OutputFormat::Vtt, OutputFormat::Ass, OutputFormat::Csv, OutputFormat::Json] {
            let name = format!("x.{}", format.extension());
            if let Ok(read) = parse(write(&track, format).as_bytes(), &name, &ReadOptions::default()) {
                prop_assert!(read.format.fits(&name), "{:?}", read.format);
                prop_assert_eq!(read.track.cues.len(), 1);
            }
        }
    }
}
