//! From SVG to PNG, with the fonts of the system.

use super::ExportError;
use super::svg::FONT_FAMILIES;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, FaceInfo, ID, Style, Weight};
use resvg::usvg::{Options, Tree};
use std::sync::{Arc, LazyLock};

/// Pixels a side; more would be a mistake and take gigabytes.
const LARGEST: f32 = 20_000.0;

/// Reading the fonts of a system takes a while, and they do not change.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| Arc::new(fonts()));

/// An SVG document as the bytes of a PNG file, `scale` pixels for each of the document.
///
/// # Errors
/// When the document is not SVG, when the picture would have no pixel or too many, and when the system has no fonts.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, ExportError> {
    let failed = |what: String| ExportError::Raster { what };
    if FONTS.is_empty() {
        return Err(ExportError::NoFonts);
    }
    let options = Options {
        fontdb: FONTS.clone(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| failed(error.to_string()))?;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let size = |side: f32| (side <= LARGEST).then_some(side.round() as u32);
    let pixels = size(width)
        .zip(size(height))
        .and_then(|(width, height)| Pixmap::new(width, height));
    let mut pixels = pixels.ok_or_else(|| failed(format!("{width} x {height} is no size for a picture")))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(error.to_string()))
}

/// The fonts of the system, best first: letters missing in one font are taken from the first other that has them, and
/// that should be a plain one of the families we want, not whichever was read first.
fn fonts() -> Database {
    let mut found = Database::new();
    found.load_system_fonts();
    let mut faces: Vec<FaceInfo> = found.faces().cloned().collect();
    faces.sort_by_cached_key(|face| {
        let known = |family: &&str| face.families.iter().any(|(name, _)| name == family);
        (
            FONT_FAMILIES.iter().position(known).unwrap_or(usize::MAX),
            face.style != Style::Normal,
            face.weight.0.abs_diff(Weight::NORMAL.0),
            face.post_script_name.clone(),
        )
    });
    let mut fonts = Database::new();
    // Where none of the families is there, whatever is must do.
    if let Some((name, _)) = faces.first().and_then(|face| face.families.first()) {
        fonts.set_sans_serif_family(name);
    }
    for face in faces {
        fonts.push_face_info(FaceInfo {
            id: ID::dummy(),
            ..face
        });
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::super::svg::{Anchor, Lettering, Svg};
    use super::*;

    fn ink(words: &str) -> Vec<u8> {
        let mut svg = Svg::new([100.0, 40.0], [255; 3], "");
        let lettering = Lettering {
            size: 20.0,
            colour: [0; 3],
            anchor: Anchor::Start,
            bold: false,
            upwards: false,
        };
        svg.words([5.0, 28.0], words, lettering);
        let bytes = png(&svg.finish(), 1.0).unwrap();
        let picture = image::load_from_memory(&bytes).unwrap().into_luma8();
        assert_eq!(picture.dimensions(), (100, 40));
        picture.into_raw()
    }

    #[test]
    fn chinese_is_drawn_with_letters_of_its_own() {
        let dark = |pixels: &[u8]| pixels.iter().filter(|value| **value < 128).count();
        let (one, other) = (ink("疫苗"), ink("新闻"));
        assert!(dark(&one) > 100 && dark(&other) > 100);
        // Boxes in place of missing letters would be alike.
        assert_ne!(one, other);
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        assert!(png("<svg", 1.0).unwrap_err().to_string().contains("PNG"));
        let svg = Svg::new([100.0, 40.0], [255; 3], "").finish();
        for scale in [0.0, 1e6, f32::NAN] {
            assert!(png(&svg, scale).unwrap_err().to_string().contains("size"));
        }
    }
}
