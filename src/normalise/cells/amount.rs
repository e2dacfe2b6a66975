//! Amounts of money: from a cell as typed to whole 分, or the reason why not.
//!
//! Money is parsed here and nowhere else. Nothing is guessed: a range, an "about", a thousands
//! separator in the wrong place or two figures without 其中 between them are refused.

use super::{numeral, quantity, spelling};
use crate::model::amount::{NotExact, scale_decimal};
use crate::model::{Amount, MoneyUnit, Obstacle, Value};
use crate::pipeline::Lexicon;
use crate::read::{Content, number_text};

/// An amount as read: the value, and the sum of the parts that the cell names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub value: Value,
    pub parts: Option<Amount>,
}

impl Reading {
    fn plain(value: Value) -> Self {
        Self { value, parts: None }
    }
}

/// Excel keeps 15 digits; larger numbers have lost their last ones.
const MOST_EXACT: f64 = 1e15;

/// The largest amount, in 分 (1 亿亿元): any budget ten thousand or a hundred million times over is
/// still an amount in the wrong unit, and three of them add up within an `i64`. Longer sums are
/// checked where they are made.
const MOST: i64 = 1_000_000_000_000_000_000;

/// Reads a cell; `unit` is the unit of money of its column.
pub fn read(content: &Content, unit: MoneyUnit, words: &Lexicon) -> Reading {
    let reading = read_any(content, unit, words);
    match reading.value {
        Value::Amount(Amount(fen)) if fen.abs() > MOST => {
            Reading::plain(Value::Unreadable(Obstacle::TooLarge))
        }
        _ => reading,
    }
}

fn read_any(content: &Content, unit: MoneyUnit, words: &Lexicon) -> Reading {
    match content {
        Content::Number(number) if number.abs() >= MOST_EXACT => {
            Reading::plain(Value::Unreadable(Obstacle::TooLarge))
        }
        Content::Number(number) => Reading::plain(
            whole(*number, unit).unwrap_or_else(|| exact(&number_text(*number), unit)),
        ),
        Content::Text(text) => read_text(text, unit, words),
        Content::Error(_) => Reading::plain(Value::Unreadable(Obstacle::ErrorValue)),
        Content::Uncalculated(formula) => {
            Reading::plain(Value::Unreadable(Obstacle::Uncalculated(formula.into())))
        }
        Content::Picture => Reading::plain(Value::Unreadable(Obstacle::Picture)),
        // Nothing is nothing, in whatever format it is shown.
        Content::Percentage(0.0) => Reading::plain(Value::Amount(Amount(0))),
        Content::Percentage(_) | Content::Boolean(_) | Content::Date { .. } => {
            Reading::plain(Value::Unreadable(Obstacle::NotThisType))
        }
    }
}

/// Returns the amount of a whole number, as most are, without a look at its digits.
fn whole(number: f64, unit: MoneyUnit) -> Option<Value> {
    if number.fract() != 0.0 || number.abs() >= MOST_EXACT {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and small, as just asked")]
    let number = number as i64;
    let fen = number.checked_mul(10_i64.pow(unit.exponent()))?;
    Some(Value::Amount(Amount(fen)))
}

fn exact(decimal: &str, unit: MoneyUnit) -> Value {
    match scaled(decimal, unit.exponent()) {
        Ok(fen) => Value::Amount(Amount(fen)),
        Err(NotExact::TooFine) => Value::Unreadable(Obstacle::TooFine),
        Err(NotExact::TooLarge) => Value::Unreadable(Obstacle::TooLarge),
        // A double far below one 分 or far above every budget, written with an exponent.
        Err(NotExact::NotANumber) if decimal.contains("e-") => Value::Unreadable(Obstacle::TooFine),
        Err(NotExact::NotANumber) => Value::Unreadable(Obstacle::TooLarge),
    }
}

/// Returns a decimal in 分; what a formula left beside a round number is the round number.
fn scaled(decimal: &str, places: u32) -> Result<i64, NotExact> {
    scale_decimal(decimal, places)
        .or_else(|error| quantity::beside_round(decimal, places).ok_or(error))
}

fn read_text(text: &str, unit: MoneyUnit, words: &Lexicon) -> Reading {
    let unreadable = |obstacle| Reading::plain(Value::Unreadable(obstacle));
    let plain = match spelling::figures(text) {
        Ok(plain) => plain,
        Err(obstacle) => return unreadable(obstacle),
    };
    if plain.is_empty() {
        return Reading::plain(Value::Blank);
    }
    if spelling::says_not_applicable(&plain, &words.not_applicable) {
        return Reading::plain(Value::NotApplicable);
    }
    if spelling::is_error(&plain) {
        return unreadable(Obstacle::ErrorValue);
    }
    if plain.contains(spelling::GAP) {
        return unreadable(Obstacle::NotOneFigure);
    }
    let plain = plain.replace(spelling::THIN_GAP, ",");
    let plain = plain.trim_start_matches(['\'', '‘', '’', '`']).trim_end_matches(['。', ';']);
    if let Some(number) = spelling::with_exponent(plain) {
        return read_any(&Content::Number(number), unit, words);
    }
    let (main, remark) = split_remark(plain, words);
    match remark {
        None => Reading::plain(figure(main, unit, words).unwrap_or_else(Value::Unreadable)),
        Some(inside) if unit_named(inside, words).is_some() => {
            let unit = unit_named(inside, words).expect("just matched");
            Reading::plain(figure(main, unit, words).unwrap_or_else(Value::Unreadable))
        }
        Some(inside) => with_remark(main, inside, unit, words),
    }
}

/// `423.38万元（其中：自治区169.35万元，市级254.03万元）`, or a figure with a wordy remark.
fn with_remark(main: &str, inside: &str, unit: MoneyUnit, words: &Lexicon) -> Reading {
    let refused = Reading::plain(Value::Unreadable(Obstacle::NotOneFigure));
    let value = match figure(main, unit, words) {
        Ok(value) => value,
        Err(obstacle) => return Reading::plain(Value::Unreadable(obstacle)),
    };
    let again = inside.trim_start_matches(['大', '小']).trim_start_matches('写');
    let again = again.trim_start_matches(':');
    let readings = [figure(again, unit, words), figure(again, MoneyUnit::Yuan, words)];
    if readings.iter().any(Result::is_ok) {
        // 5万元（大写：伍万元整） says the same twice, or else nobody knows which holds.
        return if readings.contains(&Ok(value.clone())) { Reading::plain(value) } else { refused };
    }
    if words.guesses.iter().any(|word| inside.contains(word.as_str())) {
        return refused;
    }
    if figure_start(inside).is_none() {
        return Reading::plain(value);
    }
    let names_all = words.parts.iter().any(|word| inside.starts_with(word.as_str()));
    if !names_all && !inside.starts_with('含') {
        return refused;
    }
    let Some((count, sum)) = parts_of(inside, unit, words) else { return refused };
    // 含 names some of the parts, 其中 with one part too; they can only be too much.
    let too_much = value.amount().is_some_and(|whole| sum.0.abs() > whole.0.abs());
    let parts = ((names_all && count > 1) || too_much).then_some(sum);
    Reading { value, parts }
}

/// Returns how many figures a remark names, and their sum.
fn parts_of(inside: &str, unit: MoneyUnit, words: &Lexicon) -> Option<(usize, Amount)> {
    let mut sum = Amount(0);
    let mut count = 0;
    for part in inside.split([',', ';', '、', '。', '，', '；']) {
        let Some(start) = figure_start(part) else { continue };
        let Ok(Value::Amount(amount)) = figure(&part[start..], unit, words) else { return None };
        sum = sum.checked_add(amount)?;
        count += 1;
    }
    (count > 0).then_some((count, sum))
}

/// Returns where the first figure of a remark begins: one in digits, or a numeral that says an
/// amount, exactly or roughly, as 另加十万元, 另计三十余万元 and 原为二十 do and 第一批, 一次性 and 三年 do
/// not.
fn figure_start(text: &str) -> Option<usize> {
    let in_digits = text.find(|c: char| c.is_ascii_digit());
    in_digits.into_iter().chain(numeral_start(text)).min()
}

fn numeral_start(text: &str) -> Option<usize> {
    /// What makes an ordinal or a share of a numeral behind it.
    const NO_AMOUNT_AFTER: &[char] = &['第', '之', '其'];
    /// What stands between a numeral and its unit and makes it a guess: 三十余万元, 十几万.
    const ROUGHLY: &[char] = &['余', '多', '来', '几', '把'];
    /// What makes an amount of a unit without a numeral: 几万元, 数万元.
    const SOME: &[char] = &['几', '数', '干', '上'];
    let mut from = 0;
    while let Some(start) = text[from..].find(numeral::stands_in_one).map(|at| from + at) {
        let run = &text[start..];
        let end = run.find(|c| !numeral::stands_in_one(c)).unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        let before = &text[..start];
        let counts = !run.starts_with(['万', '亿']) || before.ends_with(SOME);
        if counts && !before.ends_with(NO_AMOUNT_AFTER) {
            // 三万五 and 三五万元 are no numerals, and amounts all the same.
            let unit = after.trim_start_matches(ROUGHLY);
            let has_unit = run.contains(['万', '亿'])
                || unit.starts_with(['元', '圆', '块'])
                || (unit.len() < after.len() && unit.starts_with(['百', '千', '万', '亿']));
            let stands_alone = !after.starts_with(char::is_alphanumeric)
                && numeral::whole(run).is_some_and(|number| number >= 10);
            if has_unit || stands_alone {
                return Some(start);
            }
        }
        from = start + end;
    }
    None
}

/// Cuts a remark off a text: a closing bracket with words or figures, or what follows 其中. A
/// bracket around everything is the negative of accountants and stays.
fn split_remark<'a>(text: &'a str, words: &Lexicon) -> (&'a str, Option<&'a str>) {
    let Some(body) = text.strip_suffix(')') else {
        let parts = words.parts.iter().filter_map(|word| text.find(word.as_str())).min();
        let remark = parts.filter(|at| *at > 0 && !text.contains('('));
        return match remark {
            Some(at) => (text[..at].trim_end_matches([',', ';', '。']), Some(&text[at..])),
            None => (text, None),
        };
    };
    match body.find('(') {
        Some(0) | None => (text, None),
        Some(open) => (&body[..open], Some(&body[open + 1..])),
    }
}

fn unit_named(text: &str, words: &Lexicon) -> Option<MoneyUnit> {
    let mut word = text;
    for line in &words.money_lines {
        word = word.trim_start_matches(line.as_str());
    }
    let word = word.trim_start_matches(':').trim_start_matches("人民币");
    MoneyUnit::ALL.into_iter().find(|unit| unit.name() == word)
}

/// Reads one signed figure with or without a unit.
fn figure(text: &str, unit: MoneyUnit, words: &Lexicon) -> Result<Value, Obstacle> {
    let mut rest = text;
    let mut negative = false;
    if let Some(inside) = rest.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
        negative = true;
        rest = inside;
    }
    for word in &words.before_figures {
        rest = rest.strip_prefix(word.as_str()).unwrap_or(rest);
    }
    // The dollar is another money.
    rest = rest.trim_start_matches([':', '¥', '￥']);
    for sign in ["-", "−", "–", "负", "+"] {
        if let Some(tail) = rest.strip_prefix(sign) {
            if negative {
                return Err(Obstacle::NotThisType);
            }
            negative = sign != "+";
            rest = tail;
            break;
        }
    }
    rest = rest.trim_start_matches(['¥', '￥']);
    rest = rest.strip_suffix("人民币").unwrap_or(rest);
    rest = rest.strip_suffix(['整', '正']).unwrap_or(rest);
    match number(rest, unit) {
        Err(Obstacle::NotThisType) if is_vague(rest, words) => Err(Obstacle::NotOneFigure),
        other => signed(other, negative),
    }
}

/// Returns whether a text that is no figure holds a range, a guess or several figures.
fn is_vague(text: &str, words: &Lexicon) -> bool {
    let is_place = |c: char| "十拾百佰千仟万亿元".contains(c);
    let is_digit = |c: char| c.is_ascii_digit() || numeral::digit(c).is_some();
    let characters: Vec<char> = text.chars().collect();
    // 几十万, 数万, 三五万.
    let roughly = characters.windows(2).any(|pair| "几数".contains(pair[0]) && is_place(pair[1]))
        || characters.windows(2).any(|pair| is_place(pair[0]) && pair[1] == '几')
        || characters.windows(3).any(|next| {
            numeral::digit(next[0]).is_some_and(|digit| digit > 0)
                && numeral::digit(next[1]).is_some_and(|digit| digit > 0)
                && is_place(next[2])
        });
    if roughly {
        return true;
    }
    if !characters.iter().copied().any(is_digit) {
        return false;
    }
    // 50+30, 50、30, 5万-6万.
    let joined = characters.windows(3).any(|next| {
        (is_digit(next[0]) || is_place(next[0]))
            && "+/×*、,;-—和及".contains(next[1])
            && is_digit(next[2])
    });
    joined || words.vague.iter().any(|word| text.contains(word.as_str())) || has_two_sums(text)
}

/// 中央50万元,市级30万元: two figures of which the first has its unit, with words between.
fn has_two_sums(text: &str) -> bool {
    let mut gaps = text
        .split(|c: char| c.is_ascii_digit() || c == '.')
        .skip(1)
        .filter(|gap| !gap.is_empty())
        .peekable();
    let is_unit = |c: char| "元万亿千百".contains(c);
    let ends_with_digit = text.ends_with(|c: char| c.is_ascii_digit());
    while let Some(gap) = gaps.next() {
        let is_between = gaps.peek().is_some() || ends_with_digit;
        if is_between && gap.starts_with(is_unit) && !gap.chars().all(is_unit) {
            return true;
        }
    }
    false
}

fn signed(value: Result<Value, Obstacle>, negative: bool) -> Result<Value, Obstacle> {
    match value? {
        Value::Amount(Amount(fen)) if negative => Ok(Value::Amount(Amount(-fen))),
        value => Ok(value),
    }
}

/// Reads an unsigned figure: digits with an optional unit, a chain such as `1亿2000万元`, or a
/// Chinese numeral.
fn number(text: &str, unit: MoneyUnit) -> Result<Value, Obstacle> {
    // As programs write a double into a text: 2.84217094304E-14.
    if text.contains("E-")
        && let Some(fen) = quantity::beside_round(text, unit.exponent())
    {
        return Ok(Value::Amount(Amount(fen)));
    }
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if !starts_with_digit {
        return in_words(text, unit);
    }
    let mut rest = text;
    let mut sum = Amount(0);
    let mut last = u32::MAX;
    let mut first = true;
    while !rest.is_empty() {
        let length = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
            .unwrap_or(rest.len());
        let digits = ungrouped(&rest[..length]).ok_or(Obstacle::NotThisType)?;
        let (part_unit, tail) = leading_unit(&rest[length..]);
        let exponent = match part_unit {
            Some(exponent) => exponent,
            None if first && tail.is_empty() => unit.exponent(),
            None => return Err(Obstacle::NotThisType),
        };
        if exponent >= last {
            return Err(Obstacle::NotThisType);
        }
        let fen = scaled(&digits, exponent).map_err(|error| match error {
            NotExact::TooFine => Obstacle::TooFine,
            NotExact::TooLarge => Obstacle::TooLarge,
            NotExact::NotANumber => Obstacle::NotThisType,
        })?;
        sum = sum.checked_add(Amount(fen)).ok_or(Obstacle::TooLarge)?;
        last = exponent;
        rest = tail;
        first = false;
    }
    Ok(Value::Amount(sum))
}

/// Returns the power of ten of a unit at the start, and what follows it.
fn leading_unit(text: &str) -> (Option<u32>, &str) {
    const UNITS: [(&str, u32); 17] = [
        ("百万元", 8),
        ("千万元", 9),
        ("亿元", 10),
        ("万元", 6),
        ("千元", 5),
        ("百元", 4),
        ("元", 2),
        ("圆", 2),
        ("块", 2),
        ("百万", 8),
        ("千万", 9),
        ("亿", 10),
        ("万", 6),
        ("千", 5),
        ("百", 4),
        ("角", 1),
        ("分", 0),
    ];
    for (name, exponent) in UNITS {
        if let Some(tail) = text.strip_prefix(name) {
            // 3亿5000万元: the 元 at the end belongs to the last part only.
            return (Some(exponent), tail);
        }
    }
    (None, text)
}

/// Removes thousands separators that stand where they belong.
pub fn ungrouped(digits: &str) -> Option<String> {
    if !digits.contains(',') {
        return Some(digits.to_owned());
    }
    let (integral, fraction) = match digits.split_once('.') {
        Some((integral, fraction)) => (integral, Some(fraction)),
        None => (digits, None),
    };
    let mut groups = integral.split(',');
    let first = groups.next()?;
    // 0,123 groups nothing; elsewhere it is 0.123.
    let sound = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3)
        && !fraction.is_some_and(|fraction| fraction.contains(','));
    sound.then(|| digits.replace(',', ""))
}

/// 三百五十万, 叁佰伍拾万元整, 壹拾贰万叁仟肆佰伍拾陆圆柒角捌分.
fn in_words(text: &str, unit: MoneyUnit) -> Result<Value, Obstacle> {
    let refused = Obstacle::NotThisType;
    if let Some((whole, rest)) = text.split_once('点') {
        return with_point(whole, rest);
    }
    if !text.contains(['元', '圆']) && text.ends_with(['角', '分']) {
        return small_change(text).map(|fen| Value::Amount(Amount(fen))).ok_or(refused);
    }
    let (yuan, rest) = match text.split_once(['元', '圆']) {
        Some((yuan, rest)) => (yuan, Some(rest)),
        None => (text, None),
    };
    let whole = numeral::whole(yuan).ok_or(refused.clone())?;
    let in_yuan = rest.is_some() || yuan.contains(['万', '亿', '萬', '億']);
    let exponent = if in_yuan { MoneyUnit::Yuan.exponent() } else { unit.exponent() };
    let fen = whole.checked_mul(10_i64.pow(exponent)).ok_or(Obstacle::TooLarge)?;
    let small = match rest.unwrap_or_default() {
        "" => 0,
        rest => small_change(rest).ok_or(refused)?,
    };
    Ok(Value::Amount(Amount(fen.checked_add(small).ok_or(Obstacle::TooLarge)?)))
}

/// 一点五万元: only with its unit, which says where the point stands.
fn with_point(whole: &str, rest: &str) -> Result<Value, Obstacle> {
    let refused = Obstacle::NotThisType;
    let length = rest.find(|c| numeral::digit(c).is_none()).unwrap_or(rest.len());
    let fraction: Option<String> =
        rest[..length].chars().map(|c| numeral::digit(c).map(|digit| digit.to_string())).collect();
    let (Some(whole), Some(fraction), (Some(exponent), "")) =
        (numeral::whole(whole), fraction, leading_unit(&rest[length..]))
    else {
        return Err(refused);
    };
    match scale_decimal(&format!("{whole}.{fraction}"), exponent) {
        Ok(fen) => Ok(Value::Amount(Amount(fen))),
        Err(NotExact::TooFine) => Err(Obstacle::TooFine),
        Err(_) => Err(refused),
    }
}

/// 柒角捌分, 零伍分.
fn small_change(text: &str) -> Option<i64> {
    let text = text.strip_prefix('零').unwrap_or(text);
    let (jiao, fen) = match text.split_once('角') {
        Some((jiao, rest)) => (numeral::whole(jiao)?, rest),
        None => (0, text),
    };
    let fen = match fen.strip_suffix('分') {
        Some(fen) => numeral::whole(fen.strip_prefix('零').unwrap_or(fen))?,
        None if fen.is_empty() => 0,
        None => return None,
    };
    ((0..10).contains(&jiao) && (0..10).contains(&fen)).then_some(jiao * 10 + fen)
}
