//! The keys of the pipeline file in Chinese: what each is, and an example of it (`keys.toml`). The schema, in which
//! they are described in English, is put into Chinese with them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::file::File;
use crate::model::words::Language;

/// What each key is and an example of it, by the way to its section (`check.rule`) and its name; the text of
/// the section itself under no name, one that holds for all its keys under `*`.
pub type Keys = BTreeMap<String, BTreeMap<String, Told>>;

/// What is told of a key or a section.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(untagged)]
pub enum Told {
    Section(String),
    /// What it is, and a line of a pipeline file.
    Key(String, String),
}

/// Returns what is told of each key.
///
/// # Panics
/// Never: the file is part of the program, and read by its tests.
pub fn keys() -> Keys {
    toml::from_str(include_str!("keys.toml")).expect("the keys are told in TOML")
}

/// Returns the JSON Schema of the pipeline file, its keys described in a language.
pub fn schema(language: Language) -> Json {
    let mut schema = schemars::schema_for!(File).to_value();
    if language == Language::Chinese {
        let keys = keys();
        let mut definitions = schema["$defs"].take();
        told(&mut schema, "", &mut definitions, &keys);
        schema["$defs"] = definitions;
    }
    schema
}

/// Tells the keys of a section, and those of the sections in it.
fn told(section: &mut Json, way: &str, definitions: &mut Json, keys: &Keys) {
    let Some(known) = keys.get(way) else { return };
    if let Some(Told::Section(text)) = known.get("") {
        section["description"] = Json::from(text.as_str());
    }
    let Some(properties) = section["properties"].as_object_mut() else { return };
    for (key, property) in properties {
        if let Some(Told::Key(text, example)) = known.get(key).or_else(|| known.get("*")) {
            property["description"] = Json::from(text.as_str());
            if let Some(example) = value_of(key, example) {
                property["examples"] = Json::from(vec![example]);
            }
        }
        let below = if way.is_empty() { key.clone() } else { format!("{way}.{key}") };
        for name in named(property, definitions) {
            let mut definition = definitions[&name].take();
            told(&mut definition, &below, definitions, keys);
            definitions[&name] = definition;
        }
        if property.get("properties").is_some() {
            let text = property["description"].take();
            told(property, &below, definitions, keys);
            property["description"] = text;
        }
    }
}

/// The definitions that a property leads to, through lists and alternatives.
fn named(property: &Json, definitions: &Json) -> Vec<String> {
    let own = property["$ref"].as_str().and_then(|way| way.rsplit('/').next());
    let alternatives = property["anyOf"].as_array().into_iter().flatten();
    let below = alternatives.chain(property.get("items")).flat_map(|one| named(one, definitions));
    // One of several forms: its description stands with each.
    let through = own.map(|name| definitions[name]["anyOf"].as_array().into_iter().flatten());
    let through = through.into_iter().flatten().flat_map(|one| named(one, definitions));
    own.map(str::to_owned).into_iter().chain(below).chain(through).collect()
}

/// The value that a line gives to a key; none where the example is the heading of a section.
fn value_of(key: &str, line: &str) -> Option<Json> {
    let table: toml::Table = toml::from_str(line).ok()?;
    let value = table.get(key).or_else(|| table.values().next())?;
    if line.starts_with('[') { None } else { serde_json::to_value(value).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sections of the schema and their keys.
    fn sections(schema: &Json) -> BTreeMap<String, Vec<String>> {
        let mut found = BTreeMap::new();
        let mut waiting = vec![(String::new(), schema.clone())];
        while let Some((way, section)) = waiting.pop() {
            let Some(properties) = section["properties"].as_object() else { continue };
            found.insert(way.clone(), properties.keys().cloned().collect());
            for (key, property) in properties {
                let below = if way.is_empty() { key.clone() } else { format!("{way}.{key}") };
                waiting.push((below.clone(), property.clone()));
                for name in named(property, &schema["$defs"]) {
                    waiting.push((below.clone(), schema["$defs"][&name].clone()));
                }
            }
        }
        found
    }

    #[test]
    fn each_key_is_told_in_chinese_and_none_that_is_none() {
        let schema = schema(Language::English);
        let keys = keys();
        let sections = sections(&schema);
        for (way, names) in &sections {
            let known = keys.get(way).unwrap_or_else(|| panic!("[{way}] is not told"));
            assert!(matches!(known.get(""), Some(Told::Section(_))), "[{way}] is not told");
            for name in names {
                let told = known.get(name).or_else(|| known.get("*"));
                assert!(matches!(told, Some(Told::Key(..))), "{way}.{name} is not told");
            }
            for name in known.keys().filter(|name| !["", "*"].contains(&name.as_str())) {
                assert!(names.contains(name), "{way}.{name} is told and is none");
            }
        }
        for way in keys.keys() {
            assert!(sections.contains_key(way), "[{way}] is told and is none");
        }
    }

    /// The examples of all keys, each in its section, are one pipeline file as far as its types go.
    #[test]
    fn all_examples_together_are_a_pipeline_file() {
        let keys = keys();
        let schema = schema(Language::English);
        let mut text = String::new();
        for (way, names) in sections(&schema) {
            // The heading of a section is the example of the key that leads to it.
            let heading = match way.rsplit_once('.') {
                _ if way.is_empty() => None,
                Some((parent, key)) => example(&keys, parent, key),
                None => example(&keys, "", &way),
            };
            text.extend(heading.map(|heading| format!("{heading}\n")));
            let one_for_all = example(&keys, &way, "*");
            let lines = names.iter().filter_map(|name| example(&keys, &way, name));
            let lines = lines.chain(one_for_all).filter(|line| !line.starts_with('['));
            text.extend(lines.map(|line| format!("{line}\n")));
        }
        let file: Result<File, _> = toml::from_str(&text);
        assert!(file.is_ok(), "{}\n{text}", file.unwrap_err());
    }

    fn example(keys: &Keys, way: &str, key: &str) -> Option<String> {
        match keys.get(way)?.get(key)? {
            Told::Key(_, example) => Some(example.clone()),
            Told::Section(_) => None,
        }
    }
}
