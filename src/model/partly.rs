//! Numbers of people and of accounts that a sheet shows in part: with stars in the middle, 511324********8775, or as a
//! spreadsheet keeps them when they are typed as numbers, of which it holds fifteen digits and makes the rest noughts,
//! and none of the noughts before them.

/// How a text shows another in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partly {
    Hidden,
    DigitsLost,
    NoughtsLost,
}

/// Digits that a spreadsheet holds of a number.
const HELD: usize = 15;
/// What stands for what is hidden.
const MARKS: [char; 5] = ['*', '＊', '●', '•', '×'];
/// So many marks stand in a row, and so many characters are shown, at the least.
const LEAST_MARKS: usize = 3;
const LEAST_SHOWN: usize = 4;

/// What is shown before and behind what is hidden.
fn shown(text: &str) -> Option<(&str, &str)> {
    let first = text.find(MARKS)?;
    let before = &text[..first];
    let marks = text[first..].trim_start_matches(MARKS);
    let count = text[first..].chars().count() - marks.chars().count();
    let is_plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric());
    (count >= LEAST_MARKS
        && is_plain(before)
        && is_plain(marks)
        && before.len() + marks.len() >= LEAST_SHOWN)
        .then_some((before, marks))
}

/// The fifteen digits that are left of a longer number.
fn held(text: &str) -> Option<&str> {
    let is_number = text.len() > HELD && text.bytes().all(|byte| byte.is_ascii_digit());
    let (held, lost) = is_number.then(|| text.split_at(HELD))?;
    lost.bytes().all(|byte| byte == b'0').then_some(held)
}

/// Returns whether a text is a number that may have had noughts before it: 5 of 0005.
pub fn may_lack_noughts(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && text.len() <= HELD
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a number has noughts before it.
pub fn has_noughts(text: &str) -> bool {
    text.trim().strip_prefix('0').is_some_and(|rest| may_lack_noughts(rest.trim_start_matches('0')))
}

/// Returns whether a text may show another in part, with marks or by its length.
pub fn may_be(text: &str) -> bool {
    let text = text.trim();
    held(text).is_some() || shown(text).is_some()
}

/// Returns how a text shows another in part, where what it shows is the other's.
pub fn of(found: &str, whole: &str) -> Option<Partly> {
    let (found, whole) = (found.trim(), whole.trim());
    if let Some((before, behind)) = shown(found) {
        let whole = whole.to_ascii_uppercase();
        let is_same = before.len() + behind.len() < whole.len()
            && whole.starts_with(&before.to_ascii_uppercase())
            && whole.ends_with(&behind.to_ascii_uppercase());
        return is_same.then_some(Partly::Hidden);
    }
    if may_lack_noughts(found) && has_noughts(whole) {
        return (whole.trim_start_matches('0') == found).then_some(Partly::NoughtsLost);
    }
    let is_same = found != whole && found.len() == whole.len();
    held(found).filter(|held| is_same && whole.starts_with(held)).map(|_| Partly::DigitsLost)
}

/// Returns by what whole texts are looked up which one may show in part; each has all of [`handles`].
pub fn handle(found: &str) -> Option<String> {
    let found = found.trim();
    if let Some((before, behind)) = shown(found) {
        return match (last(behind), before.get(..LEAST_SHOWN)) {
            (Some(last), _) => Some(last),
            (None, Some(first)) => Some(format!("{}…", first.to_ascii_uppercase())),
            (None, None) => None,
        };
    }
    let bare = || may_lack_noughts(found).then(|| format!("0{found}"));
    held(found).map(ToOwned::to_owned).or_else(bare)
}

/// Returns what a whole text is looked up by.
pub fn handles(whole: &str) -> impl Iterator<Item = String> {
    let whole = whole.trim();
    let first = whole.get(..LEAST_SHOWN).map(|first| format!("{}…", first.to_ascii_uppercase()));
    let held = whole.get(..HELD).map(ToOwned::to_owned);
    let bare = has_noughts(whole).then(|| format!("0{}", whole.trim_start_matches('0')));
    [first, held, last(whole), bare].into_iter().flatten()
}

/// The last characters of a text, after a mark.
fn last(text: &str) -> Option<String> {
    let last = text.get(text.len().checked_sub(LEAST_SHOWN)?..)?;
    Some(format!("…{}", last.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_in_part_is_compared_as_far_as_it_is_shown() {
        let whole = "511324198401286770";
        for found in ["511324********6770", "5113**6770", "511324****6770", "511***********6770"] {
            let is_short = found.contains("3**6");
            assert_eq!(of(found, whole), (!is_short).then_some(Partly::Hidden), "{found}");
        }
        assert_eq!(of("511324********6771", whole), None);
        assert_eq!(of("511324198401286000", whole), Some(Partly::DigitsLost));
        assert_eq!(of("511324198401287000", whole), None);
        assert_eq!(of(whole, whole), None);
        assert_eq!(of("5", "0005"), Some(Partly::NoughtsLost));
        assert_eq!(of("5", "0050"), None);
        assert_eq!(of("51132419840128677x", "51132419840128677X"), None);
        assert_eq!(of("5113********677x", "51132419840128677X"), Some(Partly::Hidden));
    }

    #[test]
    fn whole_texts_have_the_handles_of_what_shows_them() {
        let whole = "51132419840128677X";
        for found in ["511324********677x", "5113************", "511324***77X"] {
            if of(found, whole).is_some() {
                let handle = handle(found).unwrap();
                assert!(handles(whole).any(|own| own == handle), "{found}");
            }
        }
        let handle = handle("511324198401286000").unwrap();
        assert!(handles("511324198401286770").any(|own| own == handle));
    }
}
