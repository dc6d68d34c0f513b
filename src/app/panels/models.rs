//! The pretrained models: what each job can be done with, what is here, what can be fetched.

use super::Look;
use super::widgets::primary_button;
use crate::app::action::Action;
use crate::app::theme;
use crate::app::work::Kind;
use crate::pretrained::memory::Loaded;
use crate::pretrained::{Bytes, Installed, Job, MODELS, Model, Source, State};
use eframe::egui::{
    Button, Context, Frame, Id, Label, Modal, ProgressBar, RichText, ScrollArea, TextEdit, Ui,
};

/// The window of models.
pub fn models_ui(context: &Context, look: &mut Look) {
    let Some(job) = look.forms.models else { return };
    let modal = Modal::new(Id::unique("models")).show(context, |ui| {
        ui.set_width(720.0);
        ui.heading("Models");
        let about = "Fetched once with a click, used without a connection from then on. Nothing is fetched by itself.";
        ui.add(Label::new(RichText::new(about).weak()).wrap());
        memory_ui(ui, look);
        if let Some(warning) = &look.state.models.warning {
            ui.add(Label::new(RichText::new(warning).color(ui.visuals().warn_fg_color)).wrap());
        }
        ui.add_space(theme::SMALL_GAP);
        ui.horizontal_wrapped(|ui| {
            for other in Job::ALL {
                let here = look.state.models.chosen(other).is_some();
                let text = if here { format!("{} ✔", other.purpose()) } else { other.purpose().to_owned() };
                if ui.selectable_label(other == job, text).clicked() {
                    look.forms.models = Some(other);
                }
            }
        });
        ui.separator();
        // The same for every job, so that nothing moves from one to the next.
        let height = (context.content_rect().height() - 380.0).clamp(160.0, 420.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show(ui, |ui| {
            for model in MODELS.iter().filter(|model| model.job == job) {
                model_ui(ui, look, model);
            }
            let own: Vec<Installed> = look.state.models.here.iter().filter(|here| here.job == job).cloned().collect();
            for own in own.iter().filter(|own| matches!(own.source, Source::Local { .. })) {
                own_ui(ui, look, own);
            }
        });
        add_ui(ui, look, job);
        if let Some(why) = &look.state.model_trouble {
            ui.add(Label::new(RichText::new(why).color(ui.visuals().error_fg_color)).wrap());
        }
        ui.add_space(theme::SMALL_GAP);
        ui.button("Close").clicked()
    });
    if modal.inner || modal.should_close() {
        look.forms.models = None;
    }
}

/// What is in memory now, and how much of it is left.
fn memory_ui(ui: &mut Ui, look: &Look) {
    let memory = &look.state.model_memory;
    let named = |loaded: &Loaded| {
        let known = look
            .state
            .models
            .here
            .iter()
            .find(|here| loaded.path.starts_with(&here.path));
        let name = known.map_or_else(|| loaded.path.display().to_string(), |here| here.name.clone());
        format!("{name} with {}", loaded.weights)
    };
    let loaded: Vec<String> = memory.loaded.iter().map(named).collect();
    let mut text = if loaded.is_empty() {
        "In memory: none, for each is loaded for its work and let go after it.".to_owned()
    } else {
        format!("In memory: {}.", loaded.join(", "))
    };
    if let Some(free) = memory.free {
        text += &format!(" {free} of memory are free.");
    }
    ui.add(Label::new(RichText::new(text).weak()).wrap());
}

fn model_ui(ui: &mut Ui, look: &mut Look, model: &Model) {
    let here = look.state.models.find(model.id).cloned();
    Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(model.name).strong());
            let about = if model.is_exact() { "" } else { "about " };
            let facts = format!(
                "{about}{} · {} · {} · for a {} or better",
                Bytes(model.bytes()),
                model.languages,
                model.licence,
                model.machine.words()
            );
            ui.label(RichText::new(facts).weak());
        });
        ui.add(Label::new(model.about).wrap());
        let loaded = here.as_ref().and_then(|here| look.state.model_memory.of(here));
        let memory = loaded.map_or_else(
            || format!("About {} of memory while it works", Bytes(model.memory)),
            |weights| format!("Loaded now: its weights take {weights} of memory"),
        );
        let memory = format!(
            "{memory} · {}{}",
            model.repo,
            if model.is_verified() {
                ""
            } else {
                " · unverified: its hashes are recorded when it is first fetched"
            }
        );
        ui.add(Label::new(RichText::new(memory).weak().small()).wrap());
        ui.horizontal_wrapped(|ui| match here.as_ref().map(|here| &here.state) {
            Some(State::Ready) => {
                choice_ui(ui, look, model.job, model.id);
                let size = here.as_ref().map_or(0, |here| here.bytes);
                if ui
                    .button("Remove")
                    .on_hover_text(format!("Delete it from this machine: {}", Bytes(size)))
                    .clicked()
                {
                    look.ask(Action::RemoveModel(model.id.to_owned()));
                }
            }
            state => fetch_ui(ui, look, model, state),
        });
    });
}

/// Which model does the job.
fn choice_ui(ui: &mut Ui, look: &mut Look, job: Job, id: &str) {
    let chosen = look
        .state
        .models
        .chosen(job)
        .is_some_and(|chosen| chosen.id == id);
    if ui
        .radio(chosen, if chosen { "in use" } else { "use it" })
        .clicked()
        && !chosen
    {
        look.ask(Action::ChooseModel(job, id.to_owned()));
    }
}

fn fetch_ui(ui: &mut Ui, look: &mut Look, model: &Model, state: Option<&State>) {
    let fetching = look.state.fetching.clone();
    if let Some(fetching) = fetching.as_ref().filter(|fetching| fetching.id == model.id) {
        let share = fetching.progress.as_ref().and_then(|progress| {
            Some(progress.done as f32 / progress.total.filter(|total| *total > 0)? as f32)
        });
        let text = match &fetching.progress {
            None => "asking the hub…".to_owned(),
            Some(progress) => {
                let total = progress
                    .total
                    .map_or_else(String::new, |total| format!(" of {}", Bytes(total)));
                format!(
                    "{}{total} · {}/s",
                    Bytes(progress.done),
                    Bytes(progress.rate as u64)
                )
            }
        };
        ui.add(
            ProgressBar::new(share.unwrap_or(0.0))
                .desired_width(320.0)
                .text(text),
        );
        if ui
            .button("Cancel")
            .on_hover_text("What is here stays, to be gone on with")
            .clicked()
        {
            look.ask(Action::Cancel(Kind::Fetch));
        }
        return;
    }
    let free = fetching.is_none();
    let text = match state {
        Some(State::Partial { bytes, .. }) => format!("Go on: {} are here", Bytes(*bytes)),
        Some(State::Missing(path)) => format!("Fetch again: {} is gone", path.display()),
        _ => format!("Get it: {}", Bytes(model.bytes())),
    };
    if free {
        if primary_button(ui, &text).clicked() {
            look.ask(Action::GetModel(model.id.to_owned()));
        }
    } else {
        ui.add_enabled(false, Button::new(text))
            .on_disabled_hover_text("Another model is being fetched");
    }
    if state.is_some() && ui.button("Remove").clicked() {
        look.ask(Action::RemoveModel(model.id.to_owned()));
    }
}

/// A model of the user's own.
fn own_ui(ui: &mut Ui, look: &mut Look, own: &Installed) {
    Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(&own.name).strong());
            ui.label(RichText::new("your own").weak());
        });
        ui.add(Label::new(RichText::new(own.path.display().to_string()).weak().small()).wrap());
        ui.horizontal_wrapped(|ui| {
            if own.state == State::Ready {
                choice_ui(ui, look, own.job, &own.id);
            } else {
                ui.label(RichText::new("It is no longer there").color(ui.visuals().warn_fg_color));
            }
            if ui
                .button("Forget")
                .on_hover_text("Take it off this list; the files stay where they are")
                .clicked()
            {
                look.ask(Action::RemoveModel(own.id.clone()));
            }
        });
    });
}

/// Pointing at a model that is here already.
fn add_ui(ui: &mut Ui, look: &mut Look, job: Job) {
    ui.horizontal_wrapped(|ui| {
        let what = if job == Job::Tag {
            "Use a GGUF file…"
        } else {
            "Use a folder…"
        };
        if ui
            .button(what)
            .on_hover_text("A model that you have already; it stays where it is")
            .clicked()
        {
            look.ask(Action::PickModel(job));
        }
        let hint = if job == Job::Tag {
            "/path/to/model.gguf"
        } else {
            "/path/to/model"
        };
        let field = ui.add(
            TextEdit::singleline(&mut look.forms.model_path)
                .desired_width(320.0)
                .hint_text(hint),
        );
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(eframe::egui::Key::Enter));
        let path = look.forms.model_path.trim().to_owned();
        if (ui.add_enabled(!path.is_empty(), Button::new("Use it")).clicked() || entered) && !path.is_empty()
        {
            look.ask(Action::AddModel(job, path.into()));
        }
    });
}
