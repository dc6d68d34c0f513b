//! From latents to tagged clusters.

use super::tagging;
use super::training::next_number;
use crate::captions::Tokenizer;
use crate::clustering::{self, MapPlan, SweepPlan, Table};
use crate::interpretation;
use crate::jobs::Watch;
use crate::project::store::EXTENSION;
use crate::project::{
    Assignment, CaptionTrack, ClusterId, ClusterTags, Cue, Embedding2, Face, Figures, FrameIndex, KSweep,
    Latents, Pair, PairIndex, Project, Run, RunConfig, Seconds, SourceIndex, TrainedOn, counted,
};
use anyhow::Context;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;

/// Perplexity of the map unless the analyst sets another (cluster section of the papers).
pub const PERPLEXITY: f64 = 8.0;

/// The range of k that is swept unless the analyst sets another (cluster section of the papers).
pub const K_RANGE: RangeInclusive<usize> = 2..=9;

/// The sweep over k and the map of the latents.
///
/// # Errors
/// When there are too few pairs, the latents are not numbers, or the work is cancelled.
pub fn analyse_clusters(
    latents: &Latents,
    range: RangeInclusive<usize>,
    perplexity: f64,
    seed: u64,
    watch: &Watch,
) -> anyhow::Result<(KSweep, Embedding2)> {
    watch.say("k-means over a range of k");
    let sweep = clustering::sweep(latents, &SweepPlan::kmeans(range, seed), watch)?;
    watch.say("drawing the map");
    let map = clustering::tsne(latents, &MapPlan::new(perplexity, seed), watch, |_| {})?;
    Ok((sweep, map))
}

/// The k to begin with, see [`clustering::suggestion`].
#[must_use]
pub fn suggested_k(sweep: &KSweep) -> Option<usize> {
    clustering::suggestion(sweep).map(|suggestion| suggestion.first)
}

/// Makes `k` the number of clusters of the run in use, and tags them.
///
/// # Errors
/// When the run has no sweep, or `k` was not in it.
pub fn choose_k(project: &mut Project, k: usize) -> anyhow::Result<()> {
    let run = project
        .run
        .as_mut()
        .context("there is no training yet: train first")?;
    let sweep = run.sweep.as_ref().context("there are no clusters yet")?;
    run.assignment = Some(chosen(run, None, k).with_context(|| {
        let swept: Vec<String> = sweep.rows.iter().map(|row| row.k.to_string()).collect();
        format!(
            "k = {k} is not among the k that were tried ({}): widen the range",
            swept.join(", ")
        )
    })?);
    tag_clusters(project);
    Ok(())
}

/// The clusters that the sweep of a run found for `k`; none where it was not in it. What the analyst said of the
/// clusters there were goes on with those that they are found again in: of the run itself, or of a `former` one over
/// its own pairs.
#[must_use]
pub fn chosen(run: &Run, former: Option<&(TrainedOn, Assignment)>, k: usize) -> Option<Assignment> {
    let sweep = run.sweep.as_ref()?;
    let mut found = clustering::choose(run.latents.as_ref()?, sweep, k)?;
    if let Some(place) = sweep.rows.iter().position(|row| row.k == k) {
        let colours = clustering::lineage(sweep)
            .into_iter()
            .nth(place)
            .unwrap_or_default();
        found.faces = colours
            .into_iter()
            .map(|colour| Face {
                colour,
                ..Face::default()
            })
            .collect();
    }
    let before = run.assignment.as_ref();
    let (old, labels) = match (before, former) {
        (Some(old), _) => (old, old.labels.clone()),
        (None, Some((on, old))) => (old, labels_among(&run.on, on, old)),
        (None, None) => return Some(found),
    };
    let kin = clustering::match_clusters(&labels, &found.labels);
    found.inherit(old, &kin);
    Some(found)
}

/// Gives the clusters of a run that was clustered by an earlier program the colours that its sweep has now.
pub fn give_colours(run: &mut Run) {
    let bare = run
        .assignment
        .as_ref()
        .filter(|chosen| chosen.faces.is_empty() && !chosen.by_hand);
    let Some(found) = bare.and_then(|chosen| self::chosen(run, None, chosen.k)) else {
        return;
    };
    if let Some(chosen) = run
        .assignment
        .as_mut()
        .filter(|chosen| chosen.labels == found.labels)
    {
        chosen.faces = found.faces;
    }
}

/// The cluster that each pair had among those of another training: of the pair of the same frame; none where it was not
/// among them.
fn labels_among(pairs: &TrainedOn, other: &TrainedOn, clusters: &Assignment) -> Vec<Option<ClusterId>> {
    let label = |row: Option<PairIndex>| clusters.labels.get(row?.index()).copied().flatten();
    pairs.rows_in(other).into_iter().map(label).collect()
}

/// The pairs of a cluster that are better a cluster of their own: the smaller part of the two that k-means finds in it.
///
/// # Errors
/// In words, when the cluster cannot be parted; or when the work is cancelled.
pub fn split(run: &Run, cluster: ClusterId, watch: &Watch) -> anyhow::Result<BTreeSet<PairIndex>> {
    let (latents, clusters) = run
        .latents
        .as_ref()
        .zip(run.assignment.as_ref())
        .context("there are no clusters yet")?;
    let members: Vec<PairIndex> = clusters.members(cluster).collect();
    let rows: Vec<usize> = members.iter().map(|pair| pair.index()).collect();
    anyhow::ensure!(
        rows.len() >= 3,
        "a cluster of {} is not split by k-means: choose pairs of it and make them a cluster",
        counted(rows.len(), "pair")
    );
    let part = Latents {
        values: latents.values.select(ndarray::Axis(0), &rows),
    };
    let seed = run.sweep.as_ref().map_or(clusters.seed, |sweep| sweep.seed);
    let plan = SweepPlan::kmeans(2..=2, seed);
    let sweep = clustering::sweep(&part, &plan, watch).context("the cluster cannot be split")?;
    let labels = clustering::choose(&part, &sweep, 2).context("the cluster has no two parts")?;
    // Clusters are numbered by size, so that 1 is the smaller one.
    Ok(labels
        .members(ClusterId(1))
        .filter_map(|pair| members.get(pair.index()).copied())
        .collect())
}

/// A project without a video, of vectors from elsewhere: a pair for each row, a second apart.
///
/// # Errors
/// When the file cannot be read or holds something that is no number.
pub fn table_project(path: &Path) -> anyhow::Result<Project> {
    let table = clustering::read_latents(path)?;
    let mut project = Project {
        folder: path.with_extension(EXTENSION),
        ..Project::default()
    };
    project.manifest.name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let cue = |row: usize| {
        let time = Seconds(row as f64);
        let name = table.rows.get(row).filter(|name| !name.is_empty());
        let text = name.map_or_else(|| format!("row {}", row + 1), Clone::clone);
        Cue::new(time, time + Seconds(1.0), text)
    };
    project.track = CaptionTrack::new((0..table.latents.values.nrows()).map(cue).collect());
    let pairs = project.track.cues.iter().enumerate().map(|(row, cue)| Pair {
        source: SourceIndex::OWN,
        frame: FrameIndex::from(row),
        time: cue.start,
        cue: Some(cue.id),
    });
    project.pairs = pairs.collect();
    project.run = Some(run_of(&project, table, path));
    Ok(project)
}

/// A run of vectors from elsewhere, such as those of CLIP or BERT: row after row those of the pairs that there are.
///
/// # Errors
/// When the file cannot be read or holds something that is no number, or has other rows than there are pairs.
pub fn imported(project: &Project, path: &Path) -> anyhow::Result<Run> {
    let table = clustering::read_latents(path)?;
    let (rows, pairs) = (table.latents.values.nrows(), project.trainable().pairs.len());
    anyhow::ensure!(
        rows == pairs,
        "{} has {}, and the project has {}: give a row for each pair, in order of time, or close the project first to look at the table by itself",
        path.display(),
        counted(rows, "row"),
        counted(pairs, "pair")
    );
    Ok(run_of(project, table, path))
}

/// Numbers about the pairs that were studied, row after row, from a table.
///
/// # Errors
/// When the file cannot be read or holds no numbers, or has other rows than there are pairs.
pub fn figures(project: &Project, path: &Path) -> anyhow::Result<Figures> {
    let figures = clustering::read_figures(path)?;
    let rows = figures.columns.first().map_or(0, |figure| figure.values.len());
    let pairs = project.studied().len();
    anyhow::ensure!(
        rows == pairs,
        "{} has {}, and the map has {}: give a row for each pair, in order of time, as in “Assignments” among the exports",
        path.display(),
        counted(rows, "row"),
        counted(pairs, "pair")
    );
    Ok(figures)
}

fn run_of(project: &Project, table: Table, path: &Path) -> Run {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain: String = stem
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    let mut run = Run {
        name: format!("{:03}-imported-{plain}", next_number(&project.runs())),
        config: RunConfig {
            made_of: project.made_of(),
            language: Some(project.manifest.language),
            pairs: table.latents.values.nrows(),
            dimensions: table.dimensions,
            companions: project.companions(),
            finished: true,
            notes: vec![format!("Vectors of {}, not of a training", path.display())],
            ..RunConfig::default()
        },
        on: project.trainable(),
        latents: Some(table.latents),
        ..Run::default()
    };
    if let Some(earlier) = &project.run {
        run.inherit_written(earlier);
    }
    run
}

/// How many pairs of each source a run's clusters hold: a row a cluster, in order of [`crate::project::SourceIndex`].
#[must_use]
pub fn sources(run: &Run) -> Vec<Vec<usize>> {
    let Some(chosen) = &run.assignment else {
        return Vec::new();
    };
    let mut counts = vec![vec![0; run.config.companions.len() + 1]; chosen.k];
    for (pair, label) in run.on.pairs.iter().zip(&chosen.labels) {
        let row = label.and_then(|label| counts.get_mut(label.index()));
        if let Some(count) = row.and_then(|row| row.get_mut(pair.source.index())) {
            *count += 1;
        }
    }
    counts
}

/// Ten keywords a cluster, from the captions of its pairs, as they are now, against the others'.
#[must_use]
pub fn keywords(project: &Project) -> Vec<ClusterTags> {
    let Some(chosen) = project.run.as_ref().and_then(|run| run.assignment.as_ref()) else {
        return Vec::new();
    };
    let sources = (0..project.source_names().len()).map(|place| project.language_of(place.into()));
    let tokenizers: Vec<Tokenizer> = sources.map(Tokenizer::new).collect();
    let rows = project.studied().iter().enumerate();
    let tokens: Vec<Vec<String>> = rows
        .map(|(row, pair)| {
            let tokenizer = tokenizers.get(pair.source.index());
            let text = project.studied_text(PairIndex::from(row));
            tokenizer.map_or_else(Vec::new, |tokenizer| tokenizer.tokens(text))
        })
        .collect();
    // What says nothing in Chinese captions holds for English words among them as well.
    let language = tagging::language(project);
    interpretation::keywords(&tokens, &chosen.labels, chosen.k, language)
}

/// Gives each cluster its keywords; what a model or the analyst wrote of clusters of the same pairs stays. Each tag is linked to
/// what supports it by its words.
pub fn tag_clusters(project: &mut Project) {
    let keywords = keywords(project);
    let Some(run) = &mut project.run else { return };
    run.tags = keywords;
    run.recall_tags();
    let tags = run.tags.clone();
    // Without a model of phrases and with nobody to cancel it, it does not fail.
    if let Ok(tags) = tagging::link(project, tags, None, &Watch::default())
        && let Some(run) = &mut project.run
    {
        run.tags = tags;
    }
}
