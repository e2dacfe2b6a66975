//! Data flows one way: a room imports only rooms that `src/lib.rs` lists before it, and big
//! libraries stay in their rooms.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

fn rooms() -> Vec<String> {
    let listed = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    listed
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|line| line.trim_end_matches(';').to_owned())
        .collect()
}

fn files_of(room: &str) -> Vec<PathBuf> {
    let source = root().join("src");
    let mut files = Vec::new();
    let single = source.join(format!("{room}.rs"));
    if single.exists() {
        files.push(single);
    }
    collect(&source.join(room), &mut files);
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn every_room_imports_only_rooms_before_it() {
    let rooms = rooms();
    assert!(rooms.len() > 10, "the rooms were not found in src/lib.rs");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        let files = files_of(room);
        assert!(!files.is_empty(), "the room `{room}` has no file");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            assert!(
                !text.contains("crate::{"),
                "{}: grouped imports hide the rooms",
                file.display()
            );
            for (at, _) in text.match_indices("crate::") {
                let name: String = text[at + 7..]
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                    .collect();
                let Some(used) = rooms.iter().position(|other| *other == name) else { continue };
                seen += 1;
                if used > place {
                    wrong.push(format!(
                        "{}: `{room}` uses `{name}`, which comes after it",
                        file.display()
                    ));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} imports were seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_in_their_rooms() {
    let homes: [(&str, &[&str]); 11] = [
        ("lettre", &["outbox"]),
        ("ureq", &["outbox"]),
        ("tracing_subscriber", &["log"]),
        ("calamine", &["read"]),
        ("rust_xlsxwriter", &["workbook", "run"]),
        ("maud", &["workbook"]),
        ("polars", &["normalise", "matching", "check", "findings", "reconcile"]),
        ("indicatif", &["console"]),
        ("toml::", &["pipeline"]),
        ("schemars", &["pipeline", "model", "cli"]),
        ("clap", &["cli"]),
    ];
    for (library, allowed) in homes {
        let mut users: Vec<String> = Vec::new();
        for room in rooms() {
            let uses = files_of(&room).iter().any(|file| {
                let text = fs::read_to_string(file).unwrap();
                text.lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                    .any(|line| line.contains(&format!("{}::", library.trim_end_matches("::"))))
            });
            if uses {
                users.push(room);
            }
        }
        assert!(!users.is_empty(), "nobody uses `{library}`");
        for user in &users {
            assert!(allowed.contains(&user.as_str()), "`{user}` uses `{library}`");
        }
    }
}

/// What is specific to a plan is data: no district, heading or year of one stands in the program.
#[test]
fn nothing_of_a_plan_stands_in_the_program() {
    let mut words: Vec<String> = Vec::new();
    for entry in fs::read_dir(root().join("pipelines")).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let table: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        for unit in table["roster"]["unit"].as_array().into_iter().flatten() {
            words.push(unit["name"].as_str().unwrap().to_owned());
        }
        words.push(table["title"].as_str().unwrap().to_owned());
    }
    assert!(words.len() > 5, "the units were not found");
    for room in rooms() {
        for file in files_of(&room) {
            let text = fs::read_to_string(&file).unwrap();
            // Examples in comments and unit tests show what a function is for.
            let program = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in program.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for word in &words {
                    assert!(
                        !line.contains(word.as_str()),
                        "{}: `{word}` in: {line}",
                        file.display()
                    );
                }
            }
        }
    }
}

/// Every file says first what it is.
#[test]
fn every_file_begins_with_what_it_is() {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    collect(&root().join("tests"), &mut files);
    assert!(files.len() > 50, "the files were not found");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not say what it is", file.display());
    }
}
