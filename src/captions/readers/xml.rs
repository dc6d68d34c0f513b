//! XML as caption files use it: elements, attributes by their local names, and text. Entities of the file's own
//! are not expanded, so none can grow; nesting has a limit.

use super::markup;
use crate::captions::report::Report;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Deeper than any caption file nests.
const DEEPEST: usize = 128;

/// A step through the document.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Open(Element),
    /// The end of the element that was opened last and is still open.
    Close,
    Text(String),
}

/// An element that begins.
#[derive(Debug, PartialEq)]
pub(super) struct Element {
    /// Without its namespace.
    pub name: String,
    /// Names without their namespaces.
    attributes: Vec<(String, String)>,
    /// Its line in the file, from 1.
    pub line: usize,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Goes through a document as far as it can be read.
pub(super) struct Document<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Names of the elements that are open.
    open: Vec<String>,
    /// Elements that an end tag further out closes too.
    to_close: usize,
    is_damaged: bool,
    /// Bytes counted for `line`.
    counted: usize,
    line: usize,
}

impl<'a> Document<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Self {
            text,
            reader,
            open: Vec::new(),
            to_close: 0,
            is_damaged: false,
            counted: 0,
            line: 1,
        }
    }

    /// The local name of the outermost element.
    pub fn root(text: &str) -> Option<String> {
        let mut document = Document::new(text);
        while let Some(step) = document.next(&mut Report::default()) {
            if let Step::Open(element) = step {
                return Some(element.name);
            }
        }
        None
    }

    /// The next step; nothing at the end or where the rest cannot be read, which is reported.
    pub fn next(&mut self, report: &mut Report) -> Option<Step> {
        if self.to_close > 0 {
            self.to_close -= 1;
            return Some(Step::Close);
        }
        while !self.is_damaged {
            match self.reader.read_event() {
                Ok(Event::Start(start)) => {
                    let element = self.element(&start);
                    self.open.push(element.name.clone());
                    if self.open.len() > DEEPEST {
                        self.give_up("nests too deeply", report);
                        break;
                    }
                    return Some(Step::Open(element));
                }
                Ok(Event::End(end)) => {
                    // An end tag closes what was left open inside of it; one that fits nothing is passed over.
                    let name = String::from_utf8_lossy(end.local_name().as_ref()).into_owned();
                    if let Some(depth) = self.open.iter().rposition(|open| *open == name) {
                        self.to_close = self.open.len() - depth - 1;
                        self.open.truncate(depth);
                        return Some(Step::Close);
                    }
                }
                Ok(Event::Text(text)) => return Some(Step::Text(text.xml10_content().ok()?.into_owned())),
                Ok(Event::CData(text)) => return Some(Step::Text(text.xml10_content().ok()?.into_owned())),
                Ok(Event::GeneralRef(reference)) => {
                    let name = reference.decode().ok()?;
                    let text = markup::entity(&name).map_or_else(|| format!("&{name};"), String::from);
                    return Some(Step::Text(text));
                }
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(_) => self.give_up("is damaged", report),
            }
        }
        self.to_close = self.open.len().checked_sub(1)?;
        self.open.clear();
        Some(Step::Close)
    }

    fn give_up(&mut self, how: &str, report: &mut Report) {
        self.is_damaged = true;
        self.count_lines();
        report.note(format!(
            "the file {how} in line {}; what stands before that was read",
            self.line
        ));
    }

    fn element(&mut self, start: &BytesStart) -> Element {
        self.count_lines();
        let mut attributes = start.attributes();
        // Looking for repeated names would take time by the square of their number.
        let attributes = attributes.with_checks(false).filter_map(Result::ok);
        Element {
            name: String::from_utf8_lossy(start.local_name().as_ref()).into_owned(),
            attributes: attributes
                .map(|attribute| {
                    let name = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
                    let value = String::from_utf8_lossy(&attribute.value);
                    (name, markup::decode_entities(&value))
                })
                .collect(),
            line: self.line,
        }
    }

    fn count_lines(&mut self) {
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let read = self.text.get(self.counted..position).unwrap_or_default();
        self.line += read.matches('\n').count();
        self.counted += read.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> (String, Vec<String>) {
        let mut report = Report::default();
        let mut document = Document::new(text);
        let mut told = String::new();
        while let Some(step) = document.next(&mut report) {
            match step {
                Step::Open(element) => told += &format!("<{}:{}>", element.name, element.line),
                Step::Close => told += "</>",
                Step::Text(text) => told += &text,
            }
        }
        (told, report.into_lines())
    }

    #[test]
    fn what_is_left_open_is_closed() {
        assert_eq!(
            steps("<?xml version='1.0'?>\n<x:a b='1'>t<br>&amp;&nope;\n<c/></x:a></d> & z"),
            ("\n<a:2>t<br:2>&&nope;\n<c:3></></></> & z".to_owned(), Vec::new())
        );
        assert_eq!(
            steps("<a><b>t<![CDATA[<i>]]>"),
            ("<a:1><b:1>t<i></></>".to_owned(), Vec::new())
        );
    }

    #[test]
    fn damage_and_depth_end_it_aloud() {
        let (told, lines) = steps("<a>\n<b>t</b>\n<!-- never closed");
        assert_eq!(told, "<a:1>\n<b:2>t</>\n</>");
        assert!(lines.first().unwrap().contains("damaged in line 3"), "{lines:?}");
        let (told, lines) = steps(&"<a>".repeat(100_000));
        assert_eq!(told.matches("</>").count(), DEEPEST + 1);
        assert!(lines.first().unwrap().contains("deeply"), "{lines:?}");
    }

    #[test]
    fn entities_of_the_file_do_not_grow() {
        let bomb = "<!DOCTYPE t [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><t x='&b;'>&b;</t>";
        assert_eq!(steps(bomb), ("<t:1>&b;</>".to_owned(), Vec::new()));
    }
}
