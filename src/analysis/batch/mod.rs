//! Many videos, one after another: a list of them, a project folder for each, and one summary of all.
//!
//! What has been done lies on disk in `rows/`, a file a row, so that a batch that was killed goes on where it stopped and
//! nothing is done twice. A row is held by a lock while it is worked on: two batches on one folder share the work.

mod error;
mod list;
mod record;
mod summary;

pub use error::BatchError;
pub use list::{Row, read_list};
pub use record::{Figures, State};
pub use summary::Entry;

use crate::jobs::{Watch, caught};
use crate::project::Project;
use crate::project::store::EXTENSION;
use record::{Held, Record, hold};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where the project of a row lies.
#[must_use]
pub fn project_folder(out: &Path, row: &Row) -> PathBuf {
    out.join(format!("{}.{EXTENSION}", row.name))
}

/// Works through the rows of a list, in order. `work` does one row in its project folder and gives the figures for the
/// summary; `defaults` says how the rows are worked on, so that a row counts as done only while that is the same and its project is there. A row
/// that fails is told in the summary, and tried again by the next call. Rows that another batch holds are left to it. The
/// summary, `summary.csv`, is written anew after each row. `tell` hears each row that has ended.
///
/// # Errors
/// When the folder cannot be written, and on cancellation.
pub fn run(
    rows: &[Row],
    defaults: &[String],
    out: &Path,
    watch: &Watch,
    work: &mut dyn FnMut(&Row, &Path) -> anyhow::Result<Figures>,
    tell: &mut dyn FnMut(&Entry),
) -> Result<Vec<Entry>, BatchError> {
    record::prepare(out)?;
    let mut busy = BTreeSet::new();
    summary::write(rows, defaults, out, &busy)?;
    let sound = |row: &&Row| row.problem.is_none();
    rows.iter()
        .filter(|row| !sound(row))
        .for_each(|row| tell(&Entry::of(row, defaults, out, &busy)));
    // What is held the first time may be free when all others are done.
    let mut waiting: Vec<&Row> = rows.iter().filter(sound).collect();
    for _ in 0..2 {
        busy.clear();
        let mut held = Vec::new();
        for row in waiting {
            watch.check()?;
            let Held::Mine(lock) = hold(out, &row.name)? else {
                busy.insert(row.name.clone());
                held.push(row);
                continue;
            };
            let wanted = row.work(defaults);
            let before = Record::read(out, &row.name)?;
            let is_done = |before: Record| {
                before.state == State::Done
                    && before.work == wanted
                    && Project::is_project(&project_folder(out, row))
            };
            if !before.is_some_and(is_done) {
                watch.say(format!("{}, line {} of the list", row.name, row.line));
                let record = attempt(row, wanted, out, watch, work)?;
                record.write(out, &row.name)?;
            }
            drop(lock);
            summary::write(rows, defaults, out, &busy)?;
            tell(&Entry::of(row, defaults, out, &busy));
        }
        waiting = held;
    }
    summary::write(rows, defaults, out, &busy)
}

/// Works on one row. A panic is a failure of that row alone.
fn attempt(
    row: &Row,
    wanted: Vec<String>,
    out: &Path,
    watch: &Watch,
    work: &mut dyn FnMut(&Row, &Path) -> anyhow::Result<Figures>,
) -> Result<Record, BatchError> {
    let began = Instant::now();
    let result = caught(|| work(row, &project_folder(out, row)));
    let result = result.unwrap_or_else(|panic| Err(anyhow::anyhow!("the program has a fault: {panic}")));
    // What was stopped has not failed.
    watch.check()?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(match result {
        Ok(figures) => Record {
            work: wanted,
            state: State::Done,
            figures: Some(figures),
            seconds,
            error: None,
        },
        Err(error) => Record {
            work: wanted,
            state: State::Failed,
            figures: None,
            seconds,
            error: Some(format!("{error:#}")),
        },
    })
}

#[cfg(test)]
mod tests;
