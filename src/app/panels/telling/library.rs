//! Several projects in one list, by what they are about.

use crate::analysis::library::Entry;
use crate::app::action::Action;
use crate::app::panels::Look;
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::counted;
use eframe::egui::{Button, Grid, Key, Label, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};
use std::collections::BTreeMap;

/// Width of the field of a topic.
const TOPIC: f32 = 140.0;

pub fn library_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        ui.label(
            RichText::new(
                "Projects of several topics and languages. Videos of one topic are compared with each other.",
            )
            .weak(),
        );
    });
    add_ui(ui, look);
    ui.add_space(theme::SMALL_GAP);
    let library = look.state.telling.library.clone();
    if library.is_empty() {
        ui.add_space(theme::LARGE_GAP);
        ui.label(
            RichText::new("Projects that you open are listed here; add a folder to list all that are in it.")
                .weak(),
        );
        return;
    }
    ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        Grid::new("library")
            .num_columns(7)
            .striped(true)
            .spacing([theme::GAP, theme::SMALL_GAP])
            .show(ui, |ui| {
                for head in [
                    "Topic", "Project", "Language", "Length", "Pairs", "Clusters", "Tags", "",
                ] {
                    ui.label(RichText::new(head).weak());
                }
                ui.end_row();
                for entry in &library {
                    entry_ui(ui, look, entry);
                    ui.end_row();
                }
            });
        topics_ui(ui, look, &library);
    });
}

/// Adding a folder with projects.
fn add_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        if ui
            .button("Add a folder…")
            .on_hover_text("All projects in it and below it")
            .clicked()
        {
            look.ask(Action::PickLibrary);
        }
        let field = TextEdit::singleline(&mut look.forms.library_path)
            .desired_width(240.0)
            .hint_text("/path/to/projects");
        let field = ui.add(field);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let path = look.forms.library_path.trim().to_owned();
        if (ui.add_enabled(!path.is_empty(), Button::new("Add")).clicked() || entered) && !path.is_empty() {
            look.forms.library_path.clear();
            look.ask(Action::AddToLibrary(path.into()));
        }
    });
}

fn entry_ui(ui: &mut Ui, look: &mut Look, entry: &Entry) {
    topic_ui(ui, look, entry);
    ui.label(&entry.name)
        .on_hover_text(entry.folder.display().to_string());
    if let Some(trouble) = &entry.trouble {
        ui.label("");
        ui.label("");
        ui.label("");
        ui.label("");
        ui.add(Label::new(
            RichText::new("cannot be read").color(ui.visuals().warn_fg_color),
        ))
        .on_hover_text(trouble);
    } else {
        ui.label(entry.language.name());
        ui.label(entry.length.map_or_else(String::new, |length| length.to_string()));
        ui.label(entry.pairs.to_string());
        ui.label(entry.clusters.to_string());
        let tags = if entry.is_tagged() {
            entry.tagged_by.join(", ")
        } else {
            "none yet".to_owned()
        };
        ui.label(tags);
    }
    ui.horizontal(|ui| {
        let open = look.state.project.as_ref().map(|project| &project.folder);
        let is_open = open == Some(&entry.folder);
        if is_open {
            ui.label(RichText::new("open").weak());
        } else {
            let usable = entry.trouble.is_none();
            if ui.add_enabled(usable, Button::new("Open")).clicked() {
                look.ask(Action::Open(entry.folder.clone()));
            }
            let compare = ui.add_enabled(
                usable && entry.is_tagged() && open.is_some(),
                Button::new("Compare"),
            );
            if compare
                .on_hover_text("With the project that is open")
                .on_disabled_hover_text("It needs clusters with tags, and so does the project that is open")
                .clicked()
            {
                look.ask(Action::CompareWith(entry.folder.clone()));
            }
        }
        if ui
            .small_button("Take off the list")
            .on_hover_text("Nothing is deleted")
            .clicked()
        {
            look.ask(Action::LeaveLibrary(entry.folder.clone()));
        }
    });
}

/// The topic of a project, to be typed: Enter or leaving the field keeps it.
fn topic_ui(ui: &mut Ui, look: &mut Look, entry: &Entry) {
    let mut text = match &look.forms.topic {
        Some((of, text)) if *of == entry.folder => text.clone(),
        _ => entry.topic.clone(),
    };
    let size = vec2(TOPIC, ui.spacing().interact_size.y);
    let field = ui.add_sized(size, TextEdit::singleline(&mut text).hint_text("topic"));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, format!("Topic of {}", entry.name)));
    if field.changed() {
        look.forms.topic = Some((entry.folder.clone(), text.clone()));
    }
    if field.lost_focus()
        && look
            .forms
            .topic
            .as_ref()
            .is_some_and(|(of, _)| *of == entry.folder)
    {
        look.forms.topic = None;
        if text.trim() != entry.topic {
            look.ask(Action::SetTopic(entry.folder.clone(), text.trim().to_owned()));
        }
    }
}

/// The topics that have several videos, each with its matrix once asked for.
fn topics_ui(ui: &mut Ui, look: &mut Look, library: &[Entry]) {
    let mut topics: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in library
        .iter()
        .filter(|entry| !entry.topic.is_empty() && entry.is_tagged())
    {
        topics.entry(&entry.topic).or_default().push(entry);
    }
    topics.retain(|_, entries| entries.len() > 1);
    if topics.is_empty() {
        ui.add_space(theme::GAP);
        ui.label(
            RichText::new("Give two tagged projects the same topic to compare all videos of it.").weak(),
        );
        return;
    }
    ui.add_space(theme::GAP);
    for (topic, entries) in topics {
        ui.horizontal(|ui| {
            ui.label(RichText::new(topic).strong());
            ui.label(RichText::new(counted(entries.len(), "video")).weak());
            let busy = look.state.is_running(Kind::Topic);
            if ui
                .add_enabled(!busy, Button::new("Compare these videos"))
                .clicked()
            {
                let folders = entries.iter().map(|entry| entry.folder.clone()).collect();
                look.ask(Action::CompareTopic(topic.to_owned(), folders));
            }
        });
        if let Some((_, matrix)) = look.state.telling.matrix.as_ref().filter(|(of, _)| of == topic) {
            super::matrix::matrix_ui(ui, matrix);
        }
    }
}
