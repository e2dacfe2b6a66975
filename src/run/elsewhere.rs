//! Extracts that were made elsewhere: believed only under their seal, of this program, this pipeline
//! file and the bytes that lie in the run's own inputs; and held against these, all of them where
//! they are few, else a number that nobody can foresee.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::{Request, RunError};
use crate::extract::{self, BadLine, Extract, Gathering};
use crate::intake::{self, Received};
use crate::model::encoded::Utf8;
use crate::model::{Side, hash};
use crate::pipeline::Pipeline;

/// Why extracts are not believed.
#[derive(Debug)]
pub enum NotBelieved {
    Unreadable(std::io::Error),
    /// Longer than what may be read of one file.
    TooLong,
    Line(BadLine),
    /// Two say different things of one file.
    Contradiction,
    /// Lines of this many files are missing.
    Incomplete(usize),
    /// The copy of this file says something else.
    NotAsRead(String),
}

/// Extracts by the hash of their bytes and the side as which these were read, with where they stand.
#[derive(Debug, Default)]
pub struct Known<'a> {
    extracts: BTreeMap<(String, Side), (Extract, &'a Path)>,
}

impl<'a> Known<'a> {
    /// Reads extracts.
    ///
    /// # Errors
    /// Fails when a file cannot be read, or says what cannot be believed.
    pub fn read(paths: &'a [PathBuf], pipeline: &Pipeline) -> Result<Self, RunError> {
        let mut known = Self::default();
        for path in paths {
            known.read_lines(path, pipeline)?;
        }
        Ok(known)
    }

    fn read_lines(&mut self, path: &'a Path, pipeline: &Pipeline) -> Result<(), RunError> {
        let unusable = |why: NotBelieved| RunError::Extracts { path: path.to_owned(), why };
        let mut input = BufReader::new(Utf8::of(intake::file(path)?));
        let most = pipeline.limits.extract_bytes();
        let mut gathering = Gathering::default();
        let (mut outdated, as_written) =
            (Gathering::default(), hash::sha256(pipeline.text.as_bytes()));
        loop {
            let mut line = Vec::new();
            let read = input.by_ref().take(most).read_until(b'\n', &mut line);
            if read.map_err(|error| unusable(NotBelieved::Unreadable(error)))? == 0 {
                break;
            }
            if line.len() as u64 == most {
                return Err(unusable(NotBelieved::TooLong));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let bad = |error| unusable(NotBelieved::Line(error));
            let line = extract::unsealed(&String::from_utf8_lossy(&line)).map_err(bad)?;
            let whole = match gathering.take(line.as_bytes(), &pipeline.sha256) {
                // Made before a heading was adopted in a workbook, which nobody elsewhere knows: its file
                // is read here.
                Err(BadLine::OtherPipeline) if !pipeline.adopted.is_empty() => {
                    outdated.take(line.as_bytes(), &as_written).map_err(bad)?;
                    continue;
                }
                whole => whole.map_err(bad)?,
            };
            let Some(extract) = whole else { continue };
            let of = (extract.sha256.clone(), extract.side);
            if self.extracts.get(&of).is_some_and(|(other, _)| *other != extract) {
                return Err(unusable(NotBelieved::Contradiction));
            }
            self.extracts.insert(of, (extract, path));
        }
        match gathering.incomplete().count() {
            0 => Ok(()),
            files => Err(unusable(NotBelieved::Incomplete(files))),
        }
    }

    /// Returns what is known of a file that can be read.
    pub fn of(&self, file: &Received, pipeline: &Pipeline) -> Option<&Extract> {
        self.found(file, pipeline).map(|(extract, _)| extract)
    }

    fn found(&self, file: &Received, pipeline: &Pipeline) -> Option<&(Extract, &'a Path)> {
        let of = (file.sha256.clone(), pipeline.side_read(file.side));
        self.extracts.get(&of).filter(|_| file.refusal.is_none())
    }

    /// Reads the copies of some of the files, and returns of how many.
    ///
    /// # Errors
    /// Fails when a copy says something else than its extract.
    pub fn hold(
        &self,
        files: &[Received],
        pipeline: &Pipeline,
        request: &Request,
    ) -> Result<usize, RunError> {
        /// What takes no time to speak of.
        const MOST: usize = 20;
        let used = files.iter().filter_map(|file| Some((file, self.found(file, pipeline)?)));
        let drawn = drawn(used.collect(), MOST);
        let copies: Vec<Received> = drawn.iter().map(|(file, _)| (*file).clone()).collect();
        let read = extract::extracts(&copies, pipeline, &request.program, &|_| {})?;
        for ((file, (known, path)), read) in drawn.iter().zip(&read) {
            if known != read {
                let why = NotBelieved::NotAsRead(file.name.clone());
                return Err(RunError::Extracts { path: (*path).to_owned(), why });
            }
        }
        Ok(copies.len())
    }
}

/// Draws some of the files whose extracts are known, so that nobody can foresee which.
pub fn drawn<T>(mut known: Vec<(&Received, T)>, most: usize) -> Vec<(&Received, T)> {
    let lot = RandomState::new();
    known.sort_by_cached_key(|(file, _)| lot.hash_one(&file.name));
    known.truncate(most);
    known
}
