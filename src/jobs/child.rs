//! Programs that are started here, and end with all that they have started themselves.

use std::process::{Child, Command};
use std::time::Duration;

/// Makes the program the head of a group of its own, which can be ended as one. Where the system can, it also ends when
/// this program does, in whatever way.
pub fn set_apart(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
        #[cfg(target_os = "linux")]
        // SAFETY: between fork and exec only prctl is called, which is safe to call there.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
    }
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends a program that was [set apart](set_apart), with its group: asked first where it is given so long to end in peace, and
/// then forced.
pub fn end(child: &mut Child, peace: Duration) {
    // What has ended has been waited for, and its number may be another's by now.
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    #[cfg(unix)]
    end_group(child, peace);
    #[cfg(not(unix))]
    let _ = peace;
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
fn end_group(child: &Child, peace: Duration) {
    let Ok(group) = libc::pid_t::try_from(child.id()) else {
        return;
    };
    let signal = |signal| {
        // SAFETY: a call without pointers. The group was made for this child, which nobody has waited for: as long as that is
        // so, its number is nobody else's.
        let _ = unsafe { libc::killpg(group, signal) };
    };
    let until = std::time::Instant::now() + peace;
    if !peace.is_zero() {
        signal(libc::SIGTERM);
    }
    while std::time::Instant::now() < until && !has_ended(child) {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(libc::SIGKILL);
}

/// Whether a child has ended, without waiting for it: its number stays its own.
#[cfg(unix)]
fn has_ended(child: &Child) -> bool {
    // SAFETY: a structure of numbers, for which zeros are numbers.
    let mut about: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let how = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: it writes into the structure above, which outlives the call.
    let asked = unsafe { libc::waitid(libc::P_PID, child.id(), &raw mut about, how) };
    // SAFETY: what waitid has filled in, or left at zero, has a number.
    asked != 0 || unsafe { about.si_pid() } != 0
}
