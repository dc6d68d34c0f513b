//! The command line. Results go to standard output, everything else to standard error; exit code 0 done, 1 failed,
//! 2 unusable arguments.

mod batch;
mod bench;
mod captions;
mod check;
mod cluster;
mod compare;
mod decode;
mod devices;
mod export;
mod fetch;
mod fit;
mod frames;
mod interpreting;
mod models;
mod progress;
mod result;
mod run;
mod sources;
mod surprise;
mod transcribe;

use crate::app;
use crate::project::Language;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use thiserror::Error;

/// Finds the themes of a news video from its pictures and its words.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A video or a project folder to open in the window.
    open: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Go the whole way from a video and its captions to tagged clusters.
    Run(Box<run::RunArguments>),
    /// Go the whole way for each video of a list, with one summary of all.
    Batch(Box<batch::BatchArguments>),
    /// Read a caption file and write it in another format, or check it against its video.
    Captions(Box<captions::CaptionArguments>),
    /// Fetch a video and its captions from a link.
    Fetch(Box<fetch::FetchArguments>),
    /// Write down what is said in a video, with the times of its words.
    Transcribe(Box<transcribe::TranscribeArguments>),
    /// Sample frames of a video as picture files.
    Frames(frames::FrameArguments),
    /// Cluster latents from a table or an array file.
    Cluster(cluster::ClusterArguments),
    /// Compare the clusters of two projects by their tags, or more projects with each other.
    Compare(compare::CompareArguments),
    /// Learn which words belong to which pictures of a project's video: what does not fit, and where.
    Fit(fit::FitArguments),
    /// Find the frames that a sentence describes, in a project that was fitted.
    Find(fit::FindArguments),
    /// Find where a project's video surprises, and which stretches do not go with their captions.
    Surprise(surprise::SurpriseArguments),
    /// Measure what trainings make of this machine, and how good the systems that match pictures and words are.
    Bench(Box<bench::BenchArguments>),
    /// Write a report, or parts of a project for other programs: tables, plots, captions, latents.
    Export(export::ExportArguments),
    /// Show what the trained network tells from cluster centroids, means of pairs, or the way between two.
    Decode(decode::DecodeArguments),
    /// List the pretrained models, fetch them, or point at some of one's own.
    Models(models::ModelArguments),
    /// List the devices that training can use, and why not others.
    Devices,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Args)]
struct Output {
    /// Print one JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// A language on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LanguageChoice {
    Auto,
    En,
    Zh,
}

impl LanguageChoice {
    /// The language, where it was not left open.
    fn chosen(self) -> Option<Language> {
        match self {
            Self::Auto => None,
            Self::En => Some(Language::English),
            Self::Zh => Some(Language::Chinese),
        }
    }
}

/// Arguments that are well-formed but cannot be used together or with these files: exit code 2.
#[derive(Debug, Error)]
#[error("{0}")]
struct Unusable(String);

/// Does what the arguments say.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let result = match arguments.command {
        None => app::run(arguments.open),
        Some(Command::Run(arguments)) => run::run(&arguments),
        Some(Command::Batch(arguments)) => batch::run(&arguments),
        Some(Command::Captions(arguments)) => captions::run(&arguments),
        Some(Command::Fetch(arguments)) => fetch::run(&arguments),
        Some(Command::Transcribe(arguments)) => transcribe::run(&arguments),
        Some(Command::Frames(arguments)) => frames::run(&arguments),
        Some(Command::Cluster(arguments)) => cluster::run(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::Fit(arguments)) => fit::fit(&arguments),
        Some(Command::Find(arguments)) => fit::find(&arguments),
        Some(Command::Surprise(arguments)) => surprise::run(&arguments),
        Some(Command::Bench(arguments)) => bench::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        Some(Command::Decode(arguments)) => decode::run(&arguments),
        Some(Command::Models(arguments)) => models::run(&arguments),
        Some(Command::Devices) => devices::run(),
    };
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    // A reader that has seen enough, such as `head`, is no failure.
    let closed = error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
    if closed {
        return ExitCode::SUCCESS;
    }
    eprintln!("frameloom: {error:#}");
    ExitCode::from(if error.is::<Unusable>() { 2 } else { 1 })
}

/// Prints to standard output; a closed pipe is an error like any other, not a panic.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Reads `2..9`: both ends belong to the range.
fn k_range(text: &str) -> Result<(usize, usize), String> {
    let ends = text
        .split_once("..")
        .map(|(from, to)| (from.parse(), to.trim_start_matches('=').parse()));
    match ends {
        Some((Ok(from), Ok(to))) if (2..=to).contains(&from) => Ok((from, to)),
        _ => Err("a range of k is written as 2..9, both ends included, from 2 on".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_range_of_k_holds_both_ends() {
        assert_eq!(k_range("2..9"), Ok((2, 9)));
        assert!(k_range("9..2").is_err() && k_range("1..4").is_err() && k_range("three").is_err());
    }
}
