//! JSON as it is found: cut off, or with the NaN that Python writes.

use crate::captions::report::Report;
use serde_json::Value;

/// The document, or as much of it as can be read; what is lost is reported. Nothing where nothing can be.
pub(super) fn parse(text: &str, report: &mut Report) -> Option<Value> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let numbered = without_nan(text);
    let (text, error) = match numbered.as_deref().map(serde_json::from_str) {
        Some(Ok(value)) => return Some(value),
        Some(Err(error)) => (numbered.as_deref().unwrap_or(text), error),
        None => (text, error),
    };
    report.note(format!(
        "the file is damaged in line {}, column {}; only what stands before that was read",
        error.line(),
        error.column()
    ));
    serde_json::from_str(&closed(text, offset(text, &error))?).ok()
}

/// A number that may be written as text, with its unit or as a clock time, in seconds where it has a unit.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => crate::captions::clock::seconds(text),
        _ => None,
    }
}

/// The first of these members that is there.
pub(super) fn member<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| value.get(*name))
}

/// Where the error is, in bytes from the beginning.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let above = error.line().saturating_sub(1);
    let lines = text.split_inclusive('\n').take(above).map(str::len);
    lines.sum::<usize>() + error.column()
}

/// Whether each byte of a document stands inside a string.
struct Strings {
    is_inside: bool,
    is_escaped: bool,
}

impl Strings {
    const fn new() -> Self {
        Self {
            is_inside: false,
            is_escaped: false,
        }
    }

    /// True when the byte is part of a string, its quotation marks among it.
    fn takes(&mut self, byte: u8) -> bool {
        let was_inside = self.is_inside;
        if self.is_escaped {
            self.is_escaped = false;
        } else if byte == b'"' {
            self.is_inside = !was_inside;
        } else {
            self.is_escaped = was_inside && byte == b'\\';
        }
        was_inside || self.is_inside
    }
}

/// The text up to the last list or object that is complete before the limit, with all that is open closed.
fn closed(text: &str, limit: usize) -> Option<String> {
    let mut strings = Strings::new();
    let mut open: Vec<char> = Vec::new();
    let mut whole = None;
    for (index, byte) in text.bytes().enumerate().take(limit) {
        if strings.takes(byte) {
            continue;
        }
        match byte {
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'}' | b']' => {
                open.pop();
                whole = Some((index + 1, open.len()));
            }
            _ => {}
        }
    }
    let (length, depth) = whole?;
    let mut closed = text.get(..length)?.to_owned();
    closed.extend(open.iter().take(depth).rev());
    Some(closed)
}

/// The text with null for the numbers that JSON does not know; nothing where there are none.
fn without_nan(text: &str) -> Option<String> {
    const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];
    if !WORDS.iter().any(|word| text.contains(word)) {
        return None;
    }
    let mut strings = Strings::new();
    let mut mended = String::with_capacity(text.len());
    let mut skipped_to = 0;
    for (index, c) in text.char_indices() {
        // What is not ASCII neither begins nor ends a string.
        let is_string = strings.takes(u8::try_from(c).unwrap_or(u8::MAX));
        if index < skipped_to {
            continue;
        }
        let rest = text.get(index..).unwrap_or_default();
        match WORDS.iter().find(|word| !is_string && rest.starts_with(**word)) {
            Some(word) => {
                mended.push_str("null");
                skipped_to = index + word.len();
            }
            None => mended.push(c),
        }
    }
    Some(mended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> (Option<Value>, usize) {
        let mut report = Report::default();
        let value = parse(text, &mut report);
        (value, report.into_lines().len())
    }

    #[test]
    fn a_cut_document_keeps_what_is_complete() {
        let whole = "{\"a\": [{\"t\": \"x]}\\\"\"}, {\"t\": \"y\", \"s\": [1, 2]}], \"b\": 1}";
        let expected = json!({"a": [{"t": "x]}\""}]});
        let cut = whole.find("\"y\"").unwrap();
        assert_eq!(read(whole.get(..cut).unwrap()), (Some(expected), 1));
        let broken = whole.replace("\"b\"", "oh");
        assert_eq!(read(&broken).0.unwrap()["a"].as_array().unwrap().len(), 2);
        assert_eq!(read("{\"a\": [{\"t\""), (None, 1));
        assert_eq!(read(&"[".repeat(1_000_000)), (None, 1));
    }

    #[test]
    fn python_numbers_are_null() {
        let text = "{\"疫\": NaN, \"b\": [-Infinity, Infinity], \"c\": \"\\\"NaN 苗\"}";
        assert_eq!(
            read(text),
            (Some(json!({"疫": null, "b": [null, null], "c": "\"NaN 苗"})), 0)
        );
    }
}
