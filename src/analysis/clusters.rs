//! From latents to tagged clusters.

use crate::captions::Tokenizer;
use crate::clustering;
use crate::interpretation;
use crate::jobs::Watch;
use crate::project::{Embedding2, KSweep, KSweepRow, Latents, PairIndex, Project};
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
    let sweep = clustering::sweep(latents, range, seed, watch)?;
    watch.say("drawing the map");
    let map = clustering::tsne(latents, perplexity, seed, watch)?;
    Ok((sweep, map))
}

/// How much of the best silhouette a smaller k must reach to be preferred.
const NEARLY_AS_GOOD: f64 = 0.8;

/// A clustering whose largest cluster holds more than this share tells little.
const LARGEST_SHARE: f64 = 2.0 / 3.0;

/// The k to begin with: the elbow where there is a clear one, else the smallest k whose silhouette is nearly the best
/// and whose largest cluster does not swallow the rest. On pairs in order of time the silhouette alone would often have
/// the largest k: it rewards every single shot.
#[must_use]
pub fn suggested_k(sweep: &KSweep) -> Option<usize> {
    let balanced = |row: &&KSweepRow| {
        let pairs: usize = row.populations.iter().sum();
        row.populations
            .first()
            .is_some_and(|largest| *largest as f64 <= pairs as f64 * LARGEST_SHARE)
    };
    let best = sweep
        .rows
        .iter()
        .filter(balanced)
        .map(|row| row.silhouette)
        .fold(f64::MIN, f64::max);
    let good = sweep
        .rows
        .iter()
        .filter(balanced)
        .find(|row| row.silhouette >= best * NEARLY_AS_GOOD);
    sweep.elbow.or(good.or(sweep.rows.first()).map(|row| row.k))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep(rows: &[(usize, f64, &[usize])]) -> KSweep {
        let row = |(k, silhouette, populations): &(usize, f64, &[usize])| KSweepRow {
            k: *k,
            inertia: 0.0,
            within: 0.0,
            cross: 0.0,
            silhouette: *silhouette,
            populations: populations.to_vec(),
            stability: 1.0,
            labels: Vec::new(),
        };
        KSweep {
            rows: rows.iter().map(row).collect(),
            elbow: None,
            seed: 0,
        }
    }

    #[test]
    fn a_small_k_is_preferred_unless_one_cluster_swallows_the_rest() {
        let found = sweep(&[
            (2, 0.5, &[90, 10]),
            (3, 0.3, &[40, 30, 30]),
            (4, 0.42, &[30, 30, 20, 20]),
            (5, 0.5, &[20; 5]),
        ]);
        assert_eq!(suggested_k(&found), Some(4));
        assert_eq!(
            suggested_k(&KSweep {
                elbow: Some(3),
                ..found
            }),
            Some(3)
        );
        assert_eq!(suggested_k(&sweep(&[(2, 0.5, &[9, 1])])), Some(2));
        assert_eq!(suggested_k(&sweep(&[])), None);
    }
}
