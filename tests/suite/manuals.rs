//! The manuals: every command in them is run, in the order in which it stands, in a folder like the one that is
//! handed on; and the page of the keys is what the schema says.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::root;

/// The commands of a manual: the lines of its blocks that a shell runs.
fn commands(manual: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs").join(manual)).unwrap();
    let mut is_run = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        match line.trim() {
            "```sh" => is_run = true,
            "```" => is_run = false,
            line if is_run && !line.is_empty() => commands.push(line.to_owned()),
            _ => {}
        }
    }
    commands
}

fn copied(from: &Path, into: &Path) {
    fs::create_dir_all(into).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, into.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn every_command_of_the_manuals_runs() {
    let mut seen = 0;
    for manual in ["经办人.md", "报送单位.md", "运行维护.md"] {
        let office = tempfile::tempdir().unwrap();
        let at = office.path();
        fs::create_dir_all(at.join("pipelines")).unwrap();
        let pipeline = root().join("pipelines/sanya-2020.toml");
        fs::copy(pipeline, at.join("pipelines/sanya-2020.toml")).unwrap();
        for part in ["fixtures/inbox/2020-08", "fixtures/plan"] {
            copied(&root().join(part), &at.join(part));
        }
        for command in commands(manual) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let [program, arguments @ ..] = words.as_slice() else { continue };
            assert_eq!(*program, "duibiao", "{manual}: {command}");
            let done = Command::new(env!("CARGO_BIN_EXE_duibiao"))
                .current_dir(at)
                .env("DUIBIAO_NOW", "2020-09-03T09:00:00+08:00")
                .env("LC_ALL", "zh_CN.UTF-8")
                .env_remove("DUIBIAO_PIPELINE")
                .args(arguments)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(matches!(done.status.code(), Some(0 | 1)), "{manual}: {command}: {said}");
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} commands were seen");
}

/// The keys of an object of the schema, below a heading that says where they stand.
fn section(
    schema: &Value,
    name: &str,
    of: &Value,
    into: &mut String,
    waiting: &mut Vec<(String, Value)>,
) {
    let resolved = |value: &Value| -> Value {
        let named = value["$ref"].as_str().and_then(|way| way.rsplit('/').next());
        named.map_or_else(|| value.clone(), |named| schema["$defs"][named].clone())
    };
    let described = |value: &Value| {
        let text = value["description"].as_str().unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
    };
    into.push_str(&format!(
        "\n## {name}\n\n{}\n\n| key | what it is | default |\n|---|---|---|\n",
        described(of)
    ));
    let Some(properties) = of["properties"].as_object() else { return };
    let required =
        |key: &str| of["required"].as_array().is_some_and(|keys| keys.iter().any(|one| one == key));
    for (key, value) in properties {
        let mut target = resolved(value);
        let any = value["anyOf"].as_array().into_iter().flatten();
        if let Some(one) = any.map(resolved).find(|one| one["type"] != "null") {
            target = one;
        }
        let item = resolved(&target["items"]);
        if item["properties"].is_object() {
            waiting.push((
                format!("{}.{key}]]", name.trim_matches(['[', ']']).trim_end_matches("文件顶层")),
                item,
            ));
        } else if target["properties"].is_object() {
            waiting.push((key.clone(), target.clone()));
        }
        let said = described(value);
        let said = if said.is_empty() { described(&target) } else { said };
        let default = match &value["default"] {
            Value::Null if required(key) => "必须写".to_owned(),
            Value::Null => "—".to_owned(),
            Value::Object(_) => "—".to_owned(),
            Value::Array(all) if all.len() > 6 => format!("{} 项，见 `duibiao schema`", all.len()),
            other => format!("`{}`", other.to_string().replace('|', "\\|")),
        };
        into.push_str(&format!("| `{key}` | {said} | {default} |\n"));
    }
}

/// The page of the keys, from the schema; `BLESS=1` writes it anew.
#[test]
fn the_page_of_the_keys_is_what_the_schema_says() {
    let schema = Command::new(env!("CARGO_BIN_EXE_duibiao")).arg("schema").output().unwrap().stdout;
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let mut page = "# 方案逐键说明 · The pipeline file, key by key\n\n由 `duibiao schema` 生成，不要手改。三份完整的例子在 `pipelines/`，表读错时怎样写见 [tables.md](tables.md)。\nMade from the schema; examples are the files in `pipelines/`.\n".to_owned();
    let mut waiting: Vec<(String, Value)> = Vec::new();
    section(&schema, "文件顶层", &schema, &mut page, &mut waiting);
    let mut seen = std::collections::BTreeSet::new();
    while !waiting.is_empty() {
        let (way, of) = waiting.remove(0);
        let way = way.trim_start_matches('.').to_owned();
        let name = if way.ends_with("]]") { format!("[[{way}") } else { format!("[{way}]") };
        if seen.insert(name.clone()) {
            let mut below = Vec::new();
            section(&schema, &name, &of, &mut page, &mut below);
            let parent = way.trim_end_matches("]]").to_owned();
            waiting.extend(below.into_iter().map(|(key, of)| {
                let key = if key.contains(']') { key } else { format!("{parent}.{key}") };
                (key, of)
            }));
        }
    }
    let path = root().join("docs/方案逐键说明.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "the page is not what the schema says; BLESS=1 writes it anew");
}
