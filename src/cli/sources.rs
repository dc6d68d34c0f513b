//! What `frameloom run` works on, and where.

use super::Unusable;
use super::fetch::LinkOptions;
use crate::analysis::Places;
use crate::jobs::Watch;
use crate::project::Project;
use anyhow::ensure;
use std::path::{Path, PathBuf};

/// Name of the folder in a project that holds the video of a link.
const DOWNLOADS: &str = "download";

/// What a project holds before it is saved for the first time, and whose run may have been killed until then.
const BEGUN: [&str; 4] = [DOWNLOADS, "captions.json", "pairs.csv", "runs"];

/// The video of a link, and its captions where these are `wanted`: fetched into the folder of the project, or taken where they
/// were fetched before.
pub fn from_link(
    link: &str,
    wanted: bool,
    project: &Path,
    links: &LinkOptions,
    places: &Places,
    watch: &Watch,
) -> anyhow::Result<(PathBuf, Option<PathBuf>)> {
    let fetched = links.fetch(link, &project.join(DOWNLOADS), wanted, places, watch)?;
    ensure!(
        !wanted || fetched.captions.is_some(),
        "the video is here, but it came without captions. Give some with --captions FILE, or have the speech written down with \
         --speech-model or --recogniser"
    );
    Ok((fetched.video, fetched.captions.filter(|_| wanted)))
}

/// A video file without captions.
pub fn no_captions() -> Unusable {
    Unusable(
        "a video file needs its captions: --captions FILE, or --speech-model or --recogniser to have the speech written down"
            .into(),
    )
}

/// Takes a new folder, or one that an earlier run of the same command left: its trainings are gone on with. Returns the topic
/// that the project was given since; empty where it has none.
pub fn check_folder(folder: &Path) -> anyhow::Result<String> {
    if Project::is_project(folder) {
        // Read for its errors as well: a project of a newer program must not be written over.
        return Ok(Project::load(folder)?.manifest.topic);
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
    Ok(String::new())
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
