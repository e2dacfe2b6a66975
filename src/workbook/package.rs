//! The package that a workbook is: what the library made of it, with the cells of its sheets and its texts
//! put in their places.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// How much a package is packed: a tenth larger than with the library's own level and a third faster;
/// Excel takes the same.
pub const PACKED: u8 = 3;

/// The part that holds the texts of all sheets.
pub const TEXTS: &str = "xl/sharedStrings.xml";

/// Returns the name of a sheet's part.
pub fn name_of_sheet(place: usize) -> String {
    format!("xl/worksheets/sheet{}.xml", place + 1)
}

/// A workbook without its cells, as the library made it.
pub struct Shell(ZipArchive<Cursor<Vec<u8>>>);

/// A sheet without its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub before: String,
    /// What the library has where the cells go.
    pub between: String,
    pub after: String,
}

impl Shell {
    /// # Errors
    /// Says what is wrong with a package; those that were just made are sound.
    pub fn of(package: Vec<u8>) -> Result<Self, ZipError> {
        ZipArchive::new(Cursor::new(package)).map(Self)
    }

    /// Returns a part of the package as text.
    ///
    /// # Errors
    /// Fails where there is no such part.
    pub fn part(&mut self, name: &str) -> Result<String, ZipError> {
        let mut text = String::new();
        self.0.by_name(name)?.read_to_string(&mut text)?;
        Ok(text)
    }

    /// Returns a sheet without its cells.
    ///
    /// # Errors
    /// Fails where there is no such sheet.
    pub fn frame(&mut self, place: usize) -> Result<Frame, ZipError> {
        let sheet = self.part(&name_of_sheet(place))?;
        framed(&sheet).ok_or(ZipError::InvalidArchive("a sheet without a place for cells".into()))
    }

    /// Returns the package with other parts in the places of its own; each is an archive of that part alone.
    ///
    /// # Errors
    /// Says what is wrong with one of the archives.
    pub fn with(mut self, mut parts: BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, ZipError> {
        let room = parts.values().map(Vec::len).sum::<usize>();
        let mut package = ZipWriter::new(Cursor::new(Vec::with_capacity(room + room / 8)));
        for place in 0..self.0.len() {
            let own = self.0.by_index_raw(place)?;
            match parts.remove(own.name()?.as_ref()) {
                Some(other) => {
                    let mut other = ZipArchive::new(Cursor::new(other))?;
                    package.raw_copy_file(other.by_index_raw(0)?)?;
                }
                None => package.raw_copy_file(own)?,
            }
        }
        Ok(package.finish()?.into_inner())
    }
}

fn framed(sheet: &str) -> Option<Frame> {
    const BEGIN: &str = "<sheetData";
    const END: &str = "</sheetData>";
    let (before, rest) = sheet.split_once(BEGIN)?;
    let (between, after) = match rest.strip_prefix("/>") {
        Some(after) => ("", after),
        None => rest.strip_prefix('>')?.split_once(END)?,
    };
    Some(Frame { before: before.to_owned(), between: between.to_owned(), after: after.to_owned() })
}

/// A part while it is marked up: what is written so far goes on to be packed whenever there is enough of it.
pub struct Pieces {
    pub written: String,
    on: SyncSender<String>,
}

impl Pieces {
    const FULL: usize = 1 << 16;
    /// How many pieces may wait to be packed.
    const WAITING: usize = 32;

    /// Returns a part without anything yet, and where its pieces come out.
    pub fn new() -> (Self, Receiver<String>) {
        let (on, out) = sync_channel(Self::WAITING);
        (Self { written: String::with_capacity(Self::FULL + Self::FULL / 4), on }, out)
    }

    /// Passes on what is written when there is enough of it.
    pub fn pass_on(&mut self) {
        if self.written.len() >= Self::FULL {
            let next = String::with_capacity(Self::FULL + Self::FULL / 4);
            self.send(next);
        }
    }

    /// Passes on what is left.
    pub fn end(mut self) {
        self.send(String::new());
    }

    fn send(&mut self, next: String) {
        // Where nobody packs any more, that is said there.
        let _ = self.on.send(std::mem::replace(&mut self.written, next));
    }
}

/// Returns an archive of one part, packed as its pieces come.
///
/// # Errors
/// Says what cannot be packed.
pub fn packed(name: &str, pieces: &Receiver<String>) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(i64::from(PACKED)))
        .unix_permissions(0o600)
        .last_modified_time(DateTime::default());
    archive.start_file(name, options)?;
    for piece in pieces {
        archive.write_all(piece.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_parted_where_its_cells_go() {
        let frame = |before: &str, between: &str, after: &str| {
            let [before, between, after] = [before, between, after].map(str::to_owned);
            Some(Frame { before, between, after })
        };
        assert_eq!(framed("<w><sheetData/></w>"), frame("<w>", "", "</w>"));
        let rows = "<w><sheetData><row r=\"1\"/></sheetData><x/></w>";
        assert_eq!(framed(rows), frame("<w>", "<row r=\"1\"/>", "<x/></w>"));
        assert_eq!(framed("<w/>"), None);
    }
}
