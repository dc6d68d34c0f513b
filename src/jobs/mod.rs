//! Background work. It knows nothing of windows: whoever wants to hear gives a [`Waker`].

pub mod watch;

pub use watch::{Cancelled, Waker, Watch};
