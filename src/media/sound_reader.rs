//! The sound of a video in order of time, without gaps, from any time on.

use super::container;
use super::error::MediaError;
use super::input::Input;
use super::mono::MonoConversion;
use super::reader::PictureReader;
use crate::project::Seconds;
use ffmpeg_next::error::EAGAIN;
use ffmpeg_next::format::context;
use ffmpeg_next::{Error, Packet, Rational, codec, decoder, ffi, frame, log, media};
use std::path::{Path, PathBuf};

/// Time stamps that are off by no more than this are rounded or jitter: the samples follow on each other. More is a
/// gap, or an overlap.
const JITTER: f64 = 0.02;

/// Sound that is said to be this much earlier than what came before is not believed: the clock started anew.
const OVERLAP: f64 = 1.0;

/// A file that does not say how long it is has no gaps longer than this.
const LONGEST_GAP: f64 = 3600.0;

/// Decoders need a little of what comes before to give the right samples.
const RUN_UP: f64 = 0.25;

/// Silence comes in blocks of at most so many seconds.
const SILENCE: f64 = 0.5;

/// A file that begins again and again with parts that cannot be parsed is given up after so many in a row.
const UNPARSED_IN_A_ROW: u32 = 1000;

/// Decodes the sound of one file forwards, as one channel.
pub(super) struct SoundReader {
    path: PathBuf,
    context: context::Input,
    stream: usize,
    time_base: Rational,
    decoder: decoder::Audio,
    conversion: MonoConversion,
    rate: f64,
    /// Where the pictures start, in seconds as the file counts them.
    zero: f64,
    /// Time stamp of the first sample, where the file says.
    first: i64,
    longest_gap: f64,
    /// A frame that has been decoded, but is after the end of what came before.
    upcoming: Option<frame::Audio>,
    /// Number of the sample that the conversion gives next, once the first frame has told.
    place: Option<i64>,
    /// Number of the sample that is to be given out next.
    given: i64,
    ended: bool,
    undecoded: u64,
    decoded: u64,
}

impl SoundReader {
    /// Opens the sound of a file, at `rate` samples a second. Time counts as it does for the pictures; in a file
    /// without pictures from where the sound starts.
    ///
    /// # Errors
    /// When the file cannot be read, has no sound, or there is no decoder for it.
    pub fn open(path: &Path, rate: u32) -> Result<Self, MediaError> {
        log::set_level(log::Level::Fatal);
        let zero = zero_of_pictures(path)?;
        let path = path.to_path_buf();
        let mut context = container::open(&path).map_err(|reason| MediaError::NotAVideo {
            path: path.clone(),
            reason: reason.to_string(),
        })?;
        let Some(sound) = context.streams().best(media::Type::Audio) else {
            return Err(MediaError::NoSound { path });
        };
        let (stream, time_base) = (sound.index(), sound.time_base());
        let first = Some(sound.start_time()).filter(|stamp| *stamp != ffi::AV_NOPTS_VALUE);
        let first = first.unwrap_or(0);
        let codec = sound.parameters().id().name().to_owned();
        let decoder = open_decoder(&sound).map_err(|_| MediaError::NoSoundDecoder {
            path: path.clone(),
            codec,
        })?;
        container::read_only(&mut context, stream);
        let declared = context.duration() as f64 / f64::from(ffi::AV_TIME_BASE);
        Ok(Self {
            zero: zero.unwrap_or(first as f64 * f64::from(time_base)),
            first,
            longest_gap: if declared > 0.0 { declared } else { LONGEST_GAP },
            path,
            context,
            stream,
            time_base,
            decoder,
            conversion: MonoConversion::new(rate),
            rate: f64::from(rate),
            upcoming: None,
            place: None,
            given: 0,
            ended: false,
            undecoded: 0,
            decoded: 0,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long the file says it is, of whatever stream is the longest.
    pub fn declared_length(&self) -> Option<Seconds> {
        let length = self.context.duration() as f64 / f64::from(ffi::AV_TIME_BASE);
        (length > 0.0).then_some(Seconds(length))
    }

    /// Whether there was something to decode, and nothing could be.
    pub fn has_failed(&self) -> bool {
        self.decoded == 0 && self.undecoded > 0
    }

    /// Number of the sample that is read next: it is at this number over the rate.
    pub fn position(&self) -> i64 {
        self.given
    }

    /// Goes to the sample nearest to `time`, or to the first of all where that is before 0 s.
    ///
    /// # Errors
    /// When the file cannot be opened any more.
    pub fn seek(&mut self, time: Seconds) -> Result<(), MediaError> {
        let wanted = (time.0.max(0.0) * self.rate).round() as i64;
        let stamp = (time.0 - RUN_UP + self.zero) / f64::from(self.time_base);
        let stream = i32::try_from(self.stream).unwrap_or(-1);
        let stamp = (stamp.floor() as i64).max(self.first);
        // SAFETY: the context is open and no packet or stream is borrowed from it here.
        let answer =
            unsafe { ffi::avformat_seek_file(self.context.as_mut_ptr(), stream, i64::MIN, stamp, stamp, 0) };
        if answer < 0 {
            // A file that cannot be sought in is read from its beginning.
            let rate = self.rate as u32;
            *self = Self::open(&self.path, rate)?;
        } else {
            self.decoder.flush();
            self.conversion.clear();
            self.upcoming = None;
            self.place = None;
            self.ended = false;
        }
        self.given = wanted;
        Ok(())
    }

    /// Puts the samples that come next into `block`, some but not very many, and says whether there were any.
    pub fn read(&mut self, block: &mut Vec<f32>) -> bool {
        block.clear();
        while block.is_empty() {
            if let Some(sound) = self.upcoming.take() {
                self.give(sound, block);
            } else if self.ended {
                return false;
            } else if let Some(sound) = self.decode() {
                self.decoded += 1;
                self.arrange(&sound, block);
                self.upcoming = Some(sound);
            } else {
                self.ended = true;
                self.drain(block);
            }
        }
        true
    }

    /// Finds the place of a frame among the samples; where it does not continue what came before, that is ended.
    fn arrange(&mut self, sound: &frame::Audio, block: &mut Vec<f32>) {
        let time = sound
            .timestamp()
            .map(|stamp| stamp as f64 * f64::from(self.time_base) - self.zero);
        let Some(time) = time else {
            self.place.get_or_insert(self.given);
            return;
        };
        let start = (time * self.rate).round() as i64;
        let Some(place) = self.place else {
            self.place = Some(start);
            return;
        };
        let off = (start - place - self.conversion.delay() as i64) as f64 / self.rate;
        if off.abs() > JITTER && (-OVERLAP..=self.longest_gap).contains(&off) {
            self.drain(block);
            self.place = Some(start);
        }
    }

    /// Gives out a frame, or silence up to it.
    fn give(&mut self, mut sound: frame::Audio, block: &mut Vec<f32>) {
        let missing = self.place.unwrap_or(self.given) - self.given;
        if missing > 0 {
            let silence = missing.min((SILENCE * self.rate) as i64).max(1);
            block.resize(silence as usize, 0.0);
            self.given += silence;
            self.upcoming = Some(sound);
        } else if self.conversion.convert(&mut sound, block).is_err() {
            self.undecoded += 1;
        } else {
            self.settle(block);
        }
    }

    fn drain(&mut self, block: &mut Vec<f32>) {
        if self.conversion.drain(block).is_err() {
            self.undecoded += 1;
        }
        self.settle(block);
    }

    /// Counts the samples that the conversion gave, and drops those that are not wanted.
    fn settle(&mut self, block: &mut Vec<f32>) {
        let count = block.len() as i64;
        let place = self.place.unwrap_or(self.given);
        self.place = Some(place + count);
        let unwanted = (self.given - place).clamp(0, count);
        block.drain(..unwanted as usize);
        self.given += count - unwanted;
    }

    fn decode(&mut self) -> Option<frame::Audio> {
        let mut failures = 0;
        loop {
            let mut sound = frame::Audio::empty();
            match self.decoder.receive_frame(&mut sound) {
                Ok(()) if sound.samples() > 0 && sound.rate() > 0 => return Some(sound),
                Ok(()) => {}
                Err(Error::Other { errno: EAGAIN }) => self.feed(),
                Err(Error::Eof) => return None,
                Err(_) if failures < UNPARSED_IN_A_ROW => {
                    failures += 1;
                    self.undecoded += 1;
                }
                Err(_) => return None,
            }
        }
    }

    /// Gives the decoder the next packet that it takes, or word that there is none.
    fn feed(&mut self) {
        let mut unparsed = 0;
        loop {
            let mut packet = Packet::empty();
            let sent = match packet.read(&mut self.context) {
                Ok(()) if packet.stream() == self.stream => self.decoder.send_packet(&packet),
                Ok(()) => continue,
                Err(Error::InvalidData) if unparsed < UNPARSED_IN_A_ROW => {
                    unparsed += 1;
                    continue;
                }
                // An error here means that it has been told already.
                Err(_) => {
                    let _ = self.decoder.send_eof();
                    return;
                }
            };
            match sent {
                Ok(()) => return,
                Err(_) => self.undecoded += 1,
            }
        }
    }
}

/// Where the pictures of a file start, in seconds as the file counts them; nothing where it has none.
fn zero_of_pictures(path: &Path) -> Result<Option<f64>, MediaError> {
    let input = match Input::open(path) {
        Ok(input) => input,
        Err(MediaError::NoVideoStream { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let zero = input.zero();
    // Only decoding tells where the pictures of some files start; pictures that cannot be decoded do not matter here.
    let settled = PictureReader::open(input).map(|reader| reader.input().zero());
    Ok(Some(settled.unwrap_or(zero)))
}

fn open_decoder(sound: &ffmpeg_next::Stream<'_>) -> Result<decoder::Audio, Error> {
    let mut decoder = codec::Context::from_parameters(sound.parameters())?.decoder();
    decoder.set_packet_time_base(sound.time_base());
    decoder.audio()
}
