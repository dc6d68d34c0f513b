//! Chosen pairs as pictures and a table.

use super::assignments::{chosen_pairs, table};
use super::folder::{ensure_new, write_folder};
use super::picture::Pictures;
use super::{ExportError, Study};
use crate::jobs::Watch;
use crate::project::PairIndex;
use crate::project::files::write_whole;
use std::path::Path;

/// Columns of a picture at most: no video is wider.
const WIDEST: u32 = 16_384;

/// Writes pairs into a new folder: `selection.csv`, as [`table`], and `frames/00012.png` for the picture of pair number 12
/// as large as the source has it.
///
/// # Errors
/// When no pair is given or one does not exist, the folder holds something already or cannot be written, a picture
/// cannot be read, or the work is cancelled. No part of the folder is left then.
pub fn write_selection(
    folder: &Path,
    study: &Study,
    pairs: &[PairIndex],
    pictures: &mut Pictures,
    watch: &Watch,
) -> Result<(), ExportError> {
    let chosen = chosen_pairs(study, pairs)?;
    ensure_new(folder)?;
    watch.say("writing pictures");
    write_folder(folder, |folder| {
        let rows = table(study, &chosen)?;
        write_whole(&folder.join("selection.csv"), |file| file.write_all(&rows))?;
        for (done, facts) in chosen.iter().enumerate() {
            watch.check()?;
            watch.report(done as u64, chosen.len() as u64);
            let picture = pictures(facts.pair, WIDEST)?.png()?;
            let name = format!("frames/{:05}.png", facts.pair.index() + 1);
            write_whole(&folder.join(name), |file| file.write_all(&picture))?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::picture::tests::plain;
    use super::super::sample_study::project;
    use super::*;

    #[test]
    fn chosen_pairs_are_written_with_their_pictures_or_not_at_all() {
        let project = project();
        let study = Study::of(&project);
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("selection");
        let watch = Watch::default();
        let mut fails = |pair: PairIndex, _: u32| match pair.0 {
            4 => Err(ExportError::NoPairs),
            pair => Ok(plain(8, 4, [pair as u8, 0, 0])),
        };
        let pairs = [PairIndex(4), PairIndex(1)];
        assert!(write_selection(&folder, &study, &pairs, &mut fails, &watch).is_err());
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
        let mut works = |pair: PairIndex, _: u32| Ok(plain(8, 4, [pair.0 as u8, 0, 0]));
        write_selection(&folder, &study, &pairs, &mut works, &watch).unwrap();
        let picture = image::open(folder.join("frames/00005.png")).unwrap().into_rgb8();
        assert_eq!(
            (picture.dimensions(), picture.get_pixel(0, 0).0),
            ((8, 4), [4, 0, 0])
        );
        let rows = std::fs::read_to_string(folder.join("selection.csv")).unwrap();
        assert_eq!(rows.lines().count(), 3);
    }
}
