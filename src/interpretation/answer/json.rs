//! Tags in JSON, alone, in a fenced block or among words.

use serde_json::{Deserializer, Map, Value};

/// How many places are tried for the beginning of JSON.
const TRIES: usize = 32;

/// Names that models give to a list of tags and to the tag in an object.
const NAMES: [&str; 10] = [
    "tags", "tag", "标签", "labels", "label", "keywords", "text", "name", "topic", "title",
];

/// The longest list of texts among the JSON of the answer; none where there is no list of two.
pub(super) fn items(answer: &str) -> Option<Vec<String>> {
    let mut best: Vec<String> = Vec::new();
    let (mut end, mut tries) = (0, 0);
    for (place, _) in answer.char_indices().filter(|(_, c)| matches!(c, '[' | '{')) {
        if place < end {
            continue;
        }
        tries += 1;
        if tries > TRIES {
            break;
        }
        let Some(rest) = answer.get(place..) else { continue };
        let mut values = Deserializer::from_str(rest).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            end = place + values.byte_offset();
            let found = texts(&value);
            // The last of equal lists: models that think aloud give the list they mean at the end.
            if found.len() >= best.len().max(2) {
                best = found;
            }
        }
    }
    (!best.is_empty()).then_some(best)
}

/// The texts of a list, or of the list in an object.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(element).collect(),
        Value::Object(fields) => {
            let named = NAMES.iter().filter_map(|name| fields.get(*name));
            let lists = named
                .chain(fields.values())
                .filter(|value| value.is_array() || value.is_object());
            let list = lists.map(texts).find(|list| list.len() > 1);
            list.unwrap_or_else(|| fields.values().filter_map(text).collect())
        }
        _ => Vec::new(),
    }
}

fn element(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => tag_of(fields).into_iter().collect(),
        Value::Array(values) => values.iter().filter_map(text).collect(),
        value => text(value).into_iter().collect(),
    }
}

fn tag_of(fields: &Map<String, Value>) -> Option<String> {
    let named = NAMES.iter().filter_map(|name| fields.get(*name));
    named
        .chain(fields.values())
        .find_map(Value::as_str)
        .map(str::to_owned)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
