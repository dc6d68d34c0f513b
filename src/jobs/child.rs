//! Programs that are started here, and end with all that they have started themselves.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

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
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    #[cfg(unix)]
    if let Ok(group) = libc::pid_t::try_from(child.id()) {
        let signal = |signal| {
            // SAFETY: a call without pointers. The group was made for this child, which had not been waited for above; should
            // it end in peace, those of its group that are left still hold the number, and at worst nothing happens.
            let _ = unsafe { libc::killpg(group, signal) };
        };
        let until = Instant::now() + peace;
        if !peace.is_zero() {
            signal(libc::SIGTERM);
        }
        while Instant::now() < until && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        signal(libc::SIGKILL);
    }
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
