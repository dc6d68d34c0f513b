//! The strip at the foot: what is under way, how far, how to stop it; what to read; when it was saved.

use super::Look;
use super::widgets::clock;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::work::Kind;
use eframe::egui::{Align, Button, Label, Layout, ProgressBar, RichText, Ui};
use std::time::Duration;

/// Room at the end of the strip for when it was saved.
const SAVED: f32 = 220.0;

/// The strip at the foot.
pub fn jobs_ui(ui: &mut Ui, look: &mut Look) {
    ui.add_space(2.0);
    notices_ui(ui, look);
    // One row of one height, so that nothing above moves when work begins or ends.
    ui.horizontal(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        let shown: Vec<_> = look.jobs.iter().filter(|job| job.kind.is_shown()).collect();
        if shown.is_empty() {
            let said = look.state.said.as_deref().unwrap_or("No work under way");
            let width = ui.available_width() - SAVED;
            let line = Label::new(RichText::new(said).weak().small()).truncate();
            ui.scope(|ui| {
                ui.set_max_width(width);
                ui.add(line)
            });
        }
        for job in shown {
            if job.kind == Kind::Train {
                training_ui(ui, look, &job.watch);
            } else {
                job_ui(ui, look, job);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let kept = look
                .state
                .training
                .kept
                .filter(|_| look.state.is_running(Kind::Train));
            let saved = look.state.saved.max(kept);
            let text = match (look.state.changed, saved) {
                (Some(_), _) => "saving in a moment…".to_owned(),
                (None, _) if look.state.edited.is_some() => "edits kept, all saved in a moment".to_owned(),
                (None, Some(saved)) => {
                    // The words change with time even when nothing else does.
                    ui.ctx().request_repaint_after(Duration::from_secs(5));
                    match saved.elapsed().as_secs() {
                        0..=9 => "saved just now".to_owned(),
                        seconds @ 10..=99 => format!("saved {} s ago", seconds / 10 * 10),
                        seconds => format!("saved {} min ago", seconds / 60),
                    }
                }
                (None, None) => String::new(),
            };
            let folder = look
                .state
                .project
                .as_ref()
                .map(|p| p.folder.display().to_string())
                .unwrap_or_default();
            ui.label(RichText::new(text).weak().small())
                .on_hover_text(format!("Kept in {folder}"));
        });
    });
}

fn notices_ui(ui: &mut Ui, look: &mut Look) {
    for notice in &look.state.notices {
        let colour = if notice.error {
            ui.visuals().error_fg_color
        } else {
            ui.visuals().text_color()
        };
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(if notice.error { "✖" } else { "ℹ" }).color(colour));
            if ui
                .small_button("Dismiss")
                .on_hover_text("Take this message away")
                .clicked()
            {
                look.actions.push(Action::Dismiss(notice.id));
            }
            ui.add(eframe::egui::Label::new(&notice.text).wrap());
        });
    }
}

fn job_ui(ui: &mut Ui, look: &mut Look, job: &crate::jobs::Running<Kind>) {
    let (done, total) = job.watch.progress();
    let doing = job.watch.doing();
    let text = if doing.is_empty() {
        job.kind.title().to_owned()
    } else {
        format!("{}: {doing}", job.kind.title())
    };
    ui.label(text);
    if total > 0 {
        let share = done as f32 / total as f32;
        ui.add(
            ProgressBar::new(share)
                .desired_width(180.0)
                .text(format!("{:.0} %", share * 100.0)),
        );
    } else {
        ui.spinner();
    }
    if ui
        .button("Cancel")
        .on_hover_text(format!("Stop: {}", job.kind.title()))
        .clicked()
    {
        look.ask(Action::Cancel(job.kind));
    }
}

fn training_ui(ui: &mut Ui, look: &mut Look, watch: &crate::jobs::Watch) {
    let training = &look.state.training;
    let paused = training
        .control
        .as_ref()
        .is_some_and(crate::training::Control::is_paused);
    let epoch = training.losses.last().map_or(0, |point| point.epoch);
    if let Some(comparison) = &look.state.comparison {
        ui.label(comparison.text());
    }
    if training.began.is_none() {
        ui.label(format!("Training: {}", watch.doing()));
        ui.spinner();
    } else if epoch >= training.epochs {
        ui.label("Training: all epochs are done, what was learned is being kept");
        ui.spinner();
    } else {
        let word = if paused { "Training, paused" } else { "Training" };
        ui.label(format!("{word}: epoch {epoch} of {}", training.epochs));
        let (_, step, of) = training.step.unwrap_or_default();
        let within = if of > 0 { step as f32 / of as f32 } else { 0.0 };
        let share = ((epoch as f32 + within) / training.epochs.max(1) as f32).min(1.0);
        ui.add(
            ProgressBar::new(share)
                .desired_width(180.0)
                .text(format!("{:.0} %", share * 100.0)),
        );
        if let Some(left) = training.seconds_left().filter(|_| !paused) {
            ui.label(RichText::new(format!("{} left", clock(left))).weak());
        }
    }
    let pause = if paused { "Resume" } else { "Pause" };
    if ui
        .add_enabled(training.began.is_some(), Button::new(pause))
        .clicked()
    {
        look.ask(Action::Run(Command::PauseOrResume));
    }
    if ui
        .button("Stop and keep")
        .on_hover_text(Command::StopAndKeep.tooltip())
        .clicked()
    {
        look.ask(Action::Run(Command::StopAndKeep));
    }
}
