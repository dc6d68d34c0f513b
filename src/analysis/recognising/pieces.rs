//! Speech in pieces that a model can hear at once.

use crate::project::{Seconds, Span, Speech};

/// A pause this long parts pieces in any case: silence and music are what models make words up in.
const SILENCE: f64 = 2.0;
/// Sound that is kept before and after speech.
const MARGIN: f64 = 0.2;
/// A piece that has to end before a long pause is at least this share of the longest.
const FULL: f64 = 1.0 / 3.0;
/// Speech alone between long pauses that is shorter than this says nothing; seconds.
const SHORTEST: f64 = 0.25;

/// The speech in pieces of at most `longest`, in order and apart from each other, cut at the longest pauses there are. Speech
/// without any pause is cut where it has to be.
pub(super) fn pieces(speech: &Speech, longest: Seconds) -> Vec<Span> {
    let longest = longest.0 - 2.0 * MARGIN;
    let mut pieces: Vec<Span> = Vec::new();
    for part in parted(speech) {
        let mut rest = part.as_slice();
        while let [first, ..] = rest {
            let start = first.start.0;
            let fitting = rest
                .iter()
                .take_while(|segment| segment.end.0 - start <= longest)
                .count();
            let count = if fitting == rest.len() {
                fitting
            } else {
                best_cut(rest, fitting, start + longest * FULL)
            };
            let end = rest.get(count.wrapping_sub(1)).map_or(start, |last| last.end.0);
            pieces.push(Span::new(start, end));
            rest = rest.get(count.max(1)..).unwrap_or_default();
        }
    }
    pieces.retain(|piece| piece.length().0 >= SHORTEST);
    widened(&pieces, speech.duration.0)
}

/// Segments of speech, each no longer than can be heard at once, apart where there is a long pause.
fn parted(speech: &Speech) -> Vec<Vec<Span>> {
    let longest = 29.0;
    let mut parts: Vec<Vec<Span>> = Vec::new();
    let mut last: Option<f64> = None;
    for segment in &speech.segments {
        let (start, end) = (segment.start.0, segment.end.0);
        let count = ((end - start) / longest).ceil().max(1.0);
        let at = |index: f64| start + (end - start) * index / count;
        let cut = (0..count as usize).map(|index| Span::new(at(index as f64), at(index as f64 + 1.0)));
        match parts
            .last_mut()
            .filter(|_| last.is_some_and(|last| start - last < SILENCE))
        {
            Some(part) => part.extend(cut),
            None => parts.push(cut.collect()),
        }
        last = Some(end);
    }
    parts
}

/// After how many of the first so many segments the longest pause is that does not begin before `least`; where none does, all
/// that fit.
fn best_cut(segments: &[Span], fitting: usize, least: f64) -> usize {
    let pause = |count: &usize| {
        let last = segments.get(count - 1).map_or(0.0, |segment| segment.end.0);
        segments.get(*count).map_or(0.0, |next| next.start.0 - last)
    };
    (1..=fitting)
        .filter(|count| segments.get(count - 1).is_some_and(|last| last.end.0 >= least))
        .max_by(|a, b| pause(a).total_cmp(&pause(b)))
        .unwrap_or(fitting)
        .max(1)
}

/// The pieces with a little of the pauses around them.
fn widened(pieces: &[Span], duration: f64) -> Vec<Span> {
    let around = |index: usize, piece: &Span| {
        let before = index.checked_sub(1).and_then(|last| pieces.get(last));
        let before = before.map_or(0.0, |last| f64::midpoint(last.end.0, piece.start.0));
        let after = pieces.get(index + 1);
        let after = after.map_or(duration, |next| f64::midpoint(piece.end.0, next.start.0));
        let end = (piece.end.0 + MARGIN).min(after.max(piece.end.0));
        Span::new(
            (piece.start.0 - MARGIN).max(before),
            end.min(duration.max(piece.start.0)),
        )
    };
    pieces
        .iter()
        .enumerate()
        .map(|(index, piece)| around(index, piece))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(segments: &[(f64, f64)], duration: f64) -> Vec<(f64, f64)> {
        let speech = Speech {
            segments: segments
                .iter()
                .map(|(start, end)| Span::new(*start, *end))
                .collect(),
            duration: Seconds(duration),
        };
        let pieces = pieces(&speech, Seconds(30.0));
        let tenths = |time: f64| (time * 10.0).round() / 10.0;
        for pair in pieces.windows(2) {
            assert!(pair[0].end <= pair[1].start, "{pieces:?}");
        }
        for piece in &pieces {
            assert!(
                piece.length().0 <= 30.0 + 1e-9 && piece.end.0 <= duration,
                "{pieces:?}"
            );
        }
        pieces
            .iter()
            .map(|piece| (tenths(piece.start.0), tenths(piece.end.0)))
            .collect()
    }

    #[test]
    fn long_speech_is_cut_at_its_longest_pause() {
        let segments = [(0.5, 8.0), (8.1, 14.0), (14.8, 20.0), (20.1, 28.0), (28.3, 40.0)];
        assert_eq!(cut(&segments, 50.0), [(0.3, 14.2), (14.6, 40.2)]);
    }

    #[test]
    fn silence_and_clicks_are_left_out() {
        let segments = [(1.0, 3.0), (3.5, 4.0), (60.0, 60.1), (90.0, 95.0)];
        assert_eq!(cut(&segments, 95.1), [(0.8, 4.2), (89.8, 95.1)]);
        assert!(cut(&[], 10.0).is_empty());
    }

    #[test]
    fn speech_without_a_pause_is_cut_where_it_has_to_be() {
        let pieces = cut(&[(0.0, 100.0)], 100.0);
        assert_eq!(pieces, [(0.0, 25.0), (25.0, 50.0), (50.0, 75.0), (75.0, 100.0)]);
    }
}
