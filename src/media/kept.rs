//! Where what has been found out about a video is kept, so that the work is done once.

use crate::project::files::{fnv1a, write_whole};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file for one kind of finding about a video, in the cache folder. It is named after everything that the finding
/// depends on: the video file, its size and its last change, and what is sought, with the version of the search.
pub(super) fn kept_file(cache: &Path, video: &Path, what: &str) -> PathBuf {
    let (size, changed) =
        std::fs::metadata(video).map_or((0, None), |data| (data.len(), data.modified().ok()));
    let path = video.canonicalize().unwrap_or_else(|_| video.to_path_buf());
    let key = format!("{} {size} {changed:?} {what}", path.display());
    let name = what.split_whitespace().next().unwrap_or_default();
    cache
        .join(name)
        .join(format!("{:016x}.{name}", fnv1a(key.bytes())))
}

/// Writes such a file in one step. That it cannot be written is no reason to stop.
pub(super) fn keep(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    if let Err(error) = write_whole(path, fill) {
        tracing::warn!("not cached: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_video_or_another_search_is_kept_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let video = folder.path().join("a.mp4");
        std::fs::write(&video, "one").unwrap();
        let first = kept_file(folder.path(), &video, "shots 1");
        assert_eq!(kept_file(folder.path(), &video, "shots 1"), first);
        assert_ne!(kept_file(folder.path(), &video, "shots 2"), first);
        std::fs::write(&video, "longer").unwrap();
        assert_ne!(kept_file(folder.path(), &video, "shots 1"), first);
    }
}
