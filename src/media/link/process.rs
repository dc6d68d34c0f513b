//! One run of a program whose lines are read while it works. It and all that it has started end with it.

use super::error::LinkError;
use crate::jobs::{Watch, child};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// Cancellation is looked for this often.
const LOOK: Duration = Duration::from_millis(50);

/// A line is never longer: the description of a video with many formats and languages has some megabytes.
const LONGEST_LINE: u64 = 64 << 20;

/// Of what is told on standard error the last bytes are kept.
const KEPT: usize = 64 << 10;

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub status: ExitStatus,
    /// What it told on standard error, at most the last of it.
    pub told: String,
}

/// Runs a program to its end; `hear` gets each line of its standard output.
///
/// # Errors
/// When it cannot be started, and on cancellation, which ends it at once with all that it has started.
pub(super) fn run(
    mut command: Command,
    watch: &Watch,
    hear: &mut dyn FnMut(&str),
) -> Result<Ended, LinkError> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    child::set_apart(&mut command);
    let mut running = Running(command.spawn().map_err(LinkError::Start)?);
    let (out, err) = (running.0.stdout.take(), running.0.stderr.take());
    let (sender, lines) = bounded(64);
    let (told_sender, told) = bounded(1);
    let start = |name: &str| std::thread::Builder::new().name(name.into());
    start("output of yt-dlp")
        .spawn(move || out.map(|out| read_lines(out, &sender)))
        .map_err(LinkError::Start)?;
    start("errors of yt-dlp")
        // Nobody waits for what a run tells that was cancelled.
        .spawn(move || told_sender.send(err.map(read_tail).unwrap_or_default()))
        .map_err(LinkError::Start)?;
    wait(&lines, watch, &mut |line: String| hear(&line))?;
    let mut tail = String::new();
    wait(&told, watch, &mut |text| tail = text)?;
    loop {
        watch.check()?;
        if let Some(status) = running.0.try_wait().map_err(LinkError::Start)? {
            return Ok(Ended { status, told: tail });
        }
        std::thread::sleep(LOOK);
    }
}

/// Hears what comes until no more can come.
fn wait<T>(from: &Receiver<T>, watch: &Watch, hear: &mut dyn FnMut(T)) -> Result<(), LinkError> {
    loop {
        watch.check()?;
        match from.recv_timeout(LOOK) {
            Ok(news) => hear(news),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn read_lines(out: impl Read, sender: &Sender<String>) {
    let mut out = BufReader::new(out);
    loop {
        let mut line = Vec::new();
        match (&mut out).take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                if sender.send(line).is_err() {
                    return;
                }
            }
        }
    }
}

fn read_tail(mut from: impl Read) -> String {
    let mut tail = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        tail.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if tail.len() > 2 * KEPT {
            tail.drain(..tail.len() - KEPT);
        }
    }
    String::from_utf8_lossy(&tail).into_owned()
}

/// A child that does not outlive this.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        child::end(&mut self.0, Duration::ZERO);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Instant;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_and_errors_are_heard() {
        let mut heard = Vec::new();
        let ended = run(
            shell("echo a; echo 疫苗 >&2; echo b; exit 3"),
            &Watch::default(),
            &mut |line| {
                heard.push(line.to_owned());
            },
        );
        let ended = ended.unwrap();
        assert_eq!(
            (heard, ended.status.code(), ended.told.as_str()),
            (vec!["a".into(), "b".into()], Some(3), "疫苗\n")
        );
    }

    #[test]
    fn cancelling_ends_all_that_was_started_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("late");
        let watch = Watch::default();
        let cancel = watch.clone();
        let script = format!("(sleep 1; touch {}) & echo ready; wait", file.display());
        let began = Instant::now();
        let ended = run(shell(&script), &watch, &mut |_| cancel.cancel());
        assert!(matches!(ended, Err(LinkError::Cancelled(_))));
        assert!(
            began.elapsed() < Duration::from_millis(300),
            "{:?}",
            began.elapsed()
        );
        std::thread::sleep(Duration::from_millis(1200));
        assert!(!file.exists(), "a child of the child went on");
    }
}
