//! The sample that comes inside the program: a minute of invented news with captions in English and Chinese.

use super::places::Places;
use crate::project::StoreError;
use crate::project::files::write_whole;
use std::path::PathBuf;

const FILES: [(&str, &[u8]); 3] = [
    ("storm.mp4", include_bytes!("../../assets/sample/storm.mp4")),
    ("storm.en.srt", include_bytes!("../../assets/sample/storm.en.srt")),
    ("storm.zh.srt", include_bytes!("../../assets/sample/storm.zh.srt")),
];

/// The sample on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The video.
    pub video: PathBuf,
    /// Its captions in English; those in Chinese lie beside them.
    pub captions: PathBuf,
}

/// Lays the sample down among the program's data, unless it is there.
///
/// # Errors
/// When the folder cannot be written.
pub fn unpack(places: &Places) -> Result<Sample, StoreError> {
    let folder = places.data.join("sample");
    for (name, bytes) in FILES {
        let path = folder.join(name);
        let there = std::fs::metadata(&path).is_ok_and(|file| file.len() == bytes.len() as u64);
        if !there {
            write_whole(&path, |file| file.write_all(bytes))?;
        }
    }
    Ok(Sample {
        video: folder.join("storm.mp4"),
        captions: folder.join("storm.en.srt"),
    })
}
