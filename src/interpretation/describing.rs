//! What frames show, in the words of a model.

use super::is_looping;
use crate::jobs::Watch;
use crate::project::Description;

/// How the prompt of the papers begins what is said of a frame.
pub const PROMPT: &str = "a news photo of";

/// A frame as a model is shown it.
#[derive(Debug, Clone, Copy)]
pub struct Still<'a> {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Rows of red, green and blue, `height * width * 3` bytes.
    pub rgb: &'a [u8],
}

/// What says in words what pictures show.
pub trait Describe {
    /// The name of the model.
    fn name(&self) -> String;

    /// What tells it from every other model, also from one of the same name: descriptions are kept by it.
    fn identity(&self) -> String {
        self.name()
    }

    /// A sentence for each picture, which goes on from the prompt where there is one and then begins with it. `strict` forbids the
    /// repetition of phrases.
    ///
    /// # Errors
    /// When the model fails, and when cancelled.
    fn describe(
        &mut self,
        stills: &[Still],
        prompt: Option<&str>,
        strict: bool,
        watch: &Watch,
    ) -> anyhow::Result<Vec<String>>;
}

/// Describes pictures, with and without the prompt. What goes round in circles is tried again with repetition forbidden; what
/// is no better then is marked.
///
/// # Errors
/// When the model fails, and when cancelled.
pub fn describe(
    model: &mut dyn Describe,
    stills: &[Still],
    prompt: Option<&str>,
    watch: &Watch,
) -> anyhow::Result<Vec<Description>> {
    let plain = straight(model, stills, None, watch)?;
    let prompted = match prompt {
        Some(prompt) => straight(model, stills, Some(prompt), watch)?,
        None => vec![(String::new(), false); stills.len()],
    };
    let name = model.name();
    let described = plain.into_iter().zip(prompted).map(|(plain, prompted)| {
        // One of the two that holds is enough.
        let kept = |(text, loops): &(String, bool), other: &(String, bool)| {
            if *loops && !other.1 && !other.0.is_empty() {
                String::new()
            } else {
                text.clone()
            }
        };
        Description {
            plain: kept(&plain, &prompted),
            prompted: kept(&prompted, &plain),
            looping: plain.1 && (prompted.1 || prompted.0.is_empty()),
            model: name.clone(),
            edited: None,
        }
    });
    Ok(described.collect())
}

/// What is said of each picture, and whether it goes round in circles at the second try as well.
fn straight(
    model: &mut dyn Describe,
    stills: &[Still],
    prompt: Option<&str>,
    watch: &Watch,
) -> anyhow::Result<Vec<(String, bool)>> {
    let mut said = model.describe(stills, prompt, false, watch)?;
    let again: Vec<usize> = (0..said.len().min(stills.len()))
        .filter(|place| said.get(*place).is_some_and(|text| is_looping(text)))
        .collect();
    if !again.is_empty() {
        let stills: Vec<Still> = again
            .iter()
            .filter_map(|place| stills.get(*place).copied())
            .collect();
        let second = model.describe(&stills, prompt, true, watch)?;
        for (place, text) in again.into_iter().zip(second) {
            if let Some(first) = said.get_mut(place).filter(|_| !text.is_empty()) {
                *first = text;
            }
        }
    }
    Ok(said
        .into_iter()
        .map(|text| {
            let loops = is_looping(&text);
            (text, loops)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says what it was told to say, of the pictures by their width.
    struct Parrot {
        plain: [&'static str; 3],
        strict: [&'static str; 3],
        asked: usize,
    }

    impl Describe for Parrot {
        fn name(&self) -> String {
            "parrot".into()
        }

        fn describe(
            &mut self,
            stills: &[Still],
            prompt: Option<&str>,
            strict: bool,
            _: &Watch,
        ) -> anyhow::Result<Vec<String>> {
            self.asked += stills.len();
            let said = if strict { self.strict } else { self.plain };
            let say = |still: &Still| {
                let text = said[still.width as usize];
                prompt.map_or(text.to_owned(), |prompt| format!("{prompt} {text}"))
            };
            Ok(stills.iter().map(say).collect())
        }
    }

    #[test]
    fn circles_are_tried_again_and_else_marked() {
        let mut parrot = Parrot {
            plain: [
                "a doctor in a white coat",
                "a table of corona corona corona corona",
                "a corona corona corona corona",
            ],
            strict: ["", "a table of numbers", "a corona corona corona corona"],
            asked: 0,
        };
        let still = |width| Still {
            width,
            height: 1,
            rgb: &[],
        };
        let stills = [still(0), still(1), still(2)];
        let told = describe(&mut parrot, &stills, Some("a photo of"), &Watch::default()).unwrap();
        assert_eq!(
            parrot.asked,
            2 * (3 + 2),
            "only what goes in circles is asked again"
        );
        assert_eq!(
            told[0].texts(),
            ["a doctor in a white coat", "a photo of a doctor in a white coat"]
        );
        assert_eq!(told[1].plain, "a table of numbers");
        assert!(!told[1].looping && told[2].looping);
        assert_eq!(told[0].model, "parrot");
        let alone = describe(&mut parrot, &stills[..1], None, &Watch::default()).unwrap();
        assert_eq!(alone[0].texts(), ["a doctor in a white coat"]);
    }
}
