//! Clusters of the latents, the measures for choosing k, and the map.
//!
//! Everything is measured in f64 on the full latents, never on the two-dimensional map. The same latents, seed and
//! arguments give the same answer whatever the number of threads.

mod aligned;
mod assignment;
mod density;
mod error;
mod kmeans;
mod knee;
mod measures;
mod mixture;
mod points;
mod reading;
mod sweep;
mod tsne;

pub use aligned::align;
pub use assignment::{choose, cluster, representatives};
pub use error::ClusteringError;
pub use measures::{agreement, silhouettes};
pub use mixture::mixture_caveat;
pub use reading::read_latents;
pub use sweep::sweep;
pub use tsne::tsne;
