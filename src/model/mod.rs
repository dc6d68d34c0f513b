//! The networks, each a struct of layers, their inputs, their posterior and their loss.

pub mod attention;
pub mod contrast;
pub mod cost;
pub mod design;
pub mod image;
pub mod layers;
pub mod loss;
pub mod posterior;
pub mod seed;
pub mod text;
pub mod vae;
pub mod window;

pub use contrast::{ContrastDesign, ContrastShape, PictureTower, TwoTowers, contrast_loss};
pub use design::{
    Cell, Convolutions, Fusion, ImageTower, LatentHead, NetworkDesign, Normalisation, PixelOutput, Shape,
    TextLayers, TextTower, Transformer,
};
pub use loss::{Losses, Objectives, TextError, loss};
pub use posterior::Posterior;
pub use seed::seeded;
pub use text::Feed;
pub use vae::{Batch, Reconstructed, Vae};
pub use window::{WindowDesign, WindowNetwork, WindowShape};
