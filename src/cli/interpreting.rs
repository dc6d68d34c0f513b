//! `frameloom run … --describe … --tagger …`: what frames show and what clusters are about.

use super::Unusable;
use crate::analysis::describing::{Described, Frames};
use crate::analysis::takeaway::TYPICAL;
use crate::analysis::{self, Places, models, servers, tagging};
use crate::interpretation::PROMPT;
use crate::interpretation::chat::Chat;
use crate::interpretation::evidence::{Meaning, NEAR};
use crate::interpretation::prompt::Template;
use crate::interpretation::tagging::TaggingSettings;
use crate::jobs::Watch;
use crate::pretrained::Job;
use crate::project::Project;
use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Name of the variable that holds the key of a server.
const KEY: &str = "FRAMELOOM_SERVER_KEY";

#[derive(Debug, Args)]
pub struct InterpretingArguments {
    /// Describe frames with this model: its folder, or its name in `frameloom models`.
    #[arg(long, value_name = "MODEL")]
    describe: Option<String>,
    /// Which frames are described.
    #[arg(long, value_enum, default_value = "all")]
    describe_frames: FrameChoice,
    /// How each description begins the second time; empty for no second time.
    #[arg(long, default_value = PROMPT)]
    describe_prompt: String,
    /// What writes the tags.
    #[arg(long, value_enum, default_value = "keywords")]
    tagger: Tagger,
    /// The language model: a GGUF file or its name in `frameloom models`, or with --tagger server the server's name for it.
    #[arg(long, value_name = "MODEL")]
    tag_model: Option<String>,
    /// Address of a server that speaks as OpenAI's does, such as llama.cpp, Ollama or vLLM. Its key, where it wants one, is taken
    /// from FRAMELOOM_SERVER_KEY.
    #[arg(long, value_name = "ADDRESS")]
    server: Option<String>,
    /// How freely the language model draws its words.
    #[arg(long, default_value_t = 0.9, value_parser = temperature)]
    temperature: f64,
    /// A text file with the instruction for the language model.
    #[arg(long, value_name = "FILE")]
    instruction: Option<PathBuf>,
    /// Find what supports a tag by meaning as well, with this model: its folder, or its name in `frameloom models`.
    #[arg(long, value_name = "MODEL")]
    phrases: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FrameChoice {
    All,
    Typical,
}

/// What writes the tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tagger {
    /// Words are counted.
    Keywords,
    /// A language model in this program.
    Model,
    /// A language model that a server offers.
    Server,
}

fn temperature(text: &str) -> Result<f64, String> {
    let value: f64 = text
        .parse()
        .map_err(|_| "a number is needed, such as 0.9".to_owned())?;
    if (0.0..=2.0).contains(&value) {
        Ok(value)
    } else {
        Err("a temperature is between 0 and 2".into())
    }
}

impl InterpretingArguments {
    /// Whether what is asked for can be done at all; known before hours of training.
    ///
    /// # Errors
    /// In words, what is missing or wrong.
    pub fn check(&self, places: &Places) -> anyhow::Result<()> {
        if self.tagger == Tagger::Server {
            ensure!(
                self.server.is_some(),
                Unusable("--tagger server needs --server ADDRESS, such as http://127.0.0.1:8080".into())
            );
        }
        if self.tagger == Tagger::Model {
            models::find(places, Job::Tag, self.tag_model.as_deref())?;
        }
        for (job, name) in [(Job::Describe, &self.describe), (Job::Phrases, &self.phrases)] {
            if name.is_some() {
                models::find(places, job, name.as_deref())?;
            }
        }
        self.template().map(|_| ())
    }

    fn template(&self) -> anyhow::Result<Option<Template>> {
        let Some(file) = &self.instruction else {
            return Ok(None);
        };
        let text =
            std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        Ok(Some(
            Template::parse(&text).map_err(|error| Unusable(error.to_string()))?,
        ))
    }

    /// Describes frames, where asked to; `save` is called now and then with what is there.
    pub fn describe(
        &self,
        project: &mut Project,
        places: &Places,
        watch: &Watch,
    ) -> anyhow::Result<Option<Described>> {
        let Some(name) = &self.describe else {
            return Ok(None);
        };
        let found = models::find(places, Job::Describe, Some(name))?;
        watch.say(format!("loading {}", found.name));
        let mut captioner = models::captioner(&found.path, &found.name, watch)?;
        let frames = match self.describe_frames {
            FrameChoice::All => Frames::All,
            FrameChoice::Typical => Frames::Typical(TYPICAL),
        };
        let prompt = Some(self.describe_prompt.trim()).filter(|prompt| !prompt.is_empty());
        let mut told = Vec::new();
        let result = analysis::describe(
            project,
            frames,
            &mut captioner,
            prompt,
            Some(&places.cache),
            watch,
            &mut |pair, description| told.push((pair, description)),
        );
        if let Some(run) = &mut project.run {
            run.descriptions.extend(told);
        }
        result.map(Some)
    }

    /// Writes the tags and finds what supports them. Clusters that got none keep their keywords, and are named.
    pub fn tag(
        &self,
        project: &mut Project,
        places: &Places,
        seed: u64,
        watch: &Watch,
    ) -> anyhow::Result<Vec<String>> {
        analysis::tag_clusters(project);
        let mut failures = Vec::new();
        if self.tagger != Tagger::Keywords {
            let mut settings = TaggingSettings::new(tagging::language(project));
            if let Some(template) = self.template()? {
                settings.template = template;
            }
            (settings.temperature, settings.seed) = (self.temperature, seed);
            let mut chat = self.chat(places, watch)?;
            let mut written = Vec::new();
            let done = &mut |(_, tags): tagging::Outcome| match tags {
                Ok(tags) => written.push(tags),
                Err((_, why)) => failures.push(why),
            };
            let ended = tagging::write_tags(
                project,
                chat.as_mut(),
                &settings,
                (None, false),
                &mut |_, _| {},
                done,
                watch,
            );
            if let Some(run) = &mut project.run {
                for tags in written {
                    run.set_tags(tags.cluster, Some(tags));
                }
            }
            ended?;
        }
        let found = self
            .phrases
            .as_deref()
            .map(|name| models::find(places, Job::Phrases, Some(name)));
        let mut encoder = found
            .transpose()?
            .map(|found| models::phrases(&found.path, watch))
            .transpose()?;
        let meaning = encoder.as_mut().map(|encoder| Meaning {
            phrases: encoder,
            least: NEAR,
        });
        let tags = project
            .run
            .as_ref()
            .map(|run| run.tags.clone())
            .unwrap_or_default();
        let linked = tagging::link(project, tags, meaning, watch)?;
        if let Some(run) = &mut project.run {
            run.support_tags(linked);
        }
        Ok(failures)
    }

    fn chat(&self, places: &Places, watch: &Watch) -> anyhow::Result<Box<dyn Chat>> {
        match &self.server {
            Some(address) if self.tagger == Tagger::Server => {
                let key = std::env::var(KEY).ok();
                let model = self.tag_model.as_deref().unwrap_or_default();
                Ok(Box::new(servers::connect(
                    address,
                    model,
                    key.as_deref(),
                    false,
                    watch,
                )?))
            }
            _ => {
                let found = models::find(places, Job::Tag, self.tag_model.as_deref())?;
                watch.say(format!("loading {}", found.name));
                Ok(Box::new(models::language_model(&found.path, watch)?))
            }
        }
    }
}

/// The tags of a cluster with what supports them, as JSON.
pub fn tags_json(tags: &crate::project::ClusterTags) -> Value {
    let tag = |tag: &crate::project::Tag| {
        json!({
            "text": tag.text,
            "origin": tag.origin(),
            "captions": tag.evidence,
            "descriptions": tag.described,
            "near_captions": tag.near,
            "near_descriptions": tag.near_described,
            "lift": tag.lift,
            "shared_with": tag.shared,
            "generic": tag.generic,
        })
    };
    json!({
        "model": tags.model,
        "seed": tags.seed,
        "prompt_hash": tags.prompt_hash,
        "captions_used": tags.used.map(|used| json!([used.captions, used.of])),
        "note": tags.note,
        "tags": tags.tags.iter().map(tag).collect::<Vec<_>>(),
    })
}
