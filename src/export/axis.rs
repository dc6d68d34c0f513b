//! One axis: from numbers to places along it.

use super::ticks::{self, Tick};

/// How numbers are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally long.
    Linear,
    /// Equal ratios are equally long; only positive numbers have a place.
    Logarithmic,
    /// Seconds, equal differences equally long, written as on a clock.
    Clock,
}

/// One axis of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit. May be empty.
    pub label: String,
    scale: Scale,
    low: f64,
    high: f64,
    whole: bool,
    bare: bool,
}

/// The marks of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Marks {
    /// With labels.
    pub ticks: Vec<Tick>,
    /// Finer places without labels.
    pub fine: Vec<f64>,
}

impl Axis {
    /// An axis just long enough for all of `values`. Those without a place on it, such as NaN, are passed over; where
    /// none has a place it ends at 1. When all are whole numbers the ticks are too.
    #[must_use]
    pub fn over(label: &str, scale: Scale, values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high, mut whole) = (f64::INFINITY, f64::NEG_INFINITY, true);
        for value in values.into_iter().filter(|value| shows(scale, *value)) {
            (low, high) = (low.min(value), high.max(value));
            whole &= value.fract() == 0.0;
        }
        if low > high {
            (low, high) = match scale {
                Scale::Logarithmic => (0.1, 1.0),
                Scale::Linear | Scale::Clock => (0.0, 1.0),
            };
        } else if low == high {
            (low, high) = match scale {
                Scale::Linear | Scale::Clock if whole || low == 0.0 => (low - 0.5, high + 0.5),
                Scale::Linear | Scale::Clock => (low - low.abs() / 2.0, high + high.abs() / 2.0),
                Scale::Logarithmic => (low / 2.0, high * 2.0),
            };
        }
        Self {
            label: label.to_owned(),
            scale,
            low,
            high,
            whole: whole && scale == Scale::Linear,
            bare: false,
        }
    }

    /// An axis without numbers from `low` to `high`, for what has a place but no measure.
    #[must_use]
    pub fn bare(low: f64, high: f64) -> Self {
        Self {
            bare: true,
            ..Self::over("", Scale::Linear, [low, high])
        }
    }

    /// The same with numbers at whole ones alone, for what is counted.
    #[must_use]
    pub fn with_whole_ticks(mut self) -> Self {
        self.whole = self.scale == Scale::Linear;
        self
    }

    /// Whether it has no numbers.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// The same axis with some air at both ends, or from zero when the smallest number is positive and near it.
    #[must_use]
    pub fn with_air(mut self) -> Self {
        const AIR: f64 = 0.04;
        let (low, high) = (self.low, self.high);
        match self.scale {
            Scale::Linear | Scale::Clock => {
                let air = (high - low) * AIR;
                let from_zero = (0.0..0.25 * high).contains(&low);
                self.low = if from_zero { 0.0 } else { low - air };
                self.high = high + air;
            }
            Scale::Logarithmic => {
                let air = (high / low).powf(AIR);
                (self.low, self.high) = (low / air, high * air);
            }
        }
        self
    }

    /// How far along the axis a number is: 0 at its start, 1 at its end. `None` where it has no place.
    #[must_use]
    pub fn place(&self, value: f64) -> Option<f64> {
        if !shows(self.scale, value) {
            return None;
        }
        let along = match self.scale {
            Scale::Linear | Scale::Clock => (value - self.low) / (self.high - self.low),
            Scale::Logarithmic => (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
        };
        along.is_finite().then_some(along)
    }

    /// Round numbers along the axis, labels at `most` of them or a few more.
    #[must_use]
    pub fn marks(&self, most: usize) -> Marks {
        let (ticks, fine) = match self.scale {
            _ if self.bare => (Vec::new(), Vec::new()),
            Scale::Clock => (ticks::clock(self.low, self.high, most), Vec::new()),
            Scale::Linear => (ticks::linear(self.low, self.high, most, self.whole), Vec::new()),
            Scale::Logarithmic => ticks::logarithmic(self.low, self.high, most),
        };
        Marks { ticks, fine }
    }
}

fn shows(scale: Scale, value: f64) -> bool {
    value.is_finite() && (scale != Scale::Logarithmic || value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_place_neither_stretch_the_axis_nor_land_on_it() {
        let values = [f64::NAN, 0.01, -5.0, 0.0, f64::INFINITY, 100.0];
        let axis = Axis::over("", Scale::Logarithmic, values);
        let places: Vec<_> = values.iter().map(|value| axis.place(*value)).collect();
        assert_eq!(places, [None, Some(0.0), None, None, None, Some(1.0)]);
        assert!((axis.place(1.0).unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn nothing_and_one_number_still_make_an_axis() {
        for scale in [Scale::Linear, Scale::Logarithmic] {
            for values in [&[][..], &[f64::NAN], &[3.0], &[0.25]] {
                let axis = Axis::over("", scale, values.iter().copied()).with_air();
                assert!(!axis.marks(5).ticks.is_empty(), "{axis:?}");
            }
        }
        assert_eq!(Axis::over("", Scale::Linear, [7.0]).place(7.0), Some(0.5));
    }

    #[test]
    fn a_small_start_is_rounded_to_zero_and_a_large_one_is_not() {
        let near = Axis::over("", Scale::Linear, [0.1, 1.0]).with_air();
        assert_eq!(near.place(0.0), Some(0.0));
        let far = Axis::over("", Scale::Linear, [0.9, 1.0]).with_air();
        assert!(far.place(0.8).unwrap() < 0.0);
        assert!(far.place(0.9).unwrap() > 0.0);
    }
}
