//! What the times of a cue say against it.

use super::reason::Reason;
use crate::captions::retiming::evidence::{Alignment, Atoms, Line, Lines, Placement, align, median};
use crate::jobs::{Cancelled, Watch};
use crate::project::{Language, Seconds};

/// How much each kind of evidence can say, from 0 to 1: alone it never makes a cue certain to be wrong.
const MOVED: f64 = 0.95;
const LOST: f64 = 0.9;
const LONG: f64 = 0.65;
const SILENT: f64 = 0.65;
const PACE: f64 = 0.4;
const LENGTH: f64 = 0.5;
const TWICE: f64 = 0.5;
const CUT: f64 = 0.1;
/// Cuts inside cues mean something only where at most this share of the cues has one.
const RARE: f64 = 0.2;
/// A cut this far from both edges is inside, in seconds.
const INSIDE: f64 = 0.5;
/// Neighbours on either side by which a cue's shift is judged.
const SIDE: usize = 3;

/// Doubt from 0 to 1 with its reasons, the strongest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Evidence {
    pub score: f64,
    pub reasons: Vec<Reason>,
}

impl Evidence {
    fn add(&mut self, score: f64, reason: Reason) {
        self.score = 1.0 - (1.0 - self.score) * (1.0 - score.clamp(0.0, 1.0));
        // Traces count together but are not worth a word.
        if score > 0.1 {
            self.reasons.push(reason);
        }
    }
}

/// What is usual in the transcript.
struct Usual {
    /// Seconds of speech in a cue.
    spoken: f64,
    /// Length of a cue, in seconds.
    length: f64,
    /// Silence between one cue's speech and the next one's.
    pause: f64,
    /// Seconds of speech a syllable.
    rate: f64,
    /// Usual deviation from it, as a difference of logarithms.
    rate_spread: f64,
}

/// The evidence of every line.
pub(super) fn timing_evidence(
    lines: &Lines,
    atoms: &Atoms,
    cuts: &[Seconds],
    language: Language,
    watch: &Watch,
) -> Result<Vec<Evidence>, Cancelled> {
    let mut found = vec![Evidence::default(); lines.list.len()];
    if let Some(alignment) = align(lines, atoms, watch)? {
        let usual = usual(lines, atoms, &alignment.placements);
        moved(lines, &alignment, &mut found);
        merged(lines, atoms, &alignment.placements, &usual, &mut found);
        neighbours(atoms, &alignment.placements, &usual, &mut found);
        paces(lines, atoms, &alignment.placements, &usual, language, &mut found);
        lengths(lines, atoms, &alignment, &mut found);
    }
    crossed(lines, cuts, &mut found);
    Ok(found)
}

/// Evidence grows from nothing at `from` to 1 at `to`.
fn ramp(value: f64, from: f64, to: f64) -> f64 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

fn spoken(atoms: &Atoms, place: &Placement) -> f64 {
    atoms.spoken_before(place.last + 1) - atoms.spoken_before(place.first)
}

fn usual(lines: &Lines, atoms: &Atoms, placements: &[Option<Placement>]) -> Usual {
    let placed = || {
        let rows = lines.list.iter().zip(placements);
        rows.filter_map(|(line, place)| Some((line, place.as_ref()?)))
    };
    let places = || placed().map(|(_, place)| place);
    let rate = |(line, place): (&Line, &Placement)| spoken(atoms, place) / line.syllables;
    let rate_usual = median(placed().map(rate))
        .filter(|rate| *rate > 0.0)
        .unwrap_or(0.25);
    let spread = median(placed().map(|row| (rate(row) / rate_usual).max(1e-3).ln().abs()));
    let pauses = places()
        .filter_map(|place| atoms.get(place.last))
        .map(|atom| atom.next_start - atom.end);
    Usual {
        spoken: median(places().map(|place| spoken(atoms, place))).unwrap_or(1.0),
        length: median(lines.list.iter().map(|line| line.length)).unwrap_or(1.0),
        pause: median(pauses).unwrap_or(0.5).max(0.1),
        rate: rate_usual,
        rate_spread: spread.unwrap_or(0.2).max(0.05),
    }
}

/// Cues that are off by themselves.
fn moved(lines: &Lines, alignment: &Alignment, found: &mut [Evidence]) {
    let off = |index: usize| {
        let (line, place) = (lines.get(index)?, alignment.placements.get(index)?.as_ref()?);
        Some(place.start - line.start - alignment.scales.drift * line.start)
    };
    for (index, evidence) in found.iter_mut().enumerate() {
        let Some(own) = off(index) else {
            evidence.add(MOVED, Reason::NoSpeech);
            continue;
        };
        let around = (index.saturating_sub(SIDE)..=index + SIDE).filter(|other| *other != index);
        let Some(others) = median(around.filter_map(off)) else {
            continue;
        };
        let sides = [
            median((index.saturating_sub(SIDE)..index).filter_map(off)),
            median((index + 1..=index + SIDE).filter_map(off)),
        ];
        // Beside a jump of the whole transcript a cue agrees with one side only.
        let nearest = sides
            .into_iter()
            .flatten()
            .chain([others])
            .min_by(|a, b| (own - a).abs().total_cmp(&(own - b).abs()))
            .unwrap_or(others);
        let late = nearest - own;
        let score = MOVED * ramp(late.abs(), 0.5, 1.6);
        evidence.add(score, Reason::StartsOff { late: Seconds(late) });
    }
}

/// Cues in which several sentences seem to be one.
fn merged(
    lines: &Lines,
    atoms: &Atoms,
    placements: &[Option<Placement>],
    usual: &Usual,
    found: &mut [Evidence],
) {
    for ((line, place), evidence) in lines.list.iter().zip(placements).zip(found) {
        let Some(place) = place else { continue };
        let run = atoms.from(place.first).iter().take(place.last - place.first);
        let silence = run.map(|atom| atom.next_start - atom.end).fold(0.0, f64::max);
        let times = (line.length / usual.length).max(spoken(atoms, place) / usual.spoken);
        let long = LONG * ramp(times, 1.35, 1.9);
        let silent = SILENT * ramp(silence / usual.pause, 0.35, 1.0);
        let reason = Reason::Merged {
            times,
            silence: Seconds(silence),
        };
        evidence.add(1.0 - (1.0 - long) * (1.0 - silent), reason);
    }
}

/// Speech beside a cue that nobody says, or that is said twice.
fn neighbours(atoms: &Atoms, placements: &[Option<Placement>], usual: &Usual, found: &mut [Evidence]) {
    let mut placed: Vec<(usize, &Placement)> = placements
        .iter()
        .enumerate()
        .filter_map(|(index, place)| Some((index, place.as_ref()?)))
        .collect();
    placed.sort_by_key(|(_, place)| place.first);
    let mut add = |index: usize, score: f64, reason: Reason| {
        if let Some(evidence) = found.get_mut(index) {
            evidence.add(score, reason);
        }
    };
    for ((a, last), (b, next)) in placed.iter().zip(placed.iter().skip(1)) {
        let unsaid = atoms.spoken_before(next.first) - atoms.spoken_before(last.last + 1);
        if unsaid > 0.0 {
            let speech = Seconds(unsaid);
            let score = LOST * ramp(unsaid, 0.15, (usual.spoken * 0.4).max(0.3));
            add(*a, score, Reason::UnsaidAfter { speech });
            add(*b, score, Reason::UnsaidBefore { speech });
        } else if next.first <= last.last {
            add(*a, TWICE, Reason::SaidTwice);
            add(*b, TWICE, Reason::SaidTwice);
        }
    }
    if let (Some((first, start)), Some((last, end))) = (placed.first(), placed.last()) {
        let before = atoms.spoken_before(start.first);
        let after = atoms.spoken() - atoms.spoken_before(end.last + 1);
        // A transcript need not say a programme's opening and end.
        let score = |unsaid: f64| LOST * ramp(unsaid, 0.15, usual.spoken);
        let (speech, rest) = (Seconds(before), Seconds(after));
        add(*first, score(before), Reason::UnsaidBefore { speech });
        add(*last, score(after), Reason::UnsaidAfter { speech: rest });
    }
}

/// Texts too long or too short for their speech.
fn paces(
    lines: &Lines,
    atoms: &Atoms,
    placements: &[Option<Placement>],
    usual: &Usual,
    language: Language,
    found: &mut [Evidence],
) {
    let unit = match language {
        Language::Chinese => "characters",
        Language::English => "syllables",
    };
    for ((line, place), evidence) in lines.list.iter().zip(placements).zip(found) {
        let Some(place) = place else { continue };
        let rate = spoken(atoms, place).max(0.01) / line.syllables;
        let off = (rate / usual.rate).ln().abs() / usual.rate_spread;
        let reason = Reason::OddPace {
            here: 1.0 / rate,
            usual: 1.0 / usual.rate,
            unit,
        };
        evidence.add(PACE * ramp(off, 4.0, 8.0), reason);
    }
}

/// Cues that last longer or shorter than what they say.
fn lengths(lines: &Lines, atoms: &Atoms, alignment: &Alignment, found: &mut [Evidence]) {
    if lines.are_gapless {
        return;
    }
    for ((line, place), evidence) in lines.list.iter().zip(&alignment.placements).zip(found) {
        let Some(place) = place else { continue };
        let end = atoms.get(place.last).map_or(place.start, |atom| atom.end);
        let longer = line.length * alignment.scales.stretch - (end - place.start);
        let tolerance = 0.5_f64.max(8.0 * alignment.scales.length);
        let score = LENGTH * ramp(longer.abs(), tolerance, 3.0 * tolerance);
        evidence.add(
            score,
            Reason::LengthOff {
                longer: Seconds(longer),
            },
        );
    }
}

/// Cuts inside cues, where that is rare.
fn crossed(lines: &Lines, cuts: &[Seconds], found: &mut [Evidence]) {
    let inside = |start: f64, end: f64| {
        let next = cuts.partition_point(|cut| cut.0 < start + INSIDE);
        cuts.get(next).filter(|cut| cut.0 <= end - INSIDE).copied()
    };
    let crossing: Vec<Option<Seconds>> = lines
        .list
        .iter()
        .map(|line| inside(line.start, line.start + line.length))
        .collect();
    let count = crossing.iter().flatten().count();
    if count as f64 > RARE * crossing.len() as f64 {
        return;
    }
    for (cut, evidence) in crossing.iter().zip(found) {
        if let Some(at) = cut {
            evidence.add(CUT + 0.01, Reason::CutInside { at: *at });
        }
    }
}
