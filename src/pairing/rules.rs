//! The pairing rules of the papers (data section).

use crate::project::{CaptionTrack, Cue, FrameIndex, Pair, Pairing, PairingRule, Seconds, SourceIndex};

/// The pairs, and what the analyst should know of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paired {
    /// In order of the rule: of captions, or of frames.
    pub pairs: Vec<Pair>,
    /// Captions that found no frame, and other oddities, in words.
    pub warnings: Vec<String>,
}

/// The uniform rule that spreads all captions over all frames: `captions` of every `frames`, in lowest terms.
/// 90 captions for 378 frames give 5 of every 21, as published.
#[must_use]
pub fn spread(captions: usize, frames: usize) -> PairingRule {
    let divisor = greatest_common_divisor(captions, frames).max(1);
    PairingRule::Uniform {
        take: (captions / divisor) as u32,
        of: (frames / divisor) as u32,
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// Pairs sampled frames with captions.
///
/// `times` are the moments of the sampled frames, evenly spaced and ascending; `every` is their distance.
#[must_use]
pub fn pair(times: &[Seconds], every: Seconds, track: &CaptionTrack, pairing: &Pairing) -> Paired {
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Paired::default();
    };
    let placed = |time: Seconds| pairing.placed(time);
    match pairing.rule {
        PairingRule::Captions => by_caption(times, *first, every, track, placed),
        PairingRule::Uniform { take, of } => uniform(times, track, take as usize, of as usize),
        PairingRule::Frames => by_frame(times, *last + every, track, placed),
    }
}

fn by_caption(
    times: &[Seconds],
    first: Seconds,
    every: Seconds,
    track: &CaptionTrack,
    placed: impl Fn(Seconds) -> Seconds,
) -> Paired {
    let mut paired = Paired::default();
    let (mut before, mut after) = (0, 0);
    for cue in &track.cues {
        // Ties go to the even frame, as in the published scripts.
        let nearest = ((placed(cue.start) - first).0 / every.0).round_ties_even();
        // A caption within one step of either end belongs to the end; farther off it belongs to no frame.
        if nearest < -1.0 {
            before += 1;
        } else if nearest > times.len() as f64 {
            after += 1;
        } else {
            let frame = (nearest.max(0.0) as usize).min(times.len() - 1);
            paired.pairs.push(row(times, frame, Some(cue)));
        }
    }
    if before + after > 0 {
        paired.warnings.push(format!(
            "{} of {} captions lie outside the sampled part of the video ({before} before, {after} after) and are \
             left out. Correct their times, set an offset and a scale, or pair uniformly",
            before + after,
            track.cues.len()
        ));
    }
    paired
}

fn uniform(times: &[Seconds], track: &CaptionTrack, take: usize, of: usize) -> Paired {
    let mut paired = Paired::default();
    if take == 0 || of == 0 {
        paired
            .warnings
            .push("Uniform pairing needs at least one frame out of every one".into());
        return paired;
    }
    // Offsets floor(j * of / take): 0, 4, 8, 12, 16 for 5 of 21, as published.
    let frames = (0..)
        .map(|i| i / take * of + (i % take) * of / take)
        .take_while(|&frame| frame < times.len());
    paired.pairs = frames
        .zip(&track.cues)
        .map(|(frame, cue)| row(times, frame, Some(cue)))
        .collect();
    let left = track.cues.len() - paired.pairs.len();
    if left > 0 {
        paired.warnings.push(format!(
            "{left} of {} captions found no frame: taking {take} of every {of} frames, the frames end before the captions do. \
             Sample frames more often, or check that the video is whole",
            track.cues.len()
        ));
    }
    paired
}

fn by_frame(
    times: &[Seconds],
    end: Seconds,
    track: &CaptionTrack,
    placed: impl Fn(Seconds) -> Seconds,
) -> Paired {
    let mut paired = Paired::default();
    // The latest end of a caption and all before it: beyond it nothing earlier is spoken any more.
    let latest_ends: Vec<Seconds> = track
        .cues
        .iter()
        .scan(Seconds(f64::MIN), |latest, cue| {
            *latest = latest.max(placed(cue.end));
            Some(*latest)
        })
        .collect();
    for (frame, time) in times.iter().enumerate() {
        // Of captions that overlap, the one that started last is being spoken.
        let begun = track.cues.partition_point(|cue| placed(cue.start) <= *time);
        let begun = track.cues.iter().zip(&latest_ends).take(begun).rev();
        let spoken = begun
            .take_while(|(_, latest)| *time < **latest)
            .find(|(cue, _)| *time < placed(cue.end))
            .map(|(cue, _)| cue);
        paired.pairs.push(row(times, frame, spoken));
    }
    let late = track.cues.iter().filter(|cue| placed(cue.start) >= end).count();
    if late > 0 {
        paired.warnings.push(format!(
            "{late} captions start after the sampled part of the video ends"
        ));
    }
    paired
}

fn row(times: &[Seconds], frame: usize, cue: Option<&Cue>) -> Pair {
    Pair {
        source: SourceIndex::OWN,
        frame: FrameIndex::from(frame),
        time: times.get(frame).copied().unwrap_or_default(),
        cue: cue.map(|cue| cue.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(count: usize) -> Vec<Seconds> {
        (0..count).map(|i| Seconds(2.0 * i as f64)).collect()
    }

    fn track(starts: &[f64]) -> CaptionTrack {
        let cue = |start: &f64| Cue::new(Seconds(*start), Seconds(start + 3.0), format!("at {start}"));
        CaptionTrack::new(starts.iter().map(cue).collect())
    }

    fn frames(paired: &Paired) -> Vec<u32> {
        paired.pairs.iter().map(|pair| pair.frame.0).collect()
    }

    fn with(rule: PairingRule) -> Pairing {
        Pairing {
            rule,
            ..Pairing::default()
        }
    }

    #[test]
    fn each_caption_takes_the_nearest_frame() {
        let paired = pair(
            &times(6),
            Seconds(2.0),
            &track(&[0.0, 1.92, 3.76, 5.6, 9.9, 11.0]),
            &Pairing::default(),
        );
        assert_eq!(frames(&paired), [0, 1, 2, 3, 5, 5]);
        assert!(paired.warnings.is_empty());
    }

    #[test]
    fn captions_longer_than_the_video_are_left_out_and_counted() {
        let paired = pair(
            &times(3),
            Seconds(2.0),
            &track(&[0.0, 4.0, 60.0, 70.0]),
            &Pairing::default(),
        );
        assert_eq!(frames(&paired), [0, 2]);
        assert!(paired.warnings[0].contains("2 of 4"), "{:?}", paired.warnings);
    }

    #[test]
    fn an_offset_and_a_scale_bring_them_back() {
        let pairing = Pairing {
            rule: PairingRule::Captions,
            offset: Seconds(-2.0),
            scale: 0.5,
        };
        assert_eq!(
            frames(&pair(
                &times(6),
                Seconds(2.0),
                &track(&[4.0, 12.0, 20.0]),
                &pairing
            )),
            [0, 2, 4]
        );
    }

    #[test]
    fn ninety_captions_of_378_frames_are_five_of_twenty_one() {
        let rule = spread(90, 378);
        assert_eq!(rule, PairingRule::Uniform { take: 5, of: 21 });
        let starts: Vec<f64> = (0..90).map(|i| f64::from(i) * 10.0).collect();
        let paired = pair(&times(378), Seconds(2.0), &track(&starts), &with(rule));
        assert_eq!(paired.pairs.len(), 90);
        assert_eq!(&frames(&paired)[..7], [0, 4, 8, 12, 16, 21, 25]);
    }

    #[test]
    fn more_captions_than_frames_are_counted() {
        let paired = pair(
            &times(4),
            Seconds(2.0),
            &track(&[0.0, 1.0, 2.0]),
            &with(PairingRule::Uniform { take: 1, of: 2 }),
        );
        assert_eq!(frames(&paired), [0, 2]);
        assert!(paired.warnings[0].starts_with("1 of 3"));
    }

    #[test]
    fn each_frame_takes_the_caption_being_spoken() {
        let paired = pair(
            &times(5),
            Seconds(2.0),
            &track(&[1.0, 3.5]),
            &with(PairingRule::Frames),
        );
        let cues: Vec<_> = paired.pairs.iter().map(|pair| pair.cue.map(|id| id.0)).collect();
        assert_eq!(cues, [None, Some(0), Some(1), Some(1), None]);
    }
}
