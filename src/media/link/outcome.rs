//! How a run of yt-dlp ended, in words of ours.

use super::address::Link;
use super::error::LinkError;
use super::gate::Trouble;
use super::program::Program;
use super::trouble;

/// How a run of yt-dlp ended.
#[derive(Debug)]
pub(super) struct Outcome {
    /// What it told on standard error.
    pub told: String,
    /// Why the gate let something not through.
    pub trouble: Option<Trouble>,
}

impl Outcome {
    /// Why nothing came. The gate knows better than yt-dlp, which only sees a proxy that refuses.
    pub fn into_error(self, program: &Program, link: &Link) -> LinkError {
        match self.trouble {
            Some(trouble) => trouble.into(),
            None => trouble::read(&self.told, program.version(), program.age(), link),
        }
    }
}
