//! How parent and worker speak: frames with a mark, the number of the question and a length. No byte
//! of a path or of an answer can be taken for the end of one, and no answer for that of another
//! question.

use std::io::{self, Read, Write};
#[cfg(not(unix))]
use std::path::Path;
use std::path::PathBuf;

use crate::model::Side;

/// What a frame begins with.
const MARK: [u8; 4] = *b"dbf1";
/// The mark, the number and the length.
const HEADER: usize = 4 + 8 + 4;
/// Bytes that are made room for at once.
const ROOM: usize = 256 * 1024;

/// The number of what a worker says before it is asked.
pub const GREETING: u64 = 0;

#[derive(Debug)]
pub struct Frame {
    pub number: u64,
    pub bytes: Vec<u8>,
}

/// Why there is no frame.
#[derive(Debug)]
pub enum NoFrame {
    Broken(io::Error),
    /// What came is none.
    Garbage(Vec<u8>),
}

impl From<io::Error> for NoFrame {
    fn from(error: io::Error) -> Self {
        NoFrame::Broken(error)
    }
}

/// Writes a frame.
///
/// # Errors
/// Fails when the output breaks, or the bytes are more than a frame holds.
pub fn write(output: &mut impl Write, number: u64, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&MARK);
    header[4..12].copy_from_slice(&number.to_le_bytes());
    header[12..].copy_from_slice(&length.to_le_bytes());
    output.write_all(&header)?;
    output.write_all(bytes)
}

/// Reads a frame; none where the input ends before it.
///
/// # Errors
/// Fails when the input breaks, ends within it, or is no frame.
pub fn read(input: &mut impl Read) -> Result<Option<Frame>, NoFrame> {
    let mut header = Vec::with_capacity(HEADER);
    input.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
    if header.is_empty() {
        return Ok(None);
    }
    if header.len() < HEADER && MARK.starts_with(&header[..header.len().min(4)]) {
        return Err(NoFrame::Broken(io::ErrorKind::UnexpectedEof.into()));
    }
    if header.len() < HEADER || header[..4] != MARK {
        return Err(NoFrame::Garbage(header));
    }
    let number = header[4..12].try_into().map(u64::from_le_bytes).unwrap_or_default();
    let length = header[12..].try_into().map(u32::from_le_bytes).unwrap_or_default();
    // Beyond what most answers need, room is taken as the bytes come: a length alone costs nothing.
    let mut bytes = Vec::with_capacity((length as usize).min(ROOM));
    input.by_ref().take(u64::from(length)).read_to_end(&mut bytes)?;
    if bytes.len() < length as usize {
        return Err(NoFrame::Broken(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(Some(Frame { number, bytes }))
}

/// What is asked of a worker: a file, and as what it is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub side: Side,
    pub path: PathBuf,
}

impl Question {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![match self.side {
            Side::Submission => b's',
            Side::Plan => b'p',
        }];
        bytes.extend(path_bytes(&self.path));
        bytes
    }

    /// Reads a question; none where the bytes are none.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let (side, path) = bytes.split_first()?;
        let side = match side {
            b's' => Side::Submission,
            b'p' => Side::Plan,
            _ => return None,
        };
        Some(Self { side, path: path_of(path)? })
    }
}

#[cfg(unix)]
fn path_bytes(path: &std::path::Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// Returns the path that bytes name.
#[cfg(unix)]
pub fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

/// Returns the path that bytes name.
#[cfg(not(unix))]
pub fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_were_sent() {
        let mut sent = Vec::new();
        write(&mut sent, 7, b"a\nb").unwrap();
        write(&mut sent, 8, b"").unwrap();
        let mut input = sent.as_slice();
        let first = read(&mut input).unwrap().unwrap();
        assert_eq!((first.number, first.bytes.as_slice()), (7, &b"a\nb"[..]));
        assert_eq!(read(&mut input).unwrap().unwrap().number, 8);
        assert!(read(&mut input).unwrap().is_none());
    }

    #[test]
    fn what_is_no_frame_is_told() {
        assert!(matches!(read(&mut &b"hello, this is a printer"[..]), Err(NoFrame::Garbage(_))));
        assert!(matches!(read(&mut &b"dbf1"[..]), Err(NoFrame::Broken(_))));
        let mut sent = Vec::new();
        write(&mut sent, 1, b"abc").unwrap();
        sent.truncate(sent.len() - 1);
        assert!(matches!(read(&mut sent.as_slice()), Err(NoFrame::Broken(_))));
        let mut huge = MARK.to_vec();
        huge.extend([0; 8]);
        huge.extend(u32::MAX.to_le_bytes());
        assert!(matches!(read(&mut huge.as_slice()), Err(NoFrame::Broken(_))));
    }

    #[test]
    fn any_path_can_be_asked_for() {
        for path in ["a\tb", "plan\tx", "a\nb", ""] {
            let question = Question { side: Side::Submission, path: path.into() };
            assert_eq!(Question::of(&question.to_bytes()), Some(question));
        }
        assert_eq!(Question::of(b""), None);
        assert_eq!(Question::of(b"x/a"), None);
    }
}
