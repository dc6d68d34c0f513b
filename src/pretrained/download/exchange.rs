//! One request to the hub and its answer. It runs on a thread of its own, so that whoever waits can be cancelled at
//! any moment, however silent the network is.

use super::DownloadError;
use super::failure::{Failure, failure};
use super::hub::Hub;
use super::route::{Head, Question, follow, host};
use crate::jobs::Watch;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::io::{self, Read};
use std::time::Duration;
use ureq::Agent;

/// Cancellation is looked for this often.
const LOOK: Duration = Duration::from_millis(50);

/// Bytes handed over at a time.
const CHUNK: usize = 128 << 10;

/// An answer that is still coming in. To drop it closes the connection.
pub(super) struct Answer {
    pub head: Head,
    line: Line,
}

impl Answer {
    /// The next bytes of the file; none at its end.
    ///
    /// # Errors
    /// When the connection breaks, and on cancellation.
    pub fn next(&mut self, watch: &Watch) -> Result<Option<Vec<u8>>, Failure> {
        match self.line.hear(watch)? {
            Some(News::Bytes(bytes)) => Ok(Some(bytes)),
            Some(News::Head(_)) | None => Ok(None),
        }
    }
}

enum News {
    Head(Box<Head>),
    Bytes(Vec<u8>),
}

struct Line {
    agent: Agent,
    news: Receiver<Result<News, Failure>>,
}

impl Line {
    fn hear(&self, watch: &Watch) -> Result<Option<News>, Failure> {
        loop {
            watch.check()?;
            match self.news.recv_timeout(LOOK) {
                Ok(news) => return news.map(Some),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // Wakes the thread out of whatever it waits for.
        self.agent.clone().shutdown();
    }
}

/// Asks, and waits for the head of the answer.
///
/// # Errors
/// When there is no answer, when it leads where files must not be taken from, and on cancellation.
pub(super) fn ask(hub: &Hub, question: Question, watch: &Watch) -> Result<Answer, Failure> {
    let agent = hub.agent();
    let host = host(&question.address);
    let (sender, news) = bounded(8);
    let line = Line {
        agent: agent.clone(),
        news,
    };
    let hub = hub.clone();
    let work = move || {
        if let Err(failure) = converse(&hub, &agent, question, &sender) {
            // Nobody listens to a request that was cancelled.
            let _ = sender.send(Err(failure));
        }
    };
    let cut = |cause: String| {
        Failure::Passing(DownloadError::Cut {
            host: host.clone(),
            tries: 1,
            cause,
        })
    };
    let thread = std::thread::Builder::new().name("download".into());
    thread.spawn(work).map_err(|error| cut(error.to_string()))?;
    match line.hear(watch)? {
        Some(News::Head(head)) => Ok(Answer { head: *head, line }),
        Some(News::Bytes(_)) | None => Err(cut("no answer came".into())),
    }
}

/// Sends the question, follows where it leads, and hands over what comes.
fn converse(
    hub: &Hub,
    agent: &Agent,
    question: Question,
    sender: &Sender<Result<News, Failure>>,
) -> Result<(), Failure> {
    let (head, body) = follow(hub, agent, question)?;
    let host = head.host.clone();
    if sender.send(Ok(News::Head(Box::new(head)))).is_err() {
        return Ok(());
    }
    let mut reader = body.into_reader();
    loop {
        let mut bytes = vec![0; CHUNK];
        match reader.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(read) => {
                bytes.truncate(read);
                if sender.send(Ok(News::Bytes(bytes))).is_err() {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failure(&host, error.into())),
        }
    }
}
