//! The picture at the playhead in full size, decoded on a thread of its own. Only the latest wish counts.

use crate::jobs::Waker;
use crate::media::{FrameSource, Picture};
use crate::project::Seconds;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Columns of the pictures shown; more would not be seen in the panel.
const MAX_WIDTH: u32 = 960;

#[derive(Default)]
struct Slots {
    wish: Option<Seconds>,
    picture: Option<Picture>,
    over: bool,
}

/// Decodes pictures of one video as the playhead moves.
pub struct Player {
    shared: Arc<(Mutex<Slots>, Condvar)>,
    asked: Option<Seconds>,
}

impl Player {
    /// Starts the player of a video.
    #[must_use]
    pub fn new(video: &Path, waker: Waker) -> Self {
        let shared = Arc::new((Mutex::new(Slots::default()), Condvar::new()));
        let (slots, path) = (shared.clone(), video.to_path_buf());
        let spawned = std::thread::Builder::new()
            .name("player".into())
            .spawn(move || decode(&path, &slots, &waker));
        if let Err(error) = spawned {
            tracing::warn!("no player: {error}");
        }
        Self { shared, asked: None }
    }

    /// Wishes for the picture at a time; asking again for the same does nothing.
    pub fn show(&mut self, time: Seconds) {
        if self.asked != Some(time) {
            self.asked = Some(time);
            let (slots, wake) = &*self.shared;
            slots.lock().unwrap_or_else(PoisonError::into_inner).wish = Some(time);
            wake.notify_one();
        }
    }

    /// A picture decoded since last asked.
    #[must_use]
    pub fn take(&self) -> Option<Picture> {
        self.shared
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .picture
            .take()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        self.shared.1.notify_one();
    }
}

fn decode(video: &Path, (slots, wake): &(Mutex<Slots>, Condvar), waker: &Waker) {
    let mut source = match FrameSource::open(video) {
        Ok(source) => source,
        // The window has already said what is wrong with the file, for it was probed first.
        Err(error) => return tracing::warn!("no player for {}: {error}", video.display()),
    };
    loop {
        let mut shared = slots.lock().unwrap_or_else(PoisonError::into_inner);
        let time = loop {
            if shared.over {
                return;
            }
            if let Some(time) = shared.wish.take() {
                break time;
            }
            shared = wake.wait(shared).unwrap_or_else(PoisonError::into_inner);
        };
        drop(shared);
        match source.at(time, MAX_WIDTH) {
            Ok(picture) => {
                slots.lock().unwrap_or_else(PoisonError::into_inner).picture = Some(picture);
                waker();
            }
            Err(error) => tracing::warn!("no picture at {time}: {error}"),
        }
    }
}
