//! Which cells are highlighted, and for which finding. Highlights come from here and nowhere
//! else, so that the cells that stand out and the list of findings cannot disagree.

use super::page::{Page, cell_name};
use crate::model::Severity;

/// One highlighted cell of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The place of the finding.
    pub finding: usize,
    pub page: String,
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Marks(Vec<Mark>);

impl Marks {
    pub fn add(&mut self, finding: usize, page: &str, line: usize, column: usize) {
        let mark = Mark { finding, page: page.to_owned(), line, column };
        if !self.0.contains(&mark) {
            self.0.push(mark);
        }
    }

    /// Returns the names of the cells of each finding.
    pub fn names(&self, findings: usize) -> Vec<Vec<String>> {
        let mut names = vec![Vec::new(); findings];
        for mark in &self.0 {
            names[mark.finding].push(cell_name(&mark.page, mark.line, mark.column));
        }
        names
    }

    /// Returns the line on a page where a finding is marked first.
    pub fn line_on(&self, finding: usize, page: &str) -> Option<(usize, usize)> {
        self.0
            .iter()
            .find(|mark| mark.finding == finding && mark.page == page)
            .map(|mark| (mark.line, mark.column))
    }

    /// Highlights the marked cells, each by the worst of its findings.
    pub fn apply(&self, pages: &mut [Page], severities: &[Severity]) {
        for mark in &self.0 {
            let cell = pages
                .iter_mut()
                .find(|page| page.name == mark.page)
                .and_then(|page| page.lines.get_mut(mark.line))
                .and_then(|line| line.cells.get_mut(mark.column))
                .expect("marks are made from cells that are there");
            let severity = severities[mark.finding];
            cell.mark = cell.mark.max(Some(severity));
        }
    }
}
