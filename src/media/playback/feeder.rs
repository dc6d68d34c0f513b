//! The thread that keeps samples ready for the device.

use super::super::input::Input;
use super::super::sound_reader::SoundReader;
use super::output::{FindOutput, Output, Silence};
use super::performer::{Passage, Performer, Source};
use super::tap::{Moment, Tap};
use super::transport::Transport;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use rtrb::{Producer, RingBuffer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Samples are made this much before they are drawn, in seconds. Another speed is heard so much later.
const AHEAD: f64 = 0.15;

/// How long to wait for room when enough is ready.
const PATIENCE: Duration = Duration::from_millis(5);

/// A device that nothing is played through for so long is let go: others may want it, and it uses power.
const IDLE: Duration = Duration::from_secs(10);

/// What the thread is told.
pub(super) enum Command {
    Play(Passage),
    Stop,
    Speed(f64),
}

/// Keeps samples ready for as long as there is someone to command it.
pub(super) struct Feeder {
    pub path: PathBuf,
    pub transport: Arc<Transport>,
    pub find_output: FindOutput,
    pub commands: Receiver<Command>,
}

impl Feeder {
    pub fn run(mut self) {
        let mut connection: Option<Connection> = None;
        let mut end = None;
        loop {
            if let Some(reason) = connection
                .as_ref()
                .and_then(|connection| connection.lost.try_recv().ok())
            {
                connection = self.reconnect(connection, &reason);
            }
            let wait = connection.as_mut().map_or(Duration::MAX, Connection::feed);
            let command = match self.commands.recv_timeout(wait) {
                Ok(command) => command,
                Err(RecvTimeoutError::Timeout) => {
                    if wait == IDLE {
                        connection = None;
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            // Of several passages asked for meanwhile, as when someone scrubs, only the last one counts.
            let mut wanted = None;
            for command in std::iter::once(command).chain(self.commands.try_iter()) {
                let performer = connection.as_mut().map(|connection| &mut connection.performer);
                match (command, performer) {
                    (Command::Play(passage), _) => wanted = Some(passage),
                    (Command::Stop, Some(performer)) => {
                        wanted = None;
                        performer.stop();
                    }
                    (Command::Stop, None) => wanted = None,
                    (Command::Speed(speed), performer) => {
                        let playing = performer.and_then(Performer::passage);
                        wanted
                            .iter_mut()
                            .chain(playing)
                            .for_each(|passage| passage.speed = speed);
                    }
                }
            }
            if let Some(mut passage) = wanted {
                passage.until = passage.until.min(*end.get_or_insert_with(|| end_of(&self.path)));
                if connection.is_none() {
                    connection = self.connect();
                }
                match &mut connection {
                    Some(connection) => connection.performer.begin(passage, passage.from),
                    None => drop(self.transport.stop()),
                }
            }
        }
    }

    /// Opens the device, or goes on in silence. Nothing only where not even that can be had.
    fn connect(&mut self) -> Option<Connection> {
        let found = (self.find_output)().and_then(|output| {
            let reader = SoundReader::open(&self.path, output.rate());
            let reader = reader.map_err(|error| self.transport.fall_silent(error.to_string()));
            Connection::new(output, reader.ok(), &self.transport)
        });
        match found {
            Ok(connection) => Some(connection),
            Err(reason) => self.connect_silence(&reason),
        }
    }

    fn connect_silence(&self, reason: &str) -> Option<Connection> {
        self.transport
            .fall_silent(format!("{reason}: videos play without sound"));
        let connection = Connection::new(Box::new(Silence::default()), None, &self.transport);
        connection
            .map_err(|error| tracing::warn!("nothing can be played: {error}"))
            .ok()
    }

    /// Goes on in silence where the device was lost.
    fn reconnect(&self, lost: Option<Connection>, reason: &str) -> Option<Connection> {
        let position = self.transport.position();
        let mut connection = self.connect_silence(reason)?;
        if let Some(passage) = lost.and_then(|mut lost| lost.performer.passage().copied()) {
            connection.performer.begin(passage, position);
        }
        Some(connection)
    }
}

/// The device in use, and what is on its way to it.
struct Connection {
    performer: Performer,
    /// Samples for which there was no room yet.
    waiting: Vec<Moment>,
    ring: Producer<Moment>,
    lost: Receiver<String>,
    /// Draws for as long as it is kept.
    _output: Box<dyn Output>,
}

impl Connection {
    fn new(
        mut output: Box<dyn Output>,
        reader: Option<SoundReader>,
        transport: &Arc<Transport>,
    ) -> Result<Self, String> {
        let rate = output.rate();
        let (ring, moments) = RingBuffer::new(((f64::from(rate) * AHEAD) as usize).max(1));
        let (sender, lost) = bounded(1);
        // Only the first reason matters.
        let tell = move |reason| drop(sender.try_send(reason));
        output.begin(Tap::new(moments, transport.clone(), rate), Box::new(tell))?;
        Ok(Self {
            performer: Performer::new(Source::new(reader), rate),
            waiting: Vec::new(),
            ring,
            lost,
            _output: output,
        })
    }

    /// Makes samples while there is room for them; returns how long nothing more is to be done.
    fn feed(&mut self) -> Duration {
        loop {
            let (pushed, _) = self.ring.push_partial_slice(&self.waiting);
            let pushed = pushed.len();
            self.waiting.drain(..pushed);
            if !self.waiting.is_empty() {
                return PATIENCE;
            }
            if self.performer.passage().is_none() {
                return IDLE;
            }
            self.performer.perform(&mut self.waiting);
        }
    }
}

/// Where a video ends, in seconds; never, where it does not say.
fn end_of(path: &Path) -> f64 {
    let end = Input::open(path).ok().and_then(|input| input.declared_end());
    end.map_or(f64::INFINITY, |end| end.0)
}
