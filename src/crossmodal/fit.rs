//! Towers for each part of the video, fitted without it.

use super::folds::{Fold, check_size, folds, numbered};
use super::search::FrameSearch;
use super::unseen::UnseenScores;
use crate::jobs::Watch;
use crate::model::ContrastShape;
use crate::pairing::Dataset;
use crate::training::batches::mix;
use crate::training::contrast::{ContrastConfig, ContrastPairs, FrameFeatures, fit};
use crate::training::fitting::FitError;
use crate::training::{Control, device};
use ndarray::Array2;

/// Towers that have each left out one part of the video, and what they say of all pairs.
#[derive(Debug)]
pub struct CrossFit {
    /// How well frames and captions fit: cosines times the learned scale.
    pub scores: UnseenScores,
    /// Epochs of each fit.
    pub epochs: Vec<usize>,
    /// Where it was fitted, for people.
    pub device: String,
    /// Finds frames by a sentence, with one judge of each part.
    pub search: FrameSearch,
    /// What the towers are given.
    pub shape: ContrastShape,
}

/// Fits towers once for each part of the video, without that part. Progress is in epochs of all fits.
///
/// # Errors
/// When there are too few pairs or captions, when a fit cannot go on, or when the work is cancelled.
pub fn cross_fit(
    dataset: &Dataset,
    features: &FrameFeatures,
    config: &ContrastConfig,
    watch: &Watch,
) -> Result<CrossFit, FitError> {
    check_size(dataset.len())?;
    let (on, device, _) = device::choose(config.fit.device, Control::default().threads())?;
    let pairs = ContrastPairs::new(dataset, features, config, on)?;
    let captions = numbered(&dataset.tokens);
    let folds = folds(&captions);
    let (mut search, mut epochs, mut matrices) = (FrameSearch::default(), Vec::new(), Vec::new());
    let total = folds.len() as u64 * u64::from(config.judges) * u64::from(config.fit.epochs);
    for (index, Fold { learned, .. }) in folds.iter().enumerate() {
        let mut sum = Array2::zeros((dataset.len(), dataset.len()));
        for judge in 0..config.judges {
            watch.say(format!(
                "fitting pictures and words, {} of {}",
                index as u32 * config.judges + judge + 1,
                folds.len() as u32 * config.judges
            ));
            let mut own = config.clone();
            own.fit.seed = mix(&[config.fit.seed, judge.into()]);
            let before = u64::from((index as u32 * config.judges + judge) * config.fit.epochs);
            let one = fit(&pairs, learned, &own, watch, &mut |epoch| {
                watch.report(before + u64::from(epoch), total);
            })?;
            let [pictures, captions] = one.places(&pairs)?;
            sum += &(pictures.dot(&captions.t()) * one.scale as f32);
            epochs.push(one.losses.len());
            if judge == 0 {
                search.add(one, pictures);
            }
        }
        matrices.push(sum / config.judges as f32);
    }
    Ok(CrossFit {
        scores: UnseenScores {
            folds,
            matrices,
            captions,
        },
        epochs,
        device,
        search,
        shape: pairs.shape,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::WordVectors;
    use crate::crossmodal::colour_layout;
    use crate::crossmodal::evaluation::Retrieval;
    use crate::crossmodal::synthetic::{SCENES, SyntheticVideo};
    use crate::crossmodal::{KeptSearch, PictureFit};
    use crate::project::TrainedOn;
    use crate::training::DeviceChoice;
    use crate::training::fitting::FitSettings;

    #[test]
    fn a_typed_sentence_finds_frames_of_its_scene() {
        let video = SyntheticVideo::new(100, 3);
        let config = ContrastConfig {
            fit: FitSettings {
                device: DeviceChoice::Cpu,
                ..FitSettings::over(40, 2e-3)
            },
            ..ContrastConfig::default()
        };
        let watch = Watch::default();
        let features = colour_layout(&video.dataset, &watch).unwrap();
        let fit = cross_fit(&video.dataset, &features, &config, &watch).unwrap();
        let answers = &video.answers;
        let frames_of = |scene| {
            let of = (0..100).filter(move |&pair| answers.scene_shown(pair) == Some(scene));
            of.count()
        };
        let scene = (0..SCENES.len()).max_by_key(|&scene| frames_of(scene)).unwrap();
        let typed = WordVectors::built_in(&[SCENES[scene][0].to_owned(), SCENES[scene][1].to_owned()]);
        let words: Vec<Vec<f32>> = typed.vectors.chunks(300).map(<[f32]>::to_vec).collect();
        let found = fit.search.frames_for(&words).unwrap();
        assert_eq!(found.len(), 100);
        let right = found
            .iter()
            .take(5)
            .filter(|found| answers.scene_shown(found.pair) == Some(scene));
        assert!(right.count() >= 4, "{:?}", found.get(..5));
        assert!(fit.search.frames_for(&[]).is_err());
        assert_eq!(fit.scores.captions_for(0).len(), 100);

        // What is kept finds the same.
        let folder = tempfile::tempdir().unwrap();
        let on = TrainedOn {
            pairs: video.dataset.pairs.clone(),
            texts: (0..100).map(|pair| video.dataset.words(pair).join(" ")).collect(),
        };
        let sources = [fit.device.clone(), "colours".into(), "words".into()];
        let mut kept = PictureFit::new(("a".into(), on), config, sources, &fit.scores, None);
        let search = KeptSearch::Towers(fit.search, fit.shape);
        let telling = kept.telling;
        let above = |found: Retrieval| found.mean_reciprocal_rank > telling.chance;
        assert!(
            above(telling.frames_by_words) && above(telling.words_by_frame),
            "{telling:?}"
        );
        kept.save(folder.path(), &search).unwrap();
        let read = PictureFit::load(folder.path()).unwrap().unwrap();
        assert_eq!(read, kept);
        let KeptSearch::Towers(again, _) = read.search(folder.path()).unwrap() else {
            panic!("towers were kept")
        };
        let again = again.frames_for(&words).unwrap();
        for (again, before) in again.iter().zip(&found) {
            assert!(again.pair == before.pair && (again.score - before.score).abs() < 1e-5);
        }
        assert!(PictureFit::load(&folder.path().join("none")).unwrap().is_none());
        std::fs::write(folder.path().join("fit/fit.json"), "{\"version\": 0}").unwrap();
        assert!(
            PictureFit::load(folder.path()).unwrap().is_none(),
            "of another form"
        );
    }

    #[test]
    fn a_short_video_is_refused_in_words() {
        let dataset = crate::training::train::tests::dataset(30);
        let features = FrameFeatures {
            values: Array2::zeros((30, 4)),
            source: String::new(),
        };
        let error = cross_fit(&dataset, &features, &ContrastConfig::default(), &Watch::default());
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("only 30 pairs") && error.contains("at least 75"),
            "{error}"
        );
    }
}
