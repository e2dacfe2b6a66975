//! The grammar of rules: names, numbers, `sum(f)`, `count(condition)`, `+ - = <= <`. Nothing more.
//!
//! A rule is two or three sums joined by relations: `funds = central + issued`,
//! `sum(central) <= 1571`, `0 <= progress <= 100`.

use crate::model::Said;

/// A parsed rule; names are not resolved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    pub first: Sum,
    /// Each relation with the sum to its right.
    pub rest: Vec<(Relation, Sum)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Equal,
    AtMost,
    LessThan,
    AtLeast,
    MoreThan,
}

impl Relation {
    /// Returns whether `left` stands in this relation to `right`.
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Relation::Equal => left == right,
            Relation::AtMost => left <= right,
            Relation::LessThan => left < right,
            Relation::AtLeast => left >= right,
            Relation::MoreThan => left > right,
        }
    }

    pub fn symbol(self) -> &'static str {
        match self {
            Relation::Equal => "=",
            Relation::AtMost => "<=",
            Relation::LessThan => "<",
            Relation::AtLeast => ">=",
            Relation::MoreThan => ">",
        }
    }
}

/// Terms added and subtracted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub terms: Vec<(Sign, Term)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A plain decimal, in the unit of what it is compared with.
    Number(String),
    /// A column, a derived amount, or a figure that a statement captured.
    Name(String),
    /// The sum of a column or derived amount.
    Sum(String),
    /// How many rows meet a condition.
    Count { name: String, relation: Relation, number: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number(String),
    Name(String),
    Plus,
    Minus,
    Open,
    Close,
    Relation(Relation),
}

/// Reads a rule.
///
/// # Errors
/// Says what was found where something else belongs.
pub fn parse(text: &str) -> Result<Formula, Said> {
    let mut tokens = Tokens { tokens: tokens(text)?, at: 0 };
    let first = sum(&mut tokens)?;
    let mut rest = Vec::new();
    while let Some(Token::Relation(relation)) = tokens.peek() {
        let relation = *relation;
        tokens.at += 1;
        rest.push((relation, sum(&mut tokens)?));
    }
    if let Some(token) = tokens.peek() {
        return Err(unexpected(token));
    }
    if rest.is_empty() || rest.len() > 2 {
        return Err(Said::new(
            "规则应当含有一个或两个比较符号（=、<=、<）",
            "a rule compares two or three sums with `=`, `<=` or `<`",
        ));
    }
    Ok(Formula { first, rest })
}

/// Returns a rule as people write it: names become titles, `sum` and `count` words.
pub fn in_words(text: &str, title: impl Fn(&str) -> Option<String>) -> String {
    let mut said = String::new();
    let mut rest = text;
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '_';
    while let Some(start) = rest.find(is_name) {
        said.push_str(&rest[..start]);
        let name = &rest[start..];
        let end = name.find(|c: char| !is_name(c) && !c.is_ascii_digit()).unwrap_or(name.len());
        let (name, after) = name.split_at(end);
        match name {
            "sum" => said.push_str("合计"),
            "count" => said.push_str("项数"),
            other => said.push_str(&title(other).unwrap_or_else(|| other.to_owned())),
        }
        rest = after;
    }
    said.push_str(rest);
    said.replace("<=", "≤").replace(">=", "≥")
}

/// Reads a sum of names alone, such as `issued - provincial`.
///
/// # Errors
/// Says what was found where something else belongs.
pub fn parse_names(text: &str) -> Result<Vec<(Sign, String)>, Said> {
    let mut tokens = Tokens { tokens: tokens(text)?, at: 0 };
    let sum = sum(&mut tokens)?;
    if let Some(token) = tokens.peek() {
        return Err(unexpected(token));
    }
    sum.terms
        .into_iter()
        .map(|(sign, term)| match term {
            Term::Name(name) => Ok((sign, name)),
            _ => Err(Said::new(
                "这里只能写列名，用 + 和 - 连接",
                "only names, `+` and `-` have a place here",
            )),
        })
        .collect()
}

struct Tokens {
    tokens: Vec<Token>,
    at: usize,
}

impl Tokens {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), Said> {
        match self.next() {
            Some(token) if token == *wanted => Ok(()),
            Some(token) => Err(unexpected(&token)),
            None => Err(cut_off()),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Said> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(&c) = characters.peek() {
        if c.is_whitespace() {
            characters.next();
        } else if c.is_ascii_digit() {
            let mut number = String::new();
            while let Some(&c) = characters.peek().filter(|c| c.is_ascii_digit() || **c == '.') {
                number.push(c);
                characters.next();
            }
            tokens.push(Token::Number(number));
        } else if c.is_alphabetic() || c == '_' {
            let mut name = String::new();
            while let Some(&c) = characters.peek().filter(|c| c.is_alphanumeric() || **c == '_') {
                name.push(c);
                characters.next();
            }
            tokens.push(Token::Name(name));
        } else {
            characters.next();
            let or_equal = |characters: &mut std::iter::Peekable<std::str::Chars<'_>>| {
                characters.next_if_eq(&'=').is_some()
            };
            tokens.push(match c {
                '+' => Token::Plus,
                '-' | '−' => Token::Minus,
                '(' | '（' => Token::Open,
                ')' | '）' => Token::Close,
                '=' => Token::Relation(Relation::Equal),
                '≤' => Token::Relation(Relation::AtMost),
                '≥' => Token::Relation(Relation::AtLeast),
                '<' if or_equal(&mut characters) => Token::Relation(Relation::AtMost),
                '<' => Token::Relation(Relation::LessThan),
                '>' if or_equal(&mut characters) => Token::Relation(Relation::AtLeast),
                '>' => Token::Relation(Relation::MoreThan),
                other => {
                    return Err(Said::new(
                        format!("规则中不能出现“{other}”"),
                        format!("`{other}` has no place in a rule"),
                    ));
                }
            });
        }
    }
    Ok(tokens)
}

fn sum(tokens: &mut Tokens) -> Result<Sum, Said> {
    let mut sign = match tokens.peek() {
        Some(Token::Minus) => {
            tokens.at += 1;
            Sign::Minus
        }
        _ => Sign::Plus,
    };
    let mut terms = Vec::new();
    loop {
        terms.push((sign, term(tokens)?));
        sign = match tokens.peek() {
            Some(Token::Plus) => Sign::Plus,
            Some(Token::Minus) => Sign::Minus,
            _ => return Ok(Sum { terms }),
        };
        tokens.at += 1;
    }
}

fn term(tokens: &mut Tokens) -> Result<Term, Said> {
    let name = match tokens.next() {
        Some(Token::Number(number)) => return Ok(Term::Number(number)),
        Some(Token::Name(name)) => name,
        Some(other) => return Err(unexpected(&other)),
        None => return Err(cut_off()),
    };
    if tokens.peek() != Some(&Token::Open) {
        return Ok(Term::Name(name));
    }
    tokens.at += 1;
    let argument = match tokens.next() {
        Some(Token::Name(argument)) => argument,
        Some(other) => return Err(unexpected(&other)),
        None => return Err(cut_off()),
    };
    let term = match name.as_str() {
        "sum" => Term::Sum(argument),
        "count" => {
            let relation = match tokens.next() {
                Some(Token::Relation(relation)) => relation,
                Some(other) => return Err(unexpected(&other)),
                None => return Err(cut_off()),
            };
            match tokens.next() {
                Some(Token::Number(number)) => Term::Count { name: argument, relation, number },
                Some(other) => return Err(unexpected(&other)),
                None => return Err(cut_off()),
            }
        }
        other => {
            return Err(Said::new(
                format!("没有名为“{other}”的函数，只有 sum 和 count"),
                format!("there is no function `{other}`, only `sum` and `count`"),
            ));
        }
    };
    tokens.expect(&Token::Close)?;
    Ok(term)
}

fn unexpected(token: &Token) -> Said {
    let shown = match token {
        Token::Number(text) | Token::Name(text) => text.clone(),
        Token::Plus => "+".to_owned(),
        Token::Minus => "-".to_owned(),
        Token::Open => "(".to_owned(),
        Token::Close => ")".to_owned(),
        Token::Relation(relation) => relation.symbol().to_owned(),
    };
    Said::new(format!("规则在“{shown}”处读不通"), format!("the rule cannot be read at `{shown}`"))
}

fn cut_off() -> Said {
    Said::new("规则没有写完", "the rule is cut off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_every_form_are_read() {
        let balance = parse("funds = central + issued - 3.5").unwrap();
        assert_eq!(balance.rest.len(), 1);
        assert_eq!(balance.rest[0].1.terms.len(), 3);
        assert_eq!(balance.rest[0].1.terms[2], (Sign::Minus, Term::Number("3.5".to_owned())));
        let range = parse("0 <= progress <= 100").unwrap();
        assert_eq!(range.rest.len(), 2);
        let count = parse("projects = count(funds > 0)").unwrap();
        assert_eq!(
            count.rest[0].1.terms[0].1,
            Term::Count {
                name: "funds".to_owned(),
                relation: Relation::MoreThan,
                number: "0".to_owned()
            }
        );
    }

    #[test]
    fn rules_that_say_nothing_definite_are_refused() {
        for text in
            ["", "funds", "funds =", "a = b = c = d", "a * b = c", "max(a) = 1", "sum(a = 1"]
        {
            assert!(parse(text).is_err(), "{text} was read");
        }
    }
}
