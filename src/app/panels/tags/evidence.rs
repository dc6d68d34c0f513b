//! What supports a tag.

use super::card::origin_word;
use crate::app::action::{Action, ClusterEdit};
use crate::app::forms::TagEditing;
use crate::app::panels::Look;
use crate::app::panels::widgets::pair_button;
use crate::app::state::Pick;
use crate::app::theme;
use crate::project::{ClusterTags, Origin, PairIndex, Tag, counted};
use eframe::egui::{Label, RichText, Ui};
use std::collections::BTreeSet;

/// Pairs that are shown at most; all of them can be chosen.
const MOST: usize = 24;

/// Width of a frame.
const PICTURE: f32 = 72.0;

pub fn evidence_ui(ui: &mut Ui, look: &mut Look, tags: &ClusterTags, index: usize) {
    let Some(tag) = tags.tags.get(index) else { return };
    ui.separator();
    let pairs = pairs(tag);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("“{}”", tag.text)).strong());
        ui.label(RichText::new(support(tag)).weak());
        if let Some(lift) = tag.lift {
            ui.label(RichText::new(format!("{lift:.1} times as often as in all pairs")).weak());
        }
    });
    for doubt in doubts(look, tag) {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("⚠").color(ui.visuals().warn_fg_color));
            ui.add(Label::new(doubt).wrap());
        });
    }
    ui.horizontal_wrapped(|ui| {
        if ui.button("Name the cluster after it").clicked() {
            look.ask(Action::EditClusters(ClusterEdit::Rename(
                tags.cluster,
                tag.text.clone(),
            )));
        }
        if ui.button("Edit the tag").clicked() {
            look.forms.tag_editing = Some(TagEditing {
                cluster: tags.cluster,
                tag: index,
                text: tag.text.clone(),
            });
        }
        if !pairs.is_empty()
            && ui
                .button(format!("Choose these {}", counted(pairs.len(), "pair")))
                .clicked()
        {
            look.ask(Action::Choose(pairs.iter().copied().collect(), Pick::Only));
        }
    });
    ui.add_space(theme::SMALL_GAP);
    for pair in pairs.iter().take(MOST) {
        pair_ui(ui, look, tag, *pair);
    }
    if pairs.len() > MOST {
        let more = counted(pairs.len() - MOST, "more pair");
        ui.label(
            RichText::new(format!(
                "{more}; choose them to see them on the map and the ribbon"
            ))
            .weak(),
        );
    }
}

/// All pairs that support it, in order of time.
fn pairs(tag: &Tag) -> BTreeSet<PairIndex> {
    let all = [&tag.evidence, &tag.described, &tag.near, &tag.near_described];
    all.into_iter().flatten().copied().collect()
}

fn support(tag: &Tag) -> String {
    let mut parts = Vec::new();
    let kinds = [
        (tag.evidence.len(), "caption", "hold its words", "holds its words"),
        (
            tag.described.len(),
            "description",
            "hold its words",
            "holds its words",
        ),
        (
            tag.near.len(),
            "caption",
            "are near in meaning",
            "is near in meaning",
        ),
        (
            tag.near_described.len(),
            "description",
            "are near in meaning",
            "is near in meaning",
        ),
    ];
    for (count, noun, many, one) in kinds {
        if count > 0 {
            let verb = if count == 1 { one } else { many };
            parts.push(format!("{} {verb}", counted(count, noun)));
        }
    }
    if parts.is_empty() {
        return origin_word(Origin::Unsupported).to_owned();
    }
    parts.join(" · ")
}

fn doubts(look: &Look, tag: &Tag) -> Vec<String> {
    let mut doubts = Vec::new();
    if tag.origin() == Origin::Unsupported {
        doubts.push(
            "No caption and no description of this cluster speaks of it: it may be inferred, or made up."
                .to_owned(),
        );
    }
    if !tag.shared.is_empty() {
        let names: Vec<String> = tag
            .shared
            .iter()
            .map(|other| look.state.cluster_name(*other))
            .collect();
        doubts.push(format!("It is a tag of {} as well.", names.join(", ")));
    }
    if tag.generic {
        doubts.push("It fits all clusters about alike, so that it does not tell this one apart.".to_owned());
    }
    doubts
}

fn pair_ui(ui: &mut Ui, look: &mut Look, tag: &Tag, pair: PairIndex) {
    ui.horizontal_top(|ui| {
        pair_button(ui, look, pair, PICTURE);
        ui.vertical(|ui| {
            ui.label(RichText::new(look.state.moment_of(pair)).monospace().weak());
            let caption = look.state.caption_of(pair);
            if !caption.is_empty() {
                let how = support_by(&tag.evidence, &tag.near, pair);
                text_ui(ui, RichText::new(caption), how);
            }
            let description = look.state.run().and_then(|run| run.descriptions.get(&pair));
            if let Some(description) = description {
                let how = support_by(&tag.described, &tag.near_described, pair);
                let text = RichText::new(format!("picture: {}", description.text())).italics();
                text_ui(ui, text, how);
            }
        });
    });
}

/// How a caption or a description of a pair supports a tag.
fn support_by(held: &[PairIndex], near: &[PairIndex], pair: PairIndex) -> Option<&'static str> {
    if held.contains(&pair) {
        Some("holds its words")
    } else if near.contains(&pair) {
        Some("near in meaning")
    } else {
        None
    }
}

/// A text with how it supports the tag; weak where it does not.
fn text_ui(ui: &mut Ui, text: RichText, how: Option<&str>) {
    let Some(how) = how else {
        ui.add(Label::new(text.weak()).wrap());
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(text);
        ui.label(RichText::new(how).weak().small());
    });
}
