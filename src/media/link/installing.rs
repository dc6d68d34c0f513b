//! Our own yt-dlp: wheels of the package index, unpacked into a folder a version.

use super::error::LinkError;
use super::index::{Index, numbers};
use super::path::python;
use super::process;
use super::program::Program;
use crate::jobs::Watch;
use flate2::read::DeflateDecoder;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use zip::ZipArchive;

/// What is unpacked is never larger.
const LARGEST: u64 = 512 << 20;

/// The parts that yt-dlp itself is made of; the second one, which it needs for some sites, in the version it names.
const PROJECT: &str = "yt-dlp";
const COMPANION: &str = "yt-dlp-ejs";

/// Installs the newest yt-dlp for this machine's Python into a folder of ours, or does nothing where that is there
/// already. The version before it stays, for whoever is just using it; older ones are deleted. The package index is that of `FRAMELOOM_PACKAGE_INDEX` where it is set.
///
/// # Errors
/// When there is no Python, when the index cannot be reached or sends something else than it states, when a wheel would
/// write outside the folder or the folder cannot be written, and on cancellation.
pub fn install(own: &Path, watch: &Watch) -> Result<Program, LinkError> {
    install_from(&Index::from_environment()?, own, watch)
}

pub(super) fn install_from(index: &Index, own: &Path, watch: &Watch) -> Result<Program, LinkError> {
    let python = python()?;
    let version = python_version(&python, watch)?;
    let wheel = index.wheel(PROJECT, None, version, watch)?;
    let place = own.join(&wheel.version);
    if !place.is_dir() {
        std::fs::create_dir_all(own).map_err(LinkError::disk(own))?;
        let new = tempfile::Builder::new()
            .prefix("new-")
            .tempdir_in(own)
            .map_err(LinkError::disk(own))?;
        unpack(index.fetch(&wheel, watch)?, new.path(), watch)?;
        if let Some(version) = companion(new.path()) {
            let companion = index.wheel(COMPANION, Some(&version), python_version(&python, watch)?, watch)?;
            unpack(index.fetch(&companion, watch)?, new.path(), watch)?;
        }
        // Tried before it takes its place.
        Program::package(new.path(), watch)?;
        match std::fs::rename(new.path(), &place) {
            // Someone else was quicker.
            Err(_) if place.is_dir() => {}
            other => other.map_err(LinkError::disk(&place))?,
        }
    }
    let others = versions(own).into_iter().filter(|other| *other != place);
    for older in others.rev().skip(1) {
        if let Err(error) = std::fs::remove_dir_all(&older) {
            tracing::debug!("{} stays: {error}", older.display());
        }
    }
    Program::package(&place, watch)
}

/// The folders of the versions that are there, oldest first.
pub(super) fn versions(own: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(own).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| Some((numbers(entry.file_name().to_str()?)?, entry.path())))
        .filter(|(_, path)| path.is_dir())
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

fn python_version(python: &Path, watch: &Watch) -> Result<(u32, u32), LinkError> {
    let mut command = Command::new(python);
    command.args(["-I", "-c", "import sys; print(*sys.version_info[:2])"]);
    let mut version = None;
    let ended = process::run(command, watch, &mut |line| {
        version = line
            .split_once(' ')
            .and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    })?;
    version.ok_or_else(|| LinkError::Broken {
        place: python.into(),
        said: ended.told.trim().to_owned(),
    })
}

/// The version of the companion that an unpacked yt-dlp names.
fn companion(folder: &Path) -> Option<String> {
    let mut entries = std::fs::read_dir(folder).ok()?.flatten();
    let about = entries.find(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "dist-info")
    })?;
    let text = std::fs::read_to_string(about.path().join("METADATA")).ok()?;
    let named = text.lines().find_map(|line| {
        line.strip_prefix("Requires-Dist: ")?
            .strip_prefix(COMPANION)?
            .strip_prefix("==")
    })?;
    let version = named.split(';').next()?.trim();
    numbers(version).map(|_| version.to_owned())
}

/// Unpacks a wheel into a folder.
fn unpack(wheel: Vec<u8>, folder: &Path, watch: &Watch) -> Result<(), LinkError> {
    let damaged = |error: &dyn std::fmt::Display| {
        LinkError::Index(format!("the package is damaged: {error}. Try again"))
    };
    let mut archive = ZipArchive::new(Cursor::new(wheel)).map_err(|error| damaged(&error))?;
    let mut left = LARGEST;
    for place in 0..archive.len() {
        watch.check()?;
        let entry = archive.by_index_raw(place).map_err(|error| damaged(&error))?;
        let outside = || {
            LinkError::Index(
                "the package holds a file that would lie outside its folder. It is not kept".into(),
            )
        };
        let inside = entry
            .enclosed_name()
            .filter(|_| !entry.is_symlink())
            .ok_or_else(outside)?;
        let path = folder.join(inside);
        if entry.is_dir() {
            std::fs::create_dir_all(&path).map_err(LinkError::disk(&path))?;
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(LinkError::disk(parent))?;
        }
        let size = entry.size();
        // Methods 0 and 8 of the format: stored, and deflated. Wheels hold no others.
        let is_stored = entry.compression() == zip::CompressionMethod::Stored;
        let bytes: Box<dyn Read> = if is_stored {
            Box::new(entry)
        } else {
            Box::new(DeflateDecoder::new(entry))
        };
        let mut file = std::fs::File::create_new(&path).map_err(LinkError::disk(&path))?;
        let written = io::copy(&mut bytes.take(left.min(size.saturating_add(1))), &mut file)
            .map_err(LinkError::disk(&path))?;
        if written != size {
            return Err(damaged(&"a file has another length than stated"));
        }
        left -= written;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn wheel(files: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn nothing_is_unpacked_outside_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("in/side");
        for name in ["../evil", "a/../../evil", "/tmp/frameloom-evil", "..\\evil"] {
            std::fs::create_dir_all(&inside).unwrap();
            let result = unpack(wheel(&[(name, "x")]), &inside, &Watch::default());
            let beside: Vec<_> = std::fs::read_dir(folder.path())
                .unwrap()
                .chain(std::fs::read_dir(folder.path().join("in")).unwrap())
                .map(|entry| entry.unwrap().file_name())
                .collect();
            assert_eq!(beside, ["in", "side"], "{name}: {result:?}");
            assert!(!Path::new("/tmp/frameloom-evil").exists());
            std::fs::remove_dir_all(&inside).unwrap();
        }
        std::fs::create_dir_all(&inside).unwrap();
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer
            .add_symlink("link", "../..", SimpleFileOptions::default())
            .unwrap();
        let linked = writer.finish().unwrap().into_inner();
        assert!(unpack(linked, &inside, &Watch::default()).is_err());
        assert!(unpack(b"PK no zip".to_vec(), &inside, &Watch::default()).is_err());
    }

    #[test]
    fn stored_and_deflated_files_are_unpacked() {
        use base64::Engine;
        let folder = tempfile::tempdir().unwrap();
        unpack(
            wheel(&[("a/b.py", "b = 1\n"), ("c.txt", "疫苗")]),
            folder.path(),
            &Watch::default(),
        )
        .unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join("a/b.py")).unwrap(),
            "b = 1\n"
        );
        assert_eq!(
            std::fs::read_to_string(folder.path().join("c.txt")).unwrap(),
            "疫苗"
        );
        // d.py, a hundred lines of `pass`, deflated by another program.
        let deflated = base64::engine::general_purpose::STANDARD
            .decode(DEFLATED)
            .unwrap();
        unpack(deflated, folder.path(), &Watch::default()).unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join("d.py")).unwrap(),
            "pass\n".repeat(100)
        );
    }

    const DEFLATED: &str = "UEsDBBQAAAAIAAAAIVzJkiO9DAAAAPQBAAAEAAAAZC5weStILC7mKhglRhIBAFBLAQIUAxQAAAAIAAAAIVzJkiO9DAAAAPQBAAAEAAAAAAAAAAAAAACAAQAAAABkLnB5UEsFBgAAAAABAAEAMgAAAC4AAAAAAA==";

    #[test]
    fn the_companion_is_that_which_the_package_names() {
        let folder = tempfile::tempdir().unwrap();
        let about = folder.path().join("yt_dlp-2026.1.2.dist-info");
        std::fs::create_dir(&about).unwrap();
        let with = |line: &str| {
            std::fs::write(
                about.join("METADATA"),
                format!("Name: yt-dlp\n{line}\n\nRequires-Dist: nothing"),
            )
            .unwrap();
            companion(folder.path())
        };
        assert_eq!(
            with("Requires-Dist: yt-dlp-ejs==0.8.0; extra == 'default'").as_deref(),
            Some("0.8.0")
        );
        assert_eq!(with("Requires-Dist: yt-dlp-ejs==../..; extra == 'default'"), None);
        assert_eq!(with("Requires-Dist: certifi; extra == 'default'"), None);
    }

    #[test]
    fn versions_are_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["2026.10.2", "2026.9.30", "new-abc", "notes"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let found: Vec<_> = versions(folder.path())
            .iter()
            .map(|path| path.file_name().unwrap().to_owned())
            .collect();
        assert_eq!(found, ["2026.9.30", "2026.10.2"]);
        assert!(versions(&folder.path().join("none")).is_empty());
    }
}
