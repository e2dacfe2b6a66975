//! Totals that name themselves in a word of their own and something beside it, as languages with spaces do: Total
//! works, Travel subtotal. The word alone proves nothing (Total fertility rate, Percent of total): the row is a
//! total where its figures add up rows, or where what stands beside the word is what other rows bear.

use super::added::Line;

/// Returns what a text names beside a word for a total, before or behind it, folded to one blank between its
/// words; empty where there is nothing but figures: Total (1,000), 2007, total.
pub(super) fn beside_word(text: &str, words: &[String]) -> Option<String> {
    // =SUM(…), @SUM(…) name nothing.
    let begins_name = text.trim_start().starts_with(|c: char| c.is_alphanumeric() || c == '(');
    if !begins_name || !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let is_word = |part: &&str| part.bytes().any(|byte| !byte.is_ascii_digit());
    let parts = || text.split(|c: char| !c.is_alphanumeric()).filter(is_word);
    let says = |own: &[&str]| words.iter().any(|word| is_spelt(word, own));
    let (mut two, first, last) = (parts(), parts().next()?, parts().next_back()?);
    // Grand total, sub total.
    let begins = two.next().zip(two.next()).is_some_and(|(first, second)| says(&[first, second]));
    let named: Vec<&str> = if begins {
        two.collect()
    } else if says(&[first]) {
        parts().skip(1).collect()
    } else if says(&[last]) {
        let all = parts().count();
        parts().take(all - 1).collect()
    } else {
        return None;
    };
    Some(joined(&named))
}

/// Returns whether the parts of a text spell a word, whether it is written large or small.
fn is_spelt(word: &str, parts: &[&str]) -> bool {
    let mut rest = word.as_bytes();
    let fits = |part: &&str| match rest.split_at_checked(part.len()) {
        Some((own, after)) => {
            rest = after;
            own.eq_ignore_ascii_case(part.as_bytes())
        }
        None => false,
    };
    word.is_ascii() && parts.iter().all(fits) && rest.is_empty()
}

/// Folds a name as what stands beside a word for a total is folded.
pub(super) fn folded(text: &str) -> String {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| part.bytes().any(|byte| !byte.is_ascii_digit()))
        .collect();
    joined(&parts)
}

fn joined(parts: &[&str]) -> String {
    let folded: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
    folded.join(" ")
}

/// Returns whether the figures of a row are, most of them, the sums of all rows above or below it, as far as the
/// table goes or the next row that is none of them.
pub(super) fn adds_up(lines: &[Line], at: usize, is_leaf: &[bool]) -> bool {
    if repeats_a_total(lines, at, is_leaf) {
        return true;
    }
    let has_figures = |line: &Line| line.figures.iter().any(Option::is_some);
    let is_barrier = |place: usize| !is_leaf[place] && has_figures(&lines[place]);
    let above = (0..at).rev().find(|place| is_barrier(*place)).map_or(0, |place| place + 1);
    let below = (at + 1..lines.len()).find(|place| is_barrier(*place)).unwrap_or(lines.len());
    [above..at, 0..at, at + 1..below, at + 1..lines.len()].into_iter().any(|rows| {
        let (mut agree, mut differ) = (0, 0);
        for (column, total) in lines[at].figures.iter().enumerate() {
            let Some(total) = total else { continue };
            let own = rows.clone().filter(|place| is_leaf[*place]);
            let figures: Vec<i128> = own
                .filter_map(|place| lines[place].figures.get(column).copied().flatten())
                .collect();
            let several = figures.iter().filter(|figure| **figure != 0).count() > 1;
            if figures.iter().sum::<i128>() != *total {
                differ += 1;
            } else if several {
                agree += 1;
            }
        }
        agree > differ
    })
}

/// Returns whether a row right below or above a total has all of its figures once more.
fn repeats_a_total(lines: &[Line], at: usize, is_leaf: &[bool]) -> bool {
    const LEAST: usize = 2;
    let own = &lines[at].figures;
    let beside = [at.checked_sub(1), Some(at + 1).filter(|next| *next < lines.len())];
    own.iter().flatten().filter(|figure| **figure != 0).count() >= LEAST
        && beside.into_iter().flatten().any(|other| !is_leaf[other] && lines[other].figures == *own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(text: &str) -> Option<String> {
        let words = ["total", "subtotal", "grandtotal", "汇总"].map(str::to_owned);
        beside_word(text, &words)
    }

    #[test]
    fn a_word_for_a_total_stands_before_or_behind_what_is_added_up() {
        assert_eq!(beside("Total works 2021").as_deref(), Some("works"));
        assert_eq!(beside("Services, total 1)").as_deref(), Some("services"));
        assert_eq!(beside("Grand Total").as_deref(), Some(""));
        assert_eq!(beside("Sub-total: Travel").as_deref(), Some("travel"));
        assert_eq!(beside("2007, Total (1,000)").as_deref(), Some(""));
        assert_eq!(beside("Nontotal works"), None);
        assert_eq!(beside("The total of it"), None);
        assert_eq!(beside("合计"), None);
        assert_eq!(beside("@SUM(1+1)"), None);
    }

    fn lines(figures: &[&[i128]]) -> Vec<Line> {
        let rows = (0..).zip(figures);
        rows.map(|(row, figures)| Line {
            row,
            figures: figures.iter().copied().map(Some).collect(),
            is_open: false,
            is_called: false,
            is_named: false,
        })
        .collect()
    }

    #[test]
    fn most_figures_must_be_sums() {
        let leaves = [true, true, false];
        assert!(adds_up(&lines(&[&[10], &[20], &[30]]), 2, &leaves));
        assert!(!adds_up(&lines(&[&[10], &[20], &[31]]), 2, &leaves));
        assert!(adds_up(&lines(&[&[10, 1, 7], &[20, 2, 8], &[30, 3, 16]]), 2, &leaves));
        assert!(!adds_up(&lines(&[&[10, 1], &[20, 2], &[30, 4]]), 2, &leaves));
        assert!(!adds_up(&lines(&[&[0], &[30], &[30]]), 2, &leaves));
        // The total once more, whose shares are no sums.
        let twice = lines(&[&[10, 5], &[20, 7], &[30, 6], &[30, 6]]);
        assert!(adds_up(&twice, 3, &[true, true, false, false]));
        assert!(!adds_up(&twice, 3, &[true, true, true, false]));
    }
}
