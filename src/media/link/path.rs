//! Programs on the path.

use super::error::LinkError;
use std::path::{Path, PathBuf};

/// The Python of this machine.
pub(super) fn python() -> Result<PathBuf, LinkError> {
    on_path("python3")
        .or_else(|| on_path("python").filter(|_| cfg!(windows)))
        .ok_or(LinkError::NoPython)
}

/// A program on the path. Only absolute folders count, so that where one stands does not matter.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&file))
        .find(|program| is_program(program))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}
