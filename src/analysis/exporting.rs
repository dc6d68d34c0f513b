//! What is taken out of a project about its clusters, for other people and other programs.

use super::takeaway::{exact_pictures, sampled_pictures, study};
use super::{Places, fingerprints};
use crate::export::{
    ClusterPlot, ClusterPlotStyle, Study, ensure_new, methods, write_assignments, write_drawing, write_elan,
    write_folder, write_latents, write_map, write_projector, write_report, write_selection,
};
use crate::jobs::Watch;
use crate::project::files::write_whole;
use crate::project::{PairIndex, Project};
use std::path::Path;

/// Something to take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takeaway {
    /// One HTML page with everything.
    Report,
    /// A table of the pairs.
    Assignments,
    /// The latent means.
    Latents,
    /// The places on the map.
    Tsne,
    /// A log folder for TensorBoard's projector.
    Projector,
    /// Tiers for ELAN.
    Eaf,
    /// Every plot of the cluster steps.
    Plots,
    /// Frames and table of some pairs.
    Selection,
    /// How it was made.
    Methods,
}

impl Takeaway {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Report,
        Self::Assignments,
        Self::Selection,
        Self::Plots,
        Self::Eaf,
        Self::Latents,
        Self::Tsne,
        Self::Projector,
        Self::Methods,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Report => "Report",
            Self::Assignments => "Table of pairs",
            Self::Latents => "Latents",
            Self::Tsne => "Map",
            Self::Projector => "Projector folder",
            Self::Eaf => "ELAN annotations",
            Self::Plots => "Plots",
            Self::Selection => "Chosen pairs",
            Self::Methods => "Methods",
        }
    }

    /// What it is, in a sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Report => {
                "One HTML page with plots, frames, tags and methods, which opens anywhere without a connection"
            }
            Self::Assignments => "CSV: each pair with its times, caption, cluster and place on the map",
            Self::Latents => "NPY: where the network puts each pair, a row a pair",
            Self::Tsne => "NPY: x and y of each pair on the map",
            Self::Projector => {
                "A new folder for TensorBoard's embedding projector: vectors, captions and pictures"
            }
            Self::Eaf => "EAF: tiers for captions, clusters and tags beside the video",
            Self::Plots => "A new folder with every plot as SVG and PNG",
            Self::Selection => {
                "A new folder with the frames of the chosen pairs as PNG, and a CSV table of them"
            }
            Self::Methods => "Text: parameters, seeds, versions, hashes, and a paragraph to cite",
        }
    }

    /// The name of the file or folder unless the analyst gives another, behind the name of the project.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Report => "report.html",
            Self::Assignments => "clusters.csv",
            Self::Latents => "latents.npy",
            Self::Tsne => "map.npy",
            Self::Projector => "projector",
            Self::Eaf => "annotations.eaf",
            Self::Plots => "plots",
            Self::Selection => "selection",
            Self::Methods => "methods.txt",
        }
    }

    /// Whether it is a folder.
    #[must_use]
    pub const fn is_folder(self) -> bool {
        matches!(self, Self::Projector | Self::Plots | Self::Selection)
    }
}

/// How something is taken away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taking<'a> {
    /// The pairs of a selection.
    pub pairs: &'a [PairIndex],
    /// The map is drawn with pictures in place of dots as well.
    pub thumbnails: bool,
}

/// Writes it, whole or not at all.
///
/// # Errors
/// When the project lacks what it is made of, a folder is there already and not empty, something cannot be read or
/// written, or the work is cancelled.
pub fn take_away(
    project: &Project,
    what: Takeaway,
    taking: Taking,
    out: &Path,
    places: &Places,
    watch: &Watch,
) -> anyhow::Result<()> {
    let cache = Some(places.cache.as_path());
    let plain = Study::of(project);
    match what {
        Takeaway::Assignments => write_assignments(out, &plain)?,
        Takeaway::Latents => write_latents(out, &plain)?,
        Takeaway::Tsne => write_map(out, &plain)?,
        Takeaway::Eaf => write_elan(out, &plain)?,
        Takeaway::Methods => {
            let text = methods(&plain, &fingerprints(project, watch)?).text();
            write_whole(out, |file| file.write_all(text.as_bytes()))?;
        }
        Takeaway::Selection => {
            write_selection(out, &plain, taking.pairs, &mut exact_pictures(project), watch)?;
        }
        Takeaway::Projector => {
            plain.run()?;
            ensure_new(out)?;
            let mut pictures = sampled_pictures(project, cache, watch)?;
            write_projector(out, &plain, &mut pictures, watch)?;
        }
        Takeaway::Plots => {
            plain.assignment()?;
            ensure_new(out)?;
            write_plots(&study(project, cache, watch)?, taking.thumbnails, out, watch)?;
        }
        Takeaway::Report => {
            plain.assignment()?;
            let study = study(project, cache, watch)?;
            let methods = methods(&study, &fingerprints(project, watch)?);
            write_report(out, &study, &methods, &mut exact_pictures(project), watch)?;
        }
    }
    Ok(())
}

/// Every plot that can be drawn, as SVG and PNG.
fn write_plots(study: &Study, thumbnails: bool, out: &Path, watch: &Watch) -> anyhow::Result<()> {
    let style = ClusterPlotStyle::default();
    let mut drawings = Vec::new();
    for plot in ClusterPlot::ALL {
        match plot.svg(study, &style) {
            Ok(svg) => drawings.push((plot.name(), svg)),
            Err(error) => watch.say(format!("there is no {}: {error}", plot.name())),
        }
    }
    if thumbnails {
        let mut pictures = exact_pictures(study.project);
        let svg = ClusterPlot::map_of_pictures(study, &style, &mut pictures, watch)?;
        drawings.push(("map-pictures", svg));
    }
    watch.say("drawing plots");
    Ok(write_folder(out, |folder| {
        for (name, svg) in &drawings {
            watch.check()?;
            for extension in ["svg", "png"] {
                write_drawing(&folder.join(format!("{name}.{extension}")), svg)?;
            }
        }
        Ok(())
    })?)
}
