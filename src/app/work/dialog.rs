//! The system's own file dialogs.

use super::{Message, Out};
use crate::app::action::Action;
use crate::captions::CaptionFormat;
use crate::export::CurveFormat;
use crate::pretrained::Job;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Nobody closes a dialog as fast as one that never came up.
pub(super) const NO_DIALOG: Duration = Duration::from_millis(400);

/// Which file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A video.
    Video,
    /// A project folder.
    Project,
    /// The project folder of another video, to be studied together with the one that is open.
    Companion,
    /// Captions.
    Captions,
    /// Word vectors, any number of files.
    Vectors,
    /// Vectors from elsewhere.
    Latents,
    /// A table with numbers about the pairs.
    Figures,
    /// The project to compare with.
    Other,
    /// A folder with projects.
    Library,
    /// A pretrained model of the user's own: a GGUF file to write tags, a folder for all else.
    Model(Job),
}

/// Extensions of videos that people have; others can be opened by drag and drop or by path.
pub const VIDEO_EXTENSIONS: &[&str] = &[
    "mp4", "mkv", "webm", "mov", "avi", "flv", "m4v", "ts", "mpg", "mpeg", "wmv", "ogv", "3gp",
];

/// Extensions of caption files.
pub const CAPTION_EXTENSIONS: &[&str] = CaptionFormat::EXTENSIONS;

/// Asks for a file in the system's dialog, and waits for the answer.
pub fn dialog(wanted: Wanted) -> impl FnOnce(&Out) -> anyhow::Result<()> + Send + 'static {
    let dialog = rfd::AsyncFileDialog::new();
    let choosing = async move {
        let one_of = |title: &str, kind: &str, extensions: &[&str]| {
            let dialog = dialog.clone().set_title(title).add_filter(kind, extensions);
            dialog.add_filter("All files", &["*"]).pick_file()
        };
        let files: Vec<rfd::FileHandle> = match wanted {
            Wanted::Video => one_of("Open a video", "Video", VIDEO_EXTENSIONS)
                .await
                .into_iter()
                .collect(),
            Wanted::Captions => one_of("Open captions", "Captions", CAPTION_EXTENSIONS)
                .await
                .into_iter()
                .collect(),
            Wanted::Latents => one_of("Import latents", "Table or array", &["npy", "csv", "tsv"])
                .await
                .into_iter()
                .collect(),
            Wanted::Figures => one_of("A table with a row a pair", "Table", &["csv", "tsv"])
                .await
                .into_iter()
                .collect(),
            Wanted::Model(Job::Tag) => one_of("A language model", "GGUF", &["gguf"])
                .await
                .into_iter()
                .collect(),
            Wanted::Model(_) => {
                let dialog = dialog.set_title("The folder of a model");
                dialog.pick_folder().await.into_iter().collect()
            }
            Wanted::Project | Wanted::Companion | Wanted::Other | Wanted::Library => {
                let title = match wanted {
                    Wanted::Project => "Open a project: choose a .frameloom folder",
                    Wanted::Other => "Compare with a project: choose a .frameloom folder",
                    Wanted::Library => "Add projects: choose a folder that holds some",
                    _ => "Add another video’s project: choose a .frameloom folder",
                };
                let dialog = dialog.set_title(title);
                dialog.pick_folder().await.into_iter().collect()
            }
            Wanted::Vectors => dialog
                .set_title("Choose word-vector files")
                .pick_files()
                .await
                .unwrap_or_default(),
        };
        files
            .iter()
            .map(|file| file.path().to_path_buf())
            .collect::<Vec<PathBuf>>()
    };
    move |out| {
        let began = Instant::now();
        let files = pollster::block_on(choosing);
        anyhow::ensure!(
            !files.is_empty() || began.elapsed() > NO_DIALOG,
            "this system shows no file dialog: type the path in the window, or drop the file on it"
        );
        let Some(last) = files.last().cloned() else {
            return Ok(());
        };
        let action = match wanted {
            Wanted::Video | Wanted::Project => Action::Open(last),
            Wanted::Companion => Action::AddCompanion(last),
            Wanted::Captions => Action::ReadCaptions(last),
            Wanted::Vectors => Action::SetVectors(files),
            Wanted::Latents => Action::ImportLatents(last),
            Wanted::Figures => Action::ReadFigures(last),
            Wanted::Other => Action::CompareWith(last),
            Wanted::Library => Action::AddToLibrary(last),
            Wanted::Model(job) => Action::AddModel(job, last),
        };
        Ok(out.send(Message::Picked(action))?)
    }
}

/// Asks in the system's dialog where curves are to be written; where the system shows none, they go into the folder
/// `exports` of the project.
pub fn export_dialog(
    format: CurveFormat,
    project: PathBuf,
) -> impl FnOnce(&Out) -> anyhow::Result<()> + Send + 'static {
    let dialog = rfd::AsyncFileDialog::new();
    let choosing = async move {
        let title = format!("Export the curves as {}", format.name());
        match format.extension() {
            Some(extension) => {
                let dialog = dialog.set_title(title).add_filter(format.name(), &[extension]);
                dialog
                    .set_file_name(format!("curves.{extension}"))
                    .save_file()
                    .await
            }
            None => {
                dialog
                    .set_title(format!("{title}: choose its log folder"))
                    .pick_folder()
                    .await
            }
        }
    };
    move |out| {
        let began = Instant::now();
        let chosen = pollster::block_on(choosing).map(|file| file.path().to_path_buf());
        let path = match chosen {
            Some(path) => path,
            None if began.elapsed() < NO_DIALOG => project.join("exports").join(format.file_name()),
            None => return Ok(()),
        };
        Ok(out.send(Message::Picked(Action::ExportCurves(format, path)))?)
    }
}
