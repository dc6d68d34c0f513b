//! Text without times laid over speech: long texts over much of it, with borders in the pauses.

use super::atoms::Atoms;
use super::change::to_millis;
use super::pace::syllables;
use super::passages::{SpreadUnit, passages};
use crate::jobs::{Cancelled, Watch};
use crate::project::{CaptionTrack, Cue, CueOrigin, Span, Speech};

/// A place in the speech where one text may end and the next begin.
#[derive(Debug, Clone, Copy)]
struct Border {
    /// Speech before it, in seconds.
    spoken: f64,
    /// Where the text before ends and the one after begins.
    end: f64,
    start: f64,
    cost: f64,
}

/// Inside unbroken speech there is a border this often, in seconds, and it costs this much.
const GRAIN: f64 = 0.5;
const UNBROKEN: f64 = 3.0;
/// The most that a pause can cost or bring.
const WORST: f64 = 2.5;
const BEST: f64 = -1.0;
/// Usual difference in pace, as a difference of logarithms.
const PACE: f64 = 0.25;
/// Pace beyond any belief.
const SLOWEST: f64 = 3.0;
const FASTEST: f64 = 0.3;
/// How far a border is looked for from where it is expected, in seconds of speech.
const WINDOW: f64 = 40.0;
/// A pace beyond belief, taken only where nothing else is left.
const ABSURD: f64 = 20.0;

/// Gives texts without times the times at which they are probably spoken: in order, over all of the speech and none
/// of the silence. Every cue is marked as estimated. Where no speech was heard, they are spread over the whole
/// duration.
///
/// # Errors
/// When `watch` is cancelled.
pub fn spread(
    texts: &[String],
    speech: &Speech,
    unit: SpreadUnit,
    watch: &Watch,
) -> Result<CaptionTrack, Cancelled> {
    let mut speech = speech.clone();
    if speech.segments.is_empty() {
        speech.segments = vec![Span::new(0.0, speech.duration.0)];
    }
    let atoms = Atoms::new(&speech, &[]);
    let texts = passages(texts, unit, atoms.spoken());
    let lengths: Vec<f64> = texts.iter().map(|text| syllables(text)).collect();
    let borders = borders(&atoms, texts.len());
    let chosen = chosen(&borders, &lengths, atoms.spoken(), watch)?;
    let cues = texts
        .into_iter()
        .zip(chosen.iter().zip(chosen.iter().skip(1)))
        .map(|(text, (from, to))| {
            let (start, end) = (to_millis(from.start), to_millis(to.end));
            let mut cue = Cue::new(start, end.max(start), text);
            cue.origin = CueOrigin::Estimated;
            cue
        });
    Ok(CaptionTrack::new(cues.collect()))
}

/// All borders, the beginning and the end of speech among them.
fn borders(atoms: &Atoms, texts: usize) -> Vec<Border> {
    let all = atoms.from(0);
    let mut pauses: Vec<f64> = all.iter().map(|atom| atom.next_start - atom.end).collect();
    pauses.pop();
    pauses.sort_by(|a, b| b.total_cmp(a));
    // As many pauses as there are borders between texts are probably these.
    let usual = pauses
        .get(texts.saturating_sub(2))
        .or(pauses.last())
        .copied()
        .unwrap_or(0.2);
    let mut borders = Vec::new();
    let mut last: Option<f64> = None;
    for atom in all {
        borders.push(Border {
            spoken: atom.spoken_before,
            end: last.unwrap_or(atom.start),
            start: atom.start,
            cost: last.map_or(0.0, |end| {
                (1.2 * (usual / (atom.start - end).max(0.01)).ln()).clamp(BEST, WORST)
            }),
        });
        let length = atom.end - atom.start;
        let parts = (length / GRAIN).floor().max(1.0) as usize;
        borders.extend((1..parts).map(|part| {
            let into = length * part as f64 / parts as f64;
            Border {
                spoken: atom.spoken_before + into,
                end: atom.start + into,
                start: atom.start + into,
                cost: UNBROKEN,
            }
        }));
        last = Some(atom.end);
    }
    let end = last.unwrap_or_default();
    borders.push(Border {
        spoken: atoms.spoken(),
        end,
        start: end,
        cost: 0.0,
    });
    borders
}

/// A way to a border, and the place of the border before it.
type Step = (f64, u32);

/// One border more than there are texts: the first and the last one, and the cheapest between.
fn chosen(borders: &[Border], lengths: &[f64], spoken: f64, watch: &Watch) -> Result<Vec<Border>, Cancelled> {
    let at = |time: f64| borders.partition_point(|border| border.spoken < time);
    let mut rest: f64 = lengths.iter().sum();
    let rate = spoken / rest.max(f64::MIN_POSITIVE);
    let mut rows: Vec<(usize, Vec<Step>)> = vec![(0, vec![(0.0, 0)])];
    let mut begun = 0.0;
    for (index, length) in lengths.iter().enumerate() {
        if index % 256 == 0 {
            watch.check()?;
        }
        let range = if index + 1 == lengths.len() {
            borders.len() - 1..borders.len()
        } else {
            // What is left of the texts has what is left of the speech.
            let centre = begun + length * (spoken - begun) / rest;
            at(centre - WINDOW)..at(centre + WINDOW)
        };
        let Some((first, before)) = rows.last() else { break };
        let reached = |border| reached(border, borders, *first, before, length * rate);
        let row = borders.get(range.clone()).unwrap_or_default();
        let row: Vec<Step> = row.iter().map(reached).collect();
        let best = (row.iter().enumerate()).min_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b));
        if let Some(border) = best.and_then(|(best, _)| borders.get(range.start + best)) {
            begun = border.spoken;
        }
        rest = (rest - length).max(f64::MIN_POSITIVE);
        rows.push((range.start, row));
    }
    Ok(traced(borders, &rows))
}

/// The cheapest way to a border from those where the text may begin: `before` holds the ways to the borders from
/// `first` on.
fn reached(border: &Border, borders: &[Border], first: usize, before: &[Step], expected: f64) -> Step {
    let open = borders.get(first..first + before.len()).unwrap_or_default();
    let earlier = |time: f64| open.partition_point(|from| from.spoken < time);
    let last = earlier(border.spoken);
    let near = earlier(border.spoken - SLOWEST * expected)..earlier(border.spoken - FASTEST * expected);
    let mut best = (f64::INFINITY, first);
    for index in near {
        let (Some(from), Some((cost, _))) = (open.get(index), before.get(index)) else {
            continue;
        };
        let pace = ((border.spoken - from.spoken) / expected).ln().abs() / PACE;
        if cost + pace < best.0 {
            best = (cost + pace, first + index);
        }
    }
    if best.0.is_infinite()
        && let Some((index, (cost, _))) = before.iter().enumerate().take(last).next_back()
    {
        best = (cost + ABSURD, first + index);
    }
    (best.0 + border.cost, u32::try_from(best.1).unwrap_or(u32::MAX))
}

fn traced(borders: &[Border], rows: &[(usize, Vec<Step>)]) -> Vec<Border> {
    let mut at = borders.len() - 1;
    let mut chosen = Vec::with_capacity(rows.len());
    for (first, row) in rows.iter().rev() {
        // A text for which no speech is left begins and ends where the next one begins.
        at = at.clamp(*first, first + row.len().max(1) - 1);
        chosen.extend(borders.get(at).copied());
        at = row.get(at - first).map_or(
            at,
            |(cost, from)| if cost.is_finite() { *from as usize } else { at },
        );
    }
    chosen.reverse();
    chosen
}
