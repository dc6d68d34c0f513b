use super::*;
use crate::project::{Cue, CueOrigin, Seconds};

fn word(text: &str, start: f64, end: f64) -> TimedWord {
    TimedWord {
        text: text.into(),
        start: Seconds(start),
        end: Some(Seconds(end)),
    }
}

fn text(cues: &[&str]) -> CaptionTrack {
    let cue = |(index, text): (usize, &&str)| {
        let mut cue = Cue::new(Seconds(index as f64), Seconds(index as f64 + 1.0), *text);
        cue.origin = CueOrigin::Estimated;
        cue
    };
    CaptionTrack::new(cues.iter().enumerate().map(cue).collect())
}

fn times(proposal: &Proposal) -> Vec<(f64, f64)> {
    let changes = proposal.changes.iter();
    changes.map(|change| (change.start.0, change.end.0)).collect()
}

#[test]
fn a_corrected_text_keeps_its_words_and_gets_the_times() {
    let track = text(&["老年人要打疫苗。", "Cases rose, quickly!", "没有听到", "再见"]);
    let heard = [
        word("老年人", 10.0, 10.6),
        word("药打", 10.6, 11.0),
        word("一苗", 11.0, 11.4),
        word("cases", 13.0, 13.4),
        word("rows", 13.4, 13.8),
        word("quickly", 13.8, 14.4),
        word("再见", 20.0, 20.5),
    ];
    let proposal = propose_by_words(&track, &heard, &Watch::default()).unwrap();
    assert_eq!(
        times(&proposal),
        [(10.0, 11.4), (13.0, 14.4), (14.4, 20.0), (20.0, 20.5)]
    );
    assert_eq!((proposal.diagnosis.matched, proposal.diagnosis.cues), (3, 4));
    assert!(proposal.changes[2].confidence < proposal.changes[0].confidence);
    assert!(proposal.changes[1].reason.contains("2 of its 3 words"));
}

#[test]
fn words_that_were_missed_at_an_edge_are_reckoned_with() {
    let track = text(&["cat dog pig", "man sun fox"]);
    let heard = [
        word("cat", 1.0, 1.2),
        word("dog", 1.2, 1.4),
        word("sun", 5.0, 5.2),
        word("fox", 5.2, 5.4),
    ];
    let proposal = propose_by_words(&track, &heard, &Watch::default()).unwrap();
    let near = |a: f64, b: f64| (a - b).abs() < 0.01;
    let found = times(&proposal);
    assert!(near(found[0].1, 1.6) && near(found[1].0, 4.8), "{found:?}");
}

#[test]
fn a_word_heard_long_before_does_not_draw_its_cue_away() {
    let track = text(&["the vaccine works well"]);
    let heard = [
        word("the", 1.0, 1.2),
        word("vaccine", 60.0, 60.5),
        word("works", 60.5, 60.8),
        word("well", 60.8, 61.0),
    ];
    let found = times(&propose_by_words(&track, &heard, &Watch::default()).unwrap());
    assert!(found[0].0 > 59.0 && found[0].1 == 61.0, "{found:?}");
}

/// The true segments of a video of the shared test data; none, with a message, where absent.
fn truth(name: &str) -> Option<Vec<Cue>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let path = std::path::Path::new(folder).join(format!("{name}.truth.csv"));
    if !path.exists() {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    }
    let mut rows = csv::Reader::from_path(path).unwrap();
    let cues = rows
        .deserialize::<(f64, f64, String)>()
        .map(Result::unwrap)
        .map(|(start, end, text)| Cue::new(Seconds(start), Seconds(end), text))
        .filter(|cue| cue.end > cue.start);
    Some(cues.collect())
}

/// The words of a cue, spread over it by their characters; of Chinese its characters.
fn spread_words(cue: &Cue) -> Vec<TimedWord> {
    let words: Vec<String> = if cue.text.chars().any(crate::captions::language::is_hanzi) {
        units(&cue.text)
    } else {
        cue.text.split_whitespace().map(str::to_owned).collect()
    };
    let all: usize = words.iter().map(|word| word.chars().count()).sum();
    let mut before = 0;
    let mut at = |count: usize| {
        before += count;
        cue.start.0 + (cue.end - cue.start).0 * before as f64 / all as f64
    };
    let mut start = at(0);
    let timed = words.into_iter().map(|text| {
        let end = at(text.chars().count());
        let timed = word(&text, start, end);
        start = end;
        timed
    });
    timed.collect()
}

#[test]
fn known_text_finds_its_place_among_misheard_words() {
    use rand::{Rng, SeedableRng, seq::SliceRandom};
    for name in ["us_new_variant", "cn_vaccine"] {
        let Some(truth) = truth(name) else { return };
        let perfect: Vec<TimedWord> = truth.iter().flat_map(spread_words).collect();
        for seed in 0..8 {
            let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut heard = Vec::new();
            for word in &perfect {
                let mut word = word.clone();
                match random.gen_range(0..100) {
                    0..5 => continue,
                    5..15 => word.text.clone_from(&perfect.choose(&mut random).unwrap().text),
                    _ => {}
                }
                heard.push(word);
            }
            let texts: Vec<&str> = truth.iter().map(|cue| cue.text.as_str()).collect();
            let track = text(&texts);
            let proposal = propose_by_words(&track, &heard, &Watch::default()).unwrap();
            let mut starts: Vec<f64> = track.cues.iter().map(|cue| cue.start.0).collect();
            for change in &proposal.changes {
                starts[change.cue.index()] = change.start.0;
            }
            assert!(starts.is_sorted(), "{name}, seed {seed}: {starts:?}");
            let near = starts.iter().zip(&truth);
            let near = near
                .filter(|(start, cue)| (*start - cue.start.0).abs() <= 0.3)
                .count();
            let share = near as f64 / truth.len() as f64;
            eprintln!("{name}, seed {seed}: {share:.3} of the starts within 0.3 s");
            assert!(share >= 0.95, "{name}, seed {seed}: {share}");
        }
    }
}

#[test]
fn two_hours_are_laid_in_no_time() {
    use rand::{Rng, SeedableRng};
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(3);
    // As many different words as people use, the common ones far more often.
    let mut said = || format!("w{}", (random.r#gen::<f64>().powi(4) * 4_000.0) as u32);
    let words: Vec<String> = (0..24_000).map(|_| said()).collect();
    let texts: Vec<String> = words.chunks(10).map(|words| words.join(" ")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let heard: Vec<TimedWord> = words
        .iter()
        .enumerate()
        .filter(|(index, _)| index % 20 != 7)
        .map(|(index, said)| {
            let said = if index % 10 == 3 { "wrong" } else { said };
            word(said, index as f64 * 0.3, index as f64 * 0.3 + 0.3)
        })
        .collect();
    let began = std::time::Instant::now();
    let proposal = propose_by_words(&text(&texts), &heard, &Watch::default()).unwrap();
    let took = began.elapsed().as_secs_f64();
    eprintln!("two hours of words: {took:.2} s");
    assert!(took < 5.0, "{took}");
    let right = proposal.changes.iter();
    let right = right.filter(|change| (change.start.0 - change.cue.index() as f64 * 3.0).abs() < 0.3);
    assert!(right.count() >= 2_300);
}

#[test]
fn locked_cues_stay_and_nothing_heard_moves_nothing() {
    let mut track = text(&["one two three", "four five six"]);
    track.cues[0].locked = true;
    let heard = [word("one two three", 7.0, 8.0), word("four five six", 9.0, 10.0)];
    let proposal = propose_by_words(&track, &heard, &Watch::default()).unwrap();
    assert_eq!((proposal.changes.len(), times(&proposal)), (1, vec![(9.0, 10.0)]));
    let nothing = propose_by_words(&track, &[], &Watch::default()).unwrap();
    assert!(nothing.changes.is_empty() && nothing.diagnosis.matched == 0);
}

#[test]
fn times_that_are_off_are_diagnosed() {
    let mut cues = Vec::new();
    let mut heard = Vec::new();
    for index in 0..40 {
        let at = f64::from(index) * 3.0;
        let said = format!("item {index} alpha{index} beta{index}");
        heard.push(word(&said, at, at + 2.0));
        cues.push(Cue::new(Seconds(at + 2.5), Seconds(at + 4.5), said));
    }
    let proposal = propose_by_words(&CaptionTrack::new(cues), &heard, &Watch::default()).unwrap();
    assert!(
        (proposal.diagnosis.late.0 - 2.5).abs() < 0.01,
        "{}",
        proposal.diagnosis
    );
    assert_eq!(proposal.changes.len(), 40);
}
