//! The comments of an xls: a note record says where, and, since BIFF8, an object of the same
//! number what.

use std::collections::BTreeMap;

use encoding_rs::WINDOWS_1252;

use super::xls::word;
use crate::model::CellAt;

const NOTE: u16 = 0x001c;
const OBJECT: u16 = 0x005d;
const TEXT_OF_OBJECT: u16 = 0x01b6;
const CONTINUED: u16 = 0x003c;
const BIFF8: u16 = 0x0600;

/// The comments of a sheet while its records pass by.
#[derive(Debug, Default)]
pub struct Notes {
    /// Where each numbered object is a comment.
    places: Vec<(CellAt, u16)>,
    texts: BTreeMap<u16, Vec<u16>>,
    /// Comments that carry their own text.
    plain: Vec<(CellAt, String)>,
    /// The last object, and how many characters of its text are still to come.
    object: Option<u16>,
    missing: usize,
}

impl Notes {
    /// Takes a record and returns whether it belongs to a comment.
    pub fn take(&mut self, kind: u16, content: &[u8], version: u16) -> bool {
        match kind {
            NOTE => self.note(content, version),
            OBJECT => {
                // The first part of an object names its type and number; 25 is a comment.
                let is_comment = word(content, 0) == Some(0x0015) && word(content, 4) == Some(0x19);
                self.object = word(content, 6).filter(|_| is_comment);
                self.missing = 0;
            }
            TEXT_OF_OBJECT => {
                self.missing = word(content, 10).map_or(0, usize::from);
            }
            CONTINUED if self.missing > 0 => self.continued(content),
            _ => return false,
        }
        true
    }

    fn note(&mut self, content: &[u8], version: u16) {
        let (Some(row), Some(column)) = (word(content, 0), word(content, 2)) else { return };
        let at = CellAt::new(row.into(), column.into());
        if version >= BIFF8 {
            self.places.extend(word(content, 6).map(|object| (at, object)));
        } else {
            let text = content.get(6..).unwrap_or_default();
            let length = word(content, 4).map_or(0, usize::from).min(text.len());
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(&text[..length]);
            self.plain.push((at, text.into_owned()));
        }
    }

    fn continued(&mut self, content: &[u8]) {
        let Some((flags, text)) = content.split_first() else { return };
        let units: Vec<u16> = if flags & 1 != 0 {
            text.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect()
        } else {
            text.iter().copied().map(u16::from).collect()
        };
        let taken = units.len().min(self.missing);
        self.missing -= taken;
        if let Some(object) = self.object {
            self.texts.entry(object).or_default().extend(&units[..taken]);
        }
    }

    /// Returns the comments in the order of their cells.
    pub fn written(self) -> Vec<(CellAt, String)> {
        let texts = &self.texts;
        let numbered = self.places.into_iter().filter_map(|(at, object)| {
            texts.get(&object).map(|units| (at, String::from_utf16_lossy(units)))
        });
        let mut all: Vec<(CellAt, String)> = numbered.chain(self.plain).collect();
        all.sort_by_key(|(at, _)| *at);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn a_comment_is_found_by_the_number_of_its_object() {
        let mut notes = Notes::default();
        let object = words(&[0x15, 0x12, 0x19, 7, 0, 0]);
        assert!(notes.take(OBJECT, &object, BIFF8));
        // Drawings stand between an object and its text.
        assert!(!notes.take(0x00ec, &[], BIFF8));
        assert!(notes.take(TEXT_OF_OBJECT, &words(&[0, 0, 0, 0, 0, 4]), BIFF8));
        let mut text = vec![1];
        text.extend("此项".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(notes.take(CONTINUED, &text, BIFF8));
        assert!(notes.take(CONTINUED, b"\x00ok", BIFF8));
        // The looks of the text.
        assert!(!notes.take(CONTINUED, &[0; 16], BIFF8));
        assert!(notes.take(NOTE, &words(&[4, 3, 0, 7]), BIFF8));
        assert_eq!(notes.written(), [(CellAt::new(4, 3), "此项ok".to_owned())]);
    }

    #[test]
    fn an_older_comment_carries_its_text() {
        let mut notes = Notes::default();
        let mut note = words(&[1, 2, 2]);
        note.extend(b"ok");
        assert!(notes.take(NOTE, &note, 0x0500));
        assert_eq!(notes.written(), [(CellAt::new(1, 2), "ok".to_owned())]);
    }
}
