//! The summary of a batch: `summary.csv`, a row a video, in the order of the list.

use super::error::BatchError;
use super::list::Row;
use super::project_folder;
use super::record::{Figures, Record, State};
use crate::project::files::write_whole;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 13] = [
    "name", "source", "state", "pairs", "epochs", "image", "text", "kl", "total", "k", "seconds", "error",
    "project",
];

/// What is known of a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Line of the list.
    pub line: u64,
    /// Name of its project.
    pub name: String,
    /// The video: a file or a link.
    pub source: String,
    /// How far it is.
    pub state: State,
    /// Its results, where it is done.
    pub figures: Option<Figures>,
    /// How long it took.
    pub seconds: Option<f64>,
    /// Why it failed.
    pub error: Option<String>,
    /// Folder of its project.
    pub project: PathBuf,
}

impl Entry {
    /// What is on disk of a row; `busy` names those that another batch holds.
    pub(super) fn of(row: &Row, defaults: &[String], out: &Path, busy: &BTreeSet<String>) -> Self {
        let mut entry = Self {
            line: row.line,
            name: row.name.clone(),
            source: row.source.clone(),
            state: State::Waiting,
            figures: None,
            seconds: None,
            error: None,
            project: project_folder(out, row),
        };
        if let Some(problem) = &row.problem {
            entry.state = State::Failed;
            entry.error = Some(format!("line {}: {problem}", row.line));
        } else if busy.contains(&row.name) {
            entry.state = State::Running;
        } else if let Ok(Some(record)) = Record::read(out, &row.name)
            && record.work == row.work(defaults)
        {
            entry.state = record.state;
            entry.figures = record.figures;
            entry.seconds = Some(record.seconds);
            entry.error = record.error.map(|error| format!("line {}: {error}", row.line));
        }
        entry
    }

    fn fields(&self) -> [String; 13] {
        let number =
            |value: &dyn Fn(&Figures) -> String| self.figures.as_ref().map(value).unwrap_or_default();
        [
            self.name.clone(),
            self.source.clone(),
            self.state.to_string(),
            number(&|figures| figures.pairs.to_string()),
            number(&|figures| figures.epochs.to_string()),
            number(&|figures| figures.image.to_string()),
            number(&|figures| figures.text.to_string()),
            number(&|figures| figures.kl.to_string()),
            number(&|figures| figures.total.to_string()),
            number(&|figures| figures.k.to_string()),
            self.seconds
                .map(|seconds| format!("{seconds:.1}"))
                .unwrap_or_default(),
            self.error.clone().unwrap_or_default(),
            self.project.display().to_string(),
        ]
    }
}

/// Writes the summary in one step, and gives what is in it.
pub(super) fn write(
    rows: &[Row],
    defaults: &[String],
    out: &Path,
    busy: &BTreeSet<String>,
) -> Result<Vec<Entry>, BatchError> {
    let entries: Vec<Entry> = rows
        .iter()
        .map(|row| Entry::of(row, defaults, out, busy))
        .collect();
    write_whole(&out.join("summary.csv"), |file| {
        let mut writer = csv::Writer::from_writer(file);
        writer.write_record(COLUMNS).map_err(io::Error::other)?;
        for entry in &entries {
            writer.write_record(entry.fields()).map_err(io::Error::other)?;
        }
        writer.flush()
    })?;
    Ok(entries)
}
