//! Which words of a text differ from another, for showing inside a cell.

use super::page::Ink;

/// Texts longer than this are shown plain: the comparison takes time by the square.
const LONGEST: usize = 2_000;

/// Returns the runs of `text`: what is not in `other`, by the longest common subsequence, stands
/// out.
pub fn runs(text: &str, other: &str) -> Vec<(Ink, String)> {
    let one: Vec<char> = text.chars().collect();
    let two: Vec<char> = other.chars().collect();
    if one.len() > LONGEST || two.len() > LONGEST {
        return vec![(Ink::Plain, text.to_owned())];
    }
    let mut lengths = vec![vec![0_u16; two.len() + 1]; one.len() + 1];
    for (i, a) in one.iter().enumerate().rev() {
        for (j, b) in two.iter().enumerate().rev() {
            lengths[i][j] = if a == b {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    let mut runs: Vec<(Ink, String)> = Vec::new();
    let mut push = |ink: Ink, c: char| match runs.last_mut() {
        Some((last, run)) if *last == ink => run.push(c),
        _ => runs.push((ink, c.to_string())),
    };
    let (mut i, mut j) = (0, 0);
    while i < one.len() {
        if j < two.len() && one[i] == two[j] {
            push(Ink::Plain, one[i]);
            i += 1;
            j += 1;
        } else if j < two.len() && lengths[i][j + 1] >= lengths[i + 1][j] {
            j += 1;
        } else {
            push(Ink::Differing, one[i]);
            i += 1;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_stands_out() {
        let shown = runs("组织林旺北社区运营", "组织林旺南社区运营");
        assert_eq!(
            shown,
            [
                (Ink::Plain, "组织林旺".to_owned()),
                (Ink::Differing, "北".to_owned()),
                (Ink::Plain, "社区运营".to_owned())
            ]
        );
        assert_eq!(runs("相同", "相同"), [(Ink::Plain, "相同".to_owned())]);
    }
}
