//! What yt-dlp may reach, and as whom.

use super::error::LinkError;
use std::fmt;
use std::str::FromStr;

/// What yt-dlp may reach, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Whether addresses of this machine and of private networks may be asked as well.
    pub private: bool,
    /// The browser whose cookies are sent along, for what only those who are signed in may see.
    pub cookies: Option<Browser>,
}

/// A browser that yt-dlp can read cookies of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Browser(&'static str);

impl Browser {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self("brave"),
        Self("chrome"),
        Self("chromium"),
        Self("edge"),
        Self("firefox"),
        Self("opera"),
        Self("safari"),
        Self("vivaldi"),
        Self("whale"),
    ];

    /// Its name, as yt-dlp knows it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for Browser {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|browser| browser.0.eq_ignore_ascii_case(text));
        found.ok_or_else(|| format!("cookies are read of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// Refuses where this machine is to stay offline.
pub(super) fn ensure_online() -> Result<(), LinkError> {
    const OFFLINE: &str = "FRAMELOOM_OFFLINE";
    let says = std::env::var(OFFLINE).unwrap_or_default();
    match says.trim().to_lowercase().as_str() {
        "" | "0" | "false" | "no" | "off" => Ok(()),
        _ => Err(LinkError::Offline(OFFLINE)),
    }
}
