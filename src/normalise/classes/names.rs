//! Rows of nothing but words among rows that have figures, or below them: names of groups and remarks, told by
//! how they are written and where they stand. Where nothing tells, such a row is a task of which nothing is
//! said yet.

use std::collections::{BTreeMap, BTreeSet};

/// A row below a heading, as far as it says whether another is a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub row: u32,
    /// What stands where tasks are named.
    pub text: Option<&'a str>,
    /// Whether it has a number or an owner.
    pub is_marked: bool,
    pub kind: LineKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    /// Holds one text where tasks are named, and nothing else.
    Bare,
    /// The mark of a footnote with what it says.
    Footnote,
    /// Has figures.
    Figures,
    /// Has figures, and calls itself a total.
    Total,
    Other,
}

impl Line<'_> {
    pub fn has_figures(&self) -> bool {
        matches!(self.kind, LineKind::Figures | LineKind::Total)
    }
}

/// How sure it is that a row is no task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Somebody should look.
    Perhaps,
    Plainly,
}

/// Returns the bare rows that name the rows below them.
pub(super) fn groups(lines: &[Line<'_>]) -> BTreeMap<u32, Sure> {
    let Some(last) = lines.iter().rposition(Line::has_figures) else {
        return BTreeMap::new();
    };
    let heads: Vec<usize> = (0..last).filter(|at| is_head(lines, *at)).collect();
    let usual = Usual::of(lines);
    // The tasks of each owner may be the same.
    let has_marks = lines.iter().any(|line| line.is_marked);
    let again = if has_marks { BTreeSet::new() } else { named_again(lines, &heads) };
    let is_plain = |at: &usize| {
        let text = lines[*at].text.unwrap_or_default();
        ends_open(text)
            || again.contains(at)
            || usual.is_in_small_letters && is_in_capitals(text)
            || indent(text) < lines.get(at + 1).and_then(|next| next.text).map_or(0, indent)
    };
    let mut plain: BTreeSet<usize> = heads.iter().copied().filter(is_plain).collect();
    // A name runs over two rows, or has the name of a smaller group below it.
    for at in heads.iter().rev() {
        let goes_on = lines[at + 1].kind == LineKind::Bare && plain.contains(&(at + 1));
        if goes_on {
            plain.insert(*at);
        }
    }
    for at in &heads {
        let above = at.checked_sub(1).filter(|above| plain.contains(above));
        if above.is_some_and(|above| lines[above].row + 1 == lines[*at].row) {
            plain.insert(*at);
        }
    }
    let mut found: BTreeMap<u32, Sure> =
        plain.iter().map(|at| (lines[*at].row, Sure::Plainly)).collect();
    if plain.len() * 2 >= heads.len()
        || begins_below_totals(lines, &heads)
        || usual.are_apart(lines, &heads)
    {
        for at in heads.iter().filter(|at| !is_first_half(lines, **at)) {
            found.entry(lines[*at].row).or_insert(Sure::Perhaps);
        }
    }
    found
}

/// Returns whether a bare row stands above rows with figures, nothing but other bare ones between.
fn is_head(lines: &[Line<'_>], at: usize) -> bool {
    const MOST: usize = 3;
    let below = lines[at..].iter().take(MOST + 1);
    let mut below = below.skip_while(|line| line.kind == LineKind::Bare);
    lines[at].kind == LineKind::Bare && below.next().is_some_and(Line::has_figures)
}

/// How the rows with figures are.
struct Usual {
    is_in_small_letters: bool,
    /// How many stand below a blank row.
    apart: usize,
    all: usize,
}

impl Usual {
    fn of(lines: &[Line<'_>]) -> Self {
        let (mut small, mut named, mut apart, mut all) = (0, 0, 0, 0);
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.has_figures()) {
            let text = line.text.unwrap_or_default();
            all += 1;
            apart += usize::from(is_apart(lines, at));
            named += usize::from(text.chars().any(char::is_alphabetic));
            small += usize::from(text.chars().any(char::is_lowercase));
        }
        Self { is_in_small_letters: small > 0 && small * 3 >= named * 2, apart, all }
    }

    /// Returns whether each of several names stands below a blank row, where other rows do not.
    fn are_apart(&self, lines: &[Line<'_>], heads: &[usize]) -> bool {
        heads.len() > 1
            && self.apart * 8 <= self.all
            && heads.iter().all(|at| is_apart(lines, *at) || *at == 0)
    }
}

/// Returns whether there is a blank row above a row.
fn is_apart(lines: &[Line<'_>], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|above| lines[above].row + 1 < lines[at].row)
}

/// Returns whether the first bare row is the first of the table, or the first of several and below nothing but
/// totals.
fn begins_below_totals(lines: &[Line<'_>], heads: &[usize]) -> bool {
    heads.first().is_some_and(|first| {
        let mut above = lines[..*first].iter();
        above.all(|line| {
            line.kind == LineKind::Bare || line.kind == LineKind::Total && heads.len() > 1
        })
    })
}

/// Returns whether a text is only the first half of the one below it, which begins in small letters.
fn is_first_half(lines: &[Line<'_>], at: usize) -> bool {
    let text =
        |at: usize| lines.get(at).and_then(|line| line.text).unwrap_or_default().trim_start();
    text(at).starts_with(char::is_uppercase) && text(at + 1).starts_with(char::is_lowercase)
}

/// Returns the bare rows below which most names stand that stand below another as well.
fn named_again(lines: &[Line<'_>], heads: &[usize]) -> BTreeSet<usize> {
    let mut below: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let end = |place: usize| heads.get(place + 1).copied().unwrap_or(lines.len());
    let named = |place: usize| {
        let own = lines[heads[place] + 1..end(place)].iter();
        own.filter(|line| line.kind == LineKind::Figures)
            .filter_map(|line| line.text.map(str::trim))
    };
    for place in 0..heads.len() {
        for text in named(place) {
            below.entry(text).or_default().insert(place);
        }
    }
    let is_again = |place: &usize| {
        let all = named(*place).count();
        let again = named(*place).filter(|text| below[text].len() > 1).count();
        again > 0 && again * 2 >= all
    };
    (0..heads.len()).filter(is_again).map(|place| heads[place]).collect()
}

/// Returns whether a text says that something follows: Age:, Fuels: \2, Percent under--.
fn ends_open(text: &str) -> bool {
    let is_of_footnote = |c: char| c.is_ascii_digit() || c.is_whitespace() || "\\)*".contains(c);
    text.trim_end_matches(is_of_footnote).ends_with([':', '：', '—', '–'])
        || text.trim_end().ends_with("--")
}

/// Returns whether all letters of a text are capital ones.
fn is_in_capitals(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() > 1 && letters.all(char::is_uppercase)
}

/// By how many blanks a text is indented.
fn indent(text: &str) -> usize {
    text.chars().take_while(|c| c.is_whitespace()).count()
}

/// Returns the bare rows below the last figures that are remarks. With the first of them the table has
/// ended; so it has with the lines above that, if a blank row sets them apart.
pub(super) fn remarks(lines: &[Line<'_>], is_note: impl Fn(&str) -> bool) -> BTreeMap<u32, Sure> {
    let Some(last) = lines.iter().rposition(Line::has_figures) else {
        return BTreeMap::new();
    };
    let usual = Usual::of(lines);
    let named = || lines[..=last].iter().filter(|line| line.has_figures());
    let is_unusual = |text: &str, is: fn(&str) -> bool| {
        is(text) && !named().any(|line| line.text.is_some_and(is))
    };
    let begun = lines[last + 1..].iter().enumerate().find_map(|(place, line)| {
        let is_footnote = line.kind == LineKind::Footnote;
        let text = line.text.filter(|_| line.kind == LineKind::Bare).unwrap_or_default();
        let is_set_apart = || usual.is_compact() && is_apart(lines, last + 1 + place);
        if is_footnote
            || is_note(text)
            || is_unusual(text, begins_with_mark)
            || text.contains("http")
        {
            Some((place, Sure::Plainly))
        } else if [has_colon_inside, is_sentence, is_long]
            .into_iter()
            .any(|is| is_unusual(text, is))
        {
            Some((place, if is_set_apart() { Sure::Plainly } else { Sure::Perhaps }))
        } else {
            None
        }
    });
    let Some((begun, sure)) = begun else { return BTreeMap::new() };
    let begun = last + 1 + begun;
    let apart = (last + 1..=begun).find(|at| usual.is_compact() && is_apart(lines, *at));
    let from = apart.unwrap_or(begun);
    let is_words = |line: &&Line<'_>| matches!(line.kind, LineKind::Bare | LineKind::Footnote);
    lines[from..].iter().filter(is_words).map(|line| (line.row, sure)).collect()
}

impl Usual {
    /// Returns whether a blank row is something unusual among the rows with figures.
    fn is_compact(&self) -> bool {
        self.apart * 4 <= self.all
    }
}

/// Returns whether a text begins as footnotes do, and as nothing that has a name: \1, *, 1) Of these,
/// "Annual Survey". A figure before Chinese is one of a name: 3号泵站.
fn begins_with_mark(text: &str) -> bool {
    let text = text.trim_start();
    let Some(first) = text.chars().next() else { return false };
    if !first.is_ascii_digit() && !"([（〔【".contains(first) {
        return !first.is_alphanumeric();
    }
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || "()[] .,、（）".contains(c));
    rest.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn has_colon_inside(text: &str) -> bool {
    text.split_once([':', '：']).is_some_and(|(_, rest)| !rest.trim().is_empty())
}

fn is_sentence(text: &str) -> bool {
    const SHORTEST: usize = 8;
    text.trim_end().ends_with(['.', '。']) && text.chars().count() >= SHORTEST
}

fn is_long(text: &str) -> bool {
    const LONG: usize = 40;
    text.chars().count() > LONG
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as they stand, `|` before the figure of a row; `+` calls a total, an empty one is blank.
    fn lines<'a>(texts: &[&'a str]) -> Vec<Line<'a>> {
        let numbered = (0..).zip(texts).filter(|(_, text)| !text.is_empty());
        numbered
            .map(|(row, text)| match (text.strip_suffix('|'), text.strip_suffix('+')) {
                (Some(text), _) => {
                    Line { row, text: Some(text), is_marked: false, kind: LineKind::Figures }
                }
                (_, Some(text)) => {
                    Line { row, text: Some(text), is_marked: false, kind: LineKind::Total }
                }
                _ => Line { row, text: Some(text), is_marked: false, kind: LineKind::Bare },
            })
            .collect()
    }

    fn told(found: BTreeMap<u32, Sure>) -> Vec<(u32, Sure)> {
        found.into_iter().collect()
    }

    #[test]
    fn nothing_tells_a_name_from_a_task_not_begun() {
        let texts = ["北山渠首|", "东干渠|", "南村泵站", "西湖闸门|", "管理房|", "量水设施"];
        assert!(groups(&lines(&texts)).is_empty());
        assert!(remarks(&lines(&texts), |_| false).is_empty());
    }

    #[test]
    fn what_is_written_as_a_name_is_one() {
        let plainly = [(1, Sure::Plainly), (4, Sure::Plainly)];
        let by_colon = ["Total|", "Sex:", "Male|", "Female|", "Age: \\2", "Under 20|"];
        assert_eq!(told(groups(&lines(&by_colon))), plainly);
        let by_indent = ["全市|", "甲县", "　甲一|", "　甲二|", "乙县", "　乙一|"];
        assert_eq!(told(groups(&lines(&by_indent))), plainly);
        let in_capitals = ["All|", "AGE", "Under 20|", "Over 20|", "SEX", "Male|"];
        assert_eq!(told(groups(&lines(&in_capitals))), plainly);
        let mut owned = lines(&["全市|", "甲一", "道路|", "甲二", "道路|"]);
        owned[2].is_marked = true;
        assert!(groups(&owned).is_empty());
        let by_what_follows = ["全市|", "甲县", "道路|", "桥梁|", "乙县", "道路|"];
        assert_eq!(told(groups(&lines(&by_what_follows))), plainly);
    }

    #[test]
    fn where_a_name_stands_says_less() {
        let perhaps = [(1, Sure::Perhaps), (4, Sure::Perhaps)];
        assert_eq!(
            told(groups(&lines(&["合计+", "甲县", "甲一|", "甲二|", "乙县", "乙一|"]))),
            perhaps
        );
        let apart =
            ["a|", "", "甲县", "b|", "c|", "d|", "e|", "", "乙县", "f|", "g|", "h|", "i|", "j|"];
        assert_eq!(told(groups(&lines(&apart))), [(2, Sure::Perhaps), (8, Sure::Perhaps)]);
    }

    #[test]
    fn a_remark_ends_the_table() {
        let plainly = |rows: &[u32]| -> Vec<(u32, Sure)> {
            rows.iter().map(|row| (*row, Sure::Plainly)).collect()
        };
        let texts = ["a|", "b|", "c|", "d|", "", "SYMBOL", "X not applicable", "\\1 Of these"];
        assert_eq!(told(remarks(&lines(&texts), |_| false)), plainly(&[5, 6, 7]));
        let texts = ["a|", "b|", "c", "Source: d", "e"];
        let is_note = |text: &str| text.starts_with("Source");
        assert_eq!(told(remarks(&lines(&texts), is_note)), plainly(&[3, 4]));
    }

    #[test]
    fn what_may_be_the_text_of_a_task_is_no_remark_for_certain() {
        let texts = ["甲|", "乙|", "丙：另行安排"];
        assert_eq!(told(remarks(&lines(&texts), |_| false)), [(2, Sure::Perhaps)]);
        assert!(remarks(&lines(&["甲：一期|", "乙|", "丙：另行安排"]), |_| false).is_empty());
        assert!(remarks(&lines(&["甲|", "乙|", "3号泵站"]), |_| false).is_empty());
    }
}
