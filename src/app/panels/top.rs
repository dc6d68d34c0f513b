//! The bar at the top: project, steps with their state, search, device.

use super::Look;
use super::widgets::command_button;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::{Stage, Step};
use crate::app::theme;
use eframe::egui::{
    Align, Align2, Color32, FontId, Layout, Rect, RichText, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo,
};

/// The bar at the top.
pub fn top_ui(ui: &mut Ui, look: &mut Look) {
    ui.add_space(theme::SMALL_GAP);
    ui.horizontal(|ui| {
        ui.menu_button("File", |ui| {
            for command in [
                Command::OpenVideo,
                Command::OpenLink,
                Command::OpenProject,
                Command::OpenCaptions,
                Command::RecogniseSpeech,
                Command::OpenSample,
                Command::ImportLatents,
                Command::ExportCaptions,
                Command::Export,
                Command::Save,
                Command::CloseProject,
                Command::Quit,
            ] {
                menu_item(ui, look, command);
            }
        });
        ui.menu_button("Edit", |ui| {
            edit_menu_ui(ui, look);
        });
        ui.menu_button("View", |ui| {
            for command in [
                Command::ToggleTheme,
                Command::Methods,
                Command::Models,
                Command::Palette,
                Command::Keys,
            ] {
                menu_item(ui, look, command);
            }
        });
        ui.add_space(theme::GAP);
        for step in Step::ALL {
            step_ui(ui, look, step);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            command_button(ui, look, Command::Palette);
            let device = RichText::new(&look.state.device).weak().small();
            ui.label(device)
                .on_hover_text("Where training runs. `frameloom devices` says why not elsewhere");
        });
    });
    ui.add_space(theme::SMALL_GAP);
}

/// Undo and redo with what they are about, then everything that can be done with cues and pairs.
fn edit_menu_ui(ui: &mut Ui, look: &mut Look) {
    let steps = [
        (Command::Undo, look.state.edits.undoes()),
        (Command::Redo, look.state.edits.redoes()),
    ];
    for (command, step) in steps {
        let text = step.map_or_else(
            || command.text().to_owned(),
            |step| format!("{}: {step}", command.text()),
        );
        let key = look.settings.keys.text(ui.ctx(), command);
        let button = eframe::egui::Button::new(text).shortcut_text(key);
        if ui.add_enabled(step.is_some(), button).clicked() {
            look.actions.push(Action::Run(command));
            ui.close();
        }
    }
    ui.separator();
    let here = look.state.step == Step::Alignment;
    let commands: Vec<Command> = Command::ALL
        .into_iter()
        .filter(|command| command.is_of_alignment())
        .collect();
    ui.add_enabled_ui(here, |ui| {
        for part in EDIT_MENU {
            ui.menu_button(part, |ui| {
                for command in commands.iter().filter(|command| edit_menu_of(**command) == part) {
                    menu_item(ui, look, *command);
                }
            });
        }
    });
}

/// The parts of the menu: as one list it would be higher than a small screen.
const EDIT_MENU: [&str; 5] = [
    "Cues",
    "Times",
    "Pairs",
    "Proposed times and anchors",
    "Find and choose",
];

/// The part in which a command of the alignment stands.
const fn edit_menu_of(command: Command) -> &'static str {
    match command {
        Command::SetStart
        | Command::SetEnd
        | Command::StartAndShiftRest
        | Command::NudgeEarlier
        | Command::NudgeLater
        | Command::ShiftRestEarlier
        | Command::ShiftRestLater
        | Command::ShiftBy
        | Command::SpreadOverSpeech => "Times",
        Command::PairHere | Command::DropPair | Command::PairByRule => "Pairs",
        Command::CheckTimes
        | Command::CheckPictures
        | Command::AcceptAllTimes
        | Command::AcceptTimes
        | Command::RefuseTimes
        | Command::CloseProposal
        | Command::ToggleAnchor
        | Command::PinHere
        | Command::SyncPoint
        | Command::NextAnchor
        | Command::NextDoubt
        | Command::PreviousDoubt => "Proposed times and anchors",
        Command::Find
        | Command::Replace
        | Command::FindNext
        | Command::Filter
        | Command::SelectAll
        | Command::ExtendUp
        | Command::ExtendDown
        | Command::SwitchTable => "Find and choose",
        _ => "Cues",
    }
}

fn menu_item(ui: &mut Ui, look: &mut Look, command: Command) {
    let key = look.settings.keys.text(ui.ctx(), command);
    let button = eframe::egui::Button::new(command.text()).shortcut_text(key);
    if ui.add(button).on_hover_text(command.tooltip()).clicked() {
        look.ask(Action::Run(command));
        ui.close();
    }
}

/// A step with its name, and its state by shape and word.
fn step_ui(ui: &mut Ui, look: &mut Look, step: Step) {
    let stage = look.state.stage(step);
    let chosen = look.state.step == step && look.state.project.is_some();
    let name = ui.painter().layout_no_wrap(
        step.name().into(),
        FontId::proportional(14.0),
        Color32::PLACEHOLDER,
    );
    let width = name.size().x.max(64.0) + 34.0;
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 38.0), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(
            Role::Button,
            true,
            chosen,
            format!("{}: {}", step.name(), stage.word()),
        )
    });
    let visuals = ui.visuals().clone();
    if chosen {
        ui.painter().rect_filled(rect, 5.0, visuals.selection.bg_fill);
    } else if response.hovered() {
        ui.painter()
            .rect_filled(rect, 5.0, visuals.widgets.hovered.weak_bg_fill);
    }
    let strong = if stage == Stage::Nothing {
        visuals.weak_text_color()
    } else {
        visuals.text_color()
    };
    let left = rect.left_top() + Vec2::new(22.0, 3.0);
    ui.painter().text(
        left,
        Align2::LEFT_TOP,
        step.name(),
        FontId::proportional(14.0),
        strong,
    );
    let word = left + Vec2::new(0.0, 17.0);
    ui.painter().text(
        word,
        Align2::LEFT_TOP,
        stage.word(),
        FontId::proportional(11.5),
        visuals.weak_text_color(),
    );
    let mark = Rect::from_center_size(rect.left_center() + Vec2::new(12.0, -7.0), Vec2::splat(9.0));
    paint_stage(ui, stage, mark, &visuals);
    if response.on_hover_text(Command::Show(step).tooltip()).clicked() {
        look.ask(Action::Run(Command::Show(step)));
    }
}

/// An empty ring, a ring with a dot, a half disc, a full disc, a disc with a clock's hand: readable without colour.
fn paint_stage(ui: &Ui, stage: Stage, mark: Rect, visuals: &eframe::egui::Visuals) {
    let (centre, radius) = (mark.center(), mark.width() / 2.0);
    let accent = theme::accent(visuals);
    let painter = ui.painter();
    match stage {
        Stage::Nothing => {
            painter.circle_stroke(centre, radius, Stroke::new(1.2, visuals.weak_text_color()));
        }
        Stage::Ready => {
            painter.circle_stroke(centre, radius, Stroke::new(1.4, accent));
            painter.circle_filled(centre, radius * 0.4, accent);
        }
        Stage::Running | Stage::Paused => {
            painter.circle_stroke(centre, radius, Stroke::new(1.4, accent));
            let half = (0..=12).map(|i| {
                let angle = std::f32::consts::PI * (i as f32 / 12.0 - 0.5);
                centre + radius * Vec2::angled(angle)
            });
            painter.add(Shape::convex_polygon(half.collect(), accent, Stroke::NONE));
        }
        Stage::Done => {
            painter.circle_filled(centre, radius, accent);
        }
        Stage::Stale => {
            painter.circle_filled(centre, radius, accent);
            let ring = Stroke::new(1.6, visuals.panel_fill);
            painter.circle_stroke(centre, radius * 0.55, ring);
            painter.line_segment([centre, centre - Vec2::new(0.0, radius * 0.5)], ring);
        }
    }
}
