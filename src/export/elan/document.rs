//! The document.

use super::Tier;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const SCHEMA: &str = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The sort of all tiers: annotations with times of their own.
const SORT: &str = "default-lt";

/// How annotations of one tier may depend on those of another, for whoever adds such tiers, and what that means.
const CONSTRAINTS: [[&str; 2]; 4] = [
    [
        "Time_Subdivision",
        "Parts of the time of another annotation, one right after the other",
    ],
    [
        "Symbolic_Subdivision",
        "Parts of another annotation in order, without times of their own",
    ],
    ["Symbolic_Association", "One for each annotation of another tier"],
    ["Included_In", "Within the time of another annotation"],
];

/// The bytes of the file: annotations of a video `media`, to be written into `folder`.
///
/// # Errors
/// When the date cannot be written.
pub fn document(
    tiers: &[Tier],
    media: Option<&Path>,
    folder: Option<&Path>,
    now: SystemTime,
) -> io::Result<Vec<u8>> {
    let date = OffsetDateTime::from(now).truncate_to_second();
    let date = date.format(&Rfc3339).map_err(io::Error::other)?;
    let times = tiers
        .iter()
        .flat_map(|tier| &tier.annotations)
        .flat_map(|(times, _)| *times);
    let mut slots: BTreeMap<u64, String> = times.map(|time| (time, String::new())).collect();
    for (place, name) in slots.values_mut().enumerate() {
        *name = format!("ts{}", place + 1);
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 4);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("ANNOTATION_DOCUMENT")
        .with_attributes([
            ("AUTHOR", ""),
            ("DATE", date.as_str()),
            ("FORMAT", "3.0"),
            ("VERSION", "3.0"),
            ("xmlns:xsi", INSTANCE),
            ("xsi:noNamespaceSchemaLocation", SCHEMA),
        ])
        .write_inner_content(|writer| {
            header(writer, media, folder, tiers)?;
            writer
                .create_element("TIME_ORDER")
                .write_inner_content(|writer| {
                    for (time, name) in &slots {
                        let time = time.to_string();
                        writer
                            .create_element("TIME_SLOT")
                            .with_attributes([("TIME_SLOT_ID", name.as_str()), ("TIME_VALUE", time.as_str())])
                            .write_empty()?;
                    }
                    Ok(())
                })?;
            let mut number = 0;
            for tier in tiers {
                write_tier(writer, tier, &slots, &mut number)?;
            }
            writer
                .create_element("LINGUISTIC_TYPE")
                .with_attributes([
                    ("GRAPHIC_REFERENCES", "false"),
                    ("LINGUISTIC_TYPE_ID", SORT),
                    ("TIME_ALIGNABLE", "true"),
                ])
                .write_empty()?;
            for [name, about] in CONSTRAINTS {
                writer
                    .create_element("CONSTRAINT")
                    .with_attributes([("DESCRIPTION", about), ("STEREOTYPE", name)])
                    .write_empty()?;
            }
            Ok(())
        })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn header(
    writer: &mut Writer<Vec<u8>>,
    media: Option<&Path>,
    folder: Option<&Path>,
    tiers: &[Tier],
) -> io::Result<()> {
    let used: usize = tiers.iter().map(|tier| tier.annotations.len()).sum();
    writer
        .create_element("HEADER")
        .with_attributes([("MEDIA_FILE", ""), ("TIME_UNITS", "milliseconds")])
        .write_inner_content(|writer| {
            if let Some(media) = media {
                let (address, mime) = (address(media), mime(media));
                let mut attributes = vec![("MEDIA_URL", address.as_str()), ("MIME_TYPE", mime)];
                let near = folder.and_then(|folder| relative(folder, media));
                attributes.extend(near.as_deref().map(|near| ("RELATIVE_MEDIA_URL", near)));
                let element = writer.create_element("MEDIA_DESCRIPTOR");
                element.with_attributes(attributes).write_empty()?;
            }
            writer
                .create_element("PROPERTY")
                .with_attribute(("NAME", "lastUsedAnnotationId"))
                .write_text_content(BytesText::new(&used.to_string()))?;
            Ok(())
        })?;
    Ok(())
}

fn write_tier(
    writer: &mut Writer<Vec<u8>>,
    tier: &Tier,
    slots: &BTreeMap<u64, String>,
    number: &mut usize,
) -> io::Result<()> {
    let slot = |time: u64| slots.get(&time).map(String::as_str).unwrap_or_default();
    writer
        .create_element("TIER")
        .with_attributes([("LINGUISTIC_TYPE_REF", SORT), ("TIER_ID", tier.name.as_str())])
        .write_inner_content(|writer| {
            for ([start, end], words) in &tier.annotations {
                *number += 1;
                let name = format!("a{number}");
                let words = legible(words);
                writer
                    .create_element("ANNOTATION")
                    .write_inner_content(|writer| {
                        writer
                            .create_element("ALIGNABLE_ANNOTATION")
                            .with_attributes([
                                ("ANNOTATION_ID", name.as_str()),
                                ("TIME_SLOT_REF1", slot(*start)),
                                ("TIME_SLOT_REF2", slot(*end)),
                            ])
                            .write_inner_content(|writer| {
                                let value = writer.create_element("ANNOTATION_VALUE");
                                value.write_text_content(BytesText::new(&words))?;
                                Ok(())
                            })?;
                        Ok(())
                    })?;
            }
            Ok(())
        })?;
    Ok(())
}

/// Words without the control characters that XML cannot hold.
fn legible(words: &str) -> String {
    let legible = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    let known = |letter: &char| !matches!(letter, '\u{fffe}' | '\u{ffff}');
    words.chars().filter(legible).filter(known).collect()
}

/// A path as ELAN writes it: with slashes, and spaces as they are.
fn address(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    // Paths of Windows have no slash at their start.
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{path}")
}

/// From the file's folder to the video, such as `./a.mp4` or `../videos/a.mp4`; none where they share no root.
fn relative(folder: &Path, media: &Path) -> Option<String> {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    // The video may be gone, but the folder that it was in is still there.
    let media = match (media.parent(), media.file_name()) {
        (Some(folder), Some(name)) => whole(folder).join(name),
        _ => media.to_path_buf(),
    };
    let folder = whole(folder);
    let shared = folder
        .components()
        .zip(media.components())
        .take_while(|(one, other)| one == other)
        .count();
    if shared == 0 {
        return None;
    }
    let up = folder.components().count() - shared;
    let mut path: PathBuf = std::iter::repeat_n(Component::ParentDir, up).collect();
    if up == 0 {
        path.push(".");
    }
    path.extend(media.components().skip(shared));
    Some(path.to_string_lossy().replace('\\', "/"))
}

fn mime(media: &Path) -> &'static str {
    let extension = media
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("mp4" | "m4v") => "video/mp4",
        Some("mov") => "video/quicktime",
        Some("mpg" | "mpeg") => "video/mpeg",
        Some("webm") => "video/webm",
        Some("mkv") => "video/x-matroska",
        Some("avi") => "video/x-msvideo",
        _ => "video/*",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_video_is_relative() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("out");
        std::fs::create_dir(&inside).unwrap();
        let media = folder.path().join("a.mp4");
        assert_eq!(relative(folder.path(), &media).unwrap(), "./a.mp4");
        assert_eq!(relative(&inside, &media).unwrap(), "../a.mp4");
        assert_eq!(address(Path::new("C:\\News\\a b.mp4")), "file:///C:/News/a b.mp4");
    }
}
