//! Pages that are longer than a sheet goes on on further sheets, under the same headings, and say so.
//! Nothing is cut: the last row of a sheet is Excel's limit, and no limit of a month.

use std::collections::BTreeMap;

use super::page::{Content, Line, Look, Page};
use crate::wording::pages as wording;

/// How many rows Excel gives a sheet.
pub const MOST_LINES: usize = 1_048_576;

/// Where lines have gone, by the page that they were laid out on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved(BTreeMap<String, Vec<Part>>);

/// One sheet of a page that needs several.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: String,
    /// The page's first line that stands here, below the head.
    first: usize,
    /// Lines of the head that is repeated.
    head: usize,
}

impl Moved {
    /// Returns the sheet and the line where a line of a page stands now.
    pub fn place(&self, page: &str, line: usize) -> Option<(&str, usize)> {
        let parts = self.0.get(page)?;
        let part = parts.iter().rfind(|part| line >= part.first)?;
        Some((&part.name, line - part.first + part.head))
    }

    fn target(&self, target: &str) -> Option<String> {
        let (page, cell) = target.split_once('!')?;
        // The row may be beyond what any sheet has.
        let (column, row) = cell.split_at(cell.find(|c: char| c.is_ascii_digit())?);
        let (name, line) = self.place(page, row.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{name}!{column}{}", line + 1))
    }
}

/// Parts the pages that are longer than a sheet, and leads links to where their targets have gone.
pub fn continued(pages: Vec<Page>) -> (Vec<Page>, Moved) {
    parted(pages, MOST_LINES)
}

fn parted(pages: Vec<Page>, most: usize) -> (Vec<Page>, Moved) {
    let mut moved = Moved::default();
    if pages.iter().all(|page| page.lines.len() <= most) {
        return (pages, moved);
    }
    let mut all = Vec::new();
    for page in pages {
        if page.lines.len() <= most {
            all.push(page);
        } else {
            all.extend(parts_of(page, most, &mut moved));
        }
    }
    let cells = all.iter_mut().flat_map(|page| &mut page.lines).flat_map(|line| &mut line.cells);
    for cell in cells {
        if let Content::Link(link) = &mut cell.content
            && let Some(place) = moved.target(&link.target)
        {
            link.target = place;
        }
    }
    (all, moved)
}

fn parts_of(mut page: Page, most: usize, moved: &mut Moved) -> Vec<Page> {
    // The title alone, where no heading is repeated.
    let head = page.heading.map_or(1, |heading| heading + 1);
    let lines = std::mem::take(&mut page.lines);
    let all = lines.len();
    let mut lines = lines.into_iter();
    let heads: Vec<Line> = lines.by_ref().take(head).collect();
    // The last line of a part says where it goes on.
    let room = most - head - 1;
    let mut pages = Vec::new();
    let mut parts = Vec::new();
    let mut first = head;
    while first < all {
        let own: Vec<Line> = lines.by_ref().take(room).collect();
        let last = first + own.len();
        let number = parts.len() + 1;
        let name = named(&page.name, number);
        let mut part = Page { name: name.clone(), lines: heads.clone(), ..page.clone() };
        part.lines.extend(own.into_iter().map(without_formulas));
        if last < all {
            let words = wording::goes_on(&named(&page.name, number + 1));
            part.lines.push(Line::words(words, Look::PlainBold, 0));
        }
        clip(&mut part, (first, last), head);
        part.breaks.clear();
        if number > 1 {
            part.charts.clear();
        }
        parts.push(Part { name, first: if number == 1 { 0 } else { first }, head });
        pages.push(part);
        first = last;
    }
    // The first part stands where it was laid out.
    parts[0].head = 0;
    moved.0.insert(page.name, parts);
    pages
}

fn named(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}（{number}）") }
}

/// A formula counts on lines that may stand on another sheet now: its result is right all the same.
fn without_formulas(mut line: Line) -> Line {
    for cell in &mut line.cells {
        if let Content::Formula(formula) = &cell.content {
            let (number, decimals) = (formula.result, formula.decimals);
            cell.content = Content::Number { number, decimals };
        }
    }
    line
}

/// Keeps of a page's lists, choices and rules what concerns the lines of a part.
fn clip(page: &mut Page, (first, last): (usize, usize), head: usize) {
    let within = |from: usize, to: usize| -> Option<(usize, usize)> {
        let (from, to) = (from.max(first), to.min(last - 1));
        (from <= to).then(|| (from - first + head, to - first + head))
    };
    let narrow = |from: u32, to: u32| -> Option<(u32, u32)> {
        let (from, to) = within(usize::try_from(from).ok()?, usize::try_from(to).ok()?)?;
        Some((u32::try_from(from).ok()?, u32::try_from(to).ok()?))
    };
    page.filter = page.filter.and_then(|(heading, to)| Some((heading, within(heading + 1, to)?.1)));
    page.choices.retain_mut(|choices| {
        let place = narrow(choices.first_line, choices.last_line);
        (choices.first_line, choices.last_line) = place.unwrap_or_default();
        place.is_some()
    });
    page.number_rules.retain_mut(|rule| {
        let place = narrow(rule.first_line, rule.last_line);
        (rule.first_line, rule.last_line) = place.unwrap_or_default();
        place.is_some()
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::page::{Choices, Others, cell_name, count_cell, link_cell};

    fn list(entries: usize) -> Page {
        let mut lines =
            vec![Line::words("清单", Look::Title, 2), Line::words("头", Look::Heading, 1)];
        lines.extend((0..entries).map(|number| Line::of(vec![count_cell(number, Look::Centre)])));
        let last = u32::try_from(entries + 1).unwrap();
        Page {
            name: "清单".to_owned(),
            heading: Some(1),
            filter: Some((1, entries + 1)),
            choices: vec![Choices {
                column: 0,
                first_line: 2,
                last_line: last,
                words: Vec::new(),
                others: Others::Refused,
            }],
            lines,
            ..Page::default()
        }
    }

    #[test]
    fn no_line_is_lost_and_places_are_led_to_where_they_have_gone() {
        let target = cell_name("清单", 2 + 11, 0);
        let other = Page {
            name: "总览".to_owned(),
            lines: vec![Line::of(vec![link_cell(&target, "查看")])],
            ..Page::default()
        };
        let (pages, moved) = parted(vec![other, list(12)], 8);
        let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
        assert_eq!(names, ["总览", "清单", "清单（2）", "清单（3）"]);
        assert!(pages.iter().all(|page| page.lines.len() <= 8));
        let mut told = Vec::new();
        for entry in 0..12_usize {
            let (name, line) = moved.place("清单", 2 + entry).unwrap();
            let page = pages.iter().find(|page| page.name == name).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let number = Content::Number { number: entry as f64, decimals: 0 };
            assert_eq!(page.lines[line].cells[0].content, number);
            told.push((name.to_owned(), line));
            let choices = &page.choices[0];
            let at = u32::try_from(line).unwrap();
            assert!(
                choices.first_line <= at
                    && at <= choices.last_line
                    && page.filter.unwrap().1 >= line
            );
        }
        assert_eq!(told[0], ("清单".to_owned(), 2));
        assert_eq!(moved.place("清单", 1), Some(("清单", 1)));
        assert_eq!(moved.place("总览", 1), None);
        let Content::Link(link) = &pages[0].lines[0].cells[0].content else { panic!() };
        let (name, line) = &told[11];
        assert_eq!(link.target, cell_name(name, *line, 0));
        for page in &pages[1..3] {
            let Content::Text(said) = &page.lines.last().unwrap().cells[0].content else {
                panic!()
            };
            assert!(said.contains("清单（"), "{said}");
        }
        let heads = pages[1..].iter().map(|page| page.lines[..2].len());
        assert_eq!(heads.sum::<usize>(), 6);
    }

    #[test]
    fn pages_that_fit_stay_as_they_are() {
        let (pages, moved) = parted(vec![list(6)], 8);
        assert_eq!((pages.len(), moved), (1, Moved::default()));
        assert_eq!(
            pages[0].lines[7].cells[0].content,
            Content::Number { number: 5.0, decimals: 0 }
        );
    }
}
