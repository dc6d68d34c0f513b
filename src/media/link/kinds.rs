//! Kinds of failure, and the words of yt-dlp and of sites that tell of them.

/// The kinds of failure, known by words of their messages in small letters. The first that fits counts, so what is told
/// more exactly stands before what is told in general.
pub(super) const KINDS: &[(Kind, &[&str])] = &[
    (
        Kind::Full,
        &["no space left on device", "disk quota exceeded", "errno 28]"],
    ),
    (
        Kind::Cookies,
        &[
            "cookies database",
            "failed to decrypt",
            "could not copy",
            "failed to load cookies",
        ],
    ),
    (
        Kind::Age,
        &[
            "confirm your age",
            "age-restricted",
            "age restricted",
            "inappropriate for some users",
            "age verification",
        ],
    ),
    (Kind::SignIn, &["not a bot", "captcha", "confirm you are human"]),
    (
        Kind::TooMany,
        &["error 429", "too many requests", "rate-limited", "rate limit"],
    ),
    (
        Kind::Region,
        &[
            "in your country",
            "geo restrict",
            "geo-restrict",
            "your location",
            "in your region",
            "from your location",
        ],
    ),
    (
        Kind::Private,
        &[
            "private video",
            "video is private",
            "members-only",
            "members only",
            "join this channel",
            "this video is only available to",
        ],
    ),
    (
        Kind::Live,
        &[
            "live event will begin",
            "premieres in",
            "premiere will begin",
            "livestream",
            "live stream",
            "currently live",
        ],
    ),
    (Kind::Protected, &["drm protect", "drm-protect", "is drm"]),
    (
        Kind::Removed,
        &[
            "has been removed",
            "been terminated",
            "no longer available",
            "video unavailable",
            "video is unavailable",
            "does not exist",
            "been deleted",
        ],
    ),
    (
        Kind::SignIn,
        &[
            "login required",
            "sign in to",
            "log in to",
            "--cookies",
            "registered users",
            "requires authentication",
            "account is required",
        ],
    ),
    (
        Kind::Redirect,
        &[
            "infinite loop",
            "too many redirects",
            "redirect loop",
            "exceeded 30 redirects",
            "redirect error",
        ],
    ),
    (Kind::NotFound, &["error 404", "error 410"]),
    (Kind::Forbidden, &["error 403"]),
    (
        Kind::Python,
        &["unsupported version of python", "only python versions"],
    ),
    (
        Kind::Ffmpeg,
        &[
            "ffmpeg is not installed",
            "ffmpeg not found",
            "ffprobe not found",
            "ffprobe and ffmpeg",
        ],
    ),
    (
        Kind::Insecure,
        &[
            "certificate verify failed",
            "certificate_verify_failed",
            "sslcertverification",
        ],
    ),
    (
        Kind::Unreachable,
        &[
            "getaddrinfo",
            "name or service not known",
            "name resolution",
            "failed to resolve",
            "nodename nor servname",
            "unreachable",
            "connection refused",
            "no route to host",
            "timed out",
            "failed to establish",
        ],
    ),
    (
        Kind::Cut,
        &[
            "more expected",
            "bytes read",
            "incompleteread",
            "connection broken",
            "connection reset",
            "connection aborted",
            "remote end closed",
            "giving up after",
        ],
    ),
    (Kind::Unsupported, &["unsupported url", "is not a valid url"]),
    (
        Kind::Extractor,
        &[
            "unable to extract",
            "unable to download api",
            "no video formats found",
            "requested format is not available",
            "report this issue",
            "extraction failed",
            "unable to download json",
            "failed to parse json",
            "only images are available",
        ],
    ),
];

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Full,
    Cookies,
    Age,
    SignIn,
    TooMany,
    Region,
    Private,
    Live,
    Protected,
    Removed,
    Redirect,
    NotFound,
    Forbidden,
    Python,
    Ffmpeg,
    Insecure,
    Unreachable,
    Cut,
    Unsupported,
    Extractor,
}
