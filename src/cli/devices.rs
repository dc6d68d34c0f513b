//! `frameloom devices`.

use crate::training;

/// Prints what training can run on.
pub fn run() -> anyhow::Result<()> {
    let devices = training::devices();
    let mut text = format!("CPU: {} threads\n", devices.cpu_threads);
    match devices.cuda {
        Ok(names) => names
            .iter()
            .enumerate()
            .for_each(|(i, name)| text += &format!("CUDA {i}: {name}\n")),
        Err(why) => text += &format!("CUDA: not used: {why}\n"),
    }
    text += &format!("libtorch {}\n", training::LIBTORCH);
    super::print(&text)
}
