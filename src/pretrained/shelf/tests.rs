//! A shelf that is filled, damaged, checked and emptied.

use super::*;
use crate::jobs::Watch;
use crate::pretrained::download::stand_in::{Reply, Request, StandIn};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

const ID: &str = "phrase-bert";
const FILES: [&str; 3] = ["config.json", "pytorch_model.bin", "tokenizer.json"];
const COMMITS: [&str; 2] = [
    "1111111111111111111111111111111111111111",
    "2222222222222222222222222222222222222222",
];

/// Serves every file as its own name, a hundred times over; weights are longer.
fn serve(request: &Request) -> Reply {
    let name = request.path.rsplit('/').next().unwrap_or_default();
    let body = name.repeat(if name.ends_with(".bin") { 20_000 } else { 100 });
    Reply::ranged(request, body.as_bytes(), "\"1\"").with("x-repo-commit", COMMITS[0])
}

fn hub() -> StandIn {
    StandIn::new(|request, _| serve(request))
}

fn shelf() -> (TempDir, Shelf) {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path()).unwrap();
    (folder, shelf)
}

fn get(shelf: &mut Shelf, hub: &StandIn) -> Result<Installed, ShelfError> {
    shelf.get(ID, &hub.hub(), &Watch::default(), &mut |_| {})
}

fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn edit(folder: &TempDir, edit: impl FnOnce(&mut Value)) {
    let path = folder.path().join("shelf.json");
    let mut list = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    edit(&mut list);
    std::fs::write(path, list.to_string()).unwrap();
}

fn gguf(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, b"GGUF\x03\0\0\0").unwrap();
    path
}

#[test]
fn a_model_comes_is_remembered_and_goes() {
    let (folder, mut shelf) = shelf();
    let hub = hub();
    assert_eq!(shelf.chosen(Job::Phrases), None);
    let model = get(&mut shelf, &hub).unwrap();
    let place = folder.path().join(ID);
    assert_eq!(
        (model.state, &model.path, model.job),
        (State::Ready, &place, Job::Phrases)
    );
    assert_eq!(model.bytes, 17 * 20_000 + 11 * 100 + 14 * 100);
    assert_eq!(names(&place), FILES);
    let mut again = Shelf::open(folder.path()).unwrap();
    assert_eq!(again.chosen(Job::Phrases).unwrap(), again.find(ID).unwrap());
    assert_eq!(
        again.records.get(ID).unwrap().files[0].commit.as_deref(),
        Some(COMMITS[0])
    );
    assert!(
        again
            .records
            .get(ID)
            .unwrap()
            .files
            .iter()
            .all(|file| file.sha256.is_some())
    );
    // What is here is not asked for again.
    let asked = hub.seen().len();
    get(&mut again, &hub).unwrap();
    assert_eq!(hub.seen().len(), asked);
    assert_eq!(
        again.remove(ID).unwrap(),
        Removed {
            freed: model.bytes,
            stays: None
        }
    );
    assert!(!place.exists() && again.find(ID).is_none());
    assert!(matches!(again.remove(ID), Err(ShelfError::Unknown(_))));
}

#[test]
fn half_a_model_is_shown_and_gone_on_with_at_the_same_commit() {
    let (folder, mut shelf) = shelf();
    let turn = Arc::new(AtomicUsize::new(0));
    let now = turn.clone();
    let hub = StandIn::new(move |request, _| {
        let mut reply = serve(request);
        reply.headers.retain(|(name, _)| *name != "x-repo-commit");
        // The branch moves on in between.
        let commit = COMMITS.into_iter().find(|commit| request.path.contains(commit));
        let late = now.load(Ordering::Relaxed);
        if late == 0 && request.method == "GET" && request.path.ends_with(".bin") {
            reply = reply.silent_after(50_000);
        }
        reply.with("x-repo-commit", commit.unwrap_or(COMMITS[late]))
    });
    let watch = Watch::default();
    let stop = watch.clone();
    let part = folder.path().join(ID).join("pytorch_model.bin.part");
    let stopper = std::thread::spawn(move || {
        while std::fs::metadata(&part).map_or(0, |file| file.len()) < 50_000 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        stop.cancel();
    });
    let cancelled = shelf.get(ID, &hub.hub(), &watch, &mut |_| {});
    stopper.join().unwrap();
    assert!(matches!(
        cancelled,
        Err(ShelfError::Download(DownloadError::Cancelled(_)))
    ));
    let total = Some(17 * 20_000 + 11 * 100 + 14 * 100);
    let half = shelf.find(ID).unwrap();
    assert_eq!(
        half.state,
        State::Partial {
            bytes: 50_000 + 11 * 100 + 14 * 100,
            total
        }
    );
    assert!(matches!(
        shelf.choose(Job::Phrases, ID),
        Err(ShelfError::NotReady(_))
    ));
    turn.store(1, Ordering::Relaxed);
    let asked = hub.seen().len();
    assert_eq!(get(&mut shelf, &hub).unwrap().state, State::Ready);
    let later = hub.seen().split_off(asked);
    assert!(
        later.iter().all(|request| request.path.contains(COMMITS[0])),
        "{later:?}"
    );
    let fetched: Vec<_> = later.iter().filter(|request| request.method == "GET").collect();
    assert_eq!(fetched.len(), 1);
    assert_eq!(fetched[0].header("range"), Some("bytes=50000-"));
}

#[test]
fn half_a_model_can_be_removed() {
    let (folder, mut shelf) = shelf();
    let hub = StandIn::new(
        |request, _| match request.path.ends_with(".bin") && request.method == "GET" {
            true => Reply::status(404),
            false => serve(request),
        },
    );
    assert!(matches!(
        get(&mut shelf, &hub),
        Err(ShelfError::Download(DownloadError::NotFound { .. }))
    ));
    assert!(matches!(shelf.find(ID).unwrap().state, State::Partial { .. }));
    shelf.remove(ID).unwrap();
    assert!(!folder.path().join(ID).exists());
}

#[test]
fn only_what_was_fetched_is_deleted() {
    let (folder, mut shelf) = shelf();
    get(&mut shelf, &hub()).unwrap();
    let place = folder.path().join(ID);
    std::fs::write(place.join("notes.txt"), "mine").unwrap();
    std::fs::write(folder.path().join("precious.txt"), "mine").unwrap();
    // Names that lead elsewhere come from a damaged or a forged list.
    edit(&folder, |list| {
        for name in ["../precious.txt", "notes.txt/..", "/etc/hostname", ".."] {
            list["models"][ID]["files"]
                .as_array_mut()
                .unwrap()
                .push(json!({ "name": name }));
        }
        let forged = list["models"][ID].clone();
        list["models"][".."] = forged;
    });
    assert_eq!(shelf.remove(ID).unwrap().stays, Some(place.clone()));
    assert_eq!(names(&place), ["notes.txt"]);
    shelf.remove("..").unwrap();
    assert!(folder.path().join("precious.txt").exists());
}

#[test]
fn a_model_of_ones_own_stays_where_it_is() {
    let (_folder, mut shelf) = shelf();
    let own = tempfile::tempdir().unwrap();
    let path = gguf(&own, "我的.gguf");
    let model = shelf.add_local(Job::Tag, &path).unwrap();
    assert_eq!((model.id.as_str(), &model.path, model.bytes), ("我的", &path, 0));
    assert_eq!(shelf.add_local(Job::Tag, &path).unwrap().id, model.id);
    // A name that is taken, here or in the catalogue, gets a number.
    let taken = gguf(&own, "qwen3-8b.gguf");
    assert_eq!(shelf.add_local(Job::Tag, &taken).unwrap().id, "qwen3-8b-2");
    assert_eq!(shelf.installed(Job::Tag).len(), 2);
    assert!(matches!(
        shelf.add_local(Job::Describe, &path),
        Err(ShelfError::Unfit { .. })
    ));
    assert_eq!(shelf.verify(&model.id, &Watch::default()).unwrap(), []);
    assert_eq!(
        shelf.remove(&model.id).unwrap(),
        Removed {
            freed: 0,
            stays: None
        }
    );
    assert!(path.exists() && shelf.find(&model.id).is_none());
    std::fs::remove_file(&taken).unwrap();
    assert_eq!(shelf.find("qwen3-8b-2").unwrap().state, State::Missing(taken));
    assert_eq!(shelf.chosen(Job::Tag), None);
}

#[test]
fn a_choice_holds_until_the_model_goes() {
    let (folder, mut shelf) = shelf();
    let own = tempfile::tempdir().unwrap();
    for name in ["a.gguf", "b.gguf"] {
        shelf.add_local(Job::Tag, &gguf(&own, name)).unwrap();
    }
    let chosen = |shelf: &Shelf| shelf.chosen(Job::Tag).map(|model| model.id);
    assert_eq!(chosen(&shelf).as_deref(), Some("a"));
    shelf.choose(Job::Tag, "b").unwrap();
    assert_eq!(chosen(&Shelf::open(folder.path()).unwrap()).as_deref(), Some("b"));
    assert!(matches!(shelf.choose(Job::Tag, "c"), Err(ShelfError::Unknown(_))));
    assert!(matches!(
        shelf.choose(Job::Speech, "b"),
        Err(ShelfError::OtherJob { .. })
    ));
    shelf.remove("b").unwrap();
    assert_eq!(chosen(&shelf).as_deref(), Some("a"));
}

#[test]
fn two_shelves_on_one_folder_do_not_undo_each_other() {
    let (folder, mut one) = shelf();
    let mut two = Shelf::open(folder.path()).unwrap();
    let own = tempfile::tempdir().unwrap();
    one.add_local(Job::Tag, &gguf(&own, "a.gguf")).unwrap();
    two.add_local(Job::Tag, &gguf(&own, "b.gguf")).unwrap();
    assert_eq!(two.installed(Job::Tag).len(), 2);
}

#[test]
fn what_a_later_version_wrote_is_kept() {
    let (folder, mut shelf) = shelf();
    get(&mut shelf, &hub()).unwrap();
    edit(&folder, |list| {
        list["colour"] = "blue".into();
        list["models"][ID]["stars"] = 5.into();
        list["models"]["sung"] = json!({ "job": "sing", "tune": [1, 2] });
        list["chosen"]["sing"] = "sung".into();
    });
    let own = tempfile::tempdir().unwrap();
    shelf.add_local(Job::Tag, &gguf(&own, "a.gguf")).unwrap();
    shelf.verify(ID, &Watch::default()).unwrap();
    edit(&folder, |list| {
        assert_eq!(
            (&list["colour"], &list["models"][ID]["stars"]),
            (&json!("blue"), &json!(5))
        );
        assert_eq!(list["models"]["sung"], json!({ "job": "sing", "tune": [1, 2] }));
        assert_eq!(list["chosen"]["sing"], "sung");
        list["format"] = 2.into();
    });
    assert!(matches!(
        Shelf::open(folder.path()),
        Err(ShelfError::Newer { format: 2, .. })
    ));
}

#[test]
fn a_damaged_list_is_made_again_from_the_folders() {
    let (folder, mut shelf) = shelf();
    get(&mut shelf, &hub()).unwrap();
    let half = folder.path().join("blip-base");
    std::fs::create_dir(&half).unwrap();
    std::fs::write(half.join("config.json"), "{}").unwrap();
    std::fs::write(half.join("pytorch_model.bin.part"), "half").unwrap();
    std::fs::create_dir(folder.path().join("holiday")).unwrap();
    for damage in ["", "{\"models\": [", "[1]"] {
        std::fs::write(folder.path().join("shelf.json"), damage).unwrap();
        let mut shelf = Shelf::open(folder.path()).unwrap();
        assert!(shelf.warning().unwrap().contains("made again"), "{damage}");
        assert_eq!(
            std::fs::read_to_string(folder.path().join("shelf.json.damaged")).unwrap(),
            damage
        );
        assert_eq!(shelf.find(ID).unwrap().state, State::Ready);
        assert_eq!(
            shelf.find("blip-base").unwrap().state,
            State::Partial {
                bytes: 6,
                total: None
            }
        );
        assert!(shelf.find("holiday").is_none());
        // Hashes are gone with the list, and are recorded anew.
        let verdicts = shelf.verify(ID, &Watch::default()).unwrap();
        assert!(verdicts.iter().all(|(_, verdict)| *verdict == Verdict::Recorded));
        assert_eq!(Shelf::open(folder.path()).unwrap().warning(), None);
    }
}

#[test]
fn a_changed_file_is_found_and_fetched_anew() {
    let (folder, mut shelf) = shelf();
    let hub = hub();
    get(&mut shelf, &hub).unwrap();
    let place = folder.path().join(ID);
    let before = std::fs::read(place.join("tokenizer.json")).unwrap();
    let mut damaged = before.clone();
    damaged[700] ^= 1;
    std::fs::write(place.join("tokenizer.json"), &damaged).unwrap();
    std::fs::remove_file(place.join("config.json")).unwrap();
    let verdicts = shelf.verify(ID, &Watch::default()).unwrap();
    let of = |name: &str| {
        verdicts
            .iter()
            .find(|(file, _)| file == name)
            .map(|(_, verdict)| *verdict)
    };
    assert_eq!(
        FILES.map(of),
        [Some(Verdict::Gone), Some(Verdict::Same), Some(Verdict::Changed)]
    );
    assert!(matches!(shelf.find(ID).unwrap().state, State::Partial { .. }));
    let asked = hub.seen().len();
    get(&mut shelf, &hub).unwrap();
    assert_eq!(std::fs::read(place.join("tokenizer.json")).unwrap(), before);
    let fetched = hub
        .seen()
        .split_off(asked)
        .into_iter()
        .filter(|request| request.method == "GET")
        .count();
    assert_eq!(fetched, 2);
    let verdicts = shelf.verify(ID, &Watch::default()).unwrap();
    assert!(verdicts.iter().all(|(_, verdict)| *verdict == Verdict::Same));
}

#[test]
fn a_model_without_its_file_is_not_ready() {
    let (folder, mut shelf) = shelf();
    get(&mut shelf, &hub()).unwrap();
    let path = folder.path().join(ID).join("pytorch_model.bin");
    std::fs::write(&path, "short").unwrap();
    assert_eq!(shelf.find(ID).unwrap().state, State::Missing(path));
    assert_eq!(shelf.chosen(Job::Phrases), None);
    assert_eq!(get(&mut shelf, &hub()).unwrap().state, State::Ready);
}
