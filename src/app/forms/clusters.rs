//! What is chosen in the Clusters and Map panels.

use crate::clustering::{ITERATIONS, MIN_SAMPLES, MapPlan, RESTARTS, SweepPlan};
use crate::project::{ClusterId, ClusteringMethod, KSweep};
use eframe::egui::Pos2;
use std::ops::RangeInclusive;

/// Which picture of the sweep is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SweepView {
    /// Elbow, cross, silhouette and populations.
    #[default]
    Plots,
    /// How clusters split as k grows.
    Tree,
    /// Every measure of every k.
    Figures,
}

/// How clusters are to be found, and what is being typed about them.
pub struct ClusterForms {
    /// How to cluster.
    pub method: ClusteringMethod,
    /// k to sweep.
    pub range: RangeInclusive<usize>,
    /// Restarts for each k.
    pub restarts: usize,
    /// Reach of DBSCAN; none for the knee of the k-distance plot.
    pub epsilon: Option<f64>,
    /// Pairs within reach that make a place dense.
    pub min_samples: usize,
    /// Seed of the sweep and of the map.
    pub seed: u64,
    /// Which picture of the sweep is shown.
    pub view: SweepView,
    /// The name under the hands, and of which cluster.
    pub naming: Option<(ClusterId, String)>,
}

impl Default for ClusterForms {
    fn default() -> Self {
        Self {
            method: ClusteringMethod::KMeans,
            range: crate::analysis::clusters::K_RANGE,
            restarts: RESTARTS,
            epsilon: None,
            min_samples: MIN_SAMPLES,
            seed: 3407,
            view: SweepView::Plots,
            naming: None,
        }
    }
}

impl ClusterForms {
    /// Whether a sweep was made with these settings, as far as it remembers its own.
    #[must_use]
    pub fn is_of(&self, sweep: &KSweep) -> bool {
        if self.method != sweep.method || self.seed != sweep.seed {
            return false;
        }
        match &sweep.density {
            Some(density) => {
                let reach = self.epsilon.unwrap_or(density.proposed_epsilon);
                self.min_samples == density.min_samples && reach == density.epsilon
            }
            None => {
                let ends = sweep.rows.first().zip(sweep.rows.last());
                let restarts = sweep.restarts == 0 || sweep.restarts == self.restarts;
                restarts
                    && ends.is_none_or(|(first, last)| {
                        first.k >= *self.range.start() && last.k <= *self.range.end()
                    })
            }
        }
    }

    /// What is asked for.
    #[must_use]
    pub fn plan(&self) -> SweepPlan {
        SweepPlan {
            method: self.method,
            range: self.range.clone(),
            restarts: self.restarts,
            seed: self.seed,
            epsilon: self.epsilon,
            min_samples: self.min_samples,
        }
    }
}

/// What the points of the map are coloured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ColourBy {
    /// Their cluster.
    #[default]
    Cluster,
    /// When they are on screen.
    Time,
    /// Which video they are of.
    Source,
    /// The language of the caption.
    Language,
    /// How badly the network puts the pair back.
    Loss,
    /// How well the pair fits its cluster, -1 to 1.
    Silhouette,
    /// How far it is from the centroid of its cluster.
    Distance,
    /// Characters of the caption.
    Length,
    /// One of the numbers that the latents consist of.
    Dimension,
    /// One of the numbers of a table that was read for it.
    Figure,
}

impl ColourBy {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::Cluster,
        Self::Time,
        Self::Source,
        Self::Language,
        Self::Loss,
        Self::Silhouette,
        Self::Distance,
        Self::Length,
        Self::Dimension,
        Self::Figure,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Time => "time",
            Self::Source => "video",
            Self::Language => "caption language",
            Self::Loss => "loss",
            Self::Silhouette => "silhouette",
            Self::Distance => "distance to centroid",
            Self::Length => "length of caption",
            Self::Dimension => "latent dimension",
            Self::Figure => "figure of a table",
        }
    }
}

/// Which picture of the latents is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Projection {
    /// Neighbours stay neighbours.
    #[default]
    Tsne,
    /// The two axes along which the latents differ most.
    Pca,
}

/// How the map is drawn.
pub struct MapForm {
    /// Which picture.
    pub projection: Projection,
    /// Perplexity of t-SNE.
    pub perplexity: f64,
    /// Rounds of t-SNE.
    pub iterations: usize,
    /// Radius of a point, in points of the screen.
    pub size: f32,
    /// Pictures instead of points.
    pub pictures: bool,
    /// What the points are coloured by.
    pub colour: ColourBy,
    /// Which latent dimension or figure of the table, from 0.
    pub column: usize,
    /// A drag draws around points instead of moving the map.
    pub lasso: bool,
    /// What is being drawn around points, on the screen.
    pub drawn: Vec<Pos2>,
}

impl Default for MapForm {
    fn default() -> Self {
        Self {
            projection: Projection::Tsne,
            perplexity: crate::analysis::clusters::PERPLEXITY,
            iterations: ITERATIONS,
            size: 6.0,
            pictures: false,
            colour: ColourBy::Cluster,
            column: 0,
            lasso: false,
            drawn: Vec::new(),
        }
    }
}

impl MapForm {
    /// What is asked for.
    #[must_use]
    pub fn plan(&self, seed: u64) -> MapPlan {
        MapPlan {
            perplexity: self.perplexity,
            iterations: self.iterations,
            seed,
        }
    }
}
