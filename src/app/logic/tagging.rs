//! Descriptions and tags: asked for, taken over as they come, and put right by hand.

use crate::app::App;
use crate::app::forms::Way;
use crate::app::state::Tagging;
use crate::app::work::{self, Kind};
use crate::pretrained::Job;
use crate::project::edits::{self, Group};
use crate::project::{ClusterId, ClusterTags, Description, KEYWORDS, PairIndex, Tag};

impl App {
    /// What is chosen about tags is remembered.
    fn keep_tagging_form(&mut self) {
        if self.settings.tagging != self.forms.tagging {
            self.settings.tagging = self.forms.tagging.clone();
            self.keep_settings();
        }
    }

    /// Describes frames with the model that is chosen for it.
    pub(super) fn describe_frames(&mut self) {
        self.keep_tagging_form();
        let Some(model) = self.state.models.chosen(Job::Describe) else {
            self.forms.models = Some(Job::Describe);
            return;
        };
        if let Some(project) = self.state.project.clone() {
            let (model, form, cache) = (
                model.clone(),
                self.forms.tagging.clone(),
                self.places.cache.clone(),
            );
            self.jobs.start(Kind::Describe, move |out| {
                work::describe(&project, &model, &form, &cache, out)
            });
        }
    }

    /// A frame is described; what the analyst wrote of it stays.
    pub(super) fn described(&mut self, run: &str, pair: PairIndex, description: Description) {
        if !self.state.is_of_run(run) {
            return;
        }
        if let Some(run) = self.state.run_mut() {
            let edited = run.descriptions.remove(&pair).and_then(|known| known.edited);
            run.descriptions.insert(
                pair,
                Description {
                    edited,
                    ..description
                },
            );
            self.changed();
        }
    }

    /// Asks for the tags of a cluster, or of all, in the way that is chosen.
    pub(super) fn write_tags(&mut self, cluster: Option<ClusterId>) {
        self.keep_tagging_form();
        let Some(project) = self.state.project.clone() else {
            return;
        };
        let form = self.forms.tagging.clone();
        let writer = match form.way {
            Way::Keywords => return self.start_tags(),
            Way::Model => match self.state.models.chosen(Job::Tag) {
                Some(model) => work::Writer::Model(model.path.clone()),
                None => {
                    self.forms.models = Some(Job::Tag);
                    return;
                }
            },
            Way::Server => work::Writer::Server {
                address: form.address.clone(),
                model: form.model.clone(),
                key: self.typed_key(),
            },
        };
        let phrases = self
            .state
            .models
            .chosen(Job::Phrases)
            .map(|model| model.path.clone());
        match cluster {
            Some(cluster) => {
                self.state.tagging.failed.remove(&cluster);
            }
            None => self.state.tagging.failed.clear(),
        }
        // What is written now is one step to be undone, and not one with what was written before.
        self.state.edits.seal();
        self.jobs.start(Kind::Write, move |out| {
            work::write_tags(&project, writer, cluster, &form, phrases.as_deref(), out)
        });
    }

    /// Links the tags to what supports them now.
    pub(super) fn support_tags(&mut self) {
        if let Some(project) = self.state.project.clone() {
            let phrases = self
                .state
                .models
                .chosen(Job::Phrases)
                .map(|model| model.path.clone());
            self.jobs.start(Kind::Support, move |out| {
                work::support(&project, phrases.as_deref(), out)
            });
        }
    }

    /// The key that was typed; none where the field is empty, and the keyring is asked.
    fn typed_key(&self) -> Option<String> {
        Some(self.forms.key.trim().to_owned()).filter(|key| !key.is_empty())
    }

    /// Asks the server which models it offers.
    pub(super) fn ask_server(&mut self) {
        self.keep_tagging_form();
        let (address, key) = (self.forms.tagging.address.clone(), self.typed_key());
        self.jobs.start(Kind::AskServer, move |out| {
            work::ask_server(&address, key.as_deref(), out)
        });
    }

    pub(super) fn offered(&mut self, models: Vec<String>) {
        if let [only] = models.as_slice()
            && self.forms.tagging.model.is_empty()
        {
            self.forms.tagging.model.clone_from(only);
        }
        self.state.tagging.offered = models;
    }

    /// A piece of what the model says of a cluster.
    pub(super) fn said(&mut self, cluster: ClusterId, piece: &str) {
        match &mut self.state.tagging.saying {
            Some((of, text)) if *of == cluster => text.push_str(piece),
            saying => *saying = Some((cluster, piece.to_owned())),
        }
    }

    /// The tags of a cluster are written, or why they are not.
    pub(super) fn written(
        &mut self,
        run: &str,
        members: &[PairIndex],
        told: Result<ClusterTags, (ClusterId, String)>,
    ) {
        let Tagging { saying, failed, .. } = &mut self.state.tagging;
        *saying = None;
        let cluster = match &told {
            Ok(tags) => tags.cluster,
            Err((cluster, _)) => *cluster,
        };
        // The clusters may have become others while the model wrote.
        let chosen = self
            .state
            .project
            .as_ref()
            .and_then(|project| project.run.as_ref());
        let same = chosen
            .filter(|own| own.name == run)
            .and_then(|own| own.assignment.as_ref());
        if !same.is_some_and(|chosen| chosen.members(cluster).eq(members.iter().copied())) {
            return;
        }
        match told {
            Err((cluster, why)) => {
                failed.insert(cluster, why);
            }
            Ok(tags) => {
                self.forms.tag_editing = None;
                let project = self.state.project.as_ref();
                let edit =
                    project.and_then(|project| edits::set_tags(project, cluster, Some(tags), "Write tags"));
                self.edit(edit.map(|edit| edit.in_group(Group::Writing)));
            }
        }
    }

    /// A tag gets other words. Ten different ones have to stay.
    pub(super) fn rewrite_tag(&mut self, cluster: ClusterId, tag: usize, text: &str) {
        let Some(tags) = self.state.run().and_then(|run| run.tags_of(cluster)) else {
            return;
        };
        let known = tags
            .tags
            .iter()
            .position(|known| known.text.eq_ignore_ascii_case(text));
        if text.is_empty() || known == Some(tag) && tags.tags.get(tag).is_some_and(|own| own.text == text) {
            return;
        }
        if known.is_some_and(|known| known != tag) {
            self.state.notice(
                format!("“{text}” is a tag of this cluster already: ten different ones are needed"),
                false,
            );
            return;
        }
        let mut after = tags.clone();
        if let Some(tag) = after.tags.get_mut(tag) {
            // What supports these words is looked for at once.
            *tag = Tag {
                text: text.to_owned(),
                ..Tag::default()
            };
        }
        after.edited = true;
        let Some(project) = &self.state.project else {
            return;
        };
        let edit = edits::set_tags(project, cluster, Some(after), format!("Change a tag to “{text}”"));
        self.state.edits.seal();
        self.edit(edit);
    }

    /// Forgets what was written of a cluster, or of all: keywords come in its place.
    pub(super) fn forget_tags(&mut self, cluster: Option<ClusterId>) {
        let written = |tags: &&ClusterTags| {
            (tags.edited || tags.model != KEYWORDS) && cluster.is_none_or(|only| only == tags.cluster)
        };
        let run = self.state.run();
        let clusters: Vec<ClusterId> = run
            .into_iter()
            .flat_map(|run| run.tags.iter().filter(written))
            .map(|tags| tags.cluster)
            .collect();
        self.state.edits.seal();
        for cluster in clusters {
            let project = self.state.project.as_ref();
            let edit =
                project.and_then(|project| edits::set_tags(project, cluster, None, "Go back to keywords"));
            self.edit(edit.map(|edit| edit.in_group(Group::Writing)));
        }
        self.state.edits.seal();
    }
}
