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
    text: &'i str,
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
        let document = Self { text, root };
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
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
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

    /// Compares keys and types with the schema of the pipeline file.
    pub fn structural_faults(&self) -> Vec<Fault> {
        let schema = schemars::schema_for!(File).to_value();
        let mut walk = Walk { document: self, definitions: &schema["$defs"], faults: Vec::new() };
        walk.table(self.root.get_ref(), &schema, &Way::default());
        walk.faults
    }

    /// Reads the document into its types.
    ///
    /// # Errors
    /// Returns what the schema could not tell, which is rare.
    pub fn typed(&self) -> Result<File, Fault> {
        toml::from_str(self.text).map_err(|error| Fault {
            line: self.line_at(error.span().map_or(0, |span| span.start)),
            said: Said::new(
                format!("写法不对（{}）", error.message()),
                error.message().to_owned(),
            ),
            advice: Said::new("对照说明更正此行", "compare this line with the documentation"),
        })
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

    fn table(&mut self, table: &DeTable<'_>, schema: &'a Json, way: &Way) {
        let schema = self.resolved(schema);
        for (key, value) in table {
            let name: &str = key.get_ref();
            let inner = way.key(name);
            match schema["properties"].get(name) {
                Some(property) => self.value(value, property, &inner),
                None if schema["additionalProperties"].is_object() => {
                    self.map_key(name, schema, &inner);
                    self.value(value, &schema["additionalProperties"], &inner);
                }
                None => {
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
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            let name = required.as_str().expect("required keys are names");
            if !table.iter().any(|(key, _)| key.get_ref() == name) {
                let place = if way.0.is_empty() { "文件".to_owned() } else { format!("[{}]", way.shown()) };
                let place_english =
                    if way.0.is_empty() { "the file".to_owned() } else { format!("`{}`", way.shown()) };
                self.say(
                    way,
                    Said::new(format!("{place}缺少“{name}”"), format!("{place_english} lacks `{name}`")),
                    Said::new(format!("补上 {name} = …"), format!("add `{name} = …`")),
                );
            }
        }
    }

    /// Keys that are themselves one of a list, such as kinds of findings.
    fn map_key(&mut self, name: &str, schema: &'a Json, way: &Way) {
        if schema["propertyNames"].is_null() {
            return;
        }
        let names = allowed(self.resolved(&schema["propertyNames"]));
        if !names.is_empty() && !names.contains(&name) {
            let advice = suggestion(name, &names);
            self.say(
                way,
                Said::new(format!("不认识的名称“{name}”"), format!("unknown name `{name}`")),
                advice,
            );
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &'a Json, way: &Way) {
        let schema = self.resolved(schema);
        let value = value.get_ref();
        let names = allowed(schema);
        if !names.is_empty() {
            match value.as_str() {
                Some(text) if names.contains(&text) => {}
                Some(text) => {
                    let advice = suggestion(text, &names);
                    self.say(
                        way,
                        Said::new(
                            format!("“{}”不能是“{text}”", way.shown()),
                            format!("`{}` cannot be `{text}`", way.shown()),
                        ),
                        advice,
                    );
                }
                None => self.wrong_type(value, "一个词", "a word", way),
            }
            return;
        }
        match wanted_type(schema) {
            "object" => match value.as_table() {
                Some(table) => self.table(table, schema, way),
                None => self.wrong_type(value, "一个表", "a table", way),
            },
            "array" => match value.as_array() {
                Some(items) => {
                    for (index, item) in items.iter().enumerate() {
                        self.value(item, &schema["items"], &way.item(index));
                    }
                }
                None => self.wrong_type(value, "一个列表", "a list", way),
            },
            "string" if !value.is_str() => self.wrong_type(value, "加引号的文字", "a quoted text", way),
            "boolean" if !value.is_bool() => {
                self.wrong_type(value, "true 或 false", "`true` or `false`", way);
            }
            "integer" => {
                let whole = value.as_integer().and_then(|integer| integer.as_str().parse::<u32>().ok());
                if whole.is_none() {
                    self.wrong_type(value, "不小于零的整数", "a whole number, zero or more", way);
                }
            }
            _ => {}
        }
    }

    fn wrong_type(&mut self, value: &DeValue<'_>, chinese: &str, english: &str, way: &Way) {
        let found = value.type_str();
        self.say(
            way,
            Said::new(
                format!("“{}”应为{chinese}，写的却是 {found}", way.shown()),
                format!("`{}` must be {english}, not {found}", way.shown()),
            ),
            Said::new(format!("改写为{chinese}"), format!("write {english}")),
        );
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
