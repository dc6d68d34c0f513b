//! What the clusters mean.
