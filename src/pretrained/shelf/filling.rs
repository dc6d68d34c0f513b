//! How models come onto the shelf: fetched from a hub, or the user's own.

use super::record::{FileRecord, Record, Source};
use super::{Installed, Shelf, ShelfError, State, local};
use crate::jobs::Watch;
use crate::pretrained::catalogue::{self, Job, Model, ModelFile};
use crate::pretrained::download::{self, Hub, Progress, Wanted};
use std::collections::BTreeMap;
use std::path::Path;

impl Shelf {
    /// Fetches a model of the catalogue, or what is still missing of it; nobody is asked where all of it is here. Parts
    /// are kept when it is cancelled or fails.
    ///
    /// # Errors
    /// As [`download::survey`] and [`download::fetch`], and when the list cannot be written.
    pub fn get(
        &mut self,
        id: &str,
        hub: &Hub,
        watch: &Watch,
        tell: &mut dyn FnMut(&Progress),
    ) -> Result<Installed, ShelfError> {
        let model = catalogue::find(id).ok_or_else(|| ShelfError::Unknown(id.into()))?;
        self.reload()?;
        if let Some(ready) = self.find(id).filter(|installed| installed.state == State::Ready) {
            return Ok(ready);
        }
        let known = self.records.get(id).filter(|record| is_of(record, model));
        let wanted = download::survey(hub, wanted(model, known), watch)?;
        let begun = wanted.iter().map(FileRecord::from).collect();
        self.change(|records| records.put(id, Record::begun(model, hub.address(), begun)))?;
        let fetched = download::fetch(hub, &wanted, &self.folder.join(id), watch, tell)?;
        let record = Record::finished(model, hub.address(), fetched);
        let installed = self.describe(id, &record);
        self.change(|records| records.put(id, record))?;
        Ok(installed)
    }

    /// Adds a folder or a GGUF file of the user's own, which stays where it is. The same one twice is the same model.
    ///
    /// # Errors
    /// When it is not what the job needs, or the list cannot be written.
    pub fn add_local(&mut self, job: Job, path: &Path) -> Result<Installed, ShelfError> {
        let path = std::path::absolute(path).map_err(|cause| ShelfError::Disk {
            path: path.to_owned(),
            done: "found",
            cause,
        })?;
        local::ensure_fit(job, &path)?;
        self.reload()?;
        let name = path
            .file_stem()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        let source = Source::Local { path: path.clone() };
        let same = |id: &String| {
            self.records
                .get(id)
                .is_some_and(|record| record.job == job && record.source == source)
        };
        let free = |id: &String| !self.records.models.contains_key(id) && catalogue::find(id).is_none();
        let names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
        let id = self.records.models.keys().find(|id| same(id)).cloned();
        let Some(id) = id.or_else(|| names.into_iter().find(free)) else {
            return Err(ShelfError::Unknown(name));
        };
        let record = Record::local(job, &name, path);
        let installed = self.describe(&id, &record);
        self.change(|records| records.put(&id, record))?;
        Ok(installed)
    }
}

/// Whether a record is of the version of a model that the catalogue names today.
fn is_of(record: &Record, model: &Model) -> bool {
    matches!(&record.source, Source::Hub { repo, revision, .. } if repo == model.repo && revision == model.revision)
}

/// The files of a model. Of one that is here in part, the same commits are asked for again.
fn wanted(model: &Model, known: Option<&Record>) -> Vec<Wanted> {
    let files: BTreeMap<&str, &FileRecord> = known.map_or_else(BTreeMap::new, |record| {
        record
            .files
            .iter()
            .map(|file| (file.name.as_str(), file))
            .collect()
    });
    let wanted = |file: &ModelFile| {
        let known = files.get(file.name);
        let usual = if file.repo.is_some() {
            "main"
        } else {
            model.revision
        };
        let commit = known
            .and_then(|known| known.commit.clone())
            .filter(|commit| catalogue::is_plain(commit));
        Wanted {
            repo: file.repo.unwrap_or(model.repo).into(),
            revision: commit.unwrap_or_else(|| usual.into()),
            file: file.name.into(),
            size: file.size.or(known.and_then(|known| known.size)),
            sha256: file
                .sha256
                .map(str::to_owned)
                .or(known.and_then(|known| known.sha256.clone())),
        }
    };
    model.files.iter().map(wanted).collect()
}
