//! Pictures and words of a video, in the background.

use super::{Message, Out};
use crate::analysis::{self, Eyes, FitAgainst, FrameSet, Places};
use crate::crossmodal::PictureFit;
use crate::project::{Project, Speech};
use crate::training::contrast::ContrastConfig;

/// Fits the pictures to the captions as they are at this revision of them.
pub fn fit_pictures(
    (project, revision): (&Project, u64),
    frames: &FrameSet,
    speech: Option<&Speech>,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let against = FitAgainst {
        frames,
        speech,
        eyes: &Eyes::ready(places, project.manifest.language)?,
        config: &ContrastConfig::default(),
    };
    let fit = analysis::fit_pictures(project, &against, Some(places.cache.as_path()), &out.watch)?;
    Ok(out.send(Message::Fitted(Box::new(fit), revision))?)
}

/// Reads the fit that is kept in a project, if there is one.
pub fn open_fit(project: &Project, out: &Out) -> anyhow::Result<()> {
    match PictureFit::load(&project.folder)? {
        Some(fit) => Ok(out.send(Message::KeptFit(Box::new(fit)))?),
        None => Ok(()),
    }
}

/// Looks for the frames that a sentence describes.
pub fn find_frames(
    project: &Project,
    fit: &PictureFit,
    sentence: String,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let cache = Some(places.cache.as_path());
    let found = analysis::find_frames(project, fit, &sentence, cache, &out.watch)?;
    Ok(out.send(Message::FoundFrames(sentence, found))?)
}
