//! `frameloom models`.

use super::Unusable;
use super::progress::Progress;
use crate::analysis::places::Places;
use crate::pretrained::bytes::Bytes;
use crate::pretrained::catalogue::{self, Job, MODELS};
use crate::pretrained::download::{self, Hub};
use crate::pretrained::shelf::{Installed, Shelf, ShelfError, Source, State, Verdict};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ModelArguments {
    #[command(subcommand)]
    command: Option<ModelCommand>,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// List what is known and what is here; the same as no word at all.
    List,
    /// Fetch a model from the hub, or what is still missing of it. HF_ENDPOINT names another hub, HF_TOKEN holds an
    /// access token.
    Get {
        /// Name of the model, as the list has it.
        id: String,
    },
    /// Use a folder or a GGUF file of one's own, which stays where it is.
    Add {
        /// What it is for: describe, tag, phrases, translate, speech or search.
        job: Job,
        /// A folder with config.json and weights; for tag, a GGUF file.
        path: PathBuf,
    },
    /// Have a job done by this model from now on, in the window as well.
    Choose {
        /// What it is for: describe, tag, phrases, translate, speech or search.
        job: Job,
        /// Name of a model that is here.
        id: String,
    },
    /// Delete a model that was fetched, or forget one of one's own.
    Remove {
        /// Name of the model.
        id: String,
    },
    /// Compare the files of a fetched model with the hashes recorded for them.
    Verify {
        /// Name of the model.
        id: String,
    },
}

/// Does what is asked of the shelf of models.
pub fn run(arguments: &ModelArguments) -> anyhow::Result<()> {
    let mut shelf = Shelf::open(&Places::platform().models())?;
    if let Some(warning) = shelf.warning() {
        eprintln!("warning: {warning}");
    }
    let (document, text) = match &arguments.command {
        None | Some(ModelCommand::List) => list(&shelf),
        Some(ModelCommand::Get { id }) => {
            let model = get(&mut shelf, id)?;
            let text = format!("{id} is here: {}\n", model.path.display());
            (installed_json(&shelf, &model), text)
        }
        Some(ModelCommand::Add { job, path }) => {
            let model = shelf.add_local(*job, path).map_err(unusable)?;
            let (id, path) = (&model.id, model.path.display());
            let chosen = shelf.chosen(*job).is_some_and(|chosen| chosen.id == *id);
            let text = if chosen {
                format!("{id} is used to {}, from {path}\n", job.task())
            } else {
                format!("{id} is on the list, from {path}; to use it: frameloom models choose {job} {id}\n")
            };
            (installed_json(&shelf, &model), text)
        }
        Some(ModelCommand::Choose { job, id }) => {
            shelf.choose(*job, id).map_err(unusable)?;
            let model = shelf.chosen(*job).context("what was chosen is gone again")?;
            let text = format!("{id} is used to {} from now on\n", job.task());
            (installed_json(&shelf, &model), text)
        }
        Some(ModelCommand::Remove { id }) => {
            let removed = shelf.remove(id).map_err(unusable)?;
            let mut text = format!("{id} is gone; {} are free again\n", Bytes(removed.freed));
            if let Some(folder) = &removed.stays {
                let _ = writeln!(
                    text,
                    "{} stays, for it holds files that were not fetched",
                    folder.display()
                );
            }
            let document = json!({ "id": id, "freed": removed.freed, "stays": removed.stays });
            (document, text)
        }
        Some(ModelCommand::Verify { id }) => return verify(&mut shelf, id, arguments.json),
    };
    say(arguments.json, &document, &text)
}

fn say(json: bool, document: &Value, text: &str) -> anyhow::Result<()> {
    if json {
        super::print(&format!("{document:#}\n"))
    } else {
        super::print(text)
    }
}

/// Names and files that cannot be used are the arguments' fault.
fn unusable(error: ShelfError) -> anyhow::Error {
    match error {
        ShelfError::Unknown(_)
        | ShelfError::Unfit { .. }
        | ShelfError::OtherJob { .. }
        | ShelfError::NotReady(_) => Unusable(error.to_string()).into(),
        _ => error.into(),
    }
}

fn get(shelf: &mut Shelf, id: &str) -> anyhow::Result<Installed> {
    let progress = Progress::new();
    let hub = Hub::from_environment(None)?;
    let watch = progress.watch.clone();
    let terminal = std::io::stderr().is_terminal();
    let mut tell = |now: &download::Progress| {
        // A log has a line a file; a terminal shows the pace too.
        if terminal {
            watch.say(pace(now));
        }
    };
    let installed = shelf.get(id, &hub, &progress.watch, &mut tell);
    if terminal {
        eprintln!();
    }
    installed.map_err(unusable)
}

fn pace(now: &download::Progress) -> String {
    let total = now
        .total
        .map_or(String::new(), |total| format!(" of {}", Bytes(total)));
    format!(
        "{}: {}{total}, {}/s",
        now.file,
        Bytes(now.done),
        Bytes(now.rate as u64)
    )
}

fn verify(shelf: &mut Shelf, id: &str, json: bool) -> anyhow::Result<()> {
    let progress = Progress::new();
    let verdicts = shelf.verify(id, &progress.watch).map_err(unusable)?;
    let word = |verdict: &Verdict| match verdict {
        Verdict::Same => "same",
        Verdict::Changed => "changed",
        Verdict::Gone => "gone",
        Verdict::Recorded => "recorded",
    };
    let files: Vec<_> = verdicts
        .iter()
        .map(|(file, verdict)| json!({ "file": file, "verdict": word(verdict) }))
        .collect();
    let bad = verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Changed | Verdict::Gone))
        .count();
    let mut text = String::new();
    for (file, verdict) in &verdicts {
        let _ = writeln!(text, "{:<9} {file}", word(verdict));
    }
    if verdicts.is_empty() {
        let _ = writeln!(
            text,
            "{id} is a model of your own: it is there and looks right, and there is no record to compare it with"
        );
    }
    say(
        json,
        &json!({ "id": id, "files": files, "sound": bad == 0 }),
        &text,
    )?;
    if bad > 0 {
        bail!(
            "{bad} of {} files of {id} are not as they were fetched. 'frameloom models get {id}' fetches them again",
            verdicts.len()
        );
    }
    Ok(())
}

fn list(shelf: &Shelf) -> (Value, String) {
    let mut entries = Vec::new();
    let mut text = String::new();
    for job in Job::ALL {
        let installed = shelf.installed(job);
        let chosen = shelf.chosen(job).map(|model| model.id);
        let _ = writeln!(text, "{} ({job})", job.purpose());
        let known = MODELS.iter().filter(|model| model.job == job);
        for model in known {
            let here = installed.iter().find(|installed| installed.id == model.id);
            let mark = mark(chosen.as_deref() == Some(model.id));
            let _ = writeln!(
                text,
                "{mark}{:<30} {:>7}  {:<17} {}, {}; {}",
                model.id,
                Bytes(model.bytes()).to_string(),
                model.machine.words(),
                model.licence,
                model.languages,
                here.map_or_else(|| "not here".into(), state_words),
            );
            let mut entry = json!(model);
            entry["bytes"] = model.bytes().into();
            entry["approximate"] = (!model.is_exact()).into();
            entry["verified"] = model.is_verified().into();
            entry["installed"] = here.map_or(Value::Null, |here| installed_json(shelf, here));
            entries.push(entry);
        }
        for own in installed
            .iter()
            .filter(|installed| catalogue::find(&installed.id).is_none())
        {
            let mark = mark(chosen.as_deref() == Some(own.id.as_str()));
            let _ = writeln!(
                text,
                "{mark}{:<30} {}; {}",
                own.id,
                own.path.display(),
                state_words(own)
            );
            entries.push(json!({
                "id": own.id, "job": own.job, "name": own.name, "installed": installed_json(shelf, own),
            }));
        }
    }
    text += "\nSizes are approximate. * does the job. 'frameloom models get NAME' fetches a model.\n";
    (json!({ "models": entries }), text)
}

fn mark(chosen: bool) -> &'static str {
    if chosen { "* " } else { "  " }
}

fn state_words(model: &Installed) -> String {
    match &model.state {
        State::Ready => "here".into(),
        State::Partial {
            bytes,
            total: Some(total),
        } => format!("{} of {} here", Bytes(*bytes), Bytes(*total)),
        State::Partial { bytes, total: None } => format!("{} of it here", Bytes(*bytes)),
        State::Missing(path) => format!("{} is gone or changed", path.display()),
    }
}

fn installed_json(shelf: &Shelf, model: &Installed) -> Value {
    let (state, partial) = match &model.state {
        State::Ready => ("ready", None),
        State::Partial { bytes, .. } => ("partial", Some(*bytes)),
        State::Missing(_) => ("missing", None),
    };
    let chosen = shelf
        .chosen(model.job)
        .is_some_and(|chosen| chosen.id == model.id);
    let source = match &model.source {
        Source::Hub {
            endpoint,
            repo,
            revision,
        } => json!({ "endpoint": endpoint, "repo": repo, "revision": revision }),
        Source::Local { path } => json!({ "path": path }),
    };
    json!({
        "id": model.id, "job": model.job, "state": state, "chosen": chosen, "path": model.path, "source": source,
        "bytes": partial.unwrap_or(model.bytes), "added": model.added,
    })
}
