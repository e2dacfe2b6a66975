//! The workbook of a compound file whose directory is not in the order that the format asks for.
//!
//! Some programs list the streams of an xls as they were written and never sort them. Every chain of
//! such a file is whole; only the search through its directory leads nowhere. So the directory is read
//! from end to end, and the workbook's chain is followed sector by sector, each of them once.

/// The number of a sector that is none: the end of a chain, a free one.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
const ENTRY: usize = 128;
const STREAM: u8 = 2;
const ROOT: u8 = 5;
/// So many sectors of the table of chains are named in the header.
const IN_HEADER: usize = 109;

/// Returns the workbook stream, where the file has one and all of it is there.
pub(super) fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = Container::of(bytes)?;
    let directory = file.chain(number(bytes, 48)?)?;
    let entries = || directory.chunks_exact(ENTRY);
    let named = |entry: &&[u8]| {
        let name = name_of(entry).to_lowercase();
        entry[66] == STREAM && (name == "workbook" || name == "book")
    };
    let entry = entries().find(named)?;
    let (start, length) = (number(entry, 116)?, usize::try_from(number(entry, 120)?).ok()?);
    let small = usize::try_from(number(bytes, 56)?).ok()?;
    let stream = if length < small {
        let root = entries().find(|entry| entry[66] == ROOT)?;
        file.small_chain(&file.chain(number(root, 116)?)?, start)?
    } else {
        file.chain(start)?
    };
    stream.get(..length).map(<[u8]>::to_vec)
}

/// A compound file and its table of chains.
struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    small_sector: usize,
    /// By sector: the next one of its chain.
    next: Vec<u32>,
}

impl<'a> Container<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let size = |at: usize| {
            let shift = u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
            (6..=12).contains(&shift).then(|| 1_usize << shift)
        };
        let mut file = Self { bytes, sector: size(30)?, small_sector: size(32)?, next: Vec::new() };
        let most = bytes.len() / file.sector;
        let mut tables: Vec<u32> =
            (0..IN_HEADER).filter_map(|place| number(bytes, 76 + place * 4)).collect();
        // Of a large file the rest stands in sectors of its own, each of which names the next.
        let mut further = number(bytes, 68)?;
        for _ in 0..most {
            if further >= LAST_SECTOR {
                break;
            }
            let sector = file.at(further)?;
            let count = sector.len() / 4 - 1;
            tables.extend((0..count).filter_map(|place| number(sector, place * 4)));
            further = number(sector, count * 4)?;
        }
        for table in tables.into_iter().filter(|table| *table < LAST_SECTOR).take(most) {
            let sector = file.at(table)?;
            let numbers = (0..sector.len() / 4).filter_map(|place| number(sector, place * 4));
            file.next.extend(numbers);
        }
        Some(file)
    }

    fn at(&self, sector: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(sector).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        let end = (start + self.sector).min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// Returns what a chain holds; none where it leads in a circle or out of the file.
    fn chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut found = Vec::new();
        walk(first, &self.next, |sector| {
            found.extend_from_slice(self.at(sector)?);
            Some(())
        })?;
        Some(found)
    }

    /// As [`Container::chain`], of a short stream: its sectors lie in `room`.
    fn small_chain(&self, room: &[u8], first: u32) -> Option<Vec<u8>> {
        let table = self.chain(number(self.bytes, 60)?)?;
        let next: Vec<u32> =
            (0..table.len() / 4).filter_map(|place| number(&table, place * 4)).collect();
        let mut found = Vec::new();
        walk(first, &next, |sector| {
            let start = usize::try_from(sector).ok()?.checked_mul(self.small_sector)?;
            let end = start.checked_add(self.small_sector)?.min(room.len());
            found.extend_from_slice(room.get(start..end)?);
            Some(())
        })?;
        Some(found)
    }
}

/// Walks down a chain; none where it is longer than there are sectors.
fn walk(first: u32, next: &[u32], mut each: impl FnMut(u32) -> Option<()>) -> Option<()> {
    let mut sector = first;
    for _ in 0..=next.len() {
        if sector >= LAST_SECTOR {
            return Some(());
        }
        each(sector)?;
        sector = *next.get(usize::try_from(sector).ok()?)?;
    }
    None
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn name_of(entry: &[u8]) -> String {
    let length = usize::from(u16::from_le_bytes([entry[64], entry[65]])).min(64);
    let units = entry[..length].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0)).filter_map(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    /// A compound file whose streams do not stand in the order of their names.
    fn unsorted(content: &[u8]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (name, content) in
            [("Aorkbook", &b"first"[..]), ("Workbook", content), ("Zorkbook", b"last")]
        {
            file.create_stream(name).unwrap().write_all(content).unwrap();
        }
        file.flush().unwrap();
        let mut bytes = file.into_inner().into_inner();
        let written =
            |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let place = |bytes: &[u8], name: &str| {
            let name = written(name);
            bytes.windows(name.len()).position(|part| part == name).unwrap()
        };
        let (one, other) = (place(&bytes, "Aorkbook"), place(&bytes, "Zorkbook"));
        bytes[one] = b'Z';
        bytes[other] = b'A';
        bytes
    }

    #[test]
    fn streams_are_found_in_any_order() {
        for length in [40, 5_000, 700_000] {
            let content: Vec<u8> = (0..=250).cycle().take(length).collect();
            let bytes = unsorted(&content);
            assert!(cfb::CompoundFile::open(Cursor::new(&bytes)).is_err());
            assert!(workbook(&bytes) == Some(content), "{length}");
        }
    }

    #[test]
    fn a_chain_in_a_circle_and_one_out_of_the_file_end() {
        let mut bytes = unsorted(&[7; 9_000]);
        assert!(workbook(&bytes[..2_000]).is_none());
        // Each sector after itself.
        let table = (1 << bytes[30]) * (1 + number(&bytes, 76).unwrap() as usize);
        for sector in 0..128_u32 {
            let at = table + sector as usize * 4;
            bytes[at..at + 4].copy_from_slice(&sector.to_le_bytes());
        }
        assert!(workbook(&bytes).is_none());
    }
}
