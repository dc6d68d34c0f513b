//! SubRip. It has no escapes: what would read as markup is kept apart by characters of no width.

use super::{lines, span};
use crate::captions::clock;
use crate::captions::readers::guard_srt;
use crate::project::CaptionTrack;
use std::fmt::Write as _;

pub(super) fn write(track: &CaptionTrack) -> String {
    let mut out = String::new();
    for (index, cue) in track.cues.iter().enumerate() {
        let (start, end) = span(cue);
        let (start, end) = (clock::written(start, ','), clock::written(end, ','));
        let _ = writeln!(out, "{}\n{start} --> {end}", index + 1);
        for line in lines(cue) {
            // A blank line would end the cue for most readers; a space does not.
            out.push_str(if line.is_empty() { " " } else { "" });
            out.push_str(&guard_srt(&line));
            out.push('\n');
        }
        out.push('\n');
    }
    out
}
