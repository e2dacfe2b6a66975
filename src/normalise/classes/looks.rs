//! What the rows of a table look like beside one another, and which of them are therefore no tasks,
//! though no word says so: lines that head a section, with its sum or without, and sums that bear the
//! name of a unit, a count or nothing at all.
//!
//! A row is looked at only where it differs from the others: in its kind of number, by a task that is
//! blank or a figure, by an owner that is blank. Where its look alone does not tell, its figures do: it
//! is a sum because it adds up the rows below or above it, in two columns or twice in the table.

use std::collections::BTreeMap;
use std::ops::Range;

/// What stands in the column of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Blank,
    Whole(u32),
    /// 2.1.1.
    Path(String),
    /// 一, （一）: how such a number is written, and whether it is the first.
    Ordinal {
        how: Ordinal,
        is_first: bool,
    },
    Other,
}

/// How a section is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ordinal {
    Bare,
    InBrackets,
}

/// Whether a cell that names something is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Blank,
    /// Under a merged cell.
    Above,
    Own,
}

/// What stands where the task is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Blank,
    Words,
    /// 一、道路工程.
    Ordinal(Ordinal),
    /// 12, 共3项.
    Count,
}

/// A row below a heading, before anybody says what it is.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub row: u32,
    pub number: Mark,
    pub owner: Named,
    pub task: Task,
    pub has_amounts: bool,
    /// Whether a declared column is filled that is neither number, owner, task nor amount.
    pub has_more: bool,
    /// The number of rows that it says to add up.
    pub count: Option<u32>,
    /// Whether a word of its own says what it is.
    pub is_told: bool,
}

/// What a row is by its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// The name of the rows below it.
    Line,
    /// A further part of the row above, below one that is called so: 其中：设备, 安装.
    Part,
    /// Adds up the rows from the first to the last.
    Sum { rows: (u32, u32), place: Place },
}

/// Where a sum stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Over,
    Below,
}

/// What a row has in a column of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Blank,
    Amount(i128),
    Unreadable,
}

/// Why a row is not looked at as a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// An ordinal among figures, and no owner.
    Section(Ordinal),
    /// An owner and no task.
    NoTask,
    /// A figure for a task.
    Count,
    /// An ordinal, and nothing else that differs.
    Ordinal(Ordinal),
    NoNumber,
    NoOwner,
    Neither,
    /// The number of the next row goes on from its own.
    Parent,
    /// As this, and it has no owner where others have one.
    Chapter,
}

impl Sign {
    /// Whether it cannot be a task, whatever its figures are.
    fn is_plain(self) -> bool {
        matches!(self, Sign::Section(_) | Sign::NoTask | Sign::Count | Sign::Chapter)
    }
}

/// How many of a table's rows are as most are.
#[expect(clippy::struct_excessive_bools, reason = "each is asked by itself")]
struct Usual {
    is_numbered: bool,
    has_figures: bool,
    is_owned: bool,
    has_owners: bool,
    has_ordinals: bool,
    has_counts: bool,
    /// Whether the ordinals among the numbers begin where sections do.
    begins_at_first: bool,
}

impl Usual {
    fn of(looks: &[Look]) -> Self {
        let tasks = || looks.iter().filter(|look| look.task != Task::Blank && !look.is_told);
        let all = tasks().count();
        let count = |is: &dyn Fn(&Look) -> bool| tasks().filter(|look| is(look)).count();
        let numbered = count(&|look| matches!(look.number, Mark::Whole(_) | Mark::Path(_)));
        let owned = count(&|look| look.owner != Named::Blank);
        let ordinals = count(&|look| matches!(look.task, Task::Ordinal(_)));
        let counts = count(&|look| look.task == Task::Count);
        // Lines of sections say nothing of how tasks are numbered and owned, however many there are.
        let is_line = |at: usize, look: &Look| {
            matches!(look.number, Mark::Ordinal { .. })
                || matches!(look.task, Task::Ordinal(_))
                || is_parent(look, looks.get(at + 1))
        };
        let lines = |is: &dyn Fn(&Look) -> bool| {
            let all = looks.iter().enumerate();
            let told = all.filter(|(_, look)| look.task != Task::Blank && !look.is_told);
            told.filter(|(at, look)| is_line(*at, look) && is(look)).count()
        };
        let plain = all - lines(&|_| true);
        let usual = |all_such: usize, is: &dyn Fn(&Look) -> bool| {
            let (such, of) =
                if plain > 0 { (all_such - lines(is), plain) } else { (all_such, all) };
            such * 3 >= of * 2 && such > 0
        };
        Self {
            is_numbered: usual(numbered, &|look| {
                matches!(look.number, Mark::Whole(_) | Mark::Path(_))
            }),
            has_figures: numbered > 0,
            is_owned: usual(owned, &|look| look.owner != Named::Blank),
            has_owners: owned > 0,
            has_ordinals: ordinals * 2 < all,
            // Of two rows one may be the sum of the other.
            has_counts: counts * 2 <= all,
            begins_at_first: looks
                .iter()
                .find_map(|look| match look.number {
                    Mark::Ordinal { is_first, .. } => Some(is_first),
                    _ => None,
                })
                .unwrap_or(false),
        }
    }

    fn sign(&self, look: &Look, next: Option<&Look>) -> Option<Sign> {
        if look.is_told {
            return None;
        }
        let no_number = self.is_numbered && look.number == Mark::Blank;
        let no_owner = self.is_owned && look.owner == Named::Blank;
        let has_no_owner = !self.has_owners || look.owner == Named::Blank;
        let ordinal = match (&look.number, look.task) {
            (Mark::Ordinal { how, .. }, Task::Words | Task::Ordinal(_)) if self.has_figures => {
                Some((*how, no_owner || self.begins_at_first && !look.has_amounts))
            }
            (Mark::Blank, Task::Ordinal(how)) if self.has_ordinals => {
                Some((how, no_owner || no_number && !self.has_owners))
            }
            // The lines of a form are numbered from the first to the last, whatever they add up.
            (Mark::Whole(_), Task::Ordinal(how)) if self.is_numbered && self.has_ordinals => {
                Some((how, false))
            }
            _ => None,
        };
        if let Some((ordinal, is_plain)) = ordinal
            && has_no_owner
            && !look.has_more
        {
            return match (is_plain, look.has_amounts) {
                (true, _) => Some(Sign::Section(ordinal)),
                (false, true) => Some(Sign::Ordinal(ordinal)),
                (false, false) => None,
            };
        }
        if !look.has_amounts {
            return None;
        }
        match look.task {
            Task::Blank => {
                (look.owner == Named::Own && look.number == Mark::Blank).then_some(Sign::NoTask)
            }
            Task::Count if self.has_counts && look.number == Mark::Blank => Some(Sign::Count),
            _ if is_parent(look, next) => Some(if no_owner { Sign::Chapter } else { Sign::Parent }),
            _ => match (no_number, no_owner) {
                (true, true) => Some(Sign::Neither),
                (true, false) => Some(Sign::NoNumber),
                (false, true) => Some(Sign::NoOwner),
                (false, false) => None,
            },
        }
    }
}

fn is_parent(look: &Look, next: Option<&Look>) -> bool {
    match (&look.number, next.map(|next| &next.number)) {
        (Mark::Path(own), Some(Mark::Path(next))) => is_below(next, own),
        (Mark::Whole(own), Some(Mark::Path(next))) => is_below(next, &own.to_string()),
        _ => false,
    }
}

/// Returns whether a number goes on from another: 2.1.1 from 2.1.
pub(super) fn is_below(number: &str, above: &str) -> bool {
    number.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// Sums over any run of rows, for each column of amounts.
struct Running {
    /// By row: what the leaves before it add up to, and how many of them cannot be read.
    sums: Vec<Vec<(i128, usize)>>,
    /// By row: how many leaves stand before it.
    leaves: Vec<usize>,
}

impl Running {
    fn of(figures: &[Vec<Figure>], is_leaf: &dyn Fn(usize) -> bool) -> Self {
        let width = figures.first().map_or(0, Vec::len);
        let mut sums = vec![vec![(0, 0); width]];
        let mut leaves = vec![0];
        for (at, row) in figures.iter().enumerate() {
            let mut after = sums[at].clone();
            let counts = is_leaf(at);
            if counts {
                for (sum, figure) in after.iter_mut().zip(row) {
                    match figure {
                        Figure::Amount(amount) => sum.0 += amount,
                        Figure::Unreadable => sum.1 += 1,
                        Figure::Blank => {}
                    }
                }
            }
            sums.push(after);
            leaves.push(leaves[at] + usize::from(counts));
        }
        Self { sums, leaves }
    }

    fn leaves(&self, rows: &Range<usize>) -> usize {
        self.leaves[rows.end].saturating_sub(self.leaves[rows.start])
    }

    fn held(&self, printed: &[Figure], rows: &Range<usize>) -> Held {
        let mut held = Held { right: 0, wrong: 0, leaves: self.leaves(rows) };
        for (column, figure) in printed.iter().enumerate() {
            let (from, to) = (self.sums[rows.start][column], self.sums[rows.end][column]);
            match figure {
                Figure::Amount(0) if from.0 == to.0 => {}
                Figure::Amount(amount) if from.1 == to.1 && *amount == to.0 - from.0 => {
                    held.right += 1;
                }
                Figure::Amount(_) | Figure::Unreadable => held.wrong += 1,
                Figure::Blank => {}
            }
        }
        held
    }
}

/// How many of a row's figures are the sums of a run of rows.
#[derive(Clone, Copy, Debug)]
struct Held {
    right: usize,
    wrong: usize,
    leaves: usize,
}

impl Held {
    fn is_sum(self) -> bool {
        self.right > 0 && self.wrong == 0 && self.leaves > 0
    }
}

/// Which rows a sum may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reach {
    place: Place,
    until: Until,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// The next row of the same look.
    Alike,
    /// The next row that is no leaf.
    Any,
    End,
    /// All rows of the owner whose name it bears, wherever they stand together.
    Owner,
}

/// Returns the places of the rows that differ from the others.
pub(super) fn odd(looks: &[Look]) -> Vec<usize> {
    let usual = Usual::of(looks);
    let is_odd = |at: &usize| usual.sign(&looks[*at], looks.get(at + 1)).is_some();
    (0..looks.len()).filter(is_odd).collect()
}

/// Returns what the rows of a table are that differ from the others, where it can be told; `figures`
/// gives a row's amounts, `owner` the name of its owner.
pub(super) fn meant(
    looks: &[Look],
    figures: impl Fn(&Look) -> Vec<Figure>,
    owner: impl Fn(&Look) -> Option<String>,
) -> BTreeMap<u32, Meant> {
    let usual = Usual::of(looks);
    let signs: Vec<Option<Sign>> =
        looks.iter().enumerate().map(|(at, look)| usual.sign(look, looks.get(at + 1))).collect();
    let mut groups: BTreeMap<Sign, Vec<usize>> = BTreeMap::new();
    for (at, sign) in signs.iter().enumerate() {
        if let Some(sign) = sign {
            groups.entry(*sign).or_default().push(at);
        }
    }
    let mut found = BTreeMap::new();
    if groups.is_empty() {
        return found;
    }
    let has_sums = groups.values().flatten().any(|at| looks[*at].has_amounts);
    let figures: Vec<Vec<Figure>> =
        if has_sums { looks.iter().map(figures).collect() } else { vec![Vec::new(); looks.len()] };
    // What has been found to be no leaf, beside what cannot be one.
    let mut no_leaf: Vec<bool> = looks
        .iter()
        .zip(&signs)
        .map(|(look, sign)| {
            look.is_told || look.task == Task::Blank || sign.is_some_and(Sign::is_plain)
        })
        .collect();
    let owners: Vec<Option<String>> = if groups.contains_key(&Sign::NoTask) && has_sums {
        let mut above: Option<String> = None;
        let named = looks.iter().map(|look| {
            above = owner(look).or_else(|| above.take());
            above.clone()
        });
        named.collect()
    } else {
        Vec::new()
    };
    for (sign, rows) in &groups {
        let group = Group { sign: *sign, rows, looks, usual: &usual, owners: &owners };
        let own: Vec<usize> = rows.iter().copied().filter(|at| looks[*at].has_amounts).collect();
        for at in rows.iter().filter(|at| !looks[**at].has_amounts) {
            found.insert(looks[*at].row, Meant::Line);
        }
        let sums = group.sums(&own, &figures, &no_leaf);
        let taken: Vec<usize> = sums.iter().map(|(at, _)| *at).collect();
        for (at, meant) in sums {
            found.insert(looks[at].row, meant);
            no_leaf[at] = true;
        }
        // A section of no rows is a task itself.
        for at in own.iter().filter(|at| !taken.contains(at) && looks[**at].task != Task::Blank) {
            no_leaf[*at] = false;
        }
    }
    found
}

/// What the rows of a look would add up, if all of them reached alike.
struct Tried {
    score: (usize, usize, usize),
    place: Place,
    held: Vec<(Range<usize>, Held)>,
}

/// Rows of one look.
struct Group<'a> {
    sign: Sign,
    rows: &'a [usize],
    looks: &'a [Look],
    usual: &'a Usual,
    /// The owner of each row, where one is asked for.
    owners: &'a [Option<String>],
}

impl Group<'_> {
    /// Returns which of the group's rows are sums, and of what.
    fn sums(
        &self,
        own: &[usize],
        figures: &[Vec<Figure>],
        no_leaf: &[bool],
    ) -> Vec<(usize, Meant)> {
        let mut in_group = vec![false; self.looks.len()];
        for at in own {
            in_group[*at] = true;
        }
        let is_leaf = |at: usize| self.looks[at].has_amounts && !no_leaf[at] && !in_group[at];
        let running = Running::of(figures, &is_leaf);
        let barriers: Vec<usize> = (0..self.looks.len())
            .filter(|at| in_group[*at] || no_leaf[*at] || self.rows.binary_search(at).is_ok())
            .collect();
        // The most sums that are right, else the most figures, else rows to add up at all.
        let mut best: Option<Tried> = None;
        for reach in self.reaches() {
            let held: Vec<(Range<usize>, Held)> = own
                .iter()
                .map(|at| {
                    let rows = self.reached(*at, reach, &barriers);
                    let held = running.held(&figures[*at], &rows);
                    (rows, held)
                })
                .collect();
            let all = || held.iter().map(|(_, held)| *held);
            let sums = all().filter(|held| held.is_sum()).map(|held| held.right).sum();
            let figures = all().map(|held| held.right).sum();
            let score = (sums, figures, all().filter(|held| held.leaves > 0).count());
            if best.as_ref().is_none_or(|best| score > best.score) {
                best = Some(Tried { score, place: reach.place, held });
            }
        }
        let Some(Tried { place, held, .. }) = best else { return Vec::new() };
        // Several right ones of one column, or one of several.
        let right = held.iter().filter(|(_, held)| held.is_sum()).count();
        // One figure of it may be wrong, where the others are the sums of several rows.
        let all_in_part = held.iter().all(|(_, held)| held.right > 0 && held.leaves > 1);
        let proofs: usize = held
            .iter()
            .filter(|(_, held)| held.is_sum() && held.leaves > 1)
            .map(|(_, held)| held.right)
            .sum();
        own.iter()
            .zip(held)
            .filter(|(at, (_, held))| {
                held.leaves > 0
                    && if self.sign.is_plain() {
                        self.looks_like_sum(**at, *held, right)
                    } else if self.sign == Sign::Parent {
                        // Its number says so, too; one figure of it may be wrong, as far as others
                        // of it or other parents are right.
                        let is_right_enough = held.right >= held.wrong && held.leaves > 1;
                        let others_are = right * 2 >= own.len() && right > 0;
                        held.is_sum()
                            || held.right > 0 && (is_right_enough || others_are)
                            || proofs > 1 && right * 2 > own.len()
                    } else {
                        proofs > 1
                            && (right * 2 > own.len() || right * 2 == own.len() && all_in_part)
                            && (held.is_sum() || held.right > 0 || self.sign == Sign::Neither)
                    }
            })
            .map(|(at, (rows, _))| {
                let (first, last) = (self.looks[rows.start].row, self.looks[rows.end - 1].row);
                (*at, Meant::Sum { rows: (first, last), place })
            })
            .collect()
    }

    /// Which rows the group's sums may mean; first what their look says.
    fn reaches(&self) -> Vec<Reach> {
        let places = match self.sign {
            Sign::Section(_) | Sign::Ordinal(_) => [Place::Over, Place::Below],
            _ => [Place::Below, Place::Over],
        };
        match self.sign {
            Sign::Parent | Sign::Chapter => vec![Reach { place: Place::Over, until: Until::Alike }],
            _ => {
                let until = [Until::Alike, Until::Any, Until::End].into_iter();
                let mut reaches: Vec<Reach> =
                    until.flat_map(|until| places.map(|place| Reach { place, until })).collect();
                if self.sign == Sign::NoTask {
                    reaches.push(Reach { place: Place::Below, until: Until::Owner });
                }
                reaches
            }
        }
    }

    /// Whether a row that can hardly be a task is a sum, `right` rows of its look being right.
    fn looks_like_sum(&self, at: usize, held: Held, right: usize) -> bool {
        let look = &self.looks[at];
        let counts_them = look.count.is_some_and(|count| count as usize == held.leaves);
        // 14500 may be what a thing is called, and one of its three figures a sum by chance.
        let may_be_chance = self.sign == Sign::Count && held.right <= held.wrong;
        if held.is_sum() || right > 0 || held.right > 0 && !may_be_chance || counts_them {
            return true;
        }
        let is_unnumbered = self.usual.is_numbered && look.number == Mark::Blank;
        match self.sign {
            Sign::Section(_) => self.usual.is_owned || self.rows.len() == 1,
            Sign::NoTask => is_unnumbered && !look.has_more,
            Sign::Count => is_unnumbered || (self.usual.is_owned && look.owner == Named::Blank),
            _ => false,
        }
    }

    /// The rows that a sum would add up.
    fn reached(&self, at: usize, reach: Reach, barriers: &[usize]) -> Range<usize> {
        if matches!(self.sign, Sign::Parent | Sign::Chapter) {
            let own = match &self.looks[at].number {
                Mark::Path(own) => own.clone(),
                Mark::Whole(own) => own.to_string(),
                _ => return at + 1..at + 1,
            };
            let is_apart = |below: &usize| !matches!(&self.looks[*below].number, Mark::Path(number) if is_below(number, &own));
            let end = (at + 1..self.looks.len()).find(is_apart);
            return at + 1..end.unwrap_or(self.looks.len());
        }
        let stops: &[usize] = match reach.until {
            Until::Alike => self.rows,
            Until::Any => barriers,
            Until::End => &[],
            Until::Owner => return self.rows_of_owner(at),
        };
        let place = stops.partition_point(|stop| *stop < at);
        match reach.place {
            Place::Over => {
                let next =
                    stops.get(place..).and_then(|stops| stops.iter().find(|stop| **stop > at));
                at + 1..next.copied().unwrap_or(self.looks.len())
            }
            Place::Below => {
                let last = place.checked_sub(1).map(|last| stops[last] + 1);
                last.unwrap_or(0)..at
            }
        }
    }
}

impl Group<'_> {
    /// The rows above a row that have its owner, where nothing of another owner stands among them.
    fn rows_of_owner(&self, at: usize) -> Range<usize> {
        let none = at..at;
        let Some(own) = self.owners.get(at).and_then(Option::as_ref) else { return none };
        let is_own = |row: &usize| {
            self.owners[*row].as_ref() == Some(own) && self.rows.binary_search(row).is_err()
        };
        let Some(first) = (0..at).find(is_own) else { return none };
        let end = (first..at).find(|row| self.owners[*row].as_ref() != Some(own)).unwrap_or(at);
        if (end..at).any(|row| is_own(&row)) { none } else { first..end }
    }
}

/// Reads how a section's number is written, where a text is nothing but one: 一, （一）, 一、.
pub(super) fn ordinal(plain: &str) -> Option<Ordinal> {
    let (ordinal, rest) = begins_ordinal(plain)?;
    rest.is_empty().then_some(ordinal)
}

/// Reads a section's number in other writings, Ⅱ, IV or B, and whether it is the first.
pub(super) fn roman_or_letter(plain: &str) -> Option<bool> {
    const LONGEST: usize = 4;
    let bare = plain.trim_end_matches(SEPARATORS);
    let is_roman = bare.chars().all(|c| "IVX".contains(c)) && bare.len() <= LONGEST;
    let is_letter = bare.len() == 1 && bare.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_one = !bare.is_empty() && (is_roman || is_letter);
    is_one.then_some(bare == "I" || bare == "A")
}

/// Reads the number that a section's name begins with: 一、道路工程, （一）道路工程.
pub(super) fn before_name(plain: &str) -> Option<Ordinal> {
    let (ordinal, rest) = begins_ordinal(plain)?;
    let is_marked =
        ordinal == Ordinal::InBrackets || plain[..plain.len() - rest.len()].ends_with(SEPARATORS);
    (is_marked && !rest.is_empty()).then_some(ordinal)
}

const SEPARATORS: [char; 4] = ['、', '.', ',', ':'];

fn begins_ordinal(plain: &str) -> Option<(Ordinal, &str)> {
    let (inner, in_brackets) = match plain.strip_prefix('(') {
        Some(inner) => (inner, true),
        None => (plain, false),
    };
    let rest = inner.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    if rest.len() == inner.len() {
        return None;
    }
    if in_brackets {
        let rest = rest.strip_prefix(')')?;
        return Some((Ordinal::InBrackets, rest.trim_start_matches(SEPARATORS)));
    }
    Some((Ordinal::Bare, rest.strip_prefix(SEPARATORS).unwrap_or(rest)))
}

/// Reads a count that stands for a task: 12, 共3项, 3个, （5项）.
pub(super) fn count(plain: &str, words: &[String]) -> Option<u32> {
    // Most texts hold no figure.
    if !plain.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let inner = plain.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let mut rest = inner.unwrap_or(plain);
    while let Some(word) = words.iter().find(|word| rest.starts_with(word.as_str())) {
        rest = &rest[word.len()..];
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let count = rest[..digits].parse().ok()?;
    let mut rest = &rest[digits..];
    while let Some(word) = words.iter().find(|word| rest.starts_with(word.as_str())) {
        rest = &rest[word.len()..];
    }
    rest.is_empty().then_some(count)
}
