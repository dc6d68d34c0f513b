//! Times as caption files write them.

/// Seconds of a clock time: `1:02:03.456`, `02:03,4` or `2:03`. A comma may stand for the dot. Times before the
/// video, which programs leave that shift captions, have a minus.
pub(super) fn clock(text: &str) -> Option<f64> {
    match text.trim().strip_prefix('-') {
        Some(before) => unsigned(before).map(|seconds| -seconds),
        None => unsigned(text.trim()),
    }
}

fn unsigned(text: &str) -> Option<f64> {
    let (rest, seconds) = text.rsplit_once(':')?;
    let (hours, minutes) = rest.split_once(':').unwrap_or(("0", rest));
    let (seconds, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let whole = number(hours)? * 3_600 + number(minutes)? * 60 + number(seconds)?;
    // One division of whole numbers, so that equal times are equal however many digits they are written with.
    Some((whole * 1_000_000 + number(&micros)?) as f64 / 1e6)
}

/// Seconds of a clock time or a plain number, as in tables: also `83.4`, `83,4` and `83.4s`.
pub(super) fn seconds(text: &str) -> Option<f64> {
    if text.contains(':') {
        return clock(text);
    }
    let plain = text
        .trim()
        .trim_end_matches(['s', 'S'])
        .trim_end()
        .replace(',', ".");
    plain.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Start and end of an SRT or WebVTT timing line; what follows the end (places on the screen) is passed over.
pub(super) fn timing(line: &str) -> Option<(f64, f64)> {
    let (start, rest) = line.split_once("-->")?;
    Some((clock(start)?, clock(rest.split_whitespace().next()?)?))
}

/// Whether a line was meant as a timing line, readable or not.
pub(super) fn resembles_timing(line: &str) -> bool {
    line.contains("-->")
        && line
            .trim_start()
            .starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// Sums and multiples of decimal numbers come out a hair off; the file meant the decimal number.
pub(super) fn decimal(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// Whole milliseconds, none where the time is before the video or no number, and no more than 1000 hours.
pub(super) fn millis(seconds: f64) -> u64 {
    (seconds.clamp(0.0, 3.6e6) * 1_000.0).round() as u64
}

/// `01:02:03,456` with the given mark before the milliseconds.
pub(super) fn written(millis: u64, mark: char) -> String {
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    format!(
        "{hours:02}:{minutes:02}:{:02}{mark}{:03}",
        millis / 1_000 % 60,
        millis % 1_000
    )
}

/// Digits only, and few enough for the arithmetic above.
fn number(digits: &str) -> Option<u64> {
    let is_plain = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_times_of_every_kind() {
        assert_eq!(clock("01:02:03,456"), Some(3_723.456));
        assert_eq!(clock("1:02:03.4"), Some(3_723.4));
        assert_eq!(clock(" 02:03.456 "), Some(123.456));
        assert_eq!(clock("0:07"), Some(7.0));
        assert_eq!(clock("-1:07"), Some(-67.0));
        assert_eq!(clock("30:00:00.000"), Some(108_000.0));
        for bad in [
            "",
            "7",
            "1:2:3:4",
            "a:07",
            "--1:07",
            "1:",
            "1:07.",
            "1:07.x",
            "1:0000000",
        ] {
            assert_eq!(clock(bad), None, "{bad}");
        }
    }

    #[test]
    fn table_times_may_be_plain_numbers() {
        assert_eq!(seconds("83.44"), Some(83.44));
        assert_eq!(seconds("83,44"), Some(83.44));
        assert_eq!(seconds("2.5 s"), Some(2.5));
        assert_eq!(seconds("1:30"), Some(90.0));
        assert_eq!(seconds("-3"), Some(-3.0));
        for bad in ["", "nan", "inf", "soon"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn timing_lines() {
        assert_eq!(timing("00:00:01,000 --> 00:00:02.5"), Some((1.0, 2.5)));
        assert_eq!(
            timing("1:01.000-->1:02.000 align:start position:0%"),
            Some((61.0, 62.0))
        );
        assert_eq!(timing("00:01 --> "), None);
        assert!(resembles_timing("00:00:0x --> 00:00:02,000"));
        assert!(!resembles_timing("see --> there"));
    }

    #[test]
    fn written_times() {
        assert_eq!(written(3_723_456, ','), "01:02:03,456");
        assert_eq!(written(millis(59.9996), '.'), "00:01:00.000");
        assert_eq!(written(millis(108_000.0), '.'), "30:00:00.000");
        assert_eq!((millis(-1.0), millis(f64::NAN)), (0, 0));
    }
}
