//! What the sound says of the times: a proposal to be accepted as a whole or cue by cue, and the queue of doubtful cues.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::panels::widgets::{command_button, primary_button};
use crate::app::state::{Against, Pick};
use crate::app::theme;
use crate::app::work::Kind;
use crate::captions::retiming::SpreadUnit;
use crate::project::counted;
use eframe::egui::{Button, Frame, Label, RichText, Role, Ui, WidgetInfo};

/// The bar above the table.
pub fn correction_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        check_ui(ui, look);
        ui.separator();
        queue_ui(ui, look);
    });
    doubt_ui(ui, look);
    if look.state.correction.diagnosis.is_some() {
        proposal_ui(ui, look);
    }
}

fn check_ui(ui: &mut Ui, look: &mut Look) {
    let hint = look.settings.keys.hint(ui.ctx(), Command::CheckTimes);
    let listening = look.state.is_running(Kind::Speech);
    let busy = listening || look.state.is_running(Kind::Correct);
    let without = look.state.sound.without.as_ref();
    let ready = !busy && without.is_none();
    let button = ui.add_enabled(ready, Button::new("Check times"));
    let why = match without {
        Some(why) => format!("Times are checked against the speech, and there is none: {why}"),
        None if listening => "The sound is being listened to; a moment".to_owned(),
        None => "Times are being checked".to_owned(),
    };
    if button.on_hover_text(hint).on_disabled_hover_text(why).clicked() {
        look.ask(Action::Run(Command::CheckTimes));
    }
    if look.state.is_running(Kind::Correct) {
        ui.spinner();
    }
    let ready = [Kind::Fit, Kind::Sample, Kind::Speech]
        .into_iter()
        .all(|kind| !look.state.is_running(kind));
    ui.add_enabled_ui(ready, |ui| {
        command_button(ui, look, Command::CheckPictures)
            .on_disabled_hover_text("A moment: the strip at the foot says what is under way");
    });
    command_button(ui, look, Command::RecogniseSpeech);
    let project = look.state.project.as_ref();
    if project.is_some_and(|project| project.track.is_without_times()) {
        ui.add_enabled_ui(ready, |ui| spread_ui(ui, look));
    }
}

/// Texts without times: what becomes a cue.
fn spread_ui(ui: &mut Ui, look: &mut Look) {
    let hint = look.settings.keys.hint(ui.ctx(), Command::SpreadOverSpeech);
    let menu = ui.menu_button("Spread over speech", |ui| {
        for (unit, text, about) in [
            (
                SpreadUnit::Lines,
                "Line by line",
                "Each line of the file is a cue",
            ),
            (
                SpreadUnit::Sentences,
                "By sentence",
                "Each sentence is a cue, whatever lines it runs over",
            ),
            (
                SpreadUnit::Segments,
                "About ten seconds each",
                "As in the papers, cut where a clause ends",
            ),
        ] {
            if ui.button(text).on_hover_text(about).clicked() {
                look.actions.push(Action::Spread(unit));
                ui.close();
            }
        }
    });
    menu.response.on_hover_text(hint);
}

/// How many cues are doubtful, and the one that is looked at.
fn queue_ui(ui: &mut Ui, look: &mut Look) {
    let correction = &look.state.correction;
    if correction.queue.is_empty() {
        let text = if look.state.sound.speech.is_some() {
            "Nothing doubtful"
        } else {
            "Doubts come with the sound"
        };
        ui.label(RichText::new(text).weak());
        return;
    }
    let count = correction.queue.len();
    let active = look.state.cues.active;
    let place = active.and_then(|cue| correction.queue.iter().position(|doubtful| *doubtful == cue));
    let hint = look.settings.keys.hint(ui.ctx(), Command::NextDoubt);
    if ui.button("Next doubt").on_hover_text(hint).clicked() {
        look.actions.push(Action::Run(Command::NextDoubt));
    }
    let text = match place {
        Some(place) => format!("{} of {count}", place + 1),
        None => counted(count, "doubtful cue"),
    };
    ui.label(RichText::new(text).strong());
}

/// Why the cue that is looked at is doubtful. The line is always there, so that nothing below it moves.
fn doubt_ui(ui: &mut Ui, look: &Look) {
    if look.state.correction.queue.is_empty() {
        return;
    }
    let active = look.state.cues.active;
    let why = active.and_then(|cue| look.state.cues.doubts.get(&cue));
    let text = match why {
        Some(why) => RichText::new(why).color(ui.visuals().warn_fg_color),
        None if active.is_some() => RichText::new("No doubt about this cue").weak(),
        None => RichText::new("Next doubt goes to the most doubtful cue, and says why here").weak(),
    };
    ui.add(Label::new(text).truncate());
}

/// The proposal in words, and what can be done with it.
fn proposal_ui(ui: &mut Ui, look: &mut Look) {
    let diagnosis = look.state.correction.diagnosis.clone().unwrap_or_default();
    Frame::group(ui.style()).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let of = match look.state.correction.against {
                Against::Speech => "Transcript:",
                Against::Words => "Against what was heard:",
                Against::Pictures => "Against the pictures:",
            };
            ui.label(RichText::new(of).strong());
            ui.label(diagnosis);
        });
        if look.state.correction.against == Against::Pictures
            && let Some(verdict) = look.state.pictures.verdict()
        {
            ui.add(Label::new(RichText::new(verdict).weak()).wrap());
        }
        let by_points = !look.state.correction.points.is_empty();
        if by_points {
            points_ui(ui, look);
        }
        ui.horizontal_wrapped(|ui| answers_ui(ui, look));
        if !by_points && !look.state.correction.changes.is_empty() {
            here_ui(ui, look);
        }
    });
    ui.add_space(theme::SMALL_GAP);
}

/// The sync points, each with the way to it and the way out.
fn points_ui(ui: &mut Ui, look: &mut Look) {
    let project = look.state.project.as_ref();
    let points = &look.state.correction.points;
    ui.horizontal_wrapped(|ui| {
        for point in points {
            let place = project.and_then(|project| project.track.place(point.cue));
            let number = place.map_or(0, |place| place + 1);
            let go = ui.button(format!("cue {number} at {}", point.start));
            if go.on_hover_text("Look at this cue").clicked() {
                look.actions.push(Action::PickCue(point.cue, Pick::Only));
            }
            let away = ui.small_button("×").on_hover_text("Take this sync point away");
            away.widget_info(|| {
                WidgetInfo::labeled(
                    Role::Button,
                    true,
                    format!("Remove the sync point of cue {number}"),
                )
            });
            if away.clicked() {
                look.actions.push(Action::RemoveSyncPoint(point.cue));
            }
            ui.add_space(theme::SMALL_GAP);
        }
    });
}

/// What can be done with the proposal. What sync points make holds as a whole only.
fn answers_ui(ui: &mut Ui, look: &mut Look) {
    let correction = &look.state.correction;
    let count = correction.changes.len();
    let active = look.state.cues.active;
    let here = active.is_some_and(|cue| correction.of(cue).is_some());
    let one_by_one = correction.points.is_empty();
    if count == 0 {
        ui.label("No cue needs to move.");
    } else {
        let hint = look.settings.keys.hint(ui.ctx(), Command::AcceptAllTimes);
        if primary_button(ui, &format!("Accept all ({count})"))
            .on_hover_text(hint)
            .clicked()
        {
            look.actions.push(Action::Run(Command::AcceptAllTimes));
        }
        for command in [Command::AcceptTimes, Command::RefuseTimes]
            .into_iter()
            .filter(|_| one_by_one)
        {
            let hint = look.settings.keys.hint(ui.ctx(), command);
            let button = ui.add_enabled(here, Button::new(command.text()));
            let button = button.on_hover_text(hint);
            if button
                .on_disabled_hover_text(
                    "Choose a cue that is to move: its block on the timeline has an outline",
                )
                .clicked()
            {
                look.actions.push(Action::Run(command));
            }
        }
    }
    if ui
        .button("Close")
        .on_hover_text("Leave the times as they are")
        .clicked()
    {
        look.actions.push(Action::Run(Command::CloseProposal));
    }
}

/// What is proposed for the cue that is looked at. The line is always there, so that the table below does not move.
fn here_ui(ui: &mut Ui, look: &Look) {
    let active = look.state.cues.active;
    let Some(change) = active.and_then(|cue| look.state.correction.of(cue)) else {
        ui.label(RichText::new("This cue stays where it is").weak());
        return;
    };
    let project = look.state.project.as_ref();
    let now = project.and_then(|project| project.spoken(change.cue));
    let by = now.map_or(0.0, |now| (change.start - now.start).0);
    let way = if by < 0.0 { "earlier" } else { "later" };
    let text = format!(
        "This cue: {:.2} s {way}, {:.0} % sure: {}",
        by.abs(),
        change.confidence * 100.0,
        change.reason
    );
    ui.add(Label::new(text).truncate());
}
