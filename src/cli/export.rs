//! `frameloom export PROJECT --what … --out PATH`: parts of a project for other programs.

use super::Unusable;
use crate::captions::{self, OutputFormat};
use crate::export::curves::MAX_WEIGHT;
use crate::export::palette::{TOTAL, colour};
use crate::export::{CurveFormat, CurveStyle, Curves, write_curves};
use crate::project::files::write_whole;
use crate::project::{Project, Run};
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
    /// Smoothing of the curves, 0 to 0.999.
    #[arg(long, default_value_t = 0.0)]
    smoothing: f64,
    /// The file to write; for TensorBoard its log folder.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The latent means: an NPY array, a row a pair.
    Latents,
    /// The captions: SRT, VTT, CSV, JSON or TXT by the file's extension.
    Captions,
    /// The loss curves: CSV, SVG or PNG by the file's extension.
    Curves,
    /// The loss curves as event files.
    Tensorboard,
}

/// Writes.
pub fn run(arguments: &ExportArguments) -> anyhow::Result<()> {
    let folder = &arguments.project;
    ensure!(
        Project::is_project(folder),
        Unusable(format!("{} is no project folder", folder.display()))
    );
    let project = Project::load(folder)?;
    let out = &arguments.out;
    match arguments.what {
        What::Captions => write_captions(&project, out),
        What::Latents => {
            let [run] = &runs(&project, arguments)?[..] else {
                return Err(Unusable("latents are of one training: name it with one --run".into()).into());
            };
            let from = project.run_folder(&run.name).join("latents.npy");
            let bytes = std::fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
            Ok(write_whole(out, |file| file.write_all(&bytes))?)
        }
        What::Curves => {
            let format = CurveFormat::of(&extension(out)).ok_or_else(|| {
                Unusable(format!(
                    "curves are written as .svg, .png or .csv, not as {}",
                    out.display()
                ))
            })?;
            write(&project, arguments, format)
        }
        What::Tensorboard => write(&project, arguments, CurveFormat::TensorBoard),
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
