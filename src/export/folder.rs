//! Folders that are either whole or not there: filled beside their place, then renamed.

use super::ExportError;
use crate::project::StoreError;
use std::io;
use std::path::Path;

/// Makes a new folder in one step: `fill` is given a hidden one beside it, which takes its name when all is written.
///
/// # Errors
/// When there is something of that name already but an empty folder, when it cannot be written, or as `fill`; nothing is
/// left behind then.
pub fn write_folder(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let failed = |cause: io::Error| {
        let path = path.to_path_buf();
        ExportError::Store(StoreError::Write { path, cause })
    };
    // A name without a folder before it has an empty parent.
    let path = std::path::absolute(path).map_err(failed)?;
    ensure_new(&path)?;
    let parent = path.parent().unwrap_or(&path);
    std::fs::create_dir_all(parent).map_err(failed)?;
    let begun = tempfile::Builder::new()
        .prefix(".frameloom-")
        .tempdir_in(parent)
        .map_err(failed)?;
    fill(begun.path())?;
    make_ordinary(begun.path()).map_err(failed)?;
    // Some systems do not rename onto an empty folder.
    match std::fs::remove_dir(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    std::fs::rename(begun.path(), &path).map_err(failed)?;
    // It has another name now and is not to be removed.
    let _ = begun.keep();
    Ok(())
}

/// Whether a folder of this name can be made: there is nothing yet, or an empty one. To be asked before long work.
///
/// # Errors
/// When there is something.
pub fn ensure_new(path: &Path) -> Result<(), ExportError> {
    let taken = match std::fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if taken {
        return Err(ExportError::NotEmpty(path.to_path_buf()));
    }
    Ok(())
}

/// Lets others read it, as any folder: temporary ones are private.
fn make_ordinary(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    }
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_folder_is_whole_or_not_there() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/plots");
        let half = write_folder(&path, |folder| {
            std::fs::write(folder.join("a"), "half").unwrap();
            Err(ExportError::NoPairs)
        });
        assert!(half.is_err());
        assert_eq!(entries(&home.path().join("new")), Vec::<String>::new());
        std::fs::create_dir(&path).unwrap();
        let whole = |folder: &Path| {
            std::fs::write(folder.join("a"), "whole").unwrap();
            Ok(())
        };
        write_folder(&path, whole).unwrap();
        assert_eq!(
            (entries(&path), entries(&home.path().join("new"))),
            (vec!["a".into()], vec!["plots".into()])
        );
        let again = write_folder(&path, whole).unwrap_err().to_string();
        assert!(again.contains("name a new one"), "{again}");
        std::fs::write(home.path().join("file"), "").unwrap();
        assert!(write_folder(&home.path().join("file"), whole).is_err());
    }
}
