//! Publishing, the chain, and what is passed over.

use super::*;

const AT_ONCE: Duration = Duration::ZERO;

fn period() -> Month {
    "2020-08".parse().unwrap()
}

fn opened(archive: &Path) -> Result<Staging, CannotArchive> {
    open(archive, "p", period(), AT_ONCE, &mut |_| {})
}

/// Publishes a run with nothing but its notes.
fn publish(archive: &Path) -> Publication {
    let staging = opened(archive).unwrap();
    let manifest = manifest(staging.path(), staging.place(), Vec::new()).unwrap();
    put(staging.path(), MANIFEST, &json(&manifest)).unwrap();
    put(staging.path(), NOTE, b"{}").unwrap();
    staging.publish().unwrap()
}

#[test]
fn names_suit_every_file_system() {
    for (name, safe) in [
        ("甲区", "甲区"),
        ("a/b:c", "a_b_c"),
        ("CON", "_CON"),
        ("com1.xlsx", "_com1.xlsx"),
        ("报表. ", "报表"),
        ("..", "_"),
        ("", "_"),
    ] {
        assert_eq!(safe_name(name), safe);
    }
}

#[test]
fn numbers_are_never_used_again() {
    let archive = tempfile::tempdir().unwrap();
    assert!(publish(archive.path()).folder.ends_with("01"));
    let second = publish(archive.path()).folder;
    assert!(second.ends_with("02"));
    fs::remove_dir_all(second).unwrap();
    assert!(publish(archive.path()).folder.ends_with("03"));
    let folder = archive.path().join("p/2020-08");
    fs::create_dir(folder.join("0009")).unwrap();
    fs::write(folder.join("12"), "").unwrap();
    for text in ["4294967295", "99999999999999999999", "x"] {
        fs::write(folder.join(NUMBER), text).unwrap();
        let published = publish(archive.path());
        assert!(published.troubles.is_empty(), "{:?}", published.troubles);
    }
    assert!(publish(archive.path()).folder.ends_with("16"));
}

#[test]
fn two_runs_at_once_are_refused_and_what_one_left_in_any_period_is_removed() {
    let archive = tempfile::tempdir().unwrap();
    let first = opened(archive.path()).unwrap();
    let refused = opened(archive.path()).unwrap_err();
    let CannotArchive::Locked { holder: Some(holder), .. } = refused else { panic!("{refused}") };
    assert_eq!((holder.pid, holder.by), (std::process::id(), Means::Lock));
    drop(first);
    let mut left = Vec::new();
    for name in [".staging-left", "2020-07/.staging-left", "2020-08/.staging-left"] {
        left.push(archive.path().join("p").join(name));
        fs::create_dir_all(left.last().unwrap().join("inputs")).unwrap();
    }
    let _second = opened(archive.path()).unwrap();
    assert!(left.iter().all(|path| !path.exists()));
}

#[test]
fn whoever_waits_gets_the_lock_when_it_is_free() {
    let archive = tempfile::tempdir().unwrap();
    let first = opened(archive.path()).unwrap();
    let mut waited = false;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            drop(first);
        });
        let wait = Duration::from_mins(1);
        open(archive.path(), "p", period(), wait, &mut |_| waited = true).unwrap();
    });
    assert!(waited);
}

#[test]
fn a_run_that_fails_leaves_nothing() {
    let archive = tempfile::tempdir().unwrap();
    let staging = opened(archive.path()).unwrap();
    put(staging.path(), "inputs/sheets/a.xlsx", b"a").unwrap();
    // Without a manifest nothing is published.
    assert!(staging.publish().is_err());
    let left: Vec<_> = fs::read_dir(archive.path().join("p")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].file_name(), ".lock");
}

fn told(archive: &Path) -> Vec<(String, String, Alteration)> {
    let altered = verify(archive, "p").unwrap().altered;
    altered.into_iter().map(|what| (what.run, what.path, what.how)).collect()
}

fn one(run: &str, path: &str, how: Alteration) -> Vec<(String, String, Alteration)> {
    vec![(run.to_owned(), path.to_owned(), how)]
}

#[test]
fn the_chain_tells_what_was_rewritten_and_what_is_gone() {
    let archive = tempfile::tempdir().unwrap();
    let at = |name: &str| archive.path().join("p").join(name);
    for _ in 0..4 {
        publish(archive.path());
    }
    assert_eq!(told(archive.path()), []);
    let rewritten = |name: &str, bytes: &[u8]| {
        let before = fs::read(at(name)).unwrap();
        fs::write(at(name), bytes).unwrap();
        let told = told(archive.path());
        fs::write(at(name), before).unwrap();
        told
    };
    // A manifest that lists what is there, and yet is not the one that was published.
    for run in ["2020-08/02", "2020-08/04"] {
        let name = format!("{run}/manifest.json");
        let mut text = fs::read(at(&name)).unwrap();
        text.push(b'\n');
        assert_eq!(rewritten(&name, &text), one(run, MANIFEST, Alteration::Rewritten));
        assert_eq!(rewritten(&name, b""), one(run, MANIFEST, Alteration::NoManifest));
    }
    let note = "2020-08/03/run.json";
    assert_eq!(rewritten(note, b"{} "), one("2020-08/03", NOTE, Alteration::Changed));
    for run in ["2020-08/01", "2020-08/02", "2020-08/04"] {
        fs::rename(at(run), archive.path().join("away")).unwrap();
        assert_eq!(told(archive.path()), one(run, "", Alteration::Gone));
        fs::rename(archive.path().join("away"), at(run)).unwrap();
    }
    fs::create_dir(at("2020-09")).unwrap();
    fs::create_dir(at("2020-09/01")).unwrap();
    for name in [MANIFEST, NOTE] {
        fs::copy(at("2020-08/04").join(name), at("2020-09/01").join(name)).unwrap();
    }
    assert_eq!(told(archive.path()), one("2020-09/01", "", Alteration::Unrecorded));
}

#[test]
fn a_lost_record_is_made_anew_and_a_run_that_was_not_recorded_is_taken_up() {
    let archive = tempfile::tempdir().unwrap();
    let record = archive.path().join("p").join(RECORD);
    publish(archive.path());
    let one_line = fs::read(&record).unwrap();
    publish(archive.path());
    let two_lines = fs::read(&record).unwrap();
    // Killed between the rename and the record.
    fs::write(&record, &one_line).unwrap();
    assert_eq!(told(archive.path()), []);
    publish(archive.path());
    let three_lines = fs::read(&record).unwrap();
    assert!(three_lines.starts_with(&two_lines));
    assert_eq!(told(archive.path()), []);
    fs::remove_file(&record).unwrap();
    assert_eq!(told(archive.path()), one("", RECORD, Alteration::NoRecord));
    for garbled in [None, Some("\u{0}\u{0}"), Some("[]\n{\"run\": 1}")] {
        if let Some(text) = garbled {
            fs::write(&record, text).unwrap();
        }
        publish(archive.path());
        assert!(fs::read(&record).unwrap().starts_with(&three_lines));
        assert_eq!(told(archive.path()), []);
    }
}

#[cfg(unix)]
#[test]
fn runs_are_for_the_owner_and_the_group_and_a_link_is_no_lock() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let archive = tempfile::tempdir().unwrap();
    let folder = publish(archive.path()).folder;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join(NOTE))), (0o750, 0o640));
    let root = archive.path().join("p");
    assert_eq!((mode(&root.join(".lock")), mode(&root.join(RECORD))), (0o640, 0o640));
    let precious = archive.path().join("precious");
    fs::write(&precious, "kept").unwrap();
    fs::remove_file(root.join(".lock")).unwrap();
    symlink(&precious, root.join(".lock")).unwrap();
    assert!(matches!(opened(archive.path()), Err(CannotArchive::LockNotOurs(_))));
    assert_eq!(fs::read(&precious).unwrap(), b"kept");
}
