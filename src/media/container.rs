//! Opening a file by ffmpeg, and choosing among the streams in it.

use super::error::MediaError;
use ffmpeg_next::format::context;
use ffmpeg_next::format::stream::{Disposition, Stream};
use ffmpeg_next::{Error, ffi, media};
use std::ffi::CString;
use std::path::Path;
use std::ptr;

/// # Errors
/// When there is no such file, or it may not be read.
pub(super) fn check_file(path: &Path) -> Result<(), MediaError> {
    let path = path.to_path_buf();
    match std::fs::metadata(&path) {
        Ok(file) if file.is_file() => match std::fs::File::open(&path) {
            Ok(_) => Ok(()),
            Err(source) => Err(MediaError::Unreadable { path, source }),
        },
        Ok(_) => Err(MediaError::NotAFile { path }),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Err(MediaError::Missing { path }),
        Err(source) => Err(MediaError::Unreadable { path, source }),
    }
}

/// Opens by the library itself: the wrapper takes only names in UTF-8, and old archives unpack to others.
///
/// # Errors
/// When the library does not know the format, or finds it damaged.
pub(super) fn open(path: &Path) -> Result<context::Input, Error> {
    // The prefix keeps a colon in a name from being taken for a protocol.
    let mut name = b"file:".to_vec();
    #[cfg(unix)]
    name.extend(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()));
    #[cfg(not(unix))]
    name.extend(path.to_string_lossy().as_bytes());
    let name = CString::new(name).map_err(|_| Error::InvalidData)?;
    let mut context = ptr::null_mut();
    // SAFETY: the name is a C string that outlives the call; on failure the library frees what it made, and on
    // success the wrapper owns the context and closes it, also when the streams cannot be made out.
    unsafe {
        let opened =
            ffi::avformat_open_input(&raw mut context, name.as_ptr(), ptr::null_mut(), ptr::null_mut());
        if opened < 0 {
            return Err(Error::from(opened));
        }
        let input = context::Input::wrap(context);
        let found = ffi::avformat_find_stream_info(context, ptr::null_mut());
        if found < 0 {
            Err(Error::from(found))
        } else {
            Ok(input)
        }
    }
}

/// The stream that a player would show: not a cover, the default one first, then the largest, then the first.
pub(super) fn video_stream(context: &context::Input) -> Option<usize> {
    context
        .streams()
        .filter(|stream| stream.parameters().medium() == media::Type::Video && !is_cover(stream))
        .max_by_key(|stream| {
            let (width, height) = coded_size(stream);
            let preferred = stream.disposition().contains(Disposition::DEFAULT);
            (
                preferred,
                u64::from(width) * u64::from(height),
                std::cmp::Reverse(stream.index()),
            )
        })
        .map(|stream| stream.index())
}

fn is_cover(stream: &Stream<'_>) -> bool {
    stream.disposition().contains(Disposition::ATTACHED_PIC)
}

/// Width and height in pixels as coded, zero where unknown.
pub(super) fn coded_size(stream: &Stream<'_>) -> (u32, u32) {
    let parameters = stream.parameters();
    // SAFETY: the parameters keep their context alive.
    let (width, height) = unsafe { ((*parameters.as_ptr()).width, (*parameters.as_ptr()).height) };
    (
        u32::try_from(width).unwrap_or(0),
        u32::try_from(height).unwrap_or(0),
    )
}

/// In words, what a file without moving pictures has.
pub(super) fn contents(context: &context::Input) -> &'static str {
    let has = |medium| {
        context
            .streams()
            .any(|stream| stream.parameters().medium() == medium && !is_cover(&stream))
    };
    match (
        has(media::Type::Audio),
        context.streams().any(|stream| is_cover(&stream)),
        has(media::Type::Subtitle),
    ) {
        (true, true, _) => "sound and a cover picture",
        (true, false, _) => "sound",
        (false, true, _) => "a cover picture",
        (false, false, true) => "subtitles",
        (false, false, false) => "data",
    }
}

/// Keeps the library from reading the other streams at all.
pub(super) fn read_only(context: &mut context::Input, wanted: usize) {
    for mut stream in context.streams_mut().filter(|stream| stream.index() != wanted) {
        // SAFETY: the stream belongs to the context, which is borrowed mutably here.
        unsafe { (*stream.as_mut_ptr()).discard = ffi::AVDiscard::AVDISCARD_ALL };
    }
}
