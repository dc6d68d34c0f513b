//! Playing the sound of a video, which the pictures follow.
//!
//! A thread reads the sound, stretches it for other speeds, and keeps a few samples ready in a ring; the device draws
//! them. Every sample carries the time of the video that it is at, so that the position is what is really heard,
//! whatever speed, repetition or jump came before.

mod device;
mod feeder;
mod output;
mod performer;
mod stretch;
mod tap;
mod transport;

pub use output::{FindOutput, Output};
pub use tap::Tap;

use crate::project::Seconds;
use crossbeam_channel::{Sender, unbounded};
use device::Device;
use feeder::{Command, Feeder};
use performer::Passage;
use std::path::Path;
use std::sync::Arc;
use transport::Transport;

/// The speeds that can be played, as times the video's own.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// How much is heard of a place while scrubbing, in seconds.
const SCRUB: f64 = 0.08;

/// Plays the sound of one video. All calls return at once; the sound follows within some hundredths of a second.
pub struct Playback {
    transport: Arc<Transport>,
    commands: Sender<Command>,
}

impl Playback {
    /// Gets ready to play a video through the system's sound device. The device is taken when something is first
    /// played. Without a device or without sound in the video, time goes on just the same: see [`Self::silent`].
    #[must_use]
    pub fn open(video: &Path) -> Self {
        let find = || Device::find().map(|device| Box::new(device) as Box<dyn Output>);
        Self::open_with(video, Box::new(find))
    }

    /// The same through another output, which `find_output` opens whenever playing begins after a while.
    #[must_use]
    pub fn open_with(video: &Path, find_output: FindOutput) -> Self {
        let transport = Arc::new(Transport::new());
        let (commands, receiver) = unbounded();
        let feeder = Feeder {
            path: video.to_path_buf(),
            transport: transport.clone(),
            find_output,
            commands: receiver,
        };
        let thread = std::thread::Builder::new().name("playback".into());
        if let Err(error) = thread.spawn(move || feeder.run()) {
            transport.fall_silent(format!("nothing can be played ({error})"));
        }
        Self { transport, commands }
    }

    /// Plays from a time until another, or to the end of the video, exactly: not a sample before or after is heard.
    /// `speed` is kept within [`SPEEDS`]; the pitch stays. With `looped` it begins again without a pause.
    pub fn play(&self, from: Seconds, until: Option<Seconds>, speed: f64, looped: bool) {
        let from = from.0.max(0.0);
        let order = self.transport.begin(from);
        self.command(Command::Play(Passage {
            order,
            from,
            until: until.map_or(f64::INFINITY, |until| until.0),
            speed: within_speeds(speed),
            looped,
        }));
    }

    /// Stops where it is.
    pub fn pause(&self) {
        self.transport.stop();
        self.command(Command::Stop);
    }

    /// Lets a little of a place be heard, as while the playhead is dragged. Only the latest of many calls counts.
    pub fn scrub(&self, at: Seconds) {
        self.play(at, Some(at + Seconds(SCRUB)), 1.0, false);
    }

    /// Goes on at another speed, within [`SPEEDS`].
    pub fn set_speed(&self, speed: f64) {
        self.command(Command::Speed(within_speeds(speed)));
    }

    /// From 0, nothing is heard, to 1.
    pub fn set_volume(&self, volume: f32) {
        self.transport.set_volume(volume);
    }

    /// Whether something is to be heard, or time goes on in silence; no longer at the end of what was to be played.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.transport.is_playing()
    }

    /// The time of the video that is heard now: the one whose picture is to be shown.
    #[must_use]
    pub fn position(&self) -> Seconds {
        Seconds(self.transport.position())
    }

    /// Why nothing is heard, in words, where that is so: to be said once. Known only after something was played.
    #[must_use]
    pub fn silent(&self) -> Option<&str> {
        self.transport.silent()
    }

    fn command(&self, command: Command) {
        // Without its thread there is nothing to command, which has been said.
        let _ = self.commands.send(command);
    }
}

fn within_speeds(speed: f64) -> f64 {
    if speed.is_nan() {
        1.0
    } else {
        speed.clamp(*SPEEDS.start(), *SPEEDS.end())
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_sound;
    use super::super::test_videos::{TestVideo, make};
    use super::*;
    use crate::jobs::Watch;
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    const RATE: u32 = 48_000;

    type Lost = Box<dyn Fn(String) + Send>;

    /// A device that draws when told to.
    #[derive(Clone, Default)]
    struct Hand(Arc<Mutex<Option<(Tap, Lost)>>>);

    impl Output for Hand {
        fn rate(&self) -> u32 {
            RATE
        }

        fn begin(&mut self, tap: Tap, lost: Lost) -> Result<(), String> {
            *self.0.lock().unwrap() = Some((tap, lost));
            Ok(())
        }
    }

    impl Hand {
        fn playback(&self, video: &Path) -> Playback {
            let hand = self.clone();
            Playback::open_with(video, Box::new(move || Ok(Box::new(hand.clone()))))
        }

        /// Draws so many samples, or up to the end of the passage, where a sample of silence is drawn too.
        fn draw(&self, playback: &Playback, count: usize) -> Vec<f32> {
            let (mut all, begun) = (Vec::new(), Instant::now());
            while all.len() < count && playback.is_playing() {
                assert!(
                    begun.elapsed() < Duration::from_secs(20),
                    "nothing comes after {}",
                    all.len()
                );
                let mut output = self.0.lock().unwrap();
                let ready = output.as_ref().map_or(0, |(tap, _)| tap.ready());
                match output.as_mut().filter(|_| ready > 0) {
                    Some((tap, _)) => {
                        let mut part = vec![0.0; ready.min(count - all.len()).min(480)];
                        tap.draw(&mut part, Duration::ZERO);
                        all.extend(part);
                    }
                    None => {
                        drop(output);
                        std::thread::sleep(Duration::from_millis(2));
                    }
                }
            }
            all
        }
    }

    /// A tone of 440 Hz for 4 s.
    fn tone() -> Option<TestVideo> {
        make(
            "tone.mov",
            "-f lavfi -i testsrc2=size=160x90:rate=25:duration=4 \
             -f lavfi -i aevalsrc=exprs=0.5*sin(2*PI*440*t):s=48000:d=4 -c:v libx264 -pix_fmt yuv420p -c:a pcm_s16le",
        )
    }

    fn sound_of(video: &TestVideo) -> Vec<f32> {
        let mut all = Vec::new();
        read_sound(&video.path, RATE, &Watch::default(), &mut |block| {
            all.extend_from_slice(block);
        })
        .unwrap();
        all
    }

    fn steepest(samples: &[f32]) -> f32 {
        samples
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f32::max)
    }

    fn pitch(samples: &[f32]) -> f64 {
        let rising = samples
            .windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
            .count();
        rising as f64 / (samples.len() as f64 / f64::from(RATE))
    }

    /// A tone of 440 Hz and 0.5 rises no more than this from sample to sample, by 20 % at most.
    const STEEP: f32 = 0.5 * 440.0 * std::f32::consts::TAU / RATE as f32 * 1.2;

    #[test]
    fn a_passage_is_played_to_the_sample() {
        let Some(video) = tone() else { return };
        let (hand, sound) = (Hand::default(), sound_of(&video));
        let playback = hand.playback(&video.path);
        for (from, until) in [(1.0, 1.5), (0.0, 0.25), (2.345_67, 3.0)] {
            playback.play(Seconds(from), Some(Seconds(until)), 1.0, false);
            assert_eq!(
                (playback.is_playing(), playback.position()),
                (true, Seconds(from))
            );
            let drawn = hand.draw(&playback, usize::MAX);
            let (start, end) = (
                (from * 48e3).round() as usize,
                (until * 48e3_f64).round() as usize,
            );
            assert_eq!(drawn.len(), end - start + 1);
            // Without the fades, which last 3 ms.
            for (at, value) in drawn.iter().enumerate().take(end - start - 150).skip(150) {
                assert!((value - sound[start + at]).abs() < 1e-4, "{from}: sample {at}");
            }
            assert!(steepest(&drawn) < STEEP, "a click of {}", steepest(&drawn));
            assert_eq!(
                (playback.is_playing(), playback.position()),
                (false, Seconds(until))
            );
        }
        assert_eq!(playback.silent(), None);
    }

    #[test]
    fn the_position_is_what_has_been_drawn() {
        let Some(video) = tone() else { return };
        let hand = Hand::default();
        let playback = hand.playback(&video.path);
        playback.play(Seconds(1.0), None, 1.0, false);
        for drawn in [0.1, 0.2, 0.3] {
            hand.draw(&playback, RATE as usize / 10);
            let position = playback.position().0 - 1.0;
            assert!(
                (drawn - 0.011..=drawn + 1e-9).contains(&position),
                "{position} after {drawn}"
            );
        }
        playback.pause();
        let (position, mut rest) = (playback.position(), [1.0; 2000]);
        assert!(!playback.is_playing());
        hand.0
            .lock()
            .unwrap()
            .as_mut()
            .unwrap()
            .0
            .draw(&mut rest, Duration::ZERO);
        assert!(
            steepest(&rest) < STEEP && rest[1999].abs() < 1e-3,
            "paused with a click"
        );
        assert_eq!(playback.position(), position);
        // To the end of the video.
        playback.play(Seconds(3.8), None, 1.0, false);
        let drawn = hand.draw(&playback, usize::MAX).len();
        assert!((9_500..9_700).contains(&drawn), "{drawn}");
        assert!((playback.position().0 - 4.0).abs() < 1e-3);
    }

    #[test]
    fn a_loop_repeats_without_a_click() {
        let Some(video) = tone() else { return };
        let hand = Hand::default();
        let playback = hand.playback(&video.path);
        playback.play(Seconds(1.0), Some(Seconds(1.2001)), 1.0, true);
        let drawn = hand.draw(&playback, 30_000);
        let period = 9_605;
        for at in 0..drawn.len() - period {
            assert!((drawn[at] - drawn[at + period]).abs() < 1e-4, "sample {at}");
        }
        assert!(steepest(&drawn) < STEEP, "a click of {}", steepest(&drawn));
        assert!(playback.is_playing() && (1.0..1.2001).contains(&playback.position().0));
    }

    #[test]
    fn speed_changes_length_and_not_pitch() {
        let Some(video) = tone() else { return };
        let hand = Hand::default();
        let playback = hand.playback(&video.path);
        for speed in [0.5, 0.8, 1.7, 2.0] {
            playback.play(Seconds(1.0), Some(Seconds(2.0)), speed, false);
            let drawn = hand.draw(&playback, usize::MAX);
            let length = drawn.len() as f64 / f64::from(RATE);
            assert!((length - 1.0 / speed).abs() < 1e-3, "{speed}: {length}");
            let part = &drawn[2000..drawn.len() - 2000];
            assert!(
                (pitch(part) / 440.0 - 1.0).abs() < 0.02,
                "{speed}: {} Hz",
                pitch(part)
            );
            assert!(
                steepest(&drawn) < STEEP * 1.2,
                "{speed}: a click of {}",
                steepest(&drawn)
            );
            assert_eq!(playback.position(), Seconds(2.0));
        }
        playback.play(Seconds(1.0), Some(Seconds(3.0)), 1.0, false);
        let before = hand.draw(&playback, RATE as usize / 2).len();
        playback.set_speed(2.0);
        let after = hand.draw(&playback, usize::MAX).len();
        let length = (before + after) as f64 / f64::from(RATE);
        // Half a second was at 1, and what was ready by then, 0.15 s.
        assert!((1.2..1.4).contains(&length), "{length}");
    }

    #[test]
    fn the_latest_of_many_calls_counts() {
        let Some(video) = tone() else { return };
        let hand = Hand::default();
        let playback = hand.playback(&video.path);
        for step in 0..200 {
            playback.scrub(Seconds(f64::from(step) * 0.01));
        }
        let drawn = hand.draw(&playback, usize::MAX);
        assert_eq!(drawn.len(), 3841);
        assert!((playback.position().0 - 2.07).abs() < 1e-6);
        playback.set_volume(0.0);
        playback.play(Seconds(0.0), Some(Seconds(1.0)), 1.0, false);
        let drawn = hand.draw(&playback, usize::MAX);
        assert!(drawn[20_000..].iter().all(|value| value.abs() < 1e-3));
    }

    #[test]
    fn without_sound_or_device_time_goes_on_and_it_is_said_why() {
        let Some(video) = make(
            "silent.mp4",
            "-f lavfi -i testsrc2=size=160x90:rate=25:duration=4 -c:v libx264 -pix_fmt yuv420p",
        ) else {
            return;
        };
        let hand = Hand::default();
        let playback = hand.playback(&video.path);
        playback.play(Seconds(1.0), Some(Seconds(1.5)), 1.0, false);
        let drawn = hand.draw(&playback, usize::MAX);
        assert!(drawn.len() == 24_001 && drawn.iter().all(|value| *value == 0.0));
        assert!(playback.silent().unwrap().contains("has no sound"));

        let missing = || Err("this machine has no sound device".to_owned());
        let playback = Playback::open_with(&video.path, Box::new(missing));
        playback.play(Seconds(1.0), Some(Seconds(1.6)), 2.0, false);
        let begun = Instant::now();
        while playback.is_playing() && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let took = begun.elapsed().as_secs_f64();
        assert!(took > 0.29, "{took}");
        assert_eq!(playback.position(), Seconds(1.6));
        let reason = "this machine has no sound device: videos play without sound";
        assert_eq!(playback.silent(), Some(reason));
    }

    #[test]
    fn the_device_of_this_machine_or_silence_plays_to_the_end() {
        let Some(video) = tone() else { return };
        let playback = Playback::open(&video.path);
        playback.set_volume(0.0);
        playback.play(Seconds(3.5), None, 1.0, false);
        let begun = Instant::now();
        while playback.is_playing() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(playback.position(), Seconds(4.0));
        eprintln!("{:?} after {:?}", playback.silent(), begun.elapsed());
    }

    #[test]
    fn a_device_that_is_lost_is_replaced_by_silence() {
        let Some(video) = tone() else { return };
        let hand = Hand::default();
        let playback = hand.playback(&video.path);
        playback.play(Seconds(1.0), Some(Seconds(1.4)), 1.0, false);
        hand.draw(&playback, 9_600);
        (hand.0.lock().unwrap().as_ref().unwrap().1)("the sound device was unplugged".to_owned());
        let begun = Instant::now();
        while playback.is_playing() && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(
            (playback.is_playing(), playback.position()),
            (false, Seconds(1.4))
        );
        assert!(playback.silent().unwrap().contains("unplugged"));
    }
}
