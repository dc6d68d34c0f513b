//! `frameloom export PROJECT --what … --out PATH`: parts of a project for other programs and other people.

use super::Unusable;
use super::progress::Progress;
use crate::analysis::{self, Places, Takeaway, Taking};
use crate::captions::{self, OutputFormat};
use crate::export::curves::MAX_WEIGHT;
use crate::export::palette::{TOTAL, colour};
use crate::export::{CurveFormat, CurveStyle, Curves, ExportError, write_curves};
use crate::jobs::Watch;
use crate::project::files::write_whole;
use crate::project::{PairIndex, Project, Run};
use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The project folder.
    project: PathBuf,
    /// What to write.
    #[arg(long, value_enum)]
    what: What,
    /// Which training; may be given several times for curves and TensorBoard. The one in use where not given.
    #[arg(long = "run")]
    runs: Vec<String>,
    /// Which pairs for a selection, counted from 1 as in the window, such as 3,7,12-20.
    #[arg(long, value_delimiter = ',', value_parser = numbers)]
    pairs: Vec<(usize, usize)>,
    /// Draw the map with pictures in place of dots as well.
    #[arg(long)]
    thumbnails: bool,
    /// Smoothing of the curves, 0 to 0.999.
    #[arg(long, default_value_t = 0.0)]
    smoothing: f64,
    /// The file to write; for plots, a selection and the projector a new folder, for TensorBoard its log folder.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// One HTML page with everything: opens anywhere, needs no connection.
    Report,
    /// A CSV table: each pair with its times, caption, cluster and place on the map.
    Assignments,
    /// The latent means: an NPY array, a row a pair.
    Latents,
    /// The map: an NPY array, a row a pair, x and y.
    Tsne,
    /// A log folder for TensorBoard's embedding projector: vectors, metadata and pictures.
    Projector,
    /// Captions, clusters and tags for the annotation program ELAN.
    Eaf,
    /// A folder with every plot of the cluster steps as SVG and PNG.
    Plots,
    /// A folder with the frames of --pairs as PNG and a CSV table.
    Selection,
    /// The captions: SRT, VTT, ASS, CSV, JSON or TXT by the file's extension.
    Captions,
    /// The loss curves: CSV, SVG or PNG by the file's extension.
    Curves,
    /// The loss curves as event files.
    Tensorboard,
    /// Parameters, seeds, versions, hashes and a paragraph to cite, as plain text.
    Methods,
}

/// Writes.
pub fn run(arguments: &ExportArguments) -> anyhow::Result<()> {
    let folder = &arguments.project;
    ensure!(
        Project::is_project(folder),
        Unusable(format!("{} is no project folder", folder.display()))
    );
    let mut project = Project::load(folder)?;
    let out = &arguments.out;
    match arguments.what {
        What::Captions => return write_captions(&project, out),
        What::Curves => {
            let format = CurveFormat::of(&extension(out)).ok_or_else(|| {
                Unusable(format!(
                    "curves are written as .svg, .png or .csv, not as {}",
                    out.display()
                ))
            })?;
            return write(&project, arguments, format);
        }
        What::Tensorboard => return write(&project, arguments, CurveFormat::TensorBoard),
        _ => {}
    }
    if !arguments.runs.is_empty() {
        let [run] = &mut runs(&project, arguments)?[..] else {
            return Err(Unusable("this is of one training: name it with one --run".into()).into());
        };
        project.run = Some(std::mem::take(run));
    }
    ensure!(
        arguments.what == What::Selection || arguments.pairs.is_empty(),
        Unusable("--pairs goes with --what selection".into())
    );
    let progress = Progress::new();
    of_clusters(&project, arguments, &progress.watch).map_err(|error| match error.downcast() {
        // What is wrong with the arguments, not with the work.
        Ok(error @ (ExportError::NotEmpty(_) | ExportError::UnknownPair { .. })) => {
            Unusable(error.to_string()).into()
        }
        Ok(error) => error.into(),
        Err(error) => error,
    })
}

fn of_clusters(project: &Project, arguments: &ExportArguments, watch: &Watch) -> anyhow::Result<()> {
    let what = match arguments.what {
        What::Report => Takeaway::Report,
        What::Assignments => Takeaway::Assignments,
        What::Latents => Takeaway::Latents,
        What::Tsne => Takeaway::Tsne,
        What::Projector => Takeaway::Projector,
        What::Eaf => Takeaway::Eaf,
        What::Plots => Takeaway::Plots,
        What::Selection => Takeaway::Selection,
        What::Methods => Takeaway::Methods,
        What::Captions | What::Curves | What::Tensorboard => return Ok(()),
    };
    ensure!(
        what != Takeaway::Selection || !arguments.pairs.is_empty(),
        Unusable("name the pairs of the selection, such as --pairs 3,7,12-20".into())
    );
    let last = project.studied().len() + 1;
    let named = arguments
        .pairs
        .iter()
        .flat_map(|(from, to)| *from..=(*to).min(last.max(*from)));
    let pairs: Vec<PairIndex> = named.map(|number| PairIndex::from(number - 1)).collect();
    let taking = Taking {
        pairs: &pairs,
        thumbnails: arguments.thumbnails,
    };
    analysis::take_away(project, what, taking, &arguments.out, &Places::platform(), watch)
}

/// Reads `7` or `12-20`.
fn numbers(text: &str) -> Result<(usize, usize), String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (from.trim().parse(), to.trim().parse()) {
        (Ok(from), Ok(to)) if (1..=to).contains(&from) => Ok((from, to)),
        _ => Err("pairs are counted from 1 and written as 7 or 12-20".into()),
    }
}
/// The trainings asked for, or the one in use.
fn runs(project: &Project, arguments: &ExportArguments) -> anyhow::Result<Vec<Run>> {
    if arguments.runs.is_empty() {
        let run = project
            .run
            .clone()
            .context("the project has no training yet: train first")?;
        return Ok(vec![run]);
    }
    let there = project.runs();
    let load = |name: &String| {
        ensure!(
            there.contains(name),
            Unusable(format!(
                "there is no training {name}; there are {}",
                there.join(", ")
            ))
        );
        Ok(Run::load(&project.run_folder(name))?)
    };
    arguments.runs.iter().map(load).collect()
}

fn extension(path: &Path) -> String {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    extension.unwrap_or_default()
}

fn write_captions(project: &Project, out: &Path) -> anyhow::Result<()> {
    let format: OutputFormat = extension(out)
        .parse()
        .map_err(|error: captions::UnknownOutput| Unusable(error.to_string()))?;
    let text = captions::write(&project.track, format);
    Ok(write_whole(out, |file| file.write_all(text.as_bytes()))?)
}

fn write(project: &Project, arguments: &ExportArguments, format: CurveFormat) -> anyhow::Result<()> {
    let smoothing = arguments.smoothing;
    ensure!(
        (0.0..=MAX_WEIGHT).contains(&smoothing),
        Unusable(format!("--smoothing must be 0 to {MAX_WEIGHT}"))
    );
    let runs = runs(project, arguments)?;
    let curves: Vec<Curves> = runs
        .iter()
        .map(|run| Curves {
            name: &run.name,
            losses: &run.losses,
            ended: Run::ended(&project.run_folder(&run.name)),
        })
        .collect();
    let several = runs.len() > 1;
    let style = CurveStyle {
        terms: [!several, !several, false, true],
        held_out: true,
        smoothing,
        logarithmic: true,
        dark: false,
        colours: if several {
            (0..runs.len()).map(colour).collect()
        } else {
            vec![colour(0), colour(1), colour(2), TOTAL]
        },
    };
    Ok(write_curves(&arguments.out, format, &curves, &style)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_alone_and_in_a_row() {
        assert_eq!((numbers("7"), numbers("12-20")), (Ok((7, 7)), Ok((12, 20))));
        assert!(
            ["0", "0-3", "9-2", "x", "-", ""]
                .iter()
                .all(|text| numbers(text).is_err())
        );
    }
}
