//! An extract as it is kept between two runs, so that a sheet that has not changed is not read again:
//! what the worker said, under a name made of all that it depends on, and sealed.

use super::packed::{AllSaid, Unpacking};
use super::{Extract, PROGRAM};
use crate::intake::Received;
use crate::model::{Side, hash};
use crate::pipeline::Pipeline;

/// What is kept begins with it.
const SCHEMA: &[u8] = b"duibiao.kept/1\n";

/// The seal: SHA-256 of all that stands before it, in hexadecimal digits.
const SEAL: usize = 64;

/// How many bytes give the length of a frame.
const LENGTH: usize = 4;

/// Returns what is kept under a name.
pub type Recall<'a> = dyn Fn(&str) -> Option<Vec<u8>> + Sync + 'a;

/// Keeps something under a name.
pub type Keep<'a> = dyn Fn(&str, &[u8]) + Sync + 'a;

/// What is kept is not what was to be kept: cut off, altered, or put under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoiled;

/// Returns the name of a file's extract: a hash of the program, down to its sources, of the pipeline
/// file, and of the file and what it is read as.
pub fn name(file: &Received, pipeline: &Pipeline) -> String {
    let side = match pipeline.side_read(file.side) {
        Side::Plan => "plan",
        Side::Submission => "submission",
    };
    let sources = env!("DUIBIAO_SOURCES");
    let all = [PROGRAM, sources, &pipeline.sha256, side, &file.sha256].join("\n");
    hash::sha256(all.as_bytes())
}

/// What a worker says of a file, as it says it, on its way to what is kept.
#[derive(Debug)]
pub struct Sealing {
    bytes: Vec<u8>,
}

impl Sealing {
    pub fn under(name: &str) -> Self {
        Self { bytes: [SCHEMA, name.as_bytes()].concat() }
    }

    pub fn take(&mut self, frame: &[u8]) {
        // Longer ones than it can hold come from no worker.
        let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(frame);
    }

    /// Returns what is kept.
    pub fn sealed(mut self) -> Vec<u8> {
        let seal = hash::sha256(&self.bytes);
        self.bytes.extend(seal.as_bytes());
        self.bytes
    }
}

/// What a run remembers of those before it, and what it keeps for those after it.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    pub recall: &'a Recall<'a>,
    pub keep: &'a Keep<'a>,
}

/// Returns the extract that was kept under a name, of the file with this hash.
///
/// # Errors
/// Refuses what is not as it was kept.
pub fn unsealed(
    bytes: &[u8],
    name: &str,
    sha256: &str,
    texts: &AllSaid,
) -> Result<Extract, Spoiled> {
    let end = bytes.len().checked_sub(SEAL).ok_or(Spoiled)?;
    let (held, seal) = bytes.split_at(end);
    if hash::sha256(held).as_bytes() != seal {
        return Err(Spoiled);
    }
    let held = held.strip_prefix(SCHEMA).ok_or(Spoiled)?;
    let mut held = held.strip_prefix(name.as_bytes()).ok_or(Spoiled)?;
    let mut unpacking = Unpacking::into(texts);
    while let Some((length, rest)) = held.split_first_chunk::<LENGTH>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Spoiled)?;
        let (frame, rest) = rest.split_at_checked(length).ok_or(Spoiled)?;
        held = rest;
        match unpacking.take(frame) {
            Ok(Some(extract)) if held.is_empty() && extract.sha256 == sha256 => return Ok(extract),
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Err(Spoiled),
        }
    }
    Err(Spoiled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::packed;
    use crate::model::finding::Refusal;

    fn kept() -> (Extract, Vec<u8>) {
        let refused = Extract::refused("f".repeat(64), Refusal::Empty);
        let extract = Extract { refusal: None, ..refused };
        let mut sealing = Sealing::under("name");
        for frame in packed::to_frames(extract.clone()) {
            sealing.take(&frame);
        }
        (extract, sealing.sealed())
    }

    fn read(bytes: &[u8], name: &str) -> Result<Extract, Spoiled> {
        unsealed(bytes, name, &"f".repeat(64), &AllSaid::default())
    }

    #[test]
    fn an_extract_comes_back_as_it_was_kept() {
        let (extract, bytes) = kept();
        assert_eq!(read(&bytes, "name"), Ok(extract));
    }

    #[test]
    fn what_is_not_as_it_was_kept_is_refused_wherever_it_was_changed() {
        let (_, bytes) = kept();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(read(&changed, "name"), Err(Spoiled), "byte {at}");
            assert_eq!(read(&bytes[..at], "name"), Err(Spoiled), "cut at {at}");
        }
        assert_eq!(read(&bytes, "eman"), Err(Spoiled));
        let other = unsealed(&bytes, "name", &"e".repeat(64), &AllSaid::default());
        assert_eq!(other, Err(Spoiled), "the extract of another file");
    }
}
