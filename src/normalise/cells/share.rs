//! How people write a share of the whole: 85%, 完成85%, 百分之八十五, 八成五, 100%（已完工）.

use super::numeral;

/// Words before a share that add nothing to it.
const BEFORE: [&str; 8] = ["已完成", "完成", "完工", "进度", "形象进度", "已达到", "达到", "达"];

/// Returns the per cent that a spelling names in so many words or signs, as the text of a decimal;
/// none where it has no sign of per cent. What is no single figure stays as it was typed.
pub fn figure(plain: &str) -> Option<String> {
    let mut text = without_remark(plain);
    for word in BEFORE {
        if let Some(rest) = text.strip_prefix(word) {
            text = rest.trim_start_matches([':', '为']);
            break;
        }
    }
    if let Some(share) = text.strip_prefix("百分之") {
        let whole = numeral::whole(share).map(|number| number.to_string());
        return Some(whole.unwrap_or_else(|| share.to_owned()));
    }
    if let Some(figure) = text.strip_suffix('%') {
        return Some(figure.to_owned());
    }
    tenths(text)
}

/// Cuts off a remark in brackets that names no figure.
fn without_remark(plain: &str) -> &str {
    let Some((share, remark)) = plain.strip_suffix(')').and_then(|text| text.split_once('('))
    else {
        return plain;
    };
    let has_figure = remark.contains(|c: char| c.is_ascii_digit() || c == '(' || c == '成')
        || remark.chars().any(|c| numeral::digit(c).is_some());
    if has_figure || share.is_empty() { plain } else { share }
}

/// 八成, 8成, 八成五.
fn tenths(text: &str) -> Option<String> {
    let (tens, ones) = text.split_once('成')?;
    let figure = |text: &str| {
        let number = text.parse().ok().or_else(|| numeral::whole(text))?;
        (0..=10).contains(&number).then_some(number)
    };
    let tens: i64 = figure(tens)?;
    let ones: i64 = if ones.is_empty() { 0 } else { figure(ones).filter(|ones| *ones < 10)? };
    Some((tens * 10 + ones).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_in_words_are_read_where_there_is_one_reading() {
        for (text, expected) in [
            ("85%", Some("85")),
            ("完成85%", Some("85")),
            ("进度:85.5%", Some("85.5")),
            ("100%(已完工)", Some("100")),
            ("百分之八十五", Some("85")),
            ("八成", Some("80")),
            ("8成", Some("80")),
            ("八成五", Some("85")),
            ("80%-90%", Some("80%-90")),
            (">90%", Some(">90")),
            ("已完成", None),
            ("完成85", None),
            ("八成以上", None),
            ("85%(上月80%)", None),
            ("85", None),
        ] {
            assert_eq!(figure(text).as_deref(), expected, "{text}");
        }
    }
}
