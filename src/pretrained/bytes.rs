//! Sizes of files and of memory in words.

use std::fmt;

/// A number of bytes, shown in the decimal units that disks and download pages use: `2.5 GB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0 as f64;
        match self.0 {
            0..1_000 => write!(f, "{} bytes", self.0),
            1_000..1_000_000 => write!(f, "{:.0} kB", bytes / 1e3),
            1_000_000..1_000_000_000 => write!(f, "{:.0} MB", bytes / 1e6),
            _ => write!(f, "{:.1} GB", bytes / 1e9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_the_unit_people_use() {
        let words = [999, 23_400, 989_000_000, 2_497_000_000].map(|bytes| Bytes(bytes).to_string());
        assert_eq!(words, ["999 bytes", "23 kB", "989 MB", "2.5 GB"]);
    }
}
