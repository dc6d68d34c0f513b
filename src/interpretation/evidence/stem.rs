//! English words without their inflections.

use crate::interpretation::words::NO_PLURALS;

/// Plurals that are no endings.
const IRREGULAR: [(&str, &str); 8] = [
    ("children", "child"),
    ("feet", "foot"),
    ("lives", "life"),
    ("men", "man"),
    ("mice", "mouse"),
    ("teeth", "tooth"),
    ("wives", "wife"),
    ("women", "woman"),
];

/// The word without the endings of number, tense and participle, which need not be a word: after the first steps of
/// M. F. Porter, "An algorithm for suffix stripping" (1980), kept from joining words of different meaning such as
/// "new" and "news". Words of other scripts and numbers stay as they are.
pub(super) fn stem(word: &str) -> String {
    if word.len() < 3 || !word.chars().all(|c| c.is_ascii_lowercase()) || NO_PLURALS.contains(&word) {
        return word.to_owned();
    }
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return stem(one);
    }
    let stem = tenseless(&singular(word));
    // "vaccine" and "vaccin(es)", "story" and "stori(es)".
    match stem.strip_suffix('e') {
        Some(short) if short.len() > 2 => short.to_owned(),
        _ => stem,
    }
}

fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return if stem.len() > 1 {
            format!("{stem}y")
        } else {
            format!("{stem}ie")
        };
    }
    for ending in ["sses", "shes", "ches", "xes", "zes", "uses"] {
        if word.ends_with(ending) && word.len() > ending.len() + 1 {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    let keeps = ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending));
    let stem = word.strip_suffix('s').filter(|stem| !keeps && stem.len() > 1);
    stem.unwrap_or(word).to_owned()
}

fn tenseless(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ied").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let stem = ["ing", "ed"].iter().find_map(|ending| word.strip_suffix(ending));
    let Some(stem) = stem.filter(|stem| stem.len() > 2 && stem.contains(['a', 'e', 'i', 'o', 'u', 'y']))
    else {
        return word.to_owned();
    };
    let mut letters = stem.chars().rev();
    match (letters.next(), letters.next()) {
        (Some(last), Some(before)) if last == before && !"lsz".contains(last) => {
            stem.strip_suffix(last).unwrap_or(stem).to_owned()
        }
        _ => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_of_a_word_meet() {
        for words in [
            &["vaccine", "vaccines"][..],
            &["vaccinate", "vaccinates", "vaccinated", "vaccinating"],
            &["virus", "viruses"],
            &["mask", "masks", "masked", "masking"],
            &["study", "studies", "studied", "studying"],
            &["run", "runs", "running"],
            &["city", "cities"],
            &["case", "cases"],
            &["address", "addresses", "addressed"],
            &["beach", "beaches"],
            &["woman", "women"],
            &["spread", "spreads", "spreading"],
        ] {
            let stems: std::collections::BTreeSet<_> = words.iter().map(|word| stem(word)).collect();
            assert_eq!(stems.len(), 1, "{words:?}: {stems:?}");
        }
    }

    #[test]
    fn different_words_stay_apart() {
        for [one, other] in [
            ["new", "news"],
            ["mean", "means"],
            ["arm", "arms"],
            ["king", "k"],
            ["thing", "th"],
            ["president", "presidency"],
            ["red", "r"],
            ["spring", "spr"],
            ["virus", "viral"],
            ["china", "chin"],
        ] {
            assert_ne!(stem(one), stem(other));
        }
        assert_eq!(stem("19"), "19");
        assert_eq!(stem("café"), "café");
    }
}
