//! Frameloom finds the themes of one news video from its pictures and its words.
//!
//! The rooms and what passes between them: [`project`] and [`jobs`] are the ground that all others stand on;
//! [`media`] and [`captions`] read the world; [`pairing`] joins them; [`model`] and [`training`] learn;
//! [`clustering`] and [`interpretation`] make sense of what was learned; [`crossmodal`] says which words belong to which pictures; [`pretrained`] runs what others
//! have trained. [`analysis`] is the analyst's job as steps over these rooms, and [`app`] and the command line are its two
//! faces.

pub mod analysis;
pub mod app;
pub mod captions;
pub mod cli;
pub mod clustering;
pub mod crossmodal;
pub mod export;
pub mod interpretation;
pub mod jobs;
pub mod media;
pub mod model;
pub mod pairing;
pub mod pretrained;
pub mod project;
pub mod training;
