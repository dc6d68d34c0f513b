//! Cues that were passed over, placed on the speech that no other cue says.

use super::atoms::Atoms;
use super::costs::Scales;
use super::lines::Lines;
use super::placement::{Placement, best_run};

/// How far a cue may have been moved by itself, in seconds.
const FARTHEST: f64 = 8.0;
/// The worst fit that is believed.
const WORST: f64 = 8.5;
/// Jitter about the expected place, in seconds.
const JITTER: f64 = 0.35;

/// Gives the lines without a placement the best free speech around where `shifts` lets expect them, the best fits
/// first. Cues may change places with their neighbours: a cue that was moved across another is out of order.
pub(super) fn place_leftovers(
    lines: &Lines,
    atoms: &Atoms,
    scales: &Scales,
    shifts: &[f64],
    placements: &mut [Option<Placement>],
) {
    let mut is_taken = vec![false; atoms.len()];
    let take = |place: &Placement, is_taken: &mut Vec<bool>| {
        for slot in is_taken.iter_mut().take(place.last + 1).skip(place.first) {
            *slot = true;
        }
    };
    for place in placements.iter().flatten() {
        take(place, &mut is_taken);
    }
    let mut offers: Vec<(f64, usize, Placement)> = Vec::new();
    for (index, (line, shift)) in lines.list.iter().zip(shifts).enumerate() {
        if placements.get(index).is_none_or(Option::is_some) {
            continue;
        }
        let expected = line.start + shift;
        let range = atoms.starting_from(expected - FARTHEST)..atoms.starting_from(expected + FARTHEST);
        for first in range {
            let free = is_taken.iter().skip(first).take_while(|taken| !**taken).count();
            if free > 0
                && let Some(place) = best_run(line, first..first + free, atoms, scales)
            {
                let off = place.start - expected;
                let moved = (off * off / (2.0 * JITTER * JITTER)).min(3.0 + off.abs() / 8.0);
                offers.push((place.cost + moved, index, place));
            }
        }
    }
    offers.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (cost, index, place) in offers {
        if cost > WORST {
            break;
        }
        if let Some(slot) = placements.get_mut(index)
            && slot.is_none()
            && is_free(&is_taken, place.first, place.last)
        {
            take(&place, &mut is_taken);
            *slot = Some(place);
        }
    }
}

fn is_free(is_taken: &[bool], first: usize, last: usize) -> bool {
    is_taken
        .get(first..=last)
        .is_some_and(|run| run.iter().all(|taken| !taken))
}
