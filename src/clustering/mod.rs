//! Clusters of the latents, the measures for choosing k, and the map.
