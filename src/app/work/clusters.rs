//! Work around clusters: finding them, and what is told of them.

use super::{Message, Out};
use crate::analysis::{self, Places};
use crate::app::state::Network;
use crate::clustering::{self, MapPlan, SweepPlan};
use crate::project::{ClusterId, Latents, PairIndex, Project, Run};
use crate::training::{Decoded, Inspection, Mixture, checkpoint};
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// The sweep over k.
pub fn find_clusters(project: &Project, plan: &SweepPlan, out: &Out) -> anyhow::Result<()> {
    let Some((run, latents)) = with_latents(project) else {
        return Ok(());
    };
    let sweep = clustering::sweep(latents, plan, &out.watch)?;
    Ok(out.send(Message::Swept(Box::new((run.name.clone(), sweep))))?)
}

/// The principal components alone.
pub fn principal(project: &Project, out: &Out) -> anyhow::Result<()> {
    let Some((run, latents)) = with_latents(project) else {
        return Ok(());
    };
    let found = clustering::pca(latents, &out.watch)?;
    Ok(out.send(Message::Principal(run.name.clone(), found))?)
}

/// The map: first the principal components, which are quickly there, then t-SNE, seen while it is drawn.
pub fn draw_map(project: &Project, plan: &MapPlan, out: &Out) -> anyhow::Result<()> {
    let Some((run, latents)) = with_latents(project) else {
        return Ok(());
    };
    principal(project, out)?;
    let map = clustering::tsne(latents, plan, &out.watch, |points| {
        out.offer(Message::LiveMap(run.name.clone(), points.to_vec()));
    })?;
    Ok(out.send(Message::Mapped(run.name.clone(), map))?)
}

/// Numbers about the pairs, from a table.
pub fn figures(project: &Project, path: &Path, out: &Out) -> anyhow::Result<()> {
    let Some(run) = &project.run else {
        anyhow::bail!("there is no training to look at yet: figures are read for the pairs of one");
    };
    let figures = analysis::clusters::figures(project, path)?;
    Ok(out.send(Message::Figures(run.name.clone(), figures))?)
}

/// How badly the network puts each pair back; opens it where it is not open yet.
pub fn losses(
    project: &Project,
    network: Option<&Network>,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let Some((run, _)) = with_latents(project) else {
        return Ok(());
    };
    let losses = asked(project, network, places, out, |network| Ok(network.losses()?))?;
    Ok(out.send(Message::Losses(run.name.clone(), losses.unwrap_or_default()))?)
}

/// The run in use, where it has learned something.
fn with_latents(project: &Project) -> Option<(&Run, &Latents)> {
    let run = project.run.as_ref()?;
    Some((run, run.latents.as_ref()?))
}

/// Asks the network of the run in use; opens it where it is not open yet. None where the run has kept none, as one of
/// latents from elsewhere.
fn asked<T>(
    project: &Project,
    network: Option<&Network>,
    places: &Places,
    out: &Out,
    ask: impl FnOnce(&Inspection) -> anyhow::Result<T>,
) -> anyhow::Result<Option<T>> {
    if let Some(network) = network {
        return ask(&network.0.lock().unwrap_or_else(PoisonError::into_inner)).map(Some);
    }
    let folder = project.run.as_ref().map(|run| project.run_folder(&run.name));
    if !folder.is_some_and(|folder| folder.join(checkpoint::FILE).exists()) {
        return Ok(None);
    }
    ask(&analysis::open_inspection(
        project,
        Some(&places.cache),
        &out.watch,
    )?)
    .map(Some)
}

/// Keywords for the chosen clustering.
pub fn tags(mut project: Project, out: &Out) -> anyhow::Result<()> {
    analysis::tag_clusters(&mut project);
    let Some(run) = project.run else { return Ok(()) };
    let labels = run.assignment.map(|chosen| chosen.labels).unwrap_or_default();
    Ok(out.send(Message::Tagged(run.name, labels, run.tags))?)
}

/// The smaller of the two parts that k-means finds in a cluster.
pub fn split(project: &Project, cluster: ClusterId, revision: u64, out: &Out) -> anyhow::Result<()> {
    let Some(run) = &project.run else { return Ok(()) };
    let part = analysis::clusters::split(run, cluster, &out.watch)?;
    Ok(out.send(Message::Split(revision, part))?)
}

/// Mean silhouette of each cluster as they are at this revision.
pub fn silhouettes(project: &Project, revision: u64, out: &Out) -> anyhow::Result<()> {
    let run = project.run.as_ref();
    let Some((latents, chosen)) = run.and_then(|run| Some((run.latents.as_ref()?, run.assignment.as_ref()?)))
    else {
        return Ok(());
    };
    let each = clustering::silhouettes(latents, &chosen.labels, &out.watch)?;
    let mean = |cluster| {
        let (sum, count) = chosen.members(cluster).fold((0.0, 0_u32), |(sum, count), pair| {
            (sum + each.get(pair.index()).copied().unwrap_or(0.0), count + 1)
        });
        sum / f64::from(count.max(1))
    };
    let means = chosen.clusters().map(mean).collect();
    Ok(out.send(Message::Silhouettes(revision, means, each))?)
}

/// Asks the network what it tells from the middle of each cluster; opens it where it is not open yet.
pub fn centroids(
    project: &Project,
    network: Option<&Network>,
    revision: u64,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let Some(chosen) = project.run.as_ref().and_then(|run| run.assignment.as_ref()) else {
        return Ok(());
    };
    let members = chosen.clusters().map(|cluster| chosen.members(cluster).collect());
    let members: Vec<Vec<PairIndex>> = members.collect();
    let told = asked(project, network, places, out, |network| {
        let tell = |pairs: &Vec<PairIndex>| -> anyhow::Result<Arc<Decoded>> {
            out.watch.check()?;
            Ok(Arc::new(network.decode(&Mixture::mean(pairs))?))
        };
        members.iter().map(tell).collect::<anyhow::Result<Vec<_>>>()
    })?;
    Ok(out.send(Message::Centroids(revision, told.unwrap_or_default()))?)
}
