//! One cluster: its name and figures, what the network tells from its middle, its most typical frames, its words, and when it
//! occurs.

use super::Look;
use crate::app::action::{Action, ClusterEdit};
use crate::app::panels::sources::shares_ui;
use crate::app::panels::widgets::{cluster_mark, pair_button, picture_size};
use crate::app::state::{Card, Pick};
use crate::app::theme;
use crate::project::{ClusterId, Tag, counted};
use crate::training::Decoded;
use eframe::egui::{
    self, Button, Color32, ColorImage, Frame, Key, Rect, RichText, Role, Sense, Stroke, TextEdit,
    TextureHandle, TextureOptions, Ui, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// Width of the pictures.
const PICTURE: f32 = 96.0;
/// Colours that are offered.
const COLOURS: usize = 12;

pub fn card_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId) {
    let Some(card) = look.state.board.cards.get(cluster.index()) else {
        return;
    };
    let focused = look.state.focus == Some(cluster);
    let mut frame = Frame::group(ui.style());
    if focused {
        frame = frame.stroke(Stroke::new(1.5, look.state.cluster_colour(cluster)));
    }
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| head_ui(ui, look, cluster, card));
        shares_ui(ui, look, &card.sources);
        spells_ui(ui, look, cluster, card);
        ui.horizontal(|ui| pictures_ui(ui, look, cluster, card));
        words_ui(ui, look, cluster);
    });
}

fn head_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId, card: &Card) {
    if look
        .forms
        .clusters
        .naming
        .as_ref()
        .is_some_and(|(of, _)| *of == cluster)
    {
        name_ui(ui, look, cluster);
    } else {
        let mark = cluster_mark(ui, look.state, cluster);
        if mark
            .on_hover_text("Look at this cluster only, and choose its pairs")
            .clicked()
        {
            let focused = look.state.focus == Some(cluster);
            look.ask(Action::Focus((!focused).then_some(cluster)));
        }
    }
    let all = look
        .state
        .clusters()
        .map_or(1, |chosen| chosen.labels.len().max(1));
    let share = card.members.len() as f64 * 100.0 / all as f64;
    let mut text = format!("{} · {share:.0} %", counted(card.members.len(), "pair"));
    if let Some(silhouette) = card.silhouette {
        text += &format!(" · silhouette {silhouette:.2}");
    }
    text += &format!(" · in {}", counted(card.spells.len(), "stretch"));
    ui.label(RichText::new(text).weak())
        .on_hover_text("Pairs and their share, how well they fit this cluster (-1 to 1), and in how many stretches of the video it occurs");
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let menu = ui.menu_button("Change", |ui| menu_ui(ui, look, cluster));
        menu.response
            .on_hover_text("Name, merge, split, move pairs, colour, hide; all of it can be undone");
    });
}

/// The field in which a name is typed: Enter keeps it, Escape gives it up.
fn name_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId) {
    let Some((_, name)) = &mut look.forms.clusters.naming else {
        return;
    };
    let field = ui.add(
        TextEdit::singleline(name)
            .desired_width(160.0)
            .hint_text("name of the cluster"),
    );
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of the cluster"));
    let given_up = ui.input(|input| input.key_pressed(Key::Escape));
    if field.lost_focus() || given_up {
        let name = std::mem::take(name);
        look.forms.clusters.naming = None;
        if !given_up {
            look.ask(Action::EditClusters(ClusterEdit::Rename(cluster, name)));
        }
    } else {
        field.request_focus();
    }
}

fn menu_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId) {
    let Some(chosen) = look.state.clusters() else {
        return;
    };
    if ui.button("Rename…").clicked() {
        let name = chosen.face(cluster).name.unwrap_or_default();
        look.forms.clusters.naming = Some((cluster, name));
        ui.close();
    }
    let mut asked = None;
    ui.menu_button("Merge with", |ui| {
        for other in chosen.clusters().filter(|other| *other != cluster) {
            if ui.button(chosen.name(other)).clicked() {
                asked = Some(ClusterEdit::Merge(vec![cluster, other]));
            }
        }
    });
    if ui
        .button("Split in two")
        .on_hover_text("By k-means over its own pairs")
        .clicked()
    {
        asked = Some(ClusterEdit::Split(cluster));
    }
    let many = look.state.chosen.len();
    let moving = ui.add_enabled(many > 0, Button::new(format!("Move the chosen here ({many})")));
    if moving
        .on_disabled_hover_text("Choose pairs first, on the map or along the cluster ribbon")
        .clicked()
    {
        asked = Some(ClusterEdit::Move(Some(cluster)));
    }
    ui.menu_button("Colour", |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.set_max_width(120.0);
            for colour in 0..COLOURS {
                let fill = theme::palette(colour);
                let button = ui.add(Button::new("   ").fill(fill));
                button.widget_info(|| {
                    WidgetInfo::labeled(Role::Button, true, format!("Colour {}", colour + 1))
                });
                if button.clicked() {
                    asked = Some(ClusterEdit::Recolour(cluster, colour));
                }
            }
        });
    });
    if ui
        .button("Hide")
        .on_hover_text("Leave it out of the map, the ribbon and this list, such as a talking head")
        .clicked()
    {
        asked = Some(ClusterEdit::Hide(cluster, true));
    }
    if ui.button("Choose its pairs").clicked() {
        let members = look
            .state
            .board
            .cards
            .get(cluster.index())
            .map(|card| card.members.clone());
        look.actions
            .push(Action::Choose(members.unwrap_or_default(), Pick::Only));
        ui.close();
    }
    if let Some(edit) = asked {
        look.ask(Action::EditClusters(edit));
        ui.close();
    }
}

/// When the cluster occurs, from the start of the video to its end; a place can be pressed to go there.
fn spells_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId, card: &Card) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::click());
    let duration = look.state.duration().0.max(0.1);
    let x = |time: f64| rect.left() + rect.width() * (time / duration) as f32;
    ui.painter().rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
    let colour = look.state.cluster_colour(cluster);
    for [start, end] in &card.spells {
        let bar = Rect::from_min_max(
            pos2(x(start.0), rect.top()),
            pos2(x(end.0).max(x(start.0) + 2.0), rect.bottom()),
        );
        ui.painter().rect_filled(bar, 1.0, colour);
    }
    ui.painter().vline(
        x(look.state.playhead.0),
        rect.y_range(),
        Stroke::new(1.0, ui.visuals().strong_text_color()),
    );
    let clicked = response.interact_pointer_pos().filter(|_| response.clicked());
    if let Some(at) = clicked {
        let time = f64::from((at.x - rect.left()) / rect.width().max(1.0)) * duration;
        look.ask(Action::Seek(crate::project::Seconds(time)));
    }
    response.on_hover_text("When it occurs in the video");
}

/// What the network tells from the middle of the cluster, then the frames nearest to it.
fn pictures_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId, card: &Card) {
    ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
    let told = look.state.board.centroids.as_ref();
    // Its place is kept while the network is asked, so that the frames do not move.
    if told.is_none_or(|told| !told.is_empty()) {
        let (rect, response) = ui.allocate_exact_size(picture_size(look, PICTURE), Sense::hover());
        let Some(told) = told.and_then(|told| told.get(cluster.index())) else {
            ui.painter().rect_filled(rect, 2.0, ui.visuals().faint_bg_color);
            ui.separator();
            return frames_ui(ui, look, card);
        };
        let texture = told_texture(ui, cluster, told);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), rect, whole, Color32::WHITE);
        let stroke = Stroke::new(2.0, look.state.cluster_colour(cluster));
        ui.painter()
            .rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Inside);
        let words = told.words.join(" ");
        response.on_hover_text(format!(
            "What the network tells from the middle of the cluster: {words}"
        ));
        ui.separator();
    }
    frames_ui(ui, look, card);
}

/// The frames nearest to the middle of the cluster, as many as there is room for.
fn frames_ui(ui: &mut Ui, look: &mut Look, card: &Card) {
    let fit = (ui.available_width() / (PICTURE + theme::SMALL_GAP))
        .floor()
        .max(1.0) as usize;
    for pair in card.typical.iter().take(fit) {
        pair_button(ui, look, *pair, PICTURE);
    }
}

/// The texture of what was told of a cluster, made when it is first seen and kept until something else is told.
fn told_texture(ui: &Ui, cluster: ClusterId, told: &Arc<Decoded>) -> TextureHandle {
    let id = egui::Id::unique(("told", cluster));
    let known: Option<(Arc<Decoded>, TextureHandle)> = ui.data(|data| data.get_temp(id));
    if let Some((of, texture)) = known
        && Arc::ptr_eq(&of, told)
    {
        return texture;
    }
    let image = ColorImage::from_rgb(told.size, &told.rgb);
    let texture = ui.ctx().load_texture("told", image, TextureOptions::LINEAR);
    ui.data_mut(|data| data.insert_temp(id, (Arc::clone(told), texture.clone())));
    texture
}

/// Its words, each with how much more often it is said here than elsewhere.
fn words_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId) {
    let run = look.state.run();
    let tags = run.and_then(|run| run.tags.iter().find(|tags| tags.cluster == cluster));
    let Some(tags) = tags else { return };
    ui.horizontal_wrapped(|ui| {
        for tag in &tags.tags {
            tag_ui(ui, look, tag);
        }
    });
}

fn tag_ui(ui: &mut Ui, look: &mut Look, tag: &Tag) {
    let lift = tag.lift.map_or_else(String::new, |lift| format!(" ×{lift:.1}"));
    let mut text = egui::text::LayoutJob::default();
    let body = egui::TextStyle::Body.resolve(ui.style());
    text.append(
        &tag.text,
        0.0,
        egui::TextFormat::simple(body, ui.visuals().text_color()),
    );
    let small = egui::FontId::proportional(11.0);
    text.append(
        &lift,
        0.0,
        egui::TextFormat::simple(small, ui.visuals().weak_text_color()),
    );
    let about = format!(
        "{} of this cluster hold it; × says how many times as often as in all captions. Press to choose them",
        counted(tag.evidence.len(), "caption")
    );
    if ui
        .add(Button::new(text).frame_when_inactive(false))
        .on_hover_text(about)
        .clicked()
    {
        look.actions
            .push(Action::Choose(tag.evidence.clone(), Pick::Only));
    }
}
