//! The picture at a time, for times that come in order, decoding as little as gives the very same pixels.
//!
//! What lies before the last key frame at or before the time asked for is not decoded, and pictures that no other
//! picture refers to are decoded only when they are themselves the ones to show.

use super::error::MediaError;
use super::input::{Input, TOLERANCE};
use super::look_ahead::LookAhead;
use crate::jobs::Watch;
use crate::project::Seconds;
use ffmpeg_next::error::EAGAIN;
use ffmpeg_next::{Discard, Error, codec, decoder, frame};

/// Where key frames turn out not to be clean starts, decoding starts this much earlier.
const RUN_UP: Seconds = Seconds(10.0);

/// Where files say only when pictures are decoded, those sought are shown no more than this after.
const REORDERING: Seconds = Seconds(1.0);

/// A decoder that only fails while it gives out its last pictures has none left after so many times.
const LAST_FAILURES: u32 = 64;

/// A decoded picture and when it is shown.
pub(super) struct Shown {
    pub frame: frame::Video,
    pub time: Seconds,
    /// The same time as the stream counts it.
    start: i64,
    /// The time stamp of the packet that it came in, if that had one.
    stamp: Option<i64>,
}

/// A key frame that can stand for the picture at a time.
pub(super) struct Key {
    pub time: Seconds,
    /// It is that picture.
    pub is_exact: bool,
}

/// What the decoder has to say.
enum Decoded {
    Picture(Shown),
    NeedsPacket,
    Drained,
}

/// Decodes one video forwards. Seeking is for [`Self::seek`] alone.
pub(super) struct PictureReader {
    ahead: LookAhead,
    decoder: decoder::Video,
    /// Pictures that nothing refers to can be left out without changing any other.
    can_omit: bool,
    /// Decoding starts this much before the time sought.
    run_up: Seconds,
    /// Decoding started at the beginning of the file, so that nothing before is missing.
    from_beginning: bool,
    /// The decoder has been told that nothing more comes.
    draining: bool,
    /// The last picture of the video has been decoded.
    finished: bool,
    current: Option<Shown>,
    upcoming: Option<Shown>,
    /// Where the latest of the pictures decoded ends, as the stream counts it.
    decoded_to: Option<i64>,
    /// Number of packets that could not be decoded.
    undecoded: u64,
}

impl PictureReader {
    /// Makes the video ready for decoding, on as many threads as there are cores.
    ///
    /// # Errors
    /// When there is no decoder for it.
    pub fn open(input: Input) -> Result<Self, MediaError> {
        let decoder = open_decoder(&input)?;
        // Only for these does the word "reference" mean that no picture whatever depends on the others.
        let can_omit = matches!(
            decoder.id(),
            codec::Id::H264 | codec::Id::MPEG1VIDEO | codec::Id::MPEG2VIDEO
        );
        let mut reader = Self {
            ahead: LookAhead::new(input),
            decoder,
            can_omit,
            run_up: Seconds(0.0),
            from_beginning: true,
            draining: false,
            finished: false,
            current: None,
            upcoming: None,
            decoded_to: None,
            undecoded: 0,
        };
        reader.settle_start()?;
        Ok(reader)
    }

    pub fn input(&self) -> &Input {
        &self.ahead.input
    }

    /// The picture that [`Self::advance`] has come to: the last at or before its time, or the first of all.
    pub fn shown(&self) -> Option<&Shown> {
        self.current.as_ref().or(self.upcoming.as_ref())
    }

    /// Where the last picture ends; nothing before it has been decoded.
    pub fn end(&self) -> Option<Seconds> {
        self.decoded_to
            .filter(|_| self.finished)
            .map(|stamp| self.input().seconds(stamp))
    }

    /// Number of parts of the file that could not be read or decoded.
    pub fn damaged(&self) -> u64 {
        self.ahead.damaged() + self.undecoded
    }

    /// How far the file has been read.
    pub fn position(&self) -> Option<Seconds> {
        self.ahead.read_to().map(|stamp| self.input().seconds(stamp))
    }

    /// Decodes up to the picture at `time`, which is not before the last time asked for unless [`Self::seek`]
    /// came between. `next` is the time that will be asked for next, if that is known.
    ///
    /// # Errors
    /// When cancelled, or the file cannot be opened again.
    pub fn advance(&mut self, time: Seconds, next: Option<Seconds>, watch: &Watch) -> Result<(), MediaError> {
        self.decode_to(time, next, watch)?;
        let best = self.ahead.best(self.input().stamp(time));
        let is_missing = best.is_some() && self.shown().and_then(|shown| shown.stamp) != best;
        if is_missing && !self.from_beginning {
            // The key frame was none, or is damaged: pictures after it still need those before it.
            self.ahead.stop_planning();
            self.run_up = RUN_UP;
            self.seek(time)?;
            self.decode_to(time, next, watch)?;
        }
        Ok(())
    }

    /// Starts again at a key frame at or before `time`.
    ///
    /// # Errors
    /// When the file cannot be opened again.
    pub fn seek(&mut self, time: Seconds) -> Result<(), MediaError> {
        let wanted = time - self.run_up;
        let at = self.input().stamp(wanted);
        self.restart_decoder();
        for back in [0.0, 2.0, 10.0, 60.0] {
            let target = wanted - Seconds(back);
            if target.0 <= 0.0 {
                break;
            }
            if self.ahead.input.seek(target) && self.ahead.find_key(at) {
                return Ok(());
            }
        }
        self.ahead.input.rewind()?;
        self.ahead.clear();
        self.from_beginning = true;
        Ok(())
    }

    /// The key frame nearest to `time` and no further from it than `reach`. Packets up to it are read, and those
    /// dropped that come before the last key frame at or before `time`.
    ///
    /// # Errors
    /// When cancelled.
    pub fn key_near(
        &mut self,
        time: Seconds,
        reach: Seconds,
        watch: &Watch,
    ) -> Result<Option<Key>, MediaError> {
        let (at, last) = (self.input().stamp(time), self.input().stamp(time + reach));
        self.look_ahead(at, watch)?;
        let exact = self.ahead.best(at);
        let keys = self.ahead.keys_around(at, last, watch)?;
        if exact.is_some_and(|exact| self.ahead.is_last(exact)) {
            // Only its decoding tells whether the video has ended before the time asked for.
            return Ok(None);
        }
        let distance = |key: &Key| (key.time.0 - time.0).abs();
        Ok(keys
            .into_iter()
            .flatten()
            .map(|stamp| Key {
                time: self.input().seconds(stamp),
                is_exact: Some(stamp) == exact,
            })
            .filter(|key| distance(key) <= reach.0 + TOLERANCE)
            .min_by(|a, b| distance(a).total_cmp(&distance(b))))
    }

    /// Where a file has no times of showing, it seems to start when the first picture is decoded: start it when that
    /// is shown.
    fn settle_start(&mut self) -> Result<(), MediaError> {
        while self.ahead.is_empty() && !self.ahead.is_exhausted() {
            self.ahead.read_on();
        }
        if self.ahead.plans() {
            return Ok(());
        }
        self.decode_to(Seconds(0.0), None, &Watch::default())?;
        let first = self.shown().map(|shown| shown.start);
        self.run_up = REORDERING;
        self.seek(Seconds(0.0))?;
        if let Some(first) = first {
            self.ahead.input.start_at(first);
        }
        Ok(())
    }

    fn decode_to(&mut self, time: Seconds, next: Option<Seconds>, watch: &Watch) -> Result<(), MediaError> {
        let at = self.input().stamp(time);
        let next = next.map_or(at, |next| self.input().stamp(next));
        self.look_ahead(at, watch)?;
        let mut failures = 0;
        while !self.has_arrived(at) {
            watch.check()?;
            match self.receive() {
                Ok(Decoded::Picture(shown)) if shown.start <= at => self.current = Some(shown),
                Ok(Decoded::Picture(shown)) => self.upcoming = Some(shown),
                Ok(Decoded::NeedsPacket) => self.feed(at, next, watch)?,
                Err(_) if !self.draining => {
                    self.undecoded += 1;
                    self.feed(at, next, watch)?;
                }
                Err(_) if failures < LAST_FAILURES => failures += 1,
                Ok(Decoded::Drained) | Err(_) => {
                    self.finished = self.ahead.is_exhausted();
                    break;
                }
            }
        }
        self.ahead.forget_before(at);
        Ok(())
    }

    /// Reads ahead to `at`, and starts decoding afresh where that skips something.
    fn look_ahead(&mut self, at: i64, watch: &Watch) -> Result<(), MediaError> {
        let dropped = self.ahead.read_past(at, watch)?;
        if dropped {
            self.restart_decoder();
        } else if self.draining && !self.ahead.is_empty() {
            // Drained so as to skip to a key frame.
            self.ahead.drop_before_any_key();
            self.restart_decoder();
        }
        Ok(())
    }

    /// Whether the picture at `at` is there, or there can be none better.
    fn has_arrived(&mut self, at: i64) -> bool {
        if self
            .upcoming
            .as_ref()
            .is_some_and(|upcoming| upcoming.start <= at)
        {
            self.current = self.upcoming.take();
        }
        let stamp = self.current.as_ref().and_then(|current| current.stamp);
        let is_best = stamp.is_some() && stamp == self.ahead.known_best(at);
        self.finished |= is_best && stamp.is_some_and(|stamp| self.ahead.is_last(stamp));
        self.upcoming.is_some() || self.finished || is_best
    }

    fn receive(&mut self) -> Result<Decoded, Error> {
        let mut frame = frame::Video::empty();
        match self.decoder.receive_frame(&mut frame) {
            Ok(()) => {}
            Err(Error::Other { errno: EAGAIN }) => return Ok(Decoded::NeedsPacket),
            Err(Error::Eof) => return Ok(Decoded::Drained),
            Err(error) => return Err(error),
        }
        // A picture with no time stamp follows on the one before.
        let start = frame.timestamp().or(self.decoded_to);
        let start = start.unwrap_or_else(|| self.input().stamp(Seconds(0.0)));
        self.decoded_to = Some(start + self.length(&frame));
        let (time, stamp) = (self.input().seconds(start), frame.pts());
        Ok(Decoded::Picture(Shown {
            frame,
            time,
            start,
            stamp,
        }))
    }

    /// How long a picture is shown, as the stream counts it.
    fn length(&self, frame: &frame::Video) -> i64 {
        let usual = || {
            self.input()
                .units(Seconds(1.0 / self.input().frame_rate().unwrap_or(25.0)))
        };
        Some(frame.packet().duration)
            .filter(|length| *length > 0)
            .unwrap_or_else(usual)
    }

    /// Gives the decoder the next packet, or word that the rest of what it holds is wanted now.
    fn feed(&mut self, at: i64, next: i64, watch: &Watch) -> Result<(), MediaError> {
        let sent = self
            .ahead
            .known_best(at)
            .is_some_and(|best| !self.ahead.holds(best));
        if sent && next > at && self.ahead.has_key(next, watch)? {
            self.drain();
            return Ok(());
        }
        let Some(packet) = self.ahead.next() else {
            if self.ahead.is_exhausted() {
                self.drain();
            }
            return Ok(());
        };
        let omit = self.can_omit
            && packet
                .pts()
                .is_some_and(|stamp| self.is_needless(stamp, at, next));
        self.decoder.skip_frame(if omit {
            Discard::NonReference
        } else {
            Discard::Default
        });
        if self.decoder.send_packet(&packet).is_err() {
            self.undecoded += 1;
        }
        Ok(())
    }

    /// Whether a picture is not the one to show at `at`, nor at `next` or any later time.
    fn is_needless(&self, stamp: i64, at: i64, next: i64) -> bool {
        let surpassed = |time| self.ahead.best(time).is_some_and(|best| stamp < best);
        surpassed(at) || (stamp > at && surpassed(next))
    }

    fn drain(&mut self) {
        if self.decoder.send_eof().is_err() {
            self.undecoded += 1;
        }
        self.draining = true;
    }

    fn restart_decoder(&mut self) {
        self.decoder.flush();
        self.from_beginning = false;
        self.draining = false;
        self.finished = false;
        self.current = None;
        self.upcoming = None;
    }
}

fn open_decoder(input: &Input) -> Result<decoder::Video, MediaError> {
    let video = input.video()?;
    let codec = video.parameters().id().name().to_owned();
    let missing = |_| MediaError::NoDecoder {
        path: input.path().to_path_buf(),
        codec: codec.clone(),
    };
    let mut context = codec::Context::from_parameters(video.parameters()).map_err(missing)?;
    // SAFETY: the context is not open yet. No count means one thread for each core, over frames where the
    // decoder can do that and over slices where not; the wrapper can only ask for one of the two.
    unsafe { (*context.as_mut_ptr()).thread_count = 0 };
    let mut decoder = context.decoder();
    decoder.set_packet_time_base(input.time_base());
    decoder.video().map_err(missing)
}

#[cfg(test)]
mod tests {
    use super::super::test_videos::{assert_same_as_ffmpeg, make};

    const MOVING: &str = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=6";

    #[test]
    fn every_kind_of_video_gives_the_pictures_that_ffmpeg_gives() {
        let kinds = [
            ("b-frames.mp4", "-c:v libx264 -g 50 -pix_fmt yuv420p"),
            ("one-gop.mp4", "-c:v libx264 -g 1000 -bf 3 -pix_fmt yuv420p"),
            (
                "open-gop.ts",
                "-c:v libx264 -g 40 -x264-params open-gop=1 -pix_fmt yuv420p",
            ),
            (
                "open-gop.mkv",
                "-c:v libx264 -g 40 -x264-params open-gop=1 -pix_fmt yuv420p",
            ),
            (
                "refresh.mp4",
                "-c:v libx264 -g 60 -x264-params intra-refresh=1 -pix_fmt yuv420p",
            ),
            (
                "refresh.ts",
                "-c:v libx264 -g 60 -x264-params intra-refresh=1 -pix_fmt yuv420p",
            ),
            ("all-keys.mp4", "-c:v libx264 -g 1 -pix_fmt yuv420p"),
            ("interlaced.ts", "-c:v mpeg2video -flags +ildct+ilme -g 15 -bf 2"),
            ("stampless.avi", "-c:v mpeg4 -bf 2 -g 30"),
            ("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 60"),
            (
                "hevc.mp4",
                "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=40",
            ),
            ("pictures.mov", "-c:v mjpeg -pix_fmt yuvj420p"),
            (
                "ten-bit.mkv",
                "-c:v libx264 -preset veryfast -pix_fmt yuv420p10le",
            ),
            (
                "bt709.mp4",
                "-c:v libx264 -colorspace bt709 -color_range pc -pix_fmt yuv420p",
            ),
            ("odd.mkv", "-vf crop=319:177:0:0 -c:v libx264 -pix_fmt yuv444p"),
            (
                "uneven.mkv",
                "-vf setpts=N*N/400/TB -vsync 2 -c:v libx264 -g 50 -pix_fmt yuv420p",
            ),
            (
                "uneven.mp4",
                "-vf setpts=N*N/400/TB -vsync 2 -c:v libx264 -g 50 -pix_fmt yuv420p",
            ),
            (
                "late.ts",
                "-c:v libx264 -output_ts_offset 500 -g 30 -pix_fmt yuv420p",
            ),
        ];
        for (name, encoding) in kinds {
            let Some(video) = make(name, &format!("{MOVING} {encoding}")) else {
                continue;
            };
            assert_same_as_ffmpeg(&video.path, &[0.04, 0.37, 1.0, 2.1]);
        }
    }
}
