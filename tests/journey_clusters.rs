//! Choosing k and living in the clusters, in the real window: plots, map, ribbon, board, undo, another sweep, a crash, exports.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod window;

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::analysis::Takeaway;
use frameloom::app::App;
use frameloom::app::action::{Action, ClusterEdit};
use frameloom::app::command::Command;
use frameloom::app::forms::ColourBy;
use frameloom::app::state::{Legend, Pick, Question, Stage, Step};
use frameloom::project::{Assignment, ClusterId, ClusteringMethod, PairIndex, Project};
use ndarray::Array2;
use std::path::{Path, PathBuf};
use window::{ask, clustered, is_saved, pick, press, run, settle, show, wait, window};

/// Pairs of the sample.
const PAIRS: usize = 28;

/// Where the second and third of three clear groups of them begin, in order of time: 14 pairs, then 9, then 5.
const GROUPS: [usize; 2] = [14, 23];

/// The window with the clusters of that sample found and the map drawn.
fn opened(home: &Path, folder: PathBuf) -> Harness<'static, App> {
    let mut app = window(home, Some(folder));
    wait(&mut app, "clusters and map", |app| {
        let state = app.state();
        state.stage(Step::Map) == Stage::Done
            && state.stage(Step::Tags) == Stage::Done
            && state.running.is_empty()
    });
    app
}

fn is_quiet(app: &App) -> bool {
    app.state().running.is_empty()
}

fn edit(app: &mut Harness<'_, App>, edit: ClusterEdit) {
    ask(app, Action::EditClusters(edit));
}

fn clusters<'a>(app: &'a Harness<'_, App>) -> &'a Assignment {
    app.state().state().clusters().unwrap()
}

/// Asks for what must be refused, with words that say why.
fn refuse(app: &mut Harness<'_, App>, action: Action, why: &str) {
    app.state_mut().ask(action);
    let errors = |app: &Harness<'_, App>| {
        let notices = app.state().state().notices.iter().filter(|notice| notice.error);
        notices.cloned().collect::<Vec<_>>()
    };
    for _ in 0..400 {
        app.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
        if !errors(app).is_empty() {
            break;
        }
    }
    let told = errors(app);
    assert!(
        told.iter().any(|notice| notice.text.to_lowercase().contains(why)),
        "{why}: {told:?}"
    );
    for notice in told {
        ask(app, Action::Dismiss(notice.id));
    }
}

/// Draws with the pointer held down.
fn draw(app: &mut Harness<'_, App>, path: &[Pos2], modifiers: Modifiers) {
    app.event(Event::ModifiersChanged(modifiers));
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    };
    let (first, last) = (path[0], path[path.len() - 1]);
    app.event(Event::PointerMoved(first));
    app.step();
    app.event(button(first, true));
    app.step();
    for at in path {
        app.event(Event::PointerMoved(*at));
        app.step();
    }
    app.event(button(last, false));
    app.step();
    app.event(Event::ModifiersChanged(Modifiers::NONE));
    settle(app);
}

fn chosen(app: &Harness<'_, App>) -> Vec<u32> {
    app.state().state().chosen.iter().map(|pair| pair.0).collect()
}

/// What the command line finds in the latents of the run.
fn on_the_command_line(folder: &Path, k: usize, more: &[&str]) -> serde_json::Value {
    let latents = folder.join("runs/001-made-for-the-test/latents.npy");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_frameloom"));
    command.arg("cluster").arg(latents);
    command
        .args(["--json", "--seed", "3407", "--k", &k.to_string()])
        .args(more);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_command_line_and_the_window_find_the_same() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &GROUPS);
    let mut app = opened(home.path(), folder.clone());
    show(&mut app, Step::Clusters);
    for (method, name) in [
        (ClusteringMethod::KMeans, "kmeans"),
        (ClusteringMethod::Gmm, "gmm"),
    ] {
        if method == ClusteringMethod::Gmm {
            pick(&mut app, "k-means", "Gaussian mixture");
        }
        ask(&mut app, Action::FindClusters);
        wait(&mut app, "clusters", is_quiet);
        ask(&mut app, Action::ChooseK(4));
        wait(&mut app, "tags", is_quiet);
        let told = on_the_command_line(&folder, 4, &["--method", name]);
        let sweep = app
            .state()
            .state()
            .run()
            .and_then(|run| run.sweep.as_ref())
            .unwrap();
        assert_eq!(sweep.method, method);
        let rows = told["sweep"].as_array().unwrap();
        assert_eq!(rows.len(), sweep.rows.len());
        for (row, told) in sweep.rows.iter().zip(rows) {
            let shown = serde_json::to_value(row).unwrap();
            for measure in [
                "k",
                "inertia",
                "within",
                "cross",
                "silhouette",
                "populations",
                "stability",
            ] {
                assert_eq!(
                    shown[measure], told[measure],
                    "{measure} at k = {} by {name}",
                    row.k
                );
            }
        }
        let labels: Vec<_> = clusters(&app)
            .labels
            .iter()
            .map(|label| label.map(|id| id.0))
            .collect();
        assert_eq!(serde_json::to_value(labels).unwrap(), told["labels"]);
    }
}

#[test]
fn the_map_takes_colours_from_any_number() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &GROUPS);
    let table = home.path().join("views.csv");
    let rows: String = (0..PAIRS)
        .map(|pair| format!("{pair},{},{}\n", pair * 10, if pair == 3 { "" } else { "1.5" }))
        .collect();
    std::fs::write(&table, format!("pair,views,mood\n{rows}")).unwrap();
    let mut app = opened(home.path(), folder.clone());
    show(&mut app, Step::Map);
    ask(&mut app, Action::ReadFigures(table.clone()));
    wait(&mut app, "figures", is_saved);
    app.step();
    let range = |app: &Harness<'_, App>| app.state().state().scatter.legend.clone();
    assert_eq!(range(&app), Legend::Range("0".into(), "270".into()));
    pick(&mut app, ColourBy::Figure.name(), ColourBy::Dimension.name());
    assert!(
        matches!(range(&app), Legend::Range(least, _) if least.starts_with("0.0")),
        "{:?}",
        range(&app)
    );
    // A table of other pairs is refused in words, and what is there stays.
    std::fs::write(&table, "views\n1\n2\n3\n").unwrap();
    refuse(&mut app, Action::ReadFigures(table), "3 rows");
    drop(app);
    let kept = Project::load(&folder).unwrap().run.unwrap().figures.unwrap();
    let names: Vec<_> = kept.columns.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names, ["views", "mood"]);
    assert_eq!(
        (kept.columns[1].values[2], kept.columns[1].values[3]),
        (Some(1.5), None)
    );
}

#[test]
fn a_choice_of_k_and_a_selection_are_seen_everywhere() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &GROUPS);
    let mut app = opened(home.path(), folder);
    assert_eq!(clusters(&app).k, 3, "one begins with the clear elbow");
    show(&mut app, Step::Clusters);
    app.get_by_label("Clear bend at k = 3");
    press(&mut app, "k = 4");
    assert_eq!(clusters(&app).k, 4);
    assert_eq!(app.state().state().board.cards.len(), 4);
    // It can be taken back like any edit.
    run(&mut app, Command::Undo);
    assert_eq!(clusters(&app).k, 3);
    for view in ["Tree of k", "Figures", "Plots"] {
        press(&mut app, view);
    }

    // A drag along the ribbon chooses a stretch of the video, and its captions with it.
    let timeline = app.get_by_label("Timeline").rect();
    let y = timeline.bottom() - 17.0;
    let x = |share: f32| timeline.left() + timeline.width() * share;
    let path = [0.25, 0.4, 0.5].map(|share| pos2(x(share), y));
    draw(&mut app, &path, Modifiers::NONE);
    let state = app.state().state();
    let duration = state.duration().0;
    let studied = state.project.as_ref().unwrap().studied();
    let inside = |pair: &u32| (duration * 0.23..=duration * 0.52).contains(&studied[*pair as usize].time.0);
    let stretch = chosen(&app);
    assert!(stretch.len() > 3 && stretch.iter().all(inside), "{stretch:?}");
    let mut cues = stretch.iter().filter_map(|pair| studied[*pair as usize].cue);
    assert!(cues.all(|cue| state.cues.chosen.contains(&cue)));

    // A line around all points chooses all; with Shift held, no tool has to be taken first.
    show(&mut app, Step::Map);
    let (left, right, top, bottom) = (314.0, 1026.0, 216.0, 628.0);
    let corners = [
        (left, top),
        (right, top),
        (right, bottom),
        (left, bottom),
        (left, top + 9.0),
    ];
    draw(&mut app, &corners.map(|(x, y)| pos2(x, y)), Modifiers::SHIFT);
    assert_eq!(chosen(&app).len(), PAIRS);
    app.key_press(eframe::egui::Key::Escape);
    settle(&mut app);
    assert!(chosen(&app).is_empty());
    press(&mut app, "Cluster 2");
    assert_eq!(chosen(&app), (14..23).collect::<Vec<_>>());
    press(&mut app, "PCA");
    press(&mut app, "t-SNE");

    // A cue of the table chooses its pair.
    show(&mut app, Step::Alignment);
    let cue = app.state().state().project.as_ref().unwrap().studied()[5]
        .cue
        .unwrap();
    ask(&mut app, Action::PickCue(cue, Pick::Only));
    assert_eq!(chosen(&app), [5]);
}

#[test]
fn clusters_made_over_by_hand_outlive_another_sweep_and_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &GROUPS);
    let mut app = opened(home.path(), folder.clone());
    let found = clusters(&app).clone();
    show(&mut app, Step::Clusters);
    edit(&mut app, ClusterEdit::Rename(ClusterId(1), "the guest".into()));
    assert!(app.get_all_by_label("the guest").next().is_some());
    edit(&mut app, ClusterEdit::Merge(vec![ClusterId(0), ClusterId(2)]));
    assert_eq!(clusters(&app).sizes(), [19, 9]);
    wait(&mut app, "the words of the merged clusters", |app| {
        app.state().stage(Step::Tags) == Stage::Done && is_quiet(app)
    });
    ask(
        &mut app,
        Action::Choose([0, 1].map(PairIndex).to_vec(), Pick::Only),
    );
    press(&mut app, "New cluster");
    assert_eq!(clusters(&app).sizes(), [17, 9, 2]);
    edit(&mut app, ClusterEdit::Move(Some(ClusterId(1))));
    assert_eq!(
        clusters(&app).sizes(),
        [17, 11],
        "what lost its last pair is gone"
    );
    edit(&mut app, ClusterEdit::Split(ClusterId(0)));
    wait(&mut app, "the two parts", |app| {
        is_quiet(app) && app.state().edits.undoes() == Some("Split cluster")
    });
    assert_eq!(
        clusters(&app).sizes(),
        [12, 11, 5],
        "k-means finds the two groups again"
    );
    edit(&mut app, ClusterEdit::Hide(ClusterId(2), true));
    press(&mut app, "Show Cluster 3");
    for _ in 0..7 {
        run(&mut app, Command::Undo);
    }
    assert_eq!(clusters(&app).name(ClusterId(1)), "Cluster 2");
    assert_eq!(clusters(&app).labels, found.labels);
    run(&mut app, Command::Redo);
    assert_eq!(clusters(&app).name(ClusterId(1)), "the guest");

    // Another sweep finds the same clusters, and they keep their names; so they do when another k is looked at.
    press(&mut app, "Find again");
    wait(&mut app, "the sweep", is_quiet);
    press(&mut app, "k = 2");
    press(&mut app, "k = 3");
    wait(&mut app, "the words", is_quiet);
    let named = clusters(&app);
    let guest = named
        .clusters()
        .find(|cluster| named.name(*cluster) == "the guest");
    assert_eq!(guest.map(|guest| named.sizes()[guest.index()]), Some(9));

    // Clusters of an earlier search are told apart from those in the plots.
    ask(&mut app, Action::FindClusters);
    wait(&mut app, "the same sweep", is_quiet);
    assert_eq!(app.state().state().board.k(), Some(3));
    edit(&mut app, ClusterEdit::Merge(vec![ClusterId(0), ClusterId(1)]));
    assert_eq!(app.state().state().board.k(), None);
    assert!(
        app.get_all_by_label_contains("are changed by hand")
            .next()
            .is_some()
    );
    run(&mut app, Command::Undo);
    assert_eq!(app.state().state().board.k(), Some(3));

    // What the journal holds outlives a crash.
    run(&mut app, Command::Save);
    wait(&mut app, "saving", is_saved);
    edit(&mut app, ClusterEdit::Rename(ClusterId(0), "the desk".into()));
    wait(&mut app, "the journal", |app| !app.state().edits.is_ahead());
    let before = clusters(&app).clone();
    drop(app);
    let mut again = window(home.path(), Some(folder));
    wait(&mut again, "the project", |app| app.state().project.is_some());
    if matches!(again.state().state().question, Some(Question::Recover(_))) {
        ask(&mut again, Action::Answer(true));
    }
    assert!(clusters(&again).is_same(&before));
    assert_eq!(clusters(&again).name(ClusterId(0)), "the desk");
}

#[test]
fn vectors_from_elsewhere_are_clustered_and_all_is_taken_away() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &GROUPS);
    let mut app = opened(home.path(), folder);
    // Vectors of two groups that take turns, as of another program: they become a run of their own.
    let vectors = Array2::from_shape_fn((PAIRS, 4), |(pair, column)| {
        let far = if column == pair % 2 { 5.0 } else { 0.0 };
        far + ((pair * 5 + column) % 7) as f32 * 0.02
    });
    let file = home.path().join("clip.npy");
    ndarray_npy::write_npy(&file, &vectors).unwrap();
    ask(&mut app, Action::Open(file));
    wait(&mut app, "clusters of the vectors", |app| {
        let of_vectors = app.state().clusters().is_some_and(|clusters| clusters.k == 2);
        of_vectors && is_quiet(app)
    });
    let run = app.state().state().project.as_ref().unwrap().run.clone().unwrap();
    assert_eq!(run.name, "002-imported-clip");
    assert_eq!(clusters(&app).sizes(), [14, 14]);
    assert!(clusters(&app).labels.chunks(2).all(|two| two[0] != two[1]));

    let out = home.path().join("out");
    ask(
        &mut app,
        Action::Choose([3, 4].map(PairIndex).to_vec(), Pick::Only),
    );
    for what in Takeaway::ALL {
        let path = out.join(what.file());
        ask(&mut app, Action::TakeAway(what, path.clone()));
        wait(&mut app, what.name(), is_quiet);
        assert!(
            path.exists() && path.is_dir() == what.is_folder(),
            "{}",
            what.name()
        );
    }
    let table = std::fs::read_to_string(out.join("clusters.csv")).unwrap();
    assert_eq!(table.lines().count(), PAIRS + 1);
    let report = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("<svg") && !report.contains("src=\"http"));
    run_methods(&mut app);

    // One row too few, and what is no number, are refused in words.
    for (name, text, what) in [
        ("short.csv", "1,2\n3,4\n", "2 rows"),
        ("words.csv", "1,2\n3,nan\n", "nan"),
    ] {
        let file = home.path().join(name);
        std::fs::write(&file, text).unwrap();
        refuse(&mut app, Action::ImportLatents(file), what);
    }
    assert_eq!(clusters(&app).k, 2, "what was there stays");
}

/// A table of any length, with no video: rows are pairs without pictures.
#[test]
fn a_table_without_a_video_is_looked_at_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("bert.npy");
    let rows = Array2::from_shape_fn((60, 5), |(row, column)| {
        let far = if column == row % 3 { 8.0 } else { 0.0 };
        far + ((row * 5 + column) % 7) as f32 * 0.05
    });
    ndarray_npy::write_npy(&file, &rows).unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    ask(&mut app, Action::Open(file));
    wait(&mut app, "clusters of the table", |app| {
        let state = app.state();
        state.stage(Step::Map) == Stage::Done && is_saved(app) && state.clusters().is_some()
    });
    assert_eq!(clusters(&app).sizes(), [20, 20, 20]);
    for step in [
        Step::Map,
        Step::Clusters,
        Step::Tags,
        Step::Video,
        Step::Alignment,
    ] {
        show(&mut app, step);
    }
    let folder = home.path().join("bert.frameloom");
    drop(app);
    let again = opened(home.path(), folder);
    assert_eq!(clusters(&again).sizes(), [20, 20, 20]);
}

fn run_methods(app: &mut Harness<'_, App>) {
    run(app, Command::Methods);
    wait(app, "the methods", |app| app.state().methods.is_some());
    let (_, text) = app.state().state().methods.as_ref().unwrap();
    assert!(text.contains("k-means") && text.contains("seed"), "{text}");
    press(app, "Close");
}
