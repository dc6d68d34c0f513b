//! The networks, each a struct of layers.
