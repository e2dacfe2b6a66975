//! The lexicon: the words by which sheets are understood, folded for comparison.
//!
//! It is data. What the program knows of old stands in `lexicon.toml`; `[lexicon]` of the pipeline file
//! adds to it. The words of columns and units are not here: they are declared with them, and those by
//! which a draft guesses them are its own (`draft/lexicon.toml`).

use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::file;
use super::heading::{self, Heading};
use crate::model::memo::Memo;
use crate::model::{Value, fold};

/// The words that the program knows of old.
pub static KNOWN: LazyLock<Known> = LazyLock::new(|| of_program(include_str!("lexicon.toml")));

/// Reads a list of words that is part of the program.
///
/// # Panics
/// Never: every run reads it, and so does every test.
pub fn of_program<Words: DeserializeOwned>(text: &str) -> Words {
    toml::from_str(text).expect("the words of the program are told in TOML")
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Those that a pipeline file may add to.
    pub words: file::Lexicon,
    pub others: Others,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Others {
    /// Words in a remark that make the figure before it a guess.
    guesses: Vec<String>,
    /// Words with which remarks below a table begin in other languages, before a colon or alone.
    footers: Vec<String>,
    /// What stands before the word that marks a list as corrected, and says that it is not.
    not_yet: Vec<String>,
    /// What stands behind it and says that the list is the one before.
    before_it: Vec<String>,
    /// What taxes on top of a total are called.
    taxes: Vec<String>,
    /// What their rates are called.
    rates: Vec<String>,
    /// What else comes on top of a total or is taken off it.
    charges: Vec<String>,
    /// Of the words for totals that tasks use as well, those that name one by themselves only.
    alone: Vec<String>,
    /// What places are, at the end of their names.
    places: Vec<String>,
    /// Whose an office is, before its name.
    levels: Vec<String>,
    /// What the label of a line begins with that is counted apart from all rows.
    apart: String,
    /// The same of a total that counts such lines in.
    apart_total: String,
}

/// The words that hold for a pipeline.
#[derive(Clone, Debug)]
pub struct Lexicon {
    /// Labels of total rows, those of blocks and of parts among them.
    pub totals: Vec<String>,
    pub subtotals: Vec<String>,
    pub grand_totals: Vec<String>,
    pub parts: Vec<String>,
    pub added_up: Vec<String>,
    /// Labels of rows that carry the sum of all rows above them over a page.
    pub carried: Vec<String>,
    /// Labels of totals that are ones only where nothing else is said.
    pub summaries: Vec<String>,
    /// Those of them that are none at the end of a name.
    pub alone: Vec<String>,
    /// What begins a remark below a table that no word calls one.
    pub remarks: Vec<String>,
    /// Words with which remarks below a table begin in other languages.
    pub footers: Vec<String>,
    /// What takes back that a list is a corrected one, before the word that says so, and behind it.
    pub not_yet: Vec<String>,
    pub before_it: Vec<String>,
    /// What taxes on top of a total are called.
    pub taxes: Vec<String>,
    /// What their rates are called.
    pub rates: Vec<String>,
    /// What else comes on top of a total or is taken off it.
    pub charges: Vec<String>,
    /// What places are, at the end of their names, 永泉县.
    pub places: Vec<String>,
    /// Whose an office is, before its name, 市教育局.
    pub levels: Vec<String>,
    /// What the label of a line begins with that is counted apart from all rows.
    pub apart: String,
    /// The same of a total that counts such lines in.
    pub apart_total: String,
    pub signatures: Vec<String>,
    /// Labels beside which contacts stand.
    pub filled_by: Vec<String>,
    pub phones: Vec<String>,
    pub reviewed_by: Vec<String>,
    pub seals: Vec<String>,
    /// What the name of an office ends with.
    pub offices: Vec<String>,
    /// What stands beside the name of a block of rows.
    pub block_names: Vec<String>,
    /// What the label of a line for ink ends with.
    pub signers: Vec<String>,
    /// What the brackets of a heading may hold, alone, and leave its meaning as it is.
    pub additions: Vec<String>,
    /// What they hold that say how to fill it in.
    pub filling: Vec<String>,
    /// What the upper level of a heading calls what happened, as against what is planned.
    pub actuals: Vec<String>,
    /// What a title calls the month before, and this one.
    pub last_month: Vec<String>,
    pub this_month: Vec<String>,
    /// Words of a sentence that says what to do.
    pub instructions: Vec<String>,
    /// What the place of a reason is called.
    pub reasons: Vec<String>,
    /// First words of notes and signature lines.
    pub notes: Vec<String>,
    pub pages: Vec<String>,
    pub not_applicable: Vec<String>,
    /// Words that repeat the cell above.
    pub ditto: Vec<String>,
    pub money_lines: Vec<String>,
    pub before_figures: Vec<String>,
    pub guesses: Vec<String>,
    pub vague: Vec<String>,
    /// What texts call themselves, of those that were looked at.
    pub labels: Memo<Arc<Label>>,
    /// The months of texts that were read.
    pub months: Memo<Value>,
    /// Which texts begin as notes do, of those that were looked at.
    pub notes_begun: Memo<bool>,
}

/// What a text calls itself, where it stands in a row.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Label {
    /// The folded text without its unit.
    pub key: String,
    /// Whether it is the label of a total; whether it is with what stands in its brackets, too.
    pub is_total: bool,
    pub is_whole_total: bool,
    /// Whether it sounds like one.
    pub sounds_like_total: bool,
    /// Whether it is a word for a total that tasks use as well; with nothing but a number behind it.
    pub is_summary: bool,
    pub is_bare_summary: bool,
    /// Whether one of its words, between blanks, is such a word; whether the first is.
    pub has_summary_word: bool,
    pub begins_summary: bool,
    /// Whether it names the sum of the rows above it that is carried over a page.
    pub is_carried: bool,
}

impl Lexicon {
    /// Returns the words of a pipeline file.
    pub fn of(normalise: &file::Normalise, more: &file::Lexicon) -> Self {
        let known = &*KNOWN;
        let labels = [&more.totals, &more.subtotals, &more.grand_totals, &more.parts];
        let labels = labels.into_iter().flatten().cloned();
        let labels: Vec<String> = labels.chain(known.words.parts.iter().cloned()).collect();
        let lowered = |text: &str| fold::plain(text).to_lowercase();
        Self {
            totals: folded(&normalise.totals, &labels, fold::key),
            subtotals: folded(&known.words.subtotals, &more.subtotals, fold::key),
            grand_totals: folded(&known.words.grand_totals, &more.grand_totals, fold::key),
            parts: folded(&known.words.parts, &more.parts, fold::key),
            added_up: folded(&known.words.added_up, &more.added_up, fold::key),
            carried: folded(&known.words.carried, &more.carried, fold::key),
            summaries: folded(&known.words.summaries, &more.summaries, fold::key),
            last_month: folded(&known.words.last_month, &more.last_month, fold::key),
            this_month: folded(&known.words.this_month, &more.this_month, fold::key),
            actuals: folded(&known.words.actuals, &more.actuals, fold::key),
            instructions: folded(&known.words.instructions, &more.instructions, fold::plain),
            reasons: folded(&known.words.reasons, &more.reasons, fold::plain),
            remarks: folded(&known.words.remarks, &more.remarks, fold::key),
            footers: folded(&known.others.footers, &[], fold::key),
            not_yet: folded(&known.others.not_yet, &[], fold::plain),
            before_it: folded(&known.others.before_it, &[], fold::plain),
            taxes: folded(&known.others.taxes, &[], fold::key),
            rates: folded(&known.others.rates, &[], fold::key),
            charges: folded(&known.others.charges, &[], fold::key),
            alone: folded(&known.others.alone, &[], fold::key),
            places: known.others.places.clone(),
            levels: known.others.levels.clone(),
            apart: known.others.apart.clone(),
            apart_total: known.others.apart_total.clone(),
            signers: folded(&known.words.signers, &more.signers, fold::key),
            offices: folded(&known.words.offices, &more.offices, fold::key),
            block_names: folded(&known.words.block_names, &more.block_names, fold::key),
            signatures: folded(&known.words.signatures, &more.signatures, fold::key),
            filled_by: folded(&known.words.filled_by, &more.filled_by, fold::key),
            phones: folded(&known.words.phones, &more.phones, fold::key),
            reviewed_by: folded(&known.words.reviewed_by, &more.reviewed_by, fold::key),
            seals: folded(&known.words.seals, &more.seals, fold::key),
            additions: folded(&known.words.additions, &more.additions, fold::key),
            filling: folded(&known.words.filling, &more.filling, fold::plain),
            notes: folded(&normalise.notes, &more.notes, fold::key),
            pages: folded(&known.words.pages, &more.pages, fold::key),
            not_applicable: folded(&normalise.not_applicable, &more.not_applicable, lowered),
            ditto: folded(&normalise.ditto, &more.ditto, fold::plain),
            money_lines: folded(&known.words.money_lines, &more.money_lines, fold::plain),
            before_figures: folded(&known.words.before_figures, &more.before_figures, fold::plain),
            guesses: folded(&known.others.guesses, &more.vague, fold::plain),
            vague: folded(&known.words.vague, &more.vague, fold::plain),
            labels: Memo::default(),
            months: Memo::default(),
            notes_begun: Memo::default(),
        }
    }

    /// Returns what a text calls itself.
    pub fn label(&self, text: &str) -> Arc<Label> {
        self.labels.of(text, || Arc::new(self.label_of(text)))
    }

    fn label_of(&self, text: &str) -> Label {
        const LONGEST_SUMMARY: usize = 6;
        let Heading { key, bare, .. } = heading::read(text);
        // Total 2 bears the number of a footnote.
        let plain = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_short = key.chars().count() <= LONGEST_SUMMARY;
        // 全区总额 is a total of the district, 灯具总费用 a task.
        let ends =
            |word: &String| is_short && key.ends_with(word.as_str()) && !self.alone.contains(word);
        let is_summary = self.summaries.iter().any(|word| plain == word || ends(word));
        let is_summary_word = |word: &str| self.summaries.contains(&fold::key(word));
        let is_whole_total = self.totals.contains(&key);
        let sounds_like_total = [&key, &bare].iter().any(|key| self.sounds_like_total(key));
        Label {
            is_total: is_whole_total || self.totals.contains(&bare),
            is_whole_total,
            sounds_like_total,
            has_summary_word: text.split_whitespace().any(is_summary_word),
            begins_summary: text.split_whitespace().next().is_some_and(is_summary_word),
            is_summary,
            is_bare_summary: plain == key,
            is_carried: self.carried.contains(&fold::key(text)),
            key,
        }
    }

    /// Returns whether a text repeats the cell above: 同上, 同上。, （同上）.
    pub fn repeats_above(&self, text: &str) -> bool {
        // Most texts begin as no such word does.
        let first = text.trim_start().chars().next();
        if first.is_some_and(|first| fold::is_own_form(first) && !self.begins_ditto(first)) {
            return false;
        }
        let plain = fold::narrowed(text);
        let bare = plain.trim_matches(['(', ')', '。', '.', ',', ';', '!', '、']);
        self.ditto.iter().any(|word| *word == plain) || self.ditto.iter().any(|word| word == bare)
    }

    fn begins_ditto(&self, first: char) -> bool {
        self.ditto.iter().any(|word| word.starts_with(first))
    }

    /// Returns whether a key ends as a total does, or begins as one and goes on with nothing but what
    /// is added up: 合计金额, 合计7项; not 小计算机室.
    pub fn sounds_like_total(&self, key: &str) -> bool {
        const LONGEST: usize = 14;
        // A letter says less than a Chinese character.
        let letters = key.bytes().filter(u8::is_ascii_alphabetic).count();
        if key.chars().count() - letters / 2 > LONGEST {
            return false;
        }
        self.totals.iter().any(|word| {
            let rest = key.strip_prefix(word.as_str());
            // 其中 names a part of the total in words of its own; what ends so (articles thereof) is no total.
            let is_part = self.parts.contains(word);
            let counts = rest.is_some_and(|rest| {
                is_part
                    || self.added_up.iter().any(|noun| rest.starts_with(noun.as_str()))
                    || rest.starts_with(|c: char| c.is_ascii_digit())
            });
            counts || !is_part && key.ends_with(word.as_str())
        })
    }

    /// Returns whether a text begins as remarks below a table do in other languages: Source: …, NOTES.
    pub fn begins_footer(&self, text: &str) -> bool {
        let text = text.trim_start();
        let length = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
        let (first, rest) = text.split_at(length);
        let ends = rest.trim_start();
        (ends.is_empty() || ends.starts_with(|c: char| ":.-–—(".contains(c) || c.is_ascii_digit()))
            && self.footers.iter().any(|word| word.eq_ignore_ascii_case(first))
    }

    /// Returns whether the label of a total is that of a block.
    pub fn is_subtotal(&self, label: &str) -> bool {
        let key = fold::key(label);
        self.subtotals.iter().any(|word| key.contains(word.as_str()))
    }

    /// Returns whether the label of a total says that it is that of everything.
    pub fn is_grand_total(&self, label: &str) -> bool {
        let key = fold::key(label);
        self.grand_totals.iter().any(|word| key.contains(word.as_str()))
    }

    /// Returns whether a label names a part of a total, which nothing on the sheet adds up to.
    pub fn is_part(&self, label: &str) -> bool {
        let key = fold::key(label);
        self.parts.iter().any(|word| key.starts_with(word.as_str()))
    }

    /// Returns whether the label of a total is that of a line which comes on top of one, and no total with it.
    pub fn is_on_top(&self, label: &str) -> bool {
        label.starts_with(self.apart.as_str()) && !label.starts_with(self.apart_total.as_str())
    }

    /// Returns whether the label of a total is that of a line which no rows make: a part of a total, or what comes
    /// on top of one.
    pub fn adds_up_nothing(&self, label: &str) -> bool {
        self.is_part(label) || label.starts_with(self.apart.as_str())
    }
}

impl Lexicon {
    /// The words that hold where nothing is declared, made once.
    pub fn standard() -> &'static Self {
        static STANDARD: LazyLock<Lexicon> = LazyLock::new(Lexicon::default);
        &STANDARD
    }
}

impl Default for Lexicon {
    fn default() -> Self {
        Self::of(&file::Normalise::without_columns(), &file::Lexicon::default())
    }
}

/// Lists in whose words marks count; those of all others are compared without.
pub const WITH_MARKS: [&str; 8] = [
    "instructions",
    "reasons",
    "filling",
    "not_applicable",
    "ditto",
    "money_lines",
    "before_figures",
    "vague",
];

fn folded<Known: AsRef<str>, Folded: Fn(&str) -> String>(
    known: &[Known],
    more: &[String],
    fold: Folded,
) -> Vec<String> {
    let words = known.iter().map(AsRef::as_ref).chain(more.iter().map(String::as_str));
    words.map(fold).collect()
}
