//! The facts, step by step.

use super::super::study::Study;
use super::words::{method, name_of, rule, tagger};
use super::{FactGroup, Fingerprint};
use crate::project::{ClusteringMethod, Pairing, Run, SamplingMode, Staleness, counted};
use serde_json::Value;

/// Facts under way.
#[derive(Default)]
struct Facts(Vec<(String, String)>);

impl Facts {
    fn say(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    fn under(self, title: &str) -> FactGroup {
        FactGroup {
            title: title.into(),
            facts: self.0,
        }
    }
}

/// The facts of every step, in the order of the work.
pub fn groups(study: &Study, fingerprints: &[Fingerprint]) -> Vec<FactGroup> {
    let mut groups = vec![video(study), captions(study), pairs(study)];
    if let Some(run) = &study.project.run {
        groups.push(training(run));
        groups.push(settings(&run.config.training));
        groups.push(clusters(run));
    }
    groups.push(versions(study));
    groups.push(files(fingerprints));
    groups.retain(|group| !group.facts.is_empty());
    groups
}

fn video(study: &Study) -> FactGroup {
    let mut facts = Facts::default();
    let manifest = &study.project.manifest;
    if let Some(video) = &manifest.video {
        facts.say("file", name_of(&video.path));
        facts.say(
            "length",
            format!("{} ({:.3} s)", video.duration, video.duration.0),
        );
        facts.say(
            "picture",
            format!(
                "{} x {} pixels, {:.3} frames a second",
                video.width, video.height, video.frame_rate
            ),
        );
        facts.say(
            "coding",
            format!(
                "{}, {} in {}",
                video.video_codec, video.pixel_format, video.container
            ),
        );
    }
    let sampling = &manifest.sampling;
    facts.say("one frame every", format!("{} s", sampling.every.0));
    let end = sampling.to.map_or("the end".to_owned(), |to| to.to_string());
    facts.say("sampled from", format!("{} to {end}", sampling.from));
    facts.say(
        "frame size",
        format!("{} x {} pixels", sampling.width, sampling.height),
    );
    let mode = match sampling.mode {
        SamplingMode::Exact => "the picture on screen at the moment",
        SamplingMode::Keyframes => "the nearest key frame where one is close",
    };
    facts.say("frame taken", mode);
    facts.under("Video and frames")
}

fn captions(study: &Study) -> FactGroup {
    let mut facts = Facts::default();
    let project = study.project;
    if let Some(source) = &project.manifest.captions {
        facts.say("file", name_of(&source.file));
        facts.say("encoding", source.encoding.clone());
    }
    facts.say("language", project.manifest.language.name());
    facts.say("captions", project.track.cues.len().to_string());
    let Pairing { scale, offset, .. } = project.manifest.pairing;
    if (scale, offset.0) != (1.0, 0.0) {
        facts.say(
            "times",
            format!("multiplied by {scale}, then {} s added", offset.0),
        );
    }
    facts.under("Captions")
}

fn pairs(study: &Study) -> FactGroup {
    let mut facts = Facts::default();
    let project = study.project;
    let several = !project.studied_companions().is_empty();
    facts.say("rule", rule(project.manifest.pairing.rule));
    facts.say("pairs", project.studied().len().to_string());
    for (place, name) in project.source_names().into_iter().enumerate().filter(|_| several) {
        let own = project
            .studied()
            .iter()
            .filter(|pair| pair.source.index() == place);
        let language = project.language_of(place.into()).name();
        facts.say(
            &format!("of the video {name}"),
            format!("{} ({language})", own.count()),
        );
    }
    facts.say("decided by hand", project.manifest.choices.len().to_string());
    if let Some(stale) = Staleness::of(project) {
        for line in stale.lines() {
            facts.say("changed since the training", line);
        }
    }
    facts.under("Pairs of frame and caption")
}

fn training(run: &Run) -> FactGroup {
    let mut facts = Facts::default();
    let config = &run.config;
    facts.say("run", run.name.clone());
    facts.say("parameters", config.parameters.to_string());
    if let Some((share, source)) = &config.words {
        facts.say(
            "word vectors",
            format!("{source}; {:.1} % of the distinct words have one", share * 100.0),
        );
    }
    facts.say("trained on", config.device.clone());
    let whole = if config.finished {
        ""
    } else {
        ", stopped before its end"
    };
    facts.say("epochs done", format!("{}{whole}", run.losses.len()));
    if let Some(last) = run.losses.last() {
        let mean = &last.mean;
        let losses = format!(
            "image {:.6}, text {:.6}, KL {:.6}, total {:.6}",
            mean.image, mean.text, mean.kl, mean.total
        );
        facts.say("loss of the last epoch", losses);
    }
    facts.say("hash of the pairs", config.made_of.clone());
    facts.say("hash of the dataset", config.fingerprint.clone());
    for note in &config.notes {
        facts.say("note", note.clone());
    }
    facts.under("Training")
}

/// Every setting of the training under its full name, as it can be set on the command line.
fn settings(training: &Value) -> FactGroup {
    let mut facts = Facts::default();
    flatten("", training, &mut facts);
    facts.under("Settings of the training")
}

fn flatten(name: &str, value: &Value, facts: &mut Facts) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                flatten(&format!("{name}{dot}{field}"), value, facts);
            }
        }
        Value::Null if name.is_empty() => {}
        Value::Null => facts.say(name, "none"),
        Value::String(text) => facts.say(name, text.clone()),
        value => facts.say(name, value.to_string()),
    }
}

fn clusters(run: &Run) -> FactGroup {
    let mut facts = Facts::default();
    if let Some(sweep) = &run.sweep {
        if let (Some(first), Some(last)) = (sweep.rows.first(), sweep.rows.last()) {
            facts.say(
                "sweep",
                format!(
                    "{}, k = {} to {}, {}, seed {}",
                    method(sweep.method),
                    first.k,
                    last.k,
                    counted(sweep.restarts, "restart"),
                    sweep.seed
                ),
            );
        }
        facts.say(
            "elbow",
            sweep
                .elbow
                .map_or("no clear one".to_owned(), |k| format!("k = {k}")),
        );
    }
    if let Some(chosen) = &run.assignment {
        facts.say("method", method(chosen.method));
        facts.say("number of clusters", chosen.k.to_string());
        facts.say("seed", chosen.seed.to_string());
        let row = run
            .sweep
            .iter()
            .flat_map(|sweep| &sweep.rows)
            .find(|row| row.k == chosen.k);
        if chosen.by_hand {
            facts.say("changed by hand", "clusters were merged or split, or pairs moved");
        }
        let as_found = chosen.method == ClusteringMethod::KMeans && !chosen.by_hand;
        if let Some(row) = row.filter(|_| as_found) {
            facts.say("within", format!("{:.6}", row.within));
            facts.say("cross", format!("{:.6}", row.cross));
            facts.say("inertia", format!("{:.6}", row.inertia));
            facts.say("silhouette", format!("{:.6}", row.silhouette));
            facts.say(
                "stability over seeds",
                format!("{:.6} (adjusted Rand index)", row.stability),
            );
        }
    }
    if let Some(map) = &run.embedding {
        facts.say(
            "map",
            format!(
                "t-SNE, perplexity {}, {} rounds, seed {}{}",
                map.perplexity,
                map.iterations,
                map.seed,
                map.kl_divergence
                    .map_or_else(String::new, |kl| format!(", KL divergence {kl:.4}"))
            ),
        );
    }
    if let Some(tags) = run.tags.first() {
        facts.say("tags", tagger(&tags.model));
    }
    facts.under("Clusters and map")
}

fn versions(study: &Study) -> FactGroup {
    let mut facts = Facts::default();
    facts.say(
        "this document",
        format!("Frameloom {}", env!("CARGO_PKG_VERSION")),
    );
    let manifest = &study.project.manifest;
    if !manifest.program.is_empty() {
        facts.say("project saved by", format!("Frameloom {}", manifest.program));
    }
    facts.say("project format", manifest.format.to_string());
    for (name, version) in study.project.run.iter().flat_map(|run| &run.config.versions) {
        facts.say(&format!("trained by {name}"), version.clone());
    }
    facts.under("Versions")
}

fn files(fingerprints: &[Fingerprint]) -> FactGroup {
    let mut facts = Facts::default();
    for file in fingerprints {
        let hash = file.sha256.as_deref().unwrap_or("not found where it was");
        facts.say(&format!("{}, {}", file.what, name_of(&file.path)), hash);
    }
    facts.under("Files, by SHA-256")
}
