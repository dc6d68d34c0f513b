//! Round numbers along an axis and how they are written.

use super::svg::RAISED;

/// A labelled place on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The number, in the unit of the data.
    pub value: f64,
    /// The number as people read it.
    pub label: String,
}

/// Multiples of 1, 2 or 5 times a power of ten between `low` and `high`, at most about `most`; with `whole` no
/// fractions.
pub fn linear(low: f64, high: f64, most: usize, whole: bool) -> Vec<Tick> {
    let rough = (high - low) / most.max(1) as f64;
    if !(rough.is_finite() && rough > f64::MIN_POSITIVE) {
        return Vec::new();
    }
    let power = exponent(rough);
    let tenth = 10f64.powi(power);
    let round = [1.0, 2.0, 5.0].into_iter().find(|m| m * tenth >= rough);
    let (mut factor, mut power) = round.map_or((1.0, power + 1), |m| (m, power));
    if whole && power < 0 {
        (factor, power) = (1.0, 0);
    }
    // Dividing by a whole power keeps 0.3 from becoming 0.30000000000000004.
    let value = |index: f64| {
        let multiple = index * factor;
        if power < 0 {
            multiple / 10f64.powi(-power)
        } else {
            multiple * 10f64.powi(power)
        }
    };
    let step = factor * 10f64.powi(power);
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    let count = (last - first).clamp(0.0, 1e3) as usize;
    let values: Vec<f64> = (0..=count)
        .map(|index| value(first + index as f64))
        .filter(|_| first <= last)
        .collect();
    // A step that is longer than the axis may lie on no place of it; the next shorter one does.
    if values.is_empty() && most < 32 {
        return linear(low, high, most + 1, whole);
    }
    let largest = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    values
        .into_iter()
        .map(|value| Tick {
            value,
            label: linear_label(value, largest, power),
        })
        .collect()
}

fn linear_label(value: f64, largest: f64, step_power: i32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if (1e-3..1e6).contains(&largest) {
        return number(value, step_power);
    }
    let power = exponent(largest);
    let mantissa = number(value / 10f64.powi(power), step_power - power);
    format!("{mantissa}×10{}", superscript(power))
}

/// Times that people count by, in seconds, between `low` and `high`, at most about `most`: `1:30`, or `1:02:00` where
/// the axis reaches an hour.
pub fn clock(low: f64, high: f64, most: usize) -> Vec<Tick> {
    const STEPS: [f64; 14] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0,
    ];
    let rough = (high - low) / most.max(1) as f64;
    let Some(step) = STEPS.into_iter().find(|step| *step >= rough) else {
        // Days of video: whole hours.
        let hours = linear(low / 3_600.0, high / 3_600.0, most, true);
        let tick = |tick: Tick| Tick {
            value: tick.value * 3_600.0,
            label: format!("{}:00:00", tick.value),
        };
        return hours.into_iter().map(tick).collect();
    };
    let (first, last) = (
        (low / step - 1e-9).ceil() as i64,
        (high / step + 1e-9).floor() as i64,
    );
    let label = |seconds: i64| {
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        if high >= 3_600.0 {
            format!("{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{minutes}:{seconds:02}")
        }
    };
    (first.max(0)..=last)
        .map(|index| Tick {
            value: index as f64 * step,
            label: label(index * step as i64),
        })
        .collect()
}

/// Ticks of a logarithmic axis and, between them, the places of finer lines without labels. Powers of ten where the
/// axis spans several; 1, 2 and 5 times them where it spans few; even steps where it spans less than one.
/// `low` is positive.
pub fn logarithmic(low: f64, high: f64, most: usize) -> (Vec<Tick>, Vec<f64>) {
    let (first, last) = (exponent(low), exponent(high));
    if (last - first).unsigned_abs() as usize > 2 * most {
        let every = (last - first) / most.max(1) as i32 + 1;
        let tens = (first..=last).filter(|power| power.rem_euclid(every) == 0);
        return (within(tens.map(|power| (1, power)), low, high), Vec::new());
    }
    let multiples = |of: &'static [i32]| {
        (first..=last).flat_map(move |power| of.iter().map(move |factor| (*factor, power)))
    };
    let tens = within(multiples(&[1]), low, high);
    let ticks = if tens.len() >= 3 {
        tens
    } else {
        within(multiples(&[1, 2, 5]), low, high)
    };
    if ticks.len() < 3 {
        return (linear(low, high, most, false), Vec::new());
    }
    // Nine lines in each of many powers would be hatching.
    let between: &[i32] = if last - first > 4 {
        &[2, 5]
    } else {
        &[2, 3, 4, 5, 6, 7, 8, 9]
    };
    let fine = multiples(between)
        .map(|(factor, power)| f64::from(factor) * 10f64.powi(power))
        .filter(|value| (low..=high).contains(value))
        .collect();
    (ticks, fine)
}

/// Ticks at `factor * 10^power`, of those that lie on the axis.
fn within(places: impl Iterator<Item = (i32, i32)>, low: f64, high: f64) -> Vec<Tick> {
    let value = |factor: i32, power: i32| f64::from(factor) * 10f64.powi(power);
    // The ends of an axis are often powers of ten themselves and may be off by a rounding.
    let (low, high) = (low * (1.0 - 1e-9), high * (1.0 + 1e-9));
    let places: Vec<(i32, i32)> = places
        .filter(|(factor, power)| (low..=high).contains(&value(*factor, *power)))
        .collect();
    let plain = places.iter().all(|(_, power)| (-4..=5).contains(power));
    let label = |factor: i32, power: i32| match (plain, factor) {
        (true, _) => number(value(factor, power), power),
        (false, 1) => format!("10{}", superscript(power)),
        (false, _) => format!("{factor}×10{}", superscript(power)),
    };
    places
        .iter()
        .map(|&(factor, power)| Tick {
            value: value(factor, power),
            label: label(factor, power),
        })
        .collect()
}

/// The power of ten at or below a positive number.
fn exponent(value: f64) -> i32 {
    (value.log10() + 1e-9).floor() as i32
}

/// A number to the digit that stands for `10^power`, with a true minus sign.
fn number(value: f64, power: i32) -> String {
    let decimals = usize::try_from(-power).unwrap_or(0);
    format!("{value:.decimals$}").replace('-', "−")
}

fn superscript(power: i32) -> String {
    let raised = |letter| RAISED.iter().find(|(plain, _)| *plain == letter);
    let letters = number(power.into(), 0);
    letters
        .chars()
        .filter_map(raised)
        .map(|(_, raised)| raised)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn linear_ticks_are_round_and_written_alike() {
        assert_eq!(
            labels(&linear(0.0, 1.0, 5, false)),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(&linear(1.0, 500.0, 6, true)),
            ["100", "200", "300", "400", "500"]
        );
        assert_eq!(labels(&linear(-3.0, 2.0, 3, false)), ["−2", "0", "2"]);
        assert_eq!(
            labels(&linear(0.0, 3.2e-5, 4, false)),
            ["0", "1×10⁻⁵", "2×10⁻⁵", "3×10⁻⁵"]
        );
        assert_eq!(labels(&linear(0.0, 3e6, 6, false))[1..3], ["0.5×10⁶", "1.0×10⁶"]);
    }

    #[test]
    fn times_are_written_as_on_a_clock() {
        assert_eq!(
            labels(&clock(0.0, 218.0, 8)),
            ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30", "3:00", "3:30"]
        );
        assert_eq!(
            labels(&clock(0.0, 5_400.0, 3)),
            ["0:00:00", "0:30:00", "1:00:00", "1:30:00"]
        );
        assert_eq!(labels(&clock(0.0, 1.0, 8)), ["0:00", "0:01"]);
        assert_eq!(labels(&clock(0.0, 360_000.0, 4))[..2], ["0:00:00", "50:00:00"]);
    }

    #[test]
    fn epochs_have_no_halves() {
        assert_eq!(labels(&linear(1.0, 3.0, 8, true)), ["1", "2", "3"]);
        assert_eq!(labels(&linear(0.5, 1.5, 8, true)), ["1"]);
    }

    #[test]
    fn logarithmic_ticks_follow_the_span() {
        let far = logarithmic(5e-4, 20.0, 6);
        assert_eq!(labels(&far.0), ["0.001", "0.01", "0.1", "1", "10"]);
        assert!(far.1.contains(&0.02) && !far.1.contains(&30.0));
        assert_eq!(
            labels(&logarithmic(0.03, 0.6, 6).0),
            ["0.05", "0.1", "0.2", "0.5"]
        );
        assert_eq!(
            labels(&logarithmic(0.031, 0.034, 4).0),
            ["0.031", "0.032", "0.033", "0.034"]
        );
        assert_eq!(
            labels(&logarithmic(1e-7, 1e-4, 6).0),
            ["10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴"]
        );
        assert!(logarithmic(1e-200, 1e200, 6).0.len() <= 7);
        assert_eq!(
            labels(&linear(1_962_822.0, 466_276_997.0, 2, false)),
            ["2×10⁸", "4×10⁸"]
        );
    }

    proptest! {
        #[test]
        fn any_axis_has_a_few_ticks_inside_it(low in -1e9..1e9f64, span in 1e-3..1e9f64, most in 2..12usize) {
            let ticks = linear(low, low + span, most, false);
            prop_assert!((1..=most + 1).contains(&ticks.len()), "{ticks:?}");
            let slack = span * 1e-6;
            prop_assert!(ticks.iter().all(|tick| tick.value >= low - slack && tick.value <= low + span + slack));
            prop_assert!(ticks.windows(2).all(|pair| pair[0].label != pair[1].label), "{ticks:?}");
        }

        #[test]
        fn any_logarithmic_axis_has_ticks(low in -30.0..30.0f64, span in 0.01..60.0f64, most in 3..12usize) {
            let (ticks, _) = logarithmic(10f64.powf(low), 10f64.powf(low + span), most);
            prop_assert!(!ticks.is_empty() && ticks.len() <= 2 * most + 3, "{ticks:?}");
        }
    }
}
