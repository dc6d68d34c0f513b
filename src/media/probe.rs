//! What a video is: size, length, rates and codecs.

use super::container::coded_size;
use super::error::MediaError;
use super::input::Input;
use super::rgb;
use crate::project::{AudioInfo, VideoInfo};
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{ffi, media};
use std::path::Path;

/// Says what a video file is. Only its headers and first packets are read.
///
/// # Errors
/// When there is no such file, it is not a video, or it has no moving pictures.
pub fn probe(path: &Path) -> Result<VideoInfo, MediaError> {
    let mut input = Input::open(path)?;
    let (width, height) = displayed_size(&mut input)?;
    let bytes = std::fs::metadata(path).map(|file| file.len());
    let video = input.video()?;
    let parameters = video.parameters();
    // SAFETY: the parameters keep their context alive; the number is a pixel format for a video stream.
    let format = unsafe {
        Pixel::from(std::mem::transmute::<i32, ffi::AVPixelFormat>(
            (*parameters.as_ptr()).format,
        ))
    };
    Ok(VideoInfo {
        path: path.to_path_buf(),
        container: input.context().format().name().to_owned(),
        duration: input.declared_end().unwrap_or_default(),
        width,
        height,
        rotation: input.orientation().degrees(),
        frame_rate: input.frame_rate().unwrap_or(0.0),
        video_codec: parameters.id().name().to_owned(),
        pixel_format: rgb::name(format).to_owned(),
        audio: audio(&input),
        bytes: bytes.map_err(|source| MediaError::Unreadable {
            path: path.to_path_buf(),
            source,
        })?,
    })
}

/// Width and height as displayed, in square pixels.
///
/// # Errors
/// When the stream is gone or has no size: its beginning is damaged.
pub(super) fn displayed_size(input: &mut Input) -> Result<(u32, u32), MediaError> {
    let aspect = input.pixel_aspect();
    let (width, height) = coded_size(&input.video()?);
    if width == 0 || height == 0 {
        return Err(MediaError::NoPictures {
            path: input.path().to_path_buf(),
        });
    }
    let square = (f64::from(width) * aspect).round().max(1.0) as u32;
    Ok(input.orientation().turned_size(square, height))
}

fn audio(input: &Input) -> Option<AudioInfo> {
    let stream = input.context().streams().best(media::Type::Audio)?;
    let parameters = stream.parameters();
    // SAFETY: the parameters keep their context alive.
    let (rate, channels) = unsafe {
        (
            (*parameters.as_ptr()).sample_rate,
            (*parameters.as_ptr()).ch_layout.nb_channels,
        )
    };
    Some(AudioInfo {
        codec: parameters.id().name().to_owned(),
        sample_rate: u32::try_from(rate).unwrap_or(0),
        channels: u32::try_from(channels).unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_videos::{ffmpeg, make};
    use super::*;
    use crate::project::Seconds;

    const MOVING: &str = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2";
    const SOUND: &str = "-f lavfi -i sine=duration=2:sample_rate=44100";

    #[test]
    fn a_video_is_described() {
        let Some(video) = make(
            "a.mp4",
            &format!("{MOVING} {SOUND} -c:v libx264 -pix_fmt yuv420p -c:a aac"),
        ) else {
            return;
        };
        let info = probe(&video.path).unwrap();
        assert_eq!((info.width, info.height, info.rotation), (320, 180, 0));
        assert_eq!((info.duration, info.frame_rate), (Seconds(2.0), 25.0));
        assert_eq!(
            (info.video_codec.as_str(), info.pixel_format.as_str()),
            ("h264", "yuv420p")
        );
        assert_eq!(
            info.audio,
            Some(AudioInfo {
                codec: "aac".to_owned(),
                sample_rate: 44_100,
                channels: 1
            })
        );
        assert!(info.container.contains("mp4"));
        assert_eq!(info.bytes, std::fs::metadata(&video.path).unwrap().len());
    }

    #[test]
    fn the_size_is_as_displayed() {
        let line = format!("{MOVING} -vf setsar=4/3 -c:v libx264 -pix_fmt yuv420p");
        let Some(wide) = make("wide.mkv", &line) else {
            return;
        };
        let info = probe(&wide.path).unwrap();
        assert_eq!((info.width, info.height, info.audio), (427, 180, None));
        let turned = wide.path.with_extension("mp4");
        let line = format!("-i {} -c copy -metadata:s:v rotate=90", wide.path.display());
        assert!(ffmpeg(&line, &turned));
        let info = probe(&turned).unwrap();
        match info.rotation {
            0 => eprintln!("skipped: this ffmpeg does not write a rotation"),
            // Versions of the command differ on which way this turns.
            90 | 270 => assert_eq!((info.width, info.height), (180, 427)),
            other => panic!("turned by {other} degrees"),
        }
    }

    #[test]
    fn the_length_is_that_of_the_pictures() {
        let line = format!("{MOVING} -f lavfi -i sine=duration=3 -c:v libx264 -pix_fmt yuv420p -c:a libopus");
        for name in ["a.mkv", "a.mp4"] {
            let Some(video) = make(name, &line) else {
                return;
            };
            let duration = probe(&video.path).unwrap().duration;
            assert!((duration.0 - 2.0).abs() < 0.02, "{name}: {duration:?}");
        }
    }

    #[test]
    fn what_is_no_video_is_said_in_words() {
        let Some(sound) = make("sound.mp3", SOUND) else {
            return;
        };
        let folder = sound.path.parent().unwrap();
        let text = folder.join("notes.txt");
        std::fs::write(&text, "A line of text.\n".repeat(500)).unwrap();
        let empty = folder.join("empty.mp4");
        std::fs::write(&empty, "").unwrap();
        let picture = folder.join("photo.png");
        assert!(ffmpeg(&format!("{MOVING} -frames:v 1"), &picture));
        let cover = folder.join("cover.mp3");
        let line = format!(
            "-i {} -i {} -map 0 -map 1 -c copy",
            sound.path.display(),
            picture.display()
        );
        assert!(ffmpeg(&line, &cover));
        let subtitles = folder.join("a.srt");
        std::fs::write(&subtitles, "1\n00:00:00,000 --> 00:00:02,000\nHello\n").unwrap();
        for (path, words) in [
            (sound.path.as_path(), "only sound:"),
            (&cover, "only sound and a cover picture:"),
            (&subtitles, "only subtitles:"),
            (&text, "it is a text"),
            (&picture, "it is a single picture"),
            (&empty, "is not a video that can be read"),
            (folder, "is not a file"),
            (&folder.join("none.mp4"), "does not exist"),
        ] {
            let message = probe(path).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn a_cover_is_not_the_video_and_any_name_can_be_opened() {
        let line = format!(
            "{MOVING} -f lavfi -i testsrc2=size=640x640:rate=1:duration=1 -map 0 -map 1 -c:v:0 libx264"
        );
        let line =
            format!("{line} -pix_fmt:v:0 yuv420p -c:v:1 mjpeg -frames:v:1 1 -disposition:v:1 attached_pic");
        let Some(video) = make("cover.mp4", &line) else {
            return;
        };
        assert_eq!(probe(&video.path).unwrap().width, 320);
        for name in ["News: today.mp4", "疫苗 100%d.mp4"] {
            let renamed = video.path.with_file_name(name);
            std::fs::copy(&video.path, &renamed).unwrap();
            assert_eq!(probe(&renamed).unwrap().video_codec, "h264");
        }
        #[cfg(unix)]
        {
            let name: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"\xd2\xdf\xc3\xe7.mp4");
            let renamed = video.path.with_file_name(name);
            std::fs::copy(&video.path, &renamed).unwrap();
            assert_eq!(probe(&renamed).unwrap().video_codec, "h264");
        }
    }
}
