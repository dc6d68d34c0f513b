//! Lists of videos and links, as scripts work through them: what is killed goes on, and nothing is done twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod stand_in;

use serde_json::Value;
use stand_in::{Asked, Piece, Reply, StandIn};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample");

fn frameloom(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frameloom"));
    command
        .args(arguments)
        .env("HOME", home)
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"));
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The summary without what differs from run to run: seconds, and folders of the test.
fn summary(out: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(out.join("summary.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let kept = |column: &str| !["seconds", "project", "source"].contains(&column);
    let row = |record: csv::StringRecord| {
        columns
            .iter()
            .zip(&record)
            .filter(|(column, _)| kept(column))
            .map(|(_, value)| value.to_owned())
            .collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// A list of the sample with three names, and a row that is no video.
fn list(home: &Path) -> String {
    let path = home.join("list.csv");
    let (video, captions) = (format!("{SAMPLE}/storm.mp4"), format!("{SAMPLE}/storm.en.srt"));
    let chinese = format!("{SAMPLE}/storm.zh.srt");
    let text = format!(
        "video,captions,name,k,epochs,topic\n{video},{captions},one,4,,storms\n{captions},{captions},bad,,,\n\
         {video},{chinese},two,,6,\n{video},{captions},three,none,,\n"
    );
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

const OPTIONS: [&str; 8] = ["--epochs", "2", "--device", "cpu", "--seed", "5", "--k", "3"];

#[test]
fn a_batch_that_was_killed_goes_on_and_ends_the_same() {
    let home = tempfile::tempdir().unwrap();
    let list = list(home.path());
    let run = |out: &Path| {
        let out = out.display().to_string();
        frameloom(
            home.path(),
            &[&["batch", &list, "--out", &out], OPTIONS.as_slice()].concat(),
        )
    };
    let whole = home.path().join("whole");
    let output = run(&whole).output().unwrap();
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "a row has failed: {told}");
    assert!(
        told.contains("bad failed: line 3: ") && told.contains("three failed: line 5: "),
        "{told}"
    );
    let expected = summary(&whole);
    let column = |place: usize| expected.iter().map(|row| row[place].as_str()).collect::<Vec<_>>();
    assert_eq!(column(0), ["one", "bad", "two", "three"]);
    assert_eq!(column(1), ["done", "failed", "done", "failed"]);
    assert_eq!(
        (column(2), column(3)),
        (vec!["28", "", "28", ""], vec!["2", "", "6", ""])
    );
    assert_eq!(column(8), ["4", "", "3", ""]);
    let manifest = std::fs::read_to_string(whole.join("one.frameloom/project.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["topic"], "storms");

    // Killed while the third row is trained.
    let cut = home.path().join("cut");
    let mut child = run(&cut)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let runs = cut.join("two.frameloom/runs");
    wait_for(|| runs.is_dir());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(summary(&cut)[2][1], "waiting");
    let before = modified(&cut.join("rows/one.json"));
    // Two at once share what is left.
    let mut second = run(&cut)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let first = run(&cut).output().unwrap();
    second.wait().unwrap();
    assert_eq!(first.status.code(), Some(1), "{}", stderr(&first));
    assert_eq!(
        modified(&cut.join("rows/one.json")),
        before,
        "what was done is not done again"
    );
    assert_eq!(
        std::fs::read_dir(&runs).unwrap().count(),
        1,
        "no training was begun twice"
    );
    let last = run(&cut).output().unwrap();
    assert!(stderr(&last).contains("two is done"), "{}", stderr(&last));
    assert_eq!(summary(&cut), expected);
}

fn modified(path: &Path) -> std::time::SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}

fn wait_for(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(120), "it never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn lists_that_cannot_be_used_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("list.csv");
    std::fs::write(&path, "video,colour\na.mp4,red\n").unwrap();
    let (list, out) = (
        path.display().to_string(),
        home.path().join("out").display().to_string(),
    );
    for (more, says) in [
        (vec![], "'colour'"),
        (vec!["--k", "many"], "--k"),
        (vec!["--colour", "red"], "--colour"),
    ] {
        let arguments = [vec!["batch", &list, "--out", &out], more].concat();
        let output = frameloom(home.path(), &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(says), "{}", stderr(&output));
    }
    assert!(!home.path().join("out").exists());
}

/// A page with the sample and its captions.
fn site() -> StandIn {
    let video = std::fs::read(format!("{SAMPLE}/storm.mp4")).unwrap();
    let captions = std::fs::read_to_string(format!("{SAMPLE}/storm.en.srt")).unwrap();
    StandIn::new(move |asked: &Asked| match asked.path.as_str() {
        "/news" => Reply::new(
            200,
            "text/html",
            "<html><head><title>Storm: the news</title></head><body><video><source src=\"/storm.mp4\" type=\"video/mp4\">\
             <track kind=\"captions\" srclang=\"en\" src=\"/storm.srt\"></video></body></html>",
        ),
        "/storm.srt" => Reply::new(200, "application/x-subrip", &captions),
        "/storm.mp4" => {
            let mut reply = Reply::new(200, "video/mp4", "");
            reply.pieces = vec![Piece::Text(video.clone())];
            reply
        }
        _ => Reply::error(404, "not found"),
    })
}

#[test]
fn a_link_goes_the_whole_way_and_is_fetched_once() {
    let Some(program) = std::env::var_os("FRAMELOOM_TEST_YT_DLP")
        .map(PathBuf::from)
        .filter(|place| place.is_dir())
    else {
        eprintln!("skipped: there is no yt-dlp for tests; 'make test' installs it");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let server = site();
    let link = format!("{}/news", server.url());
    let call = |arguments: &[&str]| {
        frameloom(home.path(), arguments)
            .env("FRAMELOOM_YT_DLP", &program)
            .output()
            .unwrap()
    };
    let refused = call(&["fetch", &link, "--list"]);
    assert!(
        stderr(&refused).contains("private network"),
        "{}",
        stderr(&refused)
    );
    assert!(server.asked().is_empty());
    let listed = call(&["fetch", &link, "--list", "--json", "--allow-private-addresses"]);
    assert!(listed.status.success(), "{}", stderr(&listed));
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["listing"]["tracks"][0]["kind"], "manual");

    let out = home.path().join("news").display().to_string();
    let arguments = [
        &["run", &link, "--out", &out, "--json", "--allow-private-addresses"],
        OPTIONS.as_slice(),
    ]
    .concat();
    let first = call(&arguments);
    assert!(first.status.success(), "{}", stderr(&first));
    let document: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(document["pairs"], 28);
    let video = PathBuf::from(document["video"]["path"].as_str().unwrap());
    let downloads = home.path().join("news/download").canonicalize().unwrap();
    assert_eq!(video.parent().unwrap().canonicalize().unwrap(), downloads);
    let asked = server.asked().len();
    let again = call(&arguments);
    assert!(stderr(&again).contains("already done"), "{}", stderr(&again));
    assert_eq!(
        server.asked().len(),
        asked,
        "a finished download is not fetched again"
    );

    // The same as a row of a list, and a page that is not there.
    let list = home.path().join("list.csv");
    std::fs::write(
        &list,
        format!("video,name\n{link},storm\n{}/none,gone\n", server.url()),
    )
    .unwrap();
    let (list, out) = (
        list.display().to_string(),
        home.path().join("batch").display().to_string(),
    );
    let batch = call(
        &[
            &["batch", &list, "--out", &out, "--allow-private-addresses"],
            OPTIONS.as_slice(),
        ]
        .concat(),
    );
    assert_eq!(batch.status.code(), Some(1), "{}", stderr(&batch));
    let rows = summary(Path::new(&out));
    assert_eq!(
        (rows[0][1].as_str(), rows[0][2].as_str(), rows[1][1].as_str()),
        ("done", "28", "failed")
    );
    assert!(
        stderr(&batch).contains("gone failed: line 3: ") && stderr(&batch).contains("(404)"),
        "{}",
        stderr(&batch)
    );
}
