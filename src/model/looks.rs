//! Texts that look the same and are not: a letter O for a zero, 末 for 未.

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use super::fold;

/// Characters of names and figures that are often mistaken for one another; the table of the
/// Unicode standard knows letters and digits, but hardly any of these.
const ALIKE: [&str; 42] = [
    "己已巳",
    "日曰",
    "未末",
    "土士",
    "人入八",
    "干千于",
    "大太犬",
    "戊戌戍",
    "村材",
    "侯候",
    "茶荼",
    "徽微",
    "崇祟",
    "间问闻",
    "坪枰",
    "冶治",
    "折拆",
    "竟竞",
    "辨辩辫",
    "培陪赔",
    "密蜜",
    "帐账",
    "刺剌",
    "署暑",
    "拔拨",
    "栗粟",
    "幻幼",
    "免兔",
    "市巿",
    "亳毫",
    "洒酒",
    "风凤",
    "今令",
    "住往佳",
    "矢失",
    "天夭",
    "王玉主",
    "目自白",
    "乌鸟",
    "段叚",
    "桔枯",
    "沟构",
];

/// Returns the characters in which two texts differ, when they look alike all the same; `None`
/// when a reader can see the difference.
pub fn alike(one: &str, other: &str) -> Option<Vec<(char, char)>> {
    let (one, other) = (visible(one), visible(other));
    if one == other {
        return None;
    }
    if one.len() != other.len() {
        let text = |characters: &[char]| characters.iter().collect::<String>();
        let same = skeleton(&text(&one)).eq(skeleton(&text(&other)));
        return same.then(Vec::new);
    }
    let mut differing: Vec<(char, char)> = Vec::new();
    for pair in one.into_iter().zip(other).filter(|(one, other)| one != other) {
        if !are_alike(pair.0, pair.1) {
            return None;
        }
        if !differing.contains(&pair) {
            differing.push(pair);
        }
    }
    Some(differing)
}

/// White space and width do not tell texts apart anywhere in this program.
fn visible(text: &str) -> Vec<char> {
    text.nfkc().filter(|c| !c.is_whitespace() && !fold::is_invisible(*c)).collect()
}

fn are_alike(one: char, other: char) -> bool {
    let in_group = |group: &&str| group.contains(one) && group.contains(other);
    let bone = |c: char| skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
    ALIKE.iter().any(in_group) || bone(one) == bone(other)
}

/// Returns a character as a reader can look it up: `0`（U+0030）.
pub fn named(c: char) -> String {
    format!("{c} (U+{:04X})", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_the_same_is_told_by_its_characters() {
        assert_eq!(alike("东溪村", "东溪材"), Some(vec![('村', '材')]));
        assert_eq!(alike("A10", "A1O"), Some(vec![('0', 'O')]));
        // A Cyrillic а in a Latin word.
        assert_eq!(alike("a座", "\u{430}座"), Some(vec![('a', '\u{430}')]));
        assert_eq!(alike("周末", "周未"), Some(vec![('末', '未')]));
    }

    #[test]
    fn what_a_reader_can_see_is_none() {
        for (one, other) in [("林旺南", "林旺北"), ("同一", "同 一"), ("10", "100"), ("Ａ", "A")]
        {
            assert_eq!(alike(one, other), None, "{one} {other}");
        }
    }
}
