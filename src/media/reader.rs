//! The picture at a time, for times that come in order, decoding as little as gives the very same pixels.
//!
//! Packets are read ahead of the decoder, so that it is known which pictures there are before any is decoded:
//! what lies before the last key frame at or before the time asked for is dropped, and pictures that no other
//! picture refers to are decoded only when they are themselves the ones to show.

use super::error::MediaError;
use super::input::{Input, Reading, TOLERANCE};
use crate::jobs::Watch;
use crate::project::Seconds;
use ffmpeg_next::codec::packet::Ref;
use ffmpeg_next::error::EAGAIN;
use ffmpeg_next::{Discard, Error, Packet, codec, decoder, ffi, frame};
use std::collections::{BTreeSet, VecDeque};

/// Packets read ahead never take more memory than this; beyond it more is decoded than would be needed.
const READ_AHEAD: usize = 64 << 20;

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
    input: Input,
    decoder: decoder::Video,
    /// Pictures that nothing refers to can be left out without changing any other.
    can_omit: bool,
    /// Time stamps are complete, and key frames are clean starts: false once either has been seen to fail.
    plans: bool,
    /// Decoding starts this much before the time sought.
    run_up: Seconds,
    /// Decoding started at the beginning of the file, so that nothing before is missing.
    from_beginning: bool,
    /// Read, not yet decoded.
    queue: VecDeque<Packet>,
    /// Bytes in the queue.
    queued: usize,
    /// Presentation times of the pictures read, from the one shown last.
    seen: BTreeSet<i64>,
    /// Presentation times of the key frames read, from the last one at or before the time asked for.
    keys: BTreeSet<i64>,
    /// No packet to come is decoded, and so none is shown, before this.
    read_to: Option<i64>,
    input_ended: bool,
    /// The decoder has been told that nothing more comes.
    draining: bool,
    /// The last picture of the video has been decoded.
    finished: bool,
    current: Option<Shown>,
    upcoming: Option<Shown>,
    /// Where the latest of the pictures decoded ends, as the stream counts it.
    decoded_to: Option<i64>,
    damaged: u64,
}

impl PictureReader {
    /// Opens a video for decoding, on as many threads as there are cores.
    ///
    /// # Errors
    /// As of [`Input::open`], and when there is no decoder.
    pub fn open(input: Input) -> Result<Self, MediaError> {
        let decoder = open_decoder(&input)?;
        // Only for these does the word "reference" mean that no picture whatever depends on the others.
        let can_omit = matches!(
            decoder.id(),
            codec::Id::H264 | codec::Id::MPEG1VIDEO | codec::Id::MPEG2VIDEO
        );
        let mut reader = Self {
            input,
            decoder,
            can_omit,
            plans: true,
            run_up: Seconds(0.0),
            from_beginning: true,
            queue: VecDeque::new(),
            queued: 0,
            seen: BTreeSet::new(),
            keys: BTreeSet::new(),
            read_to: None,
            input_ended: false,
            draining: false,
            finished: false,
            current: None,
            upcoming: None,
            decoded_to: None,
            damaged: 0,
        };
        reader.settle_origin()?;
        Ok(reader)
    }

    /// Where a file has no times of showing, it seems to start when the first picture is decoded: start it when that
    /// is shown.
    fn settle_origin(&mut self) -> Result<(), MediaError> {
        while self.queue.is_empty() && !self.input_ended {
            self.read_on();
        }
        if self.plans {
            return Ok(());
        }
        self.decode_to(Seconds(0.0), None, &Watch::default())?;
        let first = self.shown().map(|shown| shown.start);
        self.run_up = REORDERING;
        self.seek(Seconds(0.0))?;
        if let Some(first) = first {
            self.input.start_at(first);
        }
        Ok(())
    }

    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The picture that [`Self::advance`] has come to: the last at or before its time, or the first of all.
    pub fn shown(&self) -> Option<&Shown> {
        self.current.as_ref().or(self.upcoming.as_ref())
    }

    /// Where the last picture ends; nothing before it has been decoded.
    pub fn end(&self) -> Option<Seconds> {
        self.decoded_to
            .filter(|_| self.finished)
            .map(|stamp| self.input.seconds(stamp))
    }

    /// Number of parts of the file that could not be read or decoded.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// How far the file has been read.
    pub fn position(&self) -> Option<Seconds> {
        self.read_to.map(|stamp| self.input.seconds(stamp))
    }

    /// Decodes up to the picture at `time`, which is not before the last time asked for unless [`Self::seek`]
    /// came between. `next` is the time that will be asked for next, if that is known.
    ///
    /// # Errors
    /// When cancelled, or the file cannot be opened again.
    pub fn advance(&mut self, time: Seconds, next: Option<Seconds>, watch: &Watch) -> Result<(), MediaError> {
        self.decode_to(time, next, watch)?;
        let at = self.input.stamp(time);
        if self.current.is_none() && self.best(at).is_some() && !self.from_beginning {
            // The key frame was none, or is damaged: pictures after it still need those before it.
            self.plans = false;
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
        let at = self.input.stamp(wanted);
        for back in [0.0, 2.0, 10.0, 60.0] {
            let target = wanted - Seconds(back);
            if target.0 <= 0.0 {
                break;
            }
            if self.input.seek(target) && self.find_key(at) {
                self.from_beginning = false;
                return Ok(());
            }
        }
        self.input.rewind()?;
        self.forget();
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
        let at = self.input.stamp(time);
        self.look_ahead(at, watch)?;
        let exact = self.best(at);
        let last = self.input.stamp(time + reach);
        while self.keys.range(at + 1..).next().is_none() && !self.has_read_past(last) {
            watch.check()?;
            self.read_on();
        }
        let before = self.keys.range(..=at).next_back();
        let after = self.keys.range(at + 1..).next();
        let distance = |key: &Key| (key.time.0 - time.0).abs();
        let keys = before.into_iter().chain(after).filter(|_| self.plans);
        Ok(keys
            .map(|stamp| Key {
                time: self.input.seconds(*stamp),
                is_exact: Some(*stamp) == exact,
            })
            .filter(|key| distance(key) <= reach.0 + TOLERANCE)
            .min_by(|a, b| distance(a).total_cmp(&distance(b))))
    }

    fn decode_to(&mut self, time: Seconds, next: Option<Seconds>, watch: &Watch) -> Result<(), MediaError> {
        let at = self.input.stamp(time);
        let next = next.map_or(at, |next| self.input.stamp(next));
        self.look_ahead(at, watch)?;
        if self.draining && !self.queue.is_empty() {
            self.restart_at(self.queue.iter().position(Packet::is_key).unwrap_or(0));
        }
        let mut failures = 0;
        while !self.has_arrived(at) {
            watch.check()?;
            match self.receive() {
                Ok(Decoded::Picture(shown)) => self.place(shown, at),
                Ok(Decoded::NeedsPacket) => self.feed(at, next, watch)?,
                Ok(Decoded::Drained) => {
                    self.finished = self.input_ended && self.queue.is_empty();
                    break;
                }
                Err(_) => {
                    self.damaged += 1;
                    failures += 1;
                    if !self.draining {
                        self.feed(at, next, watch)?;
                    } else if failures > LAST_FAILURES {
                        self.finished = self.input_ended && self.queue.is_empty();
                        break;
                    }
                }
            }
        }
        forget_before(&mut self.seen, at);
        forget_before(&mut self.keys, at);
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
        let best = self.known_best(at);
        let is_best = best.is_some() && self.current.as_ref().is_some_and(|current| current.stamp == best);
        self.finished |= is_best && self.input_ended && self.seen.last().copied() == best;
        self.upcoming.is_some() || self.finished || is_best
    }

    fn place(&mut self, shown: Shown, at: i64) {
        if shown.start <= at {
            self.current = Some(shown);
        } else {
            self.upcoming = Some(shown);
        }
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
        let start = frame
            .timestamp()
            .or(self.decoded_to)
            .unwrap_or_else(|| self.input.stamp(Seconds(0.0)));
        self.decoded_to = Some(start + self.length(&frame));
        let (time, stamp) = (self.input.seconds(start), frame.pts());
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
            self.input
                .units(Seconds(1.0 / self.input.frame_rate().unwrap_or(25.0)))
        };
        Some(frame.packet().duration)
            .filter(|length| *length > 0)
            .unwrap_or_else(usual)
    }

    /// Gives the decoder the next packet, or word that the rest of what it holds is wanted now.
    fn feed(&mut self, at: i64, next: i64, watch: &Watch) -> Result<(), MediaError> {
        let is_queued = |best| self.queue.iter().any(|packet| packet.pts() == Some(best));
        let sent = self.known_best(at).is_some_and(|best| !is_queued(best));
        if sent && next > at && self.has_key_ahead(next, watch)? {
            self.end_decoding();
            return Ok(());
        }
        if self.queue.is_empty() && !self.read_on() && self.input_ended {
            self.end_decoding();
            return Ok(());
        }
        let Some(packet) = self.queue.pop_front() else {
            return Ok(());
        };
        self.queued -= packet.size();
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
            self.damaged += 1;
        }
        Ok(())
    }

    fn end_decoding(&mut self) {
        if self.decoder.send_eof().is_err() {
            self.damaged += 1;
        }
        self.draining = true;
    }

    /// Whether a picture is not the one to show at `at`, nor at `next` or any later time.
    fn is_needless(&self, stamp: i64, at: i64, next: i64) -> bool {
        let surpassed = |time| self.best(time).is_some_and(|best| stamp < best);
        surpassed(at) || (stamp > at && surpassed(next))
    }

    /// The last picture at or before `at` among those read.
    fn best(&self, at: i64) -> Option<i64> {
        self.seen.range(..=at).next_back().copied().filter(|_| self.plans)
    }

    /// The same, once no better one can come.
    fn known_best(&self, at: i64) -> Option<i64> {
        self.best(at)
            .filter(|_| self.input_ended || self.read_to.is_some_and(|stamp| stamp > at))
    }

    fn has_read_past(&self, at: i64) -> bool {
        self.input_ended || self.read_to.is_some_and(|stamp| stamp > at) || self.queued > READ_AHEAD
    }

    fn look_ahead(&mut self, at: i64, watch: &Watch) -> Result<(), MediaError> {
        self.drop_before_key(at);
        while !self.has_read_past(at) {
            watch.check()?;
            if self.read_on() && self.queue.back().is_some_and(Packet::is_key) {
                self.drop_before_key(at);
            }
        }
        Ok(())
    }

    /// Whether decoding can start afresh at a key frame not yet decoded, at or before `at`.
    fn has_key_ahead(&mut self, at: i64, watch: &Watch) -> Result<bool, MediaError> {
        let is_start = |packet: &Packet| packet.is_key() && packet.pts().is_some_and(|stamp| stamp <= at);
        if self.plans && self.queue.iter().any(is_start) {
            return Ok(true);
        }
        while self.plans && !self.has_read_past(at) {
            watch.check()?;
            if self.read_on() && self.queue.back().is_some_and(is_start) {
                return Ok(self.plans);
            }
        }
        Ok(false)
    }

    /// Drops what need not be decoded for `at`: everything before the last key frame at or before it.
    fn drop_before_key(&mut self, at: i64) {
        let is_start = |packet: &Packet| packet.is_key() && packet.pts().is_some_and(|stamp| stamp <= at);
        let Some(place) = self.queue.iter().rposition(is_start).filter(|_| self.plans) else {
            return;
        };
        if place > 0 || self.draining {
            self.restart_at(place);
        }
    }

    /// Drops the packets before this place of the queue and starts decoding there.
    fn restart_at(&mut self, place: usize) {
        self.queued -= self
            .queue
            .drain(..place)
            .map(|packet| packet.size())
            .sum::<usize>();
        self.restart_decoder();
        self.from_beginning = false;
    }

    /// Reads to the first key frame and says whether it is at or before `at`; what is read before it is dropped.
    fn find_key(&mut self, at: i64) -> bool {
        self.forget();
        loop {
            self.queue.clear();
            self.queued = 0;
            self.seen.clear();
            if !self.read_on() && self.input_ended {
                return false;
            }
            if let Some(packet) = self.queue.back().filter(|packet| packet.is_key()) {
                return packet.pts().or(packet.dts()).is_none_or(|stamp| stamp <= at);
            }
            if self.read_to.is_some_and(|stamp| stamp > at) {
                return false;
            }
        }
    }

    /// Reads one packet into the queue; says whether there was one.
    fn read_on(&mut self) -> bool {
        match self.input.read() {
            Reading::Packet(packet) => {
                // SAFETY: the packet is valid for as long as it is borrowed.
                let is_shown = unsafe { (*packet.as_ptr()).flags } & ffi::AV_PKT_FLAG_DISCARD == 0;
                match packet.pts() {
                    Some(stamp) if is_shown => {
                        self.seen.insert(stamp);
                        if packet.is_key() {
                            self.keys.insert(stamp);
                        }
                    }
                    Some(_) => {}
                    None => self.plans = false,
                }
                self.read_to = self.read_to.max(packet.dts());
                self.queued += packet.size();
                self.queue.push_back(packet);
                true
            }
            Reading::Damaged => {
                self.damaged += 1;
                false
            }
            Reading::Ended => {
                self.input_ended = true;
                false
            }
        }
    }

    fn restart_decoder(&mut self) {
        self.decoder.flush();
        self.draining = false;
        self.finished = false;
        self.current = None;
        self.upcoming = None;
    }

    fn forget(&mut self) {
        self.restart_decoder();
        self.queue.clear();
        self.queued = 0;
        self.seen.clear();
        self.keys.clear();
        self.read_to = None;
        self.input_ended = false;
    }
}

/// Drops the time stamps before the last at or before `at`.
fn forget_before(stamps: &mut BTreeSet<i64>, at: i64) {
    let last = stamps.range(..=at).next_back().copied();
    if let Some(last) = last {
        *stamps = stamps.split_off(&last);
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

    const MOVING: &str = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=8";

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
            eprintln!("{name}");
            assert_same_as_ffmpeg(&video.path, &[0.04, 0.37, 1.0, 3.1]);
        }
    }
}
