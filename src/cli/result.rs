//! What `frameloom run` prints at its end.

use super::Output;
use super::cluster::{sweep_json, table};
use super::interpreting::tags_json;
use crate::analysis::{self, Described};
use crate::clustering;
use crate::project::{ClusterId, PairIndex, Project, Tag};
use anyhow::Context;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

/// Seconds spent by stage, in order.
#[derive(Default)]
pub struct Clock {
    stages: Vec<(&'static str, f64)>,
}

impl Clock {
    /// Does the work of a stage.
    pub fn time<T>(
        &mut self,
        stage: &'static str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let began = Instant::now();
        let result = work();
        self.stages.push((stage, began.elapsed().as_secs_f64()));
        result
    }
}

/// What is told beside the project itself.
pub struct Told {
    /// Seconds by stage.
    pub clock: Clock,
    /// What the analyst should know.
    pub warnings: Vec<String>,
    /// Share of the distinct words that had vectors, and what the vectors were.
    pub words: (f64, String),
    /// How the describing of frames went, where it was asked for.
    pub described: Option<Described>,
}

/// Prints what there is, as text or as one JSON document.
pub fn print(project: &Project, output: Output, told: &Told) -> anyhow::Result<()> {
    let (found, source) = &told.words;
    let run = project.run.as_ref().context("no run")?;
    let (sweep, chosen) = run
        .sweep
        .as_ref()
        .zip(run.assignment.as_ref())
        .context("no clusters")?;
    let latents = run.latents.as_ref().context("no latents")?;
    let typical = clustering::representatives(latents, chosen, 5);
    let sources = analysis::clusters::sources(run);
    let keywords = analysis::clusters::keywords(project);
    let clusters: Vec<Value> = (0..chosen.k)
        .map(|index| {
            let cluster = ClusterId::from(index);
            let tags = run.tags_of(cluster);
            let texts = tags.map(|tags| tags.tags.iter().map(|tag| tag.text.as_str()).collect::<Vec<_>>());
            let own = keywords.iter().filter(|keywords| keywords.cluster == cluster);
            let keyword = |tag: &Tag| json!({ "text": tag.text, "score": tag.score, "pairs": tag.evidence });
            let keywords: Vec<Value> = own.flat_map(|own| own.tags.iter().map(keyword)).collect();
            let frame = |pair: &PairIndex| {
                let pair = project.studied().get(pair.index());
                json!({
                    "source": pair.map(|pair| pair.source),
                    "frame": pair.map(|pair| pair.frame),
                    "time": pair.map(|pair| pair.time),
                })
            };
            let frames: Vec<Value> = typical.get(index).into_iter().flatten().map(frame).collect();
            let size = chosen
                .labels
                .iter()
                .filter(|label| **label == Some(cluster))
                .count();
            json!({
                "id": index,
                "size": size,
                "sources": sources.get(index),
                "tags": texts.unwrap_or_default(),
                "tagging": tags.map(tags_json),
                "keywords": keywords,
                "representative_frames": frames,
            })
        })
        .collect();
    if !output.json {
        return super::print(&text(project, &clusters, sweep, chosen.k));
    }
    let seconds: serde_json::Map<String, Value> = told
        .clock
        .stages
        .iter()
        .map(|(stage, seconds)| ((*stage).to_owned(), json!(seconds)))
        .collect();
    let document = json!({
        "video": project.manifest.video,
        "project": path_text(&project.folder),
        "run": run.name,
        "language": project.manifest.language,
        "pairs": project.studied().len(),
        "sources": project.source_names().into_iter().enumerate().map(|(source, name)| json!({
            "name": name,
            "pairs": project.studied().iter().filter(|pair| pair.source.index() == source).count(),
        })).collect::<Vec<_>>(),
        "words": { "source": source, "found": found },
        "preset": run.config.training.get("preset"),
        "seed": run.config.training.get("seed"),
        "versions": run.config.versions,
        "epochs": run.losses.iter().map(|point| json!({
            "epoch": point.epoch,
            "image": point.mean.image,
            "text": point.mean.text,
            "kl": point.mean.kl,
            "total": point.mean.total,
            "paper_scale": point.paper_scale,
            "validation": point.validation,
            "seconds": point.seconds,
        })).collect::<Vec<_>>(),
        "parameters": run.config.parameters,
        "scores": run.config.scores,
        "device": run.config.device,
        "notes": run.config.notes,
        "k": chosen.k,
        "elbow": sweep.elbow,
        "k_sweep": sweep_json(sweep),
        "labels": chosen.labels,
        "clusters": clusters,
        "descriptions": told.described,
        "warnings": told.warnings,
        "seconds": seconds,
    });
    super::print(&format!("{document:#}\n"))
}

fn path_text(path: &Path) -> String {
    path.display().to_string()
}

fn text(project: &Project, clusters: &[Value], sweep: &crate::project::KSweep, k: usize) -> String {
    let mut text = table(sweep);
    let names = project.source_names();
    text += &format!("\nk = {k}\n");
    for cluster in clusters {
        let tags: Vec<&str> = cluster["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let id = cluster["id"].as_u64().unwrap_or(0) + 1;
        let counts = cluster["sources"].as_array().into_iter().flatten();
        let mut shares = String::new();
        for (name, count) in names.iter().zip(counts).filter(|_| names.len() > 1) {
            shares += &format!(" {name} {count},");
        }
        text += &format!(
            "cluster {id}, {} pairs:{shares} {}\n",
            cluster["size"],
            tags.join(", ")
        );
    }
    text + &format!("\nproject in {}\n", path_text(&project.folder))
}
