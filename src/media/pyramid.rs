//! A row of measurements at ever coarser steps of time, so that any stretch of it is drawn in the time of its columns.

use crate::project::Seconds;

/// Each level has one entry for so many of the level below.
const STEP: usize = 4;

/// Entries of equal length in time, and summaries of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pyramid<T> {
    /// Length of an entry of the finest level.
    span: Seconds,
    /// The finest level first; the last has one entry, or none at all.
    levels: Vec<Vec<T>>,
}

impl<T> Pyramid<T> {
    /// Builds the coarser levels: `summary` makes one entry of up to [`STEP`].
    pub fn new(span: Seconds, finest: Vec<T>, summary: impl Fn(&[T]) -> T) -> Self {
        let mut levels = vec![finest];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let level = below.chunks(STEP).map(&summary).collect();
            levels.push(level);
        }
        Self { span, levels }
    }

    /// The measurements themselves.
    pub fn finest(&self) -> &[T] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// The one summary of all.
    pub fn summary(&self) -> Option<&T> {
        self.levels.last()?.first()
    }

    pub fn length(&self) -> Seconds {
        Seconds(self.finest().len() as f64 * self.span.0)
    }

    /// Cuts the time from `from` to `to` into equal columns, and gives for each the entries that touch it, at the
    /// coarsest level that still has several to a column: 17 at most, or none outside of what was measured.
    pub fn columns(&self, from: Seconds, to: Seconds, columns: usize) -> impl Iterator<Item = &[T]> {
        let width = (to.0 - from.0).max(0.0) / columns.max(1) as f64 / self.span.0;
        let (mut level, mut entries) = (0, 1.0);
        while entries * (STEP * STEP) as f64 <= width && level + 1 < self.levels.len() {
            level += 1;
            entries *= STEP as f64;
        }
        let (start, width) = (from.0 / self.span.0 / entries, width / entries);
        let level = self.levels.get(level).map_or(&[][..], Vec::as_slice);
        (0..columns).map(move |column| {
            let first = (start + column as f64 * width).floor();
            let end = (start + (column + 1) as f64 * width).ceil().max(first + 1.0);
            let place = |place: f64| place.clamp(0.0, level.len() as f64) as usize;
            level.get(place(first)..place(end)).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(count: usize) -> Pyramid<usize> {
        Pyramid::new(Seconds(0.5), vec![1; count], |part| part.iter().sum())
    }

    #[test]
    fn columns_hold_what_touches_them_and_never_many_entries() {
        let pyramid = sums(1000);
        assert_eq!(
            (pyramid.length(), pyramid.summary()),
            (Seconds(500.0), Some(&1000))
        );
        for columns in [1, 3, 50, 1000, 1700] {
            let all: Vec<&[usize]> = pyramid.columns(Seconds(0.0), Seconds(500.0), columns).collect();
            assert_eq!(all.len(), columns);
            assert!(
                all.iter().all(|column| (1..=17).contains(&column.len())),
                "{columns}"
            );
            let total: usize = all.iter().flat_map(|column| column.iter()).sum();
            assert!(total >= 1000, "{columns} leave something out: {total}");
        }
    }

    #[test]
    fn there_is_nothing_outside() {
        let pyramid = sums(4);
        let lengths = |from, to| -> Vec<usize> {
            let columns = pyramid.columns(Seconds(from), Seconds(to), 4);
            columns.map(<[usize]>::len).collect()
        };
        assert_eq!(lengths(-1.0, 1.0), [0, 0, 1, 1]);
        assert_eq!(lengths(1.0, 3.0), [1, 1, 0, 0]);
        assert_eq!(lengths(0.2, 0.2), [1, 1, 1, 1]);
        assert_eq!(lengths(f64::NAN, 1.0), [0; 4]);
        let empty = Pyramid::new(Seconds(0.5), Vec::<u8>::new(), |_| 0);
        assert!(empty.columns(Seconds(0.0), Seconds(1.0), 3).all(<[u8]>::is_empty));
    }
}
