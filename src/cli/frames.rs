//! `frameloom frames VIDEO`.

use super::progress::Progress;
use super::{Output, Unusable};
use crate::media;
use crate::project::files::write_whole;
use crate::project::{Sampling, SamplingMode, Seconds};
use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use image::{ExtendedColorType, ImageEncoder};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How frames are taken from the video: shared with `run`.
#[derive(Debug, Args)]
pub struct SamplingArguments {
    /// Seconds between frames.
    #[arg(long, default_value_t = 2.0)]
    every: f64,
    /// Second to begin at.
    #[arg(long, default_value_t = 0.0)]
    from: f64,
    /// Second to end at; the end of the video where not given.
    #[arg(long)]
    to: Option<f64>,
    /// The exact picture at each moment, or the nearest key frame where one is close (much faster).
    #[arg(long, value_enum, default_value = "exact")]
    sampling: Mode,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    Exact,
    Keyframes,
}

impl SamplingArguments {
    /// The sampling asked for, with pictures of the usual size.
    pub fn sampling(&self) -> anyhow::Result<Sampling> {
        let unusable = |text: &str| Unusable(text.into());
        ensure!(
            self.every.is_finite() && self.every > 0.0,
            unusable("--every must be more than 0 seconds")
        );
        ensure!(
            self.from.is_finite() && self.from >= 0.0,
            unusable("--from must be 0 or more seconds")
        );
        ensure!(
            self.to.is_none_or(|to| to > self.from),
            unusable("--to must be after --from")
        );
        let mode = match self.sampling {
            Mode::Exact => SamplingMode::Exact,
            Mode::Keyframes => SamplingMode::Keyframes,
        };
        let (every, from, to) = (Seconds(self.every), Seconds(self.from), self.to.map(Seconds));
        Ok(Sampling {
            every,
            from,
            to,
            mode,
            ..Sampling::default()
        })
    }
}

#[derive(Debug, Args)]
pub struct FrameArguments {
    /// The video.
    video: PathBuf,
    #[command(flatten)]
    sampling: SamplingArguments,
    /// Columns of a picture.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=8192))]
    width: u32,
    /// Rows of a picture.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=8192))]
    height: u32,
    /// Picture format.
    #[arg(long, value_enum, default_value = "png")]
    format: Format,
    /// Folder for the pictures; made where it is not there.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Png,
    Jpeg,
}

/// Samples frames into picture files.
pub fn run(arguments: &FrameArguments) -> anyhow::Result<()> {
    let mut sampling = arguments.sampling.sampling()?;
    (sampling.width, sampling.height) = (arguments.width, arguments.height);
    let progress = Progress::new();
    let started = Instant::now();
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot make the folder {}", arguments.out.display()))?;
    let mut rows = Vec::new();
    let mut failed = None;
    progress.watch.say("sampling frames");
    let report = media::sample(&arguments.video, &sampling, &progress.watch, &mut |frame| {
        let extension = if matches!(arguments.format, Format::Png) {
            "png"
        } else {
            "jpg"
        };
        let name = format!("{:06}.{extension}", frame.index.0);
        let written = write_picture(
            &arguments.out.join(&name),
            &frame.rgb,
            &sampling,
            arguments.format,
        );
        if let Err(error) = written {
            failed.get_or_insert(error);
            progress.watch.cancel();
        }
        rows.push(serde_json::json!({ "file": name, "time": frame.time, "shown_at": frame.shown_at }));
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let report = report?;
    report
        .warnings
        .iter()
        .for_each(|warning| eprintln!("warning: {warning}"));
    if report.substituted > 0 {
        eprintln!(
            "{} of {} frames are the nearest key frame",
            report.substituted, report.frames
        );
    }
    if arguments.output.json {
        let document = serde_json::json!({
            "frames": rows,
            "substituted": report.substituted,
            "warnings": report.warnings,
            "seconds": started.elapsed().as_secs_f64(),
        });
        return super::print(&format!("{document:#}\n"));
    }
    super::print(&format!(
        "{} frames in {}\n",
        report.frames,
        arguments.out.display()
    ))
}

fn write_picture(path: &Path, rgb: &[u8], sampling: &Sampling, format: Format) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    let (width, height, colour) = (sampling.width, sampling.height, ExtendedColorType::Rgb8);
    match format {
        Format::Png => {
            image::codecs::png::PngEncoder::new(&mut bytes).write_image(rgb, width, height, colour)?;
        }
        Format::Jpeg => {
            image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 92)
                .write_image(rgb, width, height, colour)?;
        }
    }
    write_whole(path, |file| file.write_all(&bytes))?;
    Ok(())
}
