//! The time expressions of timed text markup.

use crate::captions::readers::xml::Element;

/// How the document counts frames and ticks.
pub(super) struct Clock {
    frame_rate: f64,
    tick_rate: f64,
    sub_frames: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            frame_rate: 30.0,
            tick_rate: 1.0,
            sub_frames: 1.0,
        }
    }
}

impl Clock {
    /// From the attributes of the outermost element.
    pub fn of(root: &Element) -> Self {
        let number = |name: &str| {
            let value = root.attribute(name)?.trim().parse().ok();
            value.filter(|number: &f64| *number > 0.0 && number.is_finite())
        };
        let sub_frames = number("subFrameRate").unwrap_or(1.0);
        let multiplier = root.attribute("frameRateMultiplier").and_then(|text| {
            let (above, below) = text.trim().split_once([' ', ':'])?;
            let (above, below): (f64, f64) = (above.trim().parse().ok()?, below.trim().parse().ok()?);
            (above > 0.0 && below > 0.0).then(|| above / below)
        });
        let whole_rate = number("frameRate");
        let frame_rate = whole_rate.unwrap_or(30.0) * multiplier.unwrap_or(1.0);
        let by_frames = whole_rate.map_or(1.0, |_| frame_rate * sub_frames);
        Self {
            frame_rate,
            tick_rate: number("tickRate").unwrap_or(by_frames),
            sub_frames,
        }
    }

    /// Seconds of a time expression: `00:00:01.5`, `00:00:01:12` (frames), `1.5s`, `36f`, `1500t`, or bare seconds.
    pub fn seconds(&self, text: &str) -> Option<f64> {
        let text = text.trim();
        if text.matches(':').count() == 3 {
            let (clock, frames) = text.rsplit_once(':')?;
            let (frames, sub_frames) = frames.split_once('.').unwrap_or((frames, "0"));
            let frames = count(frames)? + count(sub_frames)? / self.sub_frames;
            return Some(crate::captions::clock::clock(clock)? + frames / self.frame_rate);
        }
        if text.contains(':') {
            return crate::captions::clock::clock(text);
        }
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.strip_prefix(number)? {
            "h" => 3_600.0,
            "m" => 60.0,
            "s" | "" => 1.0,
            "ms" => 0.001,
            "f" => 1.0 / self.frame_rate,
            "t" => 1.0 / self.tick_rate,
            _ => return None,
        };
        count(number).map(|number| number * unit)
    }
}

fn count(digits: &str) -> Option<f64> {
    digits.parse().ok().filter(|number: &f64| number.is_finite())
}
