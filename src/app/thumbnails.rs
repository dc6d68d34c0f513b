//! Textures of sampled frames, made when first seen and let go when there are too many.

use crate::analysis::FrameSet;
use crate::project::FrameAt;
use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use std::collections::HashMap;

/// Most bytes of textures kept at once.
const BUDGET: usize = 128 << 20;

/// Most textures made in one frame of the window, so that scrolling stays smooth.
const NEW_PER_FRAME: usize = 24;

/// Textures by frame.
#[derive(Default)]
pub struct Thumbnails {
    textures: HashMap<FrameAt, (TextureHandle, u64)>,
    clock: u64,
    made: usize,
}

impl Thumbnails {
    /// To be called once a frame of the window.
    pub fn begin_frame(&mut self, frames: &FrameSet) {
        self.clock += 1;
        self.made = 0;
        let size = (frames.width * frames.height * 4).max(1) as usize;
        let most = (BUDGET / size).max(64);
        if self.textures.len() > most {
            let mut ages: Vec<u64> = self.textures.values().map(|(_, seen)| *seen).collect();
            ages.sort_unstable();
            let oldest = ages.get(ages.len() - most).copied().unwrap_or(0);
            self.textures.retain(|_, (_, seen)| *seen >= oldest);
        }
    }

    /// Lets all go: other frames are coming.
    pub fn clear(&mut self) {
        self.textures.clear();
    }

    /// The texture of a frame among those of its video; none where there is no such frame, or too many were made just now (ask again).
    pub fn get(&mut self, context: &Context, frames: &FrameSet, at: FrameAt) -> Option<TextureHandle> {
        if let Some((texture, seen)) = self.textures.get_mut(&at) {
            *seen = self.clock;
            return Some(texture.clone());
        }
        let frame = frames.frames.get(at.frame.index())?;
        if self.made >= NEW_PER_FRAME {
            context.request_repaint();
            return None;
        }
        self.made += 1;
        let size = [frames.width as usize, frames.height as usize];
        let image = ColorImage::from_rgb(size, &frame.rgb);
        let texture = context.load_texture(format!("frame {}", at.frame.0), image, TextureOptions::LINEAR);
        self.textures.insert(at, (texture.clone(), self.clock));
        Some(texture)
    }
}
