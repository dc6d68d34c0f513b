//! Two tellings of one event, and all videos of a topic: how alike their clusters are by the meaning of their tags.

use super::clusters::{chosen, keywords};
use super::models::Found;
use crate::interpretation::SharedWords;
use crate::interpretation::comparison::{
    self, Clustered, Comparison, Theme, Validity, languages, over_draws, over_k, validity,
};
use crate::interpretation::phrases::Phrases;
use crate::jobs::Watch;
use crate::pretrained::{SentenceEncoder, Translator, catalogue};
use crate::project::{ClusterId, ClusterTags, Language, Project, counted};
use anyhow::{Context, ensure};
use ndarray::Array2;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Seed of the redraws.
const SEED: u64 = 3407;

/// Numbers of clusters around the chosen one that tell how sure a comparison is.
const AROUND: usize = 2;

/// What tells how alike phrases are.
pub enum Ruler {
    /// A model of phrases, and the languages that it knows.
    Model(Box<SentenceEncoder>, String, BTreeSet<&'static str>),
    /// The words that they share.
    Words(SharedWords),
}

impl Ruler {
    /// Loads a model of phrases; without one, words are compared.
    ///
    /// # Errors
    /// When it cannot be loaded, and when cancelled.
    pub fn load(found: Option<&Found>, watch: &Watch) -> anyhow::Result<Self> {
        let Some(found) = found else {
            return Ok(Self::Words(SharedWords));
        };
        let model = super::models::phrases(&found.path, watch)?;
        Ok(Self::Model(
            Box::new(model),
            found.name.clone(),
            languages_of(found),
        ))
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Model(_, name, _) => name,
            Self::Words(_) => "words in common",
        }
    }

    /// Whether Chinese has to be translated for it.
    #[must_use]
    pub fn knows_english_only(&self) -> bool {
        matches!(self, Self::Model(_, _, known) if *known == BTreeSet::from([Language::English.code()]))
    }

    fn phrases(&mut self) -> &mut dyn Phrases {
        match self {
            Self::Model(model, ..) => model.as_mut(),
            Self::Words(words) => words,
        }
    }
}

/// The languages that a model of phrases knows: as the catalogue says, or, of a model of the user's own, as many as its vocabulary is
/// large enough for.
fn languages_of(found: &Found) -> BTreeSet<&'static str> {
    let (english, chinese) = (Language::English.code(), Language::Chinese.code());
    let known = catalogue::MODELS.iter().find(|model| model.name == found.name);
    let text = std::fs::read_to_string(found.path.join("config.json")).unwrap_or_default();
    let config: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let words = config
        .get("vocab_size")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(0);
    // One language has 20,000 to 50,000 pieces of words, a hundred have 100,000 and more.
    let many = known.map_or(words > 80_000, |model| model.languages.contains("Chinese"));
    let name = found.name.to_lowercase();
    if many {
        [english, chinese].into()
    } else if name.contains("chinese") {
        [chinese].into()
    } else {
        [english].into()
    }
}

/// How sure a comparison is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Spread {
    /// What hangs on single tags: they are drawn again from those there are.
    #[default]
    Tags,
    /// What hangs on the number of clusters: other numbers, with their keywords.
    K,
}

/// Two projects compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The clusters, how alike they are, and what follows.
    pub comparison: Comparison,
    /// What told how alike phrases are.
    pub ruler: String,
    /// What the intervals are over, in words.
    pub spread: String,
    /// The tags that were translated before they were compared.
    pub translations: BTreeMap<String, String>,
    /// The tags that had to be translated and came back empty: they are not compared.
    pub untranslated: BTreeSet<String>,
    /// What the analyst should know.
    pub notes: Vec<String>,
}

/// Compares the clusters of two projects by their tags, without those that are left out.
///
/// # Errors
/// When a project has no tags, when the ruler does not know their languages and they cannot be translated, when a model fails, and
/// when cancelled.
pub fn compare(
    projects: [&Project; 2],
    left_out: [&BTreeSet<ClusterId>; 2],
    ruler: &mut Ruler,
    translator: Option<&mut Translator>,
    spread: Spread,
    watch: &Watch,
) -> anyhow::Result<Compared> {
    let [one, other] = projects;
    let mut sides = Vec::new();
    for (project, left_out) in projects.into_iter().zip(left_out) {
        sides.push(side(project, left_out)?);
    }
    let others: Vec<Vec<Side>> = match spread {
        Spread::Tags => vec![Vec::new(), Vec::new()],
        Spread::K => vec![around(one), around(other)],
    };
    let all = || sides.iter().chain(others.iter().flatten());
    let texts: BTreeSet<String> = all()
        .flat_map(|side| &side.tags)
        .flat_map(|tags| tags.texts.iter().cloned())
        .collect();
    let Translated {
        translations,
        untranslated,
        mut notes,
    } = translated(&texts, ruler, translator, watch)?;
    let texts: Vec<String> = texts
        .into_iter()
        .filter(|text| !untranslated.contains(text))
        .collect();
    let english = |text: &String| translations.get(text).unwrap_or(text).clone();
    watch.say("comparing the tags");
    let vectors = ruler
        .phrases()
        .vectors(&texts.iter().map(english).collect::<Vec<_>>(), watch)?;
    ensure!(
        vectors.nrows() == texts.len(),
        "the model of phrases gave {} vectors for {} tags",
        vectors.nrows(),
        texts.len()
    );
    let places: BTreeMap<&str, usize> = texts
        .iter()
        .enumerate()
        .map(|(place, text)| (text.as_str(), place))
        .collect();
    let themes = |side: &Side| -> Vec<Theme> {
        side.tags
            .iter()
            .map(|tags| tags.theme(&places, &vectors))
            .collect()
    };
    let of = |side: usize| sides.get(side).map(themes).unwrap_or_default();
    let (rows, columns) = (of(0), of(1));
    let mut comparison = comparison::compare(&rows, &columns)?;
    let (intervals, over) = match spread {
        Spread::Tags => (
            over_draws(&comparison, [&[], &[]], SEED, watch)?,
            "tags drawn again a thousand times from the ten there are".to_owned(),
        ),
        Spread::K => {
            let clustered = |place: usize, themes: Vec<Theme>| Clustered {
                labels: sides
                    .get(place)
                    .map(|side| side.labels.clone())
                    .unwrap_or_default(),
                themes,
            };
            let beside = |place: usize| -> Vec<Clustered> {
                let others = others.get(place).into_iter().flatten();
                others
                    .map(|side| Clustered {
                        labels: side.labels.clone(),
                        themes: themes(side),
                    })
                    .collect()
            };
            let (first, second) = (beside(0), beside(1));
            let counts = format!(
                "{} and {} other numbers of clusters, with their keywords",
                first.len(),
                second.len()
            );
            if first.is_empty() && second.is_empty() {
                notes.push(
                    "Neither project keeps other numbers of clusters: search with a range of k first.".into(),
                );
            }
            let chosen = [&clustered(0, rows), &clustered(1, columns)];
            (over_k(&comparison, chosen, [&first, &second], watch)?, counts)
        }
    };
    comparison.intervals = Some(intervals);
    if matches!(ruler, Ruler::Words(_)) {
        notes.push(
            "Compared by the words that tags share, not by their meaning: get a model of phrases for that."
                .into(),
        );
    }
    Ok(Compared {
        comparison,
        ruler: ruler.name().to_owned(),
        spread: over,
        translations,
        untranslated,
        notes,
    })
}

/// The clusters of a project on their way into a comparison.
struct Side {
    labels: Vec<Option<ClusterId>>,
    tags: Vec<Tagged>,
}

struct Tagged {
    cluster: ClusterId,
    name: String,
    texts: Vec<String>,
    is_left_out: bool,
}

impl Tagged {
    fn theme(&self, places: &BTreeMap<&str, usize>, vectors: &Array2<f32>) -> Theme {
        // What has no place could not be translated.
        let placed = self
            .texts
            .iter()
            .filter_map(|text| Some((text.clone(), *places.get(text.as_str())?)));
        let (tags, rows): (Vec<String>, Vec<usize>) = placed.unzip();
        Theme {
            cluster: self.cluster,
            name: self.name.clone(),
            is_left_out: self.is_left_out || tags.is_empty(),
            tags,
            vectors: vectors.select(ndarray::Axis(0), &rows),
        }
    }
}

/// The chosen clusters with the tags they have; hidden ones and those without tags are left out.
fn side(project: &Project, left_out: &BTreeSet<ClusterId>) -> anyhow::Result<Side> {
    let name = &project.manifest.name;
    let run = project
        .run
        .as_ref()
        .with_context(|| format!("{name} has no training: its clusters cannot be compared yet"))?;
    let chosen = run
        .assignment
        .as_ref()
        .with_context(|| format!("{name} has no clusters: choose their number in the Clusters step first"))?;
    let tagged = |cluster: ClusterId| {
        let texts: Vec<String> = run.tags_of(cluster).map(texts).unwrap_or_default();
        Tagged {
            cluster,
            name: chosen.name(cluster),
            is_left_out: chosen.is_hidden(cluster) || left_out.contains(&cluster) || texts.is_empty(),
            texts,
        }
    };
    let tags: Vec<Tagged> = chosen.clusters().map(tagged).collect();
    ensure!(
        tags.iter().any(|tags| !tags.texts.is_empty()),
        "{name} has no tags: open it once, or tag its clusters in the Tags step first"
    );
    ensure!(
        tags.iter().any(|tags| !tags.is_left_out),
        "all clusters of {name} are left out or hidden: leave at least one in"
    );
    let labels = chosen.labels.clone();
    Ok(Side { labels, tags })
}

fn texts(tags: &ClusterTags) -> Vec<String> {
    tags.tags.iter().map(|tag| tag.text.clone()).collect()
}

/// The clusterings of a project with some more and some fewer clusters, by their keywords.
fn around(project: &Project) -> Vec<Side> {
    let Some(k) = project
        .run
        .as_ref()
        .and_then(|run| Some(run.assignment.as_ref()?.k))
    else {
        return Vec::new();
    };
    let range: RangeInclusive<usize> = k.saturating_sub(AROUND).max(2)..=k + AROUND;
    range
        .filter(|other| *other != k)
        .filter_map(|k| with_k(project, k))
        .collect()
}

fn with_k(project: &Project, k: usize) -> Option<Side> {
    let clusters = chosen(project.run.as_ref()?, None, k)?;
    let labels = clusters.labels.clone();
    let mut project = project.clone();
    project.run.as_mut()?.assignment = Some(clusters);
    let tags = keywords(&project).into_iter().map(|tags| Tagged {
        cluster: tags.cluster,
        name: String::new(),
        texts: texts(&tags),
        is_left_out: tags.tags.is_empty(),
    });
    let tags = tags.filter(|tags| !tags.is_left_out).collect();
    Some(Side { labels, tags })
}

/// Tags of another language in English.
#[derive(Debug, Default)]
struct Translated {
    translations: BTreeMap<String, String>,
    untranslated: BTreeSet<String>,
    notes: Vec<String>,
}

impl Translated {
    /// What came of each text. One that came back without a letter has no meaning that could be compared.
    fn of(texts: Vec<String>, english: Vec<String>) -> Self {
        let says = |text: &str| text.chars().any(char::is_alphanumeric);
        let pairs = texts.into_iter().zip(english);
        let (translations, lost): (BTreeMap<_, _>, BTreeMap<_, _>) =
            pairs.partition(|(_, english)| says(english));
        let untranslated: BTreeSet<String> = lost.into_keys().collect();
        let mut notes = vec![format!(
            "{} translated into English first.",
            counted_were(translations.len(), "Chinese tag")
        )];
        if !untranslated.is_empty() {
            let list: Vec<&str> = untranslated.iter().map(String::as_str).collect();
            notes.push(format!(
                "{} not compared, for nothing came of translating: {}.",
                counted_were(untranslated.len(), "tag"),
                list.join(", ")
            ));
        }
        Self {
            translations,
            untranslated,
            notes,
        }
    }
}

fn counted_were(count: usize, noun: &str) -> String {
    format!(
        "{} {}",
        counted(count, noun),
        if count == 1 { "was" } else { "were" }
    )
}

/// The tags in a language that the ruler does not know, as English; and what to say of them.
fn translated(
    texts: &BTreeSet<String>,
    ruler: &Ruler,
    translator: Option<&mut Translator>,
    watch: &Watch,
) -> anyhow::Result<Translated> {
    let spoken = languages(texts.iter().map(String::as_str));
    let known = match ruler {
        Ruler::Model(_, _, known) => known,
        Ruler::Words(_) => {
            ensure!(
                spoken.len() < 2,
                "the tags are in two languages, which share no words: get a multilingual model of phrases to compare them"
            );
            return Ok(Translated::default());
        }
    };
    match (validity(&spoken, known), translator) {
        (Validity::Fine, _) => Ok(Translated::default()),
        (Validity::TranslateFirst, Some(translator)) => {
            let foreign: Vec<String> = texts
                .iter()
                .filter(|text| languages([text.as_str()]).contains(Language::Chinese.code()))
                .cloned()
                .collect();
            watch.say("translating tags");
            let english = translator.translate(&foreign, watch)?;
            Ok(Translated::of(foreign, english))
        }
        (Validity::TranslateFirst, None) => anyhow::bail!(
            "{} knows English only, and some tags are Chinese: its numbers would mean nothing. Choose a multilingual model of phrases, or get a \
             model that translates Chinese into English",
            ruler.name()
        ),
        (Validity::NotValid, _) => anyhow::bail!(
            "{} does not know the languages of all tags, so that its numbers would mean nothing: choose a multilingual model of phrases",
            ruler.name()
        ),
    }
}

/// How alike the videos of a topic are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicMatrix {
    /// What the projects are called.
    pub names: Vec<String>,
    /// Of each with each, in the same order: the mean, over the clusters of both, of the similarity to the nearest cluster of the other.
    /// None where two cannot be compared, and on the diagonal.
    pub cells: Vec<Vec<Option<f64>>>,
    /// Why pairs of them cannot be compared.
    pub notes: Vec<String>,
}

impl TopicMatrix {
    /// As a CSV table with the names at the head and at the side; empty where there is no figure.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut table = csv::Writer::from_writer(Vec::new());
        let head = std::iter::once("").chain(self.names.iter().map(String::as_str));
        let mut written = table.write_record(head).is_ok();
        for (name, cells) in self.names.iter().zip(&self.cells) {
            let figures = cells
                .iter()
                .map(|cell| cell.map_or_else(String::new, |cell| format!("{cell:.9}")));
            written &= table
                .write_record(std::iter::once(name.clone()).chain(figures))
                .is_ok();
        }
        // Into memory nothing fails.
        debug_assert!(written);
        String::from_utf8(table.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

/// Compares each project of a topic with each.
///
/// # Errors
/// When cancelled.
pub fn matrix(
    projects: &[&Project],
    ruler: &mut Ruler,
    mut translator: Option<&mut Translator>,
    watch: &Watch,
) -> anyhow::Result<TopicMatrix> {
    let count = projects.len();
    let mut cells = vec![vec![None; count]; count];
    let mut notes = Vec::new();
    let none = BTreeSet::new();
    let total = count * count.saturating_sub(1) / 2;
    let mut done = 0_u64;
    for (row, one) in projects.iter().enumerate() {
        for (column, other) in projects.iter().enumerate().skip(row + 1) {
            watch.check()?;
            watch.report(done, total as u64);
            done += 1;
            match compare(
                [one, other],
                [&none, &none],
                ruler,
                translator.as_deref_mut(),
                Spread::Tags,
                watch,
            ) {
                Ok(compared) => {
                    let mean = likeness(&compared.comparison);
                    for (row, column) in [(row, column), (column, row)] {
                        if let Some(cell) = cells.get_mut(row).and_then(|cells| cells.get_mut(column)) {
                            *cell = Some(mean);
                        }
                    }
                }
                Err(error) => {
                    watch.check()?;
                    let names = [&one.manifest.name, &other.manifest.name];
                    notes.push(format!("{} and {}: {error:#}", names[0], names[1]));
                }
            }
        }
    }
    Ok(TopicMatrix {
        names: projects
            .iter()
            .map(|project| project.manifest.name.clone())
            .collect(),
        cells,
        notes,
    })
}

/// The mean, over the clusters of both, of the similarity to the nearest cluster of the other.
#[must_use]
pub fn likeness(comparison: &Comparison) -> f64 {
    let cells = comparison.cells.mapv(|cell| cell.similarity);
    let best = |lane: ndarray::ArrayView1<f64>| lane.iter().copied().fold(f64::MIN, f64::max);
    let nearest: Vec<f64> = cells
        .rows()
        .into_iter()
        .chain(cells.columns())
        .map(best)
        .collect();
    nearest.iter().sum::<f64>() / nearest.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_cannot_be_translated_is_told_and_not_compared() {
        let texts = ["疫苗", "感染", "接种"].map(str::to_owned).to_vec();
        let english = ["vaccine", " ", "."].map(str::to_owned).to_vec();
        let translated = Translated::of(texts, english);
        assert_eq!(
            translated.translations,
            BTreeMap::from([("疫苗".to_owned(), "vaccine".to_owned())])
        );
        assert_eq!(translated.notes.len(), 2);
        assert!(translated.notes[0].starts_with("1 Chinese tag was translated"));
        assert!(
            translated.notes[1].contains("2 tags were not compared") && translated.notes[1].contains("感染")
        );

        let tags = Tagged {
            cluster: ClusterId(0),
            name: "one".into(),
            texts: vec!["疫苗".into(), "感染".into()],
            is_left_out: false,
        };
        let theme = tags.theme(&BTreeMap::from([("疫苗", 1)]), &ndarray::array![[0.0], [7.0]]);
        assert_eq!(
            (theme.tags, theme.vectors),
            (vec!["疫苗".to_owned()], ndarray::array![[7.0]])
        );
        let nothing = Tagged {
            texts: vec!["感染".into()],
            ..tags
        };
        assert!(
            nothing
                .theme(&BTreeMap::new(), &ndarray::array![[0.0]])
                .is_left_out
        );
    }
}
