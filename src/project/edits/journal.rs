//! `journal.jsonl`: the edits since the last save, a line each, so that a crash loses none of them.
//!
//! A journal belongs to the save that it began with, and names it by hashes. Before the project is saved over it, the
//! hashes of what will be there are added: whatever files a crash leaves then, old or new, the journal brings all of them
//! to the same end, for its lines say what things become and not by how much they change.

use super::history::Entry;
use crate::project::files::{StoreError, fnv1a, read_if_there};
use crate::project::store::Manifest;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const FILE: &str = "journal.jsonl";

/// Where a journal of other captions is put, for people to look at.
const ASIDE: &str = "journal-unused.jsonl";

/// What a journal can bring back.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovery {
    /// What was done since the last save, the earliest first.
    pub edits: Vec<Entry>,
    /// When the last of it was written.
    pub newest: Option<SystemTime>,
    /// It crashed while saving: what is on disk is partly old and partly new, and only the journal makes it whole.
    pub amid_saving: bool,
}

/// What edits change, as it is on disk, told by hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::project) struct Ground {
    captions: String,
    settings: String,
}

impl Ground {
    /// Of a captions file and a manifest, as they are or will be on disk.
    pub(in crate::project) fn new(captions: &[u8], manifest: &Manifest) -> Self {
        let settings = (
            &manifest.pairing,
            &manifest.language,
            &manifest.captions,
            &manifest.choices,
        );
        // Plain values are always written.
        let settings = serde_json::to_vec(&settings).unwrap_or_default();
        let hash = |bytes: &[u8]| format!("{:016x}", fnv1a(bytes.iter().copied()));
        Self {
            captions: hash(captions),
            settings: hash(&settings),
        }
    }

    /// As the files in a project folder are now.
    fn on_disk(folder: &Path) -> Result<Self, StoreError> {
        let captions = read_if_there(&folder.join("captions.json"))?.unwrap_or_default();
        let manifest = read_if_there(&folder.join("project.json"))?.unwrap_or_default();
        let manifest = serde_json::from_slice(&manifest).unwrap_or_default();
        Ok(Self::new(&captions, &manifest))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    /// The save that the journal begins with.
    Since(Ground),
    /// An edit.
    Edit(Entry),
    /// The project is about to be saved over it as this.
    Saving(Ground),
}

/// Adds entries to the journal of a project folder; they are on disk afterwards.
///
/// # Errors
/// When the folder cannot be written. What the journal held before is untouched.
pub fn append(folder: &Path, entries: &[Entry]) -> Result<(), StoreError> {
    let mut lines = Vec::new();
    if !folder.join(FILE).exists() {
        lines.push(Line::Since(Ground::on_disk(folder)?));
    }
    lines.extend(entries.iter().cloned().map(Line::Edit));
    write(folder, &lines)
}

/// To be called before the project is saved: says in the journal, if there is one, what the save will be.
pub(in crate::project) fn announce(folder: &Path, ground: Ground) -> Result<(), StoreError> {
    if folder.join(FILE).exists() {
        write(folder, &[Line::Saving(ground)])?;
    }
    Ok(())
}

/// To be called once the project is saved, or when what the journal holds is given up.
///
/// # Errors
/// When the journal cannot be removed.
pub fn clear(folder: &Path) -> Result<(), StoreError> {
    let path = folder.join(FILE);
    match std::fs::remove_file(&path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(StoreError::Write { path, cause }),
        _ => Ok(()),
    }
}

fn write(folder: &Path, lines: &[Line]) -> Result<(), StoreError> {
    let path = folder.join(FILE);
    let attempt = || -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a line must not stand before the next ones.
            let _ = file.set_len(length);
        }
        written
    };
    attempt().map_err(|cause| StoreError::Write {
        path: path.clone(),
        cause,
    })
}

/// What the journal of a project folder can bring back; none where it is spent or there is none. A line that was cut
/// short, and all after it, are left out. A journal of other captions is put aside.
///
/// # Errors
/// When the journal is there and cannot be read.
pub fn read(folder: &Path) -> Result<Option<Recovery>, StoreError> {
    let path: PathBuf = folder.join(FILE);
    let Some(bytes) = read_if_there(&path)? else {
        return Ok(None);
    };
    let newest = std::fs::metadata(&path).and_then(|data| data.modified()).ok();
    let (mut since, mut saving, mut edits) = (None, Vec::new(), Vec::new());
    let mut saved_edits = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(Ok(line)) = line.strip_suffix(b"\n").map(serde_json::from_slice) else {
            break;
        };
        match line {
            Line::Since(ground) => since = Some(ground),
            Line::Edit(entry) => edits.push(entry),
            Line::Saving(ground) => {
                saving.push(ground);
                saved_edits = edits.len();
            }
        }
    }
    let now = Ground::on_disk(folder)?;
    // A save may have been over but for taking the journal away.
    let spent = edits.is_empty() || saved_edits == edits.len() && saving.last() == Some(&now);
    let Some(since) = since.filter(|_| !spent) else {
        clear(folder)?;
        return Ok(None);
    };
    let known = |part: &dyn Fn(&Ground) -> String| {
        let mut grounds = saving.iter().chain([&since]);
        grounds.any(|ground| part(ground) == part(&now))
    };
    if !known(&|ground| ground.captions.clone()) || !known(&|ground| ground.settings.clone()) {
        let aside = folder.join(ASIDE);
        std::fs::rename(&path, &aside).map_err(|cause| StoreError::Write { path: aside, cause })?;
        return Ok(None);
    }
    Ok(Some(Recovery {
        edits,
        newest,
        amid_saving: since != now && !saving.contains(&now),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::edits::{self, EditHistory};
    use crate::project::{CaptionTrack, Cue, CueId, Language, Project, Seconds};

    /// A project with two captions, saved in a folder.
    fn saved(folder: &Path) -> Project {
        let cue = |start: f64| Cue::new(Seconds(start), Seconds(start + 1.0), "疫苗");
        let project = Project {
            folder: folder.join("a.frameloom"),
            track: CaptionTrack::new(vec![cue(0.0), cue(2.0)]),
            ..Project::default()
        };
        project.save().unwrap();
        project
    }

    /// Some steps, an undo among them, the journal written on the way as the window does.
    fn work(project: &mut Project, history: &mut EditHistory) {
        let edit = edits::set_text(&project.track, CueId(0), "老年人\n\"a\"").unwrap();
        history.apply(project, edit);
        append(&project.folder, &history.hand_over()).unwrap();
        history.kept();
        let edit = edits::split(&project.track, CueId(1), Some(Seconds(2.5)), None).unwrap();
        history.apply(project, edit);
        history.undo(project).unwrap();
        let edit = edits::set_language(project, Language::Chinese).unwrap();
        history.apply(project, edit);
        append(&project.folder, &history.hand_over()).unwrap();
        history.kept();
    }

    fn recovered(folder: &Path) -> (Project, EditHistory, Option<Recovery>) {
        let mut project = Project::load(folder).unwrap();
        let recovery = read(folder).unwrap();
        let mut history = EditHistory::default();
        let edits = recovery.as_ref().map(|recovery| recovery.edits.clone());
        history.replay(&mut project, edits.unwrap_or_default());
        (project, history, recovery)
    }

    fn assert_same(a: &Project, b: &Project) {
        assert_eq!(a.track, b.track);
        assert_eq!(a.manifest.language, b.manifest.language);
    }

    #[test]
    fn what_was_done_since_the_save_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let (mut project, mut history) = (saved(folder.path()), EditHistory::default());
        let before = project.clone();
        assert_eq!(read(&project.folder).unwrap(), None);
        work(&mut project, &mut history);
        let (back, mut again, recovery) = recovered(&project.folder);
        assert_same(&back, &project);
        let recovery = recovery.unwrap();
        assert!(recovery.newest.is_some() && !recovery.amid_saving);
        assert_eq!(recovery.edits.len(), 4);
        let mut back = back;
        while again.undo(&mut back).is_some() {}
        assert_same(&back, &before);
        project.save().unwrap();
        assert_eq!(read(&project.folder).unwrap(), None);
        assert!(!project.folder.join(FILE).exists());
    }

    #[test]
    fn history_goes_on_after_a_save_and_the_journal_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mut project, mut history) = (saved(folder.path()), EditHistory::default());
        work(&mut project, &mut history);
        project.save().unwrap();
        while history.undo(&mut project).is_some() {}
        append(&project.folder, &history.hand_over()).unwrap();
        let (back, again, _) = recovered(&project.folder);
        assert_same(&back, &project);
        assert!(again.redoes().is_some());
    }

    #[test]
    fn a_journal_cut_anywhere_gives_what_it_still_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (mut project, mut history) = (saved(folder.path()), EditHistory::default());
        work(&mut project, &mut history);
        let path = project.folder.join(FILE);
        let whole = std::fs::read(&path).unwrap();
        let mut most = 0;
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (_, _, recovery) = recovered(&project.folder);
            let edits = recovery.map_or(0, |recovery| recovery.edits.len());
            assert!(edits >= most && edits <= 4, "{cut}");
            most = edits;
        }
        assert_eq!(most, 4);
        std::fs::write(&path, [&whole[..], b"\xff\0{"].concat()).unwrap();
        assert_eq!(recovered(&project.folder).2.unwrap().edits.len(), 4);
    }

    #[test]
    fn a_crash_amid_saving_ends_where_the_save_would_have() {
        let folder = tempfile::tempdir().unwrap();
        let (mut project, mut history) = (saved(folder.path()), EditHistory::default());
        work(&mut project, &mut history);
        let files = ["captions.json", "project.json", FILE];
        let path = |name: &str| project.folder.join(name);
        let old = files.map(|name| std::fs::read(path(name)).unwrap());
        let text = serde_json::to_vec_pretty(&project.track).unwrap();
        announce(
            &project.folder,
            Ground::new(&[&text[..], b"\n"].concat(), &project.manifest),
        )
        .unwrap();
        let announced = std::fs::read(path(FILE)).unwrap();
        project.save().unwrap();
        let new = files.map(|name| std::fs::read(path(name)).unwrap_or_default());
        for (captions, manifest) in [(false, false), (true, false), (false, true), (true, true)] {
            std::fs::write(path(files[0]), if captions { &new[0] } else { &old[0] }).unwrap();
            std::fs::write(path(files[1]), if manifest { &new[1] } else { &old[1] }).unwrap();
            std::fs::write(path(FILE), &announced).unwrap();
            let (back, _, recovery) = recovered(&project.folder);
            assert_same(&back, &project);
            let amid = recovery.map(|recovery| recovery.amid_saving);
            let expected = match (captions, manifest) {
                (true, true) => None,
                (false, false) => Some(false),
                _ => Some(true),
            };
            assert_eq!(amid, expected, "{captions} {manifest}");
        }
    }

    #[test]
    fn a_journal_of_other_captions_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let (mut project, mut history) = (saved(folder.path()), EditHistory::default());
        work(&mut project, &mut history);
        let other = CaptionTrack::new(vec![Cue::new(Seconds(0.0), Seconds(1.0), "other")]);
        let text = serde_json::to_string(&other).unwrap();
        std::fs::write(project.folder.join("captions.json"), text).unwrap();
        let (back, _, recovery) = recovered(&project.folder);
        assert_eq!((back.track, recovery), (other, None));
        assert!(project.folder.join(ASIDE).exists());
        assert!(!project.folder.join(FILE).exists());
    }
}
