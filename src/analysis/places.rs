//! Where things are kept on this machine.

use crate::project::Project;
use crate::project::store::EXTENSION;
use directories::{ProjectDirs, UserDirs};
use std::path::{Path, PathBuf};

/// The program's own folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// What can be made again: sampled frames and word vectors. May be deleted at any time.
    pub cache: PathBuf,
    /// The window's settings.
    pub settings: PathBuf,
    /// The sample, pretrained models, and projects of videos beside which nothing can be written.
    pub data: PathBuf,
    /// Videos that were fetched.
    pub videos: PathBuf,
}

impl Places {
    /// The folders that this platform sets aside for programs; folders for temporary files where it has none.
    #[must_use]
    pub fn platform() -> Self {
        match ProjectDirs::from("", "", "frameloom") {
            Some(dirs) => Self {
                cache: dirs.cache_dir().into(),
                settings: dirs.config_dir().into(),
                data: dirs.data_dir().into(),
                videos: UserDirs::new()
                    .and_then(|dirs| dirs.video_dir().map(|videos| videos.join("Frameloom")))
                    .unwrap_or_else(|| dirs.data_dir().join("videos")),
            },
            None => Self::under(&std::env::temp_dir().join("frameloom")),
        }
    }

    /// All folders under one.
    #[must_use]
    pub fn under(folder: &Path) -> Self {
        Self {
            cache: folder.join("cache"),
            settings: folder.join("settings"),
            data: folder.join("data"),
            videos: folder.join("videos"),
        }
    }

    /// Where pretrained models are kept: among the data, for they took time and money to fetch.
    #[must_use]
    pub fn models(&self) -> PathBuf {
        self.data.join("models")
    }

    /// Where our own yt-dlp is kept, a folder a version.
    #[must_use]
    pub fn yt_dlp(&self) -> PathBuf {
        self.data.join("yt-dlp")
    }

    /// Where the project of a video is kept: `NAME.frameloom` beside it, or, where that folder cannot be written,
    /// among the program's data. Where that is the project of another video of like name, the whole file name is used.
    #[must_use]
    pub fn project_folder(&self, video: &Path) -> PathBuf {
        let named = |name: &std::ffi::OsStr| Path::new(name).with_added_extension(EXTENSION);
        let beside = writable(video.parent().unwrap_or(Path::new(".")));
        let place = |name: &Path| {
            let near = video.with_file_name(name);
            if beside || Project::is_project(&near) {
                near
            } else {
                self.data.join("projects").join(name)
            }
        };
        let short = place(&named(video.file_stem().unwrap_or(video.as_os_str())));
        match Project::video_of(&short) {
            Some(other) if other != video => place(&named(video.file_name().unwrap_or(video.as_os_str()))),
            _ => short,
        }
    }
}

/// Tried, not asked: permission bits do not tell of read-only disks.
fn writable(folder: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    tempfile::NamedTempFile::new_in(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_lies_beside_its_video() {
        let folder = tempfile::tempdir().unwrap();
        let video = folder.path().join("new.variant.mp4");
        let places = Places::under(folder.path());
        assert_eq!(
            places.project_folder(&video),
            folder.path().join("new.variant.frameloom")
        );
    }

    #[test]
    fn another_video_of_the_same_name_has_its_own_project() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("news.frameloom");
        std::fs::create_dir(&project).unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["news.mp4", "news.mkv"] {
            std::fs::write(path(name), "").unwrap();
        }
        let manifest = serde_json::json!({ "format": 1, "video": { "path": path("news.mp4") } });
        std::fs::write(project.join("project.json"), manifest.to_string()).unwrap();
        let places = Places::under(folder.path());
        assert_eq!(places.project_folder(&path("news.mp4")), project);
        assert_eq!(
            places.project_folder(&path("news.mkv")),
            path("news.mkv.frameloom")
        );
    }

    #[test]
    fn where_nothing_can_be_written_it_lies_among_the_data() {
        let places = Places::under(Path::new("/somewhere"));
        let folder = places.project_folder(Path::new("/no/such/folder/a.mp4"));
        assert_eq!(folder, Path::new("/somewhere/data/projects/a.frameloom"));
    }
}
