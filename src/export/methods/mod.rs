//! How a result was made: every parameter, seed, version and hash, and a paragraph to cite.

mod facts;
mod paragraph;
mod words;

use super::study::Study;
use std::fmt::Write as _;
use std::path::PathBuf;

/// How a result was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Methods {
    /// In the order of the work.
    pub groups: Vec<FactGroup>,
    /// All of it in sentences, for the methods section of an article.
    pub paragraph: String,
    /// How to cite the program.
    pub citation: String,
}

/// Facts of one step of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactGroup {
    /// The step.
    pub title: String,
    /// Name and value of each fact.
    pub facts: Vec<(String, String)>,
}

/// A file and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// What it is, in a word or two.
    pub what: String,
    /// Where it was.
    pub path: PathBuf,
    /// SHA-256 of its bytes in hexadecimal digits; none where it could not be read.
    pub sha256: Option<String>,
}

/// How the results of the project's run in use were made, as far as it got.
#[must_use]
pub fn methods(study: &Study, fingerprints: &[Fingerprint]) -> Methods {
    let groups = facts::groups(study, fingerprints);
    Methods {
        groups,
        paragraph: paragraph::paragraph(study),
        citation: citation(),
    }
}

impl Methods {
    /// All of it as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.paragraph, self.citation);
        for group in &self.groups {
            let _ = write!(
                text,
                "\n{}\n{}\n",
                group.title,
                "-".repeat(group.title.chars().count())
            );
            for (name, value) in &group.facts {
                let _ = writeln!(text, "{name}: {value}");
            }
        }
        text
    }
}

/// How to cite this program.
#[must_use]
pub fn citation() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "Frameloom, version {version} [computer program]: themes of a news video from its pictures and its words."
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample_study::project;
    use super::*;

    #[test]
    fn every_setting_is_named_and_the_paragraph_holds_what_others_need() {
        let mut project = project();
        let run = project.run.as_mut().unwrap();
        run.config.parameters = 8_324_479;
        run.config.training = serde_json::json!({
            "preset": "fast", "seed": 3407, "batch_size": 32, "early_stop": null,
            "network": { "latent": { "dimensions": 64 }, "image": { "filters": [16, 32] } },
        });
        run.config.versions.insert("libtorch".into(), "2.11.0".into());
        let file = Fingerprint {
            what: "video".into(),
            path: "/videos/storm & sea.mp4".into(),
            sha256: Some("ba78".into()),
        };
        let methods = methods(&Study::of(&project), &[file]);
        let text = methods.text();
        for part in [
            "network.image.filters: [16,32]",
            "early_stop: none",
            "seed: 3407",
            "video, storm & sea.mp4: ba78",
            "8.32 million parameters, 64 latent dimensions, preset “fast”",
            "by k-means into 2 clusters (seed 7)",
            "perplexity 2 and seed 7",
            "libtorch 2.11.0",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(
            !text.contains("/videos/"),
            "folders of this machine are nobody's business: {text}"
        );
    }

    #[test]
    fn what_was_not_done_is_not_said() {
        let mut project = project();
        project.run = None;
        let methods = methods(&Study::of(&project), &[]);
        assert!(!methods.paragraph.contains("trained"), "{}", methods.paragraph);
        assert!(methods.groups.iter().all(|group| !group.facts.is_empty()));
    }
}
