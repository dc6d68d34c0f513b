//! Times as caption formats write them.

use crate::project::Seconds;

/// Reads `1:02:03.400`, `02:03,4`, `83.4` or `83`: hours and minutes are optional, a dot or a comma is before the
/// fraction. Nothing else may stand beside it.
pub fn parse_time(text: &str) -> Option<Seconds> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut fields = text.rsplit(':');
    let seconds = fields.next()?.replace(',', ".");
    // Rust's own reader would also take "inf", "1e5" and signs.
    let plain = !seconds.is_empty() && seconds.chars().all(|c| c.is_ascii_digit() || c == '.');
    let mut total: f64 = plain.then(|| seconds.parse().ok()).flatten()?;
    for unit in [60.0, 3600.0] {
        match fields.next() {
            Some(field) => total += unit * f64::from(field.trim().parse::<u32>().ok()?),
            None => break,
        }
    }
    fields
        .next()
        .is_none()
        .then_some(Seconds(if negative { -total } else { total }))
}

/// Reads `START --> END` with anything after it, as SRT and VTT have it.
pub fn parse_arrow(line: &str) -> Option<(Seconds, Seconds)> {
    let (start, rest) = line.split_once("-->")?;
    Some((parse_time(start)?, parse_time(rest.split_whitespace().next()?)?))
}

/// Writes `HH:MM:SS` with milliseconds behind `separator`.
pub fn write_time(time: Seconds, separator: char) -> String {
    let millis = (time.0.max(0.0) * 1000.0).round() as u64;
    let (hours, minutes, seconds) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    format!(
        "{hours:02}:{minutes:02}:{seconds:02}{separator}{:03}",
        millis % 1000
    )
}

/// Removes what is between angle brackets and braces: markup of SRT and VTT.
pub fn without_markup(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        let (before, tagged) = rest.split_at(at);
        clean.push_str(before);
        let (open, close) = if tagged.starts_with('<') {
            ('<', '>')
        } else {
            ('{', '}')
        };
        let tag = tagged.find(close).map(|end| tagged.split_at(end + 1));
        // Only what looks like markup: "a < b" and "{sic}" are text.
        let markup = tag.filter(|(tag, _)| match open {
            '<' => tag
                .chars()
                .nth(1)
                .is_some_and(|c| c.is_ascii_alphanumeric() || c == '/'),
            _ => tag.starts_with("{\\"),
        });
        rest = match markup {
            Some((_, after)) => after,
            None => {
                clean.push(open);
                tagged.get(1..).unwrap_or_default()
            }
        };
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_all_their_spellings() {
        let seconds = |text| parse_time(text).map(|time| time.0);
        assert_eq!(seconds("01:02:03,400"), Some(3723.4));
        assert_eq!(seconds("2:03.4"), Some(123.4));
        assert_eq!(seconds(" 83 "), Some(83.0));
        for wrong in ["", "a", "1:2:3:4", "1:x", "inf", "1e5", "--> 3"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        assert_eq!(write_time(Seconds(3723.4), ','), "01:02:03,400");
    }

    #[test]
    fn markup_goes_and_comparisons_stay() {
        assert_eq!(without_markup("<i>in</i> <c.yellow>a</c> {\\an8}b"), "in a b");
        assert_eq!(without_markup("5 < 6 {sic} <"), "5 < 6 {sic} <");
    }
}
