//! A cluster with its ten tags.

use super::evidence::evidence_ui;
use crate::app::action::Action;
use crate::app::forms::TagEditing;
use crate::app::panels::Look;
use crate::app::panels::widgets::{cluster_mark, pair_button};
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::{ClusterId, ClusterTags, KEYWORDS, Origin, Tag, counted};
use eframe::egui::{self, Button, Frame, Key, Label, RichText, Role, TextEdit, Ui, WidgetInfo};

/// Width of a typical frame.
const PICTURE: f32 = 96.0;

pub fn card_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId, size: usize) {
    let tags = look.state.run().and_then(|run| run.tags_of(cluster)).cloned();
    Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        head_ui(ui, look, cluster, tags.as_ref(), size);
        saying_ui(ui, look, cluster);
        if let Some(tags) = &tags {
            words_ui(ui, look, tags);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
            let fit = (ui.available_width() / (PICTURE + theme::SMALL_GAP))
                .floor()
                .max(1.0) as usize;
            for pair in look.typical(cluster).into_iter().take(fit) {
                pair_button(ui, look, pair, PICTURE);
            }
        });
        let shown = look
            .state
            .tag
            .filter(|(of, _)| *of == cluster)
            .map(|(_, tag)| tag);
        if let (Some(tags), Some(index)) = (&tags, shown) {
            let evidence = ui.scope(|ui| evidence_ui(ui, look, tags, index)).response;
            if std::mem::take(&mut look.forms.scroll_to_evidence) {
                // All of it where there is room, and from its head where there is not.
                let height = ui.clip_rect().height();
                let align = (evidence.rect.height() > height).then_some(egui::Align::Min);
                evidence.scroll_to_me(align);
            }
        }
    });
    ui.add_space(theme::SMALL_GAP);
}

fn head_ui(ui: &mut Ui, look: &mut Look, cluster: ClusterId, tags: Option<&ClusterTags>, size: usize) {
    ui.horizontal(|ui| {
        let mark = cluster_mark(ui, look.state, cluster).on_hover_text("Look at this cluster only");
        if mark.clicked() {
            let focused = look.state.focus == Some(cluster);
            look.ask(Action::Focus((!focused).then_some(cluster)));
        }
        ui.label(RichText::new(counted(size, "pair")).weak());
        let Some(tags) = tags else { return };
        let mut by = tags.model.clone();
        if tags.edited {
            by += ", edited";
        }
        ui.label(RichText::new(by).weak().small())
            .on_hover_text(about_writing(tags));
        if let Some(used) = tags.used.filter(|used| used.captions < used.of) {
            let text = format!("{} of {} captions fitted into the prompt", used.captions, used.of);
            ui.label(RichText::new(text).small().color(ui.visuals().warn_fg_color))
                .on_hover_text(
                    "The most central captions came first; a model with a longer context takes more",
                );
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let again = look.forms.tagging.way.writes();
            if again
                && ui
                    .add_enabled(!look.state.is_running(Kind::Write), Button::new("Write again"))
                    .on_hover_text("Ask for the tags of this cluster only")
                    .on_disabled_hover_text("Tags are being written")
                    .clicked()
            {
                look.ask(Action::WriteTags(Some(cluster)));
            }
            let written = tags.edited || tags.model != KEYWORDS;
            if written
                && ui
                    .button("Back to keywords")
                    .on_hover_text("Forget what was written of this cluster")
                    .clicked()
            {
                look.ask(Action::ForgetTags(Some(cluster)));
            }
        });
    });
    if let Some(note) = tags.and_then(|tags| tags.note.as_ref()) {
        ui.add(Label::new(RichText::new(note).color(ui.visuals().warn_fg_color)).wrap());
    }
    if let Some(why) = look.state.tagging.failed.get(&cluster) {
        ui.add(Label::new(RichText::new(why).color(ui.visuals().error_fg_color)).wrap());
    }
}

fn about_writing(tags: &ClusterTags) -> String {
    let mut text = "What wrote these tags".to_owned();
    if let Some(seed) = tags.seed {
        text += &format!("\nseed {seed}");
    }
    if let Some(hash) = &tags.prompt_hash {
        let short: String = hash.chars().take(12).collect();
        text += &format!("\ninstruction {short}…");
    }
    if let Some(used) = tags.used {
        text += &format!("\n{} of {} captions shown", used.captions, used.of);
    }
    text
}

/// What the model is saying now.
fn saying_ui(ui: &mut Ui, look: &Look, cluster: ClusterId) {
    if let Some((_, text)) = look
        .state
        .tagging
        .saying
        .as_ref()
        .filter(|(of, _)| *of == cluster)
    {
        ui.horizontal_top(|ui| {
            ui.spinner();
            let text = if text.is_empty() {
                "reading…"
            } else {
                text.trim()
            };
            ui.add(Label::new(RichText::new(text).weak().monospace()).wrap());
        });
    }
}

fn words_ui(ui: &mut Ui, look: &mut Look, tags: &ClusterTags) {
    ui.horizontal_wrapped(|ui| {
        for (index, tag) in tags.tags.iter().enumerate() {
            let typed = look.forms.tag_editing.as_ref();
            if typed.is_some_and(|typed| (typed.cluster, typed.tag) == (tags.cluster, index)) {
                typing_ui(ui, look, tags);
            } else {
                tag_ui(ui, look, tags, index, tag);
            }
        }
    });
}

/// What supports a tag, in a word.
pub const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Picture => "picture",
        Origin::Words => "words",
        Origin::Both => "both",
        Origin::Unsupported => "unsupported",
    }
}

fn tag_ui(ui: &mut Ui, look: &mut Look, tags: &ClusterTags, index: usize, tag: &Tag) {
    let (cluster, counted) = (tags.cluster, tags.model == KEYWORDS);
    let origin = tag.origin();
    let mut text = egui::text::LayoutJob::default();
    let append = |text: &mut egui::text::LayoutJob, part: &str, size: f32, colour| {
        text.append(
            part,
            0.0,
            egui::TextFormat::simple(egui::FontId::proportional(size), colour),
        );
    };
    append(&mut text, &tag.text, 16.0, ui.visuals().text_color());
    // Keywords are of the words by their making.
    let mut words = Vec::new();
    if origin == Origin::Unsupported && look.state.is_running(Kind::Support) {
        words.push("looking…");
    } else if !(counted && origin == Origin::Words) {
        words.push(origin_word(origin));
    }
    if !tag.shared.is_empty() {
        words.push("repeated");
    }
    if tag.generic {
        words.push("generic");
    }
    let shown = look.state.tag == Some((cluster, index));
    // Only what nothing supports stands out; on the colour of what is chosen every other colour is hard to read.
    let small = match origin {
        _ if shown => ui.visuals().text_color(),
        Origin::Unsupported => ui.visuals().warn_fg_color,
        _ => ui.visuals().weak_text_color(),
    };
    if !words.is_empty() {
        append(&mut text, &format!("  {}", words.join(", ")), 11.0, small);
    }
    let button = ui.add(Button::selectable(shown, text).frame_when_inactive(true));
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, tag.text.as_str()));
    if button.on_hover_text("See what supports it").clicked() {
        look.ask(Action::ShowTag(cluster, index));
    }
}

/// The field in which a tag is typed: Enter keeps it, Escape gives it up.
fn typing_ui(ui: &mut Ui, look: &mut Look, tags: &ClusterTags) {
    let Some(TagEditing { tag, text, .. }) = &mut look.forms.tag_editing else {
        return;
    };
    let index = *tag;
    let field = ui.add(TextEdit::singleline(text).desired_width(160.0));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Text of the tag"));
    let given_up = ui.input(|input| input.key_pressed(Key::Escape));
    if field.lost_focus() || given_up {
        let text = text.trim().to_owned();
        look.forms.tag_editing = None;
        if !given_up {
            look.ask(Action::RewriteTag(tags.cluster, index, text));
        }
    } else {
        field.request_focus();
    }
}
