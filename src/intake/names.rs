//! Names as people see them, and the names of our own under which copies are kept.
//!
//! The name of a file is bytes. It is shown in the charset that fits, with characters that nobody
//! sees, or that change how others are seen, told by their code. A copy keeps the name where any
//! system takes it, else it gets one that is told from all others by the bytes of the name.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Component, Path};

use unicode_normalization::UnicodeNormalization;

use crate::model::hash;

/// Returns a path as it is shown: its steps with slashes.
pub fn shown(path: &Path) -> String {
    let steps: Vec<String> = path
        .components()
        .filter_map(|step| match step {
            Component::Normal(step) => Some(shown_step(step)),
            _ => None,
        })
        .collect();
    steps.join("/")
}

/// Returns a file's name as it is shown.
pub fn shown_step(step: &OsStr) -> String {
    let text = decoded(step);
    if !text.chars().any(is_unseen) {
        return text.into_owned();
    }
    text.chars().fold(String::new(), |mut shown, c| {
        match c {
            '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{7f}' => shown.push('\u{2421}'),
            c if is_unseen(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
        shown
    })
}

/// Whether a character is not seen itself, or changes how others are.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(unix)]
fn decoded(step: &OsStr) -> Cow<'_, str> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = step.as_bytes();
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    // What Chinese Windows packs into an archive comes out in its own charset.
    let chinese = encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(bytes);
    chinese.unwrap_or_else(|| {
        Cow::Owned(bytes.iter().fold(String::new(), |mut text, byte| {
            if byte.is_ascii() {
                text.push(char::from(*byte));
            } else {
                let _ = write!(text, "\\x{byte:02x}");
            }
            text
        }))
    })
}

#[cfg(not(unix))]
fn decoded(step: &OsStr) -> Cow<'_, str> {
    step.to_string_lossy()
}

/// Names that are given once each.
#[derive(Debug, Default)]
pub struct Given {
    shown: BTreeSet<String>,
    copies: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Given {
    /// Returns how a file is shown: two that look alike are told apart by a number.
    pub fn shown(&mut self, path: &Path) -> String {
        let name = shown(path);
        let unlike = self.unlike(name);
        self.shown.insert(unlike.clone());
        unlike
    }

    fn unlike(&self, name: String) -> String {
        if !self.shown.contains(&name) {
            return name;
        }
        let file = name.rfind('/').map_or(0, |slash| slash + 1);
        let dot =
            name[file..].rfind('.').filter(|dot| *dot > 0).map_or(name.len(), |dot| file + dot);
        let (stem, ending) = name.split_at(dot);
        (2..=u32::MAX)
            .map(|number| format!("{stem}〔{number}〕{ending}"))
            .find(|unlike| !self.shown.contains(unlike))
            .unwrap_or_default()
    }

    /// Returns where a copy is kept, with slashes: under the file's own name where every system takes
    /// that and no other copy has it on any, else under one of ours.
    pub fn copy(&mut self, path: &Path) -> String {
        let natural = natural(path).filter(|name| self.is_free(name));
        let name = natural.unwrap_or_else(|| {
            let hash = hash::sha256(path.as_os_str().as_encoded_bytes());
            let shown = shown(path);
            let names = (8..=hash.len()).map(|digits| ours(&shown, &hash[..digits]));
            names.into_iter().find(|name| self.is_free(name)).unwrap_or(hash)
        });
        let key = alike(&name);
        for (slash, _) in key.match_indices('/') {
            self.folders.insert(key[..slash].to_owned());
        }
        self.copies.insert(key);
        name
    }

    fn is_free(&self, name: &str) -> bool {
        let key = alike(name);
        let mut above = key.match_indices('/').map(|(slash, _)| &key[..slash]);
        !self.copies.contains(&key)
            && !self.folders.contains(&key)
            && !above.any(|folder| self.copies.contains(folder))
    }
}

/// What is one name to systems that do not tell capitals, or accents that are written in two ways.
fn alike(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

/// Returns a file's own name where every system takes it.
fn natural(path: &Path) -> Option<String> {
    /// In characters; with the run's folders before it, a path stays within what Windows takes.
    const LONGEST: usize = 120;
    const LONGEST_STEP: usize = 80;
    let steps: Option<Vec<&str>> = path
        .components()
        .map(|step| match step {
            Component::Normal(step) => {
                step.to_str().filter(|step| is_safe(step) && step.chars().count() <= LONGEST_STEP)
            }
            _ => None,
        })
        .collect();
    let name = steps?.join("/");
    (!name.is_empty() && name.chars().count() <= LONGEST).then_some(name)
}

/// Whether every system takes a name.
fn is_safe(step: &str) -> bool {
    !step.is_empty()
        && !step.chars().any(|c| is_unseen(c) || is_refused(c))
        && !step.ends_with(['.', ' '])
        && !step.starts_with(' ')
        && !is_device(step)
}

/// What Windows takes in no name.
fn is_refused(c: char) -> bool {
    "<>:\"/\\|?*".contains(c)
}

/// Whether Windows takes a name for a device, whatever its ending.
fn is_device(step: &str) -> bool {
    let stem = step.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_numbered = ["COM", "LPT"].iter().any(|port| {
        stem.strip_prefix(port).is_some_and(|number| number.chars().count() == 1 && number != "0")
    });
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || is_numbered
}

/// A name of ours, which still says what it is the copy of.
fn ours(shown: &str, hash: &str) -> String {
    const LONGEST_STEM: usize = 40;
    const LONGEST_ENDING: usize = 8;
    let file = shown.rsplit('/').next().unwrap_or(shown);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let is_ending = !ending.is_empty()
        && ending.len() <= LONGEST_ENDING
        && ending.chars().all(|c| c.is_ascii_alphanumeric());
    let (stem, ending) =
        if is_ending { (stem, format!(".{ending}")) } else { (file, String::new()) };
    let stem: String = stem
        .chars()
        .map(|c| if is_refused(c) || is_unseen(c) { '_' } else { c })
        .take(LONGEST_STEM)
        .collect();
    let stem = stem.trim_matches([' ', '.']);
    format!("{stem}~{hash}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_every_system_takes_are_kept() {
        let mut given = Given::default();
        for name in ["海棠区.xls", "海棠区/8月 报送表(2).xlsx", ".hidden.csv", "COMMON.xls"]
        {
            assert_eq!(given.copy(Path::new(name)), name);
            assert_eq!(given.shown(Path::new(name)), name);
        }
    }

    #[test]
    fn other_names_are_ours_and_differ() {
        let mut given = Given::default();
        let long = "长".repeat(85) + ".xlsx";
        let names = [
            "a\nb.xlsx",
            "a\tb.xlsx",
            "a?b.xlsx",
            "con.xlsx",
            "lpt1",
            "x.xls ",
            "A.xls",
            "a.xls",
            "A.xls/b.csv",
            "\u{202e}slx.exe",
            &long,
        ];
        let copies: BTreeSet<String> =
            names.iter().map(|name| given.copy(Path::new(name))).collect();
        assert_eq!(copies.len(), names.len());
        let same: BTreeSet<String> = copies.iter().map(|name| alike(name)).collect();
        assert_eq!(same.len(), names.len(), "{copies:?}");
        for copy in &copies {
            assert!(copy.split('/').all(is_safe), "{copy}");
            assert!(copy.len() < 200, "{copy}");
        }
    }

    #[test]
    fn what_is_not_seen_is_told() {
        assert_eq!(shown(Path::new("a\nb\u{202e}c\u{200b}.xlsx")), "a␊b\\u{202e}c\\u{200b}.xlsx");
        let mut given = Given::default();
        assert_eq!(given.shown(Path::new("a\n.xls")), "a␊.xls");
        assert_eq!(given.shown(Path::new("a␊.xls")), "a␊〔2〕.xls");
    }

    #[cfg(unix)]
    #[test]
    fn chinese_names_in_another_charset_are_shown_and_told_apart() {
        use std::os::unix::ffi::OsStrExt;
        let mut given = Given::default();
        // 海棠区 and 天涯区 in GBK.
        let one = OsStr::from_bytes(b"\xba\xa3\xcc\xc4\xc7\xf8.xls");
        let other = OsStr::from_bytes(b"\xcc\xec\xd1\xc4\xc7\xf8.xls");
        assert_eq!(given.shown(Path::new(one)), "海棠区.xls");
        assert_eq!(given.shown(Path::new(other)), "天涯区.xls");
        assert_eq!(given.shown(Path::new("海棠区.xls")), "海棠区〔2〕.xls");
        assert_ne!(given.copy(Path::new(one)), given.copy(Path::new(other)));
        assert_eq!(given.copy(Path::new("海棠区.xls")), "海棠区.xls");
        assert_eq!(shown(Path::new(OsStr::from_bytes(b"\xff\xfe.xls"))), "\\xff\\xfe.xls");
    }
}
