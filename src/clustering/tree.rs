//! Clusters followed from one k to the next: colours that stay with a cluster, and the tree of k.

use super::overlap::Overlap;
use crate::project::{ClusterId, KEdge, KNode, KSweep, KTree};
use ndarray::Array2;

/// Times the levels are put in order anew, downwards and upwards. Small trees come to rest after two or three.
const ORDERINGS: usize = 12;

/// The colour number of each cluster of each k of the sweep, so that a colour means the same in every panel: a
/// cluster keeps the number of the one it goes on from the k before (one to one, such that together they share the
/// most pairs), and one that goes on none takes the smallest number that is free. A row for each k, an entry for
/// each cluster.
#[must_use]
pub fn lineage(sweep: &KSweep) -> Vec<Vec<usize>> {
    let overlaps = overlaps(sweep);
    let clusters = sweep.rows.first().map_or(0, |row| row.populations.len());
    let mut colours: Vec<Vec<usize>> = Vec::new();
    if !sweep.rows.is_empty() {
        colours.push((0..clusters).collect());
    }
    for overlap in &overlaps {
        let before = colours.last().cloned().unwrap_or_default();
        let kept: Vec<Option<usize>> = overlap
            .matching()
            .into_iter()
            .map(|parent| parent.and_then(|parent| before.get(parent).copied()))
            .collect();
        let mut free = (0..).filter(|number| !kept.contains(&Some(*number)));
        let row = kept
            .iter()
            .map(|colour| colour.or_else(|| free.next()).unwrap_or(0));
        colours.push(row.collect());
    }
    colours
}

/// The tree of k: the clusters of every k of the sweep, and which share pairs with which of the next. The nodes of
/// a level are put next to where their pairs come from and go to, so that few edges cross.
#[must_use]
pub fn k_tree(sweep: &KSweep) -> KTree {
    let overlaps = overlaps(sweep);
    let sizes: Vec<usize> = sweep.rows.iter().map(|row| row.populations.len()).collect();
    let places = places(&sizes, &overlaps.iter().map(Overlap::shared).collect::<Vec<_>>());
    let levels = sweep.rows.iter().zip(lineage(sweep)).zip(places);
    let levels = levels.map(|((row, colours), places)| {
        let nodes = row.populations.iter().zip(colours).zip(places).enumerate();
        let node = |(cluster, ((&size, colour), place))| KNode {
            k: row.k,
            cluster: ClusterId::from(cluster),
            size,
            silhouette: row.silhouettes.get(cluster).copied(),
            stability: row.cluster_stability.get(cluster).copied(),
            colour,
            place,
        };
        nodes.map(node).collect()
    });
    let levels = levels.collect();
    let edges = sweep.rows.windows(2).zip(&overlaps).flat_map(|(two, overlap)| {
        let (k, children) = match two {
            [parents, children] => (parents.k, children.populations.as_slice()),
            _ => (0, &[][..]),
        };
        let shared = overlap.shared().indexed_iter().filter(|(_, count)| **count > 0);
        shared.map(move |((parent, child), &count)| KEdge {
            k,
            parent: ClusterId::from(parent),
            child: ClusterId::from(child),
            count,
            share: count as f64 / children.get(child).copied().unwrap_or(count).max(1) as f64,
        })
    });
    KTree {
        edges: edges.collect(),
        levels,
    }
}

/// Of every two neighbouring k, which clusters share how many pairs.
fn overlaps(sweep: &KSweep) -> Vec<Overlap> {
    let neighbours = sweep.rows.iter().zip(sweep.rows.iter().skip(1));
    neighbours
        .map(|(before, after)| Overlap::ids(&before.labels, &after.labels))
        .collect()
}

/// The place of each node in its level. Each level is sorted by the mean place of what its nodes share pairs with,
/// downwards and upwards in turn (Sugiyama and others, 1981), and the best of all orders seen is taken.
fn places(sizes: &[usize], shared: &[&Array2<usize>]) -> Vec<Vec<usize>> {
    let mut places: Vec<Vec<usize>> = sizes.iter().map(|&size| (0..size).collect()).collect();
    let mut best = (crossings(&places, shared), places.clone());
    for turn in 0..ORDERINGS {
        let down = turn % 2 == 0;
        for step in 1..places.len() {
            // Downwards a level follows the one before it, upwards the one after it.
            let (level, fixed) = if down {
                (step, step - 1)
            } else {
                (places.len() - 1 - step, places.len() - step)
            };
            let Some(table) = shared.get(level.min(fixed)) else {
                continue;
            };
            let pull = |node: usize| {
                let weights = if down { table.column(node) } else { table.row(node) };
                let moment: usize = weights
                    .iter()
                    .zip(&places[fixed])
                    .map(|(weight, place)| weight * place)
                    .sum();
                moment as f64 / weights.sum().max(1) as f64
            };
            let mut order: Vec<usize> = (0..sizes[level]).collect();
            order.sort_by(|&a, &b| {
                let earlier = places[level][a].cmp(&places[level][b]);
                pull(a).total_cmp(&pull(b)).then(earlier)
            });
            for (place, node) in order.into_iter().enumerate() {
                places[level][node] = place;
            }
        }
        let found = crossings(&places, shared);
        if found < best.0 {
            best = (found, places.clone());
        }
    }
    best.1
}

/// How much crosses: for every two edges that do, the product of their pairs.
fn crossings(places: &[Vec<usize>], shared: &[&Array2<usize>]) -> usize {
    let mut sum = 0;
    for ((above, below), table) in places.iter().zip(places.iter().skip(1)).zip(shared) {
        let edges: Vec<(usize, usize, usize)> = table
            .indexed_iter()
            .filter(|(_, count)| **count > 0)
            .map(|((parent, child), &count)| (above[parent], below[child], count))
            .collect();
        for (index, a) in edges.iter().enumerate() {
            let crossing = edges
                .iter()
                .skip(index + 1)
                .filter(|b| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1));
            sum += crossing.map(|b| a.2 * b.2).sum::<usize>();
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::KSweepRow;

    fn sweep(rows: &[&[u32]]) -> KSweep {
        let row = |labels: &&[u32]| {
            let k = labels.iter().max().map_or(0, |highest| *highest as usize + 1);
            let mut populations = vec![0; k];
            for label in *labels {
                populations[*label as usize] += 1;
            }
            KSweepRow {
                k,
                populations,
                labels: labels.iter().copied().map(ClusterId).collect(),
                ..KSweepRow::default()
            }
        };
        KSweep {
            rows: rows.iter().map(row).collect(),
            ..KSweep::default()
        }
    }

    #[test]
    fn a_colour_stays_with_its_cluster_whatever_its_number() {
        let found = sweep(&[
            &[0, 0, 0, 0, 0, 1, 1, 1, 1],
            // The first splits into three and two: the four are now the largest.
            &[1, 1, 1, 2, 2, 0, 0, 0, 0],
            // The four split in halves, which moves everything by one.
            &[0, 0, 0, 1, 1, 2, 2, 3, 3],
        ]);
        assert_eq!(lineage(&found), [vec![0, 1], vec![1, 0, 2], vec![0, 2, 1, 3]]);
        assert_eq!(lineage(&KSweep::default()), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_number_that_was_given_up_is_used_again() {
        // A mixture may fill fewer clusters for a greater k.
        let found = sweep(&[&[0, 0, 0, 1, 1, 2], &[0, 0, 0, 0, 1, 1], &[0, 0, 0, 2, 1, 1]]);
        assert_eq!(lineage(&found), [vec![0, 1, 2], vec![0, 1], vec![0, 1, 2]]);
    }

    #[test]
    fn edges_tell_how_the_pairs_go_over() {
        let tree = k_tree(&sweep(&[&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 2]]));
        let edges: Vec<_> = tree
            .edges
            .iter()
            .map(|edge| (edge.parent.0, edge.child.0, edge.count))
            .collect();
        assert_eq!(edges, [(0, 0, 2), (0, 1, 1), (1, 1, 1), (1, 2, 1)]);
        assert_eq!(
            tree.edges.iter().map(|edge| edge.share).collect::<Vec<_>>(),
            [1.0, 0.5, 0.5, 1.0]
        );
        assert!(tree.edges.iter().all(|edge| edge.k == 2));
        let sizes: Vec<_> = tree.levels[1].iter().map(|node| (node.k, node.size)).collect();
        assert_eq!(sizes, [(3, 2), (3, 2), (3, 1)]);
        assert_eq!(k_tree(&KSweep::default()), KTree::default());
    }

    #[test]
    fn nothing_crosses_where_nothing_must() {
        let found = sweep(&[
            &[0, 0, 0, 0, 1, 1, 1],
            // By size the child of the second comes between those of the first.
            &[0, 0, 2, 2, 1, 1, 1],
            &[3, 2, 1, 1, 0, 0, 0],
        ]);
        let tree = k_tree(&found);
        let places: Vec<Vec<usize>> = tree
            .levels
            .iter()
            .map(|level| level.iter().map(|node| node.place).collect())
            .collect();
        let tables = overlaps(&found);
        assert_eq!(
            crossings(&places, &tables.iter().map(Overlap::shared).collect::<Vec<_>>()),
            0
        );
        for level in &places {
            let mut sorted = level.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..level.len()).collect::<Vec<_>>());
        }
    }
}
