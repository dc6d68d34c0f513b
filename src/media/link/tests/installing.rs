//! Our own yt-dlp from a package index on loopback.

use super::super::index::Index;
use super::super::installing::install_from;
use super::super::path::python;
use super::super::{LinkError, Program};
use crate::jobs::Watch;
use crate::pretrained::download::stand_in::{Reply, StandIn};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A wheel of a package that only says its version.
fn wheel(version: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let about = format!("yt_dlp-{version}.dist-info/METADATA");
    for (name, text) in [
        ("yt_dlp/__init__.py", String::new()),
        ("yt_dlp/__main__.py", format!("print('{version}')\n")),
        (
            about.as_str(),
            "Requires-Dist: yt-dlp-ejs==0.8.0; extra == 'default'\n".to_owned(),
        ),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn companion() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file("yt_dlp_ejs/__init__.py", SimpleFileOptions::default())
        .unwrap();
    writer.finish().unwrap().into_inner()
}

/// An index with these versions; the wheels are at a relative address, and older and unfit ones are around.
fn index(versions: &'static [&'static str], spoil: bool) -> StandIn {
    StandIn::new(move |request, _| {
        let sha = |bytes: &[u8]| format!("{:x}", Sha256::digest(bytes));
        let file = |name: String, hash: String, more: &str| {
            format!(
                r#"{{"filename": "{name}", "url": "../../files/{name}", "hashes": {{"sha256": "{hash}"}}, "yanked": false{more}}}"#
            )
        };
        match request.path.as_str() {
            "/simple/yt-dlp/" => {
                let mut files: Vec<String> = versions
                    .iter()
                    .map(|version| {
                        file(
                            format!("yt_dlp-{version}-py3-none-any.whl"),
                            sha(&wheel(version)),
                            "",
                        )
                    })
                    .collect();
                files.push(file(
                    "yt_dlp-2099.1.1.dev0-py3-none-any.whl".into(),
                    "0".into(),
                    "",
                ));
                files.push(file(
                    "yt_dlp-2098.1.1-py3-none-any.whl".into(),
                    "0".into(),
                    r#", "requires-python": ">=9.0""#,
                ));
                files.push(file("yt_dlp-2097.1.1.tar.gz".into(), "0".into(), ""));
                Reply::whole(format!(
                    r#"{{"name": "yt-dlp", "files": [{}]}}"#,
                    files.join(", ")
                ))
            }
            "/simple/yt-dlp-ejs/" => {
                let listed = file("yt_dlp_ejs-0.8.0-py3-none-any.whl".into(), sha(&companion()), "");
                Reply::whole(format!(r#"{{"files": [{listed}]}}"#))
            }
            "/files/yt_dlp_ejs-0.8.0-py3-none-any.whl" => Reply::whole(companion()),
            path => match path
                .strip_prefix("/files/yt_dlp-")
                .and_then(|rest| rest.strip_suffix("-py3-none-any.whl"))
            {
                Some(version) if spoil => Reply::whole([wheel(version), b"more".to_vec()].concat()),
                Some(version) => Reply::whole(wheel(version)),
                None => Reply::status(404),
            },
        }
    })
}

fn install(server: &StandIn, own: &Path) -> Result<Program, LinkError> {
    install_from(
        &Index::at(&format!("{}/simple", server.address)).unwrap(),
        own,
        &Watch::default(),
    )
}

#[test]
fn the_newest_is_installed_and_updated_in_its_own_folder() {
    if python().is_err() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("data/yt-dlp");
    let server = index(&["2026.9.30", "2026.10.2", "2025.12.31"], false);
    let program = install(&server, &own).unwrap();
    assert_eq!(
        (program.version(), program.place()),
        ("2026.10.2", own.join("2026.10.2").as_path())
    );
    assert!(own.join("2026.10.2/yt_dlp_ejs/__init__.py").is_file());
    let asked = server.seen().len();
    install(&server, &own).unwrap();
    assert_eq!(
        server.seen().len(),
        asked + 1,
        "what is there is not fetched again"
    );
    let newer = index(&["2026.10.2", "2026.11.1"], false);
    assert_eq!(install(&newer, &own).unwrap().version(), "2026.11.1");
    assert_eq!(super::names(&own), ["2026.10.2", "2026.11.1"]);
    // A package that is another than stated changes nothing.
    let spoilt = index(&["2026.12.1"], true);
    let error = install(&spoilt, &own).unwrap_err();
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert_eq!(super::names(&own), ["2026.10.2", "2026.11.1"]);
    assert!(
        install(&StandIn::new(|_, _| Reply::whole("<html>log in")), &own)
            .unwrap_err()
            .to_string()
            .contains("log in")
    );
    assert!(
        install(&StandIn::new(|_, _| Reply::status(500)), &own)
            .unwrap_err()
            .to_string()
            .contains("(500)")
    );
}
