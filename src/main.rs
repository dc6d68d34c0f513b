//! The program: a window without a subcommand, the same work without a window with one.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    frameloom::training::memory::share_one_pool();
    frameloom::training::device::allow_short_products();
    let filter = tracing_subscriber::EnvFilter::try_from_env("FRAMELOOM_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,frameloom=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time()
        .init();
    frameloom::cli::run(frameloom::cli::Arguments::parse())
}
