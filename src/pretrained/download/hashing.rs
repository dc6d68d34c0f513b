//! SHA-256 of files.

use super::DownloadError;
use crate::jobs::Watch;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// Bytes read at a time: a few milliseconds of hashing, so that cancelling is quick.
const CHUNK: usize = 1 << 20;

/// Hashes a whole file and counts its bytes; `hashed` hears how many are done.
///
/// # Errors
/// When it cannot be read, and on cancellation.
pub fn file(path: &Path, watch: &Watch, hashed: &mut dyn FnMut(u64)) -> Result<(String, u64), DownloadError> {
    let mut open = std::fs::File::open(path).map_err(|cause| DownloadError::Disk {
        path: path.into(),
        cause,
    })?;
    let (hash, length) = read(&mut open, path, watch, hashed)?;
    Ok((hex(hash), length))
}

/// Hashes what is left to read.
pub(super) fn read(
    from: &mut impl Read,
    path: &Path,
    watch: &Watch,
    hashed: &mut dyn FnMut(u64),
) -> Result<(Sha256, u64), DownloadError> {
    let mut hash = Sha256::new();
    let mut length = 0;
    let mut buffer = vec![0; CHUNK];
    loop {
        watch.check()?;
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok((hash, length)),
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(cause) => {
                return Err(DownloadError::Disk {
                    path: path.into(),
                    cause,
                });
            }
        };
        hash.update(buffer.get(..read).unwrap_or_default());
        length += read as u64;
        hashed(length);
    }
}

/// A hash in small hexadecimal digits.
pub(super) fn hex(hash: Sha256) -> String {
    format!("{:x}", hash.finalize())
}
