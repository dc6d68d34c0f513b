//! How fast a caption has to be read.

use super::track::Cue;
use serde::{Deserialize, Serialize};

/// How fast captions may be: beyond it people cannot read along.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadingLimits {
    /// Characters a second of alphabets, spaces and marks among them.
    pub latin: f64,
    /// Characters a second of Chinese, Japanese and Korean, where one is a word or a part of one.
    pub cjk: f64,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self {
            latin: 20.0,
            cjk: 9.0,
        }
    }
}

/// How fast a caption is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadingSpeed {
    /// Characters a second; none for a caption that is on screen for no time. Line breaks do not count; in a Chinese
    /// caption neither do spaces and marks, and two letters of an alphabet count as one character.
    pub rate: Option<f64>,
    /// It is read as Chinese, Japanese or Korean.
    pub is_cjk: bool,
}

impl ReadingSpeed {
    /// Of a caption. One with a fifth of such characters is read as Chinese, Japanese or Korean.
    #[must_use]
    pub fn of(cue: &Cue) -> Self {
        let (mut cjk, mut letters, mut marks) = (0_u32, 0_u32, 0_u32);
        for c in cue.text.chars() {
            match c {
                c if is_cjk(c) => cjk += 1,
                c if c.is_alphanumeric() => letters += 1,
                '\n' | '\r' => {}
                _ => marks += 1,
            }
        }
        let is_cjk = cjk > 0 && cjk * 5 >= cjk + letters;
        let count = if is_cjk {
            f64::from(cjk) + f64::from(letters) / 2.0
        } else {
            f64::from(cjk + letters + marks)
        };
        let seconds = (cue.end - cue.start).0;
        Self {
            rate: (seconds > 0.0).then_some(count / seconds),
            is_cjk,
        }
    }

    /// Whether it is too fast to be read.
    #[must_use]
    pub fn is_beyond(&self, limits: &ReadingLimits) -> bool {
        let limit = if self.is_cjk { limits.cjk } else { limits.latin };
        self.rate.is_none_or(|rate| rate > limit)
    }
}

fn is_cjk(c: char) -> bool {
    let in_range = matches!(c, '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    in_range && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    fn of(text: &str, seconds: f64) -> ReadingSpeed {
        ReadingSpeed::of(&Cue::new(Seconds(1.0), Seconds(1.0 + seconds), text))
    }

    #[test]
    fn chinese_is_counted_by_its_characters_and_english_by_its_letters() {
        let chinese = of("老年人要接种，新冠疫苗！", 2.0);
        assert_eq!((chinese.rate, chinese.is_cjk), (Some(5.0), true));
        assert_eq!(of("BA变种五号", 1.0).rate, Some(5.0));
        let english = of("the storm\nis near", 2.0);
        assert_eq!((english.rate, english.is_cjk), (Some(8.0), false));
        let limits = ReadingLimits::default();
        assert!(of("老年人要接种新冠疫苗", 1.0).is_beyond(&limits));
        assert!(!of("the storm is near", 1.0).is_beyond(&limits));
        assert!(of("a", 0.0).is_beyond(&limits));
    }
}
