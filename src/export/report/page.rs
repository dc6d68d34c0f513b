//! A page under way.

use super::super::svg::escaped;
use std::fmt;

/// Nothing is fetched and no script runs, whatever the words in the page hold.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// An HTML page. What [`Page::put`] is given stands as it is; words of people go through [`words`].
pub struct Page {
    text: String,
}

impl Page {
    /// A page with its head; the body is begun.
    pub fn new(title: &str) -> Self {
        let (title, style) = (words(title), include_str!("report.css"));
        let text = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"generator\" content=\"Frameloom {}\">\n<title>{title}</title>\n\
             <style>\n{style}</style>\n</head>\n<body>\n<main>\n",
            env!("CARGO_PKG_VERSION")
        );
        Self { text }
    }

    /// Adds HTML.
    pub fn put(&mut self, html: impl fmt::Display) {
        use fmt::Write as _;
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{html}");
    }

    /// The whole page.
    pub fn finish(mut self) -> String {
        self.text.push_str("</main>\n</body>\n</html>\n");
        self.text
    }
}

/// Words of people as HTML, for text and for values in quotes.
pub fn words(words: &str) -> String {
    escaped(words)
}
