//! Amounts of money: from a cell as typed to whole 分, or the reason why not.
//!
//! Money is parsed here and nowhere else. Nothing is guessed: a range, an "about", a thousands
//! separator in the wrong place or two figures without 其中 between them are refused.

use super::numeral;
use crate::model::amount::{NotExact, scale_decimal};
use crate::model::{Amount, MoneyUnit, Obstacle, Value, fold};
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

/// The largest amount, in 分 (1000 亿元): half a million of them add up within an `i64`.
const MOST: i64 = 10_000_000_000_000;

/// Reads a cell; `unit` is the unit of money of its column.
pub fn read(content: &Content, unit: MoneyUnit, not_applicable: &[String]) -> Reading {
    let reading = read_any(content, unit, not_applicable);
    match reading.value {
        Value::Amount(Amount(fen)) if fen.abs() > MOST => {
            Reading::plain(Value::Unreadable(Obstacle::TooLarge))
        }
        _ => reading,
    }
}

fn read_any(content: &Content, unit: MoneyUnit, not_applicable: &[String]) -> Reading {
    match content {
        Content::Number(number) if number.abs() >= MOST_EXACT => {
            Reading::plain(Value::Unreadable(Obstacle::TooLarge))
        }
        Content::Number(number) => Reading::plain(exact(&number_text(*number), unit)),
        Content::Text(text) => read_text(text, unit, not_applicable),
        Content::Error(_) => Reading::plain(Value::Unreadable(Obstacle::ErrorValue)),
        Content::Uncalculated(formula) => {
            Reading::plain(Value::Unreadable(Obstacle::Uncalculated(formula.clone())))
        }
        Content::Picture => Reading::plain(Value::Unreadable(Obstacle::Picture)),
        Content::Percentage(_) | Content::Boolean(_) | Content::Date { .. } => {
            Reading::plain(Value::Unreadable(Obstacle::NotThisType))
        }
    }
}

fn exact(decimal: &str, unit: MoneyUnit) -> Value {
    match scale_decimal(decimal, unit.exponent()) {
        Ok(fen) => Value::Amount(Amount(fen)),
        Err(NotExact::TooFine) => Value::Unreadable(Obstacle::TooFine),
        Err(NotExact::TooLarge) => Value::Unreadable(Obstacle::TooLarge),
        // A double far below one 分 or far above every budget, written with an exponent.
        Err(NotExact::NotANumber) if decimal.contains("e-") => Value::Unreadable(Obstacle::TooFine),
        Err(NotExact::NotANumber) => Value::Unreadable(Obstacle::TooLarge),
    }
}

fn read_text(text: &str, unit: MoneyUnit, not_applicable: &[String]) -> Reading {
    let plain = fold::plain(text);
    if plain.is_empty() {
        return Reading::plain(Value::Blank);
    }
    if not_applicable.contains(&plain.to_lowercase()) {
        return Reading::plain(Value::NotApplicable);
    }
    if is_error_text(&plain) {
        return Reading::plain(Value::Unreadable(Obstacle::ErrorValue));
    }
    let plain = plain.trim_start_matches(['\'', '‘', '’', '`']);
    let (main, bracket) = split_bracket(plain);
    match bracket {
        None => Reading::plain(figure(main, unit).unwrap_or_else(Value::Unreadable)),
        Some(inside) if unit_named(inside).is_some() => {
            let unit = unit_named(inside).expect("just matched");
            Reading::plain(figure(main, unit).unwrap_or_else(Value::Unreadable))
        }
        Some(inside) => with_remark(main, inside, unit),
    }
}

/// `423.38万元（其中：自治区169.35万元，市级254.03万元）`, or a figure with a wordy remark.
fn with_remark(main: &str, inside: &str, unit: MoneyUnit) -> Reading {
    let value = match figure(main, unit) {
        Ok(value) => value,
        Err(obstacle) => return Reading::plain(Value::Unreadable(obstacle)),
    };
    let has_figures = inside.chars().any(|c| c.is_ascii_digit());
    if !has_figures {
        return Reading::plain(value);
    }
    if !inside.starts_with("其中") && !inside.starts_with("含") {
        return Reading::plain(Value::Unreadable(Obstacle::NotOneFigure));
    }
    let parts = parts_of(inside, unit);
    // "含" names some of the parts, "其中" with one part too; only two or more parts can add up.
    let adds_up = inside.starts_with("其中") && parts.as_ref().is_some_and(|(count, _)| *count > 1);
    match parts {
        None => Reading::plain(Value::Unreadable(Obstacle::NotOneFigure)),
        Some((_, sum)) => Reading { value, parts: adds_up.then_some(sum) },
    }
}

/// Returns how many figures a remark names, and their sum.
fn parts_of(inside: &str, unit: MoneyUnit) -> Option<(usize, Amount)> {
    let mut sum = Amount(0);
    let mut count = 0;
    for part in inside.split([',', ';', '、', '。', '，', '；']) {
        let Some(start) = part.find(|c: char| c.is_ascii_digit()) else { continue };
        let Ok(Value::Amount(amount)) = figure(&part[start..], unit) else { return None };
        sum = sum.checked_add(amount)?;
        count += 1;
    }
    (count > 0).then_some((count, sum))
}

/// Cuts a closing bracket with words or figures off a text; a bracket around everything is the
/// negative of accountants and stays.
fn split_bracket(text: &str) -> (&str, Option<&str>) {
    let Some(body) = text.strip_suffix(')') else { return (text, None) };
    match body.find('(') {
        Some(0) | None => (text, None),
        Some(open) => (&body[..open], Some(&body[open + 1..])),
    }
}

fn is_error_text(text: &str) -> bool {
    text.starts_with('#') && text[1..].starts_with(|c: char| c.is_ascii_uppercase())
}

fn unit_named(text: &str) -> Option<MoneyUnit> {
    let word = text.trim_start_matches("单位").trim_start_matches(':').trim_start_matches("人民币");
    MoneyUnit::ALL.into_iter().find(|unit| unit.name() == word)
}

/// Words that make a figure a range or a guess.
const VAGUE: [&str; 25] = [
    "约",
    "左右",
    "大概",
    "大约",
    "预计",
    "估",
    "近",
    "余",
    "多",
    "几",
    "至",
    "到",
    "以上",
    "以下",
    "以内",
    "不超过",
    "不低于",
    "不少于",
    "至少",
    "最多",
    "~",
    ">",
    "<",
    "≥",
    "≤",
];

/// Reads one signed figure with or without a unit.
fn figure(text: &str, unit: MoneyUnit) -> Result<Value, Obstacle> {
    let mut rest = text;
    let mut negative = false;
    if let Some(inside) = rest.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
        negative = true;
        rest = inside;
    }
    rest = rest.trim_start_matches("人民币").trim_start_matches(['¥', '$', '￥', ':']);
    for sign in ["-", "−", "–", "负", "△", "▲", "+"] {
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
    rest = rest.strip_suffix(['整', '正']).unwrap_or(rest);
    match number(rest, unit) {
        Err(Obstacle::NotThisType) if is_vague(rest) => Err(Obstacle::NotOneFigure),
        other => signed(other, negative),
    }
}

fn is_vague(text: &str) -> bool {
    let has_figure = text.chars().any(|c| c.is_ascii_digit() || numeral::digit(c).is_some());
    let range = text.split_once('-').is_some_and(|(low, high)| {
        low.ends_with(|c: char| c.is_ascii_digit() || "元万".contains(c))
            && high.starts_with(|c: char| c.is_ascii_digit())
    });
    has_figure && (range || VAGUE.iter().any(|word| text.contains(word)))
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
        let fen = scale_decimal(&digits, exponent).map_err(|error| match error {
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
fn ungrouped(digits: &str) -> Option<String> {
    if !digits.contains(',') {
        return Some(digits.to_owned());
    }
    let (integral, fraction) = match digits.split_once('.') {
        Some((integral, fraction)) => (integral, Some(fraction)),
        None => (digits, None),
    };
    let mut groups = integral.split(',');
    let first = groups.next()?;
    let sound = (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3)
        && !fraction.is_some_and(|fraction| fraction.contains(','));
    sound.then(|| digits.replace(',', ""))
}

/// 三百五十万, 叁佰伍拾万元整, 壹拾贰万叁仟肆佰伍拾陆圆柒角捌分.
fn in_words(text: &str, unit: MoneyUnit) -> Result<Value, Obstacle> {
    let refused = Obstacle::NotThisType;
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
