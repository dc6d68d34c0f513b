//! The tree of k: how clusters split as k grows. A row a k, a disc a cluster, a line where two share pairs.

use super::figure::Theme;
use super::palette::colour;
use super::svg::{Anchor, Lettering, Stroke, Svg};
use crate::project::KTree;

const WIDTH: f64 = 960.0;
const ROW: f64 = 64.0;
const MARGIN: f64 = 24.0;
/// Room for the title.
const HEAD: f64 = 40.0;
/// Room for the numbers of k.
const NUMBERS: f64 = 64.0;
/// Radius of the largest disc.
const LARGEST: f64 = 24.0;
const SMALLEST: f64 = 5.0;

/// The tree as a whole SVG document that needs no other file.
#[must_use]
pub fn tree_svg(tree: &KTree, title: &str, theme: Theme) -> String {
    let palette = theme.palette();
    let head = if title.is_empty() { MARGIN } else { HEAD + MARGIN };
    let size = [WIDTH, head + ROW * tree.levels.len() as f64 + MARGIN];
    let mut svg = Svg::with_roles(size, palette.background, title, theme.roles());
    let lettering = |size: f64, bold: bool| Lettering {
        size,
        colour: palette.text,
        anchor: Anchor::Start,
        bold,
        upwards: false,
    };
    svg.words([MARGIN, MARGIN + 16.0], title, lettering(19.0, true));
    let most = tree.largest() as f64;
    let on_page = |[across, down]: [f64; 2]| {
        [
            MARGIN + NUMBERS + (WIDTH - NUMBERS - 2.0 * MARGIN) * across,
            head + ROW * down,
        ]
    };
    for edge in &tree.edges {
        let stroke = Stroke {
            colour: palette.text,
            width: (edge.count as f64 / most * LARGEST).max(0.8) as f32,
            opacity: 0.12 + 0.4 * edge.share as f32,
        };
        if let Some(ends) = tree.ends(edge) {
            svg.line(ends.map(on_page), stroke);
        }
    }
    for (level, nodes) in tree.levels.iter().enumerate() {
        if let Some(first) = nodes.first() {
            let [_, y] = on_page(tree.place(level, first));
            svg.words(
                [MARGIN, y + 5.0],
                &format!("k = {}", first.k),
                lettering(14.0, false),
            );
        }
        for node in nodes {
            let [x, y] = on_page(tree.place(level, node));
            let radius = SMALLEST + (LARGEST - SMALLEST) * (node.size as f64 / most).sqrt();
            svg.dot([x, y], radius, colour(node.colour), palette.background);
            let beside = Lettering {
                size: 12.0,
                ..lettering(12.0, false)
            };
            svg.words([x + radius + 4.0, y + 4.0], &node.size.to_string(), beside);
        }
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{ClusterId, KEdge, KNode};

    #[test]
    fn a_disc_a_cluster_and_a_line_where_they_share_pairs() {
        let node = |k: usize, cluster: usize, size: usize| KNode {
            k,
            cluster: ClusterId::from(cluster),
            size,
            silhouette: None,
            stability: None,
            colour: cluster,
            place: cluster,
        };
        let edge = |parent: usize, child: usize, count: usize| KEdge {
            k: 2,
            parent: ClusterId::from(parent),
            child: ClusterId::from(child),
            count,
            share: 1.0,
        };
        let tree = KTree {
            levels: vec![
                vec![node(2, 0, 9), node(2, 1, 4)],
                vec![node(3, 0, 5), node(3, 1, 4), node(3, 2, 4)],
            ],
            edges: vec![edge(0, 0, 5), edge(0, 2, 4), edge(1, 1, 4)],
        };
        let svg = tree_svg(&tree, "Tree of k", Theme::Light);
        assert_eq!(svg.matches("<circle").count(), 5);
        assert_eq!(svg.matches("<polyline").count(), 3);
        assert!(svg.contains(">k = 3<") && svg.contains("Tree of k") && !svg.contains("NaN"));
    }
}
