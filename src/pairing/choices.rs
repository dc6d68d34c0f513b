//! What was decided about pairs by hand, on top of the rule.

use super::rules::Paired;
use crate::project::{FrameIndex, PairChoice, PairFate, PairKey, PairingRule, Seconds};

/// Lets choices by hand take effect on the pairs that the rule made. A choice about a caption or a frame that has no pair
/// waits until it has one.
pub fn choose(paired: &mut Paired, rule: PairingRule, choices: &[PairChoice], times: &[Seconds]) {
    if choices.is_empty() {
        return;
    }
    let mut decided: Vec<&PairChoice> = choices.iter().collect();
    decided.sort_by(|a, b| a.key.order(&b.key));
    let fate = |key: PairKey| {
        let place = decided.binary_search_by(|choice| choice.key.order(&key)).ok()?;
        decided.get(place).map(|choice| choice.fate)
    };
    paired.pairs.retain_mut(|pair| match fate(pair.key(rule)) {
        Some(PairFate::Dropped) => false,
        Some(PairFate::Frame(time)) => {
            if let Some(frame) = nearest(times, time) {
                pair.frame = frame;
                pair.time = times.get(frame.index()).copied().unwrap_or(pair.time);
            }
            true
        }
        None => true,
    });
}

/// The sampled frame nearest to a moment.
fn nearest(times: &[Seconds], time: Seconds) -> Option<FrameIndex> {
    let after = times.partition_point(|at| *at < time);
    let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
    let near = near.filter_map(|place| Some((place, (*times.get(place)? - time).0.abs())));
    near.min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(place, _)| FrameIndex::from(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{CueId, Pair, SourceIndex};

    #[test]
    fn choices_hold_when_pairs_are_made_anew() {
        let times: Vec<Seconds> = (0..5).map(|i| Seconds(f64::from(i) * 2.0)).collect();
        let pair = |cue: u32| Pair {
            source: SourceIndex::OWN,
            frame: FrameIndex(cue),
            time: Seconds(f64::from(cue) * 2.0),
            cue: Some(CueId(cue)),
        };
        let choices = [
            (PairKey::Cue(CueId(2)), PairFate::Dropped),
            (PairKey::Cue(CueId(1)), PairFate::Frame(Seconds(7.2))),
            (PairKey::Cue(CueId(8)), PairFate::Dropped),
            (PairKey::Frame(Seconds(6.0)), PairFate::Dropped),
        ]
        .map(|(key, fate)| PairChoice { key, fate });
        let frames = |rule| {
            let mut paired = Paired {
                pairs: (0..4).map(pair).collect(),
                ..Paired::default()
            };
            choose(&mut paired, rule, &choices, &times);
            let frames: Vec<u32> = paired.pairs.iter().map(|pair| pair.frame.0).collect();
            frames
        };
        assert_eq!(frames(PairingRule::Captions), [0, 4, 3]);
        assert_eq!(frames(PairingRule::Frames), [0, 1, 2]);
    }
}
