//! The pipeline file as a document: where each key stands, and whether its keys and types are
//! those of the schema. All faults are collected, not the first.

use std::fmt::Write as _;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::File;
use crate::model::{Said, words};

/// One thing wrong with a pipeline file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from one.
    pub line: usize,
    pub said: Said,
    /// What to do about it.
    pub advice: Said,
}

/// A parsed TOML document that can tell lines.
pub struct Document<'i> {
    /// Where lines end, in bytes from the start.
    line_ends: Vec<usize>,
    root: Spanned<DeTable<'i>>,
}

/// The way to a value: keys and places in lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
}

impl Way {
    /// Returns the way to a top-level key.
    pub fn to(key: &str) -> Self {
        Way::default().key(key)
    }

    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        Way(steps)
    }

    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Item(index));
        Way(steps)
    }

    fn shown(&self) -> String {
        let mut shown = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key) if shown.is_empty() => shown.push_str(key),
                Step::Key(key) => {
                    let _ = write!(shown, ".{key}");
                }
                Step::Item(index) => {
                    let _ = write!(shown, "[{}]", index + 1);
                }
            }
        }
        shown
    }
}

impl<'i> Document<'i> {
    /// Parses TOML; what does not parse becomes faults, and the rest can still be examined.
    pub fn parse(text: &'i str) -> (Self, Vec<Fault>) {
        let (root, errors) = DeTable::parse_recoverable(text);
        let line_ends = text.match_indices('\n').map(|(offset, _)| offset).collect();
        let document = Self { line_ends, root };
        let faults = errors
            .iter()
            .map(|error| Fault {
                line: document.line_at(error.span().map_or(0, |span| span.start)),
                said: Said::new(
                    format!("不是正确的 TOML 写法（{}）", error.message()),
                    format!("this is not TOML: {}", error.message()),
                ),
                advice: Said::new(
                    "检查引号、括号和等号是否成对、完整",
                    "check that quotes, brackets and equals signs are complete",
                ),
            })
            .collect();
        (document, faults)
    }

    fn line_at(&self, offset: usize) -> usize {
        self.line_ends.partition_point(|end| *end < offset) + 1
    }

    /// Returns the line of a value, or of the nearest table around it that exists.
    pub fn line_of(&self, way: &Way) -> usize {
        let mut offset = 0;
        let mut table = Some(self.root.get_ref());
        let mut array = None;
        for step in &way.0 {
            let value = match step {
                Step::Key(key) => table
                    .and_then(|table| table.iter().find(|(name, _)| name.get_ref() == key))
                    .map(|(name, value)| (name.span().start, value)),
                Step::Item(index) => array
                    .and_then(|array: &toml::de::DeArray<'_>| array.get(*index))
                    .map(|value| (value.span().start, value)),
            };
            let Some((start, value)) = value else { break };
            // A table of a list of tables starts where its own header stands.
            offset = start;
            table = value.get_ref().as_table();
            array = value.get_ref().as_array();
        }
        self.line_at(offset)
    }

    /// Returns a fault at a value.
    pub fn fault(&self, way: &Way, said: Said, advice: Said) -> Fault {
        Fault { line: self.line_of(way), said, advice }
    }

    /// Compares keys and types with the schema of the pipeline file. Returns the faults, and the
    /// file with what is wrong left out or made up, so that the rest can be checked as well.
    ///
    /// # Panics
    /// Never: what the schema makes up fits the types it was made from.
    pub fn structure(&self) -> (Vec<Fault>, Option<File>) {
        let schema = schemars::schema_for!(File).to_value();
        let mut walk = Walk { document: self, definitions: &schema["$defs"], faults: Vec::new() };
        let mended = walk.table(self.root.get_ref(), &schema, &Way::default());
        let mut faults = walk.faults;
        match toml::Value::Table(mended).try_into() {
            Ok(file) => (faults, Some(file)),
            Err(error) => {
                // What the schema cannot tell, which is rare.
                let error: toml::de::Error = error;
                faults.push(Fault {
                    line: 1,
                    said: Said::new(
                        format!("写法不对（{}）", error.message()),
                        error.message().to_owned(),
                    ),
                    advice: Said::new("对照说明更正", "compare with the documentation"),
                });
                (faults, None)
            }
        }
    }
}

struct Walk<'a> {
    document: &'a Document<'a>,
    definitions: &'a Json,
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn say(&mut self, way: &Way, said: Said, advice: Said) {
        self.faults.push(self.document.fault(way, said, advice));
    }

    /// Of several ways to write a key, the one that a value is written in; else the first.
    fn fitting(&self, schema: &'a Json, value: &DeValue<'_>) -> &'a Json {
        let wanted = match value {
            DeValue::Table(_) => "object",
            DeValue::Array(_) => "array",
            _ => return self.resolved(schema),
        };
        let mut schema = schema;
        loop {
            if let Some(reference) = schema["$ref"].as_str() {
                let name = reference.rsplit('/').next().expect("a split has a last part");
                schema = &self.definitions[name];
                continue;
            }
            let Some(options) = schema["anyOf"].as_array() else { return schema };
            let open = |option: &&Json| {
                let inner = option["$ref"]
                    .as_str()
                    .and_then(|reference| Some(&self.definitions[reference.rsplit('/').next()?]));
                let inner = inner.unwrap_or(option);
                inner["anyOf"].is_array() || wanted_type(inner) == wanted
            };
            match options.iter().find(open) {
                Some(option) => schema = option,
                None => return self.resolved(schema),
            }
        }
    }

    /// Follows references and leaves the "or nothing" of optional keys aside.
    fn resolved(&self, schema: &'a Json) -> &'a Json {
        let mut schema = schema;
        loop {
            if let Some(reference) = schema["$ref"].as_str() {
                let name = reference.rsplit('/').next().expect("a split has a last part");
                schema = &self.definitions[name];
            } else if let Some(options) = schema["anyOf"].as_array() {
                match options.iter().find(|option| option["type"] != "null") {
                    Some(option) => schema = option,
                    None => return schema,
                }
            } else {
                return schema;
            }
        }
    }

    fn table(&mut self, table: &DeTable<'_>, schema: &'a Json, way: &Way) -> toml::Table {
        let schema = self.resolved(schema);
        let mut mended = toml::Table::new();
        for (key, value) in table {
            let name: &str = key.get_ref();
            let inner = way.key(name);
            if let Some(property) = schema["properties"].get(name) {
                let value = self.value(value, property, &inner);
                mended.insert(name.to_owned(), value);
            } else if schema["additionalProperties"].is_object() {
                if self.is_known_map_key(name, schema, &inner) {
                    let value = self.value(value, &schema["additionalProperties"], &inner);
                    mended.insert(name.to_owned(), value);
                }
            } else {
                let known: Vec<&str> = schema["properties"]
                    .as_object()
                    .into_iter()
                    .flat_map(|properties| properties.keys().map(String::as_str))
                    .collect();
                let advice = suggestion(name, &known);
                self.say(
                    &inner,
                    Said::new(format!("不认识的键“{name}”"), format!("unknown key `{name}`")),
                    advice,
                );
            }
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            let name = required.as_str().expect("required keys are names");
            if !mended.contains_key(name) {
                self.missing(name, way);
                mended.insert(name.to_owned(), self.made_up(&schema["properties"][name]));
            }
        }
        mended
    }

    fn missing(&mut self, name: &str, way: &Way) {
        let (place, place_english) = if way.0.is_empty() {
            ("文件".to_owned(), "the file".to_owned())
        } else {
            (format!("[{}]", way.shown()), format!("`{}`", way.shown()))
        };
        self.say(
            way,
            Said::new(format!("{place}缺少“{name}”"), format!("{place_english} lacks `{name}`")),
            Said::new(format!("补上 {name} = …"), format!("add `{name} = …`")),
        );
    }

    /// Returns a value of the schema's type, to stand for one that is missing or wrong.
    fn made_up(&self, schema: &'a Json) -> toml::Value {
        let schema = self.resolved(schema);
        if let Some(word) = allowed(schema).first() {
            return toml::Value::String((*word).to_owned());
        }
        match wanted_type(schema) {
            "object" => {
                let required = schema["required"].as_array().into_iter().flatten();
                let keys = required.filter_map(|name| name.as_str());
                let made =
                    keys.map(|name| (name.to_owned(), self.made_up(&schema["properties"][name])));
                toml::Value::Table(made.collect())
            }
            "array" => toml::Value::Array(Vec::new()),
            "boolean" => toml::Value::Boolean(false),
            "integer" => toml::Value::Integer(1),
            _ => toml::Value::String(String::new()),
        }
    }

    /// Keys that are themselves one of a list, such as kinds of findings.
    fn is_known_map_key(&mut self, name: &str, schema: &'a Json, way: &Way) -> bool {
        if schema["propertyNames"].is_null() {
            return true;
        }
        let names = allowed(self.resolved(&schema["propertyNames"]));
        if names.is_empty() || names.contains(&name) {
            return true;
        }
        let advice = suggestion(name, &names);
        self.say(
            way,
            Said::new(format!("不认识的名称“{name}”"), format!("unknown name `{name}`")),
            advice,
        );
        false
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &'a Json, way: &Way) -> toml::Value {
        let value = value.get_ref();
        let schema = self.fitting(schema, value);
        let names = allowed(schema);
        if !names.is_empty() {
            return self.word(value, &names, schema, way);
        }
        match (wanted_type(schema), value) {
            ("object", DeValue::Table(table)) => toml::Value::Table(self.table(table, schema, way)),
            ("array", DeValue::Array(items)) => {
                let items = items.iter().enumerate();
                let mended =
                    items.map(|(index, item)| self.value(item, &schema["items"], &way.item(index)));
                toml::Value::Array(mended.collect())
            }
            ("string", DeValue::String(text)) => toml::Value::String(text.to_string()),
            ("boolean", DeValue::Boolean(is)) => toml::Value::Boolean(*is),
            ("integer", DeValue::Integer(integer)) => match integer.as_str().parse::<u32>() {
                Ok(number) => toml::Value::Integer(number.into()),
                Err(_) => self.wrong_type(value, "integer", schema, way),
            },
            (wanted, _) => self.wrong_type(value, wanted, schema, way),
        }
    }

    fn word(
        &mut self,
        value: &DeValue<'_>,
        names: &[&str],
        schema: &'a Json,
        way: &Way,
    ) -> toml::Value {
        let Some(text) = value.as_str() else {
            return self.wrong_type(value, "word", schema, way);
        };
        if names.contains(&text) {
            return toml::Value::String(text.to_owned());
        }
        let advice = suggestion(text, names);
        self.say(
            way,
            Said::new(
                format!("“{}”不能是“{text}”", way.shown()),
                format!("`{}` cannot be `{text}`", way.shown()),
            ),
            advice,
        );
        self.made_up(schema)
    }

    fn wrong_type(
        &mut self,
        value: &DeValue<'_>,
        wanted: &str,
        schema: &'a Json,
        way: &Way,
    ) -> toml::Value {
        let (chinese, english) = match wanted {
            "object" => ("一个表", "a table"),
            "array" => ("一个列表", "a list"),
            "boolean" => ("true 或 false", "`true` or `false`"),
            "integer" => ("不小于零的整数", "a whole number, zero or more"),
            "word" => ("一个词", "a word"),
            _ => ("加引号的文字", "a quoted text"),
        };
        let found = value.type_str();
        self.say(
            way,
            Said::new(
                format!("“{}”应为{chinese}，写的却是 {found}", way.shown()),
                format!("`{}` must be {english}, not {found}", way.shown()),
            ),
            Said::new(format!("改写为{chinese}"), format!("write {english}")),
        );
        self.made_up(schema)
    }
}

fn wanted_type(schema: &Json) -> &str {
    match &schema["type"] {
        Json::String(name) => name,
        Json::Array(names) => {
            names.iter().filter_map(Json::as_str).find(|name| *name != "null").unwrap_or("")
        }
        _ => "",
    }
}

/// The words a schema allows: an `enum`, or a `oneOf` of constants where words are documented.
fn allowed(schema: &Json) -> Vec<&str> {
    if let Some(names) = schema["enum"].as_array() {
        return names.iter().filter_map(Json::as_str).collect();
    }
    let Some(options) = schema["oneOf"].as_array() else { return Vec::new() };
    let mut names = Vec::new();
    for option in options {
        names.extend(option["const"].as_str());
        names.extend(option["enum"].as_array().into_iter().flatten().filter_map(Json::as_str));
    }
    names
}

/// Returns "did you mean" with the nearest word, or the list of all.
pub fn suggestion(word: &str, known: &[&str]) -> Said {
    match words::nearest(word, known.iter().copied()) {
        Some(near) => Said::new(format!("是否应为“{near}”？"), format!("did you mean `{near}`?")),
        None => Said::new(
            format!("可用的有：{}", known.join("、")),
            format!("use one of: {}", known.join(", ")),
        ),
    }
}
