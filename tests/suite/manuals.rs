//! The manuals: every command in them is run, in the order in which it stands, in a folder like the one that is
//! handed on; and the page of the keys is what the schema says.

use std::collections::VecDeque;
use std::fs;
use std::process::Command;

use duibiao::model::Language;
use duibiao::pipeline::keys::{Told, keys, schema};
use serde_json::Value;

use crate::support::{copied, root};

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

/// The keys of a section, below a heading that says where they stand; the sections in it wait for their turn.
fn section(
    schema: &Value,
    way: &str,
    of: &Value,
    is_list: bool,
    into: &mut String,
    waiting: &mut VecDeque<(String, Value, bool)>,
) {
    let resolved = |value: &Value| -> Value {
        let named = value["$ref"].as_str().and_then(|way| way.rsplit('/').next());
        named.map_or_else(|| value.clone(), |named| schema["$defs"][named].clone())
    };
    let keys = keys();
    let told = &keys[way];
    let name = match (way, is_list) {
        ("", _) => "文件顶层".to_owned(),
        (way, true) => format!("[[{way}]]"),
        (way, false) => format!("[{way}]"),
    };
    let Some(Told::Section(said)) = told.get("") else { panic!("[{way}] is not told") };
    into.push_str(&format!(
        "\n## {name}\n\n{said}\n\n| 键 | 说明 | 不写时 | 例 |\n|---|---|---|---|\n"
    ));
    let row = |key: &str, said: &str, default: &str, example: &str| {
        let cell = |text: &str| text.replace('|', "\\|");
        format!("| `{key}` | {} | {default} | `{}` |\n", cell(said), cell(example))
    };
    if let Some(Told::Key(said, example)) = told.get("*") {
        into.push_str(&row("差异类型的名称", said, "—", example));
        return;
    }
    let properties = of["properties"].as_object().expect("a section has keys");
    let required =
        |key: &str| of["required"].as_array().is_some_and(|keys| keys.iter().any(|one| one == key));
    for (key, value) in properties {
        let below = if way.is_empty() { key.clone() } else { format!("{way}.{key}") };
        // Of alternatives, the one that has keys of its own.
        let mut forms = vec![resolved(value)];
        let alternatives = |form: &Value| form["anyOf"].as_array().cloned().unwrap_or_default();
        for _ in 0..2 {
            let more: Vec<Value> =
                forms.iter().flat_map(alternatives).map(|one| resolved(&one)).collect();
            forms.extend(more);
        }
        let items: Vec<Value> = forms.iter().map(|form| resolved(&form["items"])).collect();
        let has_keys = |form: &&Value| form["properties"].is_object();
        if let Some(form) = forms.iter().find(has_keys) {
            waiting.push_back((below, form.clone(), false));
        } else if let Some(item) = items.iter().find(has_keys) {
            waiting.push_back((below, item.clone(), true));
        }
        let Some(Told::Key(said, example)) = told.get(key) else {
            panic!("{way}.{key} is not told")
        };
        let default = match &value["default"] {
            Value::Null if required(key) => "必须写".to_owned(),
            Value::Null | Value::Object(_) => "—".to_owned(),
            Value::Array(all) if all.len() > 6 => format!("{} 项，见 `duibiao schema`", all.len()),
            other => format!("`{}`", other.to_string().replace('|', "\\|")),
        };
        into.push_str(&row(key, said, &default, example));
    }
}

/// The page of the keys, from the schema; `BLESS=1` writes it anew.
#[test]
fn the_page_of_the_keys_is_what_the_schema_says() {
    let schema = schema(Language::Chinese);
    let mut page = "# 方案逐键说明\n\n由方案文件的模式生成，不要手改（`BLESS=1 cargo test --release --locked --test suite -- manuals`）。三份完整的例子在 `pipelines/`，表读错时怎样写见\n[tables.md](tables.md)。`duibiao schema` 输出的模式里也有这些说明和例子，编辑器会提示；`--lang en` 是英文的。\n"
        .to_owned();
    let mut waiting = VecDeque::from([(String::new(), schema.clone(), false)]);
    while let Some((way, of, is_list)) = waiting.pop_front() {
        section(&schema, &way, &of, is_list, &mut page, &mut waiting);
    }
    let path = root().join("docs/方案逐键说明.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "the page is not what the schema says; BLESS=1 writes it anew");
}
