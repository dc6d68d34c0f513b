//! What was written of a window, parted by its timestamps.

use super::vocabulary::{STAMP, Vocabulary};

/// Text between two timestamps.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch {
    /// Seconds from the start of the window.
    pub start: f64,
    pub end: f64,
    /// Without timestamps.
    pub tokens: Vec<u32>,
}

/// The stretches of a window of so many seconds, and how far it has been written down: where a stretch has no end, the next
/// window begins with it.
pub(super) fn stretches(vocabulary: &Vocabulary, tokens: &[u32], length: f64) -> (Vec<Stretch>, f64) {
    let stamp = |token: &u32| vocabulary.stamp(*token).map(f64::from).map(|stamp| stamp * STAMP);
    let stretch = |tokens: &[u32], start: f64, end: f64| Stretch {
        start: start.clamp(0.0, length),
        end: end.clamp(0.0, length),
        tokens: tokens
            .iter()
            .copied()
            .filter(|token| *token < vocabulary.end)
            .collect(),
    };
    let mut cuts: Vec<usize> = (1..tokens.len())
        .filter(|place| {
            let around = tokens.get(place - 1..=*place).unwrap_or_default();
            around.iter().all(|token| stamp(token).is_some())
        })
        .collect();
    let ends_with_one = match tokens {
        [.., before, last] => stamp(last).is_some() && stamp(before).is_none(),
        _ => false,
    };
    let Some(last_cut) = cuts.last().copied() else {
        let start = tokens.first().and_then(stamp).unwrap_or(0.0);
        let end = tokens.iter().rev().find_map(stamp).filter(|end| *end > start);
        return (vec![stretch(tokens, start, end.unwrap_or(length))], length);
    };
    if ends_with_one {
        cuts.push(tokens.len());
    }
    let mut from = 0;
    let mut stretches = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let part = tokens.get(from..cut).unwrap_or_default();
        let start = part.first().and_then(stamp).unwrap_or(0.0);
        let end = part.last().and_then(stamp).unwrap_or(length);
        stretches.push(stretch(part, start, end));
        from = cut;
    }
    let reached = tokens.get(last_cut - 1).and_then(stamp);
    let reached = reached.filter(|reached| !ends_with_one && (STAMP..length).contains(reached));
    (stretches, reached.unwrap_or(length))
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::testing::vocabulary;
    use super::*;

    fn told(tokens: &[u32], length: f64) -> (Vec<(f64, f64, Vec<u32>)>, f64) {
        let (vocabulary, _) = vocabulary("{}");
        let (found, reached) = stretches(&vocabulary, tokens, length);
        let found = found.into_iter().map(|part| (part.start, part.end, part.tokens));
        (found.collect(), reached)
    }

    #[test]
    fn stretches_lie_between_timestamps() {
        let (first, second, third) = (19, 19 + 100, 19 + 250);
        // Both ended: all is written down.
        let (found, reached) = told(&[first, 0, 1, second, second, 2, third], 10.0);
        assert_eq!(found, [(0.0, 2.0, vec![0, 1]), (2.0, 5.0, vec![2])]);
        assert_eq!(reached, 10.0);
        // The second has no end: the next window begins with it.
        let (found, reached) = told(&[first, 0, 1, second, second, 2], 10.0);
        assert_eq!((found.len(), reached), (1, 2.0));
        // One alone, with and without an end.
        assert_eq!(told(&[first, 0, third], 10.0), (vec![(0.0, 5.0, vec![0])], 10.0));
        assert_eq!(told(&[second, 0], 10.0), (vec![(2.0, 10.0, vec![0])], 10.0));
        // Times beyond the sound are its end.
        assert_eq!(told(&[first, 0, third], 3.0), (vec![(0.0, 3.0, vec![0])], 3.0));
    }
}
