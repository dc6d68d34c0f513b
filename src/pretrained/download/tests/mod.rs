//! Downloads from a stand-in hub, with all that can go wrong.

use super::stand_in::{Reply, Request, StandIn, wanted};
use super::*;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

mod refusals;
mod resuming;
mod waiting;

const BODY: &[u8] = &[7; 300_000];
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn sha(body: &[u8]) -> String {
    hashing::hex(Sha256::new_with_prefix(body))
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn get(hub: &Hub, file: &Wanted, folder: &TempDir) -> Result<Fetched, DownloadError> {
    let files = std::slice::from_ref(file);
    fetch(hub, files, folder.path(), &Watch::default(), &mut |_| {}).map(|mut fetched| fetched.remove(0))
}

/// What is left after a refusal, and in what words it was refused.
fn refusal(hub: &StandIn, file: &Wanted) -> (DownloadError, Vec<String>) {
    let folder = folder();
    let error = get(&hub.hub(), file, &folder).unwrap_err();
    let left = std::fs::read_dir(folder.path()).unwrap();
    let mut left: Vec<_> = left
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    (error, left)
}

fn content(folder: &TempDir, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join(name)).unwrap()
}
