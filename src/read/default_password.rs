//! Workbooks that are encrypted with the password that Excel knows by itself: they open without
//! asking, and whoever sends one does not know that it has a password.
//!
//! Excel encrypts so what is protected against changes (structure of the workbook, read-only).
//! Packages are decrypted by a library; the records of an xls are decrypted here, after [MS-XLS]
//! 2.2.10 and [MS-OFFCRYPTO] 2.3.5 and 2.3.6.

use md5::{Digest, Md5};
use rc4::{Key, KeyInit, Rc4, StreamCipher, consts::U16};
use sha1::Sha1;

/// It stands in Excel's own documentation of its formats.
const PASSWORD: &str = "VelvetSweatshop";

/// Returns the package in an encrypted container; none where it has a password of its own.
pub fn package(bytes: &[u8]) -> Option<Vec<u8>> {
    let package = office_crypto::decrypt_from_bytes(bytes.to_vec(), PASSWORD).ok()?;
    package.starts_with(b"PK").then_some(package)
}

const BOF: u16 = 0x0809;
const FILE_PASS: u16 = 0x002f;
const SHEET: u16 = 0x0085;
/// Records that are never encrypted.
const PLAIN: [u16; 7] = [BOF, FILE_PASS, 0x0194, 0x0195, 0x00e1, 0x0196, 0x0138];

/// A kind that no record has.
const UNKNOWN: u16 = 0x0fff;

/// After so many bytes the key changes.
const BLOCK: usize = 1024;

/// How the key of a block is made.
enum Cipher {
    /// Of Excel 97.
    Md5 { hash: [u8; 5] },
    /// Of the system, from Excel 2002 on.
    Sha1 { hash: [u8; 20], bytes: usize },
}

/// Returns the stream of an encrypted xls, decrypted; none where it has a password of its own, or is
/// hidden in another way.
pub fn stream(stream: &[u8]) -> Option<Vec<u8>> {
    let mut at = 0;
    let mut cipher = None;
    // It stands at the beginning of the workbook's own records.
    while let Some((kind, content)) = record(stream, at).filter(|_| cipher.is_none()) {
        if kind == FILE_PASS {
            cipher = Some(cipher_of(content)?);
        }
        at += 4 + content.len();
    }
    let cipher = cipher?;
    let mut plain = stream.to_vec();
    for (block, bytes) in (0..).zip(plain.chunks_mut(BLOCK)) {
        cipher.apply(block, bytes);
    }
    let mut at = 0;
    while let Some((kind, content)) = record(stream, at) {
        let end = at + 4 + content.len();
        let kept = match kind {
            kind if PLAIN.contains(&kind) => end,
            // Where the sheet's own records begin.
            SHEET => (at + 8).min(end),
            _ => at + 4,
        };
        plain[at..kept].copy_from_slice(&stream[at..kept]);
        // Nothing is encrypted any more; the library refuses what says that it is.
        if kind == FILE_PASS {
            plain[at..at + 2].copy_from_slice(&UNKNOWN.to_le_bytes());
        }
        at = end;
    }
    Some(plain)
}

fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8])> {
    let header = stream.get(at..at + 4)?;
    let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
    let content = stream.get(at + 4..at + 4 + length)?;
    Some((u16::from_le_bytes([header[0], header[1]]), content))
}

/// Reads what the record says of the cipher, and tries the password.
fn cipher_of(content: &[u8]) -> Option<Cipher> {
    // 0 is a mere mask of the bytes.
    if content.get(..2)? != [1, 0] {
        return None;
    }
    let (major, minor) = (content.get(2..4)?, content.get(4..6)?);
    match (major, minor) {
        ([1, 0], [1, 0]) => {
            let (salt, verifier) = (content.get(6..22)?, content.get(22..54)?);
            let cipher = Cipher::Md5 { hash: of_md5(salt) };
            let mut both = verifier.to_vec();
            cipher.apply(0, &mut both);
            (Md5::digest(&both[..16]).as_slice() == &both[16..]).then_some(cipher)
        }
        ([2..=4, 0], [2, 0]) => {
            // Version, flags and length of the header, the header, then the verifier.
            let length = u32::from_le_bytes(content.get(10..14)?.try_into().ok()?);
            let header = content.get(14..14_usize.checked_add(usize::try_from(length).ok()?)?)?;
            let bits = u32::from_le_bytes(header.get(16..20)?.try_into().ok()?);
            let verifier = content.get(14 + header.len()..)?;
            let bytes = match bits {
                0 | 40 => 5,
                128 => 16,
                _ => return None,
            };
            let cipher = Cipher::Sha1 { hash: of_sha1(verifier.get(4..20)?), bytes };
            let mut both = [verifier.get(20..36)?, verifier.get(40..60)?].concat();
            cipher.apply(0, &mut both);
            (Sha1::digest(&both[..16]).as_slice() == &both[16..]).then_some(cipher)
        }
        _ => None,
    }
}

fn password() -> Vec<u8> {
    PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn of_md5(salt: &[u8]) -> [u8; 5] {
    let first = Md5::digest(password());
    let all = [&first[..5], salt].concat().repeat(16);
    let second = Md5::digest(all);
    std::array::from_fn(|place| second[place])
}

fn of_sha1(salt: &[u8]) -> [u8; 20] {
    Sha1::digest([salt, &password()].concat()).into()
}

impl Cipher {
    /// Encrypts or decrypts a block.
    fn apply(&self, block: u32, bytes: &mut [u8]) {
        let block = block.to_le_bytes();
        let mut key = [0; 16];
        match self {
            Cipher::Md5 { hash } => {
                key.copy_from_slice(&Md5::digest([&hash[..], &block].concat()));
            }
            // A short key is filled up with zeros.
            Cipher::Sha1 { hash, bytes } => {
                let made = Sha1::digest([&hash[..], &block].concat());
                key[..*bytes].copy_from_slice(&made[..*bytes]);
            }
        }
        Rc4::<U16>::new(Key::<U16>::from_slice(&key)).apply_keystream(bytes);
    }
}
