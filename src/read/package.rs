//! A zip package (xlsx, xlsb, ods) and its parts, within the limits of the pipeline file.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::model::finding::{Limit, Refusal};
use crate::pipeline::file::Read as Limits;

/// An opened package. Part names are found without regard to case and to the kind of slash, as
/// Excel finds them.
pub struct Package<'a> {
    bytes: &'a [u8],
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Lower-case name with slashes → place in the archive.
    places: BTreeMap<String, usize>,
    /// Bytes that may still be unpacked.
    budget: u64,
    limit: u64,
    /// Used for one part after the other.
    inflate: Decompress,
}

/// More entries than any workbook has.
const MOST_PARTS: usize = 20_000;

impl<'a> Package<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// Refuses what is no whole zip, is encrypted, or would unpack beyond the limit.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refusal> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
        if archive.len() > MOST_PARTS {
            return Err(Refusal::TooLarge(Limit::Parts(MOST_PARTS)));
        }
        let limit = u64::from(limits.unpacked_mib) * 1024 * 1024;
        let mut places = BTreeMap::new();
        let mut declared: u64 = 0;
        for place in 0..archive.len() {
            let entry = archive.by_index_raw(place).map_err(|error| damaged(&error))?;
            if entry.encrypted() {
                return Err(Refusal::Encrypted);
            }
            let name = folded(&String::from_utf8_lossy(entry.name_raw()));
            // Pictures are never unpacked here.
            if !name.contains("/media/") {
                declared = declared.saturating_add(entry.size());
            }
            if let Some(name) = twice(&mut places, name, place) {
                return Err(Refusal::Damaged(format!("two parts are named {name}")));
            }
        }
        if declared > limit {
            return Err(too_large(limit));
        }
        let inflate = Decompress::new(false);
        Ok(Self { bytes, archive, places, budget: limit, limit, inflate })
    }

    pub fn has(&self, name: &str) -> bool {
        self.places.contains_key(&folded(name))
    }

    /// Returns the folded names of all parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Unpacks a part; `None` when the package has no such part.
    ///
    /// # Errors
    /// Refuses broken parts, and packages that unpack to more than they declare.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(place) = self.places.get(&folded(name)).copied() else { return Ok(None) };
        if let Some(bytes) = self.at_once(place) {
            self.budget -= bytes.len() as u64;
            return Ok(Some(bytes));
        }
        let entry = self.archive.by_index(place).map_err(|error| damaged(&error))?;
        let mut bytes = Vec::new();
        entry
            .take(self.budget + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Refusal::Damaged(format!("{name}: {error}")))?;
        let size = u64::try_from(bytes.len()).expect("a length fits in 64 bits");
        if size > self.budget {
            return Err(too_large(self.limit));
        }
        self.budget -= size;
        Ok(Some(bytes))
    }
}

impl Package<'_> {
    /// Unpacks a part bit by bit; `None` when the package has no such part.
    ///
    /// # Errors
    /// Refuses broken packages.
    pub fn stream(&mut self, name: &str) -> Result<Option<impl Read>, Refusal> {
        let Some(place) = self.places.get(&folded(name)).copied() else { return Ok(None) };
        self.archive.by_index(place).map(Some).map_err(|error| damaged(&error))
    }

    /// Unpacks a part that is small and as large as it says in one go. For any other it returns nothing,
    /// and what is wrong with it is found as it is unpacked bit by bit.
    fn at_once(&mut self, place: usize) -> Option<Vec<u8>> {
        const MOST: u64 = 16 * 1024 * 1024;
        /// No byte of what is packed stands for more.
        const MOST_A_BYTE: u64 = 1_032;
        let entry = self.archive.by_index_raw(place).ok()?;
        let (packed, size) = (entry.compressed_size(), entry.size());
        let is_sound = entry.compression() == CompressionMethod::Deflated
            && size <= MOST.min(self.budget).min(packed.saturating_mul(MOST_A_BYTE));
        let start = usize::try_from(entry.data_start().filter(|_| is_sound)?).ok()?;
        let packed = self.bytes.get(start..start.checked_add(usize::try_from(packed).ok()?)?)?;
        // One more than it holds, so that its end is met.
        let mut bytes = Vec::with_capacity(usize::try_from(size).ok()? + 1);
        self.inflate.reset(false);
        let status = self.inflate.decompress_vec(packed, &mut bytes, FlushDecompress::Finish);
        let mut crc = Crc::new();
        crc.update(&bytes);
        let is_whole = matches!(status, Ok(Status::StreamEnd))
            && bytes.len() as u64 == size
            && self.inflate.total_in() == packed.len() as u64
            && crc.sum() == entry.crc32();
        is_whole.then_some(bytes)
    }
}

/// Returns a copy of a package with other content in some of its parts.
///
/// # Errors
/// Refuses broken packages.
pub fn with_parts(bytes: &[u8], parts: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut copy = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts: BTreeMap<String, &Vec<u8>> =
        parts.iter().map(|(name, content)| (folded(name), content)).collect();
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(|error| damaged(&error))?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let Some(content) = parts.get(&folded(&name)) else {
            copy.raw_copy_file(entry).map_err(|error| damaged(&error))?;
            continue;
        };
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default());
        copy.start_file(name, options).map_err(|error| damaged(&error))?;
        copy.write_all(content).map_err(|error| Refusal::Damaged(error.to_string()))?;
    }
    Ok(copy.finish().map_err(|error| damaged(&error))?.into_inner())
}

/// Enters a part; returns its name when there is one already, and nobody could say which holds.
fn twice(places: &mut BTreeMap<String, usize>, name: String, place: usize) -> Option<String> {
    let is_folder = name.ends_with('/');
    match places.insert(name.clone(), place) {
        Some(_) if !is_folder => Some(name),
        _ => None,
    }
}

fn folded(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn too_large(limit: u64) -> Refusal {
    Refusal::TooLarge(Limit::UnpackedMib(limit / 1024 / 1024))
}

fn damaged(error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(text) if text.contains("assword") => Refusal::Encrypted,
        other => Refusal::Damaged(other.to_string()),
    }
}

/// Returns a part's XML as text: UTF-8, UTF-16 or whatever its declaration names. The second
/// value says whether it had to be converted.
///
/// # Errors
/// Refuses bytes that are not what the declaration says.
pub fn xml_text(bytes: Vec<u8>) -> Result<(String, bool), Refusal> {
    // UTF-16 without a mark at its start is valid UTF-8 as long as it is ASCII.
    let wide = bytes.iter().take(2).any(|byte| *byte == 0);
    let bytes = if wide {
        Err(bytes)
    } else {
        String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes)
    };
    let bytes = match bytes {
        Ok(text) => {
            return Ok(match text.strip_prefix('\u{feff}') {
                Some(rest) => (rest.to_owned(), true),
                None => (text, false),
            });
        }
        Err(bytes) => bytes,
    };
    let declared = || {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
        let label = head.split("encoding=").nth(1)?.split(['"', '\'']).nth(1)?.to_owned();
        encoding_rs::Encoding::for_label(label.as_bytes())
    };
    let encoding = encoding_rs::Encoding::for_bom(&bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| (bytes.first() == Some(&0)).then_some(encoding_rs::UTF_16BE))
        .or_else(|| (bytes.get(1) == Some(&0)).then_some(encoding_rs::UTF_16LE))
        .or_else(declared)
        .ok_or_else(|| Refusal::Damaged("text in an unknown encoding".to_owned()))?;
    let (text, _, had_errors) = encoding.decode(&bytes);
    if had_errors {
        return Err(Refusal::Damaged(format!("text that is not {}", encoding.name())));
    }
    Ok((text.into_owned(), true))
}
