//! The plots of the cluster steps, drawn from a study.

use super::figure::Theme;
use super::map_plot::MapPlot;
use super::picture::Pictures;
use super::plot::{LinePlot, PlotLine, Pointer};
use super::ribbon_plot::RibbonPlot;
use super::stack_plot::{Column, StackPlot};
use super::study::{NO_CLUSTER, Study};
use super::svg::Colour;
use super::tree_plot::tree_svg;
use super::{ExportError, colour};
use crate::jobs::Watch;
use crate::project::{KSweep, KSweepRow};

/// A plot of the cluster steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterPlot {
    /// Mean distance to the own centroid over k: the elbow.
    Elbow,
    /// Sum of squared distances to the own centroid over k.
    Inertia,
    /// Mean distance between centroids over k.
    Cross,
    /// Mean silhouette coefficient over k.
    Silhouette,
    /// Spread between clusters over spread within, over k (Caliński and Harabasz).
    Separation,
    /// Mean likeness of a cluster with the one most like it, over k (Davies and Bouldin).
    Likeness,
    /// Agreement of other starts with the best, over k.
    Stability,
    /// How many pairs each cluster holds, for every k.
    Populations,
    /// How clusters split as k grows.
    Tree,
    /// The pairs in two dimensions.
    Map,
    /// The cluster of every moment along the video.
    Ribbon,
}

/// How the plots of the cluster steps are drawn.
#[derive(Debug, Clone, Default)]
pub struct ClusterPlotStyle {
    /// Colours beside those of the clusters.
    pub theme: Theme,
    /// No title above the plot, where the page around it has one.
    pub untitled: bool,
    /// Plots over k stand two in a row.
    pub small: bool,
}

impl ClusterPlot {
    /// All, in order.
    pub const ALL: [Self; 11] = [
        Self::Elbow,
        Self::Inertia,
        Self::Cross,
        Self::Silhouette,
        Self::Separation,
        Self::Likeness,
        Self::Stability,
        Self::Populations,
        Self::Tree,
        Self::Map,
        Self::Ribbon,
    ];

    /// Its name, which is also that of its file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elbow => "elbow",
            Self::Inertia => "inertia",
            Self::Cross => "cross",
            Self::Silhouette => "silhouette",
            Self::Separation => "calinski-harabasz",
            Self::Likeness => "davies-bouldin",
            Self::Stability => "stability",
            Self::Populations => "populations",
            Self::Tree => "tree-of-k",
            Self::Map => "map",
            Self::Ribbon => "ribbon",
        }
    }

    /// What it shows, in a line.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Elbow => "Within: mean distance of a pair to its own centroid",
            Self::Inertia => "Inertia: sum of squared distances to the own centroid",
            Self::Cross => "Cross: mean distance between centroids",
            Self::Silhouette => "Silhouette: how much nearer the own cluster is than the next",
            Self::Separation => "Caliński-Harabasz index: spread between clusters over spread within",
            Self::Likeness => "Davies-Bouldin index: likeness of each cluster with the one most like it",
            Self::Stability => "Stability: adjusted Rand index of other starts with the best",
            Self::Tree => "Tree of k: how clusters split as k grows",
            Self::Populations => "Populations: the pairs of each cluster, the largest at the bottom",
            Self::Map => "Map: pairs that the network finds alike lie together",
            Self::Ribbon => "Ribbon: the cluster of every moment along the video",
        }
    }

    /// How to read it, in a sentence.
    #[must_use]
    pub const fn reading(self) -> &'static str {
        match self {
            Self::Elbow => "Small is good; it always falls, so look for the k after which it falls slowly.",
            Self::Inertia => "What k-means makes small; look for the same bend.",
            Self::Cross => "Large is good: the clusters are far apart.",
            Self::Silhouette => "From −1 to 1; large is good.",
            Self::Separation => "Large is good.",
            Self::Likeness => "Small is good.",
            Self::Stability => "1 is perfectly stable: every start finds the same clusters.",
            Self::Tree => {
                "A line of one colour is a cluster that lasts; lines are as wide as the pairs they stand for."
            }
            Self::Populations => "A robust cluster keeps its size as k grows.",
            Self::Map => {
                "Only nearness means something: not the axes, nor how far groups are from each other."
            }
            Self::Ribbon => {
                "Each moment has the cluster of the last pair begun; shots are light and dark in turn."
            }
        }
    }

    /// The plot as a whole SVG document that needs no other file.
    ///
    /// # Errors
    /// When what it shows was not found yet.
    pub fn svg(self, study: &Study, style: &ClusterPlotStyle) -> Result<String, ExportError> {
        let title = if style.untitled {
            String::new()
        } else {
            self.title().to_owned()
        };
        Ok(match self {
            Self::Map => self.map(study, style)?.svg(),
            Self::Ribbon => {
                study.assignment()?;
                let blocks = study.stretches().into_iter().filter_map(|stretch| {
                    let cluster = study.cluster(Some(stretch.cluster))?;
                    Some((stretch.span, cluster.colour))
                });
                RibbonPlot {
                    title,
                    theme: style.theme,
                    legend: legend(study),
                    end: study.end(),
                    blocks: blocks.collect(),
                    cuts: study.cuts.clone(),
                }
                .svg()
            }
            Self::Populations => {
                let sweep = sweep(study)?;
                let column = |(index, row): (usize, &KSweepRow)| Column {
                    k: row.k,
                    parts: row
                        .populations
                        .iter()
                        .enumerate()
                        .map(|(rank, size)| {
                            let level = study.tree.levels.get(index);
                            let node = level.and_then(|level| level.get(rank));
                            (*size, colour(node.map_or(rank, |node| node.colour)))
                        })
                        .collect(),
                };
                StackPlot {
                    title,
                    theme: style.theme,
                    small: style.small,
                    columns: sweep.rows.iter().enumerate().map(column).collect(),
                    pointer: study.assignment().ok().map(|chosen| (chosen.k, "chosen".into())),
                }
                .svg()
            }
            Self::Tree if study.tree.levels.is_empty() => return Err(ExportError::NoSweep),
            Self::Tree => tree_svg(&study.tree, &title, style.theme),
            Self::Elbow => self.over_k(study, style, title, |row| Some(row.within))?,
            Self::Inertia => self.over_k(study, style, title, |row| Some(row.inertia))?,
            Self::Cross => self.over_k(study, style, title, |row| Some(row.cross))?,
            Self::Silhouette => self.over_k(study, style, title, |row| Some(row.silhouette))?,
            Self::Separation => self.over_k(study, style, title, |row| row.calinski_harabasz)?,
            Self::Likeness => self.over_k(study, style, title, |row| row.davies_bouldin)?,
            Self::Stability => self.over_k(study, style, title, |row| Some(row.stability))?,
        })
    }

    /// The map with the pictures of the pairs in place of dots, as SVG.
    ///
    /// # Errors
    /// When there is no map, a picture cannot be read, or the work is cancelled.
    pub fn map_of_pictures(
        study: &Study,
        style: &ClusterPlotStyle,
        pictures: &mut Pictures,
        watch: &Watch,
    ) -> Result<String, ExportError> {
        /// Columns of a picture in the file, for each pixel of the plot.
        const SHARPNESS: f64 = 2.0;
        let mut plot = Self::Map.map(study, style)?;
        // So large that they fill about a third of the plot, within what can be made out and what does not hide all.
        let width = (640.0 / (plot.points.len().max(1) as f64).sqrt()).clamp(16.0, 84.0);
        let order = drawing_order(study);
        for (done, pair) in order.iter().enumerate() {
            watch.check()?;
            watch.report(done as u64, order.len() as u64);
            let picture = pictures(*pair, (width * SHARPNESS) as u32)?;
            let [columns, rows] = picture.size().map(f64::from);
            plot.picture_size = [width, width * rows / columns];
            plot.pictures.push(picture.jpeg()?);
        }
        Ok(plot.svg())
    }

    fn map(self, study: &Study, style: &ClusterPlotStyle) -> Result<MapPlot, ExportError> {
        let map = study.map()?;
        let pairs = study.pairs();
        let point = |pair: crate::project::PairIndex| {
            let facts = pairs.get(pair.index())?;
            let colour = study
                .cluster(facts.cluster)
                .map_or(NO_CLUSTER, |cluster| cluster.colour);
            Some((facts.place?.map(f64::from), colour))
        };
        let title = format!(
            "{} (t-SNE, perplexity {:.0}, seed {})",
            self.title(),
            map.perplexity,
            map.seed
        );
        Ok(MapPlot {
            title: if style.untitled { String::new() } else { title },
            theme: style.theme,
            legend: legend(study),
            points: drawing_order(study).into_iter().filter_map(point).collect(),
            ..MapPlot::default()
        })
    }

    fn over_k(
        self,
        study: &Study,
        style: &ClusterPlotStyle,
        title: String,
        value: impl Fn(&KSweepRow) -> Option<f64>,
    ) -> Result<String, ExportError> {
        let sweep = sweep(study)?;
        let point = |row: &KSweepRow| Some([row.k as f64, value(row)?]);
        let points: Vec<[f64; 2]> = sweep.rows.iter().filter_map(point).collect();
        if points.is_empty() {
            // An earlier program did not measure it.
            return Err(ExportError::NoSweep);
        }
        let mut pointers = chosen(study);
        if self == Self::Elbow
            && let Some(elbow) = sweep.elbow
        {
            let elbow = Pointer {
                at: elbow as f64,
                name: "elbow".into(),
            };
            pointers.push(elbow);
        }
        let plot = LinePlot {
            title,
            x_label: "number of clusters, k".into(),
            y_label: self.name().replace("elbow", "within"),
            theme: style.theme,
            small: style.small,
            pointers,
            lines: vec![PlotLine {
                points,
                colour: colour(0),
                width: 2.0,
                dots: true,
                ..PlotLine::default()
            }],
            ..LinePlot::default()
        };
        Ok(plot.svg())
    }
}

fn sweep<'a>(study: &Study<'a>) -> Result<&'a KSweep, ExportError> {
    let sweep = study.run()?.sweep.as_ref();
    sweep
        .filter(|sweep| !sweep.rows.is_empty())
        .ok_or(ExportError::NoSweep)
}

fn chosen(study: &Study) -> Vec<Pointer> {
    let chosen = study.assignment().map(|chosen| Pointer {
        at: chosen.k as f64,
        name: format!("chosen: k = {}", chosen.k),
    });
    chosen.into_iter().collect()
}

/// Each cluster with its pairs counted.
fn legend(study: &Study) -> Vec<(String, Colour)> {
    let pairs = study.pairs();
    let size = |place: usize| {
        let own = pairs
            .iter()
            .filter(|pair| pair.cluster.is_some_and(|cluster| cluster.index() == place));
        own.count()
    };
    let entry = |(place, cluster): (usize, &super::study::ClusterFacts)| {
        (format!("{} ({})", cluster.name, size(place)), cluster.colour)
    };
    study.clusters.iter().enumerate().map(entry).collect()
}

/// Pairs without cluster lie under the others, and large clusters under small ones.
fn drawing_order(study: &Study) -> Vec<crate::project::PairIndex> {
    let mut pairs = study.pairs();
    pairs.retain(|pair| pair.place.is_some());
    pairs.sort_by_key(|pair| (pair.cluster, pair.pair));
    pairs.into_iter().map(|pair| pair.pair).collect()
}

#[cfg(test)]
mod tests {
    use super::super::picture::tests::plain;
    use super::super::raster;
    use super::super::sample_study::project;
    use super::*;
    use crate::project::Seconds;

    /// From JSON as it is kept, so that further measures of a row do not matter here.
    fn swept() -> KSweep {
        let row = |k: usize| {
            serde_json::json!({
                "k": k, "inertia": 90.0 / k as f64, "within": 3.0 / k as f64, "cross": k, "silhouette": 0.2,
                "populations": vec![1; k], "stability": 1.0,
                "calinski_harabasz": 30.0 / k as f64, "davies_bouldin": 0.5 * k as f64, "labels": vec![0; 6],
            })
        };
        let rows: Vec<_> = (2..5).map(row).collect();
        serde_json::from_value(serde_json::json!({ "rows": rows, "elbow": 3, "seed": 7 })).unwrap()
    }

    #[test]
    fn every_plot_is_drawn_and_says_what_is_missing() {
        let mut project = project();
        let style = ClusterPlotStyle::default();
        assert!(ClusterPlot::Cross.svg(&Study::of(&project), &style).is_err());
        project.run.as_mut().unwrap().sweep = Some(swept());
        let mut study = Study::of(&project);
        study.cuts = vec![Seconds(3.0)];
        assert!(ClusterPlot::Tree.svg(&study, &style).is_err());
        study.tree = serde_json::from_value(serde_json::json!({
            "levels": [[{ "k": 2, "cluster": 0, "size": 6, "silhouette": 0.1, "stability": 1.0, "colour": 0, "place": 0 }]],
            "edges": [],
        }))
        .unwrap();
        study.clusters[0].name = "风暴 <&>".into();
        for plot in ClusterPlot::ALL {
            let svg = plot.svg(&study, &style).unwrap();
            assert!(svg.starts_with("<svg") && svg.contains(plot.title()), "{plot:?}");
            assert!(!svg.contains("NaN"), "{plot:?}");
        }
        let elbow = ClusterPlot::Elbow.svg(&study, &style).unwrap();
        assert!(
            elbow.contains("chosen: k = 2") && elbow.contains(">elbow<"),
            "{elbow}"
        );
        let map = ClusterPlot::Map.svg(&study, &style).unwrap();
        assert!(map.contains("风暴 &lt;&amp;&gt; (4)"), "{map}");
        assert!(raster::png(&map, 1.0).unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn a_followed_cluster_keeps_its_colour() {
        let mut project = project();
        project.run.as_mut().unwrap().sweep = Some(swept());
        let mut study = Study::of(&project);
        let node = |k: usize, cluster: usize| {
            serde_json::json!({
                "k": k, "cluster": cluster, "size": 1, "silhouette": null, "stability": null, "colour": 11, "place": cluster,
            })
        };
        let level = |k: usize| (0..k).map(|cluster| node(k, cluster)).collect::<Vec<_>>();
        let tree = serde_json::json!({ "levels": [level(2), level(3)], "edges": [] });
        study.tree = serde_json::from_value(tree).unwrap();
        let svg = ClusterPlot::Populations
            .svg(&study, &ClusterPlotStyle::default())
            .unwrap();
        let [r, g, b] = colour(11);
        assert_eq!(svg.matches(&format!("#{r:02x}{g:02x}{b:02x}")).count(), 5);
    }

    #[test]
    fn the_map_of_pictures_holds_one_a_pair_and_can_be_stopped() {
        let project = project();
        let (study, style) = (Study::of(&project), ClusterPlotStyle::default());
        let watch = Watch::default();
        let mut pictures = |_, width: u32| Ok(plain(width, width / 2, [9, 90, 9]));
        let svg = ClusterPlot::map_of_pictures(&study, &style, &mut pictures, &watch).unwrap();
        assert_eq!(svg.matches("<image").count(), 6);
        let png = image::load_from_memory(&raster::png(&svg, 1.0).unwrap())
            .unwrap()
            .into_rgb8();
        assert!(
            png.pixels().any(|pixel| pixel.0[1] > 80 && pixel.0[0] < 20),
            "pictures are drawn"
        );
        watch.cancel();
        let stopped = ClusterPlot::map_of_pictures(&study, &style, &mut pictures, &watch);
        assert!(matches!(stopped, Err(ExportError::Cancelled(_))));
    }
}
