//! The grammar of rules, and nothing beyond it: a rule is comparisons of expressions, joined by
//! `and`, that hold always or only `if` others do.
//!
//! ```text
//! rule       = [ "if" all "then" ] all
//! all        = chain { "and" chain }
//! chain      = expression { ( "=" | "!=" | "<=" | "<" | ">=" | ">" ) expression }
//! expression = product { ( "+" | "-" ) product }
//! product    = factor { ( "*" | "/" ) factor }
//! factor     = number | number "%" | "text" | name | "-" factor | "(" expression ")"
//!            | "sum(" name ")" | "count(" all ")" | "previous(" name ")"
//! ```
//!
//! It says only how a rule is written; what its names mean, and whether it can be evaluated, is
//! told where the file is compiled.

use crate::model::Said;

/// A parsed rule; names are not resolved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// What must hold for the rule to apply; empty where it always does.
    pub condition: Vec<Chain>,
    pub demand: Vec<Chain>,
}

/// Expressions with a relation between each and the next; all of them must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub first: Written,
    pub rest: Vec<(Relation, Written)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Equal,
    NotEqual,
    AtMost,
    LessThan,
    AtLeast,
    MoreThan,
}

impl Relation {
    /// Returns whether what stands left in this order to the right stands in this relation to it.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::NotEqual => order.is_ne(),
            Relation::AtMost => order.is_le(),
            Relation::LessThan => order.is_lt(),
            Relation::AtLeast => order.is_ge(),
            Relation::MoreThan => order.is_gt(),
        }
    }

    pub fn symbol(self) -> &'static str {
        match self {
            Relation::Equal => "=",
            Relation::NotEqual => "!=",
            Relation::AtMost => "<=",
            Relation::LessThan => "<",
            Relation::AtLeast => ">=",
            Relation::MoreThan => ">",
        }
    }
}

/// An expression as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A plain decimal, in the unit of what it is compared with.
    Number(String),
    /// The decimal before a `%`.
    Percentage(String),
    Text(String),
    /// A column, a derived amount, or a figure that a statement captured.
    Name(String),
    /// The sum of a column or derived amount.
    Sum(String),
    /// How many rows meet a condition.
    Count(Vec<Chain>),
    /// What was reported in the period before.
    Previous(String),
    Joined {
        operation: Operation,
        left: Box<Written>,
        right: Box<Written>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Plus,
    Minus,
    Times,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number(String),
    Text(String),
    Name(String),
    Operation(Operation),
    Percent,
    Open,
    Close,
    Relation(Relation),
}

/// Brackets within brackets beyond this are no rule that a person wrote.
const DEEPEST: usize = 20;

/// Reads a rule.
///
/// # Errors
/// Says what was found where something else belongs.
pub fn parse(text: &str) -> Result<Formula, Said> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
    let mut condition = Vec::new();
    if reader.takes_word("if") {
        condition = reader.all()?;
        if !reader.takes_word("then") {
            return Err(reader.peek().map_or_else(
                || Said::new("“if …”后面缺少“then …”", "an `if …` needs its `then …`"),
                unexpected,
            ));
        }
    }
    let demand = reader.all()?;
    match reader.peek() {
        Some(token) => Err(unexpected(token)),
        None => Ok(Formula { condition, demand }),
    }
}

/// Returns a rule as people write it: names become titles, the words of the grammar Chinese ones.
pub fn in_words(text: &str, title: impl Fn(&str) -> Option<String>) -> String {
    let mut said = String::new();
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '_';
    // Every second part stands within quotes and stays as it is.
    for (place, part) in text.split('"').enumerate() {
        if place % 2 == 1 {
            said.push('“');
            said.push_str(part);
            said.push('”');
            continue;
        }
        let part = part
            .replace("<=", "≤")
            .replace(">=", "≥")
            .replace("!=", "≠")
            .replace('*', "×")
            .replace('/', "÷");
        let mut rest = part.as_str();
        while let Some(start) = rest.find(is_name) {
            said.push_str(&rest[..start]);
            let name = &rest[start..];
            let end = name.find(|c: char| !is_name(c) && !c.is_ascii_digit()).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            match name {
                "sum" => said.push_str("合计"),
                "count" => said.push_str("项数"),
                "previous" => said.push_str("上期"),
                "if" => said.push_str("如果"),
                "then" => said.push_str("那么"),
                "and" => said.push_str("并且"),
                other => said.push_str(&title(other).unwrap_or_else(|| other.to_owned())),
            }
            rest = after;
        }
        said.push_str(rest);
    }
    said
}

/// Reads a sum of names alone, such as `issued - provincial`.
///
/// # Errors
/// Says what was found where something else belongs.
pub fn parse_names(text: &str) -> Result<Vec<(Sign, String)>, Said> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
    let written = reader.expression()?;
    if let Some(token) = reader.peek() {
        return Err(unexpected(token));
    }
    let mut names = Vec::new();
    if names_of(&written, Sign::Plus, &mut names) {
        Ok(names)
    } else {
        Err(Said::new(
            "这里只能写列名，用 + 和 - 连接",
            "only names, `+` and `-` have a place here",
        ))
    }
}

/// Collects the names that are added and taken off; false where anything else stands.
fn names_of(written: &Written, sign: Sign, names: &mut Vec<(Sign, String)>) -> bool {
    match written {
        Written::Name(name) => {
            names.push((sign, name.clone()));
            true
        }
        Written::Joined { operation: Operation::Plus, left, right } => {
            names_of(left, sign, names) && names_of(right, sign, names)
        }
        Written::Joined { operation: Operation::Minus, left, right } => {
            names_of(left, sign, names) && names_of(right, sign.turned(), names)
        }
        _ => false,
    }
}

impl Sign {
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Sign::Plus => Sign::Minus,
            Sign::Minus => Sign::Plus,
        }
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, Said> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(cut_off)?;
        self.at += 1;
        Ok(token)
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        let is_it = self.peek() == Some(wanted);
        self.at += usize::from(is_it);
        is_it
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Name(name)) if name == word);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), Said> {
        let token = self.next()?;
        if token == *wanted { Ok(()) } else { Err(unexpected(&token)) }
    }

    fn all(&mut self) -> Result<Vec<Chain>, Said> {
        let mut chains = vec![self.chain()?];
        while self.takes_word("and") {
            chains.push(self.chain()?);
        }
        Ok(chains)
    }

    fn chain(&mut self) -> Result<Chain, Said> {
        let first = self.expression()?;
        let mut rest = Vec::new();
        while let Some(Token::Relation(relation)) = self.peek() {
            let relation = *relation;
            self.at += 1;
            rest.push((relation, self.expression()?));
        }
        if rest.is_empty() {
            return Err(self.peek().map_or_else(
                || {
                    Said::new(
                        "规则应当含有比较符号（=、!=、<=、<、>=、>）",
                        "a rule compares with `=`, `!=`, `<=`, `<`, `>=` or `>`",
                    )
                },
                unexpected,
            ));
        }
        Ok(Chain { first, rest })
    }

    fn expression(&mut self) -> Result<Written, Said> {
        let mut left = self.product()?;
        while let Some(Token::Operation(operation @ (Operation::Plus | Operation::Minus))) =
            self.peek()
        {
            let operation = *operation;
            self.at += 1;
            left = joined(operation, left, self.product()?);
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Written, Said> {
        let mut left = self.factor()?;
        while let Some(Token::Operation(operation @ (Operation::Times | Operation::Over))) =
            self.peek()
        {
            let operation = *operation;
            self.at += 1;
            left = joined(operation, left, self.factor()?);
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Written, Said> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Said::new("规则的括号套得太深", "the rule's brackets are nested too deep"));
        }
        let factor = self.any_factor();
        self.depth -= 1;
        factor
    }

    fn any_factor(&mut self) -> Result<Written, Said> {
        let name = match self.next()? {
            Token::Number(number) if self.takes(&Token::Percent) => {
                return Ok(Written::Percentage(number));
            }
            Token::Number(number) => return Ok(Written::Number(number)),
            Token::Text(text) => return Ok(Written::Text(text)),
            Token::Operation(Operation::Minus) => {
                // A sign, also of what stands in brackets.
                let zero = Written::Number("0".to_owned());
                return Ok(joined(Operation::Minus, zero, self.factor()?));
            }
            Token::Open => {
                let inner = self.expression()?;
                self.expect(&Token::Close)?;
                return Ok(inner);
            }
            Token::Name(name) => name,
            other => return Err(unexpected(&other)),
        };
        if !self.takes(&Token::Open) {
            if ["if", "then", "and", "sum", "count", "previous"].contains(&name.as_str()) {
                return Err(unexpected(&Token::Name(name)));
            }
            return Ok(Written::Name(name));
        }
        let written = match name.as_str() {
            "sum" => Written::Sum(self.name()?),
            "previous" => Written::Previous(self.name()?),
            "count" => Written::Count(self.all()?),
            other => {
                return Err(Said::new(
                    format!("没有名为“{other}”的函数，只有 sum、count 和 previous"),
                    format!("there is no function `{other}`, only `sum`, `count` and `previous`"),
                ));
            }
        };
        self.expect(&Token::Close)?;
        Ok(written)
    }

    fn name(&mut self) -> Result<String, Said> {
        match self.next()? {
            Token::Name(name) => Ok(name),
            other => Err(unexpected(&other)),
        }
    }
}

fn joined(operation: Operation, left: Written, right: Written) -> Written {
    Written::Joined { operation, left: Box::new(left), right: Box::new(right) }
}

fn tokens(text: &str) -> Result<Vec<Token>, Said> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let or_equal = |characters: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            characters.next_if_eq(&'=').is_some()
        };
        tokens.push(match c {
            c if c.is_whitespace() => continue,
            c if c.is_ascii_digit() => {
                let mut number = c.to_string();
                while let Some(c) = characters.next_if(|c| c.is_ascii_digit() || *c == '.') {
                    number.push(c);
                }
                Token::Number(number)
            }
            c if c.is_alphabetic() || c == '_' => {
                let mut name = c.to_string();
                while let Some(c) = characters.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                Token::Name(name)
            }
            '"' | '“' | '\'' => {
                let end = if c == '“' { '”' } else { c };
                let mut quoted = String::new();
                loop {
                    match characters.next() {
                        Some(c) if c == end => break Token::Text(quoted),
                        Some(c) => quoted.push(c),
                        None => {
                            return Err(Said::new(
                                "引号没有成对",
                                "a quotation mark has no partner",
                            ));
                        }
                    }
                }
            }
            '+' => Token::Operation(Operation::Plus),
            '-' | '−' => Token::Operation(Operation::Minus),
            '*' | '×' => Token::Operation(Operation::Times),
            '/' | '÷' => Token::Operation(Operation::Over),
            '%' | '％' => Token::Percent,
            '(' | '（' => Token::Open,
            ')' | '）' => Token::Close,
            '=' => Token::Relation(Relation::Equal),
            '≠' => Token::Relation(Relation::NotEqual),
            '!' if or_equal(&mut characters) => Token::Relation(Relation::NotEqual),
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
    Ok(tokens)
}

fn unexpected(token: &Token) -> Said {
    let shown = match token {
        Token::Number(text) | Token::Name(text) | Token::Text(text) => text.clone(),
        Token::Operation(Operation::Plus) => "+".to_owned(),
        Token::Operation(Operation::Minus) => "-".to_owned(),
        Token::Operation(Operation::Times) => "*".to_owned(),
        Token::Operation(Operation::Over) => "/".to_owned(),
        Token::Percent => "%".to_owned(),
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
        assert_eq!(balance.demand[0].rest.len(), 1);
        let four = parse("a = b = c = 999").unwrap();
        assert_eq!(four.demand[0].rest.len(), 3);
        let count = parse("projects = count(funds > 0 and status != \"停建\")").unwrap();
        assert!(
            matches!(&count.demand[0].rest[0].1, Written::Count(condition) if condition.len() == 2)
        );
        let conditional =
            parse("if status = \"已完成\" and funds > 0 then progress = 100% and spent > 0")
                .unwrap();
        assert_eq!((conditional.condition.len(), conditional.demand.len()), (2, 2));
        let growth = parse("received <= previous(received) * 150% + 3").unwrap();
        let Written::Joined { operation: Operation::Plus, left, .. } = &growth.demand[0].rest[0].1
        else {
            panic!("{growth:?}");
        };
        assert!(matches!(**left, Written::Joined { operation: Operation::Times, .. }));
        assert!(parse("sum(central) / sum(funds) <= 60%").is_ok());
        assert!(parse("-(a - b) < -1").is_ok());
    }

    #[test]
    fn rules_that_say_nothing_definite_are_refused() {
        for text in [
            "",
            "funds",
            "funds =",
            "a * b c = d",
            "max(a) = 1",
            "sum(a = 1",
            "sum(a + b) = 1",
            "if a = 1",
            "if a = 1 then b",
            "a = 1 or b = 2",
            "a = 1 and",
            "a = \"b",
            "a ! b",
            "then = 1",
            "a = 1 if b = 2",
        ] {
            assert!(parse(text).is_err(), "{text} was read");
        }
        let deep = format!("a = {}1{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(parse(&deep).is_err());
        let negative = format!("a = {}1", "-".repeat(100_000));
        assert!(parse(&negative).is_err());
    }

    #[test]
    fn a_rule_is_said_in_words() {
        let title = |name: &str| (name == "status").then(|| "完成情况".to_owned());
        assert_eq!(
            in_words("if status = \"and\" then x >= 100% / 2", title),
            "如果 完成情况 = “and” 那么 x ≥ 100% ÷ 2"
        );
    }
}
