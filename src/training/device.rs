//! What there is to compute on.

use super::config::DeviceChoice;
use super::error::TrainingError;
use std::num::NonZero;
use std::path::Path;
use std::sync::OnceLock;
use tch::{Cuda, Device};

/// What there is to compute on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// Threads that the processor runs at once.
    pub cpu_threads: usize,
    /// Names of the graphics cards that can be used, or why there is none.
    pub cuda: Result<Vec<String>, String>,
}

/// Lets graphics cards round the factors of matrix products to TF32, ten bits behind the point, and add up in 32 bits: several
/// times as quick, and convolutions do so anyway. libtorch reads this once, so it must be said at the start of `main`,
/// before there are other threads; what the user has set stays.
pub fn allow_short_products() {
    const NAME: &str = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";
    if std::env::var_os(NAME).is_none() {
        // SAFETY: called before there are other threads that could read the environment.
        unsafe { std::env::set_var(NAME, "1") };
    }
}

/// Looks for graphics cards, once; later calls answer the same. Must come before the first tensor, since libtorch
/// only then takes notice of its own graphics half.
pub fn devices() -> Devices {
    static FOUND: OnceLock<Devices> = OnceLock::new();
    FOUND
        .get_or_init(|| Devices {
            cpu_threads: std::thread::available_parallelism().map_or(1, NonZero::get),
            cuda: load_cuda_half().and_then(|()| cards()),
        })
        .clone()
}

/// The linker leaves out libtorch's graphics half because nothing calls it by name; it announces itself when loaded.
fn load_cuda_half() -> Result<(), String> {
    let name = libloading::library_filename("torch_cuda");
    #[cfg(unix)]
    // SAFETY: running the library's start-up code is what it is loaded for; it comes with the libtorch in use.
    let loaded = unsafe {
        use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
        Library::open(Some(&name), RTLD_NOW | RTLD_GLOBAL)
    };
    #[cfg(not(unix))]
    // SAFETY: as above.
    let loaded = unsafe { libloading::Library::new(&name) };
    match loaded {
        Ok(library) => {
            // Stays for as long as the program: libtorch holds on to what is inside.
            std::mem::forget(library);
            Ok(())
        }
        Err(error) => {
            // The loader's own words are the source of the error.
            let error =
                std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            let absent = error.starts_with(&format!("{}: cannot open", name.to_string_lossy()));
            Err(if absent {
                "the installed libtorch is the one for processors only".to_owned()
            } else {
                format!("libtorch's part for graphics cards could not be loaded ({error})")
            })
        }
    }
}

fn cards() -> Result<Vec<String>, String> {
    if Cuda::is_available() {
        let count = usize::try_from(Cuda::device_count()).unwrap_or(0);
        let mut names = card_names(Path::new("/proc/driver/nvidia/gpus"));
        names.truncate(count);
        names.extend((names.len()..count).map(|index| format!("CUDA device {index}")));
        return Ok(names);
    }
    Err(if Path::new("/proc/driver/nvidia/version").exists() {
        "the NVIDIA driver shows no card, or is too old for this libtorch".to_owned()
    } else {
        "there is no NVIDIA driver".to_owned()
    })
}

/// The names that the driver gives its cards, in the order of their addresses.
fn card_names(gpus: &Path) -> Vec<String> {
    let mut cards: Vec<_> = std::fs::read_dir(gpus)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .collect();
    cards.sort();
    cards
        .iter()
        .filter_map(|card| std::fs::read_to_string(card.join("information")).ok())
        .filter_map(|text| {
            text.lines()
                .find_map(|line| line.strip_prefix("Model:").map(|n| n.trim().to_owned()))
        })
        .collect()
}

/// The device for a choice, its name for people, and what to say about it. On the processor this many threads are used.
///
/// # Errors
/// When a graphics card is insisted on and there is none.
pub fn choose(
    choice: DeviceChoice,
    threads: usize,
) -> Result<(Device, String, Option<String>), TrainingError> {
    let found = devices();
    let cpu = |note| {
        Ok((
            Device::Cpu,
            format!(
                "processor, {threads} thread{}",
                if threads == 1 { "" } else { "s" }
            ),
            note,
        ))
    };
    match (choice, found.cuda) {
        (DeviceChoice::Cpu, _) => cpu(None),
        (DeviceChoice::Auto, Err(why)) => cpu(Some(format!("Trained on the processor: {why}."))),
        (DeviceChoice::Cuda, Err(why)) => Err(TrainingError::NoCuda(why)),
        (_, Ok(names)) => {
            // Pictures are always of one size, so that trying out the ways of a convolution pays.
            Cuda::cudnn_set_benchmark(true);
            Ok((
                Device::Cuda(0),
                names
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| "CUDA device 0".to_owned()),
                None,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_named_as_its_driver_names_it() {
        let folder = tempfile::tempdir().unwrap();
        for (address, name) in [("0000:81:00.0", "NVIDIA B"), ("0000:01:00.0", "NVIDIA A")] {
            let card = folder.path().join(address);
            std::fs::create_dir(&card).unwrap();
            std::fs::write(card.join("information"), format!("Model: \t\t {name}\nIRQ: 1\n")).unwrap();
        }
        assert_eq!(card_names(folder.path()), ["NVIDIA A", "NVIDIA B"]);
        assert!(card_names(&folder.path().join("none")).is_empty());
    }

    #[test]
    fn without_a_card_the_choice_is_explained() {
        if devices().cuda.is_ok() {
            eprintln!("skipped: there is a graphics card");
            return;
        }
        assert!(matches!(choose(DeviceChoice::Cuda, 2), Err(TrainingError::NoCuda(why)) if !why.is_empty()));
        let (device, _, note) = choose(DeviceChoice::Auto, 2).unwrap();
        assert_eq!(device, Device::Cpu);
        assert!(note.unwrap().contains("processor"));
    }
}
