//! Why a cue is doubted, in plain words.

use crate::project::Seconds;
use serde::Serialize;
use std::fmt;

/// One reason to look at a cue.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Reason {
    /// It is off by itself.
    StartsOff {
        /// How much later than its speech it starts, beyond what its neighbours are late; negative when earlier.
        late: Seconds,
    },
    /// No speech around it fits.
    NoSpeech,
    /// Much longer than the others, or with a long silence inside.
    Merged {
        /// Its length over that of a usual cue.
        times: f64,
        /// The longest silence inside.
        silence: Seconds,
    },
    /// It lasts longer or shorter than the speech it says.
    LengthOff {
        /// How much longer; negative when shorter.
        longer: Seconds,
    },
    /// Its text is much too long or too short for the speech.
    OddPace {
        /// Characters or syllables a second.
        here: f64,
        /// What is usual in this transcript.
        usual: f64,
        /// What is counted.
        unit: &'static str,
    },
    /// Speech that no cue says, right before it.
    UnsaidBefore {
        /// How much.
        speech: Seconds,
    },
    /// Speech that no cue says, right after it.
    UnsaidAfter {
        /// How much.
        speech: Seconds,
    },
    /// Another cue says the same speech.
    SaidTwice,
    /// A shot cut in the middle, where cuts inside cues are rare.
    CutInside {
        /// When.
        at: Seconds,
    },
    /// Characters that make no word, where one other character would.
    NoWord {
        /// What stands there.
        written: String,
        /// What probably was said.
        perhaps: String,
    },
    /// Other captions of the video fit its picture better.
    OtherPicture {
        /// The share of them that do.
        better: f64,
    },
    /// A word the vectors do not have.
    UnknownWord {
        /// The word.
        written: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartsOff { late } => {
                let way = if late.0 > 0.0 { "after" } else { "before" };
                write!(
                    f,
                    "starts {:.1} s {way} the speech it says, unlike its neighbours",
                    late.0.abs()
                )
            }
            Self::NoSpeech => f.write_str("no speech around it fits"),
            Self::Merged { times, silence } => {
                let mut signs = Vec::new();
                if *times >= 1.3 {
                    signs.push(format!("{times:.1} times as long as others"));
                }
                if silence.0 >= 0.2 || signs.is_empty() {
                    signs.push(format!("{:.1} s of silence inside", silence.0));
                }
                write!(f, "{}: perhaps merged", signs.join(", "))
            }
            Self::LengthOff { longer } => {
                let way = if longer.0 > 0.0 { "longer" } else { "shorter" };
                write!(f, "{:.1} s {way} than the speech it says", longer.0.abs())
            }
            Self::OddPace { here, usual, unit } => {
                write!(f, "{here:.1} {unit} a second, others {usual:.1}")
            }
            Self::UnsaidBefore { speech } => {
                write!(f, "{:.1} s of speech before it that no cue says", speech.0)
            }
            Self::UnsaidAfter { speech } => {
                write!(f, "{:.1} s of speech after it that no cue says", speech.0)
            }
            Self::SaidTwice => f.write_str("another cue says the same speech"),
            Self::CutInside { at } => write!(f, "a cut runs across it at {at}"),
            Self::NoWord { written, perhaps } => write!(f, "{written} is no word: perhaps {perhaps}"),
            Self::OtherPicture { better } => {
                write!(
                    f,
                    "{:.0} % of other captions fit its picture better",
                    better * 100.0
                )
            }
            Self::UnknownWord { written } => write!(f, "{written} is not among the word vectors"),
        }
    }
}
