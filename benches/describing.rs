//! Frames a second of BLIP; see `benches/describing.sh`, which makes the model and compares with transformers.

use frameloom::jobs::Watch;
use frameloom::pretrained::{Captioner, Describing, Picture};
use std::path::PathBuf;
use std::time::Instant;

/// Of the frames.
const SIZE: (usize, usize) = (640, 360);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(folder) = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .map(PathBuf::from)
    else {
        eprintln!("skipped: no folder with a model and frames is named");
        return Ok(());
    };
    let watch = Watch::default();
    let begun = Instant::now();
    let mut captioner = Captioner::load(&folder.join("blip"), &watch)?;
    let loaded = begun.elapsed().as_secs_f64();
    let frames = std::fs::read(folder.join("frames.rgb"))?;
    let (width, height) = SIZE;
    let picture = |rgb| Picture { rgb, width, height };
    let pictures: Vec<Picture<'_>> = frames.chunks(3 * width * height).map(picture).collect();
    let describing = Describing::default();
    let first = pictures.get(..1).unwrap_or_default();
    captioner.describe(first, None, &describing, &watch)?;
    let begun = Instant::now();
    captioner.describe(&pictures, None, &describing, &watch)?;
    let rate = pictures.len() as f64 / begun.elapsed().as_secs_f64();
    println!("frameloom: {rate:.2} frames/s, loaded in {loaded:.1} s{}", peak());
    Ok(())
}

/// The most memory that was used, where the system tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: Option<f64> = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    kilobytes.map_or_else(String::new, |kilobytes| {
        format!(", {:.0} MB at most", kilobytes / 1024.0)
    })
}
