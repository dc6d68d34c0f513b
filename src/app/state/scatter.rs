//! What the map draws: where the points lie, and in which colours.

use super::State;
use crate::app::forms::{ColourBy, MapForm, Projection};
use crate::app::theme;
use crate::captions::detect_language;
use crate::project::{CaptionTrack, Cue, Language, PairIndex, Principal2, Seconds};
use eframe::egui::Color32;

/// The points of the map.
#[derive(Debug, Clone, Default)]
pub struct Scatter {
    /// The principal components, once they are found.
    pub principal: Option<Principal2>,
    /// t-SNE in the making.
    pub live: Option<Vec<[f32; 2]>>,
    /// How badly the network puts each pair back, once it was asked.
    pub losses: Option<Vec<f64>>,
    /// How well each pair fits its cluster, once it was measured, and at which revision of the clusters.
    pub silhouettes: Option<(u64, Vec<f64>)>,
    /// The colour of each point.
    pub colours: Vec<Color32>,
    /// What the colours mean, where they do not stand for clusters.
    pub legend: Legend,
    /// The network was asked for the losses.
    pub asked_losses: bool,
    /// Counts the tables of figures that were read.
    pub figures: usize,
    made_of: Option<Made>,
}

/// What colours are made of: for other things they are made anew.
#[derive(Debug, Clone, PartialEq)]
struct Made {
    by: ColourBy,
    column: usize,
    figures: usize,
    clusters: [u64; 2],
    captions: u64,
    known: [bool; 2],
    run: Option<String>,
    weak: Color32,
}

/// What colours mean.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Legend {
    /// Clusters, which have marks of their own.
    #[default]
    Clusters,
    /// Kinds, each with its colour.
    Kinds(Vec<(String, Color32)>),
    /// Numbers from the least to the greatest, in words.
    Range(String, String),
    /// They are being found out.
    Wait,
}

/// From the least to the greatest: dark blue over green to yellow, told apart by lightness alone.
#[must_use]
pub fn ramp(share: f64) -> Color32 {
    const STOPS: [[f64; 3]; 5] = [
        [48.0, 40.0, 110.0],
        [40.0, 98.0, 142.0],
        [32.0, 150.0, 138.0],
        [120.0, 198.0, 80.0],
        [250.0, 230.0, 60.0],
    ];
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let first = (place as usize).min(STOPS.len() - 2);
    let way = place - first as f64;
    let stop = |at: usize| STOPS.get(at).copied().unwrap_or_default();
    let (a, b) = (stop(first), stop(first + 1));
    let mixed = |channel: usize| {
        let [a, b] = [a, b].map(|stop| stop.get(channel).copied().unwrap_or(0.0));
        (a + (b - a) * way).round() as u8
    };
    Color32::from_rgb(mixed(0), mixed(1), mixed(2))
}

impl State {
    /// The points that are to be drawn: of the chosen projection, of an earlier epoch, or in the making.
    #[must_use]
    pub fn map_points(&self, form: &MapForm) -> Option<&[[f32; 2]]> {
        let run = self.project.as_ref()?.run.as_ref()?;
        let principal = self
            .scatter
            .principal
            .as_ref()
            .map(|found| found.points.as_slice());
        if form.projection == Projection::Pca {
            return principal;
        }
        let earlier = self.map_epoch().and_then(|epoch| self.history.maps.get(&epoch));
        let drawn = earlier
            .or(run.embedding.as_ref())
            .map(|map| map.points.as_slice());
        self.scatter.live.as_deref().or(drawn).or(principal)
    }

    /// Makes the colours of the points, where they are not made yet. `weak` is that of points in no cluster.
    pub fn colour_map(&mut self, by: ColourBy, column: usize, weak: Color32) {
        let measured = self.scatter.silhouettes.as_ref();
        let made = Made {
            by,
            column,
            figures: self.scatter.figures,
            clusters: [self.board.revision, self.board.names],
            captions: self.track_revision,
            known: [
                self.scatter.losses.is_some(),
                measured.is_some_and(|(revision, _)| *revision == self.board.revision),
            ],
            run: self
                .project
                .as_ref()
                .and_then(|project| Some(project.run.as_ref()?.name.clone())),
            weak,
        };
        if self.scatter.made_of.as_ref() != Some(&made) {
            let (colours, legend) = self.colours_by(by, column, weak);
            (self.scatter.colours, self.scatter.legend) = (colours, legend);
            self.scatter.made_of = Some(made);
        }
    }

    fn colours_by(&self, by: ColourBy, column: usize, weak: Color32) -> (Vec<Color32>, Legend) {
        let pairs = self
            .project
            .as_ref()
            .map(|project| project.studied())
            .unwrap_or_default();
        let all = (0..pairs.len()).map(PairIndex::from);
        let plain = || vec![weak; pairs.len()];
        match by {
            ColourBy::Cluster => {
                let colour = |pair| {
                    self.cluster_of(pair)
                        .map_or(weak, |cluster| self.cluster_colour(cluster))
                };
                (all.map(colour).collect(), Legend::Clusters)
            }
            ColourBy::Source => {
                let names = self
                    .project
                    .as_ref()
                    .map_or_else(Vec::new, |project| project.source_names());
                let legend = names.iter().enumerate();
                let legend = legend.map(|(source, name)| ((*name).to_owned(), theme::palette(source)));
                let colours = pairs.iter().map(|pair| theme::palette(pair.source.index()));
                (colours.collect(), Legend::Kinds(legend.collect()))
            }
            ColourBy::Language => {
                let language = |pair| {
                    let text = self.caption_of(pair);
                    let cue = Cue::new(Seconds(0.0), Seconds(1.0), text);
                    (!text.is_empty()).then(|| detect_language(&CaptionTrack::new(vec![cue])))
                };
                let colour = |language| match language {
                    Some(Language::English) => theme::palette(0),
                    Some(Language::Chinese) => theme::palette(1),
                    None => weak,
                };
                let kinds = [Some(Language::English), Some(Language::Chinese), None];
                let name = |language: Option<Language>| {
                    language.map_or("no caption".to_owned(), |language| language.name().to_owned())
                };
                let legend = kinds.map(|kind| (name(kind), colour(kind))).into();
                (
                    all.map(|pair| colour(language(pair))).collect(),
                    Legend::Kinds(legend),
                )
            }
            ColourBy::Time => {
                let times: Vec<f64> = pairs.iter().map(|pair| pair.time.0).collect();
                ramped(&times, weak, |time| Seconds(time).to_string())
            }
            ColourBy::Length => {
                let lengths: Vec<f64> = all
                    .map(|pair| self.caption_of(pair).chars().count() as f64)
                    .collect();
                ramped(&lengths, weak, |length| format!("{length:.0} characters"))
            }
            ColourBy::Dimension => {
                let latents = self.run().and_then(|run| run.latents.as_ref());
                let values = latents.filter(|latents| column < latents.values.ncols());
                let values = values.map(|latents| latents.values.column(column));
                let values: Vec<f64> = values
                    .into_iter()
                    .flatten()
                    .map(|value| f64::from(*value))
                    .collect();
                ramped(&values, weak, |value| format!("{value:.3}"))
            }
            ColourBy::Figure => {
                let figures = self.run().and_then(|run| run.figures.as_ref());
                match figures.and_then(|figures| figures.columns.get(column)) {
                    Some(figure) => {
                        let values: Vec<f64> = figure
                            .values
                            .iter()
                            .map(|value| value.unwrap_or(f64::NAN))
                            .collect();
                        ramped(&values, weak, |value| format!("{}", (value * 1e4).round() / 1e4))
                    }
                    None => {
                        let text = "Read a table with a row a pair first".to_owned();
                        (plain(), Legend::Kinds(vec![(text, weak)]))
                    }
                }
            }
            ColourBy::Distance => ramped(&self.distances(), weak, |distance| format!("{distance:.2}")),
            ColourBy::Loss => match &self.scatter.losses {
                Some(losses) if losses.is_empty() => {
                    let text = "No network was kept with these latents, so that no loss is known".to_owned();
                    (plain(), Legend::Kinds(vec![(text, weak)]))
                }
                Some(losses) => ramped(losses, weak, |loss| format!("{loss:.5}")),
                None => (plain(), Legend::Wait),
            },
            ColourBy::Silhouette => match &self.scatter.silhouettes {
                Some((of, silhouettes)) if *of == self.board.revision => {
                    ramped(silhouettes, weak, |value| format!("{value:.2}"))
                }
                _ => (plain(), Legend::Wait),
            },
        }
    }

    /// How far each pair is from the centroid of its cluster; not a number where it has none.
    fn distances(&self) -> Vec<f64> {
        let run = self.project.as_ref().and_then(|project| project.run.as_ref());
        let Some((latents, chosen)) =
            run.and_then(|run| Some((run.latents.as_ref()?, run.assignment.as_ref()?)))
        else {
            return Vec::new();
        };
        let centroids = latents.centroids(&chosen.labels, chosen.k);
        let rows = latents.values.rows().into_iter().zip(&chosen.labels);
        let distance = |(row, label): (ndarray::ArrayView1<f32>, &Option<crate::project::ClusterId>)| {
            let Some(label) = label else { return f64::NAN };
            let squares = row
                .iter()
                .zip(centroids.row(label.index()))
                .map(|(value, mean)| (f64::from(*value) - mean).powi(2));
            squares.sum::<f64>().sqrt()
        };
        rows.map(distance).collect()
    }
}

/// Numbers as colours; what is no number is grey.
fn ramped(values: &[f64], weak: Color32, text: impl Fn(f64) -> String) -> (Vec<Color32>, Legend) {
    let numbers = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (
        numbers().fold(f64::MAX, f64::min),
        numbers().fold(f64::MIN, f64::max),
    );
    let colour = |value: &f64| {
        if value.is_finite() {
            ramp((value - low) / (high - low).max(f64::MIN_POSITIVE))
        } else {
            weak
        }
    };
    (
        values.iter().map(colour).collect(),
        Legend::Range(text(low), text(high)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ramp_grows_lighter_from_end_to_end() {
        let luma = |colour: Color32| {
            0.299 * f32::from(colour.r()) + 0.587 * f32::from(colour.g()) + 0.114 * f32::from(colour.b())
        };
        let lumas: Vec<f32> = (0..=20).map(|step| luma(ramp(f64::from(step) / 20.0))).collect();
        assert!(lumas.windows(2).all(|two| two[1] > two[0]), "{lumas:?}");
        assert_eq!(ramp(-3.0), ramp(0.0));
        assert_eq!(ramp(7.0), ramp(1.0));
    }

    #[test]
    fn what_is_no_number_is_grey() {
        let (colours, legend) = ramped(&[1.0, f64::NAN, 3.0], Color32::GRAY, |value| value.to_string());
        assert_eq!(colours, [ramp(0.0), Color32::GRAY, ramp(1.0)]);
        assert_eq!(legend, Legend::Range("1".into(), "3".into()));
    }
}
