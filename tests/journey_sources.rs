//! Two videos studied together, in the real window: added, trained on, told apart on the map and the board, left out again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod window;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::analysis;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::forms::ColourBy;
use frameloom::app::state::{Legend, Stage, State, Step};
use frameloom::project::{FrameAt, Latents, PairIndex, Project, Run, RunConfig, Seconds, SourceIndex};
use ndarray::Array2;
use std::path::{Path, PathBuf};
use window::{ask, is_saved, press, settle, wait, window};

/// Pairs of the sample.
const PAIRS: usize = 28;

fn state<'a>(app: &'a Harness<'_, App>) -> &'a State {
    app.state().state()
}

fn show(app: &mut Harness<'_, App>, step: Step) {
    ask(app, Action::Run(Command::Show(step)));
}

/// The sample in a folder of its own, read and paired and saved.
fn sample(home: &Path, name: &str, captions: &str) -> PathBuf {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample");
    let folder = home.join(name);
    std::fs::create_dir(&folder).unwrap();
    let video = folder.join(format!("{name}.mp4"));
    std::fs::copy(assets.join("storm.mp4"), &video).unwrap();
    let project = folder.join(format!("{name}.frameloom"));
    let mut opened = analysis::open_video(&video, &project).unwrap();
    analysis::import_captions(&mut opened, &assets.join(captions), None, None).unwrap();
    let watch = frameloom::jobs::Watch::default();
    let of = opened.manifest.video.clone().unwrap();
    let (frames, _) =
        analysis::sample_frames(&of, &opened.manifest.sampling, None, &watch, &mut |_, _| {}).unwrap();
    let pairing = analysis::suggested_pairing(&opened.track, frames.frames.len());
    analysis::make_pairs(&mut opened, &frames, pairing);
    assert_eq!(opened.pairs.len(), PAIRS);
    analysis::save(&opened).unwrap();
    project
}

/// A run on both, with latents in three groups: of the first video, of both, of the second.
fn run_on_both(folder: &Path) {
    let mut project = Project::load(folder).unwrap();
    let on = project.trainable();
    assert_eq!(on.pairs.len(), 2 * PAIRS);
    let group = |pair: usize| usize::from(pair >= 18) + usize::from(pair >= 38);
    let value = |(pair, column): (usize, usize)| {
        let centre = if column == group(pair) { 10.0 } else { 0.0 };
        centre + ((pair * 7 + column * 13) % 11) as f32 * 0.03
    };
    project.run = Some(Run {
        name: "001-made-for-the-test".into(),
        config: RunConfig {
            made_of: project.made_of(),
            companions: project.companions(),
            pairs: 2 * PAIRS,
            finished: true,
            ..RunConfig::default()
        },
        latents: Some(Latents {
            values: Array2::from_shape_fn((2 * PAIRS, 6), value),
        }),
        on,
        ..Run::default()
    });
    project.save().unwrap();
}

/// A short training in the window, and what is asked of its network.
fn trains_on_both(app: &mut Harness<'_, App>, second: &Path) {
    ask(app, Action::Run(Command::Train));
    wait(app, "an epoch", |app| !app.state().training.losses.is_empty());
    let last = PairIndex::from(2 * PAIRS - 1);
    let frame = state(app).watched_frame(last).unwrap();
    assert_eq!(
        frame.source,
        SourceIndex(1),
        "what is put back is shown beside the frame of the right video"
    );
    ask(app, Action::RemoveCompanion(second.into()));
    let refused = |notice: &frameloom::app::state::Notice| notice.text.starts_with("Training is under way");
    assert!(state(app).notices.iter().any(refused));
    ask(app, Action::Run(Command::StopAndKeep));
    wait(app, "the clusters", |app| {
        app.state().stage(Step::Tags) == Stage::Done
            && app.state().stage(Step::Map) == Stage::Done
            && is_saved(app)
    });
    let project = state(app).project.as_ref().unwrap();
    assert_eq!(
        (project.studied().len(), project.source_names()),
        (2 * PAIRS, vec!["first", "second"])
    );
    assert_eq!(state(app).stale, None);
    show(app, Step::Clusters);
    wait(app, "the middles of the clusters", |app| {
        app.state()
            .board
            .centroids
            .as_ref()
            .is_some_and(|told| !told.is_empty())
            && is_saved(app)
    });
}

#[test]
fn another_video_joins_and_is_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let first = sample(home.path(), "first", "storm.en.srt");
    let second = sample(home.path(), "second", "storm.zh.srt");
    let mut app = window(home.path(), Some(first.clone()));
    wait(&mut app, "the first video", |app| {
        app.state().stage(Step::Training) == Stage::Ready && is_saved(app)
    });
    show(&mut app, Step::Video);
    app.get_by_label("Add another video’s project…");
    ask(&mut app, Action::AddCompanion(second.clone()));
    wait(&mut app, "the second video", |app| {
        app.state().company_frames.len() == 1 && is_saved(app)
    });
    app.get_by_label("Studied together with");
    // Captions of the first video cannot be those of a pair of the second: nothing of it is seen before a training.
    assert_eq!(state(&app).project.as_ref().unwrap().studied().len(), PAIRS);
    trains_on_both(&mut app, &second);
    drop(app);
    run_on_both(&first);

    let mut app = window(home.path(), Some(first));
    wait(&mut app, "clusters and map", |app| {
        app.state().stage(Step::Map) == Stage::Done
            && app.state().stage(Step::Tags) == Stage::Done
            && app.state().company_frames.len() == 1
            && is_saved(app)
    });
    show(&mut app, Step::Clusters);
    ask(&mut app, Action::ChooseK(3));
    let mut sources: Vec<Vec<usize>> = state(&app)
        .board
        .cards
        .iter()
        .map(|card| card.sources.clone())
        .collect();
    sources.sort();
    assert_eq!(sources, [[0, 18], [10, 10], [18, 0]]);
    app.get_by_label("By video: first 10 (50 %), second 10 (50 %)");
    let only_second = state(&app).board.cards.iter().find(|card| card.sources[0] == 0);
    assert!(
        only_second.unwrap().spells.is_empty(),
        "it occurs in no moment of the first video"
    );

    // A pair of the second video is looked at without the playhead of the first being moved.
    ask(&mut app, Action::Seek(Seconds(20.0)));
    let pair = PairIndex::from(PAIRS + 3);
    ask(&mut app, Action::Select(pair));
    assert_eq!(
        (state(&app).selected, state(&app).playhead),
        (Some(pair), Seconds(20.0))
    );
    let moment = state(&app).moment_of(pair);
    assert!(moment.starts_with("second 0:"), "{moment}");
    app.get_by_label(&moment);
    assert!(matches!(
        state(&app).frame_of(pair),
        Some(FrameAt {
            source: SourceIndex(1),
            ..
        })
    ));
    assert!(
        state(&app)
            .caption_of(pair)
            .chars()
            .any(|letter| letter > '\u{3000}')
    );
    assert!(
        state(&app).cues.chosen.is_empty(),
        "no caption of the first video is that of this pair"
    );
    let at = state(&app).pair_at(Seconds(50.0)).unwrap();
    assert!(at.index() < PAIRS, "the timeline is that of the first video");

    show(&mut app, Step::Map);
    app.state_mut()
        .ask(Action::Choose(Vec::new(), frameloom::app::state::Pick::Only));
    app.get_by_value(ColourBy::Cluster.name()).click();
    settle(&mut app);
    press(&mut app, ColourBy::Source.name());
    settle(&mut app);
    let names = match &state(&app).scatter.legend {
        Legend::Kinds(kinds) => kinds.iter().map(|(name, _)| name.clone()).collect(),
        _ => Vec::new(),
    };
    assert_eq!(names, ["first", "second"]);
    let colours = &state(&app).scatter.colours;
    assert_eq!(colours.len(), 2 * PAIRS);
    assert_ne!(colours[0], colours[PAIRS]);

    // Left out, the results are stale and say why; the other project was never written.
    ask(&mut app, Action::RemoveCompanion(second));
    wait(&mut app, "what became stale", |app| {
        app.state().stale.is_some() && is_saved(app)
    });
    let lines = state(&app).stale.as_ref().unwrap().lines();
    assert!(
        lines.iter().any(|line| line.starts_with("second is studied")),
        "{lines:?}"
    );
}

#[test]
fn what_cannot_join_is_said_in_words() {
    let home = tempfile::tempdir().unwrap();
    let first = sample(home.path(), "first", "storm.en.srt");
    let mut app = window(home.path(), Some(first.clone()));
    wait(&mut app, "the video", |app| {
        app.state().stage(Step::Training) == Stage::Ready && is_saved(app)
    });
    for (path, says) in [
        (first, "this very project"),
        (home.path().join("none"), "not a Frameloom project"),
    ] {
        app.state_mut().ask(Action::AddCompanion(path));
        for _ in 0..400 {
            app.step();
            std::thread::sleep(std::time::Duration::from_millis(5));
            if state(&app)
                .notices
                .iter()
                .any(|notice| notice.text.contains(says))
            {
                break;
            }
        }
        let notices = &state(&app).notices;
        assert!(
            notices.iter().any(|notice| notice.text.contains(says)),
            "{notices:?}"
        );
    }
    assert!(
        state(&app)
            .project
            .as_ref()
            .unwrap()
            .manifest
            .companions
            .is_empty()
    );
}
