//! The readers and writers of captions.

#[path = "../../src/captions/clock.rs"]
mod clock;
#[path = "../../src/captions/encoding/mod.rs"]
mod encoding;
#[path = "../../src/captions/error.rs"]
mod error;
#[path = "../../src/captions/format.rs"]
mod format;
#[path = "../../src/captions/import.rs"]
mod import;
#[path = "../../src/captions/language.rs"]
mod language;
#[path = "../../src/captions/readers/mod.rs"]
mod readers;
#[path = "../../src/captions/report.rs"]
mod report;
#[path = "../../src/captions/timing.rs"]
mod timing;
#[path = "../../src/captions/writers/mod.rs"]
mod writers;

pub use error::CaptionError;
pub use format::CaptionFormat;
pub use import::{Imported, ReadOptions, parse};
use report::counted;
pub use writers::{OutputFormat, write};
