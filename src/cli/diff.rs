//! `history diff`: what changed between any two runs, of one month or of two.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::archive::Published;
use crate::findings::Verdict;
use crate::findings::report::{FindingLine, Report};
use crate::model::words::Language;
use crate::model::{Kind, Severity, Side};
use crate::wording::compared as said;

const SCHEMA: &str = "duibiao.diff/1";

/// What changed from one run to another.
#[derive(Serialize)]
pub struct Difference {
    schema: &'static str,
    pub from: String,
    pub to: String,
    verdict: [Verdict; 2],
    /// Whether they were held against the same plan.
    same_plan: bool,
    same_pipeline: bool,
    files: Vec<OfFile>,
    units: Vec<OfUnit>,
    sums: Vec<OfSum>,
    /// Open to whoever looks: findings of the first run that the second does not have.
    gone: Vec<OfFinding>,
    new: Vec<OfFinding>,
    /// Findings of both, with other figures or another standing.
    changed: Vec<OfFinding>,
}

/// A file that is not the same in both; a hash is null where it is in one only.
#[derive(Serialize)]
pub struct OfFile {
    pub file: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

#[derive(Serialize)]
pub struct OfUnit {
    pub unit: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// What a unit reported of a field; unit null for all.
#[derive(Serialize)]
pub struct OfSum {
    pub unit: Option<String>,
    pub field: String,
    pub from: String,
    pub to: String,
}

#[derive(Serialize)]
pub struct OfFinding {
    id: String,
    kind: Kind,
    severity: Severity,
    unit: Option<String>,
    found: Option<String>,
    message: String,
}

impl OfFinding {
    fn of(line: &FindingLine) -> Self {
        Self {
            id: line.id.clone(),
            kind: line.kind,
            severity: line.severity,
            unit: line.unit.clone(),
            found: line.found.clone(),
            message: line.message.clone(),
        }
    }
}

/// Compares two runs.
pub fn difference(one: &Published, other: &Published, names: [String; 2]) -> Difference {
    let (from, to) = (&one.report, &other.report);
    let [from_name, to_name] = names;
    let pipeline = |run: &Published| {
        let manifest = run.manifest.as_ref()?;
        let file = manifest.files.iter().find(|file| file.path == "inputs/pipeline.toml")?;
        Some(file.sha256.clone())
    };
    let files = |report: &Report| -> BTreeMap<String, String> {
        report
            .files
            .iter()
            .map(|line| (line.file.clone(), line.sha256.clone().unwrap_or_default()))
            .collect()
    };
    let units = |report: &Report| -> BTreeMap<String, String> {
        let standing = |line: &crate::findings::report::UnitLine| {
            serde_json::to_value(line.standing)
                .ok()
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        report.units.iter().map(|line| (line.unit.clone(), standing(line))).collect()
    };
    let findings = |report: &Report| -> BTreeMap<String, FindingLine> {
        let above = report.findings.iter();
        let above =
            above.filter(|line| line.side == Side::Submission && line.severity > Severity::Note);
        above.map(|line| (line.id.clone(), line.clone())).collect()
    };
    let (findings_from, findings_to) = (findings(from), findings(to));
    let missing = |these: &BTreeMap<String, FindingLine>, those: &BTreeMap<String, FindingLine>| {
        let missing = these.values().filter(|line| !those.contains_key(&line.id));
        missing.map(OfFinding::of).collect::<Vec<_>>()
    };
    let changed = findings_to.values().filter(|line| {
        findings_from.get(&line.id).is_some_and(|before| {
            before.found != line.found
                || before.expected != line.expected
                || before.status != line.status
                || before.kind != line.kind
        })
    });
    Difference {
        schema: SCHEMA,
        from: from_name,
        to: to_name,
        verdict: [from.verdict, to.verdict],
        same_plan: from.plan.sha256 == to.plan.sha256,
        same_pipeline: pipeline(one) == pipeline(other),
        files: unequal(&files(from), &files(to))
            .map(|(file, from, to)| OfFile { file, from, to })
            .collect(),
        units: unequal(&units(from), &units(to))
            .map(|(unit, from, to)| OfUnit { unit, from, to })
            .collect(),
        sums: sums(from, to),
        gone: missing(&findings_from, &findings_to),
        new: missing(&findings_to, &findings_from),
        changed: changed.map(OfFinding::of).collect(),
    }
}

/// What is not the same under one key.
fn unequal<'a>(
    from: &'a BTreeMap<String, String>,
    to: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (String, Option<String>, Option<String>)> + 'a {
    let keys: std::collections::BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    keys.into_iter().filter_map(|key| {
        let (one, other) = (from.get(key), to.get(key));
        (one != other).then(|| (key.clone(), one.cloned(), other.cloned()))
    })
}

fn sums(from: &Report, to: &Report) -> Vec<OfSum> {
    let reported = |report: &Report| -> BTreeMap<(Option<String>, String), String> {
        let lines = report.bridge.iter();
        lines.map(|line| ((line.unit.clone(), line.field.clone()), line.reported.clone())).collect()
    };
    let (from, to) = (reported(from), reported(to));
    let both = from.iter().filter_map(|(key, one)| Some((key, one, to.get(key)?)));
    both.filter(|(_, one, other)| one != other)
        .map(|((unit, field), one, other)| OfSum {
            unit: unit.clone(),
            field: field.clone(),
            from: one.clone(),
            to: other.clone(),
        })
        .collect()
}

impl Difference {
    /// Whether nothing is different that a person would ask about.
    fn is_none(&self) -> bool {
        self.same_plan
            && self.same_pipeline
            && self.files.is_empty()
            && self.units.is_empty()
            && self.sums.is_empty()
            && self.gone.is_empty()
            && self.new.is_empty()
            && self.changed.is_empty()
    }

    /// Returns it for people, a line a thing.
    pub fn text(&self, language: Language) -> String {
        let mut lines = vec![said::between(&self.from, &self.to)];
        if self.is_none() {
            lines.push(said::nothing());
        }
        if !self.same_plan {
            lines.push(said::other_plan());
        }
        if !self.same_pipeline {
            lines.push(said::other_pipeline());
        }
        lines.extend(
            self.files
                .iter()
                .map(|one| said::file(&one.file, one.from.is_some(), one.to.is_some())),
        );
        let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "—".to_owned());
        lines.extend(
            self.units.iter().map(|one| said::unit(&one.unit, &word(&one.from), &word(&one.to))),
        );
        lines.extend(
            self.sums
                .iter()
                .map(|one| said::sum(one.unit.as_deref(), &one.field, &one.from, &one.to)),
        );
        for (findings, what) in [
            (&self.gone, said::Became::Gone),
            (&self.new, said::Became::New),
            (&self.changed, said::Became::Changed),
        ] {
            lines.extend(findings.iter().map(|one| said::finding(what, &one.message)));
        }
        let lines: Vec<&str> = lines.iter().map(|line| line.in_language(language)).collect();
        lines.join("\n") + "\n"
    }
}
