//! Asking trained networks.

use super::{Message, Out};
use crate::analysis::{self, Places};
use crate::app::state::Network;
use crate::project::Project;
use crate::training::Mixture;
use std::sync::{Arc, Mutex, PoisonError};

/// Opens the network of the run in use.
pub fn open_network(project: &Project, places: &Places, out: &Out) -> anyhow::Result<()> {
    let Some(run) = &project.run else { return Ok(()) };
    let network = analysis::open_inspection(project, Some(&places.cache), &out.watch)?;
    let network = Network(Arc::new(Mutex::new(network)));
    Ok(out.send(Message::Network(run.name.clone(), network))?)
}

/// Asks a network what it tells from a place. Of places asked for while another is being told, the last one counts.
pub fn decode(network: &Network, place: &Mixture, out: &Out) -> anyhow::Result<()> {
    let network = network.0.lock().unwrap_or_else(PoisonError::into_inner);
    out.watch.check()?;
    let decoded = network.decode(place)?;
    Ok(out.send(Message::Decoded(Box::new(decoded)))?)
}
