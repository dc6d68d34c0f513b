//! Lists whose items are marked by numbers or bullets.

/// Marks that open an item without a space after them.
const BULLETS: &str = "•‣◦●○■□▪▫◆◇➢➤►▶✓✔✅🔹🔸※";

/// Marks that open an item only with a space after them.
const SPACED_BULLETS: &str = "-*·–—+→";

/// What can stand between a number and its item.
const ENDS: &str = ".)）、．：:】]。";

/// The items of the longest numbered list, else those with bullets; none where there are not two of either.
pub(super) fn items(answer: &str) -> Option<Vec<String>> {
    let numbered = longest(runs(answer, Strict::Yes))
        .or_else(|| inline(answer))
        .or_else(|| longest(runs(answer, Strict::No)).filter(|items| items.len() > 2));
    numbered.or_else(|| {
        let items: Vec<_> = answer.lines().filter_map(bullet).map(str::to_owned).collect();
        (items.len() > 1).then_some(items)
    })
}

/// The item without its number or bullet.
pub(super) fn content(item: &str) -> &str {
    let item = bullet(item).unwrap_or(item);
    match number(item, Strict::Yes) {
        Some((_, rest)) if rest.chars().any(char::is_alphanumeric) => rest,
        _ => item,
    }
}

/// Whether a number needs a mark after it: in "5 years on" it is part of the item.
#[derive(Clone, Copy, PartialEq)]
enum Strict {
    Yes,
    No,
}

/// The numbered lists of the answer: one ends where the numbers begin anew.
fn runs(answer: &str, strict: Strict) -> Vec<Vec<String>> {
    let mut runs: Vec<Vec<String>> = Vec::new();
    let (mut last, mut is_open) = (0, false);
    for line in answer.lines() {
        let Some((count, rest)) = number(line, strict) else {
            // A number on a line of its own has its item on the next.
            if is_open && !line.trim().is_empty() {
                if let Some(item) = runs.last_mut().and_then(|run| run.last_mut()) {
                    line.trim().clone_into(item);
                }
                is_open = false;
            }
            continue;
        };
        let goes_on = match strict {
            // Some write 1. before each item and leave the counting to whoever shows it.
            Strict::Yes => count > last || (count == last && count == 1),
            Strict::No => count == last + 1 && last > 0,
        };
        if !goes_on || runs.is_empty() {
            runs.push(Vec::new());
        }
        let Some(run) = runs.last_mut() else { continue };
        last = count;
        for (item, number) in split(rest, count) {
            run.push(item.to_owned());
            last = number;
        }
        is_open = rest.trim().is_empty();
    }
    runs
}

/// The longest list; of equal ones the last, which is what a model that thinks aloud means.
fn longest(runs: Vec<Vec<String>>) -> Option<Vec<String>> {
    runs.into_iter().max_by_key(Vec::len).filter(|run| run.len() > 1)
}

/// A numbered list within a line, such as "Tags: 1. vaccine 2. virus".
fn inline(answer: &str) -> Option<Vec<String>> {
    let lists = answer.lines().filter_map(|line| {
        let (_, rest) = next(line, 1)?;
        let items: Vec<_> = split(rest, 1).map(|(item, _)| item.to_owned()).collect();
        (items.len() > 2).then_some(items)
    });
    lists.max_by_key(Vec::len)
}

/// The items of a line whose first has this number, each with its own number.
fn split(rest: &str, first: usize) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = Some(rest);
    let mut count = first;
    std::iter::from_fn(move || {
        let text = rest?;
        let number = count;
        if let Some((item, after)) = next(text, count + 1) {
            (rest, count) = (Some(after), count + 1);
            Some((item, number))
        } else {
            rest = None;
            Some((text, number))
        }
    })
}

/// What stands before and after the next mark with this number within a line.
fn next(text: &str, wanted: usize) -> Option<(&str, &str)> {
    let mut before = ' ';
    for (place, c) in text.char_indices() {
        let begins = !before.is_alphanumeric() && c.is_ascii_digit();
        if begins || ringed(c).is_some() {
            let (item, rest) = text.split_at_checked(place)?;
            if let Some((found, after)) = number(rest, Strict::Yes)
                && found == wanted
            {
                return Some((item, after));
            }
        }
        before = c;
    }
    None
}

/// The number that opens a text, and what stands after it.
fn number(text: &str, strict: Strict) -> Option<(usize, &str)> {
    let opening = |c: char| c.is_whitespace() || "*_>#(（[【\"“".contains(c);
    let text = without(text, opening, 8);
    let text = ["tag", "Tag", "TAG", "标签", "No.", "no."]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .map_or(text, |text| without(text, |c| matches!(c, ' ' | '#' | '*'), 2));
    let first = text.chars().next()?;
    if let Some(count) = ringed(first) {
        let rest = text.strip_prefix(first)?;
        return Some((count, without(rest, |c| ENDS.contains(c), 1)));
    }
    let (count, rest) = arabic(text).or_else(|| chinese(text))?;
    let rest = without(rest, |c| "*_".contains(c), 2);
    let spaced = without(rest, char::is_whitespace, 2);
    let mut after = spaced.chars();
    let end = after.next().unwrap_or('\n');
    let follows = after.next();
    let is_end = match end {
        // A number on a line of its own.
        '\n' => strict == Strict::Yes,
        '-' | '–' | '—' => follows.is_none_or(char::is_whitespace),
        // Dots and colons inside numbers and times.
        '.' | ':' => follows.is_none_or(|c| !c.is_ascii_digit()),
        // The keycap that makes a picture of a digit.
        '\u{fe0f}' | '\u{20e3}' => true,
        end => ENDS.contains(end),
    };
    if is_end {
        let rest = without(spaced, |c| matches!(c, '\u{fe0f}' | '\u{20e3}'), 2);
        return Some((count, without(rest, |c| ENDS.contains(c) || "-–—".contains(c), 1)));
    }
    (strict == Strict::No && rest.starts_with(char::is_whitespace)).then_some((count, spaced))
}

fn arabic(text: &str) -> Option<(usize, &str)> {
    let mut count = 0;
    let mut rest = text;
    for _ in 0..4 {
        let Some(c) = rest.chars().next() else { break };
        let digit = match c {
            '０'..='９' => Some(u32::from(c) - u32::from('０')),
            c => c.to_digit(10),
        };
        let Some(digit) = digit else { break };
        count = count * 10 + digit as usize;
        rest = rest.strip_prefix(c)?;
    }
    // Four digits are a year.
    let digits = text.chars().count() - rest.chars().count();
    matches!(digits, 1..=3).then_some((count, rest))
}

/// One to ten in Chinese, which must be followed by its mark: 一、 but not 一带一路.
fn chinese(text: &str) -> Option<(usize, &str)> {
    let digit = text.chars().next()?;
    let count = "一二三四五六七八九十".chars().position(|c| c == digit)? + 1;
    let rest = text.strip_prefix(digit)?;
    rest.starts_with(['、', '.', '．', '）', ')', '：', ':'])
        .then_some((count, rest))
}

/// Numbers in rings, in brackets or with a dot that are a single character.
fn ringed(c: char) -> Option<usize> {
    const ONES: [char; 8] = ['①', '⑴', '⒈', '❶', '➀', '➊', '㈠', '㊀'];
    const LENGTHS: [u32; 8] = [20, 20, 20, 10, 10, 10, 10, 10];
    ONES.iter().zip(LENGTHS).find_map(|(one, length)| {
        let place = u32::from(c).checked_sub(u32::from(*one))?;
        (place < length).then_some(place as usize + 1)
    })
}

/// What stands after the bullet that opens a line.
fn bullet(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let mark = line.chars().next()?;
    let rest = line.strip_prefix(mark)?;
    let is_bullet = if BULLETS.contains(mark) {
        true
    } else if mark == '-' {
        rest.starts_with(|c: char| c != '-')
    } else {
        SPACED_BULLETS.contains(mark) && rest.starts_with(char::is_whitespace)
    };
    (is_bullet && rest.chars().any(char::is_alphanumeric)).then_some(rest)
}

/// The text without up to `most` such characters at its beginning.
fn without(text: &str, is_dropped: impl Fn(char) -> bool, most: usize) -> &str {
    let mut text = text;
    for _ in 0..most {
        match text.strip_prefix(&is_dropped) {
            Some(rest) => text = rest,
            None => break,
        }
    }
    text
}
