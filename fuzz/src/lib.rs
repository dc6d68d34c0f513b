//! What every target checks, over the files of the program that read and write captions.

#![allow(dead_code, unused_imports)]

pub mod captions;
pub mod project;

use captions::{OutputFormat, ReadOptions, parse, write};

/// Reads the bytes as a file of this name. What comes of it has sound times, can be written in every format, and
/// comes back the same from the one that holds everything.
///
/// # Panics
/// When it does not.
pub fn check(data: &[u8], name: &str) {
    let options = ReadOptions::default();
    let Ok(imported) = parse(data, name, &options) else {
        return;
    };
    assert!(!imported.track.cues.is_empty());
    for cue in &imported.track.cues {
        assert!(0.0 <= cue.start.0 && cue.start.0 <= cue.end.0, "{cue:?}");
    }
    for format in OutputFormat::ALL {
        let written = write(&imported.track, format);
        let again = parse(written.as_bytes(), &format!("x.{}", format.extension()), &options);
        if format == OutputFormat::Json {
            assert_eq!(
                again.map(|again| again.track).ok().as_ref(),
                Some(&imported.track)
            );
        }
    }
}
