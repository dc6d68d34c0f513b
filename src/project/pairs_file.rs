//! `pairs.csv`: pairs with their captions, a row each, as other programs like to read them.

use super::files::{StoreError, read_if_there};
use super::pair::Pair;
use super::trained::TrainedOn;
use super::units::{CueId, FrameIndex, Seconds, SourceIndex};
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
    #[serde(default)]
    source: u32,
}

/// Writes the rows; with the video of each only where there are several.
pub fn write(of: &TrainedOn, file: &mut dyn Write) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(file);
    let several = of.pairs.iter().any(|pair| !pair.source.is_own());
    let source = several.then_some("source");
    rows.write_record(["pair", "frame", "time", "cue", "text"].into_iter().chain(source))?;
    for (index, (pair, text)) in of.pairs.iter().zip(&of.texts).enumerate() {
        let row = [
            index.to_string(),
            pair.frame.0.to_string(),
            pair.time.0.to_string(),
            pair.cue.map(|id| id.0.to_string()).unwrap_or_default(),
            text.clone(),
        ];
        let source = several.then(|| pair.source.0.to_string());
        rows.write_record(row.into_iter().chain(source))?;
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
            source: SourceIndex(row.source),
            frame: FrameIndex(row.frame),
            time: Seconds(row.time),
            cue: row.cue.map(CueId),
        });
        of.texts.push(row.text);
    }
    Ok(of)
}
