//! Recognising the speech of a video: by what, how far it is, what is heard, and what becomes of it.

use super::Look;
use super::widgets::{escaped, primary_button, standing_modal};
use crate::app::action::Action;
use crate::app::theme;
use crate::app::work::Kind;
use crate::pretrained::Job;
use crate::project::{Language, Seconds, counted};
use eframe::egui::{
    Button, ComboBox, Context, Grid, Label, ProgressBar, RichText, Role, ScrollArea, TextEdit, Ui,
    WidgetInfo, vec2,
};

/// Height of what is heard.
const HEARD: f32 = 240.0;

/// The window in which speech is recognised.
pub fn speech_ui(context: &Context, look: &mut Look) {
    // Getting a model comes first, and this window after it again.
    if !look.forms.speech.open || look.forms.models.is_some() {
        return;
    }
    let modal = standing_modal("speech").show(context, |ui| {
        ui.set_width(640.0);
        ui.heading("Recognise the speech");
        let about = "What is said is written down with its times. They are estimates until you have confirmed them in the Alignment step.";
        ui.add(Label::new(RichText::new(about).weak()).wrap());
        ui.add_space(theme::SMALL_GAP);
        let busy = look.state.is_running(Kind::Hear);
        ui.add_enabled_ui(!busy, |ui| recogniser_ui(ui, look));
        ui.separator();
        // As high from the start as it will be: what is below does not move while lines come.
        ui.allocate_ui(vec2(ui.available_width(), HEARD), |ui| {
            ui.set_min_height(HEARD);
            heard_ui(ui, look);
        });
        for warning in &look.state.hearing.warnings {
            ui.add(Label::new(RichText::new(warning).color(ui.visuals().warn_fg_color)).wrap());
        }
        if let Some(why) = &look.state.hearing.trouble {
            ui.add(Label::new(RichText::new(why).color(ui.visuals().error_fg_color)).wrap());
        }
        ui.add_space(theme::SMALL_GAP);
        if busy { busy_ui(ui, look) } else { footer_ui(ui, look) }
    });
    if modal.inner || escaped(&modal) {
        look.forms.speech.open = false;
    }
}

/// A model or a program, and the language.
fn recogniser_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        ui.label("By");
        let form = &mut look.forms.speech;
        ui.selectable_value(&mut form.own, false, "a model in this program");
        ui.selectable_value(&mut form.own, true, "a program of yours");
    });
    if look.forms.speech.own {
        let field = TextEdit::singleline(&mut look.forms.speech.command)
            .desired_width(f32::INFINITY)
            .hint_text("whisper-cli -f {audio} -osrt -of {out}");
        let field = ui.add(field);
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Command of the program"));
        let about = "{audio} becomes a WAV file with the sound. {out.srt} becomes the file to write, {out} the same without an ending; where neither stands, what it leaves in its folder is taken";
        ui.add(Label::new(RichText::new(about).weak().small()).wrap());
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let name = look
            .state
            .models
            .chosen(Job::Speech)
            .map(|model| model.name.clone());
        match name {
            Some(name) => {
                ui.label(RichText::new(name).strong());
                if ui
                    .button("Models…")
                    .on_hover_text("Choose or get another")
                    .clicked()
                {
                    look.forms.models = Some(Job::Speech);
                }
            }
            None => {
                ui.label("There is no model for it yet.");
                if primary_button(ui, "Get a model…").clicked() {
                    look.forms.models = Some(Job::Speech);
                }
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.label("Language");
        let form = &mut look.forms.speech;
        let shown = form.language.map_or("found out by itself", Language::name);
        ComboBox::from_id_salt("spoken language")
            .selected_text(shown)
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut form.language, None, "found out by itself");
                for language in [Language::English, Language::Chinese] {
                    ui.selectable_value(&mut form.language, Some(language), language.name());
                }
            });
        ui.label("Names");
        let field = TextEdit::singleline(&mut form.prompt)
            .desired_width(260.0)
            .hint_text("names and spellings to keep to");
        ui.add(field)
            .on_hover_text("A sentence in simplified characters here makes the transcript simplified");
    });
}

/// What is heard, the latest at the foot.
fn heard_ui(ui: &mut Ui, look: &Look) {
    let hearing = &look.state.hearing;
    let live: Vec<(Seconds, &str, &str)> = hearing
        .segments
        .iter()
        .map(|segment| {
            let doubt = match (segment.looping, segment.unsure) {
                (true, _) => "goes round in circles",
                (false, true) => "a guess",
                _ => "",
            };
            (segment.span.start, segment.text.as_str(), doubt)
        })
        .collect();
    let lines = match &hearing.heard {
        Some(heard) if live.is_empty() => heard
            .cues
            .iter()
            .map(|cue| (cue.start, cue.text.as_str(), ""))
            .collect(),
        _ => live,
    };
    if lines.is_empty() {
        let text = if look.state.is_running(Kind::Hear) {
            "Listening…"
        } else {
            "What is heard will stand here."
        };
        ui.label(RichText::new(text).weak());
        return;
    }
    let row = ui.text_style_height(&eframe::egui::TextStyle::Body) + 4.0;
    ScrollArea::vertical()
        .max_height(HEARD)
        .auto_shrink([false, true])
        .stick_to_bottom(true)
        .show_rows(ui, row, lines.len(), |ui, rows| {
            Grid::new("heard").num_columns(2).show(ui, |ui| {
                for (time, text, doubt) in lines.get(rows).into_iter().flatten() {
                    ui.label(RichText::new(time.to_string()).monospace().weak());
                    ui.horizontal(|ui| {
                        ui.add(Label::new(*text).truncate()).on_hover_text(*text);
                        if !doubt.is_empty() {
                            ui.label(RichText::new(*doubt).small().color(ui.visuals().warn_fg_color));
                        }
                    });
                    ui.end_row();
                }
            });
        });
}

/// How far it is. True where the window is to close.
fn busy_ui(ui: &mut Ui, look: &mut Look) -> bool {
    let job = look.jobs.iter().find(|job| job.kind == Kind::Hear);
    if let Some(job) = job {
        let (done, total) = job.watch.progress();
        let share = done as f32 / total.max(1) as f32;
        ui.add(ProgressBar::new(share).text(job.watch.doing()));
    }
    ui.horizontal(|ui| {
        if ui
            .button("Stop")
            .on_hover_text("What was heard is kept, and the next time it goes on from there")
            .clicked()
        {
            look.ask(Action::Cancel(Kind::Hear));
        }
        ui.button("Hide")
            .on_hover_text("It goes on in the strip at the foot")
            .clicked()
    })
    .inner
}

/// What can become of what was heard.
fn taking_ui(ui: &mut Ui, look: &mut Look, has_captions: bool, first: bool) {
    let button = |ui: &mut Ui, text: &str| {
        if first {
            primary_button(ui, text)
        } else {
            ui.button(text)
        }
    };
    if !has_captions {
        if button(ui, "Take it as the captions").clicked() {
            look.ask(Action::TakeTranscript);
        }
        return;
    }
    if button(ui, "Give my captions these times")
        .on_hover_text(
            "The words of your captions stay; the times at which they were heard are proposed for them",
        )
        .clicked()
    {
        look.ask(Action::AlignWithTranscript);
    }
    if ui
        .button("Take it in place of my captions")
        .on_hover_text("Undo brings yours back")
        .clicked()
    {
        look.ask(Action::TakeTranscript);
    }
}

/// The button that sets the recogniser to work; true where it is the one thing to do.
fn recognise_ui(ui: &mut Ui, look: &mut Look, text: &str, useful: bool) -> bool {
    let ready = look.state.heard_by(&look.forms.speech).is_some();
    let first = ready && text == "Recognise";
    let button = if first {
        primary_button(ui, text)
    } else {
        let why = if ready {
            "The same model with the same settings would hear the same: choose others first"
        } else {
            "Get a model, or name a program, first"
        };
        ui.add_enabled(ready && useful, Button::new(text))
            .on_disabled_hover_text(why)
    };
    if button.clicked() {
        look.ask(Action::RecogniseSpeech);
    }
    first
}

/// What becomes of what was heard. True where the window is to close.
fn footer_ui(ui: &mut Ui, look: &mut Look) -> bool {
    let hearing = &look.state.hearing;
    let heard = hearing.heard.as_ref().map_or(0, |heard| heard.cues.len());
    let (partial, taken) = (hearing.partial, hearing.taken);
    let captions = look
        .state
        .project
        .as_ref()
        .map_or(0, |project| project.track.cues.len());
    let now = look.state.heard_by(&look.forms.speech);
    let same = now.is_some() && now == hearing.by;
    let by = hearing.by.as_ref().map(|by| by.name.clone());
    if heard > 0 {
        let by = by.map(|name| format!(" by {name}")).unwrap_or_default();
        let so_far = if partial { ", as far as it came" } else { "" };
        let taken = if taken { ": your captions now" } else { "" };
        let text = format!("{} heard{by}{so_far}{taken}", counted(heard, "sentence"));
        ui.add(Label::new(text).truncate());
    }
    ui.horizontal_wrapped(|ui| {
        let again = if heard > 0 && same {
            false
        } else {
            recognise_ui(ui, look, "Recognise", true)
        };
        if heard > 0 {
            taking_ui(ui, look, captions > 0, !again && !taken);
        }
        if heard > 0 && same {
            // The same model hears the same again.
            let own = look.forms.speech.own;
            let text = if partial { "Go on" } else { "Recognise again" };
            recognise_ui(ui, look, text, partial || own);
        }
        ui.button("Close").clicked()
    })
    .inner
}
