//! `frameloom fetch LINK --out DIR`: a video and its captions from a link.

use super::progress::Progress;
use super::{Output, Unusable};
use crate::analysis::{Places, links};
use crate::jobs::Watch;
use crate::media::link::{
    self, Access, Browser, Choice, Fetched, Link, Listing, Program, Quality, TrackChoice, TrackKind,
};
use crate::pretrained::bytes::Bytes;
use clap::Args;
use serde_json::json;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct FetchArguments {
    /// Address of the video's page, http or https.
    #[arg(required_unless_present = "install")]
    link: Option<String>,
    /// Folder for the files, which are named after the title; made where it is not there.
    #[arg(long, required_unless_present_any = ["list", "install"])]
    out: Option<PathBuf>,
    #[command(flatten)]
    options: LinkOptions,
    /// Only list what there is.
    #[arg(long)]
    list: bool,
    /// Install the newest yt-dlp among the program's own files, or update the one that is there.
    #[arg(long)]
    install: bool,
    #[command(flatten)]
    output: Output,
}

/// What is taken of a link, and how: shared with `run` and `batch`.
#[derive(Debug, Args)]
pub struct LinkOptions {
    /// Of a link: how good the video. small is the smallest that serves for training and for watching.
    #[arg(long, value_name = "small|720|1080|best", default_value = "small")]
    quality: Quality,
    /// Of a link: language of the captions, such as en or zh-Hans; that of the sound where not given.
    #[arg(long, value_name = "LANGUAGE")]
    captions_language: Option<String>,
    /// Of a link: who made the captions (manual, automatic or translated); people, else a recogniser, where not given.
    #[arg(long = "captions-kind", visible_alias = "kind", value_name = "KIND")]
    captions_kind: Option<TrackKind>,
    /// Of a link: language that translated captions are to be from; any where not given.
    #[arg(long, value_name = "LANGUAGE")]
    captions_from: Option<String>,
    /// Of a link: also ask addresses of this machine and of private networks.
    #[arg(long)]
    allow_private_addresses: bool,
    /// Of a link: send the cookies of this browser along, for what only those who are signed in may see.
    #[arg(long, value_name = "BROWSER")]
    cookies_from_browser: Option<Browser>,
}

impl LinkOptions {
    fn access(&self) -> Access {
        Access {
            private: self.allow_private_addresses,
            cookies: self.cookies_from_browser,
        }
    }

    fn choice(&self) -> Choice {
        Choice {
            quality: self.quality,
            captions: Some(TrackChoice {
                kind: self.captions_kind,
                language: self.captions_language.clone(),
                from: self.captions_from.clone(),
            }),
        }
    }

    /// Fetches the video of a link into a folder, and its captions where they are wanted.
    pub fn fetch(
        &self,
        text: &str,
        folder: &Path,
        with_captions: bool,
        places: &Places,
        watch: &Watch,
    ) -> anyhow::Result<Fetched> {
        let link = Link::parse(text).map_err(|error| Unusable(error.to_string()))?;
        let mut choice = self.choice();
        if !with_captions {
            choice.captions = None;
        }
        let mut tell = teller(watch);
        let fetched = links::fetch(&link, &choice, &self.access(), folder, places, watch, &mut tell)?;
        fetched
            .warnings
            .iter()
            .for_each(|warning| eprintln!("warning: {warning}"));
        Ok(fetched)
    }
}

/// Shows the pace on a terminal; a log has a line a file.
fn teller(watch: &Watch) -> impl FnMut(&link::Progress) {
    let terminal = std::io::stderr().is_terminal();
    move |now| {
        if terminal {
            watch.say(pace(now));
        }
    }
}

fn pace(now: &link::Progress) -> String {
    let mut text = format!("fetching {}", Bytes(now.done));
    if let Some(total) = now.total {
        let _ = write!(text, " of {}", Bytes(total));
    }
    if let Some(rate) = now.rate {
        let _ = write!(text, ", {}/s", Bytes(rate as u64));
    }
    if let Some(left) = now.left {
        let _ = write!(text, ", {}:{:02} left", left.as_secs() / 60, left.as_secs() % 60);
    }
    text
}

/// Fetches, lists or installs.
pub fn run(arguments: &FetchArguments) -> anyhow::Result<()> {
    let progress = Progress::new();
    let (watch, places) = (&progress.watch, Places::platform());
    if arguments.install {
        let program = link::install(&places.yt_dlp(), watch)?;
        eprintln!("yt-dlp {} is in {}", program.version(), program.place().display());
    }
    let Some(text) = &arguments.link else {
        return Ok(());
    };
    if arguments.list {
        let link = Link::parse(text).map_err(|error| Unusable(error.to_string()))?;
        let program = Program::find(&places.yt_dlp(), watch)?;
        let listing = program.look(&link, &arguments.options.access(), watch)?;
        return super::print(&if arguments.output.json {
            let document = json!({ "listing": listing, "yt_dlp": { "version": program.version(), "days": program.age() } });
            format!("{document:#}\n")
        } else {
            words(&listing, &program)
        });
    }
    let Some(out) = &arguments.out else {
        return Ok(());
    };
    let fetched = arguments.options.fetch(text, out, true, &places, watch)?;
    super::print(&if arguments.output.json {
        let document = json!({
            "title": fetched.title,
            "video": fetched.video,
            "captions": fetched.captions,
            "warnings": fetched.warnings,
        });
        format!("{document:#}\n")
    } else {
        let captions = fetched.captions.map_or_else(
            || "it has no captions".to_owned(),
            |path| path.display().to_string(),
        );
        format!("{}\n{captions}\n", fetched.video.display())
    })
}

fn words(listing: &Listing, program: &Program) -> String {
    let mut text = format!("{}\n", listing.title);
    let uploaded = listing.uploaded.as_ref().map(|day| format!("uploaded {day}"));
    let about = [listing.uploader.clone(), uploaded].into_iter().flatten();
    let about = about.chain(listing.duration.map(|duration| duration.to_string()));
    let about = about.chain(listing.live.then(|| "live, not over yet".to_owned()));
    let _ = writeln!(text, "{}", about.collect::<Vec<_>>().join(", "));
    for format in &listing.formats {
        let size = format
            .height
            .map_or_else(|| "?".to_owned(), |height| height.to_string());
        let holds = match (format.pictures, format.sound) {
            (true, true) => "pictures and sound",
            (true, false) => "pictures",
            _ => "sound",
        };
        let bytes = format
            .bytes
            .map_or_else(String::new, |bytes| Bytes(bytes).to_string());
        let _ = writeln!(
            text,
            "format {:<5} {size:>5} rows  {holds:<18} {bytes:>8}",
            format.extension
        );
    }
    for track in &listing.tracks {
        let from = track
            .from
            .as_ref()
            .map_or_else(String::new, |from| format!(" from {from}"));
        let _ = writeln!(
            text,
            "captions {} {}{from}: {}",
            track.kind,
            track.language,
            track.formats.join(", ")
        );
    }
    let age = program
        .age()
        .map_or_else(String::new, |days| format!(", {days} days old"));
    let _ = writeln!(text, "by yt-dlp {}{age}", program.version());
    text
}
