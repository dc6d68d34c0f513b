//! Several projects in one list, by what they are about.

use crate::project::store::EXTENSION;
use crate::project::{Language, Project, Run, Seconds, StoreError};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Folders below the one that is searched.
const DEPTH: usize = 3;

/// A project of the library.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its folder.
    pub folder: PathBuf,
    /// Its name.
    pub name: String,
    /// What it is about; empty where nobody has said.
    pub topic: String,
    /// The language of its captions.
    pub language: Language,
    /// Length of the video; none without one.
    pub length: Option<Seconds>,
    /// Pairs of the run in use, or those there are.
    pub pairs: usize,
    /// Clusters of the run in use; none where none were chosen.
    pub clusters: usize,
    /// What wrote the tags, each once.
    pub tagged_by: Vec<String>,
    /// Why it cannot be used, in words.
    pub trouble: Option<String>,
}

impl Entry {
    /// What is known of the project in a folder. One that cannot be read says why.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        Self::try_read(folder).unwrap_or_else(|error| Self {
            folder: folder.into(),
            name: folder
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            topic: String::new(),
            language: Language::default(),
            length: None,
            pairs: 0,
            clusters: 0,
            tagged_by: Vec::new(),
            trouble: Some(error.to_string()),
        })
    }

    fn try_read(folder: &Path) -> Result<Self, StoreError> {
        let project = Project::load_alone(folder)?;
        let run = project.manifest.run.as_ref();
        let run = run.map(|name| Run::load(&project.run_folder(name))).transpose()?;
        Ok(Self::of(&project, run.as_ref()))
    }

    /// What is known of a project that is open.
    #[must_use]
    pub fn of(project: &Project, run: Option<&Run>) -> Self {
        let manifest = &project.manifest;
        let mut tagged_by: Vec<String> = run
            .iter()
            .flat_map(|run| &run.tags)
            .map(|tags| tags.model.clone())
            .collect();
        tagged_by.sort();
        tagged_by.dedup();
        Self {
            folder: project.folder.clone(),
            name: manifest.name.clone(),
            topic: manifest.topic.clone(),
            language: manifest.language,
            length: manifest.video.as_ref().map(|video| video.duration),
            pairs: run.map_or(project.pairs.len(), |run| run.on.pairs.len()),
            clusters: run
                .and_then(|run| run.assignment.as_ref())
                .map_or(0, |chosen| chosen.k),
            tagged_by,
            trouble: None,
        }
    }

    /// Whether there are tags to compare.
    #[must_use]
    pub fn is_tagged(&self) -> bool {
        !self.tagged_by.is_empty()
    }
}

/// The projects in a folder and those below it, in order of their paths; the folder itself where it is one.
#[must_use]
pub fn projects_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    search(folder, DEPTH, &mut found);
    found.sort();
    found
}

fn search(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if Project::is_project(folder) {
        found.push(folder.into());
        return;
    }
    // A folder that cannot be read holds nothing for us.
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_project = path.extension().is_some_and(|extension| extension == EXTENSION);
        // Links are not followed, which may lead in circles.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && (depth > 0 || is_project) {
            search(&path, depth.saturating_sub(1), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_found_and_say_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("vaccines/us.frameloom");
        let mut project = Project {
            folder: place.clone(),
            ..Project::default()
        };
        project.manifest.name = "us".into();
        project.manifest.language = Language::Chinese;
        project.save().unwrap();
        let broken = folder.path().join("broken.frameloom");
        std::fs::create_dir(&broken).unwrap();
        std::fs::write(broken.join("project.json"), "{").unwrap();
        assert_eq!(projects_in(folder.path()), [broken.clone(), place.clone()]);
        assert_eq!(projects_in(&place), std::slice::from_ref(&place));
        Project::set_topic(&place, "Vaccines").unwrap();
        let entry = Entry::read(&place);
        assert_eq!((entry.name.as_str(), entry.topic.as_str()), ("us", "Vaccines"));
        assert_eq!((entry.language, entry.clusters), (Language::Chinese, 0));
        assert!(!entry.is_tagged() && entry.trouble.is_none());
        assert_eq!(
            Project::load(&place).unwrap().manifest.name,
            "us",
            "all else is as it was"
        );
        assert!(Entry::read(&broken).trouble.is_some());
        assert!(Project::set_topic(&broken, "x").is_err());
    }
}
