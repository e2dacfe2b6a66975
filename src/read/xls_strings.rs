//! The shared texts of an xls that are written in several fonts: which pieces each has.
//!
//! The table runs over several records; a text that is cut by the end of one goes on in the next,
//! where a byte says anew whether its characters are one byte or two.

use std::collections::BTreeMap;

/// Pieces of a text: from which of its units on (UTF-16) which font holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    pub units: Vec<u16>,
    pub fonts: Vec<(u16, u16)>,
}

/// Returns the texts of several fonts by their place in the table, whose records hold `parts`; what
/// cannot be followed ends it.
pub fn of_several_fonts(parts: &[&[u8]]) -> BTreeMap<u32, Pieces> {
    let mut found = BTreeMap::new();
    let mut walk = Walk { parts, at: 0 };
    let Some(count) = walk.skip(4).and_then(|()| walk.double()) else { return found };
    for place in 0..count {
        let Some(pieces) = walk.text() else { break };
        if !pieces.fonts.is_empty() {
            found.insert(place, pieces);
        }
    }
    found
}

const TWO_BYTES: u8 = 0x01;
const EXTENDED: u8 = 0x04;
const SEVERAL_FONTS: u8 = 0x08;

struct Walk<'a> {
    parts: &'a [&'a [u8]],
    /// In the first of the parts.
    at: usize,
}

impl Walk<'_> {
    /// Goes on to the next record where this one is at its end.
    fn refill(&mut self) {
        while let Some((first, rest)) = self.parts.split_first() {
            if self.at < first.len() || rest.is_empty() {
                return;
            }
            self.at -= first.len();
            self.parts = rest;
        }
    }

    fn byte(&mut self) -> Option<u8> {
        self.refill();
        let byte = *self.parts.first()?.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn double(&mut self) -> Option<u32> {
        Some(u32::from(self.word()?) | u32::from(self.word()?) << 16)
    }

    fn skip(&mut self, bytes: u32) -> Option<()> {
        let mut left = usize::try_from(bytes).ok()?;
        while left > 0 {
            self.refill();
            let here = self.parts.first()?.len().checked_sub(self.at).filter(|here| *here > 0)?;
            let taken = left.min(here);
            self.at += taken;
            left -= taken;
        }
        Some(())
    }

    fn text(&mut self) -> Option<Pieces> {
        let length = self.word()?;
        let flags = self.byte()?;
        let fonts = if flags & SEVERAL_FONTS != 0 { self.word()? } else { 0 };
        let extension = if flags & EXTENDED != 0 { self.double()? } else { 0 };
        let units = self.units(length, flags & TWO_BYTES != 0, fonts > 0)?;
        let mut pieces = Pieces { units, fonts: Vec::new() };
        for _ in 0..fonts {
            let piece = (self.word()?, self.word()?);
            pieces.fonts.push(piece);
        }
        self.skip(extension)?;
        Some(pieces)
    }

    /// The characters of a text; only kept where somebody asks for them.
    fn units(&mut self, length: u16, mut wide: bool, kept: bool) -> Option<Vec<u16>> {
        let mut units = Vec::new();
        let mut left = usize::from(length);
        while left > 0 {
            let first = self.parts.first()?;
            if self.at >= first.len() {
                // The next record says anew how its characters are written.
                self.refill();
                wide = self.byte()? & TWO_BYTES != 0;
                continue;
            }
            let size = if wide { 2 } else { 1 };
            let here = ((first.len() - self.at) / size).min(left);
            if here == 0 {
                return None;
            }
            let bytes = &first[self.at..self.at + here * size];
            if kept && wide {
                let pairs = bytes.chunks_exact(2);
                units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
            } else if kept {
                units.extend(bytes.iter().copied().map(u16::from));
            }
            self.at += here * size;
            left -= here;
        }
        Some(units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_cut_goes_on_in_the_next_record() {
        let mut first = vec![2, 0, 0, 0, 2, 0, 0, 0];
        // "ab" plain; then "7035" of two fonts, cut after "70", wide after the cut.
        first.extend([2, 0, 0, b'a', b'b']);
        first.extend([4, 0, SEVERAL_FONTS, 1, 0, b'7', b'0']);
        let second = [TWO_BYTES, b'3', 0, b'5', 0, 2, 0, 6, 0];
        let found = of_several_fonts(&[&first, &second]);
        let units: Vec<u16> = "7035".encode_utf16().collect();
        assert_eq!(found, BTreeMap::from([(1, Pieces { units, fonts: vec![(2, 6)] })]));
        assert_eq!(of_several_fonts(&[&first, &second[..2]]), BTreeMap::new());
    }
}
