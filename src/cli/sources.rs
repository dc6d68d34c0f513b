//! What `frameloom run` works on, and where.

use super::Unusable;
use super::fetch::LinkOptions;
use crate::analysis::Places;
use crate::jobs::Watch;
use crate::project::Project;
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};

/// Name of the folder in a project that holds the video of a link.
const DOWNLOADS: &str = "download";

/// What a project holds before it is saved for the first time, and whose run may have been killed until then.
const BEGUN: [&str; 4] = [DOWNLOADS, "captions.json", "pairs.csv", "runs"];

/// The video of a link, and its captions where none are given: fetched into the folder of the project, or taken where
/// they were fetched before.
pub fn from_link(
    link: &str,
    captions: Option<PathBuf>,
    project: &Path,
    links: &LinkOptions,
    places: &Places,
    watch: &Watch,
) -> anyhow::Result<(PathBuf, PathBuf)> {
    let fetched = links.fetch(link, &project.join(DOWNLOADS), captions.is_none(), places, watch)?;
    let captions = captions
        .or(fetched.captions)
        .context("the video is here, but it came without captions. Give some with --captions FILE")?;
    Ok((fetched.video, captions))
}

/// A video file without captions.
pub fn no_captions() -> Unusable {
    Unusable("a video file needs its captions: --captions FILE".into())
}

/// Takes a new folder, or one that an earlier run of the same command left: its trainings are gone on with.
pub fn check_folder(folder: &Path) -> anyhow::Result<()> {
    if Project::is_project(folder) {
        // Read for its errors: a project of a newer program must not be written over.
        Project::load(folder)?;
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut others = entries.filter(|entry| {
        let name = entry.file_name();
        !BEGUN.iter().any(|begun| name == *begun) && !name.to_string_lossy().starts_with(".tmp")
    });
    ensure!(
        others.next().is_none(),
        Unusable(format!(
            "{} holds other files and no project: name a new folder with --out",
            folder.display()
        ))
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_others_is_left_alone_and_one_that_was_begun_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        check_folder(&folder.path().join("new")).unwrap();
        std::fs::create_dir(folder.path().join(DOWNLOADS)).unwrap();
        for name in ["captions.json", ".tmpAbC"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        check_folder(folder.path()).unwrap();
        std::fs::write(folder.path().join("letters.txt"), "").unwrap();
        assert!(check_folder(folder.path()).unwrap_err().is::<Unusable>());
    }
}
