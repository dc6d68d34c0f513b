//! `frameloom batch LIST.csv --out DIR`: the whole way for each video of a list.

use super::progress::Progress;
use super::run::{self, RunArguments, RunOptions};
use super::{Output, Unusable};
use crate::analysis::Places;
use crate::analysis::batch::{self, BatchError, Entry, Figures, Row, State};
use crate::jobs::Watch;
use crate::project::Project;
use anyhow::{Context, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Parser};
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct BatchArguments {
    /// A CSV table with a video a row. Its first line names the columns: video (a file or a link), captions, and as you
    /// like name, topic, and the options of run that take a value (language, k, epochs, from, to…), which count for that
    /// row. Files are looked for from the folder of the list.
    list: PathBuf,
    /// Folder for the projects, one a row, and for summary.csv. The same command again goes on where it stopped.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    defaults: Defaults,
    #[command(flatten)]
    output: Output,
}

/// The options of `run` as they were typed: they count for every row that says nothing else.
#[derive(Debug)]
struct Defaults(Vec<OsString>);

impl Args for Defaults {
    fn augment_args(command: Command) -> Command {
        RunOptions::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        RunOptions::augment_args_for_update(command)
    }
}

impl FromArgMatches for Defaults {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        RunOptions::from_arg_matches(matches)?;
        let mut typed = Vec::new();
        for (id, long, takes_value) in options() {
            if matches.value_source(&id) != Some(ValueSource::CommandLine) {
                continue;
            }
            if !takes_value {
                typed.push(format!("--{long}").into());
                continue;
            }
            for value in matches.get_raw(&id).into_iter().flatten() {
                let mut option = OsString::from(format!("--{long}="));
                option.push(value);
                typed.push(option);
            }
        }
        Ok(Self(typed))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The options of `run`: what clap calls each, its name, and whether it takes a value.
fn options() -> Vec<(String, String, bool)> {
    let command = RunOptions::augment_args(Command::new("run"));
    let option = |argument: &Arg| {
        let long = argument.get_long()?.to_owned();
        Some((
            argument.get_id().to_string(),
            long,
            argument.get_action().takes_values(),
        ))
    };
    command.get_arguments().filter_map(option).collect()
}

/// A row as a command of its own.
#[derive(Debug, Parser)]
#[command(name = "run", args_override_self = true)]
struct RowCommand {
    #[command(flatten)]
    run: RunArguments,
}

/// Whether what was typed counts for a row: how speech is written down does not where the row has captions, or says itself how.
fn counts_for(row: &Row, typed: &OsString) -> bool {
    let typed = typed.to_string_lossy();
    let is = |name: &str| {
        typed
            .strip_prefix("--")
            .is_some_and(|rest| rest.split('=').next() == Some(name))
    };
    let says = |name: &str| row.options.iter().any(|(own, _)| own == name);
    let (model, own) = (is("speech-model") || is("prompt"), is("recogniser"));
    let otherwise = (model && says("recogniser")) || (own && (says("speech-model") || says("prompt")));
    !((model || own) && row.captions.is_some() || otherwise)
}

fn command(row: &Row, defaults: &[OsString], project: &Path) -> Result<RunArguments, String> {
    let mut words: Vec<OsString> = vec!["run".into()];
    words.extend(defaults.iter().filter(|word| counts_for(row, word)).cloned());
    words.extend(
        row.options
            .iter()
            .map(|(name, value)| format!("--{name}={value}").into()),
    );
    words.extend(
        row.captions
            .iter()
            .map(|captions| format!("--captions={captions}").into()),
    );
    let mut out = OsString::from("--out=");
    out.push(project);
    words.extend([out, "--".into(), row.source.clone().into()]);
    let parsed = RowCommand::try_parse_from(words).map_err(|error| {
        let text = error.to_string();
        text.lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned()
    })?;
    Ok(parsed.run)
}

/// Works through the list, and prints the summary.
pub fn run(arguments: &BatchArguments) -> anyhow::Result<()> {
    let columns: Vec<String> = options()
        .into_iter()
        .filter_map(|(_, long, takes_value)| takes_value.then_some(long))
        .collect();
    let mut rows =
        batch::read_list(&arguments.list, &columns).map_err(|error| Unusable(error.to_string()))?;
    // The project's folder may be moved or named anew; what comes out is the same.
    let typed = &arguments.defaults.0;
    for row in &mut rows {
        let read = command(row, typed, &batch::project_folder(&arguments.out, row));
        row.problem = row.problem.take().or(read.err());
    }
    let progress = Progress::new();
    let (watch, places) = (&progress.watch, Places::platform());
    let defaults: Vec<String> = typed
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let mut work = |row: &Row, project: &Path| one(row, typed, project, &places, watch);
    let mut tell = |entry: &Entry| match &entry.error {
        Some(error) => eprintln!("{} failed: {error}", entry.name),
        None => eprintln!("{} is {}", entry.name, entry.state),
    };
    let result = batch::run(&rows, &defaults, &arguments.out, watch, &mut work, &mut tell);
    let entries = match result {
        Err(BatchError::Cancelled(_)) => bail!("stopped; the same command goes on from there"),
        other => other?,
    };
    let summary = arguments.out.join("summary.csv");
    let count = |state: State| entries.iter().filter(|entry| entry.state == state).count();
    super::print(&if arguments.output.json {
        format!("{:#}\n", json!({ "summary": summary, "rows": entries }))
    } else {
        format!(
            "{} of {} done: {}\n",
            count(State::Done),
            entries.len(),
            summary.display()
        )
    })?;
    match count(State::Failed) {
        0 => Ok(()),
        failed => bail!(
            "{failed} of {} failed; {} says why. The same command tries them again",
            entries.len(),
            summary.display()
        ),
    }
}

/// Goes the whole way for one row.
fn one(
    row: &Row,
    defaults: &[OsString],
    project: &Path,
    places: &Places,
    watch: &Watch,
) -> anyhow::Result<Figures> {
    let arguments = command(row, defaults, project).map_err(Unusable)?;
    let (done, _) = run::go(&arguments, places, watch)?;
    if let Some(topic) = &row.topic {
        Project::set_topic(project, topic)?;
    }
    let run = done.run.as_ref().context("no run")?;
    let last = run.losses.last().context("no epochs")?;
    Ok(Figures {
        pairs: done.studied().len(),
        epochs: last.epoch,
        image: last.mean.image,
        text: last.mean.text,
        kl: last.mean.kl,
        total: last.mean.total,
        k: run.assignment.as_ref().map_or(0, |assignment| assignment.k),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Parser)]
    struct Typed {
        #[command(flatten)]
        batch: BatchArguments,
    }

    fn row(options: &[(&str, &str)]) -> Row {
        Row {
            line: 2,
            name: "a".into(),
            source: "-a.mp4".into(),
            captions: Some("-a.srt".into()),
            topic: None,
            options: options
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            problem: None,
        }
    }

    #[test]
    fn what_is_typed_counts_for_every_row_that_says_nothing_else() {
        let typed = Typed::try_parse_from([
            "batch",
            "--k",
            "4",
            "list.csv",
            "--vectors",
            "a.txt",
            "--out",
            "out",
            "--vectors=b.txt",
            "--caption-offset",
            "-2",
            "--allow-private-addresses",
        ]);
        let defaults = typed.unwrap().batch.defaults.0;
        let mut words: Vec<_> = defaults.iter().map(|word| word.to_str().unwrap()).collect();
        words.sort_unstable();
        assert_eq!(
            words,
            [
                "--allow-private-addresses",
                "--caption-offset=-2",
                "--k=4",
                "--vectors=a.txt",
                "--vectors=b.txt"
            ]
        );
        let read = |options: &[(&str, &str)]| command(&row(options), &defaults, Path::new("out/a"));
        let debug = format!("{:?}", read(&[("k", "7")]).unwrap());
        assert!(
            debug.contains("k: Some(7)")
                && debug.contains("caption_offset: -2.0")
                && debug.contains("\"-a.mp4\""),
            "{debug}"
        );
        // A row with captions needs no recogniser, and one that names its own takes that.
        let typed = ["--speech-model=whisper".into(), "--prompt=x".into()];
        let with = |row: &Row| format!("{:?}", command(row, &typed, Path::new("out/a")).unwrap());
        assert!(with(&row(&[])).contains("speech_model: None"));
        let silent = |options: &[(&str, &str)]| Row {
            captions: None,
            ..row(options)
        };
        assert!(with(&silent(&[])).contains("speech_model: Some(\"whisper\")"));
        let own = with(&silent(&[("recogniser", "hear {audio}")]));
        assert!(
            own.contains("speech_model: None") && !own.contains("recogniser: None"),
            "{own}"
        );
        let bad = read(&[("k", "seven")]).unwrap_err();
        assert!(bad.contains("'seven'") && bad.contains("--k"), "{bad}");
        assert!(Typed::try_parse_from(["batch", "list.csv", "--out", "out", "--k", "x"]).is_err());
    }
}
