//! Chinese numerals, everyday and financial: 三百五十, 叁佰伍拾, 二〇二〇.

/// Returns the whole number a numeral says, such as 350 for 三百五十 or 2020 for 二〇二〇;
/// `None` for anything that is not exactly one numeral.
pub fn whole(text: &str) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    if text.chars().all(|c| digit(c).is_some()) {
        return by_place(text);
    }
    let mut sections = Sections::default();
    for c in text.chars() {
        sections.take(c)?;
    }
    sections.finish()
}

/// 二〇二〇: digits in a row, as in years. A lone digit is itself.
fn by_place(text: &str) -> Option<i64> {
    text.chars().try_fold(0_i64, |number, c| number.checked_mul(10)?.checked_add(digit(c)?))
}

pub fn digit(c: char) -> Option<i64> {
    Some(match c {
        '零' | '〇' | '○' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' | '两' | '貳' => 2,
        '三' | '叁' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Returns whether a character may stand in a numeral.
pub fn stands_in_one(c: char) -> bool {
    digit(c).is_some() || small_place(c).is_some() || large_place(c).is_some()
}

fn small_place(c: char) -> Option<i64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        _ => return None,
    })
}

fn large_place(c: char) -> Option<i64> {
    Some(match c {
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

/// A numeral is a row of sections (亿, 万, rest), each of thousands, hundreds, tens and ones in
/// falling order.
#[derive(Default)]
struct Sections {
    total: i64,
    section: i64,
    /// A digit that waits for its place.
    waiting: Option<i64>,
    zero: bool,
    last_small: Option<i64>,
    last_large: Option<i64>,
    any: bool,
}

impl Sections {
    fn take(&mut self, c: char) -> Option<()> {
        if let Some(value) = digit(c) {
            if self.waiting.is_some() {
                return None;
            }
            if value == 0 {
                self.zero = true;
            } else {
                self.waiting = Some(value);
            }
            self.any = true;
            return Some(());
        }
        if let Some(place) = small_place(c) {
            if self.last_small.is_some_and(|last| last <= place) {
                return None;
            }
            let value = match self.waiting.take() {
                Some(value) => value,
                // 十五 leaves its one out; 百 and 千 do not.
                None if place == 10 && !self.any_in_section() => 1,
                None => return None,
            };
            self.section = self.section.checked_add(value.checked_mul(place)?)?;
            self.last_small = Some(place);
            self.zero = false;
            self.any = true;
            return Some(());
        }
        let place = large_place(c)?;
        if self.last_large.is_some_and(|last| last <= place) {
            return None;
        }
        self.section = self.section.checked_add(self.waiting.take().unwrap_or(0))?;
        if self.section == 0 {
            return None;
        }
        self.total = self.total.checked_add(self.section.checked_mul(place)?)?;
        self.section = 0;
        self.last_small = None;
        self.last_large = Some(place);
        self.zero = false;
        Some(())
    }

    fn any_in_section(&self) -> bool {
        self.last_small.is_some()
    }

    fn finish(mut self) -> Option<i64> {
        if !self.any {
            return None;
        }
        if let Some(ones) = self.waiting.take() {
            // 三百五 may be 350 or 305; without 零 or 十 before it nobody knows.
            let plain = self.zero || matches!(self.last_small, None | Some(10));
            let after_large = self.last_small.is_none() && self.last_large.is_some() && !self.zero;
            if !plain || after_large {
                return None;
            }
            self.section = self.section.checked_add(ones)?;
        }
        self.total.checked_add(self.section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_read() {
        for (text, number) in [
            ("十", 10),
            ("十五", 15),
            ("三百五十", 350),
            ("三百零五", 305),
            ("五千一百一十四", 5_114),
            ("壹万贰仟肆佰零壹", 12_401),
            ("两千万", 20_000_000),
            ("一亿二千万", 120_000_000),
            ("一万零五十", 10_050),
            ("二〇二〇", 2_020),
            ("零", 0),
            ("九", 9),
        ] {
            assert_eq!(whole(text), Some(number), "{text}");
        }
    }

    #[test]
    fn doubtful_numerals_are_refused() {
        for text in ["", "三百五", "百", "十百", "五万三", "几十", "十五十", "万", "三十多", "1百"]
        {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
