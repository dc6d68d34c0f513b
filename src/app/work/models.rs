//! Work around pretrained models: what is here, fetching, taking away.

use super::{Message, Out};
use crate::analysis::Places;
use crate::app::state::Models;
use crate::pretrained::{Hub, Job, Shelf};
use std::path::Path;

/// Lists the models that are here.
pub fn list_models(places: &Places, out: &Out) -> anyhow::Result<()> {
    tell(&Shelf::open(&places.models())?, out)
}

/// From now on this model does the job.
pub fn choose_model(places: &Places, job: Job, id: &str, out: &Out) -> anyhow::Result<()> {
    let mut shelf = Shelf::open(&places.models())?;
    shelf.choose(job, id)?;
    tell(&shelf, out)
}

/// Fetches a model of the catalogue. What is there when it is stopped stays, to be gone on with.
pub fn get_model(places: &Places, id: &str, hub: Option<&str>, out: &Out) -> anyhow::Result<()> {
    let mut shelf = Shelf::open(&places.models())?;
    let hub = Hub::from_environment(hub)?;
    let fetched = shelf.get(id, &hub, &out.watch, &mut |progress| {
        out.offer(Message::Fetching(id.to_owned(), progress.clone()));
    });
    tell(&Shelf::open(&places.models())?, out)?;
    let model = fetched?;
    shelf.choose(model.job, &model.id)?;
    tell(&shelf, out)
}

/// Points at a folder or file of the user's own, which does the job from now on.
pub fn add_model(places: &Places, job: Job, path: &Path, out: &Out) -> anyhow::Result<()> {
    let mut shelf = Shelf::open(&places.models())?;
    let model = shelf.add_local(job, path)?;
    shelf.choose(job, &model.id)?;
    tell(&shelf, out)
}

/// Takes a model away: what was fetched is deleted, what is the user's own stays where it is.
pub fn remove_model(places: &Places, id: &str, out: &Out) -> anyhow::Result<()> {
    let mut shelf = Shelf::open(&places.models())?;
    shelf.remove(id)?;
    tell(&shelf, out)
}

fn tell(shelf: &Shelf, out: &Out) -> anyhow::Result<()> {
    let chosen = Job::ALL
        .into_iter()
        .filter_map(|job| Some((job, shelf.chosen(job)?.id)));
    Ok(out.send(Message::Models(Models {
        here: Job::ALL
            .into_iter()
            .flat_map(|job| shelf.installed(job))
            .collect(),
        chosen: chosen.collect(),
        warning: shelf.warning().map(str::to_owned),
    }))?)
}
