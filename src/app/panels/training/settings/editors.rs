//! Editors of values: numbers, choices, lists.

use crate::app::theme;
use eframe::egui::{self, ComboBox, DragValue, TextEdit, Ui};
use std::ops::RangeInclusive;

/// Widest layer that can be set; far beyond what fits into memory.
const WIDEST: u32 = 100_000;

/// A whole number with its unit.
pub fn whole(range: RangeInclusive<u32>, unit: &'static str) -> impl FnOnce(&mut Ui, &mut u32) {
    move |ui, value| {
        ui.add(DragValue::new(value).range(range).suffix(unit));
    }
}

/// A number that may be very small: dragging changes it in proportion.
pub fn number(range: RangeInclusive<f64>) -> impl FnOnce(&mut Ui, &mut f64) {
    move |ui, value| {
        let speed = (value.abs() * 0.02).max(1e-6);
        ui.add(DragValue::new(value).range(range).speed(speed).max_decimals(8));
    }
}

/// On or off.
pub fn switch(text: &'static str) -> impl FnOnce(&mut Ui, &mut bool) {
    move |ui, value| {
        ui.checkbox(value, text);
    }
}

/// One of a few.
pub fn choice<T: PartialEq + Copy>(
    id: &'static str,
    options: &'static [(T, &'static str, &'static str)],
) -> impl FnOnce(&mut Ui, &mut T) {
    move |ui, value| {
        let now = name_of(options, *value);
        ComboBox::from_id_salt(id).selected_text(now).show_ui(ui, |ui| {
            for (option, name, about) in options {
                ui.selectable_value(value, *option, *name).on_hover_text(*about);
            }
        });
    }
}

/// The name of one of a few.
pub fn name_of<T: PartialEq + Copy>(options: &[(T, &'static str, &'static str)], value: T) -> &'static str {
    options
        .iter()
        .find(|(option, ..)| *option == value)
        .map_or("", |(_, name, _)| name)
}

/// A list of widths as text, such as “32, 32, 64”. What cannot be read is marked and changes nothing; once the field is
/// left, it shows the list as it is.
pub fn widths(id: &'static str, may_be_empty: bool) -> impl FnOnce(&mut Ui, &mut Vec<u32>) {
    move |ui, value| {
        let id = egui::Id::unique(id);
        let typed: Option<String> = ui.data(|data| data.get_temp(id));
        let mut text = typed.unwrap_or_else(|| say_widths(value));
        let wrong = read_widths(&text, may_be_empty).err();
        let colour = wrong.as_ref().map(|_| theme::wrong(ui.visuals()));
        let edit = TextEdit::singleline(&mut text)
            .desired_width(130.0)
            .hint_text("none")
            .text_color_opt(colour);
        let response = ui.add(edit);
        if response.changed()
            && let Ok(read) = read_widths(&text, may_be_empty)
        {
            *value = read;
        }
        if response.has_focus() {
            ui.data_mut(|data| data.insert_temp(id, text));
        } else {
            ui.data_mut(|data| data.remove_temp::<String>(id));
        }
        if let Some(wrong) = wrong {
            response.show_tooltip_text(wrong);
        }
    }
}

/// A list of widths as text.
pub fn say_widths(widths: &[u32]) -> String {
    let widths: Vec<String> = widths.iter().map(ToString::to_string).collect();
    widths.join(", ")
}

fn read_widths(text: &str, may_be_empty: bool) -> Result<Vec<u32>, String> {
    let parts = text
        .split([',', '，', ' '])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let widths = parts.map(|part| match part.parse::<u32>() {
        Ok(width) if (1..=WIDEST).contains(&width) => Ok(width),
        _ => Err(format!("“{part}” is no width from 1 to {WIDEST}")),
    });
    let widths: Vec<u32> = widths.collect::<Result<_, _>>()?;
    if widths.is_empty() && !may_be_empty {
        return Err("at least one number is needed".into());
    }
    Ok(widths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_they_are_written() {
        let list = vec![32, 32, 64];
        assert_eq!(read_widths(&say_widths(&list), false), Ok(list));
        assert_eq!(read_widths(" 8000，4000 ", true), Ok(vec![8000, 4000]));
        assert_eq!(read_widths("", true), Ok(Vec::new()));
        assert!(read_widths("", false).unwrap_err().contains("at least"));
        for wrong in ["0", "12a", "-3", "4000000000"] {
            assert!(read_widths(wrong, false).unwrap_err().contains(wrong));
        }
    }
}
