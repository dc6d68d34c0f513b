//! From captions and descriptions to tags, and to what supports them.

use crate::clustering;
use crate::interpretation::chat::Chat;
use crate::interpretation::evidence::{self, Grounds, Meaning};
use crate::interpretation::prompt::Material;
use crate::interpretation::tagging::{TaggingError, TaggingSettings, tag_all};
use crate::jobs::Watch;
use crate::project::{ClusterId, ClusterTags, Language, PairIndex, Project};
use anyhow::Context;

/// What comes of a cluster: its pairs, and its tags or why it has none.
pub type Outcome = (Vec<PairIndex>, Result<ClusterTags, (ClusterId, String)>);

/// The language in which tags are written: that of the captions; Chinese where one of several videos is Chinese.
#[must_use]
pub fn language(project: &Project) -> Language {
    let sources = 0..project.source_names().len();
    let is_chinese = |source: usize| project.language_of(source.into()) == Language::Chinese;
    if sources.into_iter().any(is_chinese) {
        Language::Chinese
    } else {
        Language::English
    }
}

/// What is known of each cluster of the chosen clustering, what is nearest to its middle first.
#[must_use]
pub fn materials(project: &Project) -> Vec<Material> {
    let Some(run) = &project.run else {
        return Vec::new();
    };
    let (Some(latents), Some(chosen)) = (&run.latents, &run.assignment) else {
        return Vec::new();
    };
    let central = clustering::representatives(latents, chosen, usize::MAX);
    let material = |(cluster, pairs): (usize, Vec<PairIndex>)| Material {
        cluster: cluster.into(),
        captions: pairs
            .iter()
            .map(|pair| project.studied_text(*pair).to_owned())
            .collect(),
        descriptions: pairs
            .iter()
            .filter_map(|pair| run.descriptions.get(pair))
            .flat_map(|description| description.texts())
            .map(str::to_owned)
            .collect(),
    };
    central.into_iter().enumerate().map(material).collect()
}

/// Has tags written for one cluster, or for all that are not hidden. Tags that the analyst changed stay unless `replace`. `done` is
/// given what comes of each cluster as soon as it is known, with the support of words.
///
/// # Errors
/// When there are no clusters, when the model gives no answers, and when cancelled; what is done by then was handed over.
pub fn write_tags(
    project: &Project,
    chat: &mut dyn Chat,
    settings: &TaggingSettings,
    (which, replace): (Option<ClusterId>, bool),
    said: &mut dyn FnMut(ClusterId, &str),
    done: &mut dyn FnMut(Outcome),
    watch: &Watch,
) -> anyhow::Result<()> {
    let run = project
        .run
        .as_ref()
        .context("train first: tags are of the clusters of a training")?;
    let chosen = run
        .assignment
        .as_ref()
        .context("choose the number of clusters first")?;
    let mut materials = materials(project);
    materials.retain(|material| match which {
        Some(which) => material.cluster == which,
        None => {
            let edited = run.tags_of(material.cluster).is_some_and(|tags| tags.edited);
            !chosen.is_hidden(material.cluster) && (replace || !edited)
        }
    });
    anyhow::ensure!(
        !materials.is_empty(),
        "there is nothing to write: all clusters are hidden, or their tags were changed by hand and are kept"
    );
    let members = |cluster| chosen.members(cluster).collect::<Vec<_>>();
    let mut done = |cluster: ClusterId, tags: Result<ClusterTags, TaggingError>| {
        let tags = match tags {
            Ok(tags) => Ok(supported(project, tags)),
            Err(error) => Err((cluster, error.to_string())),
        };
        done((members(cluster), tags));
    };
    match tag_all(chat, &materials, settings, said, &mut done, watch) {
        Err(TaggingError::Cancelled(cancelled)) => Err(cancelled.into()),
        result => Ok(result?),
    }
}

/// The tags of the clusters with what supports them now, by words, and by meaning where there is a model of phrases.
///
/// # Errors
/// When the model of phrases fails, and when cancelled.
pub fn link(
    project: &Project,
    mut tags: Vec<ClusterTags>,
    meaning: Option<Meaning>,
    watch: &Watch,
) -> anyhow::Result<Vec<ClusterTags>> {
    let Some((run, chosen)) = project
        .run
        .as_ref()
        .and_then(|run| Some((run, run.assignment.as_ref()?)))
    else {
        return Ok(tags);
    };
    let pairs = (0..run.on.pairs.len()).map(PairIndex::from);
    let captions: Vec<String> = pairs
        .clone()
        .map(|pair| project.studied_text(pair).to_owned())
        .collect();
    let description = |pair| {
        run.descriptions
            .get(&pair)
            .map(|known| known.texts().join(". "))
            .unwrap_or_default()
    };
    let descriptions: Vec<String> = pairs.map(description).collect();
    let grounds = Grounds {
        captions: &captions,
        descriptions: &descriptions,
        labels: &chosen.labels,
    };
    evidence::link(&mut tags, grounds, meaning, watch)?;
    Ok(tags)
}

/// The tags of one cluster with the words that support them, among those that the other clusters have.
fn supported(project: &Project, tags: ClusterTags) -> ClusterTags {
    let cluster = tags.cluster;
    let others = project.run.iter().flat_map(|run| &run.tags);
    let mut all: Vec<ClusterTags> = others.filter(|other| other.cluster != cluster).cloned().collect();
    all.push(tags.clone());
    // Without a model of phrases and with nobody to cancel it, it does not fail.
    let linked = link(project, all, None, &Watch::default());
    linked.ok().and_then(|mut linked| linked.pop()).unwrap_or(tags)
}
