//! What a heading says in other words: without those that add nothing, with one word for several of one
//! meaning. 户主姓名 is 户主, 身份证号 is 身份证号码, 车购税资金 is 车购税 and 里程（公里） is 里程.
//!
//! It never stands in for a heading that is declared, and holds only where a single column is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::heading::{self, levels};
use super::lexicon::of_program;
use super::{Column, Lexicon};
use crate::model::memo::Memo;
use crate::model::{ColumnId, IdSlice, MoneyUnit, fold};

/// The words of headings that change nothing, and those that mean the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    /// Before what a heading says.
    before: Vec<String>,
    /// Those of them that say that something is yet to be done.
    planned: Vec<String>,
    /// What is asked for,
    asked: Vec<String>,
    /// and what is granted, which is another sum.
    granted: Vec<String>,
    /// What is done with money and works: 计划到位 is not 到位.
    done: Vec<String>,
    /// Those that say that a sum is a part of the money.
    parts: Vec<String>,
    /// What a sum is called of which that is only a part.
    investments: Vec<String>,
    /// What says too little without that.
    little: Vec<String>,
    /// Behind the name of something.
    behind: Vec<String>,
    /// Behind the name of a sum of money.
    behind_money: Vec<String>,
    /// What is no sum of money without that.
    things: Vec<String>,
    /// What quantities end in: 面积补助 is no 面积.
    quantities: Vec<String>,
    /// What levels above a heading may be made of and add nothing: 下达资金 above 中央, and not 到位资金.
    above: Vec<String>,
    /// What such levels may say besides where the heading below says it too, as they may what is done.
    echoed: Vec<String>,
    /// Those of them that say that it is money.
    money: Vec<String>,
    /// What quantities are counted in, in brackets.
    measures: Vec<String>,
    /// Lists of those of which each is the first, written otherwise.
    same_measures: Vec<Vec<String>>,
    /// Lists of measures of one quantity, in each of which its figures are others.
    sizes: Vec<Vec<String>>,
    /// Words that say in what they are counted without brackets: 亩数 is counted in 亩.
    counts: BTreeMap<String, String>,
    /// What sums of money are called, the first of them alone too.
    sums: Vec<String>,
    /// What makes something else of what follows: 上年支付 is no 支付, and 人均面积 no 面积.
    others: Vec<String>,
    /// Lists of words within headings of which each is written for the first: 编码 for 编号.
    written: Vec<Vec<String>>,
    /// What a column of those who report is called.
    owners: Vec<String>,
    /// What a list may call the names of whatever it is about: 项目, 名称.
    names: Vec<String>,
    /// Whose names are none of these: 单位名称.
    parties: Vec<String>,
    /// Lists of words of which each says what the first does.
    same: Vec<Vec<String>>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| of_program(include_str!("reworded.toml")));

/// For each word the one that stands for it.
static SAME: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let lists = WORDS.same.iter();
    lists
        .flat_map(|list| {
            let first = list.first().map_or_else(String::new, |word| fold::key(word));
            list.iter().map(move |word| (fold::key(word), first.clone()))
        })
        .collect()
});

/// A heading in other words.
#[expect(clippy::struct_excessive_bools, reason = "a heading may say several of them")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gist {
    pub key: String,
    /// What its figures are counted in, where it says so.
    pub measure: Option<String>,
    /// What its lowest level says, where those above add nothing.
    lowest: Option<Lowest>,
    /// Of a path, what its top and its lowest level say.
    pub ends: Option<(String, String)>,
    /// Whether it says that it is what is planned.
    is_planned: bool,
    /// Whether it says that it is a part of the money.
    is_part: bool,
    /// Whether it says that it was asked for.
    is_asked: bool,
    /// Whether it says that it was granted.
    is_granted: bool,
}

/// What the lowest level of a heading says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lowest {
    /// As it stands, without what its figures are counted in.
    whole: String,
    /// Without what adds nothing.
    short: String,
}

/// The columns that are meant by headings in other words.
#[derive(Clone, Debug, Default)]
pub struct Reworded {
    columns: BTreeMap<String, (ColumnId, BTreeSet<String>)>,
    /// Of those below a heading, by it and by what they say themselves.
    below: BTreeMap<(String, String), Option<ColumnId>>,
    /// The headings above them.
    above: BTreeMap<ColumnId, String>,
    /// The columns that only returns fill in, and that say nothing of a plan.
    reported: BTreeSet<ColumnId>,
    /// Those that are a part of the money.
    parts: BTreeSet<ColumnId>,
    /// Those that were granted, and those that were asked for.
    granted: BTreeSet<ColumnId>,
    asked: BTreeSet<ColumnId>,
    /// Those that hold money.
    money: BTreeSet<ColumnId>,
    /// Headings that were looked up.
    known: Memo<Option<ColumnId>>,
}

impl Reworded {
    /// Collects what the headings of all columns say; what is said of several columns is left out.
    pub fn of(columns: &IdSlice<ColumnId, Column>) -> Self {
        let mut said: BTreeMap<String, (BTreeSet<ColumnId>, BTreeSet<String>)> = BTreeMap::new();
        for (place, column) in columns.iter_enumerated() {
            for gist in &column.gists {
                let (own, measures) = said.entry(gist.key.clone()).or_default();
                own.insert(place);
                measures.extend(gist.measure.clone());
            }
        }
        let alone = said.into_iter().filter_map(|(key, (own, measures))| {
            let first = *own.first().filter(|_| own.len() == 1)?;
            Some((key, (first, measures)))
        });
        let mut below: BTreeMap<(String, String), Option<ColumnId>> = BTreeMap::new();
        let mut above = BTreeMap::new();
        for (place, column) in columns.iter_enumerated() {
            for (top, lowest) in column.gists.iter().filter_map(|gist| gist.ends.clone()) {
                above.entry(place).or_insert_with(|| top.clone());
                let known = below.entry((top, lowest)).or_insert(Some(place));
                *known = known.filter(|known| *known == place);
            }
        }
        let columns_of = |is: &dyn Fn(&Column) -> bool| {
            let own = columns.iter_enumerated().filter(|(_, column)| is(column));
            own.map(|(place, _)| place).collect()
        };
        let is_planned = |column: &Column| column.gists.iter().any(|gist| gist.is_planned);
        let is_part = |column: &Column| column.gists.iter().all(|gist| gist.is_part);
        Self {
            columns: alone.collect(),
            below,
            above,
            reported: columns_of(&|column| column.reported && !is_planned(column)),
            parts: columns_of(&is_part),
            granted: columns_of(&|column| column.gists.iter().any(|gist| gist.is_granted)),
            asked: columns_of(&|column| column.gists.iter().any(|gist| gist.is_asked)),
            money: columns_of(&|column| column.kind.is_money()),
            known: Memo::default(),
        }
    }

    /// Returns the column that a heading means, unless it is counted in something else, or by levels below others
    /// that add nothing. What is planned is not what a return tells of the works.
    pub fn column(&self, text: &str, words: &Lexicon) -> Option<ColumnId> {
        self.known.of(text, || {
            let levels: Vec<&str> = levels(text).collect();
            let lowest = as_written(levels.last()?, words);
            let is_bare = |level: &&str| adds_nothing(&counted_off(level, words), &lowest);
            let mut tops = (0..levels.len()).take_while(|top| levels[..*top].iter().all(is_bare));
            tops.find_map(|top| {
                let is_money = |level: &&str| WORDS.money.iter().any(|word| level.contains(word));
                let may_be_sum = top == 0 || levels[..top].iter().any(is_money);
                let gist = gist(&levels[top..].join(heading::BELOW), words);
                let sum = || self.sum(&gist.key).filter(|_| may_be_sum);
                let (column, measures) = self.columns.get(&gist.key).or_else(sum)?;
                let is_same = |own| measures.is_empty() || measures.contains(own);
                // 市县资金（元） is no column of those who report, whatever 市县 is called.
                let says_money = heading::read(text).unit.is_some()
                    || levels.last().is_some_and(|level| ends_in_money(level, words));
                let is_other = !may_be_sum && is_sum(&gist.key)
                    || says_money && !self.money.contains(column)
                    || gist.is_asked && self.granted.contains(column)
                    || gist.is_granted && self.asked.contains(column)
                    || gist.is_planned && self.reported.contains(column);
                (gist.measure.as_ref().is_none_or(is_same) && !is_other).then_some(*column)
            })
        })
    }

    /// Returns the one column that is called a sum, or that of the money as a whole, where a heading says sum: 总额 is
    /// 合计 or 资金.
    fn sum(&self, key: &str) -> Option<&(ColumnId, BTreeSet<String>)> {
        if !is_sum(key) {
            return None;
        }
        let mut sums = WORDS.sums.iter().filter_map(|word| self.columns.get(word));
        if let Some(first) = sums.next() {
            return sums.all(|other| other.0 == first.0).then_some(first);
        }
        let money = WORDS.same.first().and_then(|money| money.first());
        let money = money.and_then(|word| self.columns.get(word));
        let is_investment = WORDS.investments.iter().any(|word| key.contains(word.as_str()));
        money.filter(|(column, _)| !is_investment || !self.parts.contains(column))
    }

    /// Returns the heading above a declared column, where it is below one.
    pub fn above(&self, column: ColumnId) -> Option<&str> {
        self.above.get(&column).map(String::as_str)
    }

    /// Returns the column below a heading that another means by itself: 其中：中央 beside 2022年计划.
    pub fn below(&self, top: &str, text: &str, words: &Lexicon) -> Option<ColumnId> {
        self.below.get(&(top.to_owned(), gist(text, words).key)).copied().flatten()
    }
}

/// Returns what the headings of a declared column say: one that names two things, 单位/科目名称, means either.
pub fn gists<'a>(texts: impl Iterator<Item = &'a String>, words: &Lexicon) -> Vec<Gist> {
    let mut gists = Vec::new();
    for text in texts {
        gists.push(gist(text, words));
        let bare = without_measure(text, words).0;
        let parts: Vec<&str> = bare.split(['/', '／']).map(str::trim).collect();
        let says_enough = |part: &str| part.chars().count() > 1 && !is_measures(part);
        if parts.len() > 1 && parts.iter().all(|part| says_enough(part)) {
            let parts = parts.into_iter().filter(|part| !says_little(part));
            gists.extend(parts.map(|part| gist(part, words)));
        }
    }
    gists
}

/// Returns what a heading says, be it a path.
pub fn gist(text: &str, words: &Lexicon) -> Gist {
    let mut key = String::new();
    let mut measure = None;
    for level in levels(text) {
        let (bare, own) = without_measure(level, words);
        measure = own.or_else(|| said_by_count(&bare)).or(measure);
        key.push_str(&as_written(&bare, words));
    }
    let holds = |words: &[String]| words.iter().any(|word| key.contains(word.as_str()));
    let (is_planned, is_part) = (holds(&WORDS.planned), holds(&WORDS.parts));
    let (is_asked, is_granted) = (holds(&WORDS.asked), holds(&WORDS.granted));
    let mut levels = levels(text);
    let ends = levels
        .next()
        .zip(levels.last())
        .map(|(top, lowest)| (heading::read(top).key, shortened(&counted_off(lowest, words))));
    let lowest = lowest(text, words);
    Gist { key: shortened(&key), measure, lowest, ends, is_planned, is_part, is_asked, is_granted }
}

/// Returns what one level of a heading means, as it is written first, without what figures are counted in.
fn counted_off(level: &str, words: &Lexicon) -> String {
    as_written(&without_measure(level, words).0, words)
}

/// Returns what one level of a heading means, with one spelling for several: 累计付款 is 累计支付.
fn as_written(level: &str, words: &Lexicon) -> String {
    let mut key = heading::meant(level, words);
    for list in &WORDS.written {
        let Some((first, others)) = list.split_first() else { continue };
        for other in others.iter().filter(|other| key.contains(other.as_str())).collect::<Vec<_>>()
        {
            key = key.replace(other.as_str(), first);
        }
    }
    key
}

/// Returns what the lowest level of a heading says, where those above it add nothing.
fn lowest(text: &str, words: &Lexicon) -> Option<Lowest> {
    let levels: Vec<&str> = levels(text).collect();
    let (lowest, above) = levels.split_last()?;
    let whole = counted_off(lowest, words);
    let is_bare = above.iter().all(|level| adds_nothing(&counted_off(level, words), &whole));
    is_bare.then(|| Lowest { short: shortened(&whole), whole })
}

/// In what two headings may be alike that are not the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// One says more than the other and ends as it does: 保障户数 and 户数.
    EndsAlike,
    /// They are counted in the same and begin alike: 建设面积（万亩） and 建设任务（万亩）.
    CountedAlike,
    /// One is 金额 and no more, and the other the only column of money that is declared: 发放金额.
    OnlyMoney,
    /// One names whatever its list is about, 项目名称, and the other what it is: 路线名称.
    NamesAlike,
}

/// Returns whether a heading says that those who report stand below it: 乡镇, 县（市、区）.
pub fn names_owners(text: &str, words: &Lexicon) -> bool {
    let own = lowest(text, words);
    own.is_some_and(|own| {
        let is_owner = |key: &String| WORDS.owners.contains(key);
        is_owner(&own.whole) || is_owner(&own.short)
    })
}

/// Returns whether a heading says no more than that it is money: 金额, 合计（元）.
pub fn says_money_alone(text: &str, words: &Lexicon) -> bool {
    let money = WORDS.same.first().and_then(|money| money.first());
    lowest(text, words).is_some_and(|own| Some(&own.short) == money || is_sum(&own.short))
}

/// Returns whether a heading of a sheet is like one of a declared column, and says nothing that makes another
/// of it.
pub fn are_alike(column: &Column, text: &str, likeness: Likeness, words: &Lexicon) -> bool {
    let own = gist(text, words);
    let says_money = heading::read(text).unit.is_some();
    if says_money && !column.kind.is_money() || own.measure.is_some() && column.kind.is_money() {
        return false;
    }
    let is_other = |gist: &Gist| gist.is_granted && own.is_asked || gist.is_asked && own.is_granted;
    if column.gists.iter().any(is_other) {
        return false;
    }
    let measures = || column.gists.iter().filter_map(|gist| gist.measure.as_deref());
    let is_of_other_size = own.measure.as_deref().is_some_and(|own| {
        measures().any(|other| are_other_sizes(own, other)) && measures().all(|other| other != own)
    });
    if is_of_other_size {
        return false;
    }
    let Some(key) = &own.lowest else { return false };
    column.gists.iter().any(|gist| {
        let is_counted_otherwise = gist.measure.is_some() && own.measure.is_some();
        let is_counted_so = gist.measure == own.measure;
        match (likeness, &gist.lowest) {
            (_, None) => false,
            (Likeness::OnlyMoney, _) => says_money_alone(text, words),
            (Likeness::NamesAlike, Some(declared)) => {
                !says_money && own.measure.is_none() && name_alike(declared, key)
            }
            (Likeness::EndsAlike, Some(declared)) => {
                (is_counted_so || !is_counted_otherwise)
                    && (is_alike_shortened(declared, key)
                        || ends_alike(&declared.whole, &key.whole))
            }
            (Likeness::CountedAlike, Some(declared)) => {
                is_counted_otherwise && is_counted_so && begin_alike(&declared.whole, &key.whole)
            }
        }
    })
}

/// Returns whether two headings end alike without what adds nothing; the shorter has lost no more by it than that it is
/// planned: 建设面积 is not 征地面积.
fn is_alike_shortened(declared: &Lowest, own: &Lowest) -> bool {
    let is_declared = declared.short.len() < own.short.len();
    let Lowest { whole, short } = if is_declared { declared } else { own };
    let before = whole.split_once(short.as_str()).map_or("", |(before, _)| before);
    let is_planned = || WORDS.planned.iter().any(|word| word == before);
    (declared.short == own.short || before.is_empty() || is_planned())
        && ends_alike(&declared.short, &own.short)
}

/// Returns whether one of two headings is the end of the other, and what stands before it makes nothing else
/// of it. What a sheet calls done is not what is declared without that word; the other way round it may be.
fn ends_alike(declared: &str, own: &str) -> bool {
    if declared == own {
        return true;
    }
    let more = own.strip_suffix(declared).map(|rest| (rest, declared));
    let less = || declared.strip_suffix(own).map(|rest| (rest, own));
    let is_done = more.is_some_and(|(rest, _)| says_done(rest));
    let Some((rest, end)) = more.or_else(less) else { return false };
    // 计划完成投资 is not what 完成投资 tells of.
    let is_to_be_done =
        says_done(end) && WORDS.planned.iter().any(|word| rest.contains(word.as_str()));
    let says_enough = end.chars().count() >= 2 && !says_little(end) && !is_sum(end);
    says_enough && !is_done && !is_to_be_done && !makes_another(rest)
}

/// Returns whether two headings begin alike and go on with what is counted in the one and what it is counted of in the
/// other: 建设面积 and 建设任务. Two quantities are two things, 道路长度 and 道路宽度; and that both end in 户数 says no
/// more than what both are counted in.
fn begin_alike(declared: &str, own: &str) -> bool {
    const LEAST: usize = 2;
    let same = declared.chars().zip(own.chars()).take_while(|(one, other)| one == other);
    let (count, alike) =
        same.fold((0, 0), |(count, len), (one, _)| (count + 1, len + one.len_utf8()));
    let is_quantity = |rest: &str| WORDS.quantities.iter().any(|word| word == rest);
    let is_thing = |rest: &str| WORDS.things.iter().any(|word| word == rest);
    let (one, other) = (&declared[alike..], &own[alike..]);
    count >= LEAST
        && (is_quantity(one) && is_thing(other) || is_thing(one) && is_quantity(other))
        && !says_done(own)
}

/// Returns whether one of two headings names whatever its list is about and the other says of what the names are:
/// 项目名称 and 路线名称. Names of others who take part are none of these: 单位名称.
fn name_alike(declared: &Lowest, own: &Lowest) -> bool {
    let is_any =
        |name: &Lowest| WORDS.names.contains(&name.whole) || WORDS.names.contains(&name.short);
    let names_works = |name: &Lowest| {
        let stem = WORDS.behind.iter().find_map(|word| name.whole.strip_suffix(word.as_str()));
        stem.is_some_and(|stem| !WORDS.parties.iter().any(|word| stem.ends_with(word.as_str())))
    };
    is_any(own) && (names_works(declared) || is_any(declared))
        || is_any(declared) && names_works(own)
}

/// Returns whether a heading says what is done with money and works: 已到位.
pub fn says_done(text: &str) -> bool {
    WORDS.done.iter().any(|word| text.contains(word.as_str()))
}

fn makes_another(text: &str) -> bool {
    text.chars().any(char::is_numeric)
        || WORDS.others.iter().any(|word| text.contains(word.as_str()))
}

/// Returns whether a text says nothing but in what figures are counted: 公里、万元.
pub fn is_measures(text: &str) -> bool {
    const MARKS: [char; 7] = ['/', '、', '，', ',', '或', '·', ';'];
    fold::plain(text).split(MARKS).all(|part| {
        WORDS.measures.iter().any(|word| word == part) || MoneyUnit::named(part).is_some()
    })
}

/// Leaves out what only says how to fill in figures: 公里，保留三位小数.
fn without_filling(inside: &str, words: &Lexicon) -> String {
    let is_filling = |part: &&str| words.filling.iter().any(|word| part.contains(word.as_str()));
    let parts = || inside.split([',', '，', ';', '；']);
    if parts().any(|part| is_filling(&part)) {
        parts().filter(|part| !is_filling(part)).collect::<Vec<_>>().join(",")
    } else {
        inside.to_owned()
    }
}

/// Returns a measure as it is written first: km is 公里.
fn as_first(measure: &str) -> String {
    let mut lists = WORDS.same_measures.iter();
    let own = lists.find(|list| list.iter().any(|word| word == measure));
    own.and_then(|list| list.first()).map_or_else(|| measure.to_owned(), Clone::clone)
}

/// Returns in what a heading says that it is counted by what it calls the count.
fn said_by_count(level: &str) -> Option<String> {
    let own = WORDS.counts.iter().find(|(word, _)| level.contains(word.as_str()));
    own.map(|(_, measure)| measure.clone())
}

/// Returns whether the figures of one quantity are others in the one measure than in the other: 亩 and 公顷.
fn are_other_sizes(one: &str, other: &str) -> bool {
    let holds = |list: &Vec<String>, measure: &str| list.iter().any(|word| word == measure);
    one != other && WORDS.sizes.iter().any(|list| holds(list, one) && holds(list, other))
}

/// Splits what figures are counted in off a heading: 里程（公里）, 标准（元/亩）.
fn without_measure(text: &str, words: &Lexicon) -> (String, Option<String>) {
    let plain = fold::plain(text);
    if let Some((head, rest)) = plain.split_once('(')
        && let Some((inside, behind)) = rest.split_once(')')
        && let inside = without_filling(inside, words)
        && is_measures(&inside)
        && MoneyUnit::named(&inside).is_none()
        && !head.is_empty()
    {
        return (format!("{head}{behind}"), Some(as_first(&inside)));
    }
    (plain, None)
}

/// Leaves out what adds nothing, as long as something is left, and puts one word for several.
fn shortened(key: &str) -> String {
    let mut rest = key;
    let is_same = |rest: &str| SAME.contains_key(rest);
    while let Some(shorter) = WORDS
        .before
        .iter()
        .find_map(|word| rest.strip_prefix(word.as_str()).map(|shorter| (word, shorter)))
        .filter(|(word, shorter)| !is_same(rest) && !is_yet_to_be_done(word, shorter))
        .map(|(_, shorter)| shorter)
        .filter(|shorter| !shorter.is_empty() && !says_little(shorter))
    {
        rest = shorter;
    }
    loop {
        if WORDS.sums.iter().any(|word| word == rest) {
            return rest.to_owned();
        }
        if let Some(same) = SAME.get(rest) {
            return same.clone();
        }
        let without = |word: &String| rest.strip_suffix(word.as_str());
        let is_thing = |rest: &str| {
            WORDS.things.iter().any(|word| word == rest)
                || WORDS.quantities.iter().any(|word| rest.ends_with(word.as_str()))
        };
        let of_money = WORDS.behind_money.iter().find_map(without);
        let of_money = of_money.filter(|rest| !is_thing(rest));
        let shorter = WORDS.behind.iter().find_map(without).or(of_money);
        match shorter.filter(|shorter| !shorter.is_empty()) {
            Some(shorter) => rest = shorter,
            None => return rest.to_owned(),
        }
    }
}

/// Returns whether a word says that what follows is yet to be done: 计划到位 is not 到位.
fn is_yet_to_be_done(word: &str, rest: &str) -> bool {
    WORDS.planned.iter().any(|planned| planned == word)
        && WORDS.done.iter().any(|done| rest.starts_with(done.as_str()))
}

/// Returns whether a heading ends in a word for money: 设备投资 is no column of what is bought.
fn ends_in_money(level: &str, words: &Lexicon) -> bool {
    let (bare, _) = without_measure(level, words);
    let key = heading::read(&bare).bare;
    WORDS.money.iter().any(|word| key.ends_with(word.as_str()))
}

/// Returns whether a level above others says no more than that they are money, works or a place, or what the lowest says
/// itself: 支付情况 above 累计支付. 付款计划 above 付款金额 says that nothing has been paid yet.
fn adds_nothing(level: &str, lowest: &str) -> bool {
    let key = heading::read(level).key;
    let is_yet_to_come = WORDS.planned.iter().any(|word| {
        key.contains(word.as_str()) && !WORDS.granted.contains(word) && !lowest.contains(word)
    });
    let done = WORDS.done.iter().filter(|_| !is_yet_to_come);
    let echoed = done.chain(&WORDS.echoed);
    let echoed: Vec<&String> = echoed.filter(|word| lowest.contains(word.as_str())).collect();
    let mut rest = key.as_str();
    let words = || WORDS.above.iter().chain(echoed.iter().copied());
    while let Some(shorter) = words().find_map(|word| rest.strip_prefix(word.as_str())) {
        rest = shorter;
    }
    rest.is_empty()
}

fn is_sum(key: &str) -> bool {
    WORDS.sums.iter().any(|word| word == key)
}

fn says_little(rest: &str) -> bool {
    WORDS.little.iter().any(|word| word == rest)
}

#[cfg(test)]
mod tests;
