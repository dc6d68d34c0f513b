//! New times for a text by words that were heard with theirs: the words of the text stay, and get the times.

use super::alignment::{Alignment, STRAY, calmed, interpolated, median};
use super::change::{Retiming, to_millis};
use super::costs::Scales;
use super::diagnosis::Diagnosis;
use super::lines::Lines;
use super::pace::syllables;
use super::placement::Placement;
use super::proposal::Proposal;
use super::text_match::{Match, matches, units};
use crate::jobs::{Cancelled, Watch};
use crate::project::{CaptionTrack, TimedWord};

/// Words of one cue with a longer pause between them than this, in seconds, and than so many times their own length, are not
/// of one cue: the fewer of them were laid on the wrong words.
const PAUSE: f64 = 3.0;
const SLOWEST: f64 = 3.0;
/// Seconds that a syllable takes where nothing tells.
const SYLLABLE: f64 = 0.2;
/// Smaller changes are not worth making.
const TRIFLE: f64 = 0.1;
/// No cue is made shorter than this by the next one.
const SHORTEST: f64 = 0.1;
/// How sure a cue's times are of which no word was heard.
const GUESS: f64 = 0.3;

/// A unit of what was heard.
#[derive(Debug, Clone, Copy)]
struct Heard {
    start: f64,
    end: f64,
}

/// A cue among the units of the text.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Its first unit, and the one after its last.
    first: usize,
    end: usize,
    /// New times; none where no word of it was heard.
    times: Option<Heard>,
    /// Units that were heard as they are written.
    same: usize,
}

/// The words of a transcript with their times, in order; a cue without times of its words is taken for one of them.
#[must_use]
pub fn heard_words(track: &CaptionTrack) -> Vec<TimedWord> {
    let mut words = Vec::new();
    for cue in &track.cues {
        if cue.words.is_empty() {
            words.push(TimedWord {
                text: cue.text.clone(),
                start: cue.start,
                end: Some(cue.end),
            });
        } else {
            words.extend(cue.words.iter().cloned());
        }
    }
    words
}

/// Lays the text of a transcript, whose times do not matter, on words that were heard, and proposes the times of those words.
/// What was misheard, missed or added does not matter as long as most is right; cues of which nothing was heard are placed
/// between their neighbours. Locked cues stay.
///
/// # Errors
/// When `watch` is cancelled.
pub fn propose_by_words(
    track: &CaptionTrack,
    words: &[TimedWord],
    watch: &Watch,
) -> Result<Proposal, Cancelled> {
    let (heard_units, heard) = heard_units(words);
    let mut text = Vec::new();
    let mut places = Vec::with_capacity(track.cues.len());
    for cue in &track.cues {
        let first = text.len();
        text.extend(units(&cue.text));
        places.push(Place {
            first,
            end: text.len(),
            times: None,
            same: 0,
        });
    }
    let lengths: Vec<f64> = text.iter().map(|unit| syllables(unit)).collect();
    let mut found = matches(&text, &heard_units, watch)?;
    let rate = rate(&found, &lengths, &heard);
    for place in &mut places {
        keep_together(place, &mut found, &heard);
    }
    for place in &mut places {
        set_times(place, &found, &heard, &lengths, rate);
    }
    part(&mut places);
    let matched: Vec<Option<f64>> = places
        .iter()
        .map(|place| place.times.map(|times| times.start))
        .collect();
    fill(&mut places, &lengths, rate);
    Ok(Proposal {
        diagnosis: diagnosis(track, &matched, rate),
        changes: changes(track, &places, &matched),
    })
}

/// The units of words, and their times: those of a word share its time by their length.
fn heard_units(words: &[TimedWord]) -> (Vec<String>, Vec<Heard>) {
    let (mut all, mut times) = (Vec::new(), Vec::new());
    for (index, word) in words.iter().enumerate() {
        let units = units(&word.text);
        let next = words.get(index + 1).map(|next| next.start.0);
        let whole: f64 = units.iter().map(|unit| syllables(unit)).sum();
        let start = word.start.0;
        let end = word
            .end
            .map(|end| end.0)
            .or(next)
            .unwrap_or(start + whole * SYLLABLE);
        let length = (end - start).max(0.0);
        let mut before = 0.0;
        for unit in units {
            let at = |share: f64| start + length * share / whole;
            let from = before;
            before += syllables(&unit);
            times.push(Heard {
                start: at(from),
                end: at(before),
            });
            all.push(unit);
        }
    }
    (all, times)
}

/// Seconds a syllable, of the words that were heard as they are written.
fn rate(found: &[Option<Match>], lengths: &[f64], heard: &[Heard]) -> f64 {
    let rates = found.iter().zip(lengths).filter_map(|(found, length)| {
        let found = found.filter(|found| found.is_same)?;
        let heard = heard.get(found.place)?;
        Some((heard.end - heard.start) / length)
    });
    median(rates).filter(|rate| *rate > 0.0).unwrap_or(SYLLABLE)
}

/// Of the words of a cue only the longest run without a long pause keeps what it was laid on.
fn keep_together(place: &mut Place, found: &mut [Option<Match>], heard: &[Heard]) {
    let Some(found) = found.get_mut(place.first..place.end) else {
        return;
    };
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    let mut last: Option<Heard> = None;
    for (index, unit) in found.iter().enumerate() {
        let Some(now) = unit.and_then(|unit| heard.get(unit.place)) else {
            continue;
        };
        let is_pause = |last: Heard| {
            let own = (now.end - now.start).max(last.end - last.start);
            now.start - last.end > PAUSE.max(SLOWEST * own)
        };
        match runs.last_mut() {
            Some(run) if !last.is_some_and(is_pause) => (run.1, run.2) = (index + 1, run.2 + 1),
            _ => runs.push((index, index + 1, 1)),
        }
        last = Some(*now);
    }
    let longest = runs.iter().copied().max_by_key(|run| run.2);
    let kept = longest.map_or(0..0, |(from, to, _)| from..to);
    for (index, unit) in found.iter_mut().enumerate() {
        if !kept.contains(&index) {
            *unit = None;
        }
    }
    place.same = found.iter().flatten().filter(|unit| unit.is_same).count();
}

/// A cue is said from its first word that was heard to its last, and as much longer as its other words take.
fn set_times(place: &mut Place, found: &[Option<Match>], heard: &[Heard], lengths: &[f64], rate: f64) {
    let own = found.get(place.first..place.end).unwrap_or_default();
    let of = |index: usize| heard.get(own.get(index).copied().flatten()?.place);
    let (Some(first), Some(last)) = (
        own.iter().position(Option::is_some),
        own.iter().rposition(Option::is_some),
    ) else {
        return;
    };
    let spoken = |range: std::ops::Range<usize>| -> f64 {
        lengths.get(range).unwrap_or_default().iter().sum::<f64>() * rate
    };
    if let (Some(start), Some(end)) = (of(first), of(last)) {
        place.times = Some(Heard {
            start: (start.start - spoken(place.first..place.first + first)).max(0.0),
            end: end.end + spoken(place.first + last + 1..place.end),
        });
    }
}

/// Cues that were heard do not overlap: what was added to them for words that were not heard gives way.
fn part(places: &mut [Place]) {
    let mut last: Option<usize> = None;
    for index in 0..places.len() {
        let Some(mut now) = places.get(index).and_then(|place| place.times) else {
            continue;
        };
        if let Some(before) = last
            .and_then(|last| places.get_mut(last))
            .and_then(|place| place.times.as_mut())
            && before.end > now.start
        {
            let middle = f64::midpoint(before.end, now.start).clamp(before.start, now.end.max(before.start));
            (before.end, now.start) = (middle, middle);
            now.end = now.end.max(middle);
        }
        if let Some(place) = places.get_mut(index) {
            place.times = Some(now);
        }
        last = Some(index);
    }
}

/// Cues of which nothing was heard share the time between those around them by their length; before the first and after the
/// last they take the usual time.
fn fill(places: &mut [Place], lengths: &[f64], rate: f64) {
    let spoken = |place: &Place| -> f64 {
        let own = lengths.get(place.first..place.end).unwrap_or_default();
        own.iter().sum::<f64>().max(0.5) * rate
    };
    let mut from = 0;
    while from < places.len() {
        let rest = places.get(from..).unwrap_or_default();
        let Some(first) = rest.iter().position(|place| place.times.is_none()) else {
            return;
        };
        let first = from + first;
        let rest = places.get(first..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|place| place.times.is_some())
            .map(|count| first + count);
        let end_place = end.unwrap_or(places.len());
        let whole: f64 = places
            .get(first..end_place)
            .unwrap_or_default()
            .iter()
            .map(spoken)
            .sum();
        let before = first
            .checked_sub(1)
            .and_then(|last| places.get(last)?.times)
            .map(|times| times.end);
        let after = end
            .and_then(|next| places.get(next)?.times)
            .map(|times| times.start);
        let (start, stop) = match (before, after) {
            (Some(before), Some(after)) => (before, after),
            (Some(before), None) => (before, before + whole),
            (None, Some(after)) => ((after - whole).max(0.0), after),
            (None, None) => (0.0, whole),
        };
        let mut at = start;
        for place in places.get_mut(first..end_place).into_iter().flatten() {
            let length = spoken(place) / whole * (stop - start).max(0.0);
            place.times = Some(Heard {
                start: at,
                end: at + length,
            });
            at += length;
        }
        from = end_place;
    }
}

fn changes(track: &CaptionTrack, places: &[Place], matched: &[Option<f64>]) -> Vec<Retiming> {
    let nothing_heard = matched.iter().all(Option::is_none);
    let rows = track.cues.iter().zip(places).zip(matched);
    rows.filter_map(|((cue, place), matched)| {
        let times = place.times.filter(|_| !cue.locked && !nothing_heard)?;
        let (start, end) = (times.start, times.end.max(times.start + SHORTEST));
        let moved = (start - cue.start.0).abs().max((end - cue.end.0).abs());
        if moved <= TRIFLE {
            return None;
        }
        let all = place.end - place.first;
        let share = place.same as f64 / all.max(1) as f64;
        let reason = match matched {
            Some(_) => format!("{} of its {all} words were heard here", place.same),
            None => "none of its words was heard: placed between its neighbours".to_owned(),
        };
        Some(Retiming {
            cue: cue.id,
            start: to_millis(start),
            end: to_millis(end),
            confidence: matched.map_or(GUESS, |_| GUESS + (1.0 - GUESS) * share),
            reason,
        })
    })
    .collect()
}

/// What is wrong with the times that the text has, by the cues that were heard; of times that were estimated nothing is said.
fn diagnosis(track: &CaptionTrack, matched: &[Option<f64>], rate: f64) -> Diagnosis {
    let lines = Lines::new(&track.cues);
    if track.is_estimated() {
        return Diagnosis {
            matched: matched.iter().flatten().count(),
            cues: lines.list.len(),
            ..Diagnosis::default()
        };
    }
    let rows = lines.list.iter().zip(matched);
    let chain: Vec<(f64, f64)> = rows
        .clone()
        .filter_map(|(line, start)| Some((line.start, (*start)? - line.start)))
        .collect();
    let calm = calmed(&chain);
    let apart = chain.iter().zip(chain.iter().skip(5));
    let slopes = apart
        .filter(|((from, _), (to, _))| to - from > 1.0)
        .map(|((from, a), (to, b))| (b - a) / (to - from));
    let drift = median(slopes).unwrap_or_default();
    let stray = rows.clone().map(|(line, start)| {
        start.is_some_and(|start| (start - line.start - interpolated(&calm, line.start)).abs() > STRAY)
    });
    let placement = |start: f64| Placement {
        start,
        first: 0,
        last: 0,
        cost: 0.0,
    };
    let alignment = Alignment {
        placements: matched.iter().map(|start| start.map(placement)).collect(),
        stray: stray.collect(),
        shifts: Vec::new(),
        scales: Scales::first_guess(drift, rate, lines.are_gapless),
    };
    Diagnosis::of(&lines, &alignment)
}

#[cfg(test)]
mod tests;
