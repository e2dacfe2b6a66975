//! Texts that another program wrote down for us: what PowerShell's redirection makes of them, UTF-16,
//! is read as the UTF-8 that it was.

use std::io::{self, Read};

const BOM_8: [u8; 3] = [0xEF, 0xBB, 0xBF];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// It has not been looked at yet.
    Unknown,
    /// As it is.
    Bytes,
    LittleEndian,
    BigEndian,
}

/// Reads a text as UTF-8, whichever of both it is; what stands before it to tell them apart is left out.
pub struct Utf8<R> {
    inner: R,
    form: Form,
    /// Bytes that were read and make no whole character yet.
    raw: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    is_at_end: bool,
}

impl<R: Read> Utf8<R> {
    pub fn of(inner: R) -> Self {
        let form = Form::Unknown;
        Self { inner, form, raw: Vec::new(), ready: Vec::new(), given: 0, is_at_end: false }
    }

    /// Reads on and puts what is whole among what is ready.
    fn more(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        let read = match self.inner.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        self.is_at_end = read == 0;
        self.raw.extend_from_slice(&buffer[..read]);
        if self.form == Form::Unknown {
            // Whoever asks line by line waits for an answer to what is no mark.
            let marks: [&[u8]; 3] = [&BOM_8, &[0xFF, 0xFE], &[0xFE, 0xFF]];
            let may_be_a_mark = marks.iter().any(|mark| mark.starts_with(&self.raw));
            if may_be_a_mark && !marks.contains(&self.raw.as_slice()) && !self.is_at_end {
                return Ok(());
            }
            let (form, mark) = match self.raw.as_slice() {
                [0xFF, 0xFE, ..] => (Form::LittleEndian, 2),
                [0xFE, 0xFF, ..] => (Form::BigEndian, 2),
                raw if raw.starts_with(&BOM_8) => (Form::Bytes, 3),
                _ => (Form::Bytes, 0),
            };
            self.form = form;
            self.raw.drain(..mark);
        }
        self.ready.clear();
        self.given = 0;
        let unit = match self.form {
            Form::LittleEndian => u16::from_le_bytes,
            Form::BigEndian => u16::from_be_bytes,
            Form::Bytes | Form::Unknown => {
                std::mem::swap(&mut self.raw, &mut self.ready);
                return Ok(());
            }
        };
        let mut units: Vec<u16> =
            self.raw.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        // The second half of a character may not have come yet.
        let is_torn = units.last().is_some_and(|last| (0xD800..0xDC00).contains(last));
        if is_torn && !self.is_at_end {
            units.pop();
        }
        let taken = if self.is_at_end { self.raw.len() } else { units.len() * 2 };
        let is_cut = self.is_at_end && self.raw.len() % 2 == 1;
        self.raw.drain(..taken);
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        let text: String = text.chain(is_cut.then_some(char::REPLACEMENT_CHARACTER)).collect();
        self.ready = text.into_bytes();
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.is_at_end {
            self.more()?;
        }
        let left = &self.ready[self.given..];
        let most = left.len().min(into.len());
        into[..most].copy_from_slice(&left[..most]);
        self.given += most;
        Ok(most)
    }
}

/// Returns a text that is at hand as UTF-8.
///
/// # Errors
/// Fails where it is neither.
pub fn text(bytes: &[u8]) -> io::Result<String> {
    let mut read = Vec::with_capacity(bytes.len());
    Utf8::of(bytes).read_to_end(&mut read)?;
    String::from_utf8(read).map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title = \"对表 𠮷\"\r\nx = 1\n";

    fn utf16(text: &str, unit: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn both_forms_read_the_same() {
        let marked = [&BOM_8, TEXT.as_bytes()].concat();
        let forms = [
            TEXT.as_bytes().to_vec(),
            marked,
            utf16(TEXT, u16::to_le_bytes),
            utf16(TEXT, u16::to_be_bytes),
        ];
        for form in forms {
            assert_eq!(text(&form).unwrap(), TEXT);
        }
        assert_eq!(text(b"").unwrap(), "");
        assert_eq!(text(b"a").unwrap(), "a");
    }

    /// However the bytes come in.
    #[test]
    fn what_comes_byte_by_byte_is_the_same() {
        struct Dripping(std::vec::IntoIter<u8>);
        impl Read for Dripping {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                Ok(self.0.next().map_or(0, |byte| {
                    into[0] = byte;
                    1
                }))
            }
        }
        let mut read = String::new();
        let bytes = utf16(TEXT, u16::to_le_bytes);
        Utf8::of(Dripping(bytes.into_iter())).read_to_string(&mut read).unwrap();
        assert_eq!(read, TEXT);
    }

    /// A line of two bytes is answered before the next one comes.
    #[test]
    fn what_cannot_be_a_mark_is_not_waited_for() {
        struct Never;
        impl Read for Never {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                panic!("it was waited for")
            }
        }
        let mut first = [0; 8];
        let mut asked = Utf8::of(b"a\n".chain(Never));
        assert_eq!(asked.read(&mut first).unwrap(), 2);
    }

    #[test]
    fn what_is_cut_off_is_no_text_of_ours() {
        let mut cut = utf16(TEXT, u16::to_le_bytes);
        cut.pop();
        assert!(text(&cut).unwrap().ends_with('\u{FFFD}'));
        assert!(text(&[0x41, 0xFF, 0x42, 0x43]).is_err());
    }
}
