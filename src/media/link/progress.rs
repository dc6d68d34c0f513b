//! How far a download is, as yt-dlp tells it.

use serde::Deserialize;
use std::time::Duration;

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Bytes that are here.
    pub done: u64,
    /// Bytes of the whole, at least about; none while it is not known.
    pub total: Option<u64>,
    /// Bytes a second.
    pub rate: Option<f64>,
    /// Time left at that pace.
    pub left: Option<Duration>,
}

/// What stands before the lines that tell of progress.
const MARK: &str = "frameloom-progress ";

/// What yt-dlp is to print: a line of JSON.
pub(super) const TEMPLATE: &str = "download:frameloom-progress %(progress.{status,filename,downloaded_bytes,total_bytes,total_bytes_estimate,speed,eta})j";

#[derive(Deserialize)]
struct Told {
    filename: Option<String>,
    downloaded_bytes: Option<f64>,
    total_bytes: Option<f64>,
    total_bytes_estimate: Option<f64>,
    speed: Option<f64>,
    eta: Option<f64>,
}

/// Adds up the files of one download: pictures and sound may come apart.
#[derive(Debug, Default)]
pub(super) struct Meter {
    file: Option<String>,
    before: u64,
    current: u64,
}

impl Meter {
    /// Hears a line; none where it tells of something else.
    pub fn hear(&mut self, line: &str) -> Option<Progress> {
        let told: Told = serde_json::from_str(line.strip_prefix(MARK)?).ok()?;
        if told.filename != self.file {
            self.before += std::mem::take(&mut self.current);
            self.file = told.filename;
        }
        let bytes = |number: f64| {
            if number.is_finite() {
                number.max(0.0) as u64
            } else {
                0
            }
        };
        self.current = bytes(told.downloaded_bytes.unwrap_or(0.0));
        Some(Progress {
            done: self.before + self.current,
            total: told
                .total_bytes
                .or(told.total_bytes_estimate)
                .map(|total| self.before + bytes(total)),
            rate: told.speed.filter(|speed| speed.is_finite()),
            left: told
                .eta
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_adds_up() {
        let mut meter = Meter::default();
        assert_eq!(meter.hear("[download] 10%"), None);
        let line = |file: &str, done: f64, rest: &str| {
            format!(
                "{MARK}{{\"status\": \"downloading\", \"filename\": \"{file}\", \"downloaded_bytes\": {done}{rest}}}"
            )
        };
        let first = meter
            .hear(&line(
                "video.f1.mp4",
                10.0,
                ", \"total_bytes\": 100, \"speed\": 20.5, \"eta\": 4",
            ))
            .unwrap();
        assert_eq!(
            first,
            Progress {
                done: 10,
                total: Some(100),
                rate: Some(20.5),
                left: Some(Duration::from_secs(4))
            }
        );
        meter.hear(&line("video.f1.mp4", 100.0, "")).unwrap();
        let second = meter
            .hear(&line(
                "video.f2.m4a",
                5.0,
                ", \"total_bytes_estimate\": 50.4, \"speed\": null, \"eta\": -1",
            ))
            .unwrap();
        assert_eq!(
            second,
            Progress {
                done: 105,
                total: Some(150),
                rate: None,
                left: None
            }
        );
    }
}
