//! From the pipeline file as written to a checked [`Pipeline`].
//!
//! Every section is compiled whatever became of the others, so that one reading of the file
//! tells all its faults.

mod afterwards;
mod columns;
mod demands;
mod equations;
mod results;
mod rules;
mod tables;

pub use afterwards::address_of;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::document::{Document, Fault, Way};
use super::file::{self, File};
use super::heading::Headings;
use super::lexicon::WITH_MARKS;
use super::phrase::{self, CaptureKind};
use super::reworded::Reworded;
use super::units::DeclaredUnits;
use super::{
    Choice, Column, ColumnType, Derived, Dimension, Intake, Lexicon, NamePattern, Pipeline,
    PlanVersion, Roster,
};
use crate::model::memo::Memo;
use crate::model::{ColumnId, IdSlice, Month, Said, encoded, fold, hash};

/// Why there is no pipeline.
#[derive(Debug)]
pub enum CannotLoad {
    /// The file cannot be read; holds what the system said.
    Unreadable { path: PathBuf, cause: io::Error },
    /// The file says something that makes no sense.
    Faulty { path: PathBuf, faults: Vec<Fault> },
}

/// Reads and checks a pipeline file.
///
/// # Errors
/// Returns all faults of the file at once, in the order of its lines.
pub fn load(path: &Path) -> Result<Pipeline, CannotLoad> {
    let text = read_text(path)
        .map_err(|error| CannotLoad::Unreadable { path: path.to_owned(), cause: error })?;
    of_text(path, &text).map_err(|faults| CannotLoad::Faulty { path: path.to_owned(), faults })
}

/// Reads a text that a person may have written: a pipe would be waited for, a device read for ever.
fn read_text(path: &Path) -> io::Result<String> {
    const MOST: u64 = 16 * 1024 * 1024;
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() || metadata.len() > MOST {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    encoded::text(&std::fs::read(path)?)
}

/// Checks the text of a pipeline file; `path` is where it stands or will stand.
///
/// # Errors
/// Returns all faults of the text at once, in the order of its lines.
pub fn of_text(path: &Path, text: &str) -> Result<Pipeline, Vec<Fault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, mut faults) = Document::parse(text);
    if !faults.is_empty() {
        // What is no TOML has no structure to speak of.
        return Err(in_order(faults));
    }
    let (structural, file) = document.structure();
    faults.extend(structural);
    let Some(file) = file else { return Err(in_order(faults)) };
    let told: BTreeSet<usize> = faults.iter().map(|fault| fault.line).collect();
    let types = Way::to("normalise").key("column");
    let doubtful = (0..file.normalise.column.len())
        .filter(|index| told.contains(&document.line_of(&types.item(*index).key("type"))))
        .map(ColumnId::from)
        .collect();
    let mut compiler = Compiler { document: &document, faults: Vec::new(), doubtful };
    let pipeline = compiler.pipeline(path, text, file);
    // What was made up for a missing or wrong value has been said on its line already.
    faults.extend(compiler.faults.into_iter().filter(|fault| !told.contains(&fault.line)));
    if faults.is_empty() { Ok(pipeline) } else { Err(in_order(faults)) }
}

fn in_order(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.line);
    faults.dedup();
    faults
}

struct Compiler<'a> {
    document: &'a Document<'a>,
    faults: Vec<Fault>,
    /// Columns whose type is wrong as written, so that nothing follows from it.
    doubtful: BTreeSet<ColumnId>,
}

/// What rules may refer to.
struct Names<'a> {
    columns: &'a IdSlice<ColumnId, Column>,
    derived: &'a [Derived],
    /// Figures of sentences about the whole plan.
    whole: BTreeMap<String, Dimension>,
    /// Figures of sentences about one unit.
    per_unit: BTreeMap<String, Dimension>,
}

impl<'a> Names<'a> {
    /// Returns what a rule about rows may refer to.
    fn of_rows(&self) -> Names<'a> {
        Names {
            columns: self.columns,
            derived: self.derived,
            whole: BTreeMap::new(),
            per_unit: BTreeMap::new(),
        }
    }
}

impl Compiler<'_> {
    fn say(&mut self, way: &Way, said: Said, advice: Said) {
        self.faults.push(self.document.fault(way, said, advice));
    }

    /// A word of which nothing is left when it is folded would be found everywhere.
    fn lexicon(&mut self, normalise: &file::Normalise, more: &file::Lexicon) -> Lexicon {
        let own = [("totals", &normalise.totals), ("notes", &normalise.notes)];
        let own = own.map(|(key, words)| ("normalise", key, words.as_slice()));
        let lists = more.lists().map(|(key, words)| ("lexicon", key, words));
        for (section, key, words) in own.into_iter().chain(lists) {
            let folded = if WITH_MARKS.contains(&key) { fold::plain } else { fold::key };
            for (place, word) in words.iter().enumerate() {
                if folded(word).is_empty() {
                    let way = Way::to(section).key(key);
                    self.say(
                        &way.item(place),
                        Said::new(
                            "这里的词是空的，或只有标点",
                            "this word is empty, or nothing but marks",
                        ),
                        Said::new("写出这个词，或把它删去", "write the word, or remove it"),
                    );
                }
            }
        }
        Lexicon::of(normalise, more)
    }

    fn pipeline(&mut self, path: &Path, text: &str, file: File) -> Pipeline {
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        let intake = self.intake(&directory, &file.intake);
        self.limits(&file.read);
        let mut columns = self.columns(&file.normalise);
        let derived = self.derived(&file.normalise, &columns);
        let roles = self.roles(&file, &columns);
        let tables = self.tables(&file, &roles, &mut columns);
        // Few units are told apart by few words, and are no choice for that.
        if let Some(owner) = roles.owner {
            columns[owner].kind = ColumnType::Text;
            columns[owner].choices.clear();
        }
        // What may stay blank lacks nothing where it does.
        for field in tables.iter().flat_map(|table| &table.keep_blank) {
            columns[*field].required = false;
        }
        let mut matching = self.matching(file.matching);
        matching.roll_up |= file.roster.plan_is_sum;
        if file.roster.plan_is_sum && file.roster.unit.is_empty() {
            self.say(
                &Way::to("roster").key("plan_is_sum"),
                Said::new(
                    "计划是各单位之和，而没有登记单位",
                    "the plan is the sum of its units, and none is declared",
                ),
                Said::new(
                    "逐个登记单位，如 [[roster.unit]] name = \"甲县\"",
                    "declare the units, such as `[[roster.unit]]` with `name = \"甲县\"`",
                ),
            );
        }
        let lexicon = self.lexicon(&file.normalise, &file.lexicon);
        Self::meanings(&mut columns, &file.normalise, &lexicon);
        let names = Names {
            columns: &columns,
            derived: &derived,
            whole: BTreeMap::new(),
            per_unit: BTreeMap::new(),
        };
        let mut check = self.check(&file.check, file.normalise.money, names);
        // Rows are held against those of their unit, wherever it is named: it is the same by then.
        check.compare.retain(|compare| roles.owner != Some(compare.column));
        let findings = self.findings(file.findings, &columns, &derived);
        let sources = self.workbook(&file.workbook, &columns, &derived, &check);
        let rates = self.rates(&file.workbook, &columns);
        let keep = self.keep(&file.archive);
        let cache_bytes = self.cache_bytes(&file.archive);
        let schedule = self.schedule(&file.run);
        let finish = self.finish(&file.run);
        let outbox = file.outbox.map(|outbox| self.outbox(outbox, &directory));
        if file.title.trim().is_empty() {
            self.say(
                &Way::to("title"),
                Said::new("标题是空的", "the title is empty"),
                Said::new("写明核对的是什么", "say what is reconciled"),
            );
        }
        Pipeline {
            name: path
                .file_stem()
                .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
            title: file.title,
            path: path.to_owned(),
            text: text.to_owned(),
            sha256: hash::sha256(text.as_bytes()),
            intake,
            limits: file.read,
            money: file.normalise.money,
            words: lexicon,
            headings: Headings::of(&columns),
            reworded: Reworded::of(&columns),
            columns,
            derived,
            derived_said: Memo::default(),
            tables,
            roles,
            roster: roster(file.roster),
            matching,
            check,
            findings,
            workbook: file.workbook,
            sources,
            rates,
            keep,
            cache_bytes,
            outbox,
            schedule,
            finish,
            adopted: Vec::new(),
        }
    }

    fn intake(&mut self, directory: &Path, intake: &file::Intake) -> Intake {
        let way = Way::to("intake");
        let mut plans = Vec::new();
        if intake.plan.is_empty() {
            self.say(
                &way,
                Said::new("没有写明计划文件", "no plan is given"),
                Said::new("补上 [[intake.plan]]", "add `[[intake.plan]]`"),
            );
        }
        for (index, plan) in intake.plan.iter().enumerate() {
            let from = self.month(&plan.from, &way.key("plan").item(index).key("from"));
            plans.push(PlanVersion {
                path: located(directory, &plan.file),
                from: from.unwrap_or(Month { year: 1900, month: 1 }),
            });
        }
        plans.sort_by_key(|plan| plan.from);
        if plans.windows(2).any(|pair| pair[0].from == pair[1].from) {
            self.say(
                &way.key("plan"),
                Said::new("两份计划从同一月份起生效", "two plans are in force from the same month"),
                Said::new("改正其中一份的 from", "correct `from` of one of them"),
            );
        }
        Intake {
            inbox: located(directory, &intake.inbox).to_string_lossy().into_owned(),
            archive: located(directory, &intake.archive),
            settle: self.settle(&intake.settle),
            plans,
            attachments: intake
                .attachments
                .iter()
                .map(|ending| ending.trim_start_matches('.').to_lowercase())
                .collect(),
            ignored: self.ignored(&intake.ignore),
        }
    }

    /// Patterns of names; an empty one fits nothing, and is most likely a slip.
    fn ignored(&mut self, patterns: &[String]) -> Vec<NamePattern> {
        let mut ignored = Vec::new();
        for (place, text) in patterns.iter().enumerate() {
            match NamePattern::of(text) {
                Some(pattern) => ignored.push(pattern),
                None => self.say(
                    &Way::to("intake").key("ignore").item(place),
                    Said::new("这里的文件名是空的", "this name is empty"),
                    Said::new(
                        "写出文件名，如 Thumbs.db、*.log，或把它删去",
                        "write a name such as `Thumbs.db` or `*.log`, or remove it",
                    ),
                ),
            }
        }
        ignored
    }

    /// A limit that lets everything pass is none, and under one that is too tight nothing is read.
    fn limits(&mut self, read: &file::Read) {
        for (key, value, range) in read.ranges() {
            let (least, most) = (range.start(), range.end());
            if !range.contains(&value) {
                self.say(
                    &Way::to("read").key(key),
                    Said::new(
                        format!("{key} = {value} 不能作为上限"),
                        format!("`{key} = {value}` is no limit that can be kept"),
                    ),
                    Said::new(
                        format!("写 {least} 到 {most} 之间的数，或删去这一行，用默认值"),
                        format!("write {least} to {most}, or remove the line for the default"),
                    ),
                );
            }
        }
    }

    fn month(&mut self, text: &str, way: &Way) -> Option<Month> {
        let month = text.parse().ok();
        if month.is_none() {
            self.say(
                way,
                Said::new(format!("“{text}”不是月份"), format!("`{text}` is no month")),
                Said::new("写作 2020-06 的样子", "write it like `2020-06`"),
            );
        }
        month
    }
}

/// Returns where a path of the pipeline file leads, without the way back out of its folder:
/// `pipelines/../archive` is shown as `archive`.
fn located(directory: &Path, path: &str) -> PathBuf {
    let mut located = directory.to_owned();
    for step in Path::new(path).components() {
        let is_folder = located.file_name().is_some() && !located.is_symlink();
        if step == Component::ParentDir && is_folder {
            located.pop();
        } else {
            located.push(step);
        }
    }
    located
}

fn per_unit(phrases: &[phrase::Phrase]) -> bool {
    phrases
        .iter()
        .flat_map(|phrase| &phrase.captures)
        .any(|capture| capture.kind == CaptureKind::Unit)
}

fn choice(choice: &file::Choice) -> Choice {
    let keys = std::iter::once(&choice.value)
        .chain(&choice.spellings)
        .map(|text| fold::key(text))
        .collect();
    Choice { value: choice.value.clone(), keys }
}

fn roster(roster: file::Roster) -> Roster {
    let keys = |words: &[String]| words.iter().map(|word| fold::key(word)).collect();
    Roster {
        submitter: keys(&roster.submitter),
        filled_on: keys(&roster.filled_on),
        corrections: roster.corrections.iter().map(|word| fold::plain(word)).collect(),
        zero_report: keys(&roster.zero_report),
        plan_is_sum: roster.plan_is_sum,
        units: DeclaredUnits::of(&roster.unit),
        aliases: roster.unit.into_iter().map(|unit| (unit.name, unit.aliases)).collect(),
    }
}
