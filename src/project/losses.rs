//! The loss curves of a run as a table: `losses.csv`.

use super::files::{StoreError, read_if_there};
use super::results::{LossPoint, LossTerms};
use std::io::Write;
use std::path::{Path, PathBuf};

const COLUMNS: &str = "epoch,image,text,kl,total,paper_image,paper_text,paper_kl,paper_total,seconds";
/// Behind the others, where some pairs are not learned from.
const VALIDATION: &str = ",validation_image,validation_text,validation_kl,validation_total";

fn fields(terms: &LossTerms) -> String {
    format!("{},{},{},{}", terms.image, terms.text, terms.kl, terms.total)
}

fn terms(values: &[f64]) -> Option<LossTerms> {
    match *values {
        [image, text, kl, total] => Some(LossTerms {
            image,
            text,
            kl,
            total,
        }),
        _ => None,
    }
}

/// Writes the curves, a row an epoch.
pub(super) fn write_losses(losses: &[LossPoint], file: &mut dyn Write) -> std::io::Result<()> {
    let validated = losses.iter().any(|point| point.validation.is_some());
    writeln!(file, "{COLUMNS}{}", if validated { VALIDATION } else { "" })?;
    for point in losses {
        let (mean, sums) = (fields(&point.mean), fields(&point.paper_scale));
        write!(file, "{},{mean},{sums},{}", point.epoch, point.seconds)?;
        match &point.validation {
            Some(validation) => writeln!(file, ",{}", fields(validation))?,
            None => writeln!(file)?,
        }
    }
    Ok(())
}

/// Reads the curves; none where there is no file.
pub(super) fn read_losses(path: &Path) -> Result<Vec<LossPoint>, StoreError> {
    let Some(bytes) = read_if_there(path)? else {
        return Ok(Vec::new());
    };
    let text = String::from_utf8_lossy(&bytes);
    let rows = text
        .lines()
        .enumerate()
        .skip(1)
        .filter(|(_, line)| !line.is_empty());
    rows.map(|(row, line)| {
        let values: Vec<f64> = line.split(',').map_while(|field| field.parse().ok()).collect();
        point(&values).ok_or_else(|| StoreError::Damaged {
            path: PathBuf::from(path),
            what: format!("line {} does not hold the numbers of {COLUMNS}", row + 1),
        })
    })
    .collect()
}

fn point(values: &[f64]) -> Option<LossPoint> {
    let (&epoch, rest) = values.split_first()?;
    let (mean, rest) = rest.split_at_checked(4)?;
    let (sums, rest) = rest.split_at_checked(4)?;
    let (&seconds, validation) = rest.split_first()?;
    if !validation.is_empty() && validation.len() != 4 {
        return None;
    }
    Some(LossPoint {
        epoch: epoch as u32,
        mean: terms(mean)?,
        paper_scale: terms(sums)?,
        validation: terms(validation),
        seconds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_come_back_with_and_without_validation() {
        let some = |x: f64| LossTerms {
            image: x,
            text: x * 2.0,
            kl: 0.1,
            total: x + 0.3,
        };
        let mut losses: Vec<LossPoint> = (1..4)
            .map(|epoch| LossPoint {
                epoch,
                mean: some(1.0 / f64::from(epoch)),
                paper_scale: some(3.0),
                validation: None,
                seconds: 0.25,
            })
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("losses.csv");
        for _ in 0..2 {
            let mut file = Vec::new();
            write_losses(&losses, &mut file).unwrap();
            std::fs::write(&path, file).unwrap();
            assert_eq!(read_losses(&path).unwrap(), losses);
            losses[1].validation = Some(some(7.0));
        }
        std::fs::write(&path, format!("{COLUMNS}\n1,2,3\n")).unwrap();
        assert!(read_losses(&path).unwrap_err().to_string().contains("line 2"));
    }
}
