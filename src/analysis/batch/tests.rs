use super::*;
use crate::jobs::Cancelled;
use anyhow::bail;

fn list(folder: &Path, text: &str) -> Vec<Row> {
    let path = folder.join("list.csv");
    std::fs::write(&path, text).unwrap();
    read_list(&path, &["k".into(), "language".into()]).unwrap()
}

fn figures(k: usize) -> Figures {
    Figures {
        pairs: 28,
        epochs: 3,
        image: 0.5,
        text: 0.25,
        kl: 1.5,
        total: 0.75,
        k,
    }
}

/// Makes a project that is one as far as a batch looks.
fn made(project: &Path, k: usize) -> anyhow::Result<Figures> {
    std::fs::create_dir_all(project)?;
    std::fs::write(project.join("project.json"), "{}")?;
    Ok(figures(k))
}

fn states(entries: &[Entry]) -> Vec<State> {
    entries.iter().map(|entry| entry.state).collect()
}

#[test]
fn a_list_is_read_by_the_names_of_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let rows = list(
        folder.path(),
        "\u{feff}K, video ,captions,topic,name\n\
         3,a.mp4,a.srt,storm,\n\
         ,https://video.example/watch?v=abc,,,\n\
         ,b.mp4,,,../../evil\n\
         ,,x.srt,,\n\
         4,sub/a.mp4,a.srt,,\n\
         1,\"c, d.mp4\",,,,,\n",
    );
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (first, second) = (&rows[0], &rows[1]);
    assert_eq!(
        (first.line, first.name.as_str(), &first.source),
        (2, "a", &place("a.mp4"))
    );
    assert_eq!(
        (first.captions.clone(), first.topic.as_deref()),
        (Some(place("a.srt")), Some("storm"))
    );
    assert_eq!(first.options, [("k".to_owned(), "3".to_owned())]);
    assert_eq!(
        (second.source.as_str(), second.name.as_str()),
        ("https://video.example/watch?v=abc", "video.example watch abc")
    );
    assert_eq!(rows[2].name, "evil");
    let problems: Vec<_> = rows
        .iter()
        .map(|row| row.problem.clone().unwrap_or_default())
        .collect();
    assert_eq!(problems.iter().filter(|problem| problem.is_empty()).count(), 3);
    assert!(problems[3].contains("names no video"), "{problems:?}");
    assert!(problems[4].contains("of line 2"), "{problems:?}");
    assert!(problems[5].contains("7 fields"), "{problems:?}");
}

#[test]
fn lists_that_cannot_be_used_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    for (text, words) in [
        ("video,colour\na,b\n", "'colour'"),
        ("captions\na.srt\n", "no column 'video'"),
        ("", "no column 'video'"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = read_list(&path, &["k".into()]).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    std::fs::write(&path, b"video\n\xff\xfe\n").unwrap();
    assert!(read_list(&path, &[]).unwrap_err().to_string().contains("UTF-8"));
}

#[test]
fn what_is_done_is_not_done_again_and_what_failed_is() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let rows = list(folder.path(), "video,k\na.mp4,3\nb.mp4,4\n,\nc.mp4,5\n");
    let mut done = Vec::new();
    let mut once = |defaults: &[&str], fails: &str| {
        let defaults: Vec<String> = defaults.iter().map(|text| (*text).to_owned()).collect();
        done.clear();
        let mut work = |row: &Row, project: &Path| {
            done.push(row.name.clone());
            if row.name == fails {
                bail!("it is broken");
            }
            assert_ne!(row.name, "panics");
            made(project, 3)
        };
        let mut told = 0;
        let entries = run(&rows, &defaults, &out, &Watch::default(), &mut work, &mut |_| {
            told += 1;
        })
        .unwrap();
        assert_eq!(told, 4);
        (done.clone(), entries)
    };
    use State::{Done, Failed};
    let (worked, entries) = once(&[], "b");
    assert_eq!(
        (worked, states(&entries)),
        (
            vec!["a".into(), "b".into(), "c".into()],
            vec![Done, Failed, Failed, Done]
        )
    );
    assert_eq!(entries[1].error.as_deref(), Some("line 3: it is broken"));
    assert!(entries[2].error.as_ref().unwrap().starts_with("line 4: "));
    let (worked, entries) = once(&[], "");
    assert_eq!(
        (worked, states(&entries)),
        (vec!["b".into()], vec![Done, Done, Failed, Done])
    );
    assert_eq!(once(&[], "").0, Vec::<String>::new());
    assert_eq!(
        once(&["--epochs=3"], "").0.len(),
        3,
        "other settings are other work"
    );
    std::fs::remove_dir_all(project_folder(&out, &rows[0])).unwrap();
    assert_eq!(once(&["--epochs=3"], "").0, ["a"], "its project is gone");
    let summary = std::fs::read_to_string(out.join("summary.csv")).unwrap();
    let lines: Vec<&str> = summary.lines().collect();
    assert!(
        lines[0].starts_with("name,source,state,pairs,epochs,image"),
        "{summary}"
    );
    assert!(lines[1].contains(",done,28,3,0.5,0.25,1.5,0.75,3,"), "{summary}");
    assert!(lines[3].contains(",failed,,,,"), "{summary}");
}

#[test]
fn what_another_batch_holds_is_left_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let rows = list(folder.path(), "video\na.mp4\nb.mp4\n");
    record::prepare(&out).unwrap();
    let Held::Mine(other) = hold(&out, "a").unwrap() else {
        panic!()
    };
    let mut other = Some(other);
    let mut worked = Vec::new();
    let mut work = |row: &Row, project: &Path| {
        worked.push(row.name.clone());
        made(project, 2)
    };
    let watch = Watch::default();
    let entries = run(&rows, &[], &out, &watch, &mut work, &mut |_| {}).unwrap();
    assert_eq!(states(&entries), [State::Running, State::Done]);
    // The other one ends without having done it.
    other.take();
    let entries = run(&rows, &[], &out, &watch, &mut work, &mut |_| {}).unwrap();
    assert_eq!(states(&entries), [State::Done, State::Done]);
    assert_eq!(worked, ["b", "a"]);
}

#[test]
fn a_row_that_was_stopped_has_not_failed_and_a_panic_is_a_failure_of_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let rows = list(folder.path(), "video\na.mp4\nb.mp4\n");
    let watch = Watch::default();
    let cancel = watch.clone();
    let mut stopped = |_: &Row, _: &Path| {
        cancel.cancel();
        Err(Cancelled.into())
    };
    let result = run(&rows, &[], &out, &watch, &mut stopped, &mut |_| {});
    assert!(matches!(result, Err(BatchError::Cancelled(_))));
    assert!(
        std::fs::read_to_string(out.join("summary.csv"))
            .unwrap()
            .contains(",waiting,")
    );
    let mut panics = |row: &Row, _: &Path| {
        assert_ne!(row.name, "a", "a fault");
        Ok(figures(2))
    };
    let entries = run(&rows, &[], &out, &Watch::default(), &mut panics, &mut |_| {}).unwrap();
    assert_eq!(states(&entries), [State::Failed, State::Done]);
}
