//! A program of others that is waited for, and ended when nobody waits any more.

use super::OwnRecogniserError;
use crate::jobs::Watch;
use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
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
    #[cfg(unix)]
    {
        // So that what it starts itself can be ended with it.
        use std::os::unix::process::CommandExt;
        command.process_group(0);
        #[cfg(target_os = "linux")]
        // SAFETY: between fork and exec only prctl is called, which is safe to call there.
        unsafe {
            // It ends with this program, whatever way that ends.
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
    }
    let failed = |source| OwnRecogniserError::Start { program, source };
    let mut child = command.spawn().map_err(failed)?;
    let tail = Tail::default();
    let readers = [
        child.stdout.take().map(|pipe| follow(pipe, tail.clone())),
        child.stderr.take().map(|pipe| follow(pipe, tail.clone())),
    ];
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) => {}
            Err(_) => break None,
        }
        if let Err(cancelled) = watch.check() {
            end(&mut child);
            return Err(cancelled.into());
        }
        std::thread::sleep(LOOK);
    };
    let until = Instant::now() + LAST_WORDS;
    let are_done = || readers.iter().flatten().all(JoinHandle::is_finished);
    while !are_done() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    let kept: Vec<u8> = tail
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .copied()
        .collect();
    Ok(Ended {
        status: status.filter(|status| !status.success()).map(in_words),
        output: String::from_utf8_lossy(&kept).trim().to_owned(),
    })
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

/// Ends a program and all that it started: first asked, then forced.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        signal(child, libc::SIGTERM);
        let until = Instant::now() + PEACE;
        while Instant::now() < until && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(child, libc::SIGKILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
fn signal(child: &Child, signal: libc::c_int) {
    if let Ok(group) = libc::pid_t::try_from(child.id()) {
        // SAFETY: a call without pointers. The group was made for this child, which has either not been waited for yet, so that
        // nothing else can have its number, or has left others of its group behind, who then still hold it; at worst it is
        // gone and nothing happens.
        let _ = unsafe { libc::killpg(group, signal) };
    }
}
