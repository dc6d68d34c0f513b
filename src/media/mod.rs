//! The only room that knows ffmpeg: what a video is, its frames and its times.
