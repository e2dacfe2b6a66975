//! What people wrote about findings: carried over from earlier runs, written into a published
//! workbook, or come back through the inbox.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::RunError;
use crate::archive::{self, Published};
use crate::extract::Extract;
use crate::findings::{FindingLine, Report, ReturnedLine, Written, listed};
use crate::intake::{self, Received};
use crate::model::{Kind, hash};

/// Copies the files that may hold explanations into the run: published workbooks that somebody
/// has written into since, and those named on the command line.
///
/// # Errors
/// Fails when a named file cannot be read.
pub fn take_in(
    named: &[PathBuf],
    published: &[&Published],
    into: &Path,
) -> Result<Vec<Received>, RunError> {
    let mut received = Vec::new();
    for run in published {
        for path in edited_workbooks(run) {
            let label = run.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let folder = into.join(format!("{}-{label}", run.period));
            received.push(intake::single(&path, &folder)?);
        }
    }
    for (index, path) in named.iter().enumerate() {
        received.push(intake::single(path, &into.join(format!("{}", index + 1)))?);
    }
    Ok(received)
}

/// Returns the workbooks of a published run that are no longer as they were published.
fn edited_workbooks(run: &Published) -> Vec<PathBuf> {
    let Some(manifest) = archive::read_manifest(&run.folder) else { return Vec::new() };
    let workbooks = manifest.files.iter().filter(|file| {
        Path::new(&file.path).extension().is_some_and(|extension| extension == "xlsx")
            && (!file.path.contains('/') || file.path.starts_with("returns/"))
    });
    workbooks
        .filter_map(|file| {
            let path = run.folder.join(&file.path);
            let bytes = std::fs::read(&path).ok()?;
            (hash::sha256(&bytes) != file.sha256).then_some(path)
        })
        .collect()
}

/// Returns all explanations by the finding's identity, later ones in the place of earlier ones:
/// those of files that an earlier run of the period has taken in already, those that the earlier
/// reports carry, those of files that are new.
pub fn gathered<'a>(
    reports: &[&Report],
    returned: impl Iterator<Item = &'a Extract> + Clone,
    taken_in_before: &BTreeSet<String>,
) -> BTreeMap<String, Written> {
    let (old, new): (Vec<&Extract>, Vec<&Extract>) =
        returned.partition(|extract| taken_in_before.contains(&extract.sha256));
    let mut explanations = BTreeMap::new();
    overwrite(&mut explanations, &old);
    for line in reports.iter().flat_map(|report| &report.findings) {
        if let Some(written) = carried(line) {
            explanations.insert(line.id.clone(), written);
        }
    }
    overwrite(&mut explanations, &new);
    explanations
}

fn overwrite(explanations: &mut BTreeMap<String, Written>, returned: &[&Extract]) {
    for written in
        returned.iter().filter_map(|extract| extract.returned.as_ref()).flat_map(|r| &r.written)
    {
        let same = explanations.get(&written.id).is_some_and(|known| known.text == written.text);
        if same {
            // The program's own words come back as it wrote them.
            continue;
        }
        explanations.insert(
            written.id.clone(),
            Written {
                text: written.text.clone(),
                expected: written.expected.clone(),
                found: written.found.clone(),
                outdated: false,
            },
        );
    }
}

fn carried(line: &FindingLine) -> Option<Written> {
    let text = line.explanation.clone()?;
    let found = line.found.clone().or_else(|| {
        // Where no value was understood the list shows what was typed.
        let unreadable = matches!(line.kind, Kind::ValueUnreadable | Kind::ValueImprecise);
        line.typed.clone().filter(|_| unreadable)
    });
    Some(Written {
        text,
        expected: listed(&line.expected),
        found: listed(&found),
        outdated: line.explanation_outdated,
    })
}

/// Returns what came back, for the report.
pub fn lines(returned: &[(Received, Extract)]) -> Vec<ReturnedLine> {
    returned
        .iter()
        .filter_map(|(file, extract)| {
            let returned = extract.returned.as_ref()?;
            Some(ReturnedLine {
                file: file.name.clone(),
                kind: returned.kind,
                explanations: returned.written.len(),
            })
        })
        .collect()
}
