//! Progress on standard error: a line that is rewritten on a terminal, a line a stage in a log.

use crate::jobs::Watch;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Shows what a [`Watch`] reports.
pub struct Progress {
    /// To be given to the work.
    pub watch: Watch,
}

struct Shown {
    at: Instant,
    doing: String,
}

impl Progress {
    /// Begins to listen. Interrupting the program (Ctrl-C, or a request to end) cancels the watch; a second time
    /// ends the program at once.
    #[must_use]
    pub fn new() -> Self {
        let slot: Arc<Mutex<Option<Watch>>> = Arc::default();
        let shown = Mutex::new(Shown {
            at: Instant::now(),
            doing: String::new(),
        });
        let terminal = std::io::stderr().is_terminal();
        let seen = slot.clone();
        let watch = Watch::new(Arc::new(move || {
            let Some(watch) = seen.lock().unwrap_or_else(PoisonError::into_inner).clone() else {
                return;
            };
            show(
                &watch,
                &mut shown.lock().unwrap_or_else(PoisonError::into_inner),
                terminal,
            );
        }));
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(watch.clone());
        let cancel = watch.clone();
        let handler = move || {
            if cancel.is_cancelled() {
                std::process::exit(130);
            }
            eprintln!("\nstopping; once more ends at once");
            cancel.cancel();
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            tracing::debug!("interrupts are not handled: {error}");
        }
        Self { watch }
    }
}

/// Prints a line of its own, which stays while the progress below it goes on.
pub fn tell(line: &str) {
    if std::io::stderr().is_terminal() {
        eprintln!("\r\x1b[K{line}");
    } else {
        eprintln!("{line}");
    }
}

fn show(watch: &Watch, shown: &mut Shown, terminal: bool) {
    let doing = watch.doing();
    let new = doing != shown.doing;
    if !new && (!terminal || shown.at.elapsed() < Duration::from_millis(100)) {
        return;
    }
    let (done, total) = watch.progress();
    shown.at = Instant::now();
    shown.doing.clone_from(&doing);
    if terminal {
        let share = if total > 0 && !new {
            format!(" {:.0} %", done as f64 * 100.0 / total as f64)
        } else {
            String::new()
        };
        eprint!("\r\x1b[K{doing}{share}");
        let _ = std::io::stderr().flush();
    } else {
        eprintln!("{doing}");
    }
}
