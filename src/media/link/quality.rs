//! How good a video is fetched.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How good a video is fetched, always with its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// The smallest that serves for frames of 120 x 200 and for watching: 360 to 480 rows where there are such.
    #[default]
    Small,
    /// Up to 720 rows.
    Hd,
    /// Up to 1080 rows.
    FullHd,
    /// The best there is, however large.
    Best,
}

impl Quality {
    /// Which forms yt-dlp chooses from. Streams of RTMP are left to programs that know of no proxy, so they are none of them. Pictures and sound apart can only be joined where there is FFmpeg's command;
    /// together they are taken first where a small one serves, for that is one file.
    pub(super) fn forms(self, can_join: bool) -> &'static str {
        match (self, can_join) {
            (Self::Small, true) => {
                "b[height>=360][height<=480][protocol!^=rtmp]/bv*[height>=360][protocol!^=rtmp]+ba[protocol!^=rtmp]\
                 /b[height>=360][protocol!^=rtmp]/bv*[protocol!^=rtmp]+ba[protocol!^=rtmp]/b[protocol!^=rtmp]\
                 /bv*[protocol!^=rtmp]"
            }
            (Self::Small, false) => "b[height>=360][protocol!^=rtmp]/b[protocol!^=rtmp]/bv*[protocol!^=rtmp]",
            (_, true) => "bv*[protocol!^=rtmp]+ba[protocol!^=rtmp]/b[protocol!^=rtmp]/bv*[protocol!^=rtmp]",
            (_, false) => "b[protocol!^=rtmp]/bv*[protocol!^=rtmp]",
        }
    }

    /// Which of these it takes first: rows, then what is played everywhere.
    pub(super) fn order(self) -> &'static str {
        match self {
            Self::Small => "res~400,vcodec:h264,acodec:aac,ext",
            Self::Hd => "res:720,vcodec:h264,acodec:aac,ext",
            Self::FullHd => "res:1080,vcodec:h264,acodec:aac,ext",
            Self::Best => "res",
        }
    }
}

impl FromStr for Quality {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "small" => Ok(Self::Small),
            "720" => Ok(Self::Hd),
            "1080" => Ok(Self::FullHd),
            "best" => Ok(Self::Best),
            _ => Err("a quality is small, 720, 1080 or best".into()),
        }
    }
}
