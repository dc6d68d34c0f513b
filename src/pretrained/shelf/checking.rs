//! Whether what was fetched is still what it was.

use super::{Shelf, ShelfError, Source, local};
use crate::jobs::Watch;
use crate::pretrained::catalogue;
use crate::pretrained::download::hashing;

/// What became of a file since it was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its hash is the one recorded.
    Same,
    /// Its hash is another.
    Changed,
    /// It is not there.
    Gone,
    /// No hash had been recorded; now one is.
    Recorded,
}

impl Shelf {
    /// Hashes the files of a fetched model again. One that has changed is fetched anew by [`Shelf::get`]. A model of the
    /// user's own has no files here: it is only looked at as [`Shelf::add_local`] does.
    ///
    /// # Errors
    /// When there is no such model, when one of the user's own is no longer fit, when a file cannot be read, and on
    /// cancellation.
    pub fn verify(&mut self, id: &str, watch: &Watch) -> Result<Vec<(String, Verdict)>, ShelfError> {
        self.reload()?;
        let mut record = self
            .records
            .get(id)
            .ok_or_else(|| ShelfError::Unknown(id.into()))?
            .clone();
        if let Source::Local { path } = &record.source {
            local::ensure_fit(record.job, path)?;
            return Ok(Vec::new());
        }
        let folder = self.folder.join(id);
        let total = record.files.iter().filter_map(|file| file.size).sum();
        let mut done = 0;
        let mut verdicts = Vec::with_capacity(record.files.len());
        for file in &mut record.files {
            watch.say(format!("checking {}", file.name));
            let path = folder.join(&file.name);
            let verdict = if !catalogue::is_plain(&file.name) || !path.is_file() {
                Verdict::Gone
            } else {
                let (hash, size) =
                    hashing::file(&path, watch, &mut |bytes| watch.report(done + bytes, total))?;
                done += size;
                match &file.sha256 {
                    Some(known) if *known == hash => Verdict::Same,
                    Some(_) => Verdict::Changed,
                    None => {
                        (file.sha256, file.size) = (Some(hash), Some(size));
                        Verdict::Recorded
                    }
                }
            };
            verdicts.push((file.name.clone(), verdict));
        }
        let sound = |verdict: &Verdict| matches!(verdict, Verdict::Same | Verdict::Recorded);
        record.complete &= verdicts.iter().all(|(_, verdict)| sound(verdict));
        self.change(|records| {
            if let Some(kept) = records.get_mut(id) {
                *kept = record;
            }
        })?;
        Ok(verdicts)
    }
}
