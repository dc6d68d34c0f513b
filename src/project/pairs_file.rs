//! `pairs.csv`: pairs with their captions, a row each, as other programs like to read them.

use super::files::{StoreError, read_if_there};
use super::pair::Pair;
use super::trained::TrainedOn;
use super::units::{CueId, FrameIndex, Seconds};
use serde::Deserialize;
use std::io::{self, Write};
use std::path::Path;

/// Its name, in the project folder and in that of each run.
pub const NAME: &str = "pairs.csv";

#[derive(Deserialize)]
struct Row {
    frame: u32,
    time: f64,
    cue: Option<u32>,
    #[serde(default)]
    text: String,
}

/// Writes the rows.
pub fn write(of: &TrainedOn, file: &mut dyn Write) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(file);
    rows.write_record(["pair", "frame", "time", "cue", "text"])?;
    for (index, (pair, text)) in of.pairs.iter().zip(&of.texts).enumerate() {
        rows.write_record([
            index.to_string(),
            pair.frame.0.to_string(),
            pair.time.0.to_string(),
            pair.cue.map(|id| id.0.to_string()).unwrap_or_default(),
            text.clone(),
        ])?;
    }
    rows.flush()
}

/// Reads the rows; none where there is no file.
///
/// # Errors
/// When the file is there and cannot be read or is damaged.
pub fn read(path: &Path) -> Result<TrainedOn, StoreError> {
    let mut of = TrainedOn::default();
    let bytes = read_if_there(path)?.unwrap_or_default();
    for row in csv::Reader::from_reader(bytes.as_slice()).deserialize::<Row>() {
        let row = row.map_err(|error| StoreError::Damaged {
            path: path.into(),
            what: error.to_string(),
        })?;
        of.pairs.push(Pair {
            frame: FrameIndex(row.frame),
            time: Seconds(row.time),
            cue: row.cue.map(CueId),
        });
        of.texts.push(row.text);
    }
    Ok(of)
}
