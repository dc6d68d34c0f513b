//! Which k to look at first, and why.

use super::knee::knee;
use crate::project::{ClusteringMethod, KSweep, KSweepRow, Suggestion};

/// How deep (0 to 1, see [`knee`]) the curve of `within` must bend to be called an elbow. Points without clusters
/// give 0.36 at most, when they lie on a line, and less in more dimensions; well parted clusters give 0.6 and more.
const CLEAR_ELBOW: f64 = 0.4;

/// How much of the best silhouette a smaller k must reach to be preferred.
const NEARLY_AS_GOOD: f64 = 0.8;

/// A clustering whose largest cluster holds more than this share tells little.
const LARGEST_SHARE: f64 = 2.0 / 3.0;

/// The k at the elbow of `within`; none without a clear one.
pub(super) fn elbow(rows: &[KSweepRow]) -> Option<usize> {
    let (place, depth) = bend(rows)?;
    rows.get(place).filter(|_| depth >= CLEAR_ELBOW).map(|row| row.k)
}

fn bend(rows: &[KSweepRow]) -> Option<(usize, f64)> {
    knee(&rows.iter().map(|row| row.within).collect::<Vec<_>>())
}

/// The k to look at first and the reason for it: for k-means the elbow of `within` where there is a clear one, for
/// a mixture the lowest Bayesian information criterion where it lies inside the range. Where nothing points to a k,
/// that is said, and the k to begin with is the smallest whose silhouette is nearly the best and whose largest
/// cluster does not swallow the rest. (On pairs in order of time the silhouette alone would often have the largest
/// k: it rewards every single shot.) None for a sweep without rows.
#[must_use]
pub fn suggestion(sweep: &KSweep) -> Option<Suggestion> {
    let (guess, why) = balanced_guess(&sweep.rows)?;
    let pointed = if sweep.method == ClusteringMethod::Gmm {
        lowest_criterion(&sweep.rows)
    } else {
        clear_elbow(sweep)
    };
    Some(match pointed {
        Ok((k, reason)) => Suggestion {
            k: Some(k),
            first: k,
            reason,
        },
        Err(reason) => Suggestion {
            k: None,
            first: guess,
            reason: format!("{reason}; {why}"),
        },
    })
}

fn clear_elbow(sweep: &KSweep) -> Result<(usize, String), String> {
    let bend = bend(&sweep.rows);
    // What was saved with the sweep counts.
    if let Some(k) = sweep.elbow {
        let depth = bend.map_or(String::new(), |(_, depth)| {
            format!(", {depth:.2} of its fall below a straight line ({CLEAR_ELBOW} is called clear)")
        });
        return Ok((k, format!("within bends clearly at k = {k}{depth}")));
    }
    Err(match bend {
        Some((place, depth)) => {
            let k = sweep.rows.get(place).map_or(0, |row| row.k);
            format!(
                "no clear elbow: within falls too evenly, its bend at k = {k} is {depth:.2} deep, and {CLEAR_ELBOW} is \
                 called clear"
            )
        }
        None if sweep.rows.len() < 3 => "no clear elbow: it takes three k to see one".into(),
        None => "no clear elbow: within does not fall as k grows".into(),
    })
}

fn lowest_criterion(rows: &[KSweepRow]) -> Result<(usize, String), String> {
    let criterion = |row: &KSweepRow| row.likelihood.map(|likelihood| likelihood.bic);
    let criteria = rows.iter().filter_map(|row| Some((row.k, criterion(row)?)));
    let lowest = criteria.min_by(|a, b| a.1.total_cmp(&b.1));
    let Some((k, bic)) = lowest else {
        return Err("no clear choice: the likelihoods are not known".into());
    };
    let at_end = [rows.first(), rows.last()].iter().flatten().any(|row| row.k == k);
    if at_end {
        Err(format!(
            "no clear choice: the Bayesian information criterion is lowest at the end of the range, k = {k}"
        ))
    } else {
        Ok((
            k,
            format!("the Bayesian information criterion is lowest at k = {k} ({bic:.1})"),
        ))
    }
}

/// The k to begin with where no curve points to one, and why.
fn balanced_guess(rows: &[KSweepRow]) -> Option<(usize, String)> {
    let first = rows.first()?.k;
    let balanced = |row: &&KSweepRow| {
        let pairs: usize = row.populations.iter().sum();
        row.populations
            .first()
            .is_some_and(|largest| *largest as f64 <= pairs as f64 * LARGEST_SHARE)
    };
    let best = rows
        .iter()
        .filter(balanced)
        .map(|row| row.silhouette)
        .fold(f64::MIN, f64::max);
    let good = rows
        .iter()
        .filter(balanced)
        .find(|row| row.silhouette >= best * NEARLY_AS_GOOD);
    Some(match good {
        Some(row) => (
            row.k,
            format!(
                "k = {} is the smallest with a silhouette ({:.2}) near the best ({best:.2}) and no cluster above two \
                 thirds of the pairs",
                row.k, row.silhouette
            ),
        ),
        None if best > f64::MIN => (
            first,
            format!("no k parts the pairs well: the best silhouette is {best:.2}"),
        ),
        None => (
            first,
            "every k leaves one cluster with more than two thirds of the pairs".into(),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Likelihood;

    fn sweep(rows: &[(usize, f64, &[usize])]) -> KSweep {
        let row = |(k, silhouette, populations): &(usize, f64, &[usize])| KSweepRow {
            k: *k,
            silhouette: *silhouette,
            populations: populations.to_vec(),
            ..KSweepRow::default()
        };
        KSweep {
            rows: rows.iter().map(row).collect(),
            ..KSweep::default()
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
        let first = |sweep: &KSweep| suggestion(sweep).map(|suggestion| (suggestion.k, suggestion.first));
        assert_eq!(first(&found), Some((None, 4)));
        let clear = KSweep {
            elbow: Some(3),
            ..found
        };
        assert_eq!(first(&clear), Some((Some(3), 3)));
        assert_eq!(first(&sweep(&[(2, 0.5, &[9, 1])])), Some((None, 2)));
        assert_eq!(
            first(&sweep(&[(2, -0.5, &[5, 5]), (3, -0.4, &[4, 3, 3])])),
            Some((None, 2))
        );
        assert_eq!(first(&sweep(&[])), None);
    }

    #[test]
    fn the_reason_holds_the_figures_or_says_what_is_missing() {
        let mut found = sweep(&[(2, 0.5, &[5, 5]), (3, 0.5, &[4, 3, 3]), (4, 0.5, &[3, 3, 2, 2])]);
        let reason = |sweep: &KSweep| suggestion(sweep).unwrap().reason;
        assert!(reason(&found).contains("does not fall"), "{}", reason(&found));
        for (row, within) in found.rows.iter_mut().zip([3.0, 2.0, 1.0]) {
            row.within = within;
        }
        assert!(reason(&found).contains("no clear elbow: within falls too evenly"));
        assert!(
            reason(&found).contains("k = 2 is the smallest"),
            "{}",
            reason(&found)
        );
        found.rows[1].within = 1.1;
        found.elbow = elbow(&found.rows);
        assert_eq!(
            reason(&found),
            "within bends clearly at k = 3, 0.45 of its fall below a straight line (0.4 is called clear)"
        );
        found.rows.truncate(2);
        found.elbow = None;
        assert!(reason(&found).contains("three k"));
    }

    #[test]
    fn a_mixture_is_judged_by_its_criterion() {
        let mut found = sweep(&[(2, 0.5, &[5, 5]), (3, 0.5, &[4, 3, 3]), (4, 0.5, &[3, 3, 2, 2])]);
        found.method = ClusteringMethod::Gmm;
        let judged = |bics: [f64; 3]| {
            let mut found = found.clone();
            for (row, bic) in found.rows.iter_mut().zip(bics) {
                row.likelihood = Some(Likelihood {
                    log_likelihood: 0.0,
                    bic,
                    aic: 0.0,
                });
            }
            suggestion(&found).unwrap()
        };
        assert_eq!(judged([9.0, 5.0, 6.0]).k, Some(3));
        let open = judged([9.0, 5.0, 4.0]);
        assert_eq!((open.k, open.first), (None, 2));
        assert!(open.reason.contains("end of the range"), "{}", open.reason);
    }
}
