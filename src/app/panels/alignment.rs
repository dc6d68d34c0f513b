//! The Alignment step: which caption goes with which frame.

use super::Look;
use super::widgets::{empty_ui, frame_button, primary_button, warnings_ui};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::Step;
use crate::app::theme;
use crate::app::work::Kind;
use crate::pairing;
use crate::project::{CueOrigin, Language, PairIndex, Pairing, PairingRule, Project};
use eframe::egui::{Align, ComboBox, DragValue, RichText, Ui};
use egui_extras::{Column, TableBuilder};

/// Encodings offered beside the one found.
const ENCODINGS: [&str; 5] = ["utf-8", "gb18030", "big5", "utf-16le", "utf-16be"];

/// The Alignment panel.
pub fn alignment_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    if project.track.cues.is_empty() {
        let what = "Frames and captions, side by side";
        let next = "Open the captions of this video, and each will find its frame.";
        empty_ui(
            ui,
            look,
            what,
            next,
            "Open captions…",
            Action::Run(Command::OpenCaptions),
        );
        return;
    }
    let free = !look.state.is_running(Kind::Train);
    ui.add_enabled_ui(free, |ui| {
        source_ui(ui, look);
        pairing_ui(ui, look);
    });
    warnings_ui(ui, &look.state.pair_warnings);
    ui.separator();
    head_ui(ui, look);
    table_ui(ui, look);
}

fn source_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("{} cues", project.track.cues.len()));
        if let Some(source) = &project.manifest.captions {
            let mut chosen = None;
            let combo = ComboBox::from_id_salt("encoding").selected_text(&source.encoding);
            let combo = combo.show_ui(ui, |ui| {
                for encoding in ENCODINGS {
                    if ui.selectable_label(false, encoding).clicked() {
                        chosen = Some(Some(encoding.to_owned()));
                    }
                }
                if ui.selectable_label(false, "find out").clicked() {
                    chosen = Some(None);
                }
            });
            combo
                .response
                .on_hover_text("Encoding: read the file again in another one if the text looks wrong");
            if let Some(encoding) = chosen {
                look.actions.push(Action::SetEncoding(encoding));
            }
        }
        ui.label("Words as in");
        for language in [Language::English, Language::Chinese] {
            let on = project.manifest.language == language;
            if ui.selectable_label(on, language.name()).clicked() && !on {
                look.actions.push(Action::SetLanguage(language));
            }
        }
        if project.track.is_estimated() {
            ui.label(RichText::new("estimated times").color(ui.visuals().warn_fg_color))
                .on_hover_text("The file has no times: the captions were spread over the video");
        }
    });
}

fn pairing_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let frames = look.state.frames.frames.len();
    let now = &project.manifest.pairing;
    let mut wanted = now.clone();
    ui.horizontal_wrapped(|ui| {
        ui.label("Pair");
        let rule = &mut wanted.rule;
        if ui
            .selectable_label(*rule == PairingRule::Captions, "by caption")
            .on_hover_text("Each caption takes the frame nearest its start: for captions with trusted times")
            .clicked()
        {
            *rule = PairingRule::Captions;
        }
        let uniform = matches!(rule, PairingRule::Uniform { .. });
        if ui
            .selectable_label(uniform, "uniformly")
            .on_hover_text("Captions in order, spread evenly over the frames: for transcripts without times")
            .clicked()
            && !uniform
        {
            *rule = pairing::spread(project.track.cues.len(), frames);
        }
        if ui
            .selectable_label(*rule == PairingRule::Frames, "by frame")
            .on_hover_text("Each frame takes the caption being spoken: the most pairs, some without caption")
            .clicked()
        {
            *rule = PairingRule::Frames;
        }
        match rule {
            PairingRule::Uniform { take, of } => {
                ui.add(DragValue::new(take).range(1..=*of))
                    .on_hover_text("Frames taken of each group");
                ui.label("of every");
                ui.add(DragValue::new(of).range(1..=10_000))
                    .on_hover_text("Frames in a group");
                ui.label("frames");
            }
            _ => times_ui(ui, &mut wanted),
        }
    });
    if wanted != *now {
        look.actions.push(Action::SetPairing(wanted));
    }
}

fn times_ui(ui: &mut Ui, wanted: &mut Pairing) {
    ui.label("captions moved by");
    ui.add(DragValue::new(&mut wanted.offset.0).speed(0.05).suffix(" s"))
        .on_hover_text("Added to every caption time");
    ui.label("scaled by");
    let scale = DragValue::new(&mut wanted.scale)
        .speed(0.001)
        .range(0.1..=10.0)
        .max_decimals(4);
    ui.add(scale)
        .on_hover_text("Every caption time is multiplied by this first");
}

fn head_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let empty = project.pairs.iter().filter(|pair| pair.cue.is_none()).count();
    let shared = (0..project.pairs.len())
        .filter(|index| shares_frame(project, *index))
        .count();
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("{} pairs", project.pairs.len())).strong());
        ui.label(RichText::new(format!("{empty} without caption, {shared} that share a frame")).weak());
        ui.checkbox(&mut look.forms.flagged_only, "only these");
        if look.state.stage(Step::Training) != crate::app::state::Stage::Nothing {
            ui.with_layout(eframe::egui::Layout::right_to_left(Align::Center), |ui| {
                if primary_button(ui, "Next: train").clicked() {
                    look.actions.push(Action::Run(Command::Show(Step::Training)));
                }
            });
        }
    });
}

/// Whether a neighbour has the same frame: several captions within one sampling step.
fn shares_frame(project: &Project, index: usize) -> bool {
    let frame = |index: usize| project.pairs.get(index).map(|pair| pair.frame);
    frame(index) == frame(index + 1)
        || index
            .checked_sub(1)
            .is_some_and(|before| frame(before) == frame(index))
}

fn table_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let flagged = |index: &usize| {
        !look.forms.flagged_only
            || project.pairs.get(*index).is_some_and(|pair| pair.cue.is_none())
            || shares_frame(project, *index)
    };
    let rows: Vec<usize> = (0..project.pairs.len()).filter(flagged).collect();
    let selected = look.state.selected;
    let scroll = std::mem::take(&mut look.forms.scroll_to_selected);
    let place = selected
        .and_then(|pair| rows.iter().position(|row| *row == pair.index()))
        .filter(|_| scroll);
    let mut table = TableBuilder::new(ui)
        .striped(true)
        .sense(eframe::egui::Sense::click())
        .cell_layout(eframe::egui::Layout::left_to_right(Align::Center))
        .column(Column::exact(44.0))
        .column(Column::exact(88.0))
        .column(Column::exact(70.0))
        .column(Column::exact(110.0))
        .column(Column::remainder().clip(true));
    if let Some(place) = place {
        table = table.scroll_to_row(place, None);
    }
    let header = |ui: &mut Ui, text: &str| {
        ui.label(RichText::new(text).weak());
    };
    let table = table.header(22.0, |mut row| {
        for text in ["pair", "frame", "at", "caption from–to", "caption"] {
            row.col(|ui| header(ui, text));
        }
    });
    table.body(|body| {
        body.rows(52.0, rows.len(), |mut row| {
            let Some(index) = rows.get(row.index()).copied() else {
                return;
            };
            let Some(pair) = project.pairs.get(index) else {
                return;
            };
            let cue = pair.cue.and_then(|id| project.track.cue(id));
            row.set_selected(selected == Some(PairIndex::from(index)));
            row.col(|ui| {
                ui.label((index + 1).to_string());
            });
            row.col(|ui| {
                let label = format!("Frame {}", pair.frame.0 + 1);
                if frame_button(ui, look, pair.frame, 78.0, &label, None).clicked() {
                    look.ask(Action::Select(PairIndex::from(index)));
                }
            });
            row.col(|ui| {
                ui.label(RichText::new(pair.time.to_string()).monospace());
            });
            row.col(|ui| {
                if let Some(cue) = cue {
                    let estimated = cue.origin == CueOrigin::Estimated;
                    let times = format!("{}–{}", cue.start, cue.end);
                    let times = RichText::new(times).monospace().size(11.5);
                    ui.label(if estimated { times.italics().weak() } else { times });
                }
            });
            row.col(|ui| {
                match cue {
                    Some(cue) => ui.add(
                        eframe::egui::Label::new(cue.text.replace('\n', " "))
                            .wrap()
                            .selectable(false),
                    ),
                    None => ui.label(RichText::new("no caption").italics().weak()),
                };
            });
            if row.response().clicked() {
                look.ask(Action::Select(PairIndex::from(index)));
            }
        });
    });
    ui.add_space(theme::SMALL_GAP);
}
