//! Cues on lanes, so that those that overlap do not hide each other.

use crate::project::CaptionTrack;

/// Most lanes; where more cues overlap, they share the last.
const MOST: usize = 4;

/// The lane of each cue, computed anew when the project changes.
#[derive(Debug, Clone, Default)]
pub struct Lanes {
    of: Vec<u8>,
    made_of: Option<u64>,
    /// Lanes in use.
    pub count: usize,
}

impl Lanes {
    /// Follows the track as it is after this change of the project.
    pub fn follow(&mut self, track: &CaptionTrack, revision: u64) {
        if self.made_of == Some(revision) && self.of.len() == track.cues.len() {
            return;
        }
        let mut free = [f64::NEG_INFINITY; MOST];
        let mut count = 1;
        self.of.clear();
        for cue in &track.cues {
            // Times are of milliseconds: what touches does not overlap.
            let first = free.iter().position(|end| *end <= cue.start.0 + 5e-4);
            let lane = first.unwrap_or(MOST - 1);
            if let Some(end) = free.get_mut(lane) {
                *end = end.max(cue.end.0);
            }
            count = count.max(lane + 1);
            self.of.push(lane as u8);
        }
        (self.count, self.made_of) = (count, Some(revision));
    }

    /// The lane of the cue at a place in the track.
    #[must_use]
    pub fn lane(&self, place: usize) -> usize {
        self.of.get(place).copied().unwrap_or(0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, Seconds};

    #[test]
    fn cues_that_overlap_stand_on_lanes_of_their_own() {
        let cue = |start: f64, end: f64| Cue::new(Seconds(start), Seconds(end), "a");
        let cues = vec![cue(0.0, 4.0), cue(2.0, 6.0), cue(4.0, 5.0), cue(10.0, 11.0)];
        let track = CaptionTrack::new(cues);
        let mut lanes = Lanes::default();
        lanes.follow(&track, 1);
        let of: Vec<usize> = (0..4).map(|place| lanes.lane(place)).collect();
        assert_eq!((of, lanes.count), (vec![0, 1, 0, 0], 2));
        // The longest lasts 4 s, and one that begins at 2 may still be seen at 5.5.
        assert_eq!(track.between(Seconds(5.5), Seconds(9.0)), 1..3);
    }
}
