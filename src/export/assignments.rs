//! Pairs with their clusters as a table, and their numbers as arrays.

use super::ExportError;
use super::study::{PairFacts, Study};
use crate::project::PairIndex;
use crate::project::files::write_whole;
use ndarray::Array2;
use ndarray_npy::WriteNpyExt;
use std::io;
use std::path::Path;

/// Writes a table of all pairs, a row each, in UTF-8: see [`table`].
///
/// # Errors
/// When no clusters are chosen yet, or the file cannot be written.
pub fn write_assignments(path: &Path, study: &Study) -> Result<(), ExportError> {
    study.assignment()?;
    let bytes = table(study, &study.pairs())?;
    Ok(write_whole(path, |file| file.write_all(&bytes))?)
}

/// Some pairs as a table. `pair`, `cluster` and `cue` count from 0, as the project's own files and the rows of the arrays
/// do; `number` counts pairs from 1, as people do. Times are in seconds of the video, which `source` names. What a pair does not have is empty.
///
/// # Errors
/// When the table cannot be made.
pub fn table(study: &Study, pairs: &[PairFacts]) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    rows(study, pairs, &mut bytes).map_err(|error| ExportError::Table(error.to_string()))?;
    Ok(bytes)
}

fn rows(study: &Study, pairs: &[PairFacts], bytes: &mut Vec<u8>) -> csv::Result<()> {
    let mut rows = csv::Writer::from_writer(bytes);
    let heads = [
        "pair",
        "number",
        "frame",
        "time",
        "cue",
        "cue_start",
        "cue_end",
        "caption",
        "cluster",
        "cluster_name",
        "x",
        "y",
        "source",
    ];
    let further = study.numbers.iter().map(|numbers| numbers.name.as_str());
    rows.write_record(heads.into_iter().chain(further))?;
    for facts in pairs {
        let number = |value: Option<f64>| {
            let known = value.filter(|value| value.is_finite());
            known.map(|value| value.to_string()).unwrap_or_default()
        };
        let place = |axis: usize| {
            let value = facts.place.and_then(|place| place.get(axis).copied());
            // Its own shortest form: as f64 it would have digits that mean nothing.
            value.map(|value| value.to_string()).unwrap_or_default()
        };
        let mut row = vec![
            facts.pair.0.to_string(),
            (facts.pair.index() + 1).to_string(),
            facts.frame.0.to_string(),
            facts.time.0.to_string(),
            facts.cue.map(|cue| cue.0.to_string()).unwrap_or_default(),
            number(facts.cue_span.map(|span| span.start.0)),
            number(facts.cue_span.map(|span| span.end.0)),
            facts.caption.to_owned(),
            facts
                .cluster
                .map(|cluster| cluster.0.to_string())
                .unwrap_or_default(),
            study.cluster_name(facts.cluster).to_owned(),
            place(0),
            place(1),
            study.source_name(facts.source).to_owned(),
        ];
        let further = study
            .numbers
            .iter()
            .map(|numbers| number(numbers.values.get(facts.pair.index()).copied()));
        row.extend(further);
        rows.write_record(row)?;
    }
    Ok(rows.flush()?)
}

/// Writes the latent means as an NPY array of 32-bit floats, a row a pair.
///
/// # Errors
/// When there are none, or the file cannot be written.
pub fn write_latents(path: &Path, study: &Study) -> Result<(), ExportError> {
    let latents = study.run()?.latents.as_ref().ok_or(ExportError::NoLatents)?;
    write_npy(path, &latents.values)
}

/// Writes the map as an NPY array of 32-bit floats, a row a pair, with columns x and y.
///
/// # Errors
/// When there is none, or the file cannot be written.
pub fn write_map(path: &Path, study: &Study) -> Result<(), ExportError> {
    let points = &study.map()?.points;
    write_npy(
        path,
        &Array2::from_shape_fn((points.len(), 2), |(row, axis)| points[row][axis]),
    )
}

fn write_npy(path: &Path, values: &Array2<f32>) -> Result<(), ExportError> {
    Ok(write_whole(path, |file| {
        values.write_npy(file).map_err(io::Error::other)
    })?)
}

/// The pairs of these places, in order and each once.
///
/// # Errors
/// When none is given, or one that does not exist.
pub fn chosen_pairs<'a>(study: &Study<'a>, pairs: &[PairIndex]) -> Result<Vec<PairFacts<'a>>, ExportError> {
    let all = study.pairs();
    if let Some(unknown) = pairs.iter().find(|pair| pair.index() >= all.len()) {
        return Err(ExportError::UnknownPair {
            number: unknown.index() + 1,
            count: all.len(),
        });
    }
    let wanted: std::collections::BTreeSet<PairIndex> = pairs.iter().copied().collect();
    if wanted.is_empty() {
        return Err(ExportError::NoPairs);
    }
    Ok(all
        .into_iter()
        .filter(|facts| wanted.contains(&facts.pair))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::sample_study::project;
    use super::super::study::Numbers;
    use super::*;
    use ndarray_npy::ReadNpyExt;

    #[test]
    fn the_table_reads_back_whatever_the_captions_hold() {
        let project = project();
        let mut study = Study::of(&project);
        study.numbers = vec![Numbers {
            name: "loss".into(),
            values: vec![0.5, f64::NAN, 0.25],
        }];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("assignments.csv");
        write_assignments(&path, &study).unwrap();
        let mut reader = csv::Reader::from_path(path).unwrap();
        assert_eq!(reader.headers().unwrap().iter().next_back(), Some("loss"));
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let row = |row: usize| rows[row].iter().collect::<Vec<_>>();
        assert_eq!(
            row(2),
            [
                "2",
                "3",
                "2",
                "4",
                "2",
                "4",
                "6.5",
                "疫苗 & 接种",
                "1",
                "Cluster 2",
                "2",
                "-1",
                "storm",
                "0.25"
            ]
        );
        assert_eq!(row(3)[7..], ["", "", "", "3", "-1.5", "storm", ""]);
        assert_eq!((row(1)[13], row(5)[7]), ("", "\"quoted\", so"));
    }

    #[test]
    fn arrays_have_a_row_a_pair() {
        let project = project();
        let study = Study::of(&project);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let read = || Array2::<f32>::read_npy(std::fs::File::open(&path).unwrap()).unwrap();
        write_latents(&path, &study).unwrap();
        assert_eq!(
            Some(read()),
            project
                .run
                .as_ref()
                .and_then(|run| Some(run.latents.as_ref()?.values.clone()))
        );
        write_map(&path, &study).unwrap();
        assert_eq!((read().dim(), read()[[5, 1]]), ((6, 2), -2.5));
    }

    #[test]
    fn a_choice_of_pairs_is_checked() {
        let project = project();
        let study = Study::of(&project);
        let chosen = |pairs: &[u32]| {
            let pairs: Vec<PairIndex> = pairs.iter().copied().map(PairIndex).collect();
            chosen_pairs(&study, &pairs)
                .map(|facts| facts.iter().map(|facts| facts.pair.0).collect::<Vec<_>>())
        };
        assert_eq!(chosen(&[4, 1, 4]).unwrap(), [1, 4]);
        assert!(chosen(&[6]).unwrap_err().to_string().contains("no pair 7"));
        assert!(chosen(&[]).is_err());
    }
}
