//! Packets read ahead of the decoder, so that it is known which pictures there are before any is decoded.
//!
//! Times here are time stamps as the video stream counts them.

use super::error::MediaError;
use super::input::{Input, Reading};
use crate::jobs::Watch;
use ffmpeg_next::codec::packet::Ref;
use ffmpeg_next::{Packet, ffi};
use std::collections::{BTreeSet, VecDeque};

/// Packets read ahead never take more memory than this; beyond it more is decoded than would be needed.
const READ_AHEAD: usize = 64 << 20;

/// The packets of one video that have been read and not yet decoded, and what they tell.
pub(super) struct LookAhead {
    pub input: Input,
    packets: VecDeque<Packet>,
    bytes: usize,
    /// When pictures read are shown, from the one asked for last.
    pictures: BTreeSet<i64>,
    /// When key frames read are shown, from the last one at or before the time asked for last.
    keys: BTreeSet<i64>,
    /// When the packet read last is decoded: those to come are not shown before.
    read_to: Option<i64>,
    ended: bool,
    /// Time stamps are complete, and key frames are clean starts: false once either has been seen to fail.
    plans: bool,
    damaged: u64,
}

impl LookAhead {
    pub fn new(input: Input) -> Self {
        Self {
            input,
            packets: VecDeque::new(),
            bytes: 0,
            pictures: BTreeSet::new(),
            keys: BTreeSet::new(),
            read_to: None,
            ended: false,
            plans: true,
            damaged: 0,
        }
    }

    /// Reads one packet; says whether there was one.
    pub fn read_on(&mut self) -> bool {
        match self.input.read() {
            Reading::Packet(packet) => {
                // SAFETY: the packet is valid for as long as it is borrowed.
                let is_shown = unsafe { (*packet.as_ptr()).flags } & ffi::AV_PKT_FLAG_DISCARD == 0;
                match packet.pts() {
                    Some(stamp) if is_shown => {
                        self.pictures.insert(stamp);
                        if packet.is_key() {
                            self.keys.insert(stamp);
                        }
                    }
                    Some(_) => {}
                    None => self.plans = false,
                }
                self.read_to = packet.dts().or(self.read_to);
                self.bytes += packet.size();
                self.packets.push_back(packet);
                true
            }
            Reading::Damaged => {
                self.damaged += 1;
                false
            }
            Reading::Ended => {
                self.ended = true;
                false
            }
        }
    }

    /// Reads until no picture to come is shown at or before `at`. What need not be decoded for it, everything before
    /// the last key frame at or before it, is dropped; says whether something was.
    ///
    /// # Errors
    /// When cancelled.
    pub fn read_past(&mut self, at: i64, watch: &Watch) -> Result<bool, MediaError> {
        let mut dropped = self.drop_before_key(at);
        while !self.has_read_past(at) {
            watch.check()?;
            if self.read_on() && self.packets.back().is_some_and(Packet::is_key) {
                dropped |= self.drop_before_key(at);
            }
        }
        Ok(dropped)
    }

    /// Whether decoding can start afresh at a key frame among the packets, at or before `at`.
    ///
    /// # Errors
    /// When cancelled.
    pub fn has_key(&mut self, at: i64, watch: &Watch) -> Result<bool, MediaError> {
        let mut found = self.packets.iter().any(|packet| is_start(packet, at));
        while self.plans && !found && !self.has_read_past(at) {
            watch.check()?;
            found = self.read_on() && self.packets.back().is_some_and(|packet| is_start(packet, at));
        }
        Ok(self.plans && found)
    }

    /// The key frames on either side of `at`, the second no later than `last`.
    ///
    /// # Errors
    /// When cancelled.
    pub fn keys_around(&mut self, at: i64, last: i64, watch: &Watch) -> Result<[Option<i64>; 2], MediaError> {
        while self.keys.range(at + 1..).next().is_none() && !self.has_read_past(last) {
            watch.check()?;
            self.read_on();
        }
        let before = self.keys.range(..=at).next_back().copied();
        let after = self.keys.range(at + 1..).next().copied();
        Ok(if self.plans { [before, after] } else { [None; 2] })
    }

    /// The last picture at or before `at` among those read.
    pub fn best(&self, at: i64) -> Option<i64> {
        self.pictures
            .range(..=at)
            .next_back()
            .copied()
            .filter(|_| self.plans)
    }

    /// The same, once no better one can come.
    pub fn known_best(&self, at: i64) -> Option<i64> {
        self.best(at)
            .filter(|_| self.ended || self.read_to.is_some_and(|stamp| stamp > at))
    }

    /// Whether this is the last picture of the video.
    pub fn is_last(&self, picture: i64) -> bool {
        self.ended && self.pictures.last() == Some(&picture)
    }

    /// Whether a packet with this time stamp is still to be decoded.
    pub fn holds(&self, stamp: i64) -> bool {
        self.packets.iter().any(|packet| packet.pts() == Some(stamp))
    }

    /// The next packet to decode: nothing at the end, and nothing where a part of the file cannot be read.
    pub fn next(&mut self) -> Option<Packet> {
        if self.packets.is_empty() {
            self.read_on();
        }
        let packet = self.packets.pop_front()?;
        self.bytes -= packet.size();
        Some(packet)
    }

    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// Whether there is nothing more to decode.
    pub fn is_exhausted(&self) -> bool {
        self.ended && self.packets.is_empty()
    }

    /// Whether what is to be decoded can be chosen by time stamps and key frames.
    pub fn plans(&self) -> bool {
        self.plans
    }

    /// From now on everything is decoded.
    pub fn stop_planning(&mut self) {
        self.plans = false;
    }

    /// When the packet read last is decoded.
    pub fn read_to(&self) -> Option<i64> {
        self.read_to
    }

    /// Number of parts that could not be read.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Forgets what is known of the times before `at`, once it will not be asked for again.
    pub fn forget_before(&mut self, at: i64) {
        for stamps in [&mut self.pictures, &mut self.keys] {
            let last = stamps.range(..=at).next_back().copied();
            if let Some(last) = last {
                *stamps = stamps.split_off(&last);
            }
        }
    }

    /// Drops all packets and what they told, for reading elsewhere.
    pub fn clear(&mut self) {
        self.drop_first(self.packets.len());
        self.pictures.clear();
        self.keys.clear();
        self.read_to = None;
        self.ended = false;
    }

    /// Reads to the first key frame and says whether it is at or before `at`; what comes before it is dropped.
    pub fn find_key(&mut self, at: i64) -> bool {
        loop {
            self.clear();
            if !self.read_on() && self.ended {
                return false;
            }
            if let Some(packet) = self.packets.back().filter(|packet| packet.is_key()) {
                return packet.pts().or(packet.dts()).is_none_or(|stamp| stamp <= at);
            }
            if self.read_to.is_some_and(|stamp| stamp > at) {
                return false;
            }
        }
    }

    /// Drops the packets before the first key frame among them.
    pub fn drop_before_any_key(&mut self) {
        self.drop_first(self.packets.iter().position(Packet::is_key).unwrap_or(0));
    }

    fn drop_before_key(&mut self, at: i64) -> bool {
        let place = self.packets.iter().rposition(|packet| is_start(packet, at));
        let count = place.filter(|_| self.plans).unwrap_or(0);
        self.drop_first(count);
        count > 0
    }

    fn drop_first(&mut self, count: usize) {
        self.bytes -= self
            .packets
            .drain(..count)
            .map(|packet| packet.size())
            .sum::<usize>();
    }

    fn has_read_past(&self, at: i64) -> bool {
        self.ended || self.read_to.is_some_and(|stamp| stamp > at) || self.bytes > READ_AHEAD
    }
}

fn is_start(packet: &Packet, at: i64) -> bool {
    packet.is_key() && packet.pts().is_some_and(|stamp| stamp <= at)
}
