//! What was left out, repaired or is doubtful in a caption file, in words for people.

use crate::project::counted;

/// Places of one kind of fault that are named; of the others only their number is told.
const NAMED: usize = 20;

/// Collects what is to be told about a file. Faults of one kind become one line, however many there are.
#[derive(Debug, Default)]
pub(super) struct Report {
    notes: Vec<String>,
    faults: Vec<Fault>,
    counts_entries: bool,
}

#[derive(Debug)]
struct Fault {
    what: &'static str,
    count: usize,
    places: Vec<usize>,
}

impl Report {
    /// From here on places are the numbers of entries (from 1), as in files whose lines say nothing to people.
    pub fn count_entries(&mut self) {
        self.counts_entries = true;
    }

    /// One thing to tell about the file as a whole.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// One more caption of which this is to be told: "left out, for its times cannot be read". The place is its
    /// line, from 1; 0 where there is none.
    pub fn fault(&mut self, what: &'static str, place: usize) {
        let fault = match self.faults.iter_mut().position(|fault| fault.what == what) {
            Some(known) => self.faults.get_mut(known),
            None => {
                self.faults.push(Fault {
                    what,
                    count: 0,
                    places: Vec::new(),
                });
                self.faults.last_mut()
            }
        };
        if let Some(fault) = fault {
            fault.count += 1;
            if place > 0 && fault.places.len() < NAMED {
                fault.places.push(place);
            }
        }
    }

    /// A line for each fault and note: "2 captions left out, for their times cannot be read (lines 6 and 9)".
    pub fn into_lines(self) -> Vec<String> {
        let unit = if self.counts_entries { "entry" } else { "line" };
        let units = if self.counts_entries { "entries" } else { "lines" };
        let mut lines = self.notes;
        lines.extend(self.faults.into_iter().map(|fault| {
            let captions = counted(fault.count, "caption");
            let mut places: Vec<String> = fault.places.iter().map(usize::to_string).collect();
            let more = fault.count - places.len();
            if more > 0 && !places.is_empty() {
                places.push(format!("{more} more"));
            }
            match (places.pop(), places.is_empty()) {
                (None, _) => format!("{captions} {}", fault.what),
                (Some(only), true) => format!("{captions} {} ({unit} {only})", fault.what),
                (Some(last), false) => {
                    format!(
                        "{captions} {} ({units} {} and {last})",
                        fault.what,
                        places.join(", ")
                    )
                }
            }
        }));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_one_kind_are_one_line() {
        let mut report = Report::default();
        report.fault("left out", 6);
        report.fault("moved", 0);
        report.note("the file is cut off");
        report.fault("left out", 9);
        report.fault("moved", 0);
        report.fault("mended", 3);
        assert_eq!(
            report.into_lines(),
            [
                "the file is cut off",
                "2 captions left out (lines 6 and 9)",
                "2 captions moved",
                "1 caption mended (line 3)"
            ]
        );
    }

    #[test]
    fn a_long_list_is_cut() {
        let mut report = Report::default();
        report.count_entries();
        (1..=100_000).for_each(|place| report.fault("left out", place));
        let lines = report.into_lines();
        let line = lines.first().unwrap();
        assert!(
            line.starts_with("100000 captions left out (entries 1, 2, 3,"),
            "{line}"
        );
        assert!(line.ends_with("19, 20 and 99980 more)"), "{line}");
    }
}
