//! How frames are described and what writes the tags.

use crate::app::action::Action;
use crate::app::forms::Way;
use crate::app::panels::Look;
use crate::app::panels::widgets::primary_button;
use crate::app::work::Kind;
use crate::interpretation::PROMPT;
use crate::interpretation::prompt::Template;
use crate::pretrained::Job;
use crate::project::{KEYWORDS, counted};
use eframe::egui::{Button, ComboBox, DragValue, Label, RichText, Role, TextEdit, Ui, WidgetInfo};

pub fn controls_ui(ui: &mut Ui, look: &mut Look) {
    frames_ui(ui, look);
    ui.horizontal_wrapped(|ui| {
        ui.label("Tags by");
        let form = &mut look.forms.tagging;
        ComboBox::from_id_salt("tags by")
            .selected_text(form.way.name())
            .show_ui(ui, |ui| {
                for way in Way::ALL {
                    ui.selectable_value(&mut form.way, way, way.name());
                }
            });
        match form.way {
            Way::Keywords => {
                ui.label(RichText::new("Words that a cluster's captions use more than the others'").weak());
                let written = look
                    .state
                    .run()
                    .is_some_and(|run| run.tags.iter().any(|tags| tags.model != KEYWORDS));
                if written
                    && ui
                        .button("Keywords for all clusters")
                        .on_hover_text("Forget what was written of them; it can be undone")
                        .clicked()
                {
                    look.ask(Action::ForgetTags(None));
                }
            }
            Way::Model => model_ui(ui, look, Job::Tag),
            Way::Server => server_ui(ui, look),
        }
    });
    if look.forms.tagging.way.writes() {
        writing_ui(ui, look);
    }
}

/// The frames, and how many of them are described.
fn frames_ui(ui: &mut Ui, look: &mut Look) {
    let Some(run) = look.state.run() else { return };
    let wanted = run.on.pairs.len();
    let described = run.descriptions.len();
    let looping = run
        .descriptions
        .values()
        .filter(|known| known.looping && known.edited.is_none())
        .count();
    ui.horizontal_wrapped(|ui| {
        // The line is always there, so that nothing moves while frames are described.
        let mut text = format!("{described} of {} described", counted(wanted, "frame"));
        if looping > 0 {
            text += &format!(", {looping} go round in circles and do not count");
        }
        ui.label(text);
    });
    ui.horizontal_wrapped(|ui| {
        let form = &mut look.forms.tagging;
        ui.label("Describe");
        ui.selectable_value(&mut form.typical, false, "all")
            .on_hover_text("The frame of every pair");
        ui.selectable_value(&mut form.typical, true, "typical")
            .on_hover_text("Of each cluster the frames nearest to its middle: quicker");
        model_ui(ui, look, Job::Describe);
        let ready = look.state.models.chosen(Job::Describe).is_some() && !look.state.is_running(Kind::Describe);
        let text = "Describe frames";
        let button = ui
            .add_enabled(ready, Button::new(text))
            .on_hover_text("A sentence for each frame, by itself and going on from the words beside it; they become material for the tags");
        if button.on_disabled_hover_text("Get a model that describes frames first").clicked() {
            look.ask(Action::DescribeFrames);
        }
        ui.add(TextEdit::singleline(&mut look.forms.tagging.prompt).desired_width(130.0).hint_text(PROMPT))
            .on_hover_text("How each description begins the second time; leave it empty for no second time");
    });
}

/// The model that is chosen for a job, others to choose, and the way to more.
fn model_ui(ui: &mut Ui, look: &mut Look, job: Job) {
    let models = look.state.models.of(job);
    let chosen = look.state.models.chosen(job);
    if models.is_empty() {
        if ui.button("Get a model…").on_hover_text(job.purpose()).clicked() {
            look.forms.models = Some(job);
        }
        return;
    }
    let mut wanted = None;
    ComboBox::from_id_salt(("model", job.word()))
        .selected_text(chosen.map_or("choose a model", |chosen| chosen.name.as_str()))
        .show_ui(ui, |ui| {
            for model in &models {
                let is_chosen = chosen.is_some_and(|chosen| chosen.id == model.id);
                if ui.selectable_label(is_chosen, &model.name).clicked() {
                    wanted = Some(model.id.clone());
                }
            }
        });
    let more = ui
        .button("Models…")
        .on_hover_text("Get others, or point at a folder or file of your own")
        .clicked();
    if let Some(id) = wanted {
        look.ask(Action::ChooseModel(job, id));
    }
    if more {
        look.forms.models = Some(job);
    }
}

/// Where the server is, and which of its models.
fn server_ui(ui: &mut Ui, look: &mut Look) {
    let form = &mut look.forms.tagging;
    let field = TextEdit::singleline(&mut form.address)
        .desired_width(170.0)
        .hint_text("http://127.0.0.1:8080");
    let about = "Address of any server that speaks as OpenAI's does: llama.cpp, Ollama (http://127.0.0.1:11434), vLLM. \
                 Nothing else is contacted";
    field_ui(ui, field, "Address of the server", about);
    let field = TextEdit::singleline(&mut form.model)
        .desired_width(140.0)
        .hint_text("its first model");
    let about = "Name of the model; some servers have but one and need none";
    field_ui(ui, field, "Model of the server", about);
    if !look.state.tagging.offered.is_empty() {
        ComboBox::from_id_salt("offered")
            .selected_text("offered")
            .width(70.0)
            .show_ui(ui, |ui| {
                for model in &look.state.tagging.offered {
                    ui.selectable_value(&mut form.model, model.clone(), model);
                }
            });
    }
    let field = TextEdit::singleline(&mut look.forms.key)
        .password(true)
        .desired_width(60.0)
        .hint_text("key");
    let about = "Only where the server wants one. It is kept in the system's keyring where there is one, and nowhere else";
    field_ui(ui, field, "Key of the server", about);
    if ui.button("Ask for models").clicked() {
        look.ask(Action::AskServer);
    }
}

/// A field with a name for screen readers.
fn field_ui(ui: &mut Ui, field: TextEdit<'_>, name: &str, about: &str) {
    let field = ui.add(field);
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    field.on_hover_text(about);
}

/// How a language model is asked.
fn writing_ui(ui: &mut Ui, look: &mut Look) {
    let busy = look.state.is_running(Kind::Write);
    ui.horizontal_wrapped(|ui| {
        ui.label("temperature");
        let form = &mut look.forms.tagging;
        ui.add(
            DragValue::new(&mut form.temperature)
                .range(0.0..=2.0)
                .speed(0.01)
                .max_decimals(2),
        )
        .on_hover_text("How freely words are drawn: 0 always takes the likeliest, the papers take 0.9");
        ui.label("seed");
        ui.add(DragValue::new(&mut form.seed));
        ui.checkbox(&mut form.replace, "replace mine")
            .on_hover_text("Write over tags that you edited as well");
        let open = &mut look.forms.instruction_open;
        ui.toggle_value(open, "Instruction")
            .on_hover_text("What the model is asked, to be read and changed");
        let ready = !busy && (form.way == Way::Server || look.state.models.chosen(Job::Tag).is_some());
        if ready {
            if primary_button(ui, "Write tags").clicked() {
                look.ask(Action::WriteTags(None));
            }
        } else {
            ui.add_enabled(false, Button::new("Write tags"))
                .on_disabled_hover_text(if busy {
                    "They are being written"
                } else {
                    "Choose a model first"
                });
        }
    });
    if look.forms.instruction_open {
        instruction_ui(ui, look);
    }
}

fn instruction_ui(ui: &mut Ui, look: &mut Look) {
    let language = look
        .state
        .project
        .as_ref()
        .map(crate::analysis::tagging::language)
        .unwrap_or_default();
    let standard = Template::standard(language);
    let form = &mut look.forms.tagging;
    let mut text = form
        .instruction
        .clone()
        .unwrap_or_else(|| standard.text().to_owned());
    let field = ui.add(
        TextEdit::multiline(&mut text)
            .desired_rows(8)
            .desired_width(f32::INFINITY),
    );
    if field.changed() {
        form.instruction = (text != standard.text()).then(|| text.clone());
    }
    ui.horizontal_wrapped(|ui| {
        if ui
            .add_enabled(form.instruction.is_some(), Button::new("Back to the usual one"))
            .clicked()
        {
            form.instruction = None;
        }
        match Template::parse(&text) {
            Ok(_) => ui.label(
                RichText::new(
                    "Captions and descriptions are put in where {captions} and {descriptions} stand",
                )
                .weak(),
            ),
            Err(why) => {
                ui.add(Label::new(RichText::new(why.to_string()).color(ui.visuals().error_fg_color)).wrap())
            }
        };
    });
}
