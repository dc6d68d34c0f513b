//! Units and identities as types of their own, so that a frame is never taken for a pair nor a second for a millisecond.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A time in the video, or a length of time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    /// The later of two times.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// The earlier of two times.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// Total order, so that times can be sorted; NaN sorts last.
    #[must_use]
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl std::ops::Add for Seconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Seconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Seconds {
    /// To the millisecond, as times are corrected: `1:23.456`, or `1:02:03.456` from an hour on.
    #[must_use]
    pub fn precise(self) -> String {
        let sign = if self.0 < 0.0 { "-" } else { "" };
        let millis = (self.0.abs() * 1000.0).round() as u64;
        let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
        let (seconds, millis) = (millis / 1000 % 60, millis % 1000);
        if hours > 0 {
            format!("{sign}{hours}:{minutes:02}:{seconds:02}.{millis:03}")
        } else {
            format!("{sign}{minutes}:{seconds:02}.{millis:03}")
        }
    }

    /// A time as people type it: seconds, `1:23.4`, `1:02:03,456`; none where it is no time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(',', ".");
        let mut parts = text.rsplit(':');
        let seconds: f64 = parts.next()?.parse().ok()?;
        let mut scale = 60.0;
        let mut total = seconds;
        for part in parts {
            total += f64::from(part.parse::<u32>().ok()?) * scale;
            scale *= 60.0;
        }
        (total.is_finite() && total >= 0.0 && scale <= 216_000.0).then_some(Self(total))
    }
}

/// `1:23.4`, or `1:02:03.4` from an hour on: how a time is shown to people.
impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0.0 { "-" } else { "" };
        let tenths = (self.0.abs() * 10.0).round() as u64;
        let (hours, minutes) = (tenths / 36_000, tenths / 600 % 60);
        let (seconds, tenth) = (tenths / 10 % 60, tenths % 10);
        if hours > 0 {
            write!(f, "{sign}{hours}:{minutes:02}:{seconds:02}.{tenth}")
        } else {
            write!(f, "{sign}{minutes}:{seconds:02}.{tenth}")
        }
    }
}

/// How many there are of something: `1 cue`, `2 cues`, `3 stretches`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    let ending = match count {
        1 => "",
        _ if noun.ends_with("ch") => "es",
        _ => "s",
    };
    format!("{count} {noun}{ending}")
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Where it begins.
    pub start: Seconds,
    /// Where it ends; not before it begins.
    pub end: Seconds,
}

impl Span {
    /// From one time to another, both in seconds.
    #[must_use]
    pub const fn new(start: f64, end: f64) -> Self {
        Self {
            start: Seconds(start),
            end: Seconds(end),
        }
    }

    /// How long it is.
    #[must_use]
    pub fn length(self) -> Seconds {
        self.end - self.start
    }
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The same number, for looking up in a list.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            fn from(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    };
}

index!(
    /// Place of a frame among the sampled frames of the video, from 0.
    FrameIndex
);
index!(
    /// Place of a frame-caption pair in the dataset, from 0. Rows of the latents and the labels are in this order.
    PairIndex
);
index!(
    /// A cluster of one assignment, from 0. Clusters are numbered by size, the largest first.
    ClusterId
);
index!(
    /// A cue of the caption track. It stays the same through edits, and is never used again after a deletion.
    CueId
);

index!(
    /// A video whose pairs are studied: 0 is the project's own, 1 and on are its companions in order.
    SourceIndex
);

impl SourceIndex {
    /// The project's own video.
    pub const OWN: Self = Self(0);

    /// Whether it is the project's own video.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.0 == 0
    }

    /// Place among the companions; none for the project's own video.
    #[must_use]
    pub fn companion(self) -> Option<usize> {
        self.index().checked_sub(1)
    }
}

/// A sampled frame of one of the videos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameAt {
    /// Of which video.
    pub source: SourceIndex,
    /// Its place among the frames of that video.
    pub frame: FrameIndex,
}

impl From<FrameIndex> for FrameAt {
    fn from(frame: FrameIndex) -> Self {
        Self {
            source: SourceIndex::OWN,
            frame,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_people_write_them() {
        assert_eq!(Seconds(0.0).to_string(), "0:00.0");
        assert_eq!(Seconds(83.44).to_string(), "1:23.4");
        assert_eq!(Seconds(3_723.96).to_string(), "1:02:04.0");
        assert_eq!(Seconds(-1.5).to_string(), "-0:01.5");
        assert_eq!(Seconds(3_723.956).precise(), "1:02:03.956");
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        let parse = |text: &str| Seconds::parse(text).map(|time| time.0);
        assert_eq!(["83.5", "1:23,5", " 0:01:23.5 "].map(parse), [Some(83.5); 3]);
        assert_eq!(["", "x", "1:2:3:4", "-5", "1:x"].map(parse), [None; 5]);
    }
}
