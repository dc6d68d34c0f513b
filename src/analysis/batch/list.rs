//! Lists of videos: a CSV table with names in its first line.

use super::error::BatchError;
use crate::media::link::{Link, safe_name};
use csv::StringRecord;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::UNIX_EPOCH;
use url::Url;

/// A video of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the list, from 1.
    pub line: u64,
    /// Name of its project.
    pub name: String,
    /// The video: a file or a link.
    pub source: String,
    /// Its captions.
    pub captions: Option<String>,
    /// Its topic, by which projects are found and compared.
    pub topic: Option<String>,
    /// Values of the other columns that are not empty, by the names of the columns.
    pub options: Vec<(String, String)>,
    /// Why it cannot be worked on.
    pub problem: Option<String>,
}

impl Row {
    /// All that decides what comes out.
    pub(super) fn work(&self, defaults: &[String]) -> Vec<String> {
        let own = [Some(&self.source), self.captions.as_ref(), self.topic.as_ref()];
        // A file that was changed is other work.
        let own = own.map(|field| field.map(|field| as_it_is(field)).unwrap_or_default());
        let options = self
            .options
            .iter()
            .map(|(name, value)| format!("--{name}={value}"));
        own.into_iter()
            .chain(defaults.iter().cloned())
            .chain(options)
            .collect()
    }
}

/// A field, and where it is a file its length and when it was changed.
fn as_it_is(field: &str) -> String {
    let file = std::fs::metadata(field).ok().filter(std::fs::Metadata::is_file);
    let changed = file
        .as_ref()
        .and_then(|file| file.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    match (file, changed) {
        (Some(file), Some(changed)) => format!("{field} {} {}", file.len(), changed.as_millis()),
        _ => field.to_owned(),
    }
}

/// Reads a list. The first line names the columns, in any order: `video` (a file or a link), `captions`, `name`, `topic`,
/// and any of `options`. Files are looked for from the folder of the list. A row that cannot be used says why.
///
/// # Errors
/// When the file cannot be read, a column has another name, or there is no column `video`.
pub fn read_list(path: &Path, options: &[String]) -> Result<Vec<Row>, BatchError> {
    let bad = |what: String| BatchError::List {
        path: path.into(),
        what,
    };
    let bytes = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let text =
        String::from_utf8(bytes).map_err(|_| bad("it is not in UTF-8. Save it so, then try again".into()))?;
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| bad(error.to_string()))?;
    let columns: Vec<String> = header
        .iter()
        .map(|name| name.to_lowercase().replace('_', "-"))
        .collect();
    let known = |name: &String| {
        ["video", "captions", "name", "topic"].contains(&name.as_str()) || options.contains(name)
    };
    if let Some(unknown) = columns.iter().find(|name| !known(name)) {
        return Err(bad(format!(
            "its first line has the column '{unknown}', which is not known. There are video, captions, name, topic, and {}",
            options.join(", ")
        )));
    }
    if !columns.iter().any(|name| name == "video") {
        return Err(bad(
            "its first line has no column 'video', which holds files or links".into(),
        ));
    }
    // The same from wherever it is called.
    let path = std::path::absolute(path).map_err(|error| bad(error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut names = BTreeMap::new();
    let mut rows = Vec::new();
    for record in reader.into_records() {
        let record = record.map_err(|error| bad(error.to_string()))?;
        let mut row = read_row(&columns, &record, folder);
        // Names that differ only in the size of letters are one file on some systems.
        if let Some(line) = names.insert(row.name.to_lowercase(), row.line) {
            row.problem = Some(format!(
                "it has the name '{}' of line {line}. Give it another in the column name",
                row.name
            ));
            names.insert(row.name.to_lowercase(), line);
        }
        rows.push(row);
    }
    Ok(rows)
}

fn read_row(columns: &[String], record: &StringRecord, folder: &Path) -> Row {
    let mut fields: BTreeMap<&str, &str> = columns
        .iter()
        .map(String::as_str)
        .zip(record)
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let mut take = |name: &str| fields.remove(name).map(str::to_owned);
    let place = |source: String| match Link::is_meant(&source) {
        true => source,
        false => folder.join(source).display().to_string(),
    };
    let (video, captions, name, topic) = (take("video"), take("captions"), take("name"), take("topic"));
    let line = record.position().map_or(0, csv::Position::line);
    let problem = if record.len() > columns.len() {
        Some(format!(
            "it has {} fields where the first line names {}",
            record.len(),
            columns.len()
        ))
    } else {
        video.is_none().then(|| "it names no video".to_owned())
    };
    let named = name
        .or_else(|| video.as_deref().map(name_of))
        .unwrap_or_else(|| format!("line {line}"));
    Row {
        line,
        name: safe_name(&named),
        source: video.map(place).unwrap_or_default(),
        captions: captions.map(|captions| folder.join(captions).display().to_string()),
        topic,
        options: fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        problem,
    }
}

/// A name for the project of a file, or of a link before its title is known.
fn name_of(source: &str) -> String {
    if !Link::is_meant(source) {
        return Path::new(source)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
    }
    let Ok(url) = Url::parse(source) else {
        return source.to_owned();
    };
    let path = url.path().trim_matches('/').replace('/', " ");
    let values: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
    format!(
        "{} {path} {}",
        url.host_str().unwrap_or_default(),
        values.join(" ")
    )
}
