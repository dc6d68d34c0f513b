use super::*;
use crate::pretrained::Word;
use std::cell::RefCell;
use std::rc::Rc;

/// Where each piece began, and the language that it was to be heard in.
type Asked = Rc<RefCell<Vec<(f64, Option<String>)>>>;

/// Says in each piece "piece N" with two words, in the language it is told or else in its own.
struct Parrot {
    asked: Asked,
    stop_after: usize,
    watch: Watch,
    place: Place,
}

impl Listen for Parrot {
    fn listen(
        &self,
        samples: &[f32],
        start: Seconds,
        settings: &Recognising,
        told: &mut dyn FnMut(Segment),
        watch: &Watch,
    ) -> Result<Recognised, PretrainedError> {
        if self.asked.borrow().len() >= self.stop_after {
            self.watch.cancel();
        }
        watch.check()?;
        let language = settings.language.clone().unwrap_or_else(|| "zh".to_owned());
        self.asked.borrow_mut().push((start.0, settings.language.clone()));
        let end = start.0 + samples.len() as f64 / 16_000.0;
        let word = |text: &str, start: f64, end: f64| Word {
            text: text.into(),
            span: Span::new(start, end),
            probability: 0.5,
        };
        told(Segment {
            span: Span::new(start.0, end),
            text: "疫苗".into(),
            words: vec![word("疫", start.0, start.0 + 0.4), word("苗", start.0 + 0.4, end)],
            language,
            looping: false,
            unsure: start.0 > 50.0,
        });
        if self.place != Place::Processor && start.0 > 10.0 {
            return Err(PretrainedError::Card("CUDA out of memory".into()));
        }
        Ok(Recognised {
            languages: vec![("zh".into(), 0.8), ("en".into(), 0.2)],
        })
    }
}

struct Talk {
    speech: Speech,
    file: std::path::PathBuf,
    asked: Asked,
    place: Place,
    /// Where the model was opened.
    places: RefCell<Vec<Place>>,
    _folder: tempfile::TempDir,
}

impl Talk {
    /// Three pieces of speech.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spans = [(1.0, 5.0), (20.0, 30.0), (60.0, 63.0)];
        Self {
            speech: Speech {
                segments: spans.map(|(start, end)| Span::new(start, end)).into(),
                duration: Seconds(70.0),
            },
            file: folder.path().join("transcripts/a.jsonl"),
            asked: Rc::default(),
            place: Place::Processor,
            places: RefCell::default(),
            _folder: folder,
        }
    }

    fn hear(&self, language: Option<&str>, stop_after: usize) -> (anyhow::Result<Transcript>, usize) {
        let watch = Watch::default();
        let mut open = |place| -> anyhow::Result<Box<dyn Listen>> {
            self.places.borrow_mut().push(place);
            Ok(Box::new(Parrot {
                asked: self.asked.clone(),
                stop_after,
                watch: watch.clone(),
                place,
            }))
        };
        let ear = Ear {
            open: &mut open,
            place: self.place,
            model: None,
            note: None,
        };
        let mut told = 0;
        let settings = Recognising {
            language: language.map(str::to_owned),
            ..Recognising::default()
        };
        let result = transcribe_pieces(
            &self.speech,
            &mut |span| Ok(vec![0.0; (span.length().0 * 16_000.0).round() as usize]),
            ear,
            &settings,
            Cache::at(Some(self.file.clone())),
            &watch,
            &mut |_| told += 1,
        );
        (result, told)
    }
}

#[test]
fn stopped_work_goes_on_where_it_was_and_then_is_instant() {
    let talk = Talk::new();
    let (stopped, told) = talk.hear(None, 2);
    assert!(stopped.is_err() && told == 2);
    // Killed while it wrote a line.
    let mut kept = std::fs::read_to_string(&talk.file).unwrap();
    kept.push_str("\n{\"span\": {\"start\": 59");
    std::fs::write(&talk.file, kept).unwrap();
    talk.asked.borrow_mut().clear();
    let (whole, told) = talk.hear(None, 99);
    let whole = whole.unwrap();
    assert_eq!((told, whole.segments.len()), (3, 3));
    // Only the last piece was heard, and in the language of the first.
    assert_eq!(*talk.asked.borrow(), [(59.8, Some("zh".to_owned()))]);
    assert!((whole.heard.0 - 3.4).abs() < 1e-6 && whole.language.as_deref() == Some("zh"));
    let (again, told) = talk.hear(None, 0);
    let again = again.unwrap();
    assert_eq!((told, &again.segments), (3, &whole.segments));
    assert_eq!(
        (again.heard, again.warnings.len()),
        (Seconds(0.0), whole.warnings.len())
    );
}

#[test]
fn what_a_card_gives_up_is_written_down_by_the_processor() {
    let mut talk = Talk::new();
    talk.place = Place::Torch(Device::Cuda(0));
    let (whole, told) = talk.hear(None, 99);
    let whole = whole.unwrap();
    // What the card had told of the second piece before it gave up is told once.
    assert_eq!((told, whole.segments.len()), (3, 3));
    assert_eq!(*talk.places.borrow(), [talk.place, Place::Processor]);
    let (note, _) = whole
        .warnings
        .iter()
        .partition::<Vec<_>, _>(|warning| warning.contains("CUDA out of memory"));
    assert_eq!(note.len(), 1, "{:?}", whole.warnings);
}

#[test]
fn segments_become_estimated_cues_with_words() {
    let (whole, _) = Talk::new().hear(None, 99);
    let whole = whole.unwrap();
    let track = whole.track();
    assert!(track.is_estimated() && track.cues.len() == 3);
    assert_eq!(track.cues[0].words[1].end, Some(track.cues[0].end));
    assert!(track.cues.windows(2).all(|pair| pair[0].end <= pair[1].start));
    let guess = whole
        .warnings
        .iter()
        .find(|warning| warning.contains("is a guess"));
    assert!(
        guess.is_some_and(|guess| guess.contains("0:59.8")),
        "{:?}",
        whole.warnings
    );
    assert_eq!(whole.languages[0].0, "zh");
}

#[test]
fn another_language_than_chosen_is_warned_of() {
    let (heard, _) = Talk::new().hear(Some("en"), 99);
    let warnings = heard.unwrap().warnings;
    assert!(
        warnings[0].contains("sounds like Chinese (80 %), and English was chosen"),
        "{warnings:?}"
    );
    let (heard, _) = Talk::new().hear(Some("zh"), 99);
    assert!(
        heard
            .unwrap()
            .warnings
            .iter()
            .all(|warning| !warning.contains("chosen"))
    );
}

#[test]
fn silence_is_said_to_be_silent() {
    let mut talk = Talk::new();
    talk.speech.segments.clear();
    let (heard, told) = talk.hear(None, 0);
    let heard = heard.unwrap();
    assert!(told == 0 && heard.segments.is_empty() && heard.warnings[0].contains("no speech"));
    assert!(talk.asked.borrow().is_empty(), "nothing is listened to");
}
