//! `frameloom decode PROJECT --out DIR`: what the trained network tells from places of its latent space.

use super::progress::Progress;
use super::{Output, Unusable};
use crate::analysis::{self, Places};
use crate::project::{ClusterId, PairIndex, Project};
use crate::training::{Decoded, Mixture};
use anyhow::{Context, ensure};
use clap::Args;
use image::{ExtendedColorType, ImageEncoder};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct DecodeArguments {
    /// The project folder.
    project: PathBuf,
    /// The centroid of this cluster, from 1; may be given several times. All clusters where nothing else is asked for.
    #[arg(long = "cluster")]
    clusters: Vec<usize>,
    /// The mean of these pairs, from 1, such as 3,7,12.
    #[arg(long = "mean", value_delimiter = ',')]
    mean: Vec<usize>,
    /// The way from this pair, from 1.
    #[arg(long, requires = "to")]
    from: Option<usize>,
    /// The way to this pair, from 1.
    #[arg(long, requires = "from")]
    to: Option<usize>,
    /// Places on the way, both ends included.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(2..=1000))]
    steps: u32,
    /// Folder for the pictures.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    output: Output,
}

/// Tells.
pub fn run(arguments: &DecodeArguments) -> anyhow::Result<()> {
    let folder = &arguments.project;
    ensure!(
        Project::is_project(folder),
        Unusable(format!("{} is no project folder", folder.display()))
    );
    let project = Project::load(folder)?;
    let places = places(&project, arguments)?;
    let progress = Progress::new();
    let cache = Places::platform().cache;
    let inspection = analysis::open_inspection(&project, Some(&cache), &progress.watch)?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot make the folder {}", arguments.out.display()))?;
    let mut told = Vec::new();
    for (name, mixture) in places {
        progress.watch.check()?;
        let decoded = inspection.decode(&mixture)?;
        let file = arguments.out.join(format!("{name}.png"));
        write_picture(&file, &decoded)?;
        let names = project.source_names();
        let near = |pair: &PairIndex| project.studied().get(pair.index());
        told.push(json!({
            "place": name,
            "picture": file.display().to_string(),
            "words": decoded.words,
            "nearest": decoded.nearest.iter().map(|(pair, distance)| json!({
                "pair": pair.0 + 1, "time": near(pair).map(|pair| pair.time), "distance": distance,
                "source": near(pair).and_then(|pair| names.get(pair.source.index())),
            })).collect::<Vec<_>>(),
        }));
    }
    if arguments.output.json {
        return super::print(&format!("{:#}\n", json!(told)));
    }
    let mut text = String::new();
    for place in &told {
        let words: Vec<&str> = place["words"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|w| w.as_str())
            .collect();
        let nearest: Vec<String> = place["nearest"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|near| near["pair"].to_string())
            .collect();
        text += &format!(
            "{}: {}\n  nearest pairs {}\n",
            place["place"].as_str().unwrap_or_default(),
            if words.is_empty() {
                "no words".to_owned()
            } else {
                words.join(" ")
            },
            nearest.join(", ")
        );
    }
    super::print(&text)
}

/// The places asked for, each with a name for its file.
fn places(project: &Project, arguments: &DecodeArguments) -> anyhow::Result<Vec<(String, Mixture)>> {
    let pair = |number: usize| {
        let count = project.studied().len();
        ensure!(
            (1..=count).contains(&number),
            Unusable(format!("there is no pair {number}; there are pairs 1 to {count}"))
        );
        Ok(PairIndex::from(number - 1))
    };
    let mut places = Vec::new();
    if !arguments.mean.is_empty() {
        let pairs: Vec<PairIndex> = arguments
            .mean
            .iter()
            .map(|&number| pair(number))
            .collect::<anyhow::Result<_>>()?;
        places.push(("mean".to_owned(), Mixture::mean(&pairs)));
    }
    if let Some((from, to)) = arguments.from.zip(arguments.to) {
        let (from, to) = (pair(from)?, pair(to)?);
        let last = f64::from(arguments.steps - 1);
        places.extend((0..arguments.steps).map(|step| {
            let way = f64::from(step) / last;
            (format!("way-{:03}", step + 1), Mixture::between(from, to, way))
        }));
    }
    let clusters: Vec<usize> = if arguments.clusters.is_empty() && places.is_empty() {
        let chosen = project.run.as_ref().and_then(|run| run.assignment.as_ref());
        (1..=chosen
            .context("the project has no clusters yet: train and choose k first")?
            .k)
            .collect()
    } else {
        arguments.clusters.clone()
    };
    for cluster in clusters {
        let members = members(project, cluster);
        ensure!(
            !members.is_empty(),
            Unusable(format!("there is no cluster {cluster} with pairs in it"))
        );
        places.push((format!("cluster-{cluster}"), Mixture::mean(&members)));
    }
    Ok(places)
}

/// The pairs of a cluster, counted from 1.
fn members(project: &Project, cluster: usize) -> Vec<PairIndex> {
    let Some(cluster) = cluster.checked_sub(1).map(ClusterId::from) else {
        return Vec::new();
    };
    let run = project.run.as_ref();
    (0..project.studied().len())
        .map(PairIndex::from)
        .filter(|&pair| run.and_then(|run| run.cluster_of(pair)) == Some(cluster))
        .collect()
}

fn write_picture(path: &Path, decoded: &Decoded) -> anyhow::Result<()> {
    let [width, height] = decoded.size.map(|size| size as u32);
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(&decoded.rgb, width, height, ExtendedColorType::Rgb8)
        .with_context(|| format!("cannot make {}", path.display()))?;
    Ok(crate::project::files::write_whole(path, |file| {
        file.write_all(&bytes)
    })?)
}
