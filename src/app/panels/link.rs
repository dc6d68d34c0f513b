//! Opening a link: what is behind it, what of it is fetched, and how far that is.

use super::Look;
use super::widgets::{clock, escaped, primary_button, standing_modal};
use crate::app::action::Action;
use crate::app::theme;
use crate::app::work::Kind;
use crate::media::link::{Browser, Listing, Program, Quality, TrackKind};
use crate::pretrained::Bytes;
use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{
    Button, ComboBox, Context, Grid, Image, Key, Label, ProgressBar, RichText, Role, ScrollArea, TextEdit,
    Ui, WidgetInfo, vec2,
};

/// yt-dlp older than so many days is likely to fail.
const OLD: i64 = 60;

/// The window in which a link is opened.
pub fn link_ui(context: &Context, look: &mut Look) {
    if !look.forms.link.open {
        return;
    }
    let modal = standing_modal("link").show(context, |ui| {
        ui.set_width(640.0);
        ui.heading("Open a link");
        let about = "A video from a website becomes a file on this machine, with its captions. You may fetch what its owner allows.";
        ui.add(Label::new(RichText::new(about).weak()).wrap());
        ui.add_space(theme::SMALL_GAP);
        let busy = [Kind::Link, Kind::Video, Kind::Fetcher]
            .into_iter()
            .any(|kind| look.state.is_running(kind));
        ui.add_enabled_ui(!look.state.is_running(Kind::Video), |ui| address_ui(ui, look, busy));
        program_ui(ui, look, busy);
        more_ui(ui, look);
        if let Some(listing) = look.state.linked.listing.clone() {
            ui.separator();
            ui.add_enabled_ui(!look.state.is_running(Kind::Video), |ui| listing_ui(ui, look, &listing));
        }
        if look.state.linked.stopped && !look.state.is_running(Kind::Video) {
            let text = "Stopped. What has come is kept: Fetch and open goes on from there.";
            ui.add(Label::new(RichText::new(text).weak()).wrap());
        }
        if let Some(why) = &look.state.linked.trouble {
            ui.add(Label::new(RichText::new(why).color(ui.visuals().error_fg_color)).wrap());
        }
        ui.add_space(theme::SMALL_GAP);
        footer_ui(ui, look)
    });
    if modal.inner || escaped(&modal) {
        look.forms.link.open = false;
    }
}

fn address_ui(ui: &mut Ui, look: &mut Look, busy: bool) {
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut look.forms.link.text)
            .desired_width(ui.available_width() - 150.0)
            .hint_text("https://…");
        let output = field.show(ui);
        let field = output.response.response;
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Address of the video's page"));
        if std::mem::take(&mut look.forms.link.focus) {
            field.request_focus();
            // What is typed takes the place of the link before.
            let end = CCursor::new(look.forms.link.text.chars().count());
            let mut state = output.state;
            state
                .cursor
                .set_char_range(Some(CCursorRange::two(CCursor::new(0), end)));
            state.store(ui.ctx(), field.id);
        }
        if field.changed() {
            // What was looked at is of another link.
            look.ask(Action::ForgetLink);
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let there = look.state.linked.program.is_some();
        let ready = there && !busy && !look.forms.link.text.trim().is_empty();
        let why = match (there, busy) {
            (false, _) => "yt-dlp is needed for it: get it below",
            (true, true) => "A moment: something is under way",
            (true, false) => "Type or paste the address of a video's page first",
        };
        let pressed = ui
            .add_enabled(ready, Button::new("Look"))
            .on_hover_text("See what is behind it; nothing is fetched yet")
            .on_disabled_hover_text(why)
            .clicked();
        // Without yt-dlp the link waits for it.
        if pressed || entered && (ready || !there) {
            look.ask(Action::LookAtLink);
        }
        if look.state.is_running(Kind::Link) {
            ui.spinner();
            if ui.button("Cancel").clicked() {
                look.ask(Action::Cancel(Kind::Link));
            }
        }
    });
}

/// The yt-dlp that does it, its age, and the way to a newer one.
fn program_ui(ui: &mut Ui, look: &mut Look, busy: bool) {
    ui.horizontal_wrapped(|ui| {
        if look.state.is_running(Kind::Fetcher) {
            ui.spinner();
            ui.label("Getting yt-dlp ready…");
            if ui.button("Cancel").clicked() {
                look.ask(Action::Cancel(Kind::Fetcher));
            }
            return;
        }
        let Some(program) = look.state.linked.program.clone() else {
            ui.label("yt-dlp, the program that fetches links, is not on this machine yet.");
            if primary_button(ui, "Get yt-dlp")
                .on_hover_text("From the Python package index, checked, into a folder of this program")
                .clicked()
            {
                look.ask(Action::InstallFetcher);
            }
            return;
        };
        let old = program.age().is_some_and(|age| age > OLD);
        let text = RichText::new(described(&program));
        let text = if old {
            text.color(ui.visuals().warn_fg_color)
        } else {
            text.weak()
        };
        ui.label(text)
            .on_hover_text(program.place().display().to_string());
        let update = ui
            .add_enabled(!busy, Button::new("Update"))
            .on_hover_text("Sites change often, and an old yt-dlp no longer understands them");
        if update.clicked() {
            look.ask(Action::InstallFetcher);
        }
    });
}

fn described(program: &Program) -> String {
    match program.age() {
        Some(0) => format!("yt-dlp {}, of today", program.version()),
        Some(1) => format!("yt-dlp {}, one day old", program.version()),
        Some(age) => format!("yt-dlp {}, {age} days old", program.version()),
        None => format!("yt-dlp {}", program.version()),
    }
}

/// What is seldom needed.
fn more_ui(ui: &mut Ui, look: &mut Look) {
    let usual = look.state.videos.display().to_string();
    let form = &mut look.forms.link;
    ui.toggle_value(&mut form.more, "More");
    if !form.more {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label("Folder for the video");
        ui.add(
            TextEdit::singleline(&mut form.folder)
                .desired_width(380.0)
                .hint_text(usual),
        );
    });
    ui.horizontal_wrapped(|ui| {
        ui.label("Cookies of");
        ComboBox::from_id_salt("cookies")
            .selected_text(form.cookies.map_or("no browser", Browser::name))
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut form.cookies, None, "no browser");
                for browser in Browser::ALL {
                    ui.selectable_value(&mut form.cookies, Some(browser), browser.name());
                }
            });
        ui.label(RichText::new("for what only those who are signed in there may see").weak());
    });
    let private = ui
        .checkbox(
            &mut form.private,
            "Allow addresses of this machine and of private networks",
        )
        .on_hover_text("For a server of your own; a link from elsewhere should never need it");
    if private.changed() && look.forms.link.private && look.state.linked.trouble.is_some() {
        look.ask(Action::LookAtLink);
    }
}

fn facts_ui(ui: &mut Ui, listing: &Listing) {
    ui.add(Label::new(RichText::new(&listing.title).strong().size(16.0)).wrap());
    let length = listing
        .duration
        .map_or_else(|| "length not told".to_owned(), |length| clock(length.0));
    let uploaded = listing.uploaded.as_ref().map(|day| format!("uploaded {day}"));
    let facts = [Some(length), listing.uploader.clone(), uploaded];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    ui.add(Label::new(RichText::new(facts.join("  ·  ")).weak()).wrap());
    if listing.live {
        let text = "A live stream that is not over: fetch it when it has ended";
        ui.label(RichText::new(text).color(ui.visuals().warn_fg_color));
    }
}

fn listing_ui(ui: &mut Ui, look: &mut Look, listing: &Listing) {
    ui.horizontal_top(|ui| {
        if listing.thumbnail.is_some() {
            // Its place is kept before it comes, so that nothing moves.
            ui.allocate_ui(vec2(160.0, 90.0), |ui| {
                ui.set_min_size(vec2(160.0, 90.0));
                if let Some(picture) = look.link_picture {
                    ui.add(Image::new(picture).max_width(160.0).max_height(90.0));
                }
            });
        }
        ui.vertical(|ui| facts_ui(ui, listing));
    });
    ui.horizontal_wrapped(|ui| {
        ui.label("Picture");
        for (quality, name, about) in [
            (
                Quality::Small,
                "small",
                "360 to 480 rows: all that is needed here, and quick",
            ),
            (Quality::Hd, "720", "Up to 720 rows"),
            (Quality::FullHd, "1080", "Up to 1080 rows"),
            (Quality::Best, "best", "The best there is, however large"),
        ] {
            ui.selectable_value(&mut look.forms.link.quality, quality, name)
                .on_hover_text(about);
        }
    });
    tracks_ui(ui, look, listing);
}

/// The captions to choose from: those made by people first, translations last.
fn tracks_ui(ui: &mut Ui, look: &mut Look, listing: &Listing) {
    if listing.tracks.is_empty() {
        ui.label(
            RichText::new("It has no captions: open a file of yours, or have the speech recognised").weak(),
        );
        return;
    }
    ui.label("Captions");
    ScrollArea::vertical()
        .max_height(150.0)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            Grid::new("tracks")
                .num_columns(3)
                .spacing([theme::GAP, 2.0])
                .show(ui, |ui| {
                    for (place, track) in listing.tracks.iter().enumerate() {
                        let name = track
                            .name
                            .clone()
                            .unwrap_or_else(|| language_name(&track.language));
                        ui.radio_value(&mut look.forms.link.track, Some(place), name);
                        ui.label(RichText::new(&track.language).monospace().weak());
                        let kind = match track.kind {
                            TrackKind::Manual => "given with the video".to_owned(),
                            TrackKind::Automatic => "recognised by a program".to_owned(),
                            TrackKind::Translated => match &track.from {
                                Some(from) => format!("translated by a program from {from}"),
                                None => "translated by a program".to_owned(),
                            },
                        };
                        ui.label(RichText::new(kind).weak());
                        ui.end_row();
                    }
                    ui.radio_value(&mut look.forms.link.track, None, "none");
                    ui.end_row();
                });
        });
}

/// A language by its name where it is one that is worked with here, else as the site has it.
fn language_name(code: &str) -> String {
    let code = code.to_lowercase();
    let is = |known: &str| code == known || code.starts_with(&format!("{known}-"));
    let known = if is("en") {
        "English"
    } else if is("zh-hans") || is("zh-cn") {
        "Chinese, simplified"
    } else if is("zh-hant") || is("zh-tw") || is("zh-hk") {
        "Chinese, traditional"
    } else if is("zh") {
        "Chinese"
    } else {
        return code;
    };
    known.to_owned()
}

/// Fetching, how far it is, and the way out. True where the window is to close.
fn footer_ui(ui: &mut Ui, look: &mut Look) -> bool {
    if look.state.is_running(Kind::Video) {
        let progress = look.state.linked.progress;
        let share =
            progress.and_then(|now| Some(now.done as f32 / now.total.filter(|total| *total > 0)? as f32));
        let text = progress.map_or_else(
            || "beginning…".to_owned(),
            |now| {
                let mut text = Bytes(now.done).to_string();
                if let Some(total) = now.total {
                    text += &format!(" of {}", Bytes(total));
                }
                if let Some(rate) = now.rate {
                    text += &format!(" · {}/s", Bytes(rate as u64));
                }
                if let Some(left) = now.left {
                    text += &format!(" · {} left", clock(left.as_secs_f64()));
                }
                text
            },
        );
        ui.add(ProgressBar::new(share.unwrap_or(0.0)).text(text));
        ui.horizontal(|ui| {
            if ui
                .button("Cancel")
                .on_hover_text("What has come is kept, to be gone on with")
                .clicked()
            {
                look.ask(Action::Cancel(Kind::Video));
            }
            ui.button("Hide")
                .on_hover_text("It goes on in the strip at the foot")
                .clicked()
        })
        .inner
    } else {
        ui.horizontal(|ui| {
            let ready = look
                .state
                .linked
                .listing
                .as_ref()
                .is_some_and(|listing| !listing.live);
            if ready && primary_button(ui, "Fetch and open").clicked() {
                look.ask(Action::FetchVideo);
            }
            ui.button("Close").clicked()
        })
        .inner
    }
}
