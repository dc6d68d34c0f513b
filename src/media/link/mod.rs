//! From a link to a video file with captions. The work is done by yt-dlp, which runs as a program of its own, found on
//! the path or kept in a folder of ours; nothing is contacted but by a call from here.
//!
//! What a website can do is kept small. A link is only ever an argument after `--`, http or https; files are named by
//! us; yt-dlp reads no settings, loads no plugins, runs no other program but FFmpeg, and reaches the web through a gate
//! that lets no connection through to this machine or a private network. Where the environment names a proxy, that one
//! takes the gate's place: then only the link itself is looked at beforehand, and what the proxy reaches is its own affair.

mod access;
mod address;
mod calling;
mod error;
mod fetching;
mod finished;
mod gate;
mod index;
mod installing;
mod kinds;
mod listing;
mod outcome;
mod path;
mod process;
mod program;
mod progress;
mod quality;
mod question;
mod staging;
mod stem;
#[cfg(test)]
mod tests;
mod thumbnail;
mod tracks;
mod trouble;

pub use access::{Access, Browser};
pub use address::Link;
pub use error::LinkError;
pub use fetching::{Choice, Fetched};
pub use finished::{finished, is_record};
pub use installing::install;
pub use listing::{Format, Listing, Track, TrackChoice, TrackKind};
pub use program::Program;
pub use progress::Progress;
pub use quality::Quality;
pub use stem::of_title as safe_name;
