//! What a number format makes of a number: the text that a person sees, where that says more than
//! the number does. A format can name a unit (`#,##0"元"`), divide (`0.00,,`), put a point where none
//! is (`0!.0000`), show a percentage with its sign (`0%`) or only the sign (`0"%"`), or nothing at
//! all (`;;;`). What the words mean is not known here.

/// A number as its cell shows it, where its format says more than the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What stands on the screen.
    pub text: String,
    /// The same with all of the number's digits, before the format rounds them.
    pub exact: String,
    /// The figure alone, with its sign; none where the format shows no digit of it.
    pub figure: Option<String>,
    /// The power of ten between the number and the figure.
    pub power: i32,
    /// Whether a negative number looks like a positive one.
    pub loses_sign: bool,
}

/// What the numbers of a format are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberKind {
    #[default]
    Number,
    Day,
    Duration,
}

/// How a number looks.
#[derive(Clone, Debug, PartialEq)]
pub enum Face {
    /// As itself, whatever its places and separators.
    Plain,
    /// As a hundred times itself, with the sign of per cent.
    Percent,
    Other(Shown),
    /// Not at all.
    Nothing,
}

/// A number format that says more than how many places are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NumberFormat {
    sections: Vec<Section>,
    hides_texts: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Section {
    condition: Option<(Compare, f64)>,
    tokens: Vec<Token>,
    /// Whether a colour sets it off, as red does negative numbers.
    coloured: bool,
    /// Whether it shows dates, texts or powers, which are not told here.
    other: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// Shows a digit, and a nought where there is none.
    Digit {
        always: bool,
    },
    Point,
    Comma,
    Percent,
    General,
    Literal(String),
}

impl NumberFormat {
    /// Reads a format's code; none where it shows numbers as themselves.
    pub fn parse(code: &str) -> Option<Self> {
        let parts = sections(code);
        let sections: Vec<Section> = parts.iter().take(3).map(|part| section(part)).collect();
        let hides_texts =
            parts.get(3).is_some_and(|part| !part.contains('@') && section(part).shows_nothing());
        // What is shown under a condition cannot be tried out.
        let has_conditions = sections.iter().any(|section| section.condition.is_some());
        let looks_plain = |number| face(&sections, number) == Face::Plain;
        let is_plain =
            !hides_texts && !has_conditions && [7.0, -7.0, 0.0, 0.7].into_iter().all(looks_plain);
        (!is_plain).then_some(Self { sections, hides_texts })
    }

    /// Returns how a number looks.
    pub fn face(&self, number: f64) -> Face {
        face(&self.sections, number)
    }

    /// Returns whether a text looks like nothing.
    pub fn hides_texts(&self) -> bool {
        self.hides_texts
    }
}

/// Returns what the numbers of a format are, by its code: days where it shows a part of a day, durations
/// where it shows more hours than a day has. The first of its sections decides, as calamine has it.
pub fn kind(code: &str) -> NumberKind {
    let (mut is_quoted, mut brackets, mut is_half_day, mut is_long) = (false, 0_u8, false, false);
    let mut before = ' ';
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        let last = std::mem::replace(&mut before, c);
        match c {
            // What follows is shown as it is, or not at all.
            '_' | '\\' | '*' => {
                before = characters.next().unwrap_or(c);
            }
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            ';' => return NumberKind::Number,
            '[' => brackets = brackets.saturating_add(1),
            ']' if brackets == 1 && is_long => return NumberKind::Duration,
            ']' => brackets = brackets.saturating_sub(1),
            // am/pm
            'a' | 'A' if !is_half_day && brackets == 0 => is_half_day = true,
            'p' | 'm' | '/' | 'P' | 'M' if is_half_day && brackets == 0 => return NumberKind::Day,
            'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S'
                if !is_half_day && brackets == 0 =>
            {
                return NumberKind::Day;
            }
            _ if is_long && c.eq_ignore_ascii_case(&last) => {}
            _ => is_long = last == '[' && matches!(c, 'm' | 'h' | 's' | 'M' | 'H' | 'S'),
        }
    }
    NumberKind::Number
}

/// Returns what the numbers of a format are that every workbook has under this number, and its code.
pub fn built_in(id: &str) -> (NumberKind, Option<&'static str>) {
    let kind = match id {
        "46" => NumberKind::Duration,
        "14" | "15" | "16" | "17" | "18" | "19" | "20" | "21" | "22" | "45" | "47" => {
            NumberKind::Day
        }
        // East Asian days and times.
        "27" | "28" | "29" | "30" | "31" | "32" | "33" | "34" | "35" | "36" | "50" | "51"
        | "52" | "53" | "54" | "55" | "56" | "57" | "58" => NumberKind::Day,
        _ => NumberKind::Number,
    };
    let code = match id.trim_start_matches('0') {
        "9" => Some("0%"),
        "10" => Some("0.00%"),
        "11" => Some("0.00E+00"),
        "12" => Some("# ?/?"),
        "13" => Some("# ??/??"),
        "14" => Some("mm-dd-yy"),
        "15" => Some("d-mmm-yy"),
        "16" => Some("d-mmm"),
        "17" => Some("mmm-yy"),
        "18" => Some("h:mm AM/PM"),
        "19" => Some("h:mm:ss AM/PM"),
        "20" => Some("h:mm"),
        "21" => Some("h:mm:ss"),
        "22" => Some("m/d/yy h:mm"),
        "37" => Some("#,##0 ;(#,##0)"),
        "38" => Some("#,##0 ;[Red](#,##0)"),
        "39" => Some("#,##0.00;(#,##0.00)"),
        "40" => Some("#,##0.00;[Red](#,##0.00)"),
        "41" => Some("_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)"),
        "42" => Some("_($* #,##0_);_($* (#,##0);_($* \"-\"_);_(@_)"),
        "43" => Some("_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)"),
        "44" => Some("_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)"),
        "45" => Some("mm:ss"),
        "46" => Some("[h]:mm:ss"),
        "47" => Some("mmss.0"),
        "48" => Some("##0.0E+0"),
        "49" => Some("@"),
        "1" => Some("0"),
        "2" => Some("0.00"),
        "3" => Some("#,##0"),
        "4" => Some("#,##0.00"),
        // The general one, and those that differ from land to land.
        _ => None,
    };
    (kind, code)
}

/// Cuts a code at its semicolons, but for those that are shown themselves.
fn sections(code: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        let part = parts.last_mut().expect("there is a first part");
        match c {
            '"' => {
                part.push(c);
                for inside in characters.by_ref() {
                    part.push(inside);
                    if inside == '"' {
                        break;
                    }
                }
            }
            '\\' | '!' | '_' | '*' => {
                part.push(c);
                part.extend(characters.next());
            }
            ';' => parts.push(String::new()),
            other => part.push(other),
        }
    }
    parts
}

fn section(code: &str) -> Section {
    let mut section = Section::default();
    let plain = code.replace("G/通用格式", "General");
    let mut rest = plain.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some(tail) = strip_word(rest, "general") {
            section.tokens.push(Token::General);
            rest = tail;
            continue;
        }
        let mut tail = &rest[c.len_utf8()..];
        match c {
            '"' => {
                let end = tail.find('"').unwrap_or(tail.len());
                literal(&mut section.tokens, &tail[..end]);
                tail = tail.get(end + 1..).unwrap_or_default();
            }
            '\\' | '!' => {
                let next = tail.chars().next().map_or(0, char::len_utf8);
                literal(&mut section.tokens, &tail[..next]);
                tail = &tail[next..];
            }
            // Room as wide as a character, and a character that fills the cell.
            '_' | '*' => tail = &tail[tail.chars().next().map_or(0, char::len_utf8)..],
            '[' => {
                let end = tail.find(']').unwrap_or(tail.len());
                in_brackets(&tail[..end], &mut section);
                tail = tail.get(end + 1..).unwrap_or_default();
            }
            '0' => section.tokens.push(Token::Digit { always: true }),
            '#' | '?' => section.tokens.push(Token::Digit { always: false }),
            '.' => section.tokens.push(Token::Point),
            ',' => section.tokens.push(Token::Comma),
            '%' | '％' if c == '%' => section.tokens.push(Token::Percent),
            '@' => section.other = true,
            'E' | 'e' if tail.starts_with(['+', '-']) => section.other = true,
            c if "ymdhsegbYMDHSGBaA年月日时分秒".contains(c) && !is_money_place(c, &section) =>
            {
                section.other = true;
            }
            other => literal(&mut section.tokens, other.encode_utf8(&mut [0; 4])),
        }
        rest = tail;
    }
    // 1/2: a fraction of digits, none of whose parts is the number.
    let slash = section.tokens.iter().position(|token| *token == Token::Literal("/".to_owned()));
    section.other |= slash.is_some_and(|at| {
        let is_digit = |token: Option<&Token>| matches!(token, Some(Token::Digit { .. }));
        is_digit(at.checked_sub(1).and_then(|before| section.tokens.get(before)))
            && matches!(section.tokens.get(at + 1), Some(Token::Digit { .. } | Token::Literal(_)))
    });
    section
}

/// 分 after digits is a hundredth of a yuan, and a minute nowhere beside them.
fn is_money_place(c: char, section: &Section) -> bool {
    c == '分' && section.tokens.iter().any(|token| matches!(token, Token::Digit { .. }))
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

fn literal(tokens: &mut Vec<Token>, text: &str) {
    match tokens.last_mut() {
        Some(Token::Literal(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => tokens.push(Token::Literal(text.to_owned())),
    }
}

/// `[>=10000]`, `[$￥-804]`, `[Red]`, `[DBNum2]`, `[h]`.
fn in_brackets(inside: &str, section: &mut Section) {
    const COLOURS: [&str; 16] = [
        "black", "blue", "cyan", "green", "magenta", "red", "white", "yellow", "黑色", "蓝色",
        "青色", "绿色", "洋红", "红色", "白色", "黄色",
    ];
    let compares = [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<>", Compare::Unequal),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Equal),
    ];
    if let Some(currency) = inside.strip_prefix('$') {
        let symbol = currency.split_once('-').map_or(currency, |(symbol, _)| symbol);
        literal(&mut section.tokens, symbol);
        return;
    }
    for (sign, compare) in compares {
        if let Some(number) = inside.strip_prefix(sign) {
            section.condition = number.trim().parse().ok().map(|number| (compare, number));
            return;
        }
    }
    let lower = inside.to_lowercase();
    section.coloured |= COLOURS.contains(&lower.as_str())
        || lower.strip_prefix("color").or(lower.strip_prefix("颜色")).is_some();
    section.other |= matches!(lower.trim_matches(['h', 'm', 's']), "") && !lower.is_empty();
}

impl Section {
    fn shows_nothing(&self) -> bool {
        !self.other
            && self.tokens.iter().all(|token| match token {
                Token::Literal(text) => crate::model::fold::is_blank(text),
                Token::Comma => true,
                _ => false,
            })
    }

    fn has_digits(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token, Token::Digit { .. } | Token::General))
    }

    /// Whether a nought is a digit there: in "-"?? it is room as wide as two.
    fn shows_nought(&self) -> bool {
        let shows = |token: &Token| matches!(token, Token::Digit { always: true } | Token::General);
        self.tokens.iter().any(shows)
    }
}

fn holds(condition: (Compare, f64), number: f64) -> bool {
    let (compare, bound) = condition;
    match compare {
        Compare::Less => number < bound,
        Compare::AtMost => number <= bound,
        Compare::More => number > bound,
        Compare::AtLeast => number >= bound,
        Compare::Equal => (number - bound).abs() < f64::EPSILON,
        Compare::Unequal => (number - bound).abs() >= f64::EPSILON,
    }
}

/// Returns the section that a number is shown by, and whether its sign goes without saying there.
fn chosen(sections: &[Section], number: f64) -> Option<(&Section, bool)> {
    if sections.iter().any(|section| section.condition.is_some()) {
        let meets =
            |section: &&Section| section.condition.is_none_or(|condition| holds(condition, number));
        // A last section without a condition takes what is left.
        return sections.iter().find(meets).map(|section| (section, false));
    }
    match sections {
        [] => None,
        [only] => Some((only, false)),
        [_, negative] | [_, negative, _] if number < 0.0 => Some((negative, true)),
        [_, _, zero] if number == 0.0 => Some((zero, false)),
        [positive, ..] => Some((positive, false)),
    }
}

fn face(sections: &[Section], number: f64) -> Face {
    let Some((section, signed_by_section)) = chosen(sections, number) else { return Face::Plain };
    if section.other {
        return Face::Plain;
    }
    if section.shows_nothing() {
        // A nought that is not shown hides nothing.
        return if number == 0.0 { Face::Plain } else { Face::Nothing };
    }
    if !section.has_digits() || (number == 0.0 && !section.shows_nought()) {
        // Accountants show a nought as a dash.
        if number == 0.0 {
            return Face::Plain;
        }
        let text = literals(section);
        return Face::Other(Shown {
            exact: text.clone(),
            text,
            figure: None,
            power: 0,
            loses_sign: false,
        });
    }
    if section.tokens.contains(&Token::Percent) {
        return Face::Percent;
    }
    let laid = Laid::of(section);
    let text_around = format!("{}{}", laid.before, laid.after);
    // Red is a sign, too.
    let is_negative = signed_by_section && number < 0.0;
    let has_sign = text_around.contains(['-', '−', '(', '（', '负', '△', '▲']);
    let loses_sign = is_negative && !has_sign && !section.coloured;
    let says_more = laid.power != 0
        || loses_sign
        || !laid.between.is_empty()
        || text_around.chars().any(|c| !is_plain_mark(c));
    if !says_more {
        return Face::Plain;
    }
    let magnitude = if signed_by_section { number.abs() } else { number };
    let exact = shifted(&super::number_text(magnitude), laid.power);
    let Some(exact) = exact else { return Face::Plain };
    let rounded = rounded(&exact, laid.places, laid.grouped);
    let dressed = |figure: &str| {
        let (sign, figure) = figure.strip_prefix('-').map_or(("", figure), |rest| ("-", rest));
        format!("{sign}{}{figure}{}", laid.before.trim(), laid.after.trim())
    };
    let text = match laid.between.as_slice() {
        [] => dressed(&rounded),
        between => dressed(&with_literals(&rounded, between)),
    };
    // A mark inside the digits makes something else of them.
    let mut exact_text = if laid.between.is_empty() { dressed(&exact) } else { text.clone() };
    let mut figure = exact;
    if is_negative {
        figure.insert(0, '-');
        // ₪-8.36 and ($8.36) are read with the sign before the money.
        if text_around.contains(['-', '−', '(', '（']) {
            exact_text.retain(|c| !"-−()（）".contains(c));
            exact_text.insert(0, '-');
        } else if !has_sign {
            exact_text.insert(0, '-');
        }
    }
    Face::Other(Shown {
        text,
        exact: exact_text,
        figure: Some(figure),
        power: laid.power,
        loses_sign,
    })
}

/// Marks beside a figure that say nothing of it: signs, brackets, blanks, the sign of the yuan.
fn is_plain_mark(c: char) -> bool {
    c.is_whitespace() || "-+−()（）¥￥_'’,".contains(c) || crate::model::fold::is_invisible(c)
}

fn literals(section: &Section) -> String {
    let texts = section.tokens.iter().filter_map(|token| match token {
        Token::Literal(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<String>().trim().to_owned()
}

/// A section's parts around the digits.
#[derive(Debug, Default)]
struct Laid {
    before: String,
    after: String,
    /// The power of ten between the number and the figure shown.
    power: i32,
    places: Option<usize>,
    grouped: bool,
    /// Texts between the digits, by how many digits stand to the right of them.
    between: Vec<(usize, String)>,
}

impl Laid {
    fn of(section: &Section) -> Self {
        let is_digit = |token: &Token| matches!(token, Token::Digit { .. } | Token::General);
        let tokens = &section.tokens;
        let first = tokens.iter().position(is_digit).unwrap_or(0);
        let last = tokens.iter().rposition(is_digit).unwrap_or(0);
        let mut laid = Self::default();
        let point = tokens.iter().position(|token| *token == Token::Point);
        let general = tokens.contains(&Token::General);
        let mut digits_right = tokens[..=last].iter().filter(|token| is_digit(token)).count();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Digit { .. } => digits_right = digits_right.saturating_sub(1),
                Token::Literal(text) if at < first => laid.before.push_str(text),
                Token::Literal(text) if at > last => laid.after.push_str(text),
                Token::Literal(text) => laid.between.push((digits_right, text.clone())),
                Token::Comma if at > last || point == Some(at + 1) => laid.power -= 3,
                // Of several commas before the point each divides.
                Token::Comma if is_scaling(tokens, at) => laid.power -= 3,
                Token::Comma => laid.grouped = true,
                Token::Point | Token::Percent | Token::General => {}
            }
        }
        let places =
            point.map_or(0, |point| tokens[point..].iter().filter(|token| is_digit(token)).count());
        laid.places = (!general).then_some(places);
        // A point that is only written moves the real one.
        if let ([(right, mark)], None) = (laid.between.as_slice(), point)
            && mark == "."
        {
            laid.power -= i32::try_from(*right).unwrap_or(0);
            laid.places = Some(*right);
            laid.between.clear();
        }
        laid
    }
}

fn is_scaling(tokens: &[Token], at: usize) -> bool {
    let mut after = tokens[at..].iter().skip_while(|token| **token == Token::Comma);
    after.next() == Some(&Token::Point)
}

/// Returns a plain decimal with its point moved; none for what is no plain decimal.
fn shifted(decimal: &str, power: i32) -> Option<String> {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("-", rest));
    let (integral, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !format!("{integral}{fraction}").bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let left = usize::try_from(-power).ok()?;
    let padded = format!("{integral:0>width$}", width = left + 1);
    let (whole, moved) = padded.split_at(padded.len() - left);
    let whole = whole.trim_start_matches('0');
    let fraction = format!("{moved}{fraction}");
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

/// Returns a decimal as it is shown with so many places; all of them where none are given.
fn rounded(decimal: &str, places: Option<usize>, grouped: bool) -> String {
    let fixed = match places {
        Some(places) => match decimal.parse::<f64>() {
            Ok(number) => format!("{number:.places$}"),
            Err(_) => decimal.to_owned(),
        },
        None => decimal.to_owned(),
    };
    if !grouped {
        return fixed;
    }
    let (sign, digits) = fixed.strip_prefix('-').map_or(("", fixed.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut with_commas = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            with_commas.push(',');
        }
        with_commas.push(digit);
    }
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    format!("{sign}{with_commas}{fraction}")
}

/// Puts texts between the digits of a figure, counted from its right end.
fn with_literals(figure: &str, between: &[(usize, String)]) -> String {
    let digits: Vec<char> = figure.chars().collect();
    let mut shown = String::new();
    let least = between.iter().map(|(right, _)| right + 1).max().unwrap_or(0);
    let padded: Vec<char> =
        std::iter::repeat_n('0', least.saturating_sub(digits.len())).chain(digits).collect();
    for (place, digit) in padded.iter().enumerate() {
        let right = padded.len() - place;
        shown.extend(between.iter().filter(|(at, _)| *at == right).map(|(_, text)| text.as_str()));
        shown.push(*digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(code: &str, number: f64) -> String {
        let Some(format) = NumberFormat::parse(code) else { return "plain".to_owned() };
        match format.face(number) {
            Face::Plain => "plain".to_owned(),
            Face::Percent => "percent".to_owned(),
            Face::Nothing => "nothing".to_owned(),
            Face::Other(shown) => format!("{} = {}", shown.text, shown.exact),
        }
    }

    #[test]
    fn formats_that_say_no_more_than_the_number_are_plain() {
        for code in [
            "General",
            "G/通用格式",
            "0",
            "0.00",
            "#,##0.00",
            "#,##0;[Red]-#,##0",
            "0.00_);[红色](0.00)",
            "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
            "\"¥\"#,##0.00",
            "[$￥-804]#,##0.00",
            "[DBNum2][$-804]General",
            "yyyy\"年\"m\"月\"",
            "m/d/yyyy",
            "# ?/?",
            "0.00E+00",
            "@",
            "0_m",
            "0;-0;",
            "#,##0_ ",
            "[h]:mm",
        ] {
            for number in [7.0, -7.0, 0.0, 0.5] {
                assert_eq!(look(code, number), "plain", "{code}");
            }
        }
    }

    #[test]
    fn units_points_and_powers_are_shown() {
        for (code, number, expected) in [
            ("#,##0\"元\"", 700_000.0, "700,000元 = 700000元"),
            ("0!.0000", 700_000.0, "70.0000 = 70"),
            ("0!.0000", -5.0, "-0.0005 = -0.0005"),
            ("0\".\"0,\"万元\"", 705_001.0, "70.5万元 = 70.5001万元"),
            ("0\\.0,", 705_001.0, "70.5 = 70.5001"),
            ("0.00,,\"万元\"", 700_000.0, "0.70万元 = 0.7万元"),
            ("0.0,", 12_345.0, "12.3 = 12.345"),
            ("#,##0,.00", 12_345.0, "12.35 = 12.345"),
            ("0\"%\"", 85.0, "85% = 85%"),
            ("0.00\"day\"", 7.5, "7.50day = 7.5day"),
            ("[$$-409]#,##0", 7.0, "$7 = $7"),
            ("0000\"年\"00\"月\"", 202_010.0, "2020年10月 = 2020年10月"),
            ("0\"元\";-0\"元\"", -5.0, "-5元 = -5元"),
            ("0;0", -5.0, "5 = -5"),
            ("[>=10000]0!.0,\"万\";0\"元\"", 700_000.0, "70.0万 = 70万"),
            ("[>=10000]0!.0,\"万\";0\"元\"", 800.0, "800元 = 800元"),
            ("\"待定\"", 5.0, "待定 = 待定"),
            ("General\"元\"", 5.25, "5.25元 = 5.25元"),
            ("0元", 5.0, "5元 = 5元"),
            (
                "[$₪-40D]* #,##0.00;[$₪-40D]* \\-#,##0.00;[$₪-40D]* \"-\"??",
                -8.36,
                "₪-8.36 = -₪8.36",
            ),
            ("[$₪-40D]* #,##0.00;[$₪-40D]* \\-#,##0.00;[$₪-40D]* \"-\"??", 0.0, "plain"),
            ("\"$\"#,##0;(\"$\"#,##0)", -5.0, "($5) = -$5"),
        ] {
            assert_eq!(look(code, number), expected, "{code} {number}");
        }
    }

    #[test]
    fn a_sign_of_per_cent_is_one_where_it_multiplies() {
        assert_eq!(look("0%", 0.85), "percent");
        assert_eq!(look("0.00%;[Red]-0.00%", -0.85), "percent");
        assert_eq!(look("[<=1]0%;0\"%\"", 0.85), "percent");
        assert_eq!(look("[<=1]0%;0\"%\"", 85.0), "85% = 85%");
    }

    #[test]
    fn what_is_shown_as_nothing_is_told() {
        assert_eq!(look(";;;", 5.0), "nothing");
        assert_eq!(look(";;;", 0.0), "plain");
        assert_eq!(look("0;;", -5.0), "nothing");
        assert_eq!(NumberFormat::parse(";;;").map(|format| format.hides_texts()), Some(true));
        assert_eq!(NumberFormat::parse(";;").map(|format| format.hides_texts()), Some(false));
        assert_eq!(NumberFormat::parse("0;0;0;@").map(|format| format.hides_texts()), Some(false));
    }
}
