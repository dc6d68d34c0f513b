//! How freed memory is treated while a network is trained.
//!
//! Every step asks for the same large blocks again and gives them back. glibc's way with large blocks is to map them
//! afresh each time, and the kernel then fills every page with zeros anew: a third of a step of the published network.

/// Lets every thread share one pool of memory, so that what a training frees is found again whichever thread it runs
/// on. To be called once, at the start of `main`, before there are other threads; elsewhere than on Linux with
/// glibc it does nothing.
pub fn share_one_pool() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt only sets a number of the allocator, under the allocator's own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// While it lives, freed blocks are kept for the next step; when it goes, they are given back to the system.
#[derive(Debug)]
pub struct KeptMemory(());

impl KeptMemory {
    /// Starts to keep freed blocks.
    #[must_use]
    pub fn new() -> Self {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        // SAFETY: as above.
        unsafe {
            libc::mallopt(libc::M_MMAP_MAX, 0);
            libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
            libc::mallopt(libc::M_TOP_PAD, 64 << 20);
        }
        Self(())
    }
}

impl Default for KeptMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for KeptMemory {
    fn drop(&mut self) {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        // SAFETY: as above; the numbers are glibc's own. malloc_trim only gives back what nobody uses.
        unsafe {
            libc::mallopt(libc::M_MMAP_MAX, 65_536);
            libc::mallopt(libc::M_TRIM_THRESHOLD, 128 << 10);
            libc::mallopt(libc::M_TOP_PAD, 128 << 10);
            libc::malloc_trim(0);
        }
    }
}
