//! A change of times that is linear between points.

use super::change::{Retiming, to_millis};
use crate::project::Cue;

/// Old times and new ones, both increasing. Between two points times are stretched evenly.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Warp {
    points: Vec<(f64, f64)>,
    /// Seconds a second before the first point and after the last.
    before: f64,
    after: f64,
}

impl Warp {
    /// Outside the points, times are shifted along with the nearest of them.
    pub(super) fn shifting(points: Vec<(f64, f64)>) -> Self {
        Self {
            points,
            before: 1.0,
            after: 1.0,
        }
    }

    /// Outside the points, times go on as between the two nearest.
    pub(super) fn going_on(points: Vec<(f64, f64)>) -> Self {
        let slope = |a: Option<&(f64, f64)>, b: Option<&(f64, f64)>| match (a, b) {
            (Some((t0, n0)), Some((t1, n1))) => (n1 - n0) / (t1 - t0),
            _ => 1.0,
        };
        let before = slope(points.first(), points.get(1));
        let last = points.len().wrapping_sub(2);
        let after = slope(points.get(last), points.last());
        Self {
            points,
            before,
            after,
        }
    }

    /// The new time for an old one.
    pub(super) fn at(&self, time: f64) -> f64 {
        let next = self.points.partition_point(|(old, _)| *old <= time);
        let last = next.checked_sub(1).and_then(|last| self.points.get(last));
        match (last, self.points.get(next)) {
            (Some((t0, n0)), Some((t1, n1))) => n0 + (n1 - n0) * (time - t0) / (t1 - t0),
            (Some((t, n)), None) => n + (time - t) * self.after,
            (None, Some((t, n))) => n + (time - t) * self.before,
            (None, None) => time,
        }
    }

    /// The cue's new times; none where they stay as they are to the millisecond, or the cue is locked.
    pub(super) fn retiming(&self, cue: &Cue, reason: &str) -> Option<Retiming> {
        if cue.locked {
            return None;
        }
        let (start, end) = (to_millis(self.at(cue.start.0)), to_millis(self.at(cue.end.0)));
        let moved = (start.0 - cue.start.0).abs().max((end.0 - cue.end.0).abs());
        (moved >= 0.0005).then(|| Retiming {
            cue: cue.id,
            start,
            end: end.max(start),
            confidence: 1.0,
            reason: reason.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_stretched_between_points_and_go_on_outside() {
        let points = vec![(10.0, 12.0), (20.0, 24.0)];
        let warp = Warp::going_on(points.clone());
        let times = [0.0, 10.0, 15.0, 20.0, 30.0];
        assert_eq!(times.map(|time| warp.at(time)), [0.0, 12.0, 18.0, 24.0, 36.0]);
        let warp = Warp::shifting(points);
        assert_eq!(times.map(|time| warp.at(time)), [2.0, 12.0, 18.0, 24.0, 34.0]);
        assert_eq!(Warp::going_on(vec![(1.0, 3.0)]).at(5.0), 7.0);
        assert_eq!(Warp::going_on(vec![]).at(5.0), 5.0);
    }
}
