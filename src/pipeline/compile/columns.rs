//! Columns, amounts inside texts, what each column is for, and how rows find their task.

use std::collections::{BTreeMap, BTreeSet};

use super::{Compiler, choice};
use crate::model::{ColumnId, IdSlice, IdVec, Said, fold};
use crate::pipeline::document::{Way, suggestion};
use crate::pipeline::file::{self, ColumnType, DecimalMark, File};
use crate::pipeline::phrase::{self, Capture, CaptureKind};
use crate::pipeline::{Column, Derived, Lexicon, Matching, Roles, heading, reworded};

impl Compiler<'_> {
    pub(super) fn columns(&mut self, normalise: &file::Normalise) -> IdVec<ColumnId, Column> {
        let way = Way::to("normalise").key("column");
        let mut names = BTreeSet::new();
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        let mut columns = IdVec::new();
        for (index, column) in normalise.column.iter().enumerate() {
            let here = way.item(index);
            self.new_name(&column.name, &mut names, &here);
            let mut headings = Vec::new();
            let mut upper_headings = Vec::new();
            let mut lowest_headings = Vec::new();
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
                upper_headings.extend(heading::upper_levels(text));
                lowest_headings.extend(heading::lowest_level(text));
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
                meant: Vec::new(),
                gists: Vec::new(),
                upper_headings,
                lowest_headings,
                kind: column.kind,
                unit: column.unit.unwrap_or(normalise.money),
                decimal: column.decimal,
                measure: column.measure.as_deref().map(fold::plain),
                required: column.required,
                reported: column.reported,
                optional: column.optional,
                summed: column.summed,
                choices: column.choices.iter().map(choice).collect(),
                suggestions: column.suggestions.clone(),
            });
        }
        columns
    }

    /// Adds to each column what its headings mean without what their brackets only add, and in other words.
    pub(super) fn meanings(
        columns: &mut IdVec<ColumnId, Column>,
        normalise: &file::Normalise,
        words: &Lexicon,
    ) {
        for (column, written) in columns.iter_mut().zip(&normalise.column) {
            let headings = std::iter::once(&written.title).chain(&written.headings);
            column.gists = reworded::gists(headings.clone(), words);
            for text in headings.filter(|text| heading::has_brackets(text)) {
                let levels = heading::levels(text).map(|level| heading::meant(level, words));
                let key = levels.collect::<String>();
                if !key.is_empty() && !column.headings.contains(&key) {
                    column.meant.push(key);
                }
            }
        }
    }

    pub(super) fn choices(&mut self, column: &file::Column, way: &Way) {
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
        if column.optional && column.required {
            self.say(
                &way.key("optional"),
                Said::new(
                    format!("列“{}”不能既是必需的又是可有可无的", column.name),
                    format!("the column `{}` cannot be both required and optional", column.name),
                ),
                Said::new("删去 required 或 optional", "remove `required` or `optional`"),
            );
        }
        let is_quantity = matches!(column.kind, ColumnType::Integer | ColumnType::Decimal);
        let is_word = |measure: &String| {
            !fold::is_blank(measure)
                && !measure.contains(|c: char| c.is_numeric() || ",.-".contains(c))
        };
        if column.measure.as_ref().is_some_and(|measure| !is_quantity || !is_word(measure)) {
            self.say(
                &way.key("measure"),
                Said::new(
                    "只有数量列（decimal、integer）可以写明数旁的单位，单位里没有数字",
                    "only quantities (`decimal`, `integer`) have a measure, and it holds no digits",
                ),
                Said::new(
                    "例如 measure = \"公里\"，或删去",
                    "such as `measure = \"km\"`, or remove it",
                ),
            );
        }
        if column.decimal == DecimalMark::Comma && !column.kind.has_decimal_mark() {
            self.say(
                &way.key("decimal"),
                Said::new(
                    "只有金额、数量和百分数的列有小数点",
                    "only columns of amounts, quantities and shares have a decimal mark",
                ),
                Said::new(
                    "改为 type = \"amount\" 或 \"decimal\"，或删去 decimal",
                    "write `type = \"amount\"` or `\"decimal\"`, or remove it",
                ),
            );
        }
        if column.unit.is_some() && !column.kind.is_money() {
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

    pub(super) fn new_name(&mut self, name: &str, names: &mut BTreeSet<String>, way: &Way) {
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

    pub(super) fn column_ref(
        &mut self,
        name: &str,
        kinds: &[ColumnType],
        columns: &IdSlice<ColumnId, Column>,
        way: &Way,
    ) -> Option<ColumnId> {
        let Some(index) = columns.position(|column| column.name == name) else {
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

    pub(super) fn derived(
        &mut self,
        normalise: &file::Normalise,
        columns: &IdSlice<ColumnId, Column>,
    ) -> Vec<Derived> {
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
            let when: Vec<(ColumnId, String)> = derive
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

    pub(super) fn phrase(&mut self, text: &str, way: &Way) -> Option<phrase::Phrase> {
        match phrase::compile(text) {
            Ok(phrase) => Some(phrase),
            Err(said) => {
                self.say(way, said, Said::new("改正这一句式", "correct this phrase"));
                None
            }
        }
    }

    pub(super) fn roles(&mut self, file: &File, columns: &IdSlice<ColumnId, Column>) -> Roles {
        let way = Way::to("matching");
        let texts = [ColumnType::Text, ColumnType::Choice];
        let key: Vec<ColumnId> = file
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
            // 2.1, the first part of 2, is no whole number.
            let numbers = [ColumnType::Integer, ColumnType::Text];
            self.column_ref(name, &numbers, columns, &way.key("number"))
        });
        let owner = file.roster.column.as_ref().and_then(|name| {
            self.column_ref(name, &texts, columns, &Way::to("roster").key("column"))
        });
        Roles { key, number, owner }
    }

    pub(super) fn matching(&mut self, matching: file::Matching) -> Matching {
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
            apart: Vec::new(),
        }
    }
}
