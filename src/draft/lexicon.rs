//! The words by which the draft guesses what an undescribed plan holds (`lexicon.toml`): what columns are called that
//! hold this or that, who answers, how places and offices are called.
//!
//! They are those of plans in general. They only help a guess along; a run depends on none.

use std::ops::Deref;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::pipeline;

/// All of them.
pub static WORDS: LazyLock<Words> =
    LazyLock::new(|| pipeline::of_program(include_str!("lexicon.toml")));

/// A list of words, which last as long as the program.
#[derive(Debug, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct List(Vec<&'static str>);

impl From<Vec<String>> for List {
    fn from(words: Vec<String>) -> Self {
        // They are read once.
        Self(words.into_iter().map(|word| &*word.leak()).collect())
    }
}

impl Deref for List {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub columns: Columns,
    pub roles: Roles,
    pub units: Units,
    pub sheets: Sheets,
}

/// Of what columns hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// What the numbers of rows are called.
    pub numbers: List,
    /// The levels of a code, each in a column of its own.
    pub code_levels: List,
    /// The figures under them name something and count nothing.
    pub codes: List,
    /// The same, where a heading ends so.
    pub codes_at_end: List,
    /// The same in languages with spaces, as words of their own.
    pub code_words: List,
    /// What years are called.
    pub years: List,
    /// What stands in the headings of money.
    pub money: List,
    /// The same in English, as words of their own.
    pub money_words: List,
    pub kinds_of_money: List,
    /// How headings of shares end.
    pub shares: List,
    /// Ends of headings that end as those of shares do.
    pub no_shares: List,
    /// Each says a price or a standard: money or not, it has no sum.
    pub prices: List,
    /// The same as words of their own.
    pub price_words: List,
    /// What holds a word for standards and says none.
    pub no_prices: List,
    /// What forms call the figures of a line, whatever these are; below a line that names the unit
    /// of money they are money.
    pub of_forms: List,
    /// A heading that ends with one of them counts things, whatever money stands before.
    pub counts: List,
    /// Sums of money that end so.
    pub no_counts: List,
    /// Units in brackets behind a heading; those of money are understood elsewhere.
    pub counted_in: List,
    /// What things are counted in, where a column of its own says so.
    pub counted_in_besides: List,
    /// Monies other than 元, in small letters; 元 is understood where it stands.
    pub currencies: List,
    /// What stands in the headings of a few words that come again and again.
    pub choices: List,
    /// Names for what a heading says, the first that fits; the report and the rules use them.
    pub names: Vec<(String, String)>,
    /// They say how far things have come, which a plan cannot know.
    pub come_so_far: List,
    /// Who pays: beside another of them that is money, a column of figures is money.
    pub sources: List,
}

/// Of who answers for a row, and what it is about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Whoever these name answers for the row.
    pub answers: List,
    /// Before a word for areas, those of them that answer.
    pub answering: List,
    /// The areas that report.
    pub places: List,
    /// They do the work, and may be one for each row.
    pub doers: List,
    /// Parts of works, each with whoever does them.
    pub parts_of_works: List,
    /// Said of many.
    pub others: List,
    /// They look on, or work for somebody.
    pub not_owners: List,
    /// No area ends so, though its name does.
    pub no_places: List,
    /// Where something lies, which is not yet who answers for it.
    pub lying_in: List,
    pub tasks: List,
    /// What else columns are called, in one word.
    pub beside_all: List,
    /// They name a person, though headings that end so count some.
    pub persons: List,
    /// Whom to ask about a task.
    pub whom_to_ask: List,
    /// They tell of a task and do not name it.
    pub beside_tasks: List,
}

/// Of how places and offices are called where no column names them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// How places are called.
    pub places: List,
    /// How offices and others that have tasks are called.
    pub offices: List,
    /// Those of them that govern.
    pub boards: List,
    /// Words that end as places do and are none.
    pub nobody: List,
    /// How places are called in English, as the last word of a name or before `of`.
    pub places_in_english: List,
    /// How offices are.
    pub offices_in_english: List,
    /// Those of them that govern.
    pub boards_in_english: List,
    /// What stands before such a word and names nobody.
    pub nobody_in_english: List,
    /// Labels of a line that names a unit, beside those of a submitter.
    pub labels: List,
    /// The same in English, folded; what ends so is one.
    pub labels_in_english: List,
    /// Words before the first of several names that a sentence lists.
    pub before_names: List,
    /// What a sentence says of those who fill a form in.
    pub filled_in: List,
    /// What follows a unit's name in the line of its sum.
    pub sums: List,
}

/// Of what sheets call themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheets {
    /// What the name of a sheet is that nobody has named.
    pub unnamed: List,
    /// What the names of copies hold.
    pub copies: List,
    /// What the names of sheets hold that were settled later, or done away with.
    pub unsettled: List,
    /// What the names of sheets hold that show how to fill in another; in letters, what they are.
    pub samples: List,
    /// What the names of sheets hold that are the form of others.
    pub forms: List,
    /// What the names of sheets hold that say what was done.
    pub done: List,
}
