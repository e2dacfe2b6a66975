//! Which words of a text differ from another, for showing inside a cell.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::page::Ink;

/// Texts longer than this are shown plain: where two have nothing in common, the comparison takes
/// time by the square.
const LONGEST: usize = 2_000;

/// Returns the runs of `text`: what is not in `other` stands out.
pub fn runs(text: &str, other: &str) -> Vec<(Ink, String)> {
    let one: Vec<char> = text.chars().collect();
    let two: Vec<char> = other.chars().collect();
    if one.len() > LONGEST || two.len() > LONGEST {
        return vec![(Ink::Plain, text.to_owned())];
    }
    let steps = capture_diff_slices(Algorithm::Myers, &two, &one);
    let runs = steps.iter().filter_map(|step| {
        let ink = match step {
            DiffOp::Equal { .. } => Ink::Plain,
            DiffOp::Insert { .. } | DiffOp::Replace { .. } => Ink::Differing,
            DiffOp::Delete { .. } => return None,
        };
        Some((ink, one[step.new_range()].iter().collect::<String>()))
    });
    let mut merged: Vec<(Ink, String)> = Vec::new();
    for (ink, run) in runs {
        match merged.last_mut() {
            Some((last, text)) if *last == ink => text.push_str(&run),
            _ => merged.push((ink, run)),
        }
    }
    merged
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
        // What is left out does not part a run.
        assert_eq!(runs("日间照料", "日间的照料"), [(Ink::Plain, "日间照料".to_owned())]);
    }
}
