//! How long the timeline's pictures of the sound, and the cuts, take: `cargo bench --bench sound`.
//!
//! The video is `../shared/data/us_new_variant.mp4`, or the one that the variable `VIDEO` names.

use criterion::{Criterion, criterion_group, criterion_main};
use frameloom::jobs::Watch;
use frameloom::media::{WaveformBuilder, find_shots, survey_sound};
use frameloom::project::Seconds;
use std::hint::black_box;
use std::path::PathBuf;

fn whole_video(criterion: &mut Criterion) {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/us_new_variant.mp4");
    let video = std::env::var_os("VIDEO").map_or_else(|| PathBuf::from(default), PathBuf::from);
    if !video.exists() {
        eprintln!("skipped: {} is not there", video.display());
        return;
    }
    let watch = Watch::default();
    let mut group = criterion.benchmark_group("video");
    group.sample_size(10);
    group.bench_function("waveform and spectrogram", |bencher| {
        bencher.iter(|| survey_sound(&video, None, &watch).map(|survey| survey.waveform.peak()));
    });
    group.bench_function("shots", |bencher| {
        bencher.iter(|| find_shots(&video, None, &watch));
    });
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    group.bench_function("waveform and spectrogram from the cache", |bencher| {
        bencher
            .iter(|| survey_sound(&video, Some(folder.path()), &watch).map(|survey| survey.waveform.peak()));
    });
    group.finish();
}

fn two_hours(criterion: &mut Criterion) {
    const RATE: u32 = 16_000;
    let mut builder = WaveformBuilder::default();
    let second: Vec<f32> = (0..RATE).map(|index| (index as f32 * 0.1).sin()).collect();
    (0..7200).for_each(|_| builder.take(&second));
    let waveform = builder.finish(RATE);
    for (name, from, to) in [
        ("2 hours", 0.0, 7200.0),
        ("10 minutes", 3000.0, 3600.0),
        ("6 s", 3000.0, 3006.0),
    ] {
        criterion.bench_function(&format!("1600 columns of {name}"), |bencher| {
            bencher.iter(|| black_box(waveform.range(Seconds(from), Seconds(to), 1600)));
        });
    }
}

criterion_group!(benches, whole_video, two_hours);
criterion_main!(benches);
