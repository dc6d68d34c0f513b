//! What the clusters mean, in the real window: tags by a server, what supports them, edits, descriptions by hand, another telling of
//! the same event, the library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod stand_in;
mod window;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::state::{Stage, State, Step};
use frameloom::project::{ClusterId, KEYWORDS, Origin, Project};
use stand_in::{Reply, StandIn};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use window::{ask, clustered, is_saved, pick, press, settle, show, wait, window};

const TEN: &str = "Here are the tags:\n1. storm warning\n2. flooded streets\n3. rescue boats\n4. heavy rain\n5. weather map\n\
    6. evening news\n7. river level\n8. sandbags\n9. evacuation\n10. repair crews";

/// A server that gives these answers in turn, the last one again and again.
fn server(answers: &[&'static str]) -> StandIn {
    let (answers, next) = (answers.to_vec(), AtomicUsize::new(0));
    StandIn::openai(move |_| {
        let place = next.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        Reply::stream(answers[place])
    })
}

fn opened(home: &Path, folder: PathBuf) -> Harness<'static, App> {
    let mut app = window(home, Some(folder));
    wait(&mut app, "clusters, map and keywords", |app| {
        let state = app.state();
        [Step::Map, Step::Tags]
            .into_iter()
            .all(|step| state.stage(step) == Stage::Done)
            && state.running.is_empty()
    });
    ask(&mut app, Action::ChooseK(2));
    wait(&mut app, "two clusters", is_saved);
    app
}

fn state<'a>(app: &'a Harness<'_, App>) -> &'a State {
    app.state().state()
}

fn texts(app: &Harness<'_, App>, cluster: u32) -> Vec<String> {
    let tags = state(app).run().unwrap().tags_of(ClusterId(cluster)).unwrap();
    tags.tags.iter().map(|tag| tag.text.clone()).collect()
}

/// Types into a field in place of what it holds.
fn type_into(app: &mut Harness<'_, App>, label: &str, text: &str) {
    app.get_by_label(label).focus();
    settle(app);
    app.key_press_modifiers(eframe::egui::Modifiers::COMMAND, eframe::egui::Key::A);
    settle(app);
    app.get_by_label(label).type_text(text);
    settle(app);
}

#[test]
fn a_server_writes_ten_tags_that_stay_until_they_are_replaced() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &[14]);
    let server = server(&["only, three, tags", TEN]);
    let mut app = opened(home.path(), folder.clone());
    show(&mut app, Step::Tags);
    assert_eq!(
        state(&app).run().unwrap().tags_of(ClusterId(0)).unwrap().model,
        KEYWORDS
    );
    pick(&mut app, "Keywords", "Server");
    type_into(&mut app, "Address of the server", &server.url());
    press(&mut app, "Ask for models");
    wait(&mut app, "models", |app| app.state().running.is_empty());
    assert_eq!(state(&app).tagging.offered, ["tagger"]);
    press(&mut app, "Write tags");
    wait(&mut app, "tags", is_saved);
    for cluster in [0, 1] {
        let tags = state(&app).run().unwrap().tags_of(ClusterId(cluster)).unwrap();
        assert_eq!((tags.tags.len(), tags.model.as_str()), (10, "tagger"), "{tags:?}");
        assert!(
            tags.tags.iter().all(|tag| tag.shared.len() == 1),
            "both clusters have the same"
        );
        assert!(tags.seed.is_some() && tags.prompt_hash.is_some());
    }
    let questions = server.questions();
    assert_eq!(questions.len(), 3, "one was asked again with a correction");
    assert!(questions[1].to_string().len() > questions[0].to_string().len());

    // All that was written at once is one step.
    ask(&mut app, Action::Run(Command::Undo));
    wait(&mut app, "keywords again", is_saved);
    let writers = |app: &Harness<'_, App>| -> Vec<String> {
        let run = state(app).run().unwrap();
        run.tags.iter().map(|tags| tags.model.clone()).collect()
    };
    assert_eq!(writers(&app), [KEYWORDS, KEYWORDS]);
    ask(&mut app, Action::Run(Command::Redo));
    wait(&mut app, "tags again", is_saved);
    assert_eq!(writers(&app), ["tagger", "tagger"]);

    // A click names the cluster after a tag.
    press(&mut app, "rescue boats");
    press(&mut app, "Name the cluster after it");
    assert!(state(&app).cluster_name(ClusterId(0)).contains("rescue boats"));

    // An edited tag stays when tags are written again, unless told otherwise; and it can be undone.
    ask(
        &mut app,
        Action::RewriteTag(ClusterId(0), 0, "gale of the century".into()),
    );
    ask(
        &mut app,
        Action::RewriteTag(ClusterId(0), 1, "Gale of the century".into()),
    );
    assert_eq!(
        texts(&app, 0)[..2],
        ["gale of the century", "flooded streets"],
        "a tag twice is refused"
    );
    let tags = state(&app).run().unwrap().tags_of(ClusterId(0)).unwrap();
    assert_eq!(
        tags.tags[0].origin(),
        Origin::Unsupported,
        "no caption speaks of it"
    );
    press(&mut app, "Write tags");
    wait(&mut app, "tags again", is_saved);
    assert_eq!(texts(&app, 0)[0], "gale of the century");
    // The second writing changed nothing of the other cluster, so that the step to be undone is the analyst's.
    ask(&mut app, Action::Run(Command::Undo));
    assert_eq!(texts(&app, 0)[0], "storm warning");
    ask(&mut app, Action::Run(Command::Redo));

    // Another k and back: what was written of these pairs is there again, also after a restart.
    ask(&mut app, Action::ChooseK(3));
    wait(&mut app, "three", is_saved);
    ask(&mut app, Action::ChooseK(2));
    wait(&mut app, "two", is_saved);
    assert_eq!(texts(&app, 0)[0], "gale of the century");
    drop(app);
    let mut app = opened(home.path(), folder);
    assert_eq!(texts(&app, 0)[0], "gale of the century");
    // What was written is forgotten with a word, and keywords are there again.
    ask(&mut app, Action::ForgetTags(Some(ClusterId(1))));
    wait(&mut app, "keywords", is_saved);
    assert_eq!(
        state(&app).run().unwrap().tags_of(ClusterId(1)).unwrap().model,
        KEYWORDS
    );
    assert_eq!(texts(&app, 0)[0], "gale of the century");
    let settings = std::fs::read_to_string(home.path().join("settings/settings.json")).unwrap();
    assert!(
        settings.contains(&server.url()) && !settings.contains("key\""),
        "{settings}"
    );
}

#[test]
fn a_server_that_is_not_there_or_talks_nonsense_says_so_and_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &[14]);
    let server = server(&["I would rather not."]);
    let mut app = opened(home.path(), folder);
    show(&mut app, Step::Tags);
    let before = texts(&app, 0);
    pick(&mut app, "Keywords", "Server");
    type_into(&mut app, "Address of the server", &server.url());
    press(&mut app, "Write tags");
    wait(&mut app, "failures", is_saved);
    assert_eq!(state(&app).tagging.failed.len(), 2, "each cluster by name");
    app.get_by_label_contains("cluster 1 is not tagged");
    assert_eq!(texts(&app, 0), before, "its keywords stay");
    // Nobody listens on a port that was just let go.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    type_into(&mut app, "Address of the server", &format!("http://{free}"));
    press(&mut app, "Ask for models");
    for _ in 0..1000 {
        app.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
        if state(&app).notices.iter().any(|notice| notice.error) {
            break;
        }
    }
    assert!(
        state(&app)
            .notices
            .iter()
            .any(|notice| notice.text.contains("no server answers")),
        "{:?}",
        state(&app).notices
    );
}

#[test]
fn what_a_frame_shows_is_written_by_hand_and_supports_tags() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &[14]);
    let mut app = opened(home.path(), folder);
    show(&mut app, Step::Tags);
    let word = texts(&app, 0)[0].clone();
    let pair = state(&app)
        .clusters()
        .unwrap()
        .members(ClusterId(0))
        .last()
        .unwrap();
    ask(&mut app, Action::Select(pair));
    press(&mut app, "Describe by hand");
    app.get_by_label("What the frame shows")
        .type_text(&format!("a picture of {word}"));
    settle(&mut app);
    app.key_press(eframe::egui::Key::Enter);
    settle(&mut app);
    wait(&mut app, "the description", is_saved);
    let run = state(&app).run().unwrap();
    assert_eq!(run.descriptions[&pair].text(), format!("a picture of {word}"));
    let tag = &run.tags_of(ClusterId(0)).unwrap().tags[0];
    assert_eq!(
        (tag.origin(), tag.described.as_slice()),
        (Origin::Both, [pair].as_slice())
    );
    ask(&mut app, Action::Run(Command::Undo));
    wait(&mut app, "undo", is_saved);
    assert!(state(&app).run().unwrap().descriptions.is_empty());
}

#[test]
fn two_tellings_are_compared_and_a_topic_as_a_matrix() {
    let home = tempfile::tempdir().unwrap();
    let folder = clustered(home.path(), &[14]);
    let other = home.path().join("other.frameloom");
    copy(&folder, &other);
    let mut project = Project::load(&other).unwrap();
    project.manifest.name = "other".into();
    project.save().unwrap();
    let mut app = opened(home.path(), folder.clone());
    // The other one needs clusters as well.
    drop(app);
    drop(opened(home.path(), other.clone()));
    app = opened(home.path(), folder.clone());
    show(&mut app, Step::Compare);
    ask(&mut app, Action::CompareWith(folder.clone()));
    assert!(
        state(&app)
            .notices
            .iter()
            .any(|notice| notice.text.contains("is open")),
        "not with itself"
    );
    ask(&mut app, Action::CompareWith(other.clone()));
    wait(&mut app, "the comparison", |app| {
        app.state().telling.compared.is_some() && app.state().running.is_empty()
    });
    let compared = state(&app).telling.compared.clone().unwrap();
    let comparison = &compared.comparison;
    assert_eq!(comparison.matches.len(), 2, "the same clusters match");
    assert!(comparison.cells[(0, 0)].similarity > comparison.cells[(0, 1)].similarity);
    assert!(
        compared.notes.iter().any(|note| note.contains("words")),
        "{:?}",
        compared.notes
    );
    let cell = [comparison.rows[0].cluster, comparison.columns[1].cluster];
    let name = format!(
        "{} and {}: {:.3}",
        comparison.rows[0].name,
        comparison.columns[1].name,
        comparison.cells[(0, 1)].similarity
    );
    press(&mut app, &name);
    assert_eq!(state(&app).telling.cell, Some(cell));
    let table = home.path().join("comparison.csv");
    ask(&mut app, Action::ExportComparison(table.clone()));
    wait(&mut app, "the table", |app| app.state().running.is_empty());
    let text = std::fs::read_to_string(&table).unwrap();
    let first: f64 = text
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .nth(4)
        .unwrap()
        .parse()
        .unwrap();
    assert!((first - comparison.cells[(0, 0)].similarity).abs() < 1e-6);
    // A talking head is left out, and taken in again.
    ask(&mut app, Action::LeaveOut(1, cell[1], true));
    wait(&mut app, "one left", |app| app.state().running.is_empty());
    assert_eq!(
        state(&app)
            .telling
            .compared
            .as_ref()
            .unwrap()
            .comparison
            .columns
            .len(),
        1
    );
    ask(&mut app, Action::LeaveOut(1, cell[1], false));
    wait(&mut app, "both", |app| app.state().running.is_empty());

    // The library knows both by now; of one topic, they are a matrix.
    press(&mut app, "Library");
    wait(&mut app, "library", |app| app.state().running.is_empty());
    assert_eq!(state(&app).telling.library.len(), 2);
    for folder in [&folder, &other] {
        ask(&mut app, Action::SetTopic(folder.clone(), "Storms".into()));
        wait(&mut app, "topic", is_saved);
    }
    press(&mut app, "Compare these videos");
    wait(&mut app, "matrix", |app| app.state().running.is_empty());
    let (topic, matrix) = state(&app).telling.matrix.clone().unwrap();
    assert_eq!((topic.as_str(), matrix.names.len()), ("Storms", 2));
    assert!(matrix.cells[0][1].is_some_and(|cell| cell > 0.9) && matrix.cells[0][0].is_none());
    assert_eq!(Project::load(&other).unwrap().manifest.topic, "Storms");
}

#[test]
fn a_model_of_ones_own_is_pointed_at_or_refused_in_words() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    ask(&mut app, Action::Run(Command::Models));
    app.get_by_label("Models");
    press(&mut app, "Tag clusters");
    let wrong = home.path().join("model.gguf");
    std::fs::write(&wrong, "no model").unwrap();
    app.state_mut()
        .ask(Action::AddModel(frameloom::pretrained::Job::Tag, wrong));
    for _ in 0..400 {
        app.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
        if state(&app).model_trouble.is_some() {
            break;
        }
    }
    // It is said where it was asked for, and nowhere else.
    let trouble = state(&app).model_trouble.clone().unwrap();
    assert!(trouble.contains("GGUF"), "{trouble}");
    app.get_by_label_contains("GGUF file is needed here");
    assert!(state(&app).notices.is_empty() && state(&app).models.here.is_empty());
    press(&mut app, "Close");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
