//! The network that is asked what it tells from places of its latent space.

use crate::training::{Decoded, Inspection, Mixture};
use std::sync::{Arc, Mutex};

/// A network that jobs ask in turn.
#[derive(Clone)]
pub struct Network(pub Arc<Mutex<Inspection>>);

/// What is known of the latent space of the run in use.
#[derive(Default)]
pub struct LatentView {
    /// The run whose network was asked for; opened, on its way, or refused.
    pub run: Option<String>,
    /// The network, once it is there.
    pub network: Option<Network>,
    /// The place that was asked for last.
    pub asked: Option<Mixture>,
    /// What the network tells from it, and how often it has told something.
    pub decoded: Option<(u64, Decoded)>,
}

impl LatentView {
    /// Takes in what the network tells.
    pub fn take(&mut self, decoded: Decoded) {
        let told = self.decoded.as_ref().map_or(0, |(told, _)| *told);
        self.decoded = Some((told + 1, decoded));
    }
}
