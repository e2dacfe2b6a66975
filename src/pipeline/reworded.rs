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
    /// Those of them that say that it is money.
    money: Vec<String>,
    /// What quantities are counted in, in brackets.
    measures: Vec<String>,
    /// What sums of money are called, the first of them alone too.
    sums: Vec<String>,
    /// What makes something else of what follows: 上年支付 is no 支付, and 人均面积 no 面积.
    others: Vec<String>,
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
            money: columns_of(&|column| column.kind.is_money()),
            known: Memo::default(),
        }
    }

    /// Returns the column that a heading means, unless it is counted in something else, or by levels below others
    /// that add nothing. What is planned is not what a return tells of the works.
    pub fn column(&self, text: &str, words: &Lexicon) -> Option<ColumnId> {
        self.known.of(text, || {
            let levels: Vec<&str> = levels(text).collect();
            let mut tops = (0..levels.len())
                .take_while(|top| levels[..*top].iter().all(|level| adds_nothing(level)));
            tops.find_map(|top| {
                let is_money = |level: &&str| WORDS.money.iter().any(|word| level.contains(word));
                let may_be_sum = top == 0 || levels[..top].iter().any(is_money);
                let gist = gist(&levels[top..].join(heading::BELOW), words);
                let sum = || self.sum(&gist.key).filter(|_| may_be_sum);
                let (column, measures) = self.columns.get(&gist.key).or_else(sum)?;
                let is_same = |own| measures.is_empty() || measures.contains(own);
                // 市县资金（元） is no column of those who report, whatever 市县 is called.
                let says_money = heading::read(text).unit.is_some()
                    || levels.last().is_some_and(|level| ends_in_money(level));
                let is_other = !may_be_sum && is_sum(&gist.key)
                    || says_money && !self.money.contains(column)
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

/// Returns what a heading says, be it a path.
pub fn gist(text: &str, words: &Lexicon) -> Gist {
    let mut key = String::new();
    let mut measure = None;
    for level in levels(text) {
        let (bare, own) = without_measure(level);
        measure = own.or(measure);
        key.push_str(&heading::meant(&bare, words));
    }
    let is_planned = WORDS.planned.iter().any(|word| key.contains(word.as_str()));
    let is_part = WORDS.parts.iter().any(|word| key.contains(word.as_str()));
    let mut levels = levels(text);
    let ends = levels.next().zip(levels.last()).map(|(top, lowest)| {
        (heading::read(top).key, shortened(&heading::meant(&without_measure(lowest).0, words)))
    });
    let lowest = lowest(text, words);
    Gist { key: shortened(&key), measure, lowest, ends, is_planned, is_part }
}

/// Returns what the lowest level of a heading says, where those above it add nothing.
fn lowest(text: &str, words: &Lexicon) -> Option<Lowest> {
    let levels: Vec<&str> = levels(text).collect();
    let (lowest, above) = levels.split_last()?;
    let whole = || heading::meant(&without_measure(lowest).0, words);
    let of = |whole: String| Lowest { short: shortened(&whole), whole };
    above.iter().all(|level| adds_nothing(level)).then(whole).map(of)
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
    let Some(key) = &own.lowest else { return false };
    column.gists.iter().any(|gist| {
        let is_counted_otherwise = gist.measure.is_some() && own.measure.is_some();
        let is_counted_so = gist.measure == own.measure;
        match (likeness, &gist.lowest) {
            (_, None) => false,
            (Likeness::OnlyMoney, _) => says_money_alone(text, words),
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

fn says_done(text: &str) -> bool {
    WORDS.done.iter().any(|word| text.contains(word.as_str()))
}

fn makes_another(text: &str) -> bool {
    text.chars().any(char::is_numeric)
        || WORDS.others.iter().any(|word| text.contains(word.as_str()))
}

/// Splits what figures are counted in off a heading: 里程（公里）, 标准（元/亩）.
fn without_measure(text: &str) -> (String, Option<String>) {
    let plain = fold::plain(text);
    let is_measure = |part: &str| {
        WORDS.measures.iter().any(|word| word == part) || MoneyUnit::named(part).is_some()
    };
    if let Some((head, rest)) = plain.split_once('(')
        && let Some((inside, behind)) = rest.split_once(')')
        && inside.split(['/', '、', '，', ',', '或', '·']).all(is_measure)
        && MoneyUnit::named(inside).is_none()
        && !head.is_empty()
    {
        return (format!("{head}{behind}"), Some(inside.to_owned()));
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
fn ends_in_money(level: &str) -> bool {
    let (bare, _) = without_measure(level);
    let key = heading::read(&bare).bare;
    WORDS.money.iter().any(|word| key.ends_with(word.as_str()))
}

/// Returns whether a level above others says no more than that they are money, works or a place.
fn adds_nothing(level: &str) -> bool {
    let key = heading::read(level).key;
    let mut rest = key.as_str();
    while let Some(shorter) = WORDS.above.iter().find_map(|word| rest.strip_prefix(word.as_str())) {
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
mod tests {
    use super::*;

    #[test]
    fn headings_in_other_words_say_the_same() {
        let words = Lexicon::default();
        for (one, other) in [
            ("户主姓名", "户主"),
            ("身份证号码", "身份证号"),
            ("一卡通账号", "银行账号"),
            ("项目", "补助项目"),
            ("项目名称", "工程名称"),
            ("补贴面积", "面积（亩）"),
            ("补贴标准", "标准（元/亩）"),
            ("车购税", "车购税资金（万元）"),
            ("完成时限", "计划完成时间"),
            ("资金", "下达金额（元）"),
            ("其中：中央", "中央财政补助资金（万元）"),
        ] {
            assert_eq!(gist(one, &words).key, gist(other, &words).key, "{one}, {other}");
        }
        for (one, other) in [
            ("资金", "到位资金"),
            ("资金", "中央资金"),
            ("计划投资", "完成投资"),
            ("项目名称", "项目类别"),
            ("项目名称", "项目资金"),
            ("项目名称", "项目数"),
            ("联系人", "联系电话"),
            ("总投资", "年度投资"),
            ("单位", "建设单位"),
            ("完成投资", "计划完成投资"),
            ("到位资金", "计划到位资金"),
            ("拨付金额", "拟拨付资金"),
            ("面积", "面积补助资金"),
            ("市", "市级资金"),
        ] {
            assert_ne!(gist(one, &words).key, gist(other, &words).key, "{one}, {other}");
        }
        assert_eq!(gist("里程（公里）", &words).measure.as_deref(), Some("公里"));
    }

    #[test]
    fn headings_are_alike_by_their_ends() {
        for (declared, own) in [
            ("保障户数", "户数"),
            ("家庭人口", "人口"),
            ("截至底部里程", "里程"),
            ("姓名", "老人姓名"),
            ("发放金额", "发放金额"),
        ] {
            assert!(ends_alike(declared, own), "{declared}, {own}");
        }
        for (declared, own) in [
            ("里程", "完成里程"),
            ("计划完成里程", "完成里程"),
            ("面积", "人均面积"),
            ("户数", "上年户数"),
            ("人口", "新增人口"),
            ("单位", "建设单位"),
            ("总投资", "投资"),
            ("项目", "项目类别"),
            ("金额", "退回金额"),
            ("资金", "到账资金"),
            ("面积", "征地面积"),
        ] {
            assert!(!ends_alike(declared, own), "{declared}, {own}");
        }
        assert!(begin_alike("建设任务", "建设面积"));
        for (declared, own) in [
            ("建设任务", "完成面积"),
            ("建设面积", "征地面积"),
            ("低保户数", "特困户数"),
            ("道路长度", "道路宽度"),
            ("建设任务", "建设征地"),
        ] {
            assert!(!begin_alike(declared, own), "{declared}, {own}");
        }
    }
}
