//! The noise that speech has to rise above, which may change in the course of a video.

/// Frames looked at for one value, 10 s: there is a pause in any 10 s of speech.
const WINDOW: usize = 1_000;
/// Frames between values.
const STEP: usize = 50;
/// Share of the frames that are taken for pauses.
const QUIET: f64 = 0.03;

/// The level of the quietest moments around each frame, in the unit of `levels`.
pub(super) fn noise_floor(levels: &[f32]) -> Vec<f32> {
    let mut part = Vec::with_capacity(WINDOW);
    let mut at = |centre: usize| {
        part.clear();
        let from = centre.saturating_sub(WINDOW / 2);
        part.extend(levels.iter().skip(from).take(centre + WINDOW / 2 - from));
        quantile(&mut part, QUIET)
    };
    let mut floor = Vec::with_capacity(levels.len());
    let mut last = at(0);
    while floor.len() < levels.len() {
        let next = at(floor.len() + STEP);
        floor.extend((0..STEP).map(|i| last + (next - last) * i as f32 / STEP as f32));
        last = next;
    }
    floor.truncate(levels.len());
    floor
}

/// The value below which a share of the values lies, 0 to 1; puts them in another order. Zero for none.
pub(super) fn quantile(values: &mut [f32], share: f64) -> f32 {
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let place = (share * last as f64).round() as usize;
    *values.select_nth_unstable_by(place.min(last), f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_follows_noise_that_grows() {
        // Speech of 30 dB with a pause of a second in every five, over noise of 0 and then of 12 dB.
        let noise = |i: usize| if i < 6_000 { 0.0 } else { 12.0 };
        let levels: Vec<f32> = (0..12_000)
            .map(|i| if i % 500 < 400 { 30.0 } else { noise(i) })
            .collect();
        let floor = noise_floor(&levels);
        assert_eq!((floor.len(), floor[2_000], floor[10_000]), (12_000, 0.0, 12.0));
        assert!(noise_floor(&[]).is_empty());
    }
}
