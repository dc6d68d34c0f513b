//! What is chosen about a link.

use crate::media::link::{Access, Browser, Choice, Listing, Quality, TrackChoice};
use std::path::PathBuf;

/// The window in which a link is opened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkForm {
    /// It is there.
    pub open: bool,
    /// The link, as it was pasted.
    pub text: String,
    /// How good a video.
    pub quality: Quality,
    /// Which of the listed captions; none for no captions.
    pub track: Option<usize>,
    /// The folder that the video is put into, as it was typed; empty for the usual one.
    pub folder: String,
    /// The browser whose cookies are sent along.
    pub cookies: Option<Browser>,
    /// Addresses of this machine and of private networks may be asked.
    pub private: bool,
    /// The address is to be typed now.
    pub focus: bool,
    /// What is seldom needed is shown.
    pub more: bool,
}

impl LinkForm {
    /// What may be reached.
    #[must_use]
    pub fn access(&self) -> Access {
        Access {
            private: self.private,
            cookies: self.cookies,
        }
    }

    /// What is to be fetched of a listing.
    #[must_use]
    pub fn choice(&self, listing: &Listing) -> Choice {
        let track = self.track.and_then(|track| listing.tracks.get(track));
        Choice {
            quality: self.quality,
            captions: track.map(|track| TrackChoice {
                kind: Some(track.kind),
                language: Some(track.language.clone()),
                from: track.from.clone(),
            }),
        }
    }

    /// The folder for the video.
    #[must_use]
    pub fn folder(&self, usual: PathBuf) -> PathBuf {
        match self.folder.trim() {
            "" => usual,
            typed => typed.into(),
        }
    }
}
