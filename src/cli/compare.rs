//! `frameloom compare PROJECT PROJECT…`: how alike the clusters of two videos are, or all videos of a topic.

use super::progress::Progress;
use super::{Output, Unusable};
use crate::analysis::comparing::{self, Compared, Ruler, Spread, TopicMatrix};
use crate::analysis::{Places, models};
use crate::interpretation::comparison::csv;
use crate::pretrained::{Job, Translator};
use crate::project::files::write_whole;
use crate::project::{ClusterId, Project};
use anyhow::ensure;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

/// What is said in place of a model to compare by words alone.
const WORDS: &str = "words";

#[derive(Debug, Args)]
pub struct CompareArguments {
    /// The project folders: two for their clusters, more for a matrix of all with all.
    #[arg(required = true, num_args = 2..)]
    projects: Vec<PathBuf>,
    /// The model of phrases: its folder, its name in `frameloom models`, or `words` to count the words that tags share. Without it
    /// the model that is chosen there.
    #[arg(long, value_name = "MODEL")]
    phrases: Option<String>,
    /// Translate Chinese tags into English first with this model, where the model of phrases knows English only.
    #[arg(long, value_name = "MODEL")]
    translate: Option<String>,
    /// Clusters of the first project to leave out, counted from 1, such as 1,4.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..))]
    without_first: Vec<u32>,
    /// Clusters of the second project to leave out.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..))]
    without_second: Vec<u32>,
    /// What the intervals are over: tags that are drawn again, or other numbers of clusters.
    #[arg(long, value_enum, default_value = "tags")]
    spread: SpreadChoice,
    /// Write the cells as a CSV table as well.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SpreadChoice {
    Tags,
    K,
}

/// Compares.
pub fn run(arguments: &CompareArguments) -> anyhow::Result<()> {
    let mut projects = Vec::new();
    for folder in &arguments.projects {
        ensure!(
            Project::is_project(folder),
            Unusable(format!("{} is no project folder", folder.display()))
        );
        projects.push(Project::load(folder)?);
    }
    let progress = Progress::new();
    let watch = &progress.watch;
    let places = Places::platform();
    let found = match arguments.phrases.as_deref() {
        Some(WORDS) => None,
        name => Some(models::find(&places, Job::Phrases, name).map_err(|error| {
            error.context(format!("--phrases {WORDS} compares by the words that tags share"))
        })?),
    };
    let mut ruler = Ruler::load(found.as_ref(), watch)?;
    let translate = arguments
        .translate
        .as_deref()
        .map(|name| models::find(&places, Job::Translate, Some(name)));
    let mut translator = translate
        .transpose()?
        .map(|found| Translator::load(&found.path, watch))
        .transpose()?;
    if let [one, other] = projects.as_slice() {
        let clusters = |numbers: &[u32]| {
            numbers
                .iter()
                .map(|number| ClusterId(number - 1))
                .collect::<BTreeSet<_>>()
        };
        let left_out = [
            &clusters(&arguments.without_first),
            &clusters(&arguments.without_second),
        ];
        let spread = match arguments.spread {
            SpreadChoice::Tags => Spread::Tags,
            SpreadChoice::K => Spread::K,
        };
        let compared = comparing::compare(
            [one, other],
            left_out,
            &mut ruler,
            translator.as_mut(),
            spread,
            watch,
        )?;
        if let Some(file) = &arguments.csv {
            let table = csv(&compared.comparison)?;
            write_whole(file, |out| out.write_all(table.as_bytes()))?;
        }
        let names = [&one.manifest.name, &other.manifest.name];
        return super::print(&if arguments.output.json {
            format!("{:#}\n", json_of(names, &compared))
        } else {
            text_of(names, &compared)
        });
    }
    let all: Vec<&Project> = projects.iter().collect();
    let matrix = comparing::matrix(&all, &mut ruler, translator.as_mut(), watch)?;
    if let Some(file) = &arguments.csv {
        write_whole(file, |out| out.write_all(matrix.csv().as_bytes()))?;
    }
    super::print(&if arguments.output.json {
        format!("{:#}\n", json!({ "ruler": ruler.name(), "matrix": matrix }))
    } else {
        matrix_text(&matrix)
    })
}

fn json_of(names: [&String; 2], compared: &Compared) -> Value {
    let comparison = &compared.comparison;
    let theme = |theme: &crate::interpretation::comparison::Theme| json!({ "id": theme.cluster, "name": theme.name, "tags": theme.tags });
    let cells = comparison.cells.indexed_iter().map(|((row, column), cell)| {
        let interval = comparison.intervals.as_ref().and_then(|intervals| intervals.get((row, column)));
        json!({
            "row": row,
            "column": column,
            "similarity": cell.similarity,
            "interval": interval.map(|of| json!({ "mean": of.mean, "low": of.low, "high": of.high, "values": of.values })),
            "tags": cell.pairs.iter().map(|pair| json!([pair.row, pair.column, pair.cosine])).collect::<Vec<_>>(),
        })
    });
    let matrix: Vec<Vec<f64>> = comparison
        .cells
        .rows()
        .into_iter()
        .map(|row| row.iter().map(|cell| cell.similarity).collect())
        .collect();
    json!({
        "projects": names,
        "ruler": compared.ruler,
        "intervals_over": compared.spread,
        "rows": comparison.rows.iter().map(theme).collect::<Vec<_>>(),
        "columns": comparison.columns.iter().map(theme).collect::<Vec<_>>(),
        "matrix": matrix,
        "cells": cells.collect::<Vec<_>>(),
        "matches": comparison.matches.iter().map(|found| json!({
            "row": found.row, "column": found.column, "similarity": found.similarity,
        })).collect::<Vec<_>>(),
        "threshold": comparison.threshold,
        "only_rows": comparison.only_rows,
        "only_columns": comparison.only_columns,
        "likeness": comparing::likeness(comparison),
        "translations": compared.translations,
        "untranslated": compared.untranslated,
        "notes": compared.notes,
    })
}

fn text_of([one, other]: [&String; 2], compared: &Compared) -> String {
    let comparison = &compared.comparison;
    let mut text = format!("rows: {one}, columns: {other}, by {}\n\n", compared.ruler);
    let widest = comparison
        .rows
        .iter()
        .map(|theme| theme.name.chars().count())
        .max()
        .unwrap_or(0);
    let _ = write!(text, "{:widest$}", "");
    for column in &comparison.columns {
        let _ = write!(text, "  {:>12}", cut(&column.name, 12));
    }
    text.push('\n');
    for (theme, cells) in comparison.rows.iter().zip(comparison.cells.rows()) {
        let _ = write!(text, "{:widest$}", theme.name);
        for cell in cells {
            let _ = write!(text, "  {:>12.3}", cell.similarity);
        }
        text.push('\n');
    }
    text.push('\n');
    let names = |themes: &[crate::interpretation::comparison::Theme], places: &[usize]| {
        let names = places
            .iter()
            .filter_map(|place| themes.get(*place))
            .map(|theme| theme.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    for found in &comparison.matches {
        let _ = writeln!(
            text,
            "match: {} and {}, {:.3}",
            names(&comparison.rows, &[found.row]),
            names(&comparison.columns, &[found.column]),
            found.similarity
        );
    }
    for (name, themes, only) in [
        (one, &comparison.rows, &comparison.only_rows),
        (other, &comparison.columns, &comparison.only_columns),
    ] {
        if !only.is_empty() {
            let _ = writeln!(text, "only in {name}: {}", names(themes, only));
        }
    }
    for note in &compared.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        let kept: String = text.chars().take(most - 1).collect();
        format!("{kept}…")
    }
}

fn matrix_text(matrix: &TopicMatrix) -> String {
    let mut text = matrix.csv().replace(',', "\t");
    for note in &matrix.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}
