//! Work around descriptions and tags.

use super::{Message, Out};
use crate::analysis::{self, models, servers, tagging};
use crate::app::forms::TaggingForm;
use crate::interpretation::chat::Chat;
use crate::interpretation::evidence::{Meaning, NEAR};
use crate::interpretation::prompt::Template;
use crate::interpretation::tagging::TaggingSettings;
use crate::pretrained::Installed;
use crate::project::{ClusterId, Project};
use std::path::{Path, PathBuf};

/// What writes tags.
pub enum Writer {
    /// A language model in this program: its GGUF file.
    Model(PathBuf),
    /// A language model that a server offers.
    Server {
        /// Where it is.
        address: String,
        /// Its model; the first that it offers where empty.
        model: String,
        /// What was typed; none for the key that was kept.
        key: Option<String>,
    },
}

/// Describes frames.
pub fn describe(
    project: &Project,
    model: &Installed,
    form: &TaggingForm,
    cache: &Path,
    out: &Out,
) -> anyhow::Result<()> {
    let Some(run) = &project.run else { return Ok(()) };
    out.watch.say(format!("loading {}", model.name));
    let mut captioner = models::captioner(&model.path, &model.name, &out.watch)?;
    let told = &mut |pair, description| {
        // A window that is gone needs no descriptions.
        let _ = out.send(Message::Described(run.name.clone(), pair, Box::new(description)));
    };
    analysis::describe(
        project,
        form.frames(),
        &mut captioner,
        form.prompt(),
        Some(cache),
        &out.watch,
        told,
    )?;
    Ok(())
}

/// Has tags written.
pub fn write_tags(
    project: &Project,
    writer: Writer,
    cluster: Option<ClusterId>,
    form: &TaggingForm,
    phrases: Option<&Path>,
    out: &Out,
) -> anyhow::Result<()> {
    let language = tagging::language(project);
    let mut settings = TaggingSettings::new(language);
    if let Some(instruction) = &form.instruction {
        settings.template = Template::parse(instruction)?;
    }
    (settings.temperature, settings.seed) = (form.temperature, form.seed);
    let mut chat = open_chat(writer, out)?;
    let mut tagged = project.clone();
    let Some(name) = project.run.as_ref().map(|run| run.name.clone()) else {
        return Ok(());
    };
    let said = &mut |cluster, piece: &str| {
        let _ = out.send(Message::Said(cluster, piece.to_owned()));
    };
    let done = &mut |(members, tags): tagging::Outcome| {
        if let (Ok(tags), Some(run)) = (&tags, &mut tagged.run) {
            run.set_tags(tags.cluster, Some(tags.clone()));
        }
        let _ = out.send(Message::Written(name.clone(), members, tags.map(Box::new)));
    };
    let written = tagging::write_tags(
        project,
        chat.as_mut(),
        &settings,
        (cluster, form.replace),
        said,
        done,
        &out.watch,
    );
    drop(chat);
    // What was written before it failed is supported all the same.
    let linked = support(&tagged, phrases, out);
    written.and(linked)
}

/// Links the tags that there are to what supports them, by meaning as well where there is a model of phrases.
pub fn support(project: &Project, phrases: Option<&Path>, out: &Out) -> anyhow::Result<()> {
    let Some(run) = &project.run else { return Ok(()) };
    let mut encoder = phrases
        .map(|path| models::phrases(path, &out.watch))
        .transpose()?;
    let meaning = encoder.as_mut().map(|encoder| Meaning {
        phrases: encoder,
        least: NEAR,
    });
    let tags = tagging::link(project, run.tags.clone(), meaning, &out.watch)?;
    Ok(out.send(Message::Supported(run.name.clone(), tags))?)
}

/// Asks a server which models it offers.
pub fn ask_server(address: &str, key: Option<&str>, out: &Out) -> anyhow::Result<()> {
    let server = servers::connect(address, "", key, true, &out.watch)?;
    Ok(out.send(Message::Offered(server.models().to_vec()))?)
}

fn open_chat(writer: Writer, out: &Out) -> anyhow::Result<Box<dyn Chat>> {
    Ok(match writer {
        Writer::Model(path) => {
            out.watch.say(format!("loading {}", path.display()));
            Box::new(models::language_model(&path, &out.watch)?)
        }
        Writer::Server { address, model, key } => {
            out.watch.say(format!("asking {address}"));
            Box::new(servers::connect(
                &address,
                &model,
                key.as_deref(),
                true,
                &out.watch,
            )?)
        }
    })
}
