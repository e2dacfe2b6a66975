//! An inbox as a run kept it: its copies, and what the run noted of what they do not tell.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::{Inbox, Note, Origin, PassedOver, Received, by_name, folder, hash_of, uncopied};
use crate::model::Side;
use crate::pipeline::file::Read as Limits;

/// Returns the inbox whose copies lie in a folder, in the order that is given by their names.
///
/// # Errors
/// Fails when the folder cannot be listed.
pub fn kept(
    copies: &Path,
    notes: &[Note],
    passed_over: Vec<PassedOver>,
    order: impl Fn(&str) -> usize,
    modified: impl Fn(&str) -> Option<i64>,
    limits: &Limits,
) -> io::Result<Inbox> {
    let mut paths = Vec::new();
    if copies.is_dir() {
        listed(copies, "", &mut paths)?;
    }
    let by_copy: BTreeMap<&str, &Note> =
        notes.iter().filter_map(|note| Some((note.copy.as_deref()?, note))).collect();
    // Archives of which the files were received one by one are among them.
    let passed: BTreeSet<&str> = passed_over.iter().map(|one| one.name.as_str()).collect();
    let mut both: Vec<(Received, Origin)> = Vec::new();
    for (inner, path) in paths {
        let note = by_copy.get(inner.as_str());
        let name = note.map_or_else(|| inner.clone(), |note| note.file.clone());
        if passed.contains(name.as_str()) {
            continue;
        }
        let (sha256, unread) = match hash_of(&path, limits) {
            Ok(sha256) => (sha256, None),
            Err(refusal) => (String::new(), Some(refusal)),
        };
        let refusal = note.and_then(|note| note.refusal.clone()).or(unread);
        let refusal = by_name(Path::new(&name)).or(refusal);
        let modified = modified(&name).unwrap_or_default();
        let origin = Origin { inner: PathBuf::from(&name), copy: Some(inner.clone()), state: None };
        let side = Side::Submission;
        both.push((Received { name, copy: path, sha256, side, modified, refusal }, origin));
    }
    for note in notes.iter().filter(|note| note.copy.is_none()) {
        let Some(refusal) = note.refusal.clone() else { continue };
        let origin = Origin { inner: PathBuf::from(&note.file), copy: None, state: None };
        both.push((uncopied(note.file.clone(), Side::Submission, refusal), origin));
    }
    both.sort_by(|(one, _), (other, _)| {
        (order(&one.name), &one.name).cmp(&(order(&other.name), &other.name))
    });
    let (files, origins) = both.into_iter().unzip();
    Ok(Inbox { folder: copies.to_owned(), files, origins, passed_over })
}

/// The files in a folder and those in it, by their paths with slashes.
fn listed(at: &Path, within: &str, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for (name, kind) in folder::entries(at)? {
        let path = at.join(&name);
        let name = name.to_string_lossy();
        let inner = if within.is_empty() { name.into_owned() } else { format!("{within}/{name}") };
        if kind?.is_dir() {
            listed(&path, &inner, found)?;
        } else {
            found.push((inner, path));
        }
    }
    Ok(())
}
