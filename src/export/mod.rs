//! What leaves the program: plots as SVG and PNG, loss curves as a table and as TensorBoard events.
//!
//! A plot is data ([`plot::LinePlot`]). Its axes, ticks and legend are drawn by [`figure::Figure`], which leaves the
//! inside to the caller, so that another kind of plot brings only its own marks.

pub mod assignments;
pub mod axis;
pub mod cluster_plot;
pub mod curve_file;
pub mod curves;
pub mod elan;
pub mod error;
pub mod figure;
pub mod folder;
pub mod loss_plot;
pub mod map_plot;
pub mod methods;
pub mod palette;
pub mod picture;
pub mod plot;
pub mod projector;
pub mod raster;
pub mod report;
pub mod ribbon_plot;
#[cfg(test)]
mod sample_study;
pub mod selection;
pub mod stack_plot;
pub mod study;
pub mod svg;
pub mod tensorboard;
pub mod ticks;
mod tree_plot;

pub use assignments::{write_assignments, write_latents, write_map};
pub use cluster_plot::{ClusterPlot, ClusterPlotStyle};
pub use curve_file::{CurveFormat, write_curves};
pub use curves::{Curves, curves_csv, smooth};
pub use elan::write_elan;
pub use error::ExportError;
pub use figure::Theme;
pub use folder::{ensure_new, write_folder};
pub use loss_plot::{CurveStyle, loss_plot};
pub use methods::{Fingerprint, Methods, methods};
pub use palette::colour;
pub use picture::{Picture, Pictures};
pub use plot::{LinePlot, PlotLine, write_drawing, write_plot};
pub use projector::write_projector;
pub use report::{report, write_report};
pub use selection::write_selection;
pub use study::{ClusterFacts, Numbers, Study};
pub use tensorboard::write_events;
