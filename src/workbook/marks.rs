//! Which cells are highlighted, and for which finding. Highlights come from here and nowhere
//! else, so that the cells that stand out and the list of findings cannot disagree.

use std::collections::{BTreeMap, BTreeSet};

use super::continued::Moved;
use super::page::{Emphasis, Page, cell_name};

/// One highlighted cell of one finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The place of the finding.
    pub finding: usize,
    pub page: String,
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// In the order in which they were made.
    made: Vec<Mark>,
    known: BTreeSet<Mark>,
    /// By finding and page: the line and the column of the first.
    first: BTreeMap<(usize, String), (usize, usize)>,
}

impl Marks {
    pub fn add(&mut self, finding: usize, page: &str, line: usize, column: usize) {
        let mark = Mark { finding, page: page.to_owned(), line, column };
        if self.known.insert(mark.clone()) {
            self.first.entry((finding, page.to_owned())).or_insert((line, column));
            self.made.push(mark);
        }
    }

    /// Returns the names of the cells of each finding.
    pub fn names(&self, findings: usize) -> Vec<Vec<String>> {
        let mut names = vec![Vec::new(); findings];
        for mark in &self.made {
            names[mark.finding].push(cell_name(&mark.page, mark.line, mark.column));
        }
        names
    }

    /// Returns the line on a page where a finding is marked first.
    pub fn line_on(&self, finding: usize, page: &str) -> Option<(usize, usize)> {
        self.first.get(&(finding, page.to_owned())).copied()
    }

    /// Follows pages that go on on further sheets.
    #[must_use]
    pub fn moved(mut self, moved: &Moved) -> Self {
        for mark in &mut self.made {
            if let Some((name, line)) = moved.place(&mark.page, mark.line) {
                (mark.page, mark.line) = (name.to_owned(), line);
            }
        }
        self
    }

    /// Highlights the marked cells, each by the worst of its findings.
    pub fn apply(&self, pages: &mut [Page], emphasis_of: impl Fn(usize) -> Emphasis) {
        for mark in &self.made {
            let page = pages.iter_mut().find(|page| page.name == mark.page);
            // One in which nothing changes any more has its marks.
            if page.as_ref().is_some_and(|page| page.packed.count() > 0) {
                continue;
            }
            let cell = page
                .and_then(|page| page.lines.get_mut(mark.line))
                .and_then(|line| line.cells.get_mut(mark.column))
                .expect("marks are made from cells that are there");
            cell.mark = cell.mark.max(Some(emphasis_of(mark.finding)));
        }
    }
}
