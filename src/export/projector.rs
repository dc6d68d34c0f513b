//! The latents for TensorBoard's embedding projector: a log folder with the files that the projector plugin of
//! TensorBoard documents.
//!
//! | file | what it is |
//! | --- | --- |
//! | `vectors.tsv` | a row a pair, numbers between tabs, no heads |
//! | `metadata.tsv` | a row a pair with heads, in the same order |
//! | `sprite.png` | the pictures of the pairs in rows from the top left, as many columns as rows, at most 8,192 pixels a side |
//! | `projector_config.pbtxt` | a `ProjectorConfig` protocol buffer message as text, which names the others |

use super::folder::{ensure_new, write_folder};
use super::picture::{Picture, Pictures};
use super::{ExportError, Study};
use crate::jobs::Watch;
use crate::project::files::write_whole;
use std::fmt::Write as _;
use std::path::Path;

/// Pixels a side of the sprite; browsers cannot take larger ones.
const LARGEST: u32 = 8_192;

/// Columns of a picture in the sprite, where there is room.
const WIDTH: u32 = 100;

/// Writes the latents with what is known of the pairs and their pictures into a new folder: `tensorboard --logdir` of it
/// shows them.
///
/// # Errors
/// When there are no latents, the folder holds something already or cannot be written, a picture cannot be read, or the work
/// is cancelled. No part of the folder is left then.
pub fn write_projector(
    folder: &Path,
    study: &Study,
    pictures: &mut Pictures,
    watch: &Watch,
) -> Result<(), ExportError> {
    let latents = study.run()?.latents.as_ref().ok_or(ExportError::NoLatents)?;
    ensure_new(folder)?;
    watch.say("drawing small pictures");
    write_folder(folder, |folder| {
        let (sprite, size) = sprite(study, pictures, watch)?;
        let sprite = sprite.png()?;
        let metadata = metadata(study);
        let config = config(study.run()?.name.as_str(), latents.values.dim().into(), size);
        write_whole(&folder.join("vectors.tsv"), |file| {
            latents.values.rows().into_iter().try_for_each(|row| {
                let mut line = String::new();
                for (column, value) in row.iter().enumerate() {
                    let tab = if column > 0 { "\t" } else { "" };
                    let _ = write!(line, "{tab}{value}");
                }
                writeln!(file, "{line}")
            })
        })?;
        write_whole(&folder.join("metadata.tsv"), |file| {
            file.write_all(metadata.as_bytes())
        })?;
        write_whole(&folder.join("sprite.png"), |file| file.write_all(&sprite))?;
        write_whole(&folder.join("projector_config.pbtxt"), |file| {
            file.write_all(config.as_bytes())
        })?;
        Ok(())
    })
}

/// All pictures in one, and columns and rows of each.
fn sprite(study: &Study, pictures: &mut Pictures, watch: &Watch) -> Result<(Picture, [u32; 2]), ExportError> {
    let pairs = study.pairs();
    let side = (1..LARGEST)
        .find(|side| (side * side) as usize >= pairs.len())
        .unwrap_or(LARGEST);
    let width = WIDTH.min(LARGEST / side);
    let mut whole: Option<(Picture, [u32; 2])> = None;
    for (place, facts) in pairs.iter().enumerate() {
        watch.check()?;
        watch.report(place as u64, pairs.len() as u64);
        let picture = pictures(facts.pair, width)?;
        let (sprite, [width, height]) = match &mut whole {
            Some(whole) => whole,
            None => {
                let [columns, rows] = picture.size();
                // A tall picture must fit as well.
                let height = (width * rows / columns.max(1)).clamp(1, LARGEST / side);
                let ground = vec![255; (3 * side * width * side * height) as usize];
                whole.insert((
                    Picture::new(side * width, side * height, ground)?,
                    [width, height],
                ))
            }
        };
        let (row, column) = (place as u32 / side, place as u32 % side);
        sprite.put(
            &picture.stretched(*width, *height),
            [column * *width, row * *height],
        );
    }
    whole.ok_or(ExportError::NoPairs)
}

fn metadata(study: &Study) -> String {
    let mut text = String::from("caption\tcluster\ttime\tseconds\tframe\tpair");
    let several = study.project.source_names().len() > 1;
    if several {
        text.push_str("\tsource");
    }
    for numbers in &study.numbers {
        let _ = write!(text, "\t{}", cell(&numbers.name));
    }
    text.push('\n');
    for facts in study.pairs() {
        let caption = if facts.caption.trim().is_empty() {
            "–"
        } else {
            facts.caption
        };
        let cluster = match study.cluster_name(facts.cluster) {
            "" => "–",
            name => name,
        };
        let _ = write!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{}",
            cell(caption),
            cell(cluster),
            facts.time,
            facts.time.0,
            facts.frame.0,
            facts.pair.index() + 1
        );
        if several {
            let _ = write!(text, "\t{}", cell(study.source_name(facts.source)));
        }
        for numbers in &study.numbers {
            let value = numbers
                .values
                .get(facts.pair.index())
                .copied()
                .unwrap_or(f64::NAN);
            let _ = write!(text, "\t{value}");
        }
        text.push('\n');
    }
    text
}

/// Words as a cell: the format has no way to write tabs and line breaks.
fn cell(words: &str) -> String {
    let plain = words
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.collect::<String>().trim().to_owned()
}

fn config(run: &str, [rows, columns]: [usize; 2], [width, height]: [u32; 2]) -> String {
    let name: String = run
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || "-_.".contains(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect();
    format!(
        "embeddings {{\n  tensor_name: \"{name}\"\n  tensor_path: \"vectors.tsv\"\n  metadata_path: \"metadata.tsv\"\n  \
         tensor_shape: {rows}\n  tensor_shape: {columns}\n  sprite {{\n    image_path: \"sprite.png\"\n    \
         single_image_dim: {width}\n    single_image_dim: {height}\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::super::picture::tests::plain;
    use super::super::sample_study::project;
    use super::*;
    use crate::project::PairIndex;

    #[test]
    fn rows_and_pictures_are_in_the_same_order() {
        let project = project();
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("projector");
        let mut pictures =
            |pair: PairIndex, width: u32| Ok(plain(width, width / 2, [40 * pair.0 as u8, 0, 0]));
        write_projector(&folder, &Study::of(&project), &mut pictures, &Watch::default()).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let vectors: Vec<String> = read("vectors.tsv").lines().map(str::to_owned).collect();
        assert_eq!((vectors.len(), vectors[1].as_str()), (6, "1\t1.125\t1.25"));
        let metadata = read("metadata.tsv");
        let rows: Vec<Vec<&str>> = metadata.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(rows.len(), 7);
        assert!(rows.iter().all(|row| row.len() == 6), "{rows:?}");
        assert_eq!(rows[3], ["疫苗 & 接种", "Cluster 2", "0:04.0", "4", "2", "3"]);
        assert_eq!(rows[5][0], "end of it");
        let sprite = image::open(folder.join("sprite.png")).unwrap().into_rgb8();
        assert_eq!(sprite.dimensions(), (300, 150));
        // The fifth picture of three in a row is in the middle of the second row.
        assert_eq!(sprite.get_pixel(150, 75).0, [160, 0, 0]);
        let config = read("projector_config.pbtxt");
        assert!(
            config.contains("single_image_dim: 100\n    single_image_dim: 50"),
            "{config}"
        );
    }

    #[test]
    fn when_it_is_stopped_nothing_is_left() {
        let project = project();
        let home = tempfile::tempdir().unwrap();
        let watch = Watch::default();
        let mut pictures = |_, width: u32| {
            watch.cancel();
            Ok(plain(width, 10, [0; 3]))
        };
        let stopped = write_projector(
            &home.path().join("a"),
            &Study::of(&project),
            &mut pictures,
            &watch,
        );
        assert!(matches!(stopped, Err(ExportError::Cancelled(_))));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
