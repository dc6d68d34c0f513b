//! Pretrained models: which are known, how they are fetched, and which lie on this machine.

pub mod bytes;
pub mod catalogue;
pub mod download;
pub mod shelf;
