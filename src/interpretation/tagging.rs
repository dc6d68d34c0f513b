//! Ten tags a cluster from a language model.

use super::TAGS;
use super::answer::{AnswerError, ten_tags};
use super::chat::{Chat, ChatError, Request};
use super::prompt::{self, Material, PromptError, Template, prompt_hash};
use crate::jobs::{Cancelled, Watch};
use crate::project::{ClusterId, ClusterTags, Language, Tag, Used};
use thiserror::Error;

/// How tags are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TaggingSettings {
    /// The instruction.
    pub template: Template,
    /// Of the tags.
    pub language: Language,
    /// How freely the model draws its words.
    pub temperature: f64,
    /// Of the draw. An answer that is not ten tags is asked for again with the next seed.
    pub seed: u64,
    /// The longest answer, in tokens.
    pub most: usize,
}

impl TaggingSettings {
    /// The standard instruction in a language, and the temperature of the papers, 0.9.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            template: Template::standard(language),
            language,
            temperature: 0.9,
            seed: 7,
            most: 400,
        }
    }
}

/// Why a cluster has no tags.
#[derive(Debug, Error)]
pub enum TaggingError {
    /// The work was stopped because someone asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// There is nothing to ask about, or the model cannot read the question.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The model gave no answer.
    #[error("cluster {} is not tagged: {source}", cluster.0 + 1)]
    Chat {
        /// Which cluster.
        cluster: ClusterId,
        /// What went wrong.
        source: ChatError,
    },
    /// The model was asked twice, and neither answer was ten tags.
    #[error(
        "cluster {} is not tagged: asked again, the answer of {model} still {wrong}. Tag again with another seed or model, \
         or write the tags by hand",
        cluster.0 + 1
    )]
    Answer {
        /// Which cluster.
        cluster: ClusterId,
        /// What the model is called.
        model: String,
        /// What was wrong with the second answer.
        wrong: AnswerError,
    },
}

impl TaggingError {
    /// Whether the other clusters would fail as well.
    #[must_use]
    pub fn is_general(&self) -> bool {
        matches!(self, Self::Cancelled(_) | Self::Chat { .. })
    }
}

/// Ten tags of one cluster, without their evidence: that is linked afterwards. An answer that is not ten different
/// tags is told to the model, which is asked once more. `said` is given the answers piece by piece.
///
/// # Errors
/// When there is nothing to ask about, no answer, no ten tags in the second answer either, or the work is cancelled.
pub fn tag_cluster(
    chat: &mut dyn Chat,
    material: &Material,
    settings: &TaggingSettings,
    said: &mut dyn FnMut(&str),
    watch: &Watch,
) -> Result<ClusterTags, TaggingError> {
    let (answer, used) = ask(chat, material, settings, None, said, watch)?;
    let (tags, used) = match ten_tags(&answer) {
        Ok(tags) => (tags, used),
        Err(wrong) => {
            said("\n\n");
            let correction = prompt::correction(settings.language, &wrong.to_string(), &answer);
            let (answer, used) = ask(chat, material, settings, Some(&correction), said, watch)?;
            let tags = ten_tags(&answer).map_err(|wrong| TaggingError::Answer {
                cluster: material.cluster,
                model: chat.name(),
                wrong,
            })?;
            (tags, used)
        }
    };
    let tag = |(row, text): (usize, String)| Tag {
        text,
        score: (TAGS - row) as f64,
        ..Tag::default()
    };
    Ok(ClusterTags {
        cluster: material.cluster,
        tags: tags.into_iter().enumerate().map(tag).collect(),
        model: chat.name(),
        note: note(used),
        seed: Some(settings.seed),
        prompt_hash: Some(prompt_hash(&settings.template, settings.language)),
        used: Some(used),
        edited: false,
    })
}

/// The tags of all clusters, one after another. `done` is given what became of each, as soon as it is known, so that
/// what is done is kept whatever follows. A cluster that gets no tags does not keep the others from theirs, unless
/// the model gives no answers at all. `said` is given the answers piece by piece.
///
/// # Errors
/// When the model gives no answer, or the work is cancelled: the clusters after that are not asked about.
pub fn tag_all(
    chat: &mut dyn Chat,
    materials: &[Material],
    settings: &TaggingSettings,
    said: &mut dyn FnMut(ClusterId, &str),
    done: &mut dyn FnMut(ClusterId, Result<ClusterTags, TaggingError>),
    watch: &Watch,
) -> Result<(), TaggingError> {
    for (row, material) in materials.iter().enumerate() {
        watch.report(row as u64, materials.len() as u64);
        let cluster = material.cluster;
        watch.say(format!("Tagging cluster {}", cluster.0 + 1));
        match tag_cluster(chat, material, settings, &mut |text| said(cluster, text), watch) {
            Err(error) if error.is_general() => return Err(error),
            tags => done(cluster, tags),
        }
    }
    watch.report(materials.len() as u64, materials.len() as u64);
    Ok(())
}

fn ask(
    chat: &mut dyn Chat,
    material: &Material,
    settings: &TaggingSettings,
    correction: Option<&str>,
    said: &mut dyn FnMut(&str),
    watch: &Watch,
) -> Result<(String, Used), TaggingError> {
    watch.check()?;
    let TaggingSettings {
        template,
        language,
        temperature,
        seed,
        most,
    } = settings;
    let prompt = prompt::prompt(chat, template, *language, material, *most, correction)?;
    let request = Request {
        system: &prompt.system,
        user: &prompt.user,
        temperature: *temperature,
        // The same draw would bring the same mistake.
        seed: seed.wrapping_add(u64::from(correction.is_some())),
        most: *most,
        ten: true,
    };
    let answer = chat.answer(&request, said, watch).map_err(|error| match error {
        ChatError::Cancelled(cancelled) => TaggingError::Cancelled(cancelled),
        source => TaggingError::Chat {
            cluster: material.cluster,
            source,
        },
    })?;
    Ok((answer, prompt.used))
}

/// What is said where the model could not read all captions.
fn note(Used { captions, of }: Used) -> Option<String> {
    (captions < of).then(|| {
        format!("The model could read {captions} of the {of} different captions: those nearest to the centre of the cluster.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// Gives these answers in turn, and fails where there is none left.
    struct Scripted {
        answers: VecDeque<String>,
        asked: Vec<(String, u64)>,
    }

    impl Scripted {
        fn new(answers: &[&str]) -> Self {
            Self {
                answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
                asked: Vec::new(),
            }
        }
    }

    impl Chat for Scripted {
        fn name(&self) -> String {
            "scripted".into()
        }

        fn context(&self) -> Option<usize> {
            Some(1_000)
        }

        fn count(&self, text: &str) -> usize {
            text.split_whitespace().count()
        }

        fn answer(
            &mut self,
            request: &Request,
            said: &mut dyn FnMut(&str),
            watch: &Watch,
        ) -> Result<String, ChatError> {
            watch.check()?;
            self.asked.push((request.user.to_owned(), request.seed));
            let answer = self
                .answers
                .pop_front()
                .ok_or_else(|| ChatError::Model("out of memory".into()))?;
            said(&answer);
            Ok(answer)
        }
    }

    const TEN: &str = "one, two, three, four, five, six, seven, eight, nine, ten";
    const NINE: &str = "one, two, three, four, five, six, seven, eight, nine";

    fn settings() -> TaggingSettings {
        TaggingSettings::new(Language::English)
    }

    fn material(cluster: u32) -> Material {
        Material {
            cluster: ClusterId(cluster),
            captions: (0..500)
                .map(|row| format!("caption {row} of {cluster}"))
                .collect(),
            descriptions: Vec::new(),
        }
    }

    #[test]
    fn ten_tags_come_with_how_they_were_made() {
        let mut chat = Scripted::new(&[TEN]);
        let mut heard = String::new();
        let watch = Watch::default();
        let tags = tag_cluster(
            &mut chat,
            &material(3),
            &settings(),
            &mut |text| heard.push_str(text),
            &watch,
        )
        .unwrap();
        assert_eq!(
            (tags.cluster, tags.tags.len(), tags.model.as_str()),
            (ClusterId(3), 10, "scripted")
        );
        assert_eq!((tags.tags[9].text.as_str(), heard.as_str()), ("ten", TEN));
        assert!(tags.tags[0].score > tags.tags[1].score);
        assert_eq!((tags.seed, tags.edited), (Some(7), false));
        assert_eq!(
            tags.prompt_hash,
            Some(prompt_hash(&settings().template, Language::English))
        );
        let used = tags.used.unwrap();
        assert!(
            used.captions > 10 && used.captions < 500 && used.of == 500,
            "{used:?}"
        );
        assert!(tags.note.unwrap().contains("of the 500"));
    }

    #[test]
    fn a_wrong_answer_is_told_and_asked_for_once_more() {
        let mut chat = Scripted::new(&[NINE, TEN]);
        let tags = tag_cluster(
            &mut chat,
            &material(0),
            &settings(),
            &mut |_| {},
            &Watch::default(),
        )
        .unwrap();
        assert_eq!(tags.tags.len(), 10);
        let [(first, 7), (second, 8)] = &chat.asked[..] else {
            panic!("{:?}", chat.asked)
        };
        assert!(!first.contains("holds 9") && second.contains("holds 9 different tags in place of 10"));
        assert!(second.contains(NINE) && second.contains("caption 0 of 0"));

        let mut chat = Scripted::new(&[NINE, "I would rather not."]);
        let error = tag_cluster(
            &mut chat,
            &material(4),
            &settings(),
            &mut |_| {},
            &Watch::default(),
        )
        .unwrap_err();
        let message = error.to_string();
        assert!(
            message.starts_with("cluster 5 is not tagged") && message.contains("holds no list of tags"),
            "{message}"
        );
        assert!(!error.is_general());
    }

    #[test]
    fn what_is_done_is_kept() {
        let materials: Vec<_> = (0..4).map(material).collect();
        let mut done = Vec::new();
        let mut note = |cluster: ClusterId, tags: Result<ClusterTags, TaggingError>| {
            done.push((cluster.0, tags.is_ok()));
        };
        // The second gets no tags, and after the third there is no model any more.
        let mut chat = Scripted::new(&[TEN, NINE, NINE, TEN]);
        let watch = Watch::default();
        let error = tag_all(
            &mut chat,
            &materials,
            &settings(),
            &mut |_, _| {},
            &mut note,
            &watch,
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "cluster 4 is not tagged: out of memory");
        assert_eq!(done, [(0, true), (1, false), (2, true)]);
        assert_eq!(watch.progress(), (3, 4));
    }

    #[test]
    fn cancelling_keeps_what_is_done() {
        let materials: Vec<_> = (0..3).map(material).collect();
        let watch = Watch::default();
        let mut done = 0;
        let mut count = |_: ClusterId, _: Result<ClusterTags, TaggingError>| {
            done += 1;
            watch.cancel();
        };
        let mut chat = Scripted::new(&[TEN, TEN, TEN]);
        let ended = tag_all(
            &mut chat,
            &materials,
            &settings(),
            &mut |_, _| {},
            &mut count,
            &watch,
        );
        assert!(matches!(ended, Err(TaggingError::Cancelled(_))));
        assert_eq!(done, 1);
    }
}
