//! How libtorch's threads wait for each other.
//!
//! GNU OpenMP lets a thread that is done with its part of an operation spin for the others, which is quick while every
//! thread has a core for itself. Beside a window, a player or another training one of them is often off its core, and
//! the rest burn the time that it needs: an epoch then takes many times as long. OpenMP gives up spinning when it
//! knows of more threads than cores. That can be had at run time; its environment variable is read before `main`.

use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};
use tch::{Device, Kind, Tensor};

/// While it lives, threads that wait give up their core.
#[derive(Debug)]
pub struct PatientThreads {
    release: Option<mpsc::Sender<()>>,
    holder: Option<JoinHandle<()>>,
}

impl PatientThreads {
    /// Starts a second group of OpenMP threads, which does nothing but be counted.
    #[must_use]
    pub fn new() -> Self {
        let (release, released) = mpsc::channel::<()>();
        let (ready, counted) = mpsc::channel::<()>();
        let holder = Builder::new().name("openmp count".to_owned()).spawn(move || {
            // Large enough to be shared out among threads, which brings them into being.
            drop(Tensor::ones([1 << 20], (Kind::Float, Device::Cpu)) + 1.0);
            drop(ready);
            // Ends with an error when the sender goes, which is the sign to end.
            let _ = released.recv();
        });
        // Likewise ends when the other thread is ready.
        let _ = counted.recv();
        Self {
            release: Some(release),
            holder: holder.ok(),
        }
    }
}

impl Default for PatientThreads {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for PatientThreads {
    fn drop(&mut self) {
        drop(self.release.take());
        if let Some(holder) = self.holder.take() {
            let _ = holder.join();
        }
    }
}
