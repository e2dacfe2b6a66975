//! The looks of a workbook's cells, each with the number by which a cell names it.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;
use rust_xlsxwriter::Format;

use super::page::{Content, Emphasis, Look, PageCell};
use super::style::{self, NumberForm};

/// All that makes a cell look as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dress {
    look: Look,
    mark: Option<Emphasis>,
    number: Option<NumberForm>,
    is_link: bool,
}

impl Dress {
    pub fn of(cell: &PageCell) -> Self {
        let number = match &cell.content {
            Content::Number { decimals, .. } => Some(NumberForm::Decimals(*decimals)),
            Content::Formula(formula) => Some(NumberForm::Decimals(formula.decimals)),
            Content::Percent { decimals, .. } => Some(NumberForm::Percent(*decimals)),
            Content::PerCent { decimals, .. } => Some(NumberForm::PerCent(*decimals)),
            Content::Month(_) => Some(NumberForm::Month),
            Content::Day(_) => Some(NumberForm::Day),
            _ => None,
        };
        let is_link = matches!(cell.content, Content::Link(_) | Content::FileLink(_));
        Self { look: cell.look, mark: cell.mark, number, is_link }
    }

    /// Returns how the cells look that a cell over several columns covers.
    pub fn covering(cell: &PageCell) -> Self {
        Self { is_link: false, ..Self::of(cell) }
    }

    fn format(self) -> Format {
        if self.is_link {
            style::link(self.look, self.mark)
        } else {
            style::format(self.look, self.mark, self.number)
        }
    }
}

/// The looks that cells have, in the order in which they were met; a workbook has few looks and many cells.
#[derive(Default)]
pub struct Looks {
    places: Places,
    formats: Vec<Format>,
}

/// The place of each look among the formats.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type Places = HashMap<Dress, usize, RandomState>;

impl Looks {
    pub fn meet(&mut self, dress: Dress) {
        self.places.entry(dress).or_insert_with(|| {
            self.formats.push(dress.format());
            self.formats.len() - 1
        });
    }

    pub fn formats(&self) -> &[Format] {
        &self.formats
    }

    /// Returns the looks with the numbers that they have in a workbook, one for each format.
    pub fn numbered(self, numbers: Vec<u32>) -> Numbered {
        Numbered { places: self.places, numbers }
    }
}

/// The looks of cells as a workbook numbers them.
pub struct Numbered {
    places: Places,
    numbers: Vec<u32>,
}

impl Numbered {
    pub fn of(&self, dress: Dress) -> u32 {
        self.numbers[self.places[&dress]]
    }
}
