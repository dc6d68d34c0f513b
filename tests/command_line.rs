//! The command line as scripts rely on it: forms, exit codes, one JSON document on standard output.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod stand_in;

use serde_json::Value;
use stand_in::{Reply, StandIn};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample");

/// A folder that is home to everything the program keeps.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn frameloom<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_frameloom"))
            .args(arguments)
            .env("HOME", self.0.path())
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .output()
            .unwrap()
    }

    /// Runs to the end and reads the JSON document.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.frameloom(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Fails with this code, and says this.
    fn fails(&self, arguments: &[&str], code: i32, says: &[&str]) {
        let output = self.frameloom(arguments);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(!text.contains("panicked"), "{text}");
        for part in says {
            assert!(text.contains(part), "{arguments:?} should say {part:?}: {text}");
        }
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn sample(name: &str) -> String {
    format!("{SAMPLE}/{name}")
}

fn shared(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path.display().to_string())
}

fn run<'a>(video: &'a str, captions: &'a str, out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [
        &["run", video, "--captions", captions, "--out", out, "--json"],
        more,
    ]
    .concat()
}

#[test]
fn a_run_holds_what_scripts_rely_on_and_comes_out_the_same_twice() {
    let home = Home::new();
    let (video, captions) = (sample("storm.mp4"), sample("storm.en.srt"));
    let outs = [home.path("a"), home.path("b.frameloom")].map(|out| out.display().to_string());
    let more = [
        "--epochs",
        "3",
        "--device",
        "cpu",
        "--seed",
        "11",
        "--k",
        "4",
        "--set",
        "batch_size=8",
    ];
    let [one, two] = outs
        .each_ref()
        .map(|out| home.json(&run(&video, &captions, out, &more)));
    assert_eq!(one["pairs"], 28);
    assert_eq!(one["language"], "en");
    assert_eq!(one["labels"], two["labels"]);
    let loss = |run: &Value, epoch: usize, term: &str| run["epochs"][epoch][term].as_f64().unwrap();
    assert!((loss(&one, 0, "total") - loss(&two, 0, "total")).abs() < 1e-6);
    assert!(loss(&one, 2, "image") < loss(&one, 0, "image"));
    assert!(loss(&one, 2, "text") < loss(&one, 0, "text"));
    for key in ["parameters", "device", "k_sweep", "clusters", "seconds"] {
        assert!(!one[key].is_null(), "{key}");
    }
    let batches = one["epochs"][0]["paper_scale"]["image"].as_f64().unwrap() / loss(&one, 0, "image");
    assert!(
        (batches - batches.round()).abs() < 1e-6,
        "sums over batches: {batches}"
    );
    let sweep = one["k_sweep"].as_array().unwrap();
    assert_eq!(
        sweep
            .iter()
            .map(|row| row["k"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        (2..=9).collect::<Vec<_>>()
    );
    let clusters = one["clusters"].as_array().unwrap();
    assert_eq!(clusters.len(), 4);
    for cluster in clusters {
        let tags = cluster["tags"].as_array().unwrap();
        let distinct: std::collections::BTreeSet<&str> = tags.iter().filter_map(Value::as_str).collect();
        assert_eq!(distinct.len(), 10, "{cluster}");
        assert!(!cluster["representative_frames"].as_array().unwrap().is_empty());
    }
    // Everything is there for the window and for Python.
    let folder = Path::new(&outs[0]);
    for file in ["project.json", "captions.json", "captions.srt", "pairs.csv"] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    let run_folder = folder.join("runs").join(one["run"].as_str().unwrap());
    for file in [
        "config.json",
        "losses.csv",
        "checkpoint.safetensors",
        "latents.npy",
        "tsne.npy",
        "clusters.csv",
        "tags.json",
    ] {
        assert!(run_folder.join(file).is_file(), "{file}");
    }
    // The same command again takes the results there are.
    let third = home.frameloom(&run(&video, &captions, &outs[0], &more));
    assert!(stderr(&third).contains("already done"), "{}", stderr(&third));
    let third: Value = serde_json::from_slice(&third.stdout).unwrap();
    assert_eq!((&third["run"], &third["labels"]), (&one["run"], &one["labels"]));

    let latents = run_folder.join("latents.npy").display().to_string();
    let map = home.path("map.csv").display().to_string();
    let found = home.json(&[
        "cluster",
        &latents,
        "--k",
        "4",
        "--k-range",
        "2..6",
        "--seed",
        "11",
        "--tsne",
        &map,
        "--json",
    ]);
    assert_eq!(found["labels"].as_array().unwrap().len(), 28);
    assert_eq!(found["sweep"].as_array().unwrap().len(), 5);
    assert_eq!(std::fs::read_to_string(&map).unwrap().lines().count(), 29);
}

#[test]
fn chinese_captions_give_chinese_words() {
    let home = Home::new();
    let out = home.path("out").display().to_string();
    let (video, captions) = (sample("storm.mp4"), sample("storm.zh.srt"));
    let found = home.json(&run(
        &video,
        &captions,
        &out,
        &["--epochs", "1", "--k", "3", "--device", "cpu"],
    ));
    assert_eq!((&found["pairs"], &found["language"]), (&28.into(), &"zh".into()));
    let tags = found["clusters"][0]["tags"].as_array().unwrap();
    let han = |tag: &Value| {
        tag.as_str()
            .unwrap()
            .chars()
            .any(|c| ('\u{4E00}'..'\u{9FFF}').contains(&c))
    };
    assert!(tags.iter().all(han), "{tags:?}");
}

#[test]
fn the_real_videos_give_96_and_90_pairs() {
    let home = Home::new();
    let cases = [
        ("us_new_variant.mp4", "us_new_variant.csv", "captions", 96, "en"),
        ("cn_vaccine.mp4", "cn_vaccine.txt", "uniform", 90, "zh"),
    ];
    for (video, captions, pairing, pairs, language) in cases {
        let (Some(video), Some(captions)) = (shared(video), shared(captions)) else {
            return;
        };
        let out = home.path(pairing).display().to_string();
        let more = ["--pairing", pairing, "--epochs", "1", "--device", "cpu"];
        let found = home.json(&run(&video, &captions, &out, &more));
        assert_eq!(
            (&found["pairs"], &found["language"]),
            (&pairs.into(), &language.into())
        );
    }
}

#[test]
fn bad_input_is_said_in_words_and_leaves_nothing_behind() {
    let home = Home::new();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(home.path(name), bytes).unwrap();
        home.path(name).display().to_string()
    };
    let (video, captions) = (sample("storm.mp4"), sample("storm.en.srt"));
    let out = home.path("out").display().to_string();
    let noise = file("noise.mp4", b"this is no video");
    let empty = file("empty.srt", b"");
    let binary = file("binary.srt", &[0, 159, 146, 150, 0, 1, 2, 0, 255]);
    let vectors = file("vectors.txt", b"storm 1 2 3\nsea 1\nbroken\nmore broken rows\n");
    let short = file("short.srt", b"1\n00:00:01,000 --> 00:00:02,000\nonly one\n");
    let late = file("late.srt", b"1\n00:59:01,000 --> 00:59:02,000\nafter the end\n");
    home.fails(&run("nowhere.mp4", &captions, &out, &[]), 1, &["nowhere.mp4"]);
    home.fails(&run(&noise, &captions, &out, &[]), 1, &["noise.mp4"]);
    assert!(
        !Path::new(&out).exists(),
        "a video that cannot be read leaves no project"
    );
    home.fails(&run(&video, &empty, &out, &[]), 1, &["empty.srt", "is empty"]);
    home.fails(&run(&video, &binary, &out, &[]), 1, &["binary.srt", "not text"]);
    home.fails(&run(&video, &short, &out, &[]), 1, &["at least 8"]);
    home.fails(
        &run(&video, &late, &out, &[]),
        1,
        &["The captions end at 59:02.0", "0 frame-caption pairs"],
    );
    home.fails(
        &run(&video, &captions, &out, &["--vectors", &vectors]),
        1,
        &["vectors.txt", "a word and its numbers"],
    );
    home.fails(
        &run(&video, &captions, "/proc/frameloom", &[]),
        1,
        &["/proc/frameloom", "cannot write"],
    );
    home.fails(
        &run(&video, &captions, &out, &["--preset", "slow"]),
        2,
        &["no preset slow", "fast, crvae-lstm"],
    );
    home.fails(
        &run(&video, &captions, &out, &["--k-range", "9..2"]),
        2,
        &["2..9"],
    );
    home.fails(&run(&video, &captions, &out, &["--every", "0"]), 2, &["--every"]);
    let other = home.path("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("thesis.txt"), "mine").unwrap();
    home.fails(
        &run(&video, &captions, &other.display().to_string(), &[]),
        2,
        &["holds other files"],
    );
    let newer = home.path("newer");
    std::fs::create_dir(&newer).unwrap();
    std::fs::write(newer.join("project.json"), r#"{"format": 99, "program": "9.0"}"#).unwrap();
    home.fails(
        &run(&video, &captions, &newer.display().to_string(), &[]),
        1,
        &["newer Frameloom", "9.0"],
    );
}

#[test]
fn captions_are_converted() {
    let home = Home::new();
    let captions = sample("storm.zh.srt");
    let found = home.json(&["captions", &captions, "--to", "json"]);
    assert_eq!(found["cues"].as_array().unwrap().len(), 28);
    let text = home.frameloom(&["captions", &captions, "--to", "vtt"]);
    assert!(String::from_utf8(text.stdout).unwrap().starts_with("WEBVTT\n"));
    home.fails(&["captions", "nowhere.srt"], 1, &["nowhere.srt"]);
    home.fails(&["captions", &captions, "--to", "doc"], 2, &["doc"]);
}

#[test]
fn frames_become_picture_files() {
    let home = Home::new();
    let out = home.path("frames");
    let found = home.json(&[
        "frames",
        &sample("storm.mp4"),
        "--every",
        "10",
        "--out",
        &out.display().to_string(),
        "--json",
    ]);
    assert_eq!(found["frames"].as_array().unwrap().len(), 7);
    let picture = image::open(out.join("000003.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (200, 120));
}

#[test]
fn devices_are_listed() {
    let output = Home::new().frameloom(&["devices"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("CPU") && text.contains("CUDA"), "{text}");
}

#[test]
fn a_training_is_extended_exported_and_asked() {
    let home = Home::new();
    let (video, captions) = (sample("storm.mp4"), sample("storm.en.srt"));
    let out = home.path("a").display().to_string();
    let settings = [
        "--device",
        "cpu",
        "--set",
        "schedule={\"kind\":\"constant\"}",
        "--set",
        "validation=0.1",
    ];
    let two = home.json(&run(
        &video,
        &captions,
        &out,
        &[&["--epochs", "2"], &settings[..]].concat(),
    ));
    let four = home.json(&run(
        &video,
        &captions,
        &out,
        &[&["--epochs", "4"], &settings[..]].concat(),
    ));
    // The same training, gone on with.
    assert_eq!(
        (&two["run"], &two["epochs"][1]["image"]),
        (&four["run"], &four["epochs"][1]["image"])
    );
    assert_eq!(four["epochs"].as_array().unwrap().len(), 4);

    let export = |what: &str, name: &str| {
        let path = home.path(name);
        let output = home.frameloom(&[
            "export",
            &out,
            "--what",
            what,
            "--out",
            &path.display().to_string(),
        ]);
        assert!(output.status.success(), "{}", stderr(&output));
        path
    };
    let table = std::fs::read_to_string(export("curves", "curves.csv")).unwrap();
    assert_eq!(table.lines().count(), 5);
    assert!(table.starts_with("run,epoch,image") && table.contains("validation_total"));
    assert!(
        std::fs::read_to_string(export("curves", "curves.svg"))
            .unwrap()
            .contains("<svg")
    );
    assert!(
        std::fs::read(export("curves", "curves.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    assert!(
        std::fs::read(export("latents", "latents.npy"))
            .unwrap()
            .starts_with(b"\x93NUMPY")
    );
    assert!(
        std::fs::read_to_string(export("captions", "captions.vtt"))
            .unwrap()
            .starts_with("WEBVTT")
    );
    assert_eq!(
        std::fs::read_dir(export("tensorboard", "events"))
            .unwrap()
            .count(),
        1
    );
    home.fails(
        &["export", &out, "--what", "curves", "--out", "curves.gif"],
        2,
        &["gif", "png"],
    );
    home.fails(
        &["export", &out, "--what", "curves", "--run", "9", "--out", "a.svg"],
        2,
        &["no training 9"],
    );

    clusters_leave_in_every_form(&home, &out);

    let told = home.path("told").display().to_string();
    let way = home.json(&[
        "decode", &out, "--from", "1", "--to", "20", "--steps", "3", "--out", &told, "--json",
    ]);
    assert_eq!(way.as_array().unwrap().len(), 3);
    assert_eq!(way[0]["nearest"][0]["pair"], 1);
    assert_eq!(way[2]["nearest"][0]["pair"], 20);
    assert!(Path::new(way[1]["picture"].as_str().unwrap()).exists());
    home.fails(
        &["decode", &out, "--cluster", "99", "--out", &told],
        2,
        &["no cluster 99"],
    );
}

fn clusters_leave_in_every_form(home: &Home, project: &str) {
    let export = |what: &str, name: &str, more: &[&str]| {
        let path = home.path(name);
        let out = path.display().to_string();
        let output = home.frameloom(&[&["export", project, "--what", what, "--out", &out], more].concat());
        assert!(output.status.success(), "{what}: {}", stderr(&output));
        path
    };
    let text = |what: &str, name: &str| std::fs::read_to_string(export(what, name, &[])).unwrap();
    let page = text("report", "report.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.matches("data:image/jpeg").count() > 5);
    let table = text("assignments", "assignments.csv");
    assert_eq!(table.lines().count(), 29);
    assert!(table.starts_with("pair,number,frame,time,cue,cue_start"));
    assert!(text("eaf", "storm.eaf").contains("TIER_ID=\"clusters\""));
    let methods = text("methods", "methods.txt");
    assert!(
        methods.contains("learning_rate: ") && methods.contains("video, storm.mp4: "),
        "{methods}"
    );
    let map = std::fs::read(export("tsne", "tsne.npy", &[])).unwrap();
    assert!(map.starts_with(b"\x93NUMPY"));

    let projector = export("projector", "projector", &[]);
    let rows = |name: &str| {
        std::fs::read_to_string(projector.join(name))
            .unwrap()
            .lines()
            .count()
    };
    assert_eq!((rows("vectors.tsv"), rows("metadata.tsv")), (28, 29));
    let sprite = image::open(projector.join("sprite.png")).unwrap();
    assert_eq!((sprite.width(), sprite.height() % 6), (600, 0));
    let plots = export("plots", "plots", &["--thumbnails"]);
    // Eleven plots and the map with pictures, each as SVG and PNG.
    assert_eq!(std::fs::read_dir(&plots).unwrap().count(), 24);
    let chosen = export("selection", "chosen", &["--pairs", "3,7-9"]);
    assert_eq!(std::fs::read_dir(chosen.join("frames")).unwrap().count(), 4);
    assert!(chosen.join("selection.csv").is_file());

    let fails = |what: &str, name: &str, more: &[&str], code: i32, says: &str| {
        let out = home.path(name).display().to_string();
        home.fails(
            &[&["export", project, "--what", what, "--out", &out], more].concat(),
            code,
            &[says],
        );
    };
    fails("plots", "plots", &[], 2, "name a new one");
    fails("selection", "other", &[], 2, "--pairs 3,7,12-20");
    fails(
        "selection",
        "other",
        &["--pairs", "27-99"],
        2,
        "there is no pair 29",
    );
    fails("selection", "other", &["--pairs", "0"], 2, "counted from 1");
    fails("report", "a.html", &["--pairs", "3"], 2, "--what selection");
    fails("report", "a.html", &["--run", "9"], 2, "no training 9");
    fails("nothing", "a.html", &[], 2, "assignments");
    assert!(!home.path("other").exists() && !home.path("a.html").exists());
    let left = std::fs::read_dir(home.path("")).unwrap();
    let hidden = left.filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with(".frameloom")
    });
    assert_eq!(hidden.count(), 0);
}

#[test]
fn a_measurement_says_how_good_and_how_quick() {
    let home = Home::new();
    let small = [
        "--set",
        "network.fusion.dense=[16]",
        "--set",
        "network.image.filters=[4,8,8]",
    ];
    let measured = home.json(
        &[
            &[
                "bench", "train", "--epochs", "2", "--seeds", "2", "--device", "cpu", "--json",
            ],
            &small[..],
        ]
        .concat(),
    );
    let preset = &measured["presets"][0];
    for key in [
        "parameters",
        "step_operations",
        "step_bytes",
        "step_seconds",
        "times_the_floor",
    ] {
        assert!(preset[key].as_f64().unwrap() > 0.0, "{key}");
    }
    assert_eq!(preset["trainings"].as_array().unwrap().len(), 2);
    assert!(preset["trainings"][0]["scores"]["image"].as_f64().unwrap() > 0.0);
    assert_eq!(preset["agreement"][0][0], 2);
    home.fails(&["bench", "train", "--set", "epochz=2"], 2, &["epochz", "epochs"]);
    home.fails(
        &["bench", "train", "--preset", "slow"],
        2,
        &["slow", "crvae-lstm"],
    );
}

#[test]
fn two_videos_are_trained_on_together_and_clusters_tell_them_apart() {
    let home = Home::new();
    let (video, captions, chinese) = (
        sample("storm.mp4"),
        sample("storm.en.srt"),
        sample("storm.zh.srt"),
    );
    let [one, other, empty] = ["one.frameloom", "other.frameloom", "empty"].map(|out| home.path(out));
    let [one, other, empty] = [one, other, empty].map(|out| out.display().to_string());
    let few = ["--epochs", "1", "--device", "cpu", "--k", "3"];
    let more = [&few[..], &["--every", "4"]].concat();
    let alone = home.json(&run(&video, &chinese, &other, &more));
    assert_eq!(
        alone["sources"],
        serde_json::json!([{ "name": "other", "pairs": alone["pairs"] }])
    );
    let before = std::fs::read(home.path("other.frameloom/project.json")).unwrap();

    let more = [&few[..], &["--with", &other]].concat();
    let both = home.json(&run(&video, &captions, &one, &more));
    let theirs = alone["pairs"].as_u64().unwrap();
    assert_eq!(both["pairs"], 28 + theirs);
    assert_eq!(
        both["sources"],
        serde_json::json!([{ "name": "one", "pairs": 28 }, { "name": "other", "pairs": theirs }])
    );
    let of_source = |cluster: &Value, source: usize| cluster["sources"][source].as_u64().unwrap();
    let clusters = both["clusters"].as_array().unwrap();
    for cluster in clusters {
        assert_eq!(of_source(cluster, 0) + of_source(cluster, 1), cluster["size"]);
    }
    let total: u64 = clusters.iter().map(|cluster| of_source(cluster, 1)).sum();
    assert_eq!(total, theirs);
    assert_eq!(
        std::fs::read(home.path("other.frameloom/project.json")).unwrap(),
        before
    );

    // The table names the video of each pair.
    let table = home.path("assignments.csv");
    let output = home.frameloom(&[
        "export",
        &one,
        "--what",
        "assignments",
        "--out",
        table.to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let rows = std::fs::read_to_string(table).unwrap();
    let named = rows.lines().filter(|line| line.ends_with(",other")).count();
    assert_eq!(named as u64, theirs, "{rows}");

    for (with, says) in [(&one, "this very project"), (&empty, "not a Frameloom project")] {
        home.fails(&run(&video, &captions, &one, &["--with", with]), 1, &[says]);
    }
}

#[test]
fn a_server_writes_the_tags_of_a_run_and_two_tellings_are_compared() {
    let home = Home::new();
    let (video, english, chinese) = (
        sample("storm.mp4"),
        sample("storm.en.srt"),
        sample("storm.zh.srt"),
    );
    let [one, other] = ["one.frameloom", "other.frameloom"].map(|out| home.path(out).display().to_string());
    let few = ["--epochs", "1", "--device", "cpu", "--k", "2", "--every", "4"];
    let ten =
        "1. 暴雨\n2. 洪水\n3. 救援\n4. 河水\n5. 沙袋\n6. 天气预报\n7. 疏散\n8. 街道\n9. 消防员\n10. 重建";
    let server = StandIn::openai(move |_| Reply::stream(ten));
    let url = server.url();
    let more = [&few[..], &["--tagger", "server", "--server", &url]].concat();
    let told = home.json(&run(&video, &chinese, &one, &more));
    for cluster in told["clusters"].as_array().unwrap() {
        assert_eq!(cluster["tags"][0], "暴雨");
        assert_eq!(cluster["tagging"]["model"], "tagger");
        assert_eq!(cluster["tagging"]["tags"].as_array().unwrap().len(), 10);
        assert_ne!(cluster["keywords"][0]["text"], "暴雨", "keywords are told beside");
    }
    assert_eq!(server.questions().len(), 2, "one question a cluster");
    // The same run again takes what is there, but for the tags, which are asked for anew.
    home.json(&run(&video, &english, &other, &few));

    let compared = home.json(&["compare", &one, &one, "--phrases", "words", "--json"]);
    let matrix = compared["matrix"].as_array().unwrap();
    assert_eq!((matrix.len(), matrix[0].as_array().unwrap().len()), (2, 2));
    assert!((matrix[0][0].as_f64().unwrap() - 1.0).abs() < 1e-6, "{matrix:?}");
    let table = home.path("cells.csv").display().to_string();
    let text = home.frameloom(&["compare", &one, &one, "--phrases", "words", "--csv", &table]);
    assert!(text.status.success(), "{}", stderr(&text));
    assert_eq!(std::fs::read_to_string(&table).unwrap().lines().count(), 5);

    // Never a number across languages from what knows but one.
    home.fails(
        &["compare", &one, &other, "--phrases", "words"],
        1,
        &["two languages"],
    );
    home.fails(
        &["compare", &one, &other],
        1,
        &["no model to compare phrases", "--phrases words"],
    );
    home.fails(
        &["compare", &one, "nowhere", "--phrases", "words"],
        2,
        &["nowhere is no project"],
    );
    home.fails(
        &run(&video, &chinese, &one, &["--tagger", "server"]),
        2,
        &["--server"],
    );
    home.fails(
        &run(&video, &chinese, &one, &["--describe", "nothing-here"]),
        1,
        &["nothing-here", "models"],
    );
}

#[test]
fn models_are_listed_added_and_removed_without_a_network() {
    let home = Home::new();
    let path = |name: &str| home.path(name).display().to_string();
    let known = home.json(&["models", "--json"]);
    let models = known["models"].as_array().unwrap();
    let job = |job: &str| models.iter().filter(|model| model["job"] == job).count();
    for name in ["describe", "tag", "phrases", "translate", "speech", "search"] {
        assert!(job(name) > 0, "{name}");
    }
    assert!(models.iter().all(|model| model["installed"].is_null()));
    for model in models {
        assert!(
            model["bytes"].as_u64() > Some(0) && !model["licence"].is_null(),
            "{model}"
        );
    }

    std::fs::write(home.path("标签.gguf"), b"GGUF\x03\0\0\0").unwrap();
    let own = home.json(&["models", "add", "tag", &path("标签.gguf"), "--json"]);
    assert_eq!((&own["id"], &own["chosen"]), (&"标签".into(), &true.into()));
    let listed = home.json(&["models", "list", "--json"]);
    assert_eq!(listed["models"].as_array().unwrap().len(), models.len() + 1);
    let text = home.frameloom(&["models"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("* 标签"));
    home.json(&["models", "verify", "标签", "--json"]);
    home.json(&["models", "remove", "标签", "--json"]);
    assert!(home.path("标签.gguf").exists());

    home.fails(
        &["models", "add", "describe", &path("标签.gguf")],
        2,
        &["choose the folder"],
    );
    home.fails(&["models", "add", "sing", "a"], 2, &["describe, tag"]);
    home.fails(&["models", "get", "gpt-9"], 2, &["gpt-9", "frameloom models"]);
    home.fails(&["models", "verify", "blip-base"], 2, &["blip-base"]);
}

#[cfg(unix)]
#[test]
fn a_recogniser_of_ones_own_writes_down_speech() {
    let home = Home::new();
    let video = sample("storm.mp4");
    let own = |script: &str| format!("sh -c '{script}' x {{audio}} {{out.srt}}");
    let hello =
        own("test -s \"$1\" && printf \"1\\n00:00:01,000 --> 00:00:02,500\\nhello storm\\n\" > \"$2\"");
    let output = home.frameloom(&["transcribe", &video, "--recogniser", &hello, "--to", "vtt"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        text.contains("00:00:01.000 --> 00:00:02.500\nhello storm"),
        "{text}"
    );
    let output = home.frameloom(&["transcribe", &video, "--recogniser", &hello, "--language", "zh"]);
    assert!(
        stderr(&output).contains("looks English, and Chinese was chosen"),
        "{}",
        stderr(&output)
    );
    let broken = own("echo out of memory >&2; exit 4");
    home.fails(
        &["transcribe", &video, "--recogniser", &broken],
        1,
        &["exit code 4", "out of memory"],
    );
    home.fails(
        &["transcribe", &video, "--recogniser", "whisper"],
        2,
        &["no arguments"],
    );
    home.fails(
        &["transcribe", &video],
        1,
        &["there is no model to write down speech", "models get"],
    );
    home.fails(&["run", &video, "--out", "x"], 2, &["--captions"]);
}

/// The caption blocks of a SubRip file: their times, and their text.
fn blocks(srt: &str) -> (Vec<String>, Vec<String>) {
    let blocks = srt.trim_start_matches('\u{feff}').replace('\r', "");
    let of = |block: &str| {
        let mut lines = block.lines();
        let times = lines.by_ref().nth(1).unwrap().to_owned();
        (times, lines.collect::<Vec<_>>().join("\n"))
    };
    blocks
        .split("\n\n")
        .filter(|block| !block.trim().is_empty())
        .map(|block| of(block.trim()))
        .unzip()
}

#[test]
fn a_shifted_stretch_of_the_real_transcript_is_found_by_how_it_is_said() {
    let (Some(video), Some(captions)) = (shared("cn_vaccine.mp4"), shared("cn_vaccine.srt")) else {
        return;
    };
    let home = Home::new();
    let (times, texts) = blocks(&std::fs::read_to_string(&captions).unwrap());
    // Frames, and by how many places the captions of their stretch come too late; none at all the first time.
    for planted in [None, Some((20, 34, 3_i64)), Some((45, 64, -3))] {
        let mut texts = texts.clone();
        if let Some((first, last, by)) = planted {
            let stretch = &mut texts[first..=last];
            if by > 0 {
                stretch.rotate_right(3);
            } else {
                stretch.rotate_left(3);
            }
        }
        let cues = times.iter().zip(&texts).enumerate();
        let shifted: String = cues
            .map(|(place, (time, text))| format!("{}\n{time}\n{text}\n\n", place + 1))
            .collect();
        let file = home.path("shifted.srt");
        std::fs::write(&file, shifted).unwrap();
        let project = home.path("shifted.frameloom").to_str().unwrap().to_owned();
        home.json(&run(
            &video,
            file.to_str().unwrap(),
            &project,
            &["--epochs", "1", "--preset", "fast", "--k", "2"],
        ));
        // In this video words tell nothing of the pictures, however long towers learn: the speech decides.
        let fit = home.json(&[
            "fit", &project, "--set", "epochs=2", "--set", "judges=1", "--json",
        ]);
        assert_eq!(fit["telling"]["plain"], false);
        let shifts = fit["shifts"].as_array().unwrap();
        let Some((first, last, by)) = planted else {
            assert!(shifts.is_empty(), "nothing is shifted: {shifts:?}");
            continue;
        };
        let [shift] = shifts.as_slice() else {
            panic!("one stretch is shifted: {shifts:?}")
        };
        let number = |name: &str| shift[name].as_i64().unwrap();
        assert!((number("by") - by).abs() <= 1, "{shift}");
        // The frames whose captions are elsewhere in the stretch.
        let (first, last) = if by > 0 {
            (first, last - 3)
        } else {
            (first + 3, last)
        };
        let (from, to) = (number("first").max(first as i64), number("last").min(last as i64));
        let both = to - from + 1;
        assert!(
            3 * both > 2 * (last - first + 1) as i64,
            "{shift} of {first} to {last}"
        );
        std::fs::remove_dir_all(&project).unwrap();
    }
}

#[test]
fn nothing_is_moved_in_a_sound_transcript_whose_captions_roll() {
    let (Some(video), Some(captions)) = (shared("us_new_variant.mp4"), shared("us_new_variant.csv")) else {
        return;
    };
    let home = Home::new();
    let project = home.path("sound.frameloom").to_str().unwrap().to_owned();
    home.json(&run(
        &video,
        &captions,
        &project,
        &["--epochs", "1", "--preset", "fast", "--k", "2"],
    ));
    let fit = home.json(&[
        "fit", &project, "--set", "epochs=2", "--set", "judges=1", "--json",
    ]);
    assert_eq!(fit["telling"]["plain"], false);
    assert_eq!(fit["shifts"].as_array().unwrap().len(), 0, "{}", fit["shifts"]);
}
