//! A program of others that is waited for, and ended when nobody waits any more.

use super::OwnRecogniserError;
use crate::jobs::{Watch, child};
use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Bytes of what a program wrote that are kept.
const TAIL: usize = 4_000;
/// Between two looks at the program and the watch.
const LOOK: Duration = Duration::from_millis(25);
/// What a program has to end in peace.
const PEACE: Duration = Duration::from_millis(100);
/// How long its last words are waited for: something that it left running may hold them back.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// How a program ended.
pub(super) struct Ended {
    /// How it failed, in words; none where it did not.
    pub status: Option<String>,
    /// The end of what it wrote.
    pub output: String,
}

/// The end of what a program writes.
type Tail = Arc<Mutex<VecDeque<u8>>>;

/// Runs a program in a folder and waits for its end.
///
/// # Errors
/// When it cannot be started, and when cancelled.
pub(super) fn run(words: &[String], folder: &Path, watch: &Watch) -> Result<Ended, OwnRecogniserError> {
    watch.check()?;
    let program = words.first().cloned().unwrap_or_default();
    let mut command = Command::new(&program);
    command
        .args(words.get(1..).unwrap_or_default())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    child::set_apart(&mut command);
    let failed = |cause| OwnRecogniserError::Start { program, cause };
    let mut running = command.spawn().map_err(failed)?;
    let tail = Tail::default();
    let readers = [
        running.stdout.take().map(|pipe| follow(pipe, tail.clone())),
        running.stderr.take().map(|pipe| follow(pipe, tail.clone())),
    ];
    let mut told = String::new();
    let status = loop {
        match running.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) => {}
            Err(_) => break None,
        }
        if let Err(cancelled) = watch.check() {
            child::end(&mut running, PEACE);
            return Err(cancelled.into());
        }
        let line = last_line(&tail);
        if line.as_ref().is_some_and(|line| *line != told) {
            told = line.unwrap_or_default();
            watch.say(told.clone());
        }
        std::thread::sleep(LOOK);
    };
    let until = Instant::now() + LAST_WORDS;
    let are_done = || readers.iter().flatten().all(JoinHandle::is_finished);
    while !are_done() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(Ended {
        status: status.filter(|status| !status.success()).map(in_words),
        output: kept(&tail).trim().to_owned(),
    })
}

fn kept(tail: &Tail) -> String {
    let tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes: Vec<u8> = tail.iter().copied().collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The last line that it wrote and that says something, for people: what is written over itself counts as lines.
fn last_line(tail: &Tail) -> Option<String> {
    const LONGEST: usize = 100;
    let text = kept(tail);
    let mut lines = text.split(['\n', '\r']).rev().map(str::trim);
    let line = lines.find(|line| !line.is_empty())?;
    Some(line.chars().filter(|c| !c.is_control()).take(LONGEST).collect())
}

fn in_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return format!("signal {signal}");
        }
    }
    status
        .code()
        .map_or_else(|| status.to_string(), |code| format!("exit code {code}"))
}

/// Keeps the end of what comes through a pipe.
fn follow(mut pipe: impl Read + Send + 'static, tail: Tail) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut block = [0; 4096];
        while let Ok(count @ 1..) = pipe.read(&mut block) {
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            tail.extend(block.get(..count).unwrap_or_default());
            let unwanted = tail.len().saturating_sub(TAIL);
            tail.drain(..unwanted);
        }
    })
}
