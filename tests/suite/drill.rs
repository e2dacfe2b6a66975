//! The drill leaves nothing behind and changes nothing, and the gallery is made of its messages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use duibiao::console::{Colour, Console, Loudness};
use duibiao::drill::{self, Drilled, gallery};
use duibiao::extract::Program;
use duibiao::model::Language;
use duibiao::model::kinds::KINDS;
use duibiao::pipeline::{self, Pipeline};
use duibiao::run::Request;

use crate::support::root;

fn drilled() -> (Pipeline, Drilled) {
    let pipeline = pipeline::load(&root().join("pipelines/sanya-2020.toml")).unwrap();
    let program = Program { path: PathBuf::from(env!("CARGO_BIN_EXE_duibiao")), at_once: 2 };
    let request = Request::of("2020-08".parse().unwrap(), Language::Chinese, program);
    let mut console = Console::new(Language::Chinese, Loudness::Usual, Colour::Never);
    let drilled = drill::drill(&pipeline, &request, &mut console).unwrap();
    (pipeline, drilled)
}

#[test]
fn every_kind_is_planted_and_found_in_the_given_month() {
    let (_, drilled) = drilled();
    for entry in KINDS {
        let own: Vec<&drill::Planted> = drilled
            .planted()
            .filter(|(kind, _)| *kind == entry.kind)
            .map(|(_, planted)| planted)
            .collect();
        assert!(!own.is_empty(), "`{}` is not planted", entry.name);
        for planted in own {
            assert!(planted.own(entry.kind).is_some(), "`{}` is not found", entry.name);
            assert!(planted.is_good(), "`{}`: {:?}", entry.name, planted);
        }
    }
    assert!(drilled.is_good());
}

/// Written only with `BLESS=1`.
#[test]
fn the_gallery_holds_the_messages_of_today() {
    let (pipeline, drilled) = drilled();
    let page = gallery::page(&drilled, &pipeline);
    let path = root().join("docs/gallery.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &page).unwrap();
        return;
    }
    let known = fs::read_to_string(&path).unwrap();
    let changed = known.lines().zip(page.lines()).find(|(known, now)| known != now);
    assert!(known == page, "docs/gallery.md is not what is said today: {changed:?}");
    for entry in KINDS {
        let section = page.split(&format!("`{}`", entry.name)).nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        assert!(section.contains("\n> "), "`{}` has no message", entry.name);
    }
}

fn contents(folder: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents(&path, into);
        } else {
            into.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn a_drill_writes_its_page_changes_no_input_and_leaves_nothing_behind() {
    let inputs = || {
        let mut all = BTreeMap::new();
        for folder in ["fixtures/inbox", "fixtures/plan", "pipelines"] {
            contents(&root().join(folder), &mut all);
        }
        all
    };
    let before = inputs();
    let (temporary, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let page = out.path().join("drill.md");
    let output = Command::new(env!("CARGO_BIN_EXE_duibiao"))
        .current_dir(root())
        .env("TMPDIR", temporary.path())
        .env("TMP", temporary.path())
        .args(["drill", "pipelines/sanya-2020.toml", "--period", "2020-08", "--out"])
        .arg(&page)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(&page).unwrap(), output.stdout);
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0, "something was left behind");
    assert!(before == inputs(), "an input was changed");
}
