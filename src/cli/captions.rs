//! `frameloom captions FILE`.

use super::Unusable;
use super::check::{self, CheckArguments};
use crate::captions::{self, OutputFormat, ReadOptions};
use crate::project::Seconds;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct CaptionArguments {
    #[command(subcommand)]
    command: Option<CaptionCommand>,
    /// The caption file: SRT, WebVTT, ASS, LRC, TTML, timed text, JSON3, Whisper JSON, CSV or plain text.
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// The format to write.
    #[arg(long, value_parser = output_format(), default_value = "srt")]
    to: OutputFormat,
    /// The encoding of the file, such as gb18030; found out where not given.
    #[arg(long)]
    encoding: Option<String>,
    /// Length of the video in seconds, over which a text without times is spread; it also tells seconds from
    /// milliseconds.
    #[arg(long)]
    duration: Option<f64>,
}

#[derive(Debug, Subcommand)]
enum CaptionCommand {
    /// Propose times for captions by the speech of their video, and say which ones are doubtful.
    Check(CheckArguments),
}

/// A format by the extension of its files.
pub fn output_format() -> impl TypedValueParser<Value = OutputFormat> {
    PossibleValuesParser::new(OutputFormat::ALL.map(OutputFormat::extension))
        .try_map(|name| name.parse::<OutputFormat>())
}

/// Converts a caption file to standard output, or checks it.
pub fn run(arguments: &CaptionArguments) -> anyhow::Result<()> {
    if let Some(CaptionCommand::Check(arguments)) = &arguments.command {
        return check::run(arguments);
    }
    let file = arguments
        .file
        .as_deref()
        .ok_or_else(|| Unusable("give a caption file to convert".into()))?;
    let options = ReadOptions {
        encoding: arguments.encoding.clone(),
        duration: arguments.duration.map(Seconds),
    };
    let imported = captions::read(file, &options)?;
    let (cues, format) = (imported.track.cues.len(), imported.format.name());
    eprintln!("{cues} cues, {format}, {}", imported.encoding);
    imported
        .warnings
        .iter()
        .for_each(|warning| eprintln!("warning: {warning}"));
    super::print(&captions::write(&imported.track, arguments.to))
}
