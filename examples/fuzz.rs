//! Damages good files, byte by byte and part by part, and reads them through `duibiao extract`:
//! every file has to end in rows or in one refusal, and the run may not end before its time.
//!
//! `cargo run --release --example fuzz -- SECONDS [SEED] [FILES…]`; without files, those of
//! `fixtures`. Files that cost a worker its life or its time are kept in `target/fuzz`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().unwrap_or_else(|| "60".to_owned()).parse()?;
    let seed: u64 = arguments.next().unwrap_or_else(|| "1".to_owned()).parse()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    if paths.is_empty() {
        for folder in ["inbox/2020-08", "layouts", "cases/hostile-inbox/inbox", "plan"] {
            let folder = root.join("fixtures").join(folder);
            for entry in std::fs::read_dir(folder)? {
                paths.push(entry?.path());
            }
        }
        paths.sort();
    }
    let mut files = Vec::new();
    for path in &paths {
        let bytes = std::fs::read(path)?;
        if !bytes.is_empty() {
            files.push(bytes);
        }
    }
    let kept = root.join("target/fuzz");
    std::fs::create_dir_all(&kept)?;
    let program = root.join("target/release/duibiao");
    let mut child = Command::new(program)
        .arg("extract")
        .arg(root.join("pipelines/sanya-2020.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("its input is piped")?;
    let mut output = BufReader::new(child.stdout.take().ok_or("its output is piped")?);
    let path = kept.join("current.bin");
    let mut dice = Dice(seed.max(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let (mut tried, mut slowest) = (0_u64, Duration::ZERO);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(seconds) {
        let damaged = damaged(&files, &mut dice);
        std::fs::write(&path, &damaged)?;
        let asked = Instant::now();
        writeln!(input, "{}", path.display())?;
        input.flush()?;
        let outcome = answer(&mut output)?;
        slowest = slowest.max(asked.elapsed());
        tried += 1;
        if ["crashed", "timed-out", "out-of-memory"].contains(&outcome.as_str()) {
            std::fs::write(kept.join(format!("{outcome}-{seed}-{tried}.bin")), &damaged)?;
        }
        *counts.entry(outcome).or_default() += 1;
    }
    drop(input);
    let status = child.wait()?;
    let mut said = std::io::stderr().lock();
    writeln!(said, "{tried} files in {} s, slowest {} ms", seconds, slowest.as_millis())?;
    for (outcome, count) in counts {
        writeln!(said, "{count:>8}  {outcome}")?;
    }
    if status.success() { Ok(()) } else { Err(format!("the run ended with {status}").into()) }
}

/// Reads the lines of one file and returns how it ended.
fn answer(output: &mut impl BufRead) -> Result<String, Box<dyn Error>> {
    let mut outcome = String::new();
    let (mut got, mut of) = (0, 1);
    while got < of {
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            return Err("the run ended before its time".into());
        }
        let line: Value = serde_json::from_str(&line)?;
        of = line["of"].as_u64().ok_or("a line says how many there are")?;
        got += 1;
        let Some(head) = line.get("head") else { continue };
        outcome = match &head["refusal"] {
            Value::Null => format!("read as {}", head["format"].as_str().unwrap_or("?")),
            Value::String(reason) => reason.clone(),
            Value::Object(reason) => reason.keys().next().cloned().unwrap_or_default(),
            other => other.to_string(),
        };
    }
    Ok(outcome)
}

/// Numbers that look random and are the same for the same seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }
}

fn damaged(files: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let file = &files[dice.below(files.len())];
    if file.starts_with(b"PK")
        && dice.below(3) > 0
        && let Some(bytes) = with_damaged_part(file, dice)
    {
        return bytes;
    }
    let other = &files[dice.below(files.len())];
    let mut bytes = file.clone();
    for _ in 0..=dice.below(4) {
        damage(&mut bytes, other, dice);
    }
    bytes
}

/// Damages bytes in one of the ways in which files break, or are broken on purpose.
fn damage(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    if bytes.is_empty() {
        return;
    }
    let at = dice.below(bytes.len());
    let length = 1 + dice.below(64.min(bytes.len() - at));
    match dice.below(8) {
        0 => bytes[at] ^= 1 << dice.below(8),
        1 => bytes[at] = dice.byte(),
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..at + length)),
        4 => {
            let piece = bytes[at..at + length].to_vec();
            bytes.splice(at..at, piece);
        }
        5 => {
            let from = dice.below(other.len());
            let piece = &other[from..(from + length).min(other.len())];
            bytes.splice(at..at, piece.iter().copied());
        }
        6 => {
            let value = [0x00, 0xff, 0x7f, 0x80][dice.below(4)];
            bytes[at..at + length].fill(value);
        }
        _ => {
            // A number somewhere near grows beyond reason.
            if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                let huge = [&b"4294967298"[..], b"99999999999999999999", b"-1", b"1048577", b"0"];
                let huge = huge[dice.below(huge.len())];
                bytes.splice(at + digit..=at + digit, huge.iter().copied());
            }
        }
    }
}

/// Unpacks a package, damages one part, and packs it again with sound checksums.
fn with_damaged_part(file: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).ok()?;
    let mut parts = Vec::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).ok()?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).ok()?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        parts.push((name, bytes));
    }
    let chosen = dice.below(parts.len());
    let other = parts[dice.below(parts.len())].1.clone();
    match dice.below(12) {
        0 => drop(parts.remove(chosen)),
        1 => parts[chosen].1.clone_from(&other),
        2 => parts[chosen].1.clear(),
        _ => {
            for _ in 0..=dice.below(3) {
                damage(&mut parts[chosen].1, &other, dice);
            }
        }
    }
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        packed.start_file(name, options).ok()?;
        packed.write_all(&bytes).ok()?;
    }
    Some(packed.finish().ok()?.into_inner())
}
