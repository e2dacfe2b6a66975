//! What the cells of an undescribed column hold: by what the heading says first, then by the cells.

use std::collections::BTreeSet;

use super::lexicon::WORDS;
use crate::model::amount::scale_decimal;
use crate::model::{MoneyUnit, Value, fold};
use crate::normalise::cells::spelling::says_not_applicable;
use crate::normalise::cells::{amount, day, month, quantity};
use crate::normalise::typed::typed_text;
use crate::pipeline::{ColumnType, Lexicon, heading};
use crate::read::{Content, number_text};
use crate::reading::TypeReason;

/// What a column was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: ColumnType,
    /// Whether the figures of several rows make a sum: not those of prices, years and codes.
    pub summed: bool,
    /// Whether nothing but the figures themselves says that it is what it was taken for: it may be
    /// money, when something else speaks for that.
    pub may_be_money: bool,
    /// Decimals as written, in millionths; none where a cell holds no figure.
    pub figures: Vec<Option<i64>>,
}

/// What is known of a column before its cells are looked at.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The heading that is to find the column again.
    pub title: &'a str,
    /// All that stands above it, from the top.
    pub path: &'a str,
    /// The unit of money that any level of the heading names.
    pub unit: Option<MoneyUnit>,
    /// Whether a line beside the table names a unit of money.
    pub money_line: bool,
}

/// Whether a cell says in what something is counted.
pub fn is_measure(text: &str) -> bool {
    let key = fold::key(text);
    let plain = text.trim().to_lowercase();
    WORDS.columns.counted_in.contains(&key.as_str())
        || WORDS
            .columns
            .counted_in_besides
            .iter()
            .any(|word| *word == plain || *word == key.as_str())
}

/// Figures from here on do not fit into a column of millionths.
const MOST_IN_MILLIONTHS: f64 = 9.2e12;

/// Guesses what a column holds.
pub fn found(about: About<'_>, cells: &[Option<&Content>]) -> Found {
    let words = Lexicon::default();
    let says_nothing = |content: &Content| {
        says_not_applicable(&fold::plain(&typed_text(content)), &words.not_applicable)
    };
    // Nor does a formula that nobody has calculated say what it comes to.
    let is_open = |content: &Content| matches!(content, Content::Uncalculated(_));
    let says_something = |content: &&Content| !is_open(content) && !says_nothing(content);
    let filled: Vec<&Content> = cells.iter().flatten().copied().filter(says_something).collect();
    let share_of = |wanted: &dyn Fn(&Content) -> bool, of_five: usize| {
        let count = filled.iter().filter(|content| wanted(content)).count();
        !filled.is_empty() && count * 5 >= filled.len() * of_five
    };
    let most = |wanted: &dyn Fn(&Content) -> bool| share_of(wanted, 4);
    let unit = about.unit;
    let figures: Vec<Option<i64>> =
        cells.iter().map(|cell| figure(cell.as_ref()?, unit, &words)).collect();
    // 23,094,724,415,532 is more than is added up in millionths here, and an amount all the same.
    let is_huge = |content: &Content| matches!(content, Content::Number(number) if number.abs() >= MOST_IN_MILLIONTHS);
    let is_number = |content: &Content| is_huge(content) || figure(content, unit, &words).is_some();
    let says = Says::of(about);
    let found = |kind: ColumnType| Found {
        kind,
        summed: true,
        may_be_money: false,
        figures: if kind.is_figure() { figures.clone() } else { vec![None; cells.len()] },
    };
    let apart = |kind: ColumnType| Found { summed: false, ..found(kind) };
    let numbers = filled.iter().filter(|content| is_number(content)).count();
    let all_whole = filled.iter().filter(|content| is_number(content)).all(|c| is_whole(c));
    let whole_or_not = if all_whole { ColumnType::Integer } else { ColumnType::Decimal };

    if most(&is_percentage) {
        return found(ColumnType::Percent);
    }
    // One cell says 75%, another 0.75.
    let is_share = |content: &Content| is_percentage(content) || is_small(content, unit, &words);
    if says.share && most(&is_share) {
        return found(ColumnType::Percent);
    }
    // A remark in place of an amount leaves the column one of amounts.
    // Dashes alone under a heading of money stand for amounts.
    let is_dashes = filled.is_empty() && cells.iter().any(Option::is_some);
    let is_number_mostly = share_of(&is_number, 3) && !all_are_codes(&filled);
    let is_money = says.money && (is_dashes || is_number_mostly);
    if is_money && !says.code && !says.year {
        return found(ColumnType::Amount);
    }
    // ￥257: whatever its heading says, it is money; prices have no sum.
    let is_signed = |content: &Content| {
        matches!(content, Content::Text(text) if has_sign_of_money(text)) && is_number(content)
    };
    if most(&is_signed) {
        return if says.price { apart(ColumnType::Amount) } else { found(ColumnType::Amount) };
    }
    if most(&is_month) {
        // Of a deadline the month counts, of a date the day; and of days within their months, whatever their
        // column is called: 开始时间 3 May and 26 May are two days.
        let is_dates = most(&is_day) && (says.day || !says.deadline && are_within_months(&filled));
        return found(if is_dates { ColumnType::Date } else { ColumnType::Month });
    }
    // 第一阶段 stands among the numbers of the rows where it heads those below it.
    let is_stage = |content: &Content| matches!(content, Content::Text(text) if !fold::plain(text).contains(|c: char| c.is_ascii_digit()));
    let may_number =
        |content: &Content| is_number(content) || is_stage(content) && !is_ordinal(content);
    if says.number
        && all_whole
        && share_of(&is_number, 3)
        && filled.iter().all(|own| may_number(own))
    {
        return found(ColumnType::Integer);
    }
    if numbers == 0 || !most(&is_number) {
        return found(ColumnType::Text);
    }
    // 20210501 under 通过 is a day, however few of them there are.
    if !says.money && most(&is_compact_day) {
        return found(ColumnType::Text);
    }
    let is_beyond = all_whole && filled.iter().any(|content| is_huge(content));
    if is_beyond && !says.code && !all_are_codes(&filled) {
        return found(ColumnType::Amount);
    }
    if says.number && all_whole && !all_are_codes(&filled) {
        return found(ColumnType::Integer);
    }
    // 1, 1.1, 1.2 or 1, (1), (2) number the rows and their parts, 一 and （二） what they are parts of.
    if says.number && filled.iter().all(|content| is_list_number(content) || is_ordinal(content)) {
        return found(ColumnType::Text);
    }
    let may_be_money = about.money_line && !says.number;
    // An ID that rises from 1 numbers the rows.
    let is_list = all_whole && from_one(&figures);
    if says.code && !is_list || all_are_codes(&filled) {
        return found(ColumnType::Text);
    }
    if all_whole && (says.year || all_are_years(&filled)) && !says.money {
        return apart(ColumnType::Integer);
    }
    // Another price may have 角 and 分; shares below nought or above the whole are shares, and no sum.
    if says.price || says.share {
        return apart(ColumnType::Decimal);
    }
    if says.count {
        return found(whole_or_not);
    }
    if may_be_money && (!all_whole || says.figure_of_a_form) {
        return found(ColumnType::Amount);
    }
    Found { may_be_money: true, ..found(whole_or_not) }
}

/// Returns what figures a heading says that belong below it, where it is plain.
pub fn said(about: About<'_>) -> Option<ColumnType> {
    let says = Says::of(about);
    // 对应人 is who is to be named; a figure would say that it counts.
    let is_person = heading::read(about.title).bare.ends_with('人');
    if is_person || says.code || says.number || says.year {
        None
    } else if says.share {
        Some(ColumnType::Percent)
    } else if says.price || says.count {
        Some(ColumnType::Decimal)
    } else {
        says.money.then_some(ColumnType::Amount)
    }
}

/// Returns why a column was taken for what it is, as far as its heading and its type tell.
pub fn reason(about: About<'_>, kind: ColumnType, may_be_money: bool) -> TypeReason {
    let says = Says::of(about);
    match kind {
        ColumnType::Percent if says.share => TypeReason::ShareHeading,
        ColumnType::Percent => TypeReason::Percentages,
        ColumnType::Amount if may_be_money => TypeReason::MoneySum,
        ColumnType::Amount if says.money => TypeReason::MoneyHeading,
        ColumnType::Amount => TypeReason::MoneyLine,
        ColumnType::Month => TypeReason::Months,
        ColumnType::Date => TypeReason::Dates,
        ColumnType::Choice => TypeReason::Choices,
        ColumnType::Text if says.code => TypeReason::Codes,
        ColumnType::Text => TypeReason::Words,
        ColumnType::Integer if says.number => TypeReason::Numbers,
        ColumnType::Integer | ColumnType::Decimal if says.price => TypeReason::Price,
        ColumnType::Integer if says.year => TypeReason::Years,
        ColumnType::Integer | ColumnType::Decimal if says.count => TypeReason::Counts,
        ColumnType::Integer | ColumnType::Decimal => TypeReason::Figures,
    }
}

/// Returns whether a heading says the price of one thing.
pub fn says_price(title: &str) -> bool {
    Says::of(About { title, path: title, unit: None, money_line: false }).price
}

/// Returns whether a text names money.
pub fn says_money(text: &str) -> bool {
    let plain = fold::plain(text);
    plain.contains('元')
        || WORDS.columns.money.iter().any(|word| plain.contains(word))
        || names_money_in_words(&text.to_lowercase())
}

/// Returns whether one of a text's words, lower case, is one for money, and none says that it is a kind of it.
fn names_money_in_words(lowered: &str) -> bool {
    // 总成本cost: a word ends where another script begins.
    let is_of_words = |c: char| c.is_alphanumeric() && c < '\u{530}';
    let words = || lowered.split(|c: char| !is_of_words(c));
    words().any(|word| WORDS.columns.money_words.contains(&word))
        && !words().any(|word| WORDS.columns.kinds_of_money.contains(&word))
}

/// Returns whether a heading, folded, is what forms call the figures of a line: 预算数, 执行数.
pub fn is_figure_of_a_form(bare: &str) -> bool {
    WORDS.columns.of_forms.iter().any(|word| bare.ends_with(word))
}

/// What a heading says.
#[expect(clippy::struct_excessive_bools, reason = "a heading may say several of them")]
struct Says {
    share: bool,
    money: bool,
    number: bool,
    code: bool,
    year: bool,
    price: bool,
    count: bool,
    day: bool,
    deadline: bool,
    figure_of_a_form: bool,
}

impl Says {
    fn of(about: About<'_>) -> Self {
        let read = heading::read(about.title);
        let own = read.bare.as_str();
        let above = heading::read(about.path).bare;
        // 级次 below 科目编码 is one level of the code.
        let is_part = |own: &str, above: &str| {
            own.chars().count() <= 2 && (above.contains("编码") || above.contains("代码"))
        };
        let holds = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
        let ends = |text: &str, words: &[&str]| words.iter().any(|word| text.ends_with(word));
        let names_money = read.unit.is_some();
        let inside = in_brackets(about.title);
        let is_rate = inside.iter().any(|part| part.contains('元') && part.contains(['/', '每']));
        let unit = inside.iter().any(|part| WORDS.columns.counted_in.contains(&part.as_str()));
        let mut priced = own.to_lowercase().replace(' ', "");
        for word in WORDS.columns.no_prices.iter() {
            priced = priced.replace(word, "");
        }
        let apart = words_of(about.title);
        let is_word = |words: &[&str]| apart.iter().any(|word| words.contains(&word.as_str()));
        let price =
            is_rate || holds(&priced, &WORDS.columns.prices) || is_word(&WORDS.columns.price_words);
        // 本月 below 发放人次 counts what the level above counts.
        let upper = above.strip_suffix(own).unwrap_or_default();
        let is_silent = !upper.is_empty()
            && !names_money
            && !price
            && !holds(own, &WORDS.columns.money)
            && !ends(own, &WORDS.columns.counts)
            && !ends(own, &WORDS.columns.shares);
        let says_above = |words: &[&str]| {
            let is_word = |word: &&str| word.chars().count() > 1 && upper.ends_with(*word);
            is_silent && words.iter().any(is_word)
        };
        let count = !names_money
            && !ends(own, &WORDS.columns.no_counts)
            && !ends(own, &WORDS.roles.persons)
            && (unit || ends(own, &WORDS.columns.counts) || says_above(&WORDS.columns.counts));
        let lowered = about.title.to_lowercase();
        let is_level = WORDS.columns.code_levels.contains(&own)
            || own.len() < above.len() && is_part(own, &above);
        let code = holds(own, &WORDS.columns.codes)
            || ends(own, &WORDS.columns.codes_at_end)
            || is_level
            || is_word(&WORDS.columns.code_words);
        let is_dated = lowered.split(|c: char| !c.is_alphanumeric()).any(|word| word == "date");
        let is_share_word = (ends(own, &WORDS.columns.shares) || says_above(&WORDS.columns.shares))
            && !ends(own, &WORDS.columns.no_shares)
            && !(is_silent && ends(upper, &WORDS.columns.no_shares));
        let percent = about.title.contains(['%', '％']);
        Self {
            share: !names_money && (is_share_word || percent || holds(own, &["占比", "百分"])),
            money: !price
                && !count
                && !code
                && (about.unit.is_some()
                    || holds(own, &WORDS.columns.money)
                    || holds(&above, &WORDS.columns.money)
                    || names_money_in_words(&lowered)
                    || names_money_in_words(&about.path.to_lowercase())),
            number: WORDS.columns.numbers.contains(&own),
            code,
            year: (ends(own, &WORDS.columns.years) || own == "年")
                && !own.contains(|c: char| c.is_ascii_digit()),
            price,
            count,
            day: holds(own, &["日期", "年月日"]) || is_dated,
            deadline: holds(
                own,
                &[
                    "时限",
                    "期限",
                    "限期",
                    "截止",
                    "完成时间",
                    "竣工",
                    "完工",
                    "月底",
                    "月份",
                    "deadline",
                ],
            ),
            figure_of_a_form: is_figure_of_a_form(own),
        }
    }
}

/// The words of a heading in small letters; zipCode are two.
fn words_of(title: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in title.chars() {
        if !c.is_alphanumeric() || was_small && c.is_uppercase() {
            words.push(String::new());
        }
        was_small = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// What stands in a heading's brackets, folded.
pub fn in_brackets(title: &str) -> Vec<String> {
    let plain = fold::plain(title).to_lowercase();
    let mut rest = plain.as_str();
    let mut inside = Vec::new();
    while let Some((_, tail)) = rest.split_once(['(', '[', '【', '〔']) {
        let end = tail.find([')', ']', '】', '〕']).unwrap_or(tail.len());
        inside.push(tail[..end].to_owned());
        rest = &tail[end..];
    }
    inside
}

/// Whether figures are 1, 2, 3 and so on, nearly all of them.
fn from_one(figures: &[Option<i64>]) -> bool {
    const ONE: i64 = 1_000_000;
    let known: Vec<i64> = figures.iter().copied().flatten().collect();
    let steps = known.windows(2).filter(|pair| pair[1] == pair[0] + ONE).count();
    known.first() == Some(&ONE) && known.len() > 2 && steps * 5 >= (known.len() - 1) * 4
}

/// Reads a figure as written, in millionths: with separators, and with a unit of money of its own.
fn figure(content: &Content, unit: Option<MoneyUnit>, words: &Lexicon) -> Option<i64> {
    const PLACES: u32 = 6;
    let decimal = match content {
        Content::Number(number) => number_text(*number),
        Content::Text(text) => {
            // Most texts are words, and need not be folded to see that.
            let first = text.trim_start().chars().next();
            if first.is_some_and(|first| first.is_alphabetic() && first != '约') {
                return None;
            }
            let plain = fold::plain(text);
            let digits = plain.trim_start_matches('-');
            if !digits.starts_with(|c: char| c.is_ascii_digit() || ".￥¥(约".contains(c)) {
                return None;
            }
            let sign = &plain[..plain.len() - digits.len()];
            let digits = digits.trim_start_matches(['￥', '¥']);
            format!("{sign}{}", amount::ungrouped(digits)?)
        }
        _ => return None,
    };
    quantity::rounded_quotient(&decimal, PLACES).ok().or_else(|| {
        let unit = unit.unwrap_or(MoneyUnit::TenThousandYuan);
        let Value::Amount(fen) = amount::read(content, unit, words).value else { return None };
        scale_decimal(&fen.decimal(unit), PLACES).ok()
    })
}

/// Whether a figure is typed with the sign of the yuan before it.
pub fn has_sign_of_money(text: &str) -> bool {
    text.trim().trim_start_matches('-').starts_with(['￥', '¥'])
}

/// 40%, and a cell that shows one; 客服10% is none.
fn is_percentage(content: &Content) -> bool {
    match content {
        Content::Percentage(_) => true,
        Content::Text(text) => {
            let plain = fold::plain(text);
            plain.strip_suffix('%').is_some_and(|figure| figure.parse::<f64>().is_ok())
        }
        _ => false,
    }
}

/// No share is more than twice the whole.
fn is_small(content: &Content, unit: Option<MoneyUnit>, words: &Lexicon) -> bool {
    const MOST: i64 = 200_000_000;
    figure(content, unit, words).is_some_and(|figure| (0..=MOST).contains(&figure))
}

fn is_whole(content: &Content) -> bool {
    let text = fold::plain(&typed_text(content));
    text.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '-')
}

fn is_day(content: &Content) -> bool {
    matches!(day::read(content, &[]), Value::Date(_))
}

/// Whether half of some days and more lie within their months, several of them: no first days and no last ones,
/// which stand for months.
fn are_within_months(filled: &[&Content]) -> bool {
    const LEAST: usize = 2;
    const FIRST_OF_LAST: u32 = 28;
    let days = filled.iter().filter_map(|content| match day::read(content, &[]) {
        Value::Date(day) => Some(day.day()),
        _ => None,
    });
    let days: Vec<u32> = days.collect();
    let within: Vec<u32> =
        days.iter().copied().filter(|day| (2..FIRST_OF_LAST).contains(day)).collect();
    let distinct: BTreeSet<u32> = within.iter().copied().collect();
    within.len() * 2 >= days.len() && distinct.len() >= LEAST
}

fn is_month(content: &Content) -> bool {
    let written = match content {
        Content::Date { .. } => return true,
        Content::Text(text) => fold::plain(text),
        _ => return false,
    };
    let has_mark = written.contains(['年', '月', '-', '.', '/']);
    has_mark && matches!(month::read_text(&written, &[]), Value::Month(_) | Value::MonthOfYear(_))
}

/// Whether a cell is a number of a list in several levels, as 2.1 is.
pub fn is_path(content: &Content) -> bool {
    let plain = fold::plain(&typed_text(content));
    let levels = || plain.trim_end_matches('.').split('.');
    levels().all(|level| !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit()))
        && levels().count() <= 4
}

/// Whether a cell is the number of a section: 三, （四）, 五、.
pub fn is_ordinal(content: &Content) -> bool {
    let plain = fold::plain(&typed_text(content));
    let bare = plain.trim_matches(['(', ')', '、', '.']);
    !bare.is_empty() && bare.chars().all(|c| "一二三四五六七八九十".contains(c))
}

/// Whether a cell is a number of a list as lists write them: 2.1, (3), 4、.
pub fn is_list_number(content: &Content) -> bool {
    let plain = fold::plain(&typed_text(content));
    let bare = plain.trim_start_matches(['(', '（']).trim_end_matches([')', '）', '、', '.']);
    // 3-1 is the first part of the third.
    is_path(&Content::Text(bare.replace('-', ".").into()))
}

/// Returns whether figures have a form in which nobody writes amounts: a leading zero, or eight
/// digits and more, all of one length, and not ending in noughts.
fn all_are_codes(filled: &[&Content]) -> bool {
    const LONG: usize = 8;
    let texts: Vec<String> = filled.iter().map(|cell| fold::plain(&typed_text(cell))).collect();
    let digits = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit());
    let begins_with_nought = |text: &String| text.len() > 1 && text.starts_with('0');
    if texts.len() < 2 || !texts.iter().all(digits) {
        return false;
    }
    let length = texts[0].len();
    let same = texts.iter().all(|text| text.len() == length);
    let round = texts.iter().filter(|text| text.ends_with("00")).count();
    texts.iter().any(begins_with_nought) || (same && length >= LONG && round * 2 < texts.len())
}

/// Whether a cell holds a day of these years in eight digits: 20210501.
fn is_compact_day(content: &Content) -> bool {
    const YEARS: std::ops::RangeInclusive<u32> = 1990..=2060;
    let text = typed_text(content);
    let Ok(day) = text.parse::<u32>() else { return false };
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    YEARS.contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn all_are_years(filled: &[&Content]) -> bool {
    let year = |content: &&Content| {
        let text = fold::plain(&typed_text(content));
        text.len() == 4 && text.parse().is_ok_and(|year: u32| (1990..=2060).contains(&year))
    };
    filled.len() > 2 && filled.iter().all(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(title: &str, cells: &[&str]) -> (ColumnType, bool) {
        let contents: Vec<Content> = cells
            .iter()
            .map(|cell| match cell.parse::<f64>() {
                Ok(number) if !cell.starts_with('0') || cell.starts_with("0.") => {
                    Content::Number(number)
                }
                _ => Content::Text((*cell).into()),
            })
            .collect();
        let cells: Vec<Option<&Content>> = contents.iter().map(Some).collect();
        let unit = heading::read(title).unit;
        let about = About { title, path: title, unit, money_line: false };
        let found = found(about, &cells);
        (found.kind, found.summed)
    }

    #[test]
    fn headings_say_what_columns_hold() {
        use ColumnType::{Amount, Decimal, Integer, Percent, Text};
        for (title, cells, expected) in [
            ("自筹资金", &["4", "5", "6", "7"][..], (Amount, true)),
            ("资金", &["40", "50.123456", "见附件", "12"], (Amount, true)),
            ("资金到位率", &["0.85", "0.666666666666667", "1"], (Percent, true)),
            ("完成率", &["0.5", "75%", "1"], (Percent, true)),
            ("完成数", &["1", "2", "3"], (Integer, true)),
            ("支出进度（%）", &["85", "60", "12.5"], (Percent, true)),
            ("支出进度（万元）", &["85", "60", "12.5"], (Amount, true)),
            ("六月占比（%）", &["-11", "-22", "-26.7"], (Decimal, false)),
            ("客服", &["客服10%", "客服20%", "客服5%"], (Text, true)),
            ("里程（km）", &["12.5", "3.25", "8"], (Decimal, true)),
            ("补助户数", &["12", "13", "14"], (Integer, true)),
            ("补助标准（元/亩）", &["500", "500", "300"], (Decimal, false)),
            ("项目编码", &["310001", "310002", "310009"], (Text, true)),
            ("建设年度", &["2020", "2021", "2020"], (Integer, false)),
            ("甲", &["2019", "2020", "2021"], (Integer, false)),
            ("联系电话", &["13800000001", "13900000002", "13700000003"], (Text, true)),
            ("乙", &["13800000001", "13900000002", "13700000003"], (Text, true)),
            ("序号", &["1", "2", "3"], (Integer, true)),
            ("丙", &["1", "2", "3.5"], (Decimal, true)),
            ("ZipCode", &["20785", "21218", "20001-2610", "20785", "21201"], (Text, true)),
            ("projectId", &["310", "12", "9"], (Text, true)),
            ("Paid", &["310", "12", "9"], (Integer, true)),
        ] {
            assert_eq!(kind(title, cells), expected, "{title}");
        }
    }
}
