//! From the pipeline file as written to a checked [`Pipeline`].
//!
//! Every section is compiled whatever became of the others, so that one reading of the file
//! tells all its faults.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::document::{Document, Fault, Way, suggestion};
use super::file::{self, ColumnType, File, Over};
use super::phrase::{self, Capture, CaptureKind};
use super::rule::{self, Formula, Relation, Sum, Term};
use super::{
    Check, Choice, Column, Compare, Derived, Dimension, Findings, Intake, Matching, MoneySource,
    Operand, Pipeline, PlanVersion, Quantity, Roles, Roster, Rule, Statement, Waiver, Words,
    heading,
};
use crate::model::amount::scale_decimal;
use crate::model::{Kind, MoneyUnit, Month, Said, Severity, fold, hash};

/// Why there is no pipeline.
#[derive(Debug)]
pub enum CannotLoad {
    /// The file cannot be read; holds what the system said.
    Unreadable { path: PathBuf, cause: String },
    /// The file says something that makes no sense.
    Faulty { path: PathBuf, faults: Vec<Fault> },
}

/// Reads and checks a pipeline file.
///
/// # Errors
/// Returns all faults of the file at once, in the order of its lines.
pub fn load(path: &Path) -> Result<Pipeline, CannotLoad> {
    let text = std::fs::read_to_string(path).map_err(|error| CannotLoad::Unreadable {
        path: path.to_owned(),
        cause: error.to_string(),
    })?;
    compile(path, &text).map_err(|faults| CannotLoad::Faulty { path: path.to_owned(), faults })
}

fn compile(path: &Path, text: &str) -> Result<Pipeline, Vec<Fault>> {
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
    doubtful: BTreeSet<usize>,
}

/// What rules may refer to.
struct Names<'a> {
    columns: &'a [Column],
    derived: &'a [Derived],
    /// Figures of sentences about the whole plan.
    whole: BTreeMap<String, Dimension>,
    /// Figures of sentences about one unit.
    per_unit: BTreeMap<String, Dimension>,
}

impl Compiler<'_> {
    fn say(&mut self, way: &Way, said: Said, advice: Said) {
        self.faults.push(self.document.fault(way, said, advice));
    }

    fn pipeline(&mut self, path: &Path, text: &str, file: File) -> Pipeline {
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        let intake = self.intake(&directory, &file.intake);
        let columns = self.columns(&file.normalise);
        let derived = self.derived(&file.normalise, &columns);
        let roles = self.roles(&file, &columns);
        let matching = self.matching(file.matching);
        let names = Names {
            columns: &columns,
            derived: &derived,
            whole: BTreeMap::new(),
            per_unit: BTreeMap::new(),
        };
        let check = self.check(&file.check, file.normalise.money, names);
        let findings = self.findings(file.findings, &columns, &derived);
        let sources = self.workbook(&file.workbook, &columns, &derived, &check);
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
            words: Words {
                totals: file.normalise.totals.iter().map(|word| fold::key(word)).collect(),
                notes: file.normalise.notes.iter().map(|word| fold::key(word)).collect(),
                not_applicable: file
                    .normalise
                    .not_applicable
                    .iter()
                    .map(|word| fold::plain(word).to_lowercase())
                    .collect(),
                ditto: file.normalise.ditto.iter().map(|word| fold::plain(word)).collect(),
            },
            columns,
            derived,
            roles,
            roster: roster(file.roster),
            matching,
            check,
            findings,
            workbook: file.workbook,
            sources,
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
                path: directory.join(&plan.file),
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
            inbox: directory.join(&intake.inbox).to_string_lossy().into_owned(),
            archive: directory.join(&intake.archive),
            plans,
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

    fn columns(&mut self, normalise: &file::Normalise) -> Vec<Column> {
        let way = Way::to("normalise").key("column");
        let mut names = BTreeSet::new();
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        let mut columns = Vec::new();
        for (index, column) in normalise.column.iter().enumerate() {
            let here = way.item(index);
            self.new_name(&column.name, &mut names, &here);
            let mut headings = Vec::new();
            for (at, text) in std::iter::once(&column.title).chain(&column.headings).enumerate() {
                let place = match at.checked_sub(1) {
                    None => here.key("title"),
                    Some(heading) => here.key("headings").item(heading),
                };
                let key = heading::read(text).key;
                if key.is_empty() {
                    self.say(
                        &place,
                        Said::new("列标题是空的", "a heading is empty"),
                        Said::new("写出标题文字", "write the heading's words"),
                    );
                    continue;
                }
                match owners.get(&key) {
                    Some(owner) if *owner != column.name => self.say(
                        &place,
                        Said::new(
                            format!("列标题“{text}”同时属于 {owner} 和 {}", column.name),
                            format!(
                                "the heading `{text}` belongs to both `{owner}` and `{}`",
                                column.name
                            ),
                        ),
                        Said::new("从其中一列删去", "remove it from one of them"),
                    ),
                    Some(_) => {}
                    None => {
                        owners.insert(key.clone(), column.name.clone());
                        headings.push(key);
                    }
                }
            }
            self.choices(column, &here);
            columns.push(Column {
                name: column.name.clone(),
                title: column.title.clone(),
                headings,
                kind: column.kind,
                unit: column.unit.unwrap_or(normalise.money),
                required: column.required,
                reported: column.reported,
                choices: column.choices.iter().map(choice).collect(),
                suggestions: column.suggestions.clone(),
            });
        }
        columns
    }

    fn choices(&mut self, column: &file::Column, way: &Way) {
        let is_choice = column.kind == ColumnType::Choice;
        if is_choice && column.choices.is_empty() {
            self.say(
                way,
                Said::new(
                    format!("选项列“{}”没有列出选项", column.name),
                    format!("the choice column `{}` has no choices", column.name),
                ),
                Said::new("补上 choices = […]", "add `choices = […]`"),
            );
        }
        if !is_choice && !column.choices.is_empty() {
            self.say(
                &way.key("choices"),
                Said::new("只有选项列可以列出选项", "only a choice column has choices"),
                Said::new(
                    "改为 type = \"choice\" 或删去 choices",
                    "write `type = \"choice\"` or remove them",
                ),
            );
        }
        if column.unit.is_some() && column.kind != ColumnType::Amount {
            self.say(
                &way.key("unit"),
                Said::new("只有金额列有金额单位", "only an amount column has a unit of money"),
                Said::new(
                    "改为 type = \"amount\" 或删去 unit",
                    "write `type = \"amount\"` or remove it",
                ),
            );
        }
    }

    fn new_name(&mut self, name: &str, names: &mut BTreeSet<String>, way: &Way) {
        let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !well_formed {
            self.say(
                &way.key("name"),
                Said::new(
                    format!("名称“{name}”只能用小写字母、数字和下划线"),
                    format!(
                        "the name `{name}` may only have lower-case letters, digits and underscores"
                    ),
                ),
                Said::new("换一个名称，如 funds", "choose a name such as `funds`"),
            );
        }
        if !names.insert(name.to_owned()) {
            self.say(
                &way.key("name"),
                Said::new(
                    format!("名称“{name}”用了两次"),
                    format!("the name `{name}` is used twice"),
                ),
                Said::new("换一个名称", "choose another name"),
            );
        }
    }

    fn column_ref(
        &mut self,
        name: &str,
        kinds: &[ColumnType],
        columns: &[Column],
        way: &Way,
    ) -> Option<usize> {
        let Some(index) = columns.iter().position(|column| column.name == name) else {
            let known: Vec<&str> = columns
                .iter()
                .filter(|column| kinds.is_empty() || kinds.contains(&column.kind))
                .map(|column| column.name.as_str())
                .collect();
            self.say(
                way,
                Said::new(format!("没有名为“{name}”的列"), format!("there is no column `{name}`")),
                suggestion(name, &known),
            );
            return None;
        };
        if self.doubtful.contains(&index) {
            return None;
        }
        if !kinds.is_empty() && !kinds.contains(&columns[index].kind) {
            let wanted: Vec<String> =
                kinds.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
            self.say(
                way,
                Said::new(
                    format!("“{name}”列的类型不对，应为 {}", wanted.join("、")),
                    format!(
                        "the column `{name}` has the wrong type, it must be {}",
                        wanted.join(" or ")
                    ),
                ),
                Said::new("换一列，或改正该列的 type", "name another column or correct its type"),
            );
            return None;
        }
        Some(index)
    }

    fn derived(&mut self, normalise: &file::Normalise, columns: &[Column]) -> Vec<Derived> {
        let way = Way::to("normalise").key("derive");
        let mut names: BTreeSet<String> =
            columns.iter().map(|column| column.name.clone()).collect();
        let mut derived = Vec::new();
        for (index, derive) in normalise.derive.iter().enumerate() {
            let here = way.item(index);
            self.new_name(&derive.name, &mut names, &here);
            let from = derive.from.as_ref().and_then(|name| {
                self.column_ref(name, &[ColumnType::Text], columns, &here.key("from"))
            });
            let mut phrases = Vec::new();
            for (at, text) in derive.patterns.iter().enumerate() {
                let place = here.key("patterns").item(at);
                let Some(phrase) = self.phrase(text, &place) else { continue };
                let amounts = [Capture { name: "amount".to_owned(), kind: CaptureKind::Amount }];
                if phrase.captures != amounts {
                    self.say(
                        &place,
                        Said::new(
                            "这里的句式要有且只有一个 {amount}",
                            "this phrase needs exactly one `{amount}`",
                        ),
                        Said::new("例如“已下拨{text}{amount}”", "such as `已下拨{text}{amount}`"),
                    );
                }
                phrases.push(phrase);
            }
            let when: Vec<(usize, String)> = derive
                .when
                .iter()
                .filter_map(|(name, words)| {
                    let column = self.column_ref(
                        name,
                        &[ColumnType::Text],
                        columns,
                        &here.key("when").key(name),
                    )?;
                    Some((column, fold::key(words)))
                })
                .collect();
            let value = derive.value.as_ref().and_then(|name| {
                self.column_ref(name, &[ColumnType::Amount], columns, &here.key("value"))
            });
            let part_of = derive.part_of.as_ref().and_then(|whole| {
                let found = derived.iter().position(|other: &Derived| other.name == *whole);
                if found.is_none() {
                    let known: Vec<&str> =
                        derived.iter().map(|other| other.name.as_str()).collect();
                    self.say(
                        &here.key("part_of"),
                        Said::new(
                            format!("前面没有名为“{whole}”的派生金额"),
                            format!("no derived amount `{whole}` stands before this one"),
                        ),
                        suggestion(whole, &known),
                    );
                }
                found
            });
            let reads_figures = derive.from.is_some() && !derive.patterns.is_empty();
            let takes_value = !derive.when.is_empty() && derive.value.is_some();
            if !reads_figures && !takes_value {
                self.say(
                    &here,
                    Said::new(
                        format!("“{}”没有写明从哪里取数", derive.name),
                        format!("`{}` does not say where its figure comes from", derive.name),
                    ),
                    Said::new(
                        "写 from 和 patterns，或 when 和 value",
                        "give `from` and `patterns`, or `when` and `value`",
                    ),
                );
            }
            derived.push(Derived {
                name: derive.name.clone(),
                title: derive.title.clone(),
                from,
                phrases,
                part_of,
                when,
                value,
            });
        }
        derived
    }

    fn phrase(&mut self, text: &str, way: &Way) -> Option<phrase::Phrase> {
        match phrase::compile(text) {
            Ok(phrase) => Some(phrase),
            Err(said) => {
                self.say(way, said, Said::new("改正这一句式", "correct this phrase"));
                None
            }
        }
    }

    fn roles(&mut self, file: &File, columns: &[Column]) -> Roles {
        let way = Way::to("matching");
        let texts = [ColumnType::Text, ColumnType::Choice];
        let key: Vec<usize> = file
            .matching
            .key
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                self.column_ref(name, &texts, columns, &way.key("key").item(at))
            })
            .collect();
        if file.matching.key.is_empty() {
            self.say(
                &way.key("key"),
                Said::new("没有写明按哪一列对应任务", "no column says what a row is about"),
                Said::new("例如 key = [\"task\"]", "such as `key = [\"task\"]`"),
            );
        }
        let number = file.matching.number.as_ref().and_then(|name| {
            self.column_ref(name, &[ColumnType::Integer], columns, &way.key("number"))
        });
        let owner = file.roster.column.as_ref().and_then(|name| {
            self.column_ref(name, &[ColumnType::Text], columns, &Way::to("roster").key("column"))
        });
        Roles { key, number, owner }
    }

    fn matching(&mut self, matching: file::Matching) -> Matching {
        let way = Way::to("matching").key("synonyms");
        for (index, group) in matching.synonyms.iter().enumerate() {
            if group.len() < 2 {
                self.say(
                    &way.item(index),
                    Said::new("一组同义词至少要有两个", "a group of synonyms needs at least two"),
                    Said::new("例如 [\"建设\", \"新建\"]", "such as `[\"建设\", \"新建\"]`"),
                );
            }
        }
        let keys = |words: &[String]| words.iter().map(|word| fold::key(word)).collect();
        Matching {
            roll_up: matching.roll_up,
            synonyms: matching.synonyms.iter().map(|group| keys(group)).collect(),
            droppable: keys(&matching.droppable),
            pairings: matching.pairing,
        }
    }

    fn check(&mut self, check: &file::Check, money: MoneyUnit, mut names: Names<'_>) -> Check {
        let way = Way::to("check");
        let mut compare = Vec::new();
        for (index, entry) in check.compare.iter().enumerate() {
            let here = way.key("compare").item(index);
            let Some(column) =
                self.column_ref(&entry.field, &[], names.columns, &here.key("field"))
            else {
                continue;
            };
            let kind = names.columns[column].kind;
            let tolerance = entry.tolerance.as_ref().map_or(0, |text| {
                let places = match kind {
                    ColumnType::Amount => names.columns[column].unit.exponent(),
                    ColumnType::Percent => 2,
                    _ => 0,
                };
                scale_decimal(text, places).ok().filter(|whole| *whole >= 0).unwrap_or_else(|| {
                    self.say(
                        &here.key("tolerance"),
                        Said::new(format!("“{text}”不是允差"), format!("`{text}` is no tolerance")),
                        Said::new("写作 \"0.01\" 的样子", "write it like `\"0.01\"`"),
                    );
                    0
                })
            });
            let is_text = matches!(kind, ColumnType::Text | ColumnType::Choice);
            let default = if is_text { Severity::Verify } else { Severity::Mandatory };
            compare.push(Compare {
                column,
                severity: entry.severity.unwrap_or(default),
                tolerance,
                tolerance_text: entry.tolerance.clone(),
            });
        }
        let mut all_phrases = Vec::new();
        for (index, statement) in check.statement.iter().enumerate() {
            let here = way.key("statement").item(index);
            let phrases: Vec<phrase::Phrase> = statement
                .patterns
                .iter()
                .enumerate()
                .filter_map(|(at, text)| self.phrase(text, &here.key("patterns").item(at)))
                .collect();
            self.captured_names(&phrases, &mut names, &here);
            all_phrases.push(phrases);
        }
        let mut statements = Vec::new();
        for (index, (statement, phrases)) in check.statement.iter().zip(all_phrases).enumerate() {
            let here = way.key("statement").item(index);
            let over = if per_unit(&phrases) { Over::Unit } else { Over::Whole };
            let rules = statement
                .rules
                .iter()
                .enumerate()
                .filter_map(|(at, text)| {
                    let rule = file::Rule {
                        title: text.clone(),
                        rule: text.clone(),
                        over,
                        severity: Some(Severity::Verify),
                        trial_until: None,
                    };
                    self.rule(&rule, money, &names, &here.key("rules").item(at))
                })
                .map(|rule| Rule { kind: Kind::StatementDiffers, ..rule })
                .collect();
            let compiled = Statement { phrases, rules, titles: statement.titles.clone() };
            let known: Vec<&str> = compiled.names().into_iter().collect();
            for name in statement.titles.keys() {
                if !known.contains(&name.as_str()) {
                    self.say(
                        &here.key("titles").key(name),
                        Said::new(
                            format!("句式中没有“{name}”"),
                            format!("the phrase has no `{name}`"),
                        ),
                        suggestion(name, &known),
                    );
                }
            }
            statements.push(compiled);
        }
        let rules = check
            .rule
            .iter()
            .enumerate()
            .filter_map(|(index, rule)| {
                let here = way.key("rule").item(index);
                let plain = Names {
                    columns: names.columns,
                    derived: names.derived,
                    whole: names.whole.clone(),
                    per_unit: names.per_unit.clone(),
                };
                self.rule(rule, money, &plain, &here.key("rule"))
            })
            .collect();
        let cumulative = check
            .cumulative
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                let kinds = [ColumnType::Amount, ColumnType::Percent, ColumnType::Integer];
                self.column_ref(name, &kinds, names.columns, &way.key("cumulative").item(at))
            })
            .collect();
        let overdue = check.overdue.as_ref().and_then(|overdue| {
            let here = way.key("overdue");
            let deadline = self.column_ref(
                &overdue.deadline,
                &[ColumnType::Month],
                names.columns,
                &here.key("deadline"),
            );
            let progress = self.column_ref(
                &overdue.progress,
                &[ColumnType::Percent],
                names.columns,
                &here.key("progress"),
            );
            deadline.zip(progress)
        });
        Check { compare, rules, statements, cumulative, overdue }
    }

    /// Enters the figures of a sentence; its several forms may give the same names.
    fn captured_names(&mut self, phrases: &[phrase::Phrase], names: &mut Names<'_>, way: &Way) {
        let per_unit = per_unit(phrases);
        let mut own: BTreeMap<String, Dimension> = BTreeMap::new();
        for capture in phrases.iter().flat_map(|phrase| &phrase.captures) {
            let dimension = match capture.kind {
                CaptureKind::Amount => Dimension::Amount,
                CaptureKind::Count => Dimension::Count,
                CaptureKind::Unit => continue,
            };
            let taken = names.whole.contains_key(&capture.name)
                || names.per_unit.contains_key(&capture.name)
                || names.columns.iter().any(|column| column.name == capture.name)
                || names.derived.iter().any(|derived| derived.name == capture.name)
                || own.get(&capture.name).is_some_and(|other| *other != dimension);
            if taken {
                self.say(
                    &way.key("patterns"),
                    Said::new(
                        format!("名称“{}”已经用过", capture.name),
                        format!("the name `{}` is used already", capture.name),
                    ),
                    Said::new("换一个名称", "choose another name"),
                );
            }
            own.insert(capture.name.clone(), dimension);
        }
        let group = if per_unit { &mut names.per_unit } else { &mut names.whole };
        group.extend(own);
    }

    fn rule(
        &mut self,
        written: &file::Rule,
        money: MoneyUnit,
        names: &Names<'_>,
        way: &Way,
    ) -> Option<Rule> {
        let formula = match rule::parse(&written.rule) {
            Ok(formula) => formula,
            Err(said) => {
                let advice = Said::new(
                    "例如 funds = central + issued 或 sum(central) <= 1571",
                    "such as `funds = central + issued` or `sum(central) <= 1571`",
                );
                self.say(way, said, advice);
                return None;
            }
        };
        let dimension = self.dimension(&formula, names, written.over, way)?;
        let places = match dimension {
            Dimension::Amount => money.exponent(),
            Dimension::Percent => 2,
            Dimension::Count | Dimension::Month => 0,
        };
        let mut sides = Vec::new();
        let all = std::iter::once(&formula.first).chain(formula.rest.iter().map(|(_, sum)| sum));
        for sum in all {
            sides.push(self.side(sum, places, money, names, way)?);
        }
        let relations: Vec<Relation> = formula.rest.iter().map(|(relation, _)| *relation).collect();
        let trial_until = written.trial_until.as_ref().and_then(|text| self.month(text, way));
        let is_number = |side: &Vec<(rule::Sign, Operand)>| {
            side.iter().all(|(_, operand)| matches!(operand, Operand::Number(_)))
        };
        let kind = if relations.contains(&Relation::Equal) {
            Kind::BalanceBroken
        } else if relations.len() == 2
            || (dimension == Dimension::Percent && sides.iter().any(is_number))
        {
            Kind::OutOfRange
        } else {
            Kind::LimitExceeded
        };
        Some(Rule {
            title: written.title.clone(),
            text: written.rule.clone(),
            sides,
            relations,
            dimension,
            over: written.over,
            kind,
            severity: written.severity.unwrap_or(kind.entry().severity),
            trial_until,
        })
    }

    /// Returns what the rule's figures count; they must all count the same.
    fn dimension(
        &mut self,
        formula: &Formula,
        names: &Names<'_>,
        over: Over,
        way: &Way,
    ) -> Option<Dimension> {
        let mut found: Option<Dimension> = None;
        let mut fine = true;
        let sums = std::iter::once(&formula.first).chain(formula.rest.iter().map(|(_, sum)| sum));
        for (_, term) in sums.flat_map(|sum| &sum.terms) {
            let this = match term {
                Term::Number(_) => continue,
                Term::Count { name, .. } => {
                    fine &= self.quantity(name, names, way).is_some();
                    Some(Dimension::Count)
                }
                Term::Sum(name) if names.per_unit.contains_key(name) => {
                    names.per_unit.get(name).copied()
                }
                Term::Sum(name) => {
                    self.quantity(name, names, way).and_then(|(_, dimension)| dimension)
                }
                Term::Name(name) => self.plain_name(name, names, over, way),
            };
            match (found, this) {
                (_, None) => fine = false,
                (None, Some(this)) => found = Some(this),
                (Some(first), Some(this)) if first != this => {
                    self.say(
                        way,
                        Said::new(
                            "规则把金额与个数、百分数混在一起比较",
                            "the rule compares amounts with counts or percentages",
                        ),
                        Said::new("两边应是同一种量", "both sides must count the same"),
                    );
                    return None;
                }
                _ => {}
            }
        }
        if found.is_none() && fine {
            self.say(
                way,
                Said::new("规则中没有列名", "the rule names no column"),
                Said::new("写出要核对的列", "name the column to check"),
            );
        }
        if fine { found } else { None }
    }

    fn plain_name(
        &mut self,
        name: &str,
        names: &Names<'_>,
        over: Over,
        way: &Way,
    ) -> Option<Dimension> {
        if let Some(dimension) = names.whole.get(name) {
            return Some(*dimension);
        }
        if let Some(dimension) = names.per_unit.get(name) {
            if over == Over::Unit {
                return Some(*dimension);
            }
            self.say(
                way,
                Said::new(
                    format!("“{name}”每个单位各有一个，应写 sum({name})"),
                    format!("`{name}` is there once a unit; write `sum({name})`"),
                ),
                Said::new("改为求和", "take the sum"),
            );
            return None;
        }
        let (_, dimension) = self.quantity(name, names, way)?;
        if over != Over::Row {
            self.say(
                way,
                Said::new(
                    format!("“{name}”每行各有一个，应写 sum({name})"),
                    format!("`{name}` is there once a row; write `sum({name})`"),
                ),
                Said::new(
                    "改为求和，或改为 over = \"row\"",
                    "take the sum, or write `over = \"row\"`",
                ),
            );
            return None;
        }
        dimension
    }

    fn quantity(
        &mut self,
        name: &str,
        names: &Names<'_>,
        way: &Way,
    ) -> Option<(Quantity, Option<Dimension>)> {
        if let Some(index) = names.derived.iter().position(|derived| derived.name == name) {
            return Some((Quantity::Derived(index), Some(Dimension::Amount)));
        }
        if let Some(index) = names.columns.iter().position(|column| column.name == name) {
            let dimension = match names.columns[index].kind {
                ColumnType::Amount => Some(Dimension::Amount),
                ColumnType::Integer => Some(Dimension::Count),
                ColumnType::Percent => Some(Dimension::Percent),
                ColumnType::Month => Some(Dimension::Month),
                ColumnType::Text | ColumnType::Choice => None,
            };
            if self.doubtful.contains(&index) {
                return None;
            }
            if dimension.is_none() {
                self.say(
                    way,
                    Said::new(
                        format!("“{name}”是文字列，不能计算"),
                        format!("`{name}` is a text and cannot be calculated with"),
                    ),
                    Said::new("换一列", "name another column"),
                );
            }
            return Some((Quantity::Column(index), dimension));
        }
        let known: Vec<&str> = names
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .chain(names.derived.iter().map(|derived| derived.name.as_str()))
            .chain(names.whole.keys().map(String::as_str))
            .chain(names.per_unit.keys().map(String::as_str))
            .collect();
        self.say(
            way,
            Said::new(
                format!("规则中的“{name}”没有定义"),
                format!("the rule's `{name}` is not defined"),
            ),
            suggestion(name, &known),
        );
        None
    }

    fn side(
        &mut self,
        sum: &Sum,
        places: u32,
        money: MoneyUnit,
        names: &Names<'_>,
        way: &Way,
    ) -> Option<Vec<(rule::Sign, Operand)>> {
        let mut operands = Vec::new();
        for (sign, term) in &sum.terms {
            let operand = match term {
                Term::Number(text) => Operand::Number(self.number(text, places, way)?),
                Term::Name(name)
                    if names.whole.contains_key(name) || names.per_unit.contains_key(name) =>
                {
                    Operand::Captured(name.clone())
                }
                Term::Name(name) => Operand::Field(self.quantity(name, names, way)?.0),
                Term::Sum(name) if names.per_unit.contains_key(name) => {
                    Operand::SumCaptured(name.clone())
                }
                Term::Sum(name) => Operand::Sum(self.quantity(name, names, way)?.0),
                Term::Count { name, relation, number } => {
                    let (quantity, dimension) = self.quantity(name, names, way)?;
                    let places = match dimension? {
                        Dimension::Amount => money.exponent(),
                        Dimension::Percent => 2,
                        Dimension::Count | Dimension::Month => 0,
                    };
                    Operand::Count {
                        quantity,
                        relation: *relation,
                        number: self.number(number, places, way)?,
                    }
                }
            };
            operands.push((*sign, operand));
        }
        Some(operands)
    }

    fn number(&mut self, text: &str, places: u32, way: &Way) -> Option<i64> {
        let number = scale_decimal(text, places).ok();
        if number.is_none() {
            self.say(
                way,
                Said::new(format!("“{text}”不是可用的数"), format!("`{text}` is no usable number")),
                Said::new("检查小数位数", "check its decimals"),
            );
        }
        number
    }

    fn findings(
        &mut self,
        findings: file::Findings,
        columns: &[Column],
        derived: &[Derived],
    ) -> Findings {
        let way = Way::to("findings").key("waiver");
        let mut waivers = Vec::new();
        for (index, waiver) in findings.waiver.into_iter().enumerate() {
            let here = way.item(index);
            if waiver.reason.trim().is_empty() || waiver.approved_by.trim().is_empty() {
                self.say(
                    &here,
                    Said::new(
                        "豁免没有写明理由或批准人",
                        "a waiver lacks its reason or who approved it",
                    ),
                    Said::new("补上 reason 和 approved_by", "add `reason` and `approved_by`"),
                );
            }
            if waiver.kind.is_none() && waiver.field.is_none() && waiver.task.is_none() {
                self.say(
                    &here,
                    Said::new(
                        "豁免的范围过宽：该单位的全部差异",
                        "the waiver covers all findings of the unit",
                    ),
                    Said::new("写明 task、kind 或 field", "name a `task`, a `kind` or a `field`"),
                );
            }
            if let Some(field) = &waiver.field
                && !derived.iter().any(|derived| derived.name == *field)
            {
                self.column_ref(field, &[], columns, &here.key("field"));
            }
            let expires =
                waiver.expires.as_ref().and_then(|text| self.month(text, &here.key("expires")));
            waivers.push(Waiver {
                unit: waiver.unit,
                task: waiver.task.as_deref().map(fold::key),
                task_text: waiver.task,
                kind: waiver.kind,
                field: waiver.field,
                reason: waiver.reason,
                approved_by: waiver.approved_by,
                expires,
            });
        }
        Findings {
            severity: findings.severity,
            empty_explanations: findings
                .empty_explanations
                .iter()
                .map(|text| fold::key(text))
                .collect(),
            waivers,
        }
    }

    fn workbook(
        &mut self,
        workbook: &file::Workbook,
        columns: &[Column],
        derived: &[Derived],
        check: &Check,
    ) -> Vec<MoneySource> {
        let way = Way::to("workbook");
        for (index, name) in workbook.overview.iter().enumerate() {
            self.column_ref(name, &[ColumnType::Amount], columns, &way.key("overview").item(index));
        }
        let mut sources = Vec::new();
        for (index, source) in workbook.source.iter().enumerate() {
            let here = way.key("source").item(index);
            let rows = self.source_rows(&source.rows, columns, derived, &here.key("rows"));
            if let Some(stated) = &source.stated {
                let known: Vec<&str> = check.statements.iter().flat_map(Statement::names).collect();
                if !known.contains(&stated.as_str()) {
                    self.say(
                        &here.key("stated"),
                        Said::new(
                            format!("没有句子给出“{stated}”"),
                            format!("no statement gives `{stated}`"),
                        ),
                        suggestion(stated, &known),
                    );
                }
            }
            sources.push(MoneySource {
                title: source.title.clone(),
                stated: source.stated.clone(),
                rows,
            });
        }
        if workbook.reply_by_day.is_some_and(|day| !(1..=28).contains(&day)) {
            self.say(
                &way.key("reply_by_day"),
                Said::new("反馈期限应是 1 到 28 日", "the day to reply by must be 1 to 28"),
                Said::new("改为每月都有的日子", "choose a day that every month has"),
            );
        }
        sources
    }

    fn source_rows(
        &mut self,
        text: &str,
        columns: &[Column],
        derived: &[Derived],
        way: &Way,
    ) -> Vec<(rule::Sign, Quantity)> {
        let names = match rule::parse_names(text) {
            Ok(names) => names,
            Err(said) => {
                self.say(
                    way,
                    said,
                    Said::new("例如 issued - provincial", "such as `issued - provincial`"),
                );
                return Vec::new();
            }
        };
        names
            .into_iter()
            .filter_map(|(sign, name)| {
                if let Some(index) = derived.iter().position(|derived| derived.name == name) {
                    return Some((sign, Quantity::Derived(index)));
                }
                let index = self.column_ref(&name, &[ColumnType::Amount], columns, way)?;
                Some((sign, Quantity::Column(index)))
            })
            .collect()
    }
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
        aliases: roster.unit.into_iter().map(|unit| (unit.name, unit.aliases)).collect(),
    }
}
