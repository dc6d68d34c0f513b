#![cfg(unix)]

use super::*;
use std::time::{Duration, Instant};

fn command(text: &str) -> Result<OwnRecogniser, OwnRecogniserError> {
    text.parse()
}

#[test]
fn a_command_names_its_files_and_is_split_without_a_shell() {
    let own = command("'my whisper' --in={audio} -o {out.vtt} 'a; rm -rf $HOME'").unwrap();
    assert_eq!(
        own.with_files(Path::new("/t/a b.wav"), Path::new("/t/o")),
        [
            "my whisper",
            "--in=/t/a b.wav",
            "-o",
            "/t/o.vtt",
            "a; rm -rf $HOME"
        ]
    );
    for (wrong, why) in [
        ("whisper", "no arguments"),
        ("whisper {out.srt}", "{audio} stands nowhere"),
        ("whisper '{audio} {out.srt}", "quote"),
    ] {
        let error = command(wrong).unwrap_err().to_string();
        assert!(error.contains(why), "{wrong}: {error}");
    }
}

/// A video of half a second with sound; none, with a message, where it cannot be made.
fn video(folder: &Path) -> Option<PathBuf> {
    let path = folder.join("a.mkv");
    let made = std::process::Command::new("ffmpeg")
        .args(
            "-v error -f lavfi -i color=size=32x32:duration=0.5 -f lavfi -i sine=duration=0.5 -c:a pcm_s16le"
                .split(' '),
        )
        .arg(&path)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no ffmpeg command that can make a video");
        return None;
    }
    Some(path)
}

fn run(text: &str, watch: &Watch) -> Option<Result<Imported, OwnRecogniserError>> {
    let folder = tempfile::tempdir().unwrap();
    let video = video(folder.path())?;
    let inner = folder.path().join("work");
    std::fs::create_dir(&inner).unwrap();
    Some(command(text).unwrap().run(&video, &inner, Seconds(0.5), watch))
}

#[test]
fn its_captions_are_read_and_its_sound_is_sound() {
    // The program checks the head of the file and its length: 44 bytes and 2 for each of 8,000 samples.
    let script = "sh -c 'test \"$(head -c 4 \"$1\")\" = RIFF && size=$(wc -c < \"$1\") && test $size -ge 15900 && test $size -le 16300 \
                  && printf \"1\\n00:00:00,100 --> 00:00:00,400\\nhello\\n\" > \"$2\"' x {audio} {out.srt}";
    let Some(result) = run(script, &Watch::default()) else {
        return;
    };
    let track = result.unwrap().track;
    assert_eq!((track.cues.len(), track.cues[0].text.as_str()), (1, "hello"));
}

#[test]
fn what_it_leaves_under_a_name_of_its_own_is_found() {
    for command in [
        "sh -c 'cp \"$1\" copy.wav; echo noise > notes.md; echo {} > audio.json; printf \"1\\n00:00:00,100 --> 00:00:00,400\\nhello\\n\" > audio.wav.srt' x {audio}",
        "sh -c 'printf \"1\\n00:00:00,100 --> 00:00:00,400\\nhello\\n\" > \"$2\".srt' x {audio} {out}",
    ] {
        let Some(result) = run(command, &Watch::default()) else {
            return;
        };
        assert_eq!(result.unwrap().track.cues[0].text, "hello", "{command}");
    }
}

#[test]
fn how_it_failed_is_said_with_its_last_words() {
    let script = "sh -c 'echo no such model >&2; exit 3' x {audio} {out.srt}";
    let Some(result) = run(script, &Watch::default()) else {
        return;
    };
    let error = result.unwrap_err().to_string();
    assert!(
        error.contains("exit code 3") && error.contains("no such model"),
        "{error}"
    );
    let error = run("sh -c true x {audio} {out.srt}", &Watch::default())
        .unwrap()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("left no caption file") && error.contains("wrote nothing"),
        "{error}"
    );
    let error = run("no-such-program-at-all {audio} {out.srt}", &Watch::default())
        .unwrap()
        .unwrap_err();
    assert!(error.to_string().contains("cannot be started"), "{error}");
}

#[test]
fn cancelling_ends_it_and_what_it_started() {
    let mark = tempfile::tempdir().unwrap();
    let mark = mark.path().join("still-here");
    let script = format!(
        "sh -c '(sleep 2; touch {}) & trap \"\" TERM; sleep 30' x {{audio}} {{out.srt}}",
        mark.display()
    );
    let watch = Watch::default();
    let cancel = watch.clone();
    let canceller = std::thread::spawn(move || {
        while !cancel.doing().contains("is listening") {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(100));
        cancel.cancel();
        Instant::now()
    });
    let Some(result) = run(&script, &watch) else {
        watch.say("is listening");
        canceller.join().unwrap();
        return;
    };
    let took = canceller.join().unwrap().elapsed();
    assert!(matches!(result, Err(OwnRecogniserError::Cancelled(_))));
    assert!(took < Duration::from_millis(400), "{took:?}");
    std::thread::sleep(Duration::from_millis(2_200));
    assert!(!mark.exists(), "what it started still ran");
}
