//! Background work. It knows nothing of windows: whoever wants to hear gives a [`Waker`].

pub mod child;
mod panic;
pub mod queue;
pub mod watch;

pub use panic::caught;
pub use queue::{Ending, Jobs, Outbox, Report, Running};
pub use watch::{Cancelled, Waker, Watch};
