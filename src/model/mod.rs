//! The networks, each a struct of layers, their inputs, their posterior and their loss.

pub mod crvae;
pub mod image;
pub mod layers;
pub mod loss;
pub mod posterior;
pub mod seed;
pub mod sizes;
pub mod text;

pub use crvae::{Batch, Crvae, Reconstructed};
pub use loss::{Losses, Weights, loss};
pub use posterior::Posterior;
pub use seed::seeded;
pub use sizes::{Convolutions, NetworkSizes, PixelOutput, Shape};
