//! A link becomes a video with captions.

use crate::app::App;
use crate::app::action::Action;
use crate::app::work::{self, Kind};
use crate::jobs::Ending;
use crate::media::link::{Fetched, Listing, TrackChoice};
use eframe::egui;
use std::sync::Arc;

impl App {
    /// Opens the window of links, with this one in it where one is given.
    pub(super) fn open_link(&mut self, text: Option<String>) {
        let form = &mut self.forms.link;
        (form.open, form.focus) = (true, true);
        let asked = text.is_some();
        if let Some(text) = text {
            form.text = text;
            let linked = &mut self.state.linked;
            (linked.listing, linked.stopped, linked.wanted) = (None, false, true);
        }
        self.state.linked.trouble = None;
        if self.jobs.is_running(Kind::Fetcher) {
            // It is on its way.
        } else if self.state.linked.program.is_none() {
            let places = self.places.clone();
            self.jobs
                .start(Kind::Fetcher, move |out| work::find_fetcher(&places, out));
        } else if asked {
            self.look_at_link();
        }
    }

    /// Gets yt-dlp, or its newest version.
    pub(super) fn install_fetcher(&mut self) {
        self.state.linked.trouble = None;
        let places = self.places.clone();
        self.jobs
            .start(Kind::Fetcher, move |out| work::install_fetcher(&places, out));
    }

    /// Looks what is behind the link that is typed.
    pub(super) fn look_at_link(&mut self) {
        let linked = &mut self.state.linked;
        (linked.listing, linked.trouble, linked.stopped) = (None, None, false);
        linked.wanted = linked.program.is_none();
        let text = self.forms.link.text.trim().to_owned();
        let Some(program) = linked.program.clone().filter(|_| !text.is_empty()) else {
            return;
        };
        let access = self.forms.link.access();
        self.jobs.start(Kind::Link, move |out| {
            work::look_at_link(&program, &text, &access, out)
        });
    }

    /// The address was changed: what was behind the one before counts no more.
    pub(super) fn forget_link(&mut self) {
        let linked = &mut self.state.linked;
        (linked.listing, linked.trouble, linked.stopped) = (None, None, false);
        self.jobs.forget(Kind::Link);
        self.jobs.forget(Kind::Thumbnail);
    }

    /// What is behind the link is known: the captions that are nearest are chosen.
    pub(super) fn listed(&mut self, listing: Listing) {
        let nearest = listing.track(&TrackChoice::default()).ok().flatten();
        self.forms.link.track =
            nearest.and_then(|nearest| listing.tracks.iter().position(|track| track == nearest));
        let listing = Arc::new(listing);
        let linked = &mut self.state.linked;
        (linked.listing, linked.thumbnail) = (Some(listing.clone()), None);
        self.link_picture = None;
        if let Some(program) = linked.program.clone() {
            let access = self.forms.link.access();
            self.jobs.start(Kind::Thumbnail, move |out| {
                work::get_thumbnail(&program, &listing, &access, out)
            });
        }
    }

    /// The picture of the video that is listed, for the card.
    pub(super) fn show_thumbnail(&mut self, context: &egui::Context) {
        if let Some(picture) = self.state.linked.thumbnail.take() {
            super::show_in(&mut self.link_picture, context, &picture);
        }
    }

    /// Fetches what is chosen of the link.
    pub(super) fn fetch_video(&mut self) {
        let linked = &mut self.state.linked;
        let (Some(program), Some(listing)) = (linked.program.clone(), linked.listing.clone()) else {
            return;
        };
        (linked.trouble, linked.progress, linked.stopped) = (None, None, false);
        let form = &self.forms.link;
        let (choice, access) = (form.choice(&listing), form.access());
        let folder = form.folder(self.places.videos.clone());
        self.jobs.start(Kind::Video, move |out| {
            work::fetch_video(&program, &listing, &choice, &access, &folder, out)
        });
    }

    /// The video is there: it is opened, and its captions are read as soon as it is.
    pub(super) fn fetched_video(&mut self, fetched: Fetched) {
        for warning in fetched.warnings {
            self.state.notice(warning, false);
        }
        let hidden = !self.forms.link.open;
        self.forms.link.open = false;
        // The next one that is opened is another.
        self.forms.link.text.clear();
        self.state.linked.listing = None;
        // Who went on with something else is not to be torn away from it, nor is what works on it to be stopped.
        if self.jobs.is_running(Kind::Train) || (hidden && self.state.project.is_some()) {
            let text = format!("The video is here, to be opened: {}", fetched.video.display());
            self.state.notice(text, false);
            return;
        }
        let video = fetched.video.clone();
        self.captions_waiting = fetched.captions.map(|captions| (Some(video), captions));
        self.actions.push(Action::Open(fetched.video));
    }

    /// Work on a link has ended; true where its window says why it failed.
    pub(super) fn link_ended(&mut self, kind: Kind, ending: &Ending) -> bool {
        if kind == Kind::Video {
            self.state.linked.progress = None;
            self.state.linked.stopped = *ending == Ending::Cancelled;
        }
        if !self.forms.link.open {
            return false;
        }
        match ending {
            Ending::Failed(why) => {
                self.state.linked.trouble = Some(why.clone());
                // What helps is there: cookies, and private addresses.
                self.forms.link.more |= kind != Kind::Fetcher;
                true
            }
            // A link that was pasted before yt-dlp was found.
            Ending::Done if kind == Kind::Fetcher && self.state.linked.wanted => {
                self.look_at_link();
                false
            }
            _ => false,
        }
    }
}
