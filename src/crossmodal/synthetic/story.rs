//! What is shown, and what is said of it.

use rand::Rng;
use rand::seq::SliceRandom;

/// Words that name each scene.
pub const SCENES: [[&str; 3]; 8] = [
    ["harbour", "ships", "quay"],
    ["market", "stalls", "traders"],
    ["court", "judges", "lawyers"],
    ["school", "pupils", "teachers"],
    ["forest", "trees", "rangers"],
    ["desert", "dunes", "camels"],
    ["stadium", "players", "crowd"],
    ["hospital", "nurses", "patients"],
];
/// Colours of things: their name, and red, green and blue.
pub const COLOURS: [(&str, [f32; 3]); 6] = [
    ("red", [220.0, 30.0, 30.0]),
    ("green", [30.0, 190.0, 50.0]),
    ("blue", [40.0, 60.0, 225.0]),
    ("yellow", [235.0, 220.0, 30.0]),
    ("white", [245.0, 245.0, 245.0]),
    ("black", [12.0, 12.0, 12.0]),
];
/// Shapes of things.
pub const SHAPES: [&str; 4] = ["square", "disc", "triangle", "cross"];
/// Where things are.
pub const POSITIONS: [&str; 5] = ["left", "right", "above", "below", "middle"];
/// How many things there are, from one on.
pub const COUNTS: [&str; 3] = ["one", "two", "three"];
/// Words that say nothing of the picture.
pub const FILLERS: [&str; 20] = [
    "today",
    "officials",
    "said",
    "again",
    "however",
    "meanwhile",
    "reported",
    "yesterday",
    "still",
    "perhaps",
    "according",
    "already",
    "expected",
    "likely",
    "early",
    "later",
    "soon",
    "nearly",
    "often",
    "always",
];

/// Filler words per word that says something: three in ten of all.
const FILLER: f64 = 3.0 / 7.0;

/// What one frame shows; numbers are places in the tables above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Which scene.
    pub scene: usize,
    /// Colour of the things.
    pub colour: usize,
    /// Shape of the things.
    pub shape: usize,
    /// Where they are.
    pub position: usize,
    /// How many they are, from 0 for one.
    pub count: usize,
}

/// How likely each scene follows a scene: mostly itself, else the next, the third or the fifth after it.
#[must_use]
pub fn grammar(scene: usize) -> [f64; SCENES.len()] {
    let mut likely = [0.0; SCENES.len()];
    for (step, share) in [(0, 0.78), (1, 0.13), (3, 0.06), (5, 0.03)] {
        if let Some(slot) = likely.get_mut((scene + step) % SCENES.len()) {
            *slot = share;
        }
    }
    likely
}

/// So many frames: scenes by the grammar, things by chance.
pub fn story(frames: usize, random: &mut impl Rng) -> Vec<Shown> {
    let mut scene = random.gen_range(0..SCENES.len());
    let mut story = Vec::with_capacity(frames);
    for _ in 0..frames {
        story.push(Shown {
            scene,
            colour: random.gen_range(0..COLOURS.len()),
            shape: random.gen_range(0..SHAPES.len()),
            position: random.gen_range(0..POSITIONS.len()),
            count: random.gen_range(0..COUNTS.len()),
        });
        let mut left = random.gen_range(0.0..1.0);
        for (next, share) in grammar(scene).into_iter().enumerate() {
            if left < share {
                scene = next;
                break;
            }
            left -= share;
        }
    }
    story
}

/// A caption that names all that is shown, with filler words at chance places.
pub fn caption(shown: &Shown, random: &mut impl Rng) -> Vec<&'static str> {
    let mut words: Vec<&str> = [
        COUNTS.get(shown.count).copied(),
        COLOURS.get(shown.colour).map(|colour| colour.0),
        SHAPES.get(shown.shape).copied(),
        POSITIONS.get(shown.position).copied(),
        SCENES
            .get(shown.scene)
            .and_then(|names| names.choose(random))
            .copied(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let fillers = words.len() as f64 * FILLER;
    // Rounded by chance, so that the share is met over the video.
    let fillers = fillers as usize + usize::from(random.gen_bool(fillers.fract()));
    for _ in 0..fillers {
        let place = random.gen_range(0..=words.len());
        words.splice(place..place, FILLERS.choose(random).copied());
    }
    words
}
