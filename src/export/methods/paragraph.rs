//! The facts in sentences.

use super::super::study::Study;
use super::words::{method, name_of, rule, tagger};
use crate::project::Run;
use serde_json::Value;
use std::fmt::Write as _;

/// The methods section of an article, as far as the work got.
pub fn paragraph(study: &Study) -> String {
    let project = study.project;
    let manifest = &project.manifest;
    let mut text = String::new();
    if let Some(video) = &manifest.video {
        let _ = write!(
            text,
            "The video “{}” (length {}, {} × {} pixels) was sampled at one frame every {} s, scaled to {} × {} pixels. ",
            name_of(&video.path),
            video.duration,
            video.width,
            video.height,
            manifest.sampling.every.0,
            manifest.sampling.width,
            manifest.sampling.height
        );
    }
    let _ = write!(
        text,
        "Its {} captions ({}) were paired with frames, {}, which gave {} pairs. ",
        project.track.cues.len(),
        manifest.language.name(),
        rule(manifest.pairing.rule),
        project.studied_own().len()
    );
    for (place, companion) in project.studied_companions().iter().enumerate() {
        let own = project.studied().iter();
        let own = own.filter(|pair| pair.source.companion() == Some(place));
        let _ = write!(
            text,
            "They were studied together with the {} pairs of “{}” ({}). ",
            own.count(),
            companion.name,
            companion.language.name()
        );
    }
    if let Some(run) = &project.run {
        learned(run, &mut text);
        grouped(run, &mut text);
    }
    let _ = write!(
        text,
        "The work was done with Frameloom {}",
        env!("CARGO_PKG_VERSION")
    );
    let libtorch = project
        .run
        .as_ref()
        .and_then(|run| run.config.versions.get("libtorch"));
    if let Some(libtorch) = libtorch {
        let _ = write!(text, " on libtorch {libtorch}");
    }
    text + "."
}

fn learned(run: &Run, text: &mut String) {
    let config = &run.config;
    let setting = |path: &str| {
        config
            .training
            .pointer(path)
            .filter(|value| !value.is_null())
            .map(plain)
    };
    let _ = write!(
        text,
        "A variational autoencoder ({:.2} million parameters",
        config.parameters as f64 / 1e6
    );
    if let Some(dimensions) = setting("/network/latent/dimensions") {
        let _ = write!(text, ", {dimensions} latent dimensions");
    }
    if let Some(preset) = setting("/preset") {
        let _ = write!(text, ", preset “{preset}”");
    }
    let _ = write!(
        text,
        ") was trained on the pairs by AdamW for {} epochs",
        run.losses.len()
    );
    let named = [
        ("batch_size", "batches of"),
        ("learning_rate", "step size"),
        ("weight_decay", "weight decay"),
        ("seed", "seed"),
    ];
    let known: Vec<String> = named
        .iter()
        .filter_map(|(name, words)| Some(format!("{words} {}", setting(&format!("/{name}"))?)))
        .collect();
    if !known.is_empty() {
        let _ = write!(text, " ({})", known.join(", "));
    }
    if let Some((_, source)) = &config.words {
        let _ = write!(text, ", the words as vectors: {source}");
    }
    text.push_str(". ");
}

fn grouped(run: &Run, text: &mut String) {
    if let Some(chosen) = &run.assignment {
        let _ = write!(
            text,
            "The latent means were clustered by {} into {} clusters (",
            method(chosen.method),
            chosen.k,
        );
        let sweep = run.sweep.as_ref().filter(|sweep| sweep.method == chosen.method);
        match sweep.map(|sweep| (&sweep.density, sweep.rows.first().zip(sweep.rows.last()))) {
            Some((Some(density), _)) => {
                let _ = write!(
                    text,
                    "reach {:.4}, {} pairs within reach; {} pairs in no cluster",
                    density.epsilon, density.min_samples, density.noise
                );
            }
            Some((None, Some((first, last)))) => {
                let _ = write!(
                    text,
                    "seed {}; k from {} to {} was looked at",
                    chosen.seed, first.k, last.k
                );
            }
            _ => {
                let _ = write!(text, "seed {}", chosen.seed);
            }
        }
        if chosen.by_hand {
            text.push_str("; then changed by hand");
        }
        text.push_str("). ");
    }
    if let Some(map) = &run.embedding {
        let _ = write!(
            text,
            "The map is a t-SNE of the latent means with perplexity {} and seed {}. ",
            map.perplexity, map.seed
        );
    }
    if let Some(tags) = run.tags.first() {
        let _ = write!(text, "The tags of a cluster are {}. ", tagger(&tags.model));
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
