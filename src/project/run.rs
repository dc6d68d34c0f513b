//! One training of the project, and everything learned from it: a folder `runs/NAME` of plain files.

use super::clusters::{Assignment, Embedding2, KSweep};
use super::companion::Companion;
use super::figures::Figures;
use super::files::{StoreError, read_if_there, read_json, write_json, write_whole};
use super::losses::{read_losses, write_losses};
use super::pairs_file;
use super::results::{Latents, LossPoint, Reconstruction, Scores};
use super::tags::ClusterTags;
use super::track::Language;
use super::trained::TrainedOn;
use super::units::{ClusterId, PairIndex};
use super::written::{Description, WrittenTags};
use ndarray::Array2;
use ndarray_npy::{ReadNpyExt, WriteNpyExt};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

/// How a run was made: enough to make it again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RunConfig {
    /// Hash of the dataset; with the same settings it gives the same run.
    pub fingerprint: String,
    /// Hash of the pairs, captions and language it was trained on; see [`super::Project::made_of`].
    #[serde(default)]
    pub made_of: String,
    /// The language whose rules found the words; not known of old runs.
    #[serde(default)]
    pub language: Option<Language>,
    /// The other videos that it was trained on, in order of their [`super::SourceIndex`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<Companion>,
    /// Settings of the training, as the trainer writes them.
    pub training: serde_json::Value,
    /// Share of the distinct words that had vectors, and what the vectors were.
    #[serde(default)]
    pub words: Option<(f64, String)>,
    /// Where it ran.
    #[serde(default)]
    pub device: String,
    /// Number of trained values.
    #[serde(default)]
    pub parameters: u64,
    /// Pairs it was trained on.
    #[serde(default)]
    pub pairs: usize,
    /// How well the pairs are put back.
    #[serde(default)]
    pub scores: Option<Scores>,
    /// All epochs are done, or it ended of itself; false after a stop.
    #[serde(default)]
    pub finished: bool,
    /// Names of the latent dimensions, where a table gave them; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<String>,
    /// What the trainer wanted known.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Versions that made it, by name.
    #[serde(default)]
    pub versions: std::collections::BTreeMap<String, String>,
}

/// One training and what followed from it. Parts not made yet are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// Name of its folder.
    pub name: String,
    /// How it was made.
    pub config: RunConfig,
    /// The pairs that it was trained on.
    pub on: TrainedOn,
    /// One point an epoch.
    pub losses: Vec<LossPoint>,
    /// Where the encoder puts each pair.
    pub latents: Option<Latents>,
    /// The sweep over k.
    pub sweep: Option<KSweep>,
    /// The clustering chosen.
    pub assignment: Option<Assignment>,
    /// The map.
    pub embedding: Option<Embedding2>,
    /// How some pairs look as the network puts them back.
    pub reconstructions: Vec<Reconstruction>,
    /// Ten tags a cluster of the chosen clustering.
    pub tags: Vec<ClusterTags>,
    /// Numbers about the pairs from elsewhere.
    pub figures: Option<Figures>,
    /// What the frames of pairs show.
    pub descriptions: BTreeMap<PairIndex, Description>,
    /// Tags that were written of these and of other clusters of the run.
    pub written: Vec<WrittenTags>,
}

/// What a training was asked for and how it went, without what it learned: for lists of trainings.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunSummary {
    /// Name of its folder.
    pub name: String,
    /// How it was made, and how well it puts the pairs back.
    pub config: RunConfig,
    /// One point an epoch.
    pub losses: Vec<LossPoint>,
}

#[derive(Serialize, Deserialize)]
struct MapSettings {
    perplexity: f64,
    seed: u64,
    #[serde(default)]
    iterations: usize,
    #[serde(default)]
    kl_divergence: Option<f64>,
}

impl Run {
    /// Cluster of a pair in the chosen clustering.
    #[must_use]
    pub fn cluster_of(&self, pair: super::PairIndex) -> Option<ClusterId> {
        self.assignment
            .as_ref()?
            .labels
            .get(pair.index())
            .copied()
            .flatten()
    }

    /// When the losses of the run in `folder` were last written; now where they never were.
    #[must_use]
    pub fn ended(folder: &Path) -> SystemTime {
        let file = std::fs::metadata(folder.join("losses.csv"));
        file.and_then(|file| file.modified())
            .unwrap_or_else(|_| SystemTime::now())
    }

    /// Writes all parts that exist into `folder`, each file in one step, and removes files of parts that no longer
    /// exist, so that a stale clustering cannot be read back.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), StoreError> {
        write_json(&folder.join("config.json"), &self.config)?;
        write_whole(&folder.join(pairs_file::NAME), |file| {
            pairs_file::write(&self.on, file)
        })?;
        write_whole(&folder.join("losses.csv"), |file| {
            write_losses(&self.losses, file)
        })?;
        optional(
            &folder.join("latents.npy"),
            self.latents.as_ref(),
            |path, latents| write_npy(path, &latents.values),
        )?;
        optional(&folder.join("sweep.json"), self.sweep.as_ref(), |path, sweep| {
            write_json(path, sweep)
        })?;
        optional(
            &folder.join("assignment.json"),
            self.assignment.as_ref(),
            write_json,
        )?;
        optional(
            &folder.join("centroids.npy"),
            self.assignment.as_ref(),
            |path, chosen| write_npy(path, &chosen.centroids),
        )?;
        optional(
            &folder.join("clusters.csv"),
            self.assignment.as_ref(),
            |path, chosen| {
                write_whole(path, |file| {
                    writeln!(file, "pair,cluster")?;
                    chosen
                        .labels
                        .iter()
                        .enumerate()
                        .try_for_each(|(pair, label)| match label {
                            Some(cluster) => writeln!(file, "{pair},{}", cluster.0),
                            None => writeln!(file, "{pair},"),
                        })
                })
            },
        )?;
        optional(&folder.join("tsne.npy"), self.embedding.as_ref(), |path, map| {
            let flat: Vec<f32> = map.points.iter().flatten().copied().collect();
            match Array2::from_shape_vec((map.points.len(), 2), flat) {
                Ok(points) => write_npy(path, &points),
                Err(error) => Err(StoreError::Damaged {
                    path: path.into(),
                    what: error.to_string(),
                }),
            }
        })?;
        optional(&folder.join("tsne.json"), self.embedding.as_ref(), |path, map| {
            write_json(
                path,
                &MapSettings {
                    perplexity: map.perplexity,
                    seed: map.seed,
                    iterations: map.iterations,
                    kl_divergence: map.kl_divergence,
                },
            )
        })?;
        let back = (!self.reconstructions.is_empty()).then_some(&self.reconstructions);
        optional(&folder.join("reconstructions.json"), back, write_json)?;
        optional(&folder.join("reconstructions.npy"), back, |path, back| {
            let bytes: Vec<u8> = back.iter().flat_map(|back| back.rgb.iter().copied()).collect();
            let size = back.first().map_or(0, |back| back.rgb.len());
            let rows = Array2::from_shape_vec((back.len(), size), bytes);
            let rows = rows.map_err(|error| StoreError::Damaged {
                path: path.into(),
                what: error.to_string(),
            })?;
            write_npy(path, &rows)
        })?;
        let tags = (!self.tags.is_empty()).then_some(&self.tags);
        optional(&folder.join("tags.json"), tags, |path, tags| {
            write_json(path, tags)
        })?;
        optional(&folder.join("figures.json"), self.figures.as_ref(), write_json)?;
        let described = (!self.descriptions.is_empty()).then_some(&self.descriptions);
        optional(&folder.join("descriptions.json"), described, write_json)?;
        let written = (!self.written.is_empty()).then_some(&self.written);
        optional(&folder.join("written_tags.json"), written, write_json)
    }

    /// Reads only how a run was made and how it went.
    ///
    /// # Errors
    /// When a file is there and cannot be read or is damaged.
    pub fn load_summary(folder: &Path) -> Result<RunSummary, StoreError> {
        Ok(RunSummary {
            name: folder_name(folder),
            config: read_json(&folder.join("config.json"))?.unwrap_or_default(),
            losses: read_losses(&folder.join("losses.csv"))?,
        })
    }

    /// Reads a run back; parts whose files are missing are empty.
    ///
    /// # Errors
    /// When a file is there and cannot be read or is damaged.
    pub fn load(folder: &Path) -> Result<Self, StoreError> {
        let RunSummary { name, config, losses } = Self::load_summary(folder)?;
        let latents = read_npy::<f32>(&folder.join("latents.npy"))?.map(|values| Latents { values });
        let mut assignment: Option<Assignment> = read_json(&folder.join("assignment.json"))?;
        if let (Some(chosen), Some(centroids)) = (&mut assignment, read_npy(&folder.join("centroids.npy"))?) {
            chosen.centroids = centroids;
        }
        let mut reconstructions: Vec<Reconstruction> =
            read_json(&folder.join("reconstructions.json"))?.unwrap_or_default();
        let pictures = read_npy::<u8>(&folder.join("reconstructions.npy"))?;
        for (back, picture) in reconstructions
            .iter_mut()
            .zip(pictures.iter().flat_map(|rows| rows.rows()))
        {
            back.rgb = picture.to_vec();
        }
        let settings: Option<MapSettings> = read_json(&folder.join("tsne.json"))?;
        let embedding = settings
            .zip(read_npy::<f32>(&folder.join("tsne.npy"))?)
            .map(|(settings, points)| Embedding2 {
                perplexity: settings.perplexity,
                seed: settings.seed,
                iterations: settings.iterations,
                kl_divergence: settings.kl_divergence,
                points: points
                    .rows()
                    .into_iter()
                    .filter_map(|row| Some([*row.first()?, *row.get(1)?]))
                    .collect(),
            });
        Ok(Self {
            name,
            config,
            on: pairs_file::read(&folder.join(pairs_file::NAME))?,
            losses,
            latents,
            sweep: read_json(&folder.join("sweep.json"))?,
            assignment,
            embedding,
            reconstructions,
            tags: read_json(&folder.join("tags.json"))?.unwrap_or_default(),
            figures: read_json(&folder.join("figures.json"))?,
            descriptions: read_json(&folder.join("descriptions.json"))?.unwrap_or_default(),
            written: read_json(&folder.join("written_tags.json"))?.unwrap_or_default(),
        })
    }
}

fn folder_name(folder: &Path) -> String {
    let name = folder.file_name();
    name.map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn optional<T>(
    path: &Path,
    part: Option<&T>,
    write: impl FnOnce(&Path, &T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match part {
        Some(part) => write(path, part),
        None => match std::fs::remove_file(path) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(StoreError::Write {
                path: path.into(),
                cause,
            }),
            _ => Ok(()),
        },
    }
}

pub(super) fn write_npy<T: ndarray_npy::WritableElement>(
    path: &Path,
    values: &Array2<T>,
) -> Result<(), StoreError> {
    write_whole(path, |file| values.write_npy(file).map_err(std::io::Error::other))
}

pub(super) fn read_npy<T: ndarray_npy::ReadableElement>(
    path: &Path,
) -> Result<Option<Array2<T>>, StoreError> {
    let Some(bytes) = read_if_there(path)? else {
        return Ok(None);
    };
    Array2::read_npy(bytes.as_slice())
        .map(Some)
        .map_err(|error| StoreError::Damaged {
            path: path.into(),
            what: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{
        ClusteringMethod, CueId, Figure, FrameIndex, KSweepRow, LossTerms, Pair, PairIndex, Seconds,
        SourceIndex, Tag,
    };

    fn whole() -> Run {
        Run {
            name: "001".into(),
            config: RunConfig {
                fingerprint: "f".into(),
                finished: true,
                ..RunConfig::default()
            },
            on: TrainedOn {
                pairs: vec![Pair {
                    source: SourceIndex::OWN,
                    frame: FrameIndex(3),
                    time: Seconds(1.0 / 3.0),
                    cue: Some(CueId(7)),
                }],
                texts: vec!["疫苗,\n\"a\"".into()],
            },
            losses: vec![LossPoint {
                epoch: 1,
                mean: LossTerms {
                    image: 0.1,
                    text: 1.0 / 3.0,
                    kl: 0.0,
                    total: 1.1,
                },
                ..LossPoint::default()
            }],
            latents: Some(Latents {
                values: ndarray::array![[1.0, 2.0], [3.0, 4.5]],
            }),
            sweep: Some(KSweep {
                rows: vec![KSweepRow {
                    k: 2,
                    inertia: 1.0,
                    within: 0.5,
                    cross: 2.0,
                    silhouette: 0.3,
                    populations: vec![1, 1],
                    stability: 1.0,
                    labels: vec![ClusterId(0), ClusterId(1)],
                    ..KSweepRow::default()
                }],
                elbow: None,
                seed: 7,
                ..KSweep::default()
            }),
            assignment: Some(Assignment {
                method: ClusteringMethod::KMeans,
                k: 2,
                seed: 7,
                labels: vec![Some(ClusterId(0)), None],
                centroids: ndarray::array![[1.0, 2.0], [3.0, 4.5]],
                ..Assignment::default()
            }),
            embedding: Some(Embedding2 {
                perplexity: 8.0,
                seed: 7,
                iterations: 1_000,
                kl_divergence: Some(0.25),
                points: vec![[0.5, 1.0], [2.0, 3.0]],
            }),
            reconstructions: vec![Reconstruction {
                epoch: 1,
                pair: PairIndex(1),
                said: vec!["storm".into()],
                rgb: vec![1, 2, 3],
                words: vec!["疫苗".into()],
            }],
            figures: Some(Figures {
                columns: vec![Figure {
                    name: "views".into(),
                    values: vec![Some(1.0), None],
                }],
            }),
            descriptions: [(
                PairIndex(0),
                Description {
                    plain: "a man".into(),
                    edited: Some("一位医生".into()),
                    ..Description::default()
                },
            )]
            .into(),
            written: vec![WrittenTags {
                members: vec![PairIndex(0)],
                tags: ClusterTags::default(),
            }],
            tags: vec![ClusterTags {
                cluster: ClusterId(0),
                tags: vec![Tag {
                    text: "疫苗".into(),
                    score: 0.5,
                    lift: Some(2.5),
                    evidence: vec![PairIndex(0)],
                    ..Tag::default()
                }],
                model: "keywords".into(),
                ..ClusterTags::default()
            }],
        }
    }

    #[test]
    fn a_run_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("001");
        whole().save(&path).unwrap();
        assert_eq!(Run::load(&path).unwrap(), whole());
        let summary = Run::load_summary(&path).unwrap();
        assert_eq!((summary.config, summary.losses), (whole().config, whole().losses));
        assert_eq!(summary.name, "001");
    }

    #[test]
    fn parts_taken_away_are_gone_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("001");
        let mut run = whole();
        run.save(&path).unwrap();
        (run.assignment, run.tags) = (None, Vec::new());
        run.save(&path).unwrap();
        assert_eq!(Run::load(&path).unwrap(), run);
    }
}
