//! The queue of background work: one thread a job, each with its own [`Watch`], typed messages, and no panic that
//! gets out.

use super::caught;
use super::watch::{Cancelled, Waker, Watch};
use crossbeam_channel::{Receiver, SendTimeoutError, Sender, TrySendError, bounded};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What comes back from a job.
#[derive(Debug)]
pub enum Report<K, M> {
    /// Something on the way.
    Message(K, M),
    /// It is over.
    Ended(K, Ending),
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// All of it is done.
    Done,
    /// Someone asked it to stop.
    Cancelled,
    /// It could not go on; the reason in words.
    Failed(String),
}

/// What a job is given to speak with.
pub struct Outbox<K, M> {
    kind: K,
    generation: u64,
    sender: Sender<(u64, Report<K, M>)>,
    waker: Waker,
    /// For reporting progress and hearing of cancellation.
    pub watch: Watch,
}

impl<K: Copy, M> Outbox<K, M> {
    /// Delivers a message, waiting for room where the receiver is behind. Dropped when the job is cancelled.
    ///
    /// # Errors
    /// When the job has been cancelled or nobody listens any more.
    pub fn send(&self, message: M) -> Result<(), Cancelled> {
        let mut item = (self.generation, Report::Message(self.kind, message));
        loop {
            self.watch.check()?;
            match self.sender.send_timeout(item, Duration::from_millis(50)) {
                Ok(()) => break,
                Err(SendTimeoutError::Timeout(back)) => item = back,
                Err(SendTimeoutError::Disconnected(_)) => return Err(Cancelled),
            }
        }
        (self.waker)();
        Ok(())
    }

    /// Delivers a message only if there is room: for news that the next one replaces.
    pub fn offer(&self, message: M) {
        match self
            .sender
            .try_send((self.generation, Report::Message(self.kind, message)))
        {
            Ok(()) => (self.waker)(),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

/// A job as the strip at the foot of the window shows it.
pub struct Running<K> {
    /// Which work.
    pub kind: K,
    /// Progress and cancellation.
    pub watch: Watch,
    /// When it began.
    pub started: Instant,
    generation: u64,
}

/// How long work that was cancelled is waited for when the queue goes. Work stops within a batch or 200 ms; what is in the
/// middle of a computation longer than this is left to itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// All work under way. `K` names a piece of work, of which only the latest counts; `M` is what jobs send.
pub struct Jobs<K, M> {
    running: Vec<Running<K>>,
    /// Also of work that is no longer heard.
    threads: Vec<JoinHandle<()>>,
    sender: Sender<(u64, Report<K, M>)>,
    receiver: Receiver<(u64, Report<K, M>)>,
    waker: Waker,
    next: u64,
}

impl<K, M> Jobs<K, M>
where
    K: Copy + PartialEq + std::fmt::Debug + Send + 'static,
    M: Send + 'static,
{
    /// An empty queue; `waker` is called whenever there is something to receive or to show.
    #[must_use]
    pub fn new(waker: Waker) -> Self {
        let (sender, receiver) = bounded(256);
        Self {
            running: Vec::new(),
            threads: Vec::new(),
            sender,
            receiver,
            waker,
            next: 0,
        }
    }

    /// Starts a job on a thread of its own. A job of the same kind still running is cancelled, and nothing more is
    /// heard of it.
    pub fn start(
        &mut self,
        kind: K,
        work: impl FnOnce(&Outbox<K, M>) -> anyhow::Result<()> + Send + 'static,
    ) {
        self.forget(kind);
        self.next += 1;
        let generation = self.next;
        let watch = Watch::new(self.waker.clone());
        let outbox = Outbox {
            kind,
            generation,
            sender: self.sender.clone(),
            waker: self.waker.clone(),
            watch: watch.clone(),
        };
        let body = move || {
            let ending = match caught(|| work(&outbox)) {
                Ok(Ok(())) => Ending::Done,
                Ok(Err(_)) if outbox.watch.is_cancelled() => Ending::Cancelled,
                Ok(Err(error)) => Ending::Failed(format!("{error:#}")),
                Err(panic) => Ending::Failed(format!("an internal error: {panic}")),
            };
            // A full channel is waited for: an ending that got lost would leave the job shown for ever.
            let _ = outbox.sender.send((generation, Report::Ended(kind, ending)));
            (outbox.waker)();
        };
        self.running.push(Running {
            kind,
            watch,
            started: Instant::now(),
            generation,
        });
        self.threads.retain(|thread| !thread.is_finished());
        let thread = std::thread::Builder::new().name(format!("{kind:?}").to_lowercase());
        match thread.spawn(body) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => {
                let ending = Ending::Failed(format!("cannot start a thread: {error}"));
                let _ = self.sender.try_send((generation, Report::Ended(kind, ending)));
            }
        }
    }

    /// Asks a job to stop; its ending is still reported.
    pub fn cancel(&self, kind: K) {
        self.running
            .iter()
            .filter(|job| job.kind == kind)
            .for_each(|job| job.watch.cancel());
    }

    /// Cancels a job and drops whatever it still sends.
    pub fn forget(&mut self, kind: K) {
        self.cancel(kind);
        self.running.retain(|job| job.kind != kind);
    }

    /// Cancels everything but these kinds of work, and drops whatever is still sent.
    pub fn forget_all_but(&mut self, kinds: &[K]) {
        self.running
            .iter()
            .filter(|job| !kinds.contains(&job.kind))
            .for_each(|job| job.watch.cancel());
        self.running.retain(|job| kinds.contains(&job.kind));
    }

    /// What is under way, in order of start.
    #[must_use]
    pub fn running(&self) -> &[Running<K>] {
        &self.running
    }

    /// Whether work of this kind is under way.
    #[must_use]
    pub fn is_running(&self, kind: K) -> bool {
        self.running.iter().any(|job| job.kind == kind)
    }

    /// The next report of a job that still counts; none when all is quiet.
    pub fn next_report(&mut self) -> Option<Report<K, M>> {
        while let Ok((generation, report)) = self.receiver.try_recv() {
            let Some(place) = self.running.iter().position(|job| job.generation == generation) else {
                continue;
            };
            if matches!(report, Report::Ended(..)) {
                self.running.remove(place);
            }
            return Some(report);
        }
        None
    }
}

impl<K, M> Drop for Jobs<K, M> {
    /// Cancels all work and waits for it: the program must not end while a job computes, since what libtorch holds is torn
    /// down under it.
    fn drop(&mut self) {
        self.running.iter().for_each(|job| job.watch.cancel());
        let give_up = Instant::now() + PATIENCE;
        while self.threads.iter().any(|thread| !thread.is_finished()) && Instant::now() < give_up {
            // A job may wait for room to say that it ended.
            let _ = self.receiver.recv_timeout(Duration::from_millis(5));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Kind {
        Count,
        Other,
    }

    fn queue() -> Jobs<Kind, u32> {
        Jobs::new(Arc::new(|| {}))
    }

    fn drain(jobs: &mut Jobs<Kind, u32>) -> Vec<Report<Kind, u32>> {
        let mut reports = Vec::new();
        let give_up = Instant::now() + Duration::from_secs(20);
        while !jobs.running().is_empty() && Instant::now() < give_up {
            match jobs.next_report() {
                Some(report) => reports.push(report),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        reports
    }

    #[test]
    fn messages_come_in_order_and_then_the_ending() {
        let mut jobs = queue();
        jobs.start(Kind::Count, |outbox| {
            Ok((0..1000).try_for_each(|n| outbox.send(n))?)
        });
        let reports = drain(&mut jobs);
        let numbers: Vec<u32> = reports
            .iter()
            .filter_map(|r| {
                if let Report::Message(_, n) = r {
                    Some(*n)
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
        assert!(matches!(
            reports.last(),
            Some(Report::Ended(Kind::Count, Ending::Done))
        ));
    }

    #[test]
    fn a_panic_becomes_an_error_in_words() {
        let mut jobs = queue();
        jobs.start(Kind::Count, |_| panic!("the roof fell in"));
        let Some(Report::Ended(_, Ending::Failed(why))) = drain(&mut jobs).pop() else {
            panic!("no failure")
        };
        assert!(why.contains("the roof fell in"));
    }

    #[test]
    fn a_cancelled_job_says_so_and_others_go_on() {
        let mut jobs = queue();
        jobs.start(Kind::Count, |outbox| {
            loop {
                outbox.watch.check()?;
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        jobs.start(Kind::Other, |outbox| Ok(outbox.send(7)?));
        jobs.cancel(Kind::Count);
        let reports = drain(&mut jobs);
        let ended = |kind, ending| {
            reports
                .iter()
                .any(|r| matches!(r, Report::Ended(k, e) if *k == kind && *e == ending))
        };
        assert!(ended(Kind::Count, Ending::Cancelled) && ended(Kind::Other, Ending::Done));
    }

    #[test]
    fn a_queue_that_goes_waits_for_its_work_also_where_it_is_no_longer_heard() {
        let ended = Arc::new(AtomicUsize::new(0));
        let mut jobs = queue();
        for kind in [Kind::Count, Kind::Count, Kind::Other] {
            let ended = ended.clone();
            jobs.start(kind, move |outbox| {
                while !outbox.watch.is_cancelled() {
                    outbox.offer(1);
                }
                std::thread::sleep(Duration::from_millis(100));
                ended.fetch_add(1, Ordering::SeqCst);
                Ok(())
            });
        }
        drop(jobs);
        assert_eq!(ended.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn only_the_latest_job_of_a_kind_is_heard() {
        let mut jobs = queue();
        jobs.start(Kind::Count, |outbox| {
            while !outbox.watch.is_cancelled() {
                std::thread::sleep(Duration::from_millis(1));
            }
            outbox.offer(1);
            Ok(())
        });
        jobs.start(Kind::Count, |outbox| Ok(outbox.send(2)?));
        let heard: Vec<u32> = drain(&mut jobs)
            .into_iter()
            .filter_map(|r| {
                if let Report::Message(_, n) = r {
                    Some(n)
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(heard, [2]);
    }
}
