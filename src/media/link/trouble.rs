//! What yt-dlp tells when it fails, and what that means.

use super::address::Link;
use super::error::LinkError;
use super::kinds::{KINDS, Kind};
use std::io;
use std::path::Path;

/// From so many days on yt-dlp counts as old: sites change more often than that.
const OLD: i64 = 90;

/// Why yt-dlp of this version and age in days failed, by what it told.
pub(super) fn read(told: &str, version: &str, age: Option<i64>, link: &Link) -> LinkError {
    let mut lines = told.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines.clone().rfind(|line| line.starts_with("ERROR:"));
    let last = error.or_else(|| lines.next_back());
    let said = sentence(last.unwrap_or("it ended without a word"));
    let host = link.host().to_owned();
    let small = said.to_lowercase().replace('’', "'");
    let kind = KINDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| small.contains(word)));
    let old = age.filter(|days| *days > OLD);
    match kind.map(|(kind, _)| *kind) {
        Some(Kind::Full) => LinkError::disk(Path::new("the video"))(io::ErrorKind::StorageFull.into()),
        Some(Kind::Cookies) => LinkError::Cookies(said),
        Some(Kind::Age) => LinkError::Age,
        Some(Kind::SignIn) => LinkError::SignIn { host, said },
        Some(Kind::TooMany) => LinkError::TooManyRequests(host),
        Some(Kind::Region) => LinkError::Region { host, said },
        Some(Kind::Private) => LinkError::Private,
        Some(Kind::Live) => LinkError::Live,
        Some(Kind::Protected) => LinkError::Protected,
        Some(Kind::Removed) => LinkError::Removed(said),
        Some(Kind::Redirect) => LinkError::EndlessRedirect(host),
        Some(Kind::NotFound) => LinkError::NotFound(host),
        Some(Kind::Forbidden) => LinkError::Forbidden { host, days: old },
        Some(Kind::Python) => LinkError::OldPython(said),
        Some(Kind::Ffmpeg) => LinkError::NoFfmpeg,
        Some(Kind::Insecure) => LinkError::Insecure(host),
        Some(Kind::Unreachable) => LinkError::Unreachable { host, cause: said },
        Some(Kind::Cut) => LinkError::Cut { host, said },
        Some(Kind::Unsupported) => LinkError::Unsupported(link.to_string()),
        Some(Kind::Extractor) => match old {
            Some(days) => LinkError::Outdated {
                version: version.to_owned(),
                days,
                said,
            },
            None => LinkError::Extractor(said),
        },
        None => LinkError::Other(said),
    }
}

/// What is told without its marks, and without the advice that is meant for those who type commands.
fn sentence(line: &str) -> String {
    let text = line.trim_start_matches("ERROR:").trim();
    // `[site] id: ` before it.
    let text = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(": "))
        .map_or(text, |(_, rest)| rest);
    let end = [
        "; please report",
        ". Use --cookies",
        "; Use --cookies",
        " (caused by",
    ]
    .iter()
    .filter_map(|mark| text.find(mark))
    .min();
    let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
    let short: String = text.chars().take(300).collect();
    short.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str, age: i64) -> LinkError {
        let link = Link::parse("https://video.example/watch?v=1").unwrap();
        super::read(
            &format!("WARNING: something\nERROR: {line}\n"),
            "2026.01.02",
            Some(age),
            &link,
        )
    }

    #[test]
    fn each_failure_has_its_own_remedy() {
        for (line, remedy) in [
            (
                "[youtube] aaa: Sign in to confirm you’re not a bot. Use --cookies-from-browser or --cookies for it",
                "browser's cookies",
            ),
            (
                "[youtube] aaa: Sign in to confirm your age. This video may be inappropriate for some users.",
                "proved their age",
            ),
            (
                "[x] 1: Unable to download webpage: HTTP Error 429: Too Many Requests",
                "Wait half an hour",
            ),
            (
                "[youtube] aaa: The uploader has not made this video available in your country",
                "another country",
            ),
            (
                "[youtube] aaa: Private video. Sign in if you've been granted access to this video",
                "Ask its owner",
            ),
            (
                "[youtube] aaa: This live event will begin in 3 days.",
                "when it has ended",
            ),
            (
                "[youtube] aaa: Video unavailable. This video has been removed by the uploader",
                "no longer there",
            ),
            (
                "[generic] a: Unable to download webpage: HTTP Error 403: Forbidden",
                "(403)",
            ),
            (
                "[generic] a: Unable to download webpage: HTTP Error 404: Not Found",
                "(404)",
            ),
            (
                "[generic] a: Unable to download webpage: <urlopen error [Errno -2] Name or service not known>",
                "Check the network",
            ),
            (
                "unable to write data: [Errno 28] No space left on device",
                "disk is full",
            ),
            ("Unsupported URL: https://video.example/", "no page with a video"),
            (
                "[generic] a: 100 bytes read, 900 more expected. Giving up after 3 retries",
                "go on from there",
            ),
            (
                "could not find firefox cookies database in '/home/a'",
                "Close the browser",
            ),
            ("[x] a: This video is DRM protected", "against copying"),
            (
                "You have requested merging of multiple formats but ffmpeg is not installed. Aborting",
                "Install FFmpeg",
            ),
            ("[x] a: Some new trouble", "Some new trouble"),
        ] {
            let message = read(line, 5).to_string();
            assert!(message.contains(remedy), "{line}: {message}");
            assert!(
                !message.contains("--cookies") && !message.contains("ERROR"),
                "{message}"
            );
        }
    }

    #[test]
    fn an_old_version_is_told_where_it_may_be_why() {
        let line =
            "[youtube] aaa: Unable to extract player response; please report this issue on https://a.example";
        assert!(matches!(read(line, 5), LinkError::Extractor(_)));
        let message = read(line, 91).to_string();
        assert!(
            message.contains("2026.01.02") && message.contains("91 days") && message.contains("Update it"),
            "{message}"
        );
        let refused = "[x] a: unable to download video data: HTTP Error 403: Forbidden";
        assert!(!read(refused, 90).to_string().contains("update"));
        assert!(read(refused, 120).to_string().contains("update yt-dlp"));
    }
}
