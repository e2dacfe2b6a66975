//! Masks personal numbers on pages that go to people whom they do not concern. Figures stay: a cell of
//! figures holds no number of a person.

use std::collections::BTreeSet;

use super::page::{Content, Look, Page, PageCell};
use crate::model::personal::masked;

/// Masks the texts and notes of all cells of a page but those that hold one of the `codes`, such as the
/// identity of a finding, by which a page is read back.
pub fn mask(page: &mut Page, codes: &BTreeSet<&str>) {
    for line in &mut page.lines {
        for cell in &mut line.cells {
            mask_cell(cell, codes);
        }
        for note in line.notes.iter_mut().flat_map(|notes| notes.values_mut()) {
            if let Some(hidden) = masking(note) {
                *note = hidden;
            }
        }
    }
}

fn mask_cell(cell: &mut PageCell, codes: &BTreeSet<&str>) {
    let holds_figures = matches!(cell.look, Look::Figure | Look::TotalFigure | Look::EntryFigure);
    match &mut cell.content {
        Content::Text(text) => {
            // Few texts hold anything to mask.
            let hidden = masking(text);
            let stays = |text: &str| (holds_figures && is_figure(text)) || codes.contains(text);
            if let Some(hidden) = hidden.filter(|_| !stays(text)) {
                *text = hidden.into();
            }
        }
        Content::Link(link) | Content::FileLink(link) => {
            if let Some(hidden) = masking(&link.text) {
                link.text = hidden.into();
            }
        }
        Content::Runs(runs) => {
            let whole: String = runs.iter().map(|(_, run)| run.as_str()).collect();
            let Some(hidden) = masking(&whole) else { return };
            // A star for each character that it stands for, so that the runs stay where they are.
            let mut characters = hidden.chars();
            for (_, run) in runs.iter_mut() {
                *run = characters.by_ref().take(run.chars().count()).collect();
            }
        }
        Content::Blank
        | Content::Number { .. }
        | Content::Formula(_)
        | Content::Month(_)
        | Content::Day(_)
        | Content::Percent { .. }
        | Content::PerCent { .. } => {}
    }
}

/// Whether a text is nothing but a figure: what stands among figures may be words all the same.
fn is_figure(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || " ,.+-%¥￥，．％".contains(c))
}

/// Returns a text masked, where there is something to mask.
fn masking(text: &str) -> Option<String> {
    match masked(text) {
        std::borrow::Cow::Borrowed(_) => None,
        std::borrow::Cow::Owned(hidden) => Some(hidden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::page::{Ink, Line, text_cell};

    #[test]
    fn texts_are_masked_and_figures_and_codes_are_not() {
        let runs =
            vec![(Ink::Plain, "张三138".to_owned()), (Ink::Differing, "12341234".to_owned())];
        let cells = vec![
            text_cell("张三13812341234", Look::Text),
            text_cell("13812341234", Look::Figure),
            text_cell("13812341234", Look::Centre),
            PageCell { content: Content::Runs(runs.into()), ..PageCell::default() },
            PageCell::default(),
        ];
        let mut line = Line::of(cells);
        line.add_note(4, "13912341234");
        let mut page = Page { lines: vec![line], ..Page::default() };
        mask(&mut page, &BTreeSet::new());
        let cells = &page.lines[0].cells;
        let text = |place: usize| cells[place].content.clone();
        assert_eq!(text(0), Content::Text("张三138****1234".into()));
        assert_eq!(text(1), Content::Text("13812341234".into()));
        assert_eq!(text(2), Content::Text("138****1234".into()));
        let masked =
            vec![(Ink::Plain, "张三138".to_owned()), (Ink::Differing, "****1234".to_owned())];
        assert_eq!(text(3), Content::Runs(masked.into()));
        assert_eq!(page.lines[0].note(4), Some("139****1234"));
        let mut page = Page {
            lines: vec![Line::of(vec![text_cell("13812341234", Look::Centre)])],
            ..Page::default()
        };
        mask(&mut page, &BTreeSet::from(["13812341234"]));
        let code = &page.lines[0].cells[0].content;
        assert_eq!(*code, Content::Text("13812341234".into()));
    }
}
