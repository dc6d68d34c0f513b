//! Clusters of the latents, the measures for choosing k, and the map.
//!
//! Everything is measured in f64 on the full latents, never on the two-dimensional map. The same latents, seed and
//! arguments give the same answer whatever the number of threads.

mod affinities;
mod aligned;
mod assignment;
mod density;
mod descent;
mod error;
mod kmeans;
mod knee;
mod lloyd;
mod matching;
mod measures;
mod mixture;
mod npy;
mod overlap;
mod plan;
mod points;
mod principal;
mod products;
mod quadtree;
mod reading;
mod repulsion;
mod suggestion;
mod sweep;
mod tree;
mod tries;
mod tsne;

pub use aligned::align;
pub use assignment::{choose, representatives};
pub use error::ClusteringError;
pub use measures::{agreement, silhouettes};
pub use mixture::mixture_caveat;
pub use overlap::match_clusters;
pub use plan::{MIN_SAMPLES, RESTARTS, SweepPlan};
pub use principal::pca;
pub use reading::{Table, read_figures, read_latents};
pub use suggestion::suggestion;
pub use sweep::sweep;
pub use tree::{k_tree, lineage};
pub use tsne::{ITERATIONS, MapPlan, tsne};
