//! From latents to tagged clusters.

use crate::captions::Tokenizer;
use crate::clustering::{self, MapPlan, SweepPlan};
use crate::interpretation;
use crate::jobs::Watch;
use crate::project::{Embedding2, KSweep, Latents, PairIndex, Project};
use anyhow::Context;
use std::ops::RangeInclusive;

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
    let (latents, sweep) = run
        .latents
        .as_ref()
        .zip(run.sweep.as_ref())
        .context("there are no clusters yet")?;
    run.assignment = Some(clustering::choose(latents, sweep, k).with_context(|| {
        let swept: Vec<String> = sweep.rows.iter().map(|row| row.k.to_string()).collect();
        format!(
            "k = {k} is not among the k that were tried ({}): widen the range",
            swept.join(", ")
        )
    })?);
    tag_clusters(project);
    Ok(())
}

/// Ten keywords a cluster, from the captions of its pairs, as they are now, against the others'.
pub fn tag_clusters(project: &mut Project) {
    let language = project.manifest.language;
    let tokenizer = Tokenizer::new(language);
    let rows = (0..project.studied().len()).map(PairIndex::from);
    let tokens: Vec<Vec<String>> = rows
        .map(|row| tokenizer.tokens(project.studied_text(row)))
        .collect();
    if let Some(run) = &mut project.run
        && let Some(chosen) = &run.assignment
    {
        run.tags = interpretation::keywords(&tokens, &chosen.labels, chosen.k, language);
    }
}
